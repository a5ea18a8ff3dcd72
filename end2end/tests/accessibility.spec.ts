// axe's rules for WCAG 2.2 A and AA, on every page in every state.
import AxeBuilder from "@axe-core/playwright";
import { tours } from "./every-till-page";
import { expect, test } from "./fixtures";

const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

for (const { of, everyPage } of tours) {
  test(`axe finds nothing wrong with any page of ${of}`, async ({ page, shop, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, "axe is a script that runs in the page");
    test.setTimeout(300_000);
    const wrong: string[] = [];
    await everyPage(page, shop, async (name) => {
      const { violations } = await new AxeBuilder({ page }).withTags(rules).analyze();
      for (const { id, nodes } of violations) {
        wrong.push(`${name}: ${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
      }
    });
    expect(wrong).toEqual([]);
  });
}
