// What holds for every page: it fits a telephone, asks nobody else for anything, and has no mistakes in the browser's eyes.
import { type Request } from "@playwright/test";
import { tours } from "./every-till-page";
import { expect, test } from "./fixtures";

for (const { of, everyPage } of tours) {
  test.describe("on a telephone", () => {
    test.use({ viewport: { width: 390, height: 844 } });

    test(`no page of ${of} scrolls sideways at 390 pixels`, async ({ page, shop }) => {
      test.setTimeout(300_000);
      const tooWide: string[] = [];
      let seen = 0;
      await everyPage(page, shop, async (name) => {
        seen += 1;
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        if (width > 390) tooWide.push(`${name}: ${width}`);
      });
      expect(tooWide).toEqual([]);
      expect(seen).toBeGreaterThan(20);
    });
  });

  test(`no page of ${of} asks a third party for anything, and nothing it asks for is missing or fails`, async ({ page, shop }) => {
    test.setTimeout(300_000);
    const hosts = new Set<string>();
    const failed: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request: Request) => hosts.add(new URL(request.url()).host));
    page.on("response", (response) => {
      const isPage = response.request().resourceType() === "document";
      if (!isPage && response.status() >= 400) failed.push(`${response.status()} ${response.url()}`);
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      const isStatus = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isStatus) complaints.push(`${page.url()}: ${message.text()}`);
    });
    await everyPage(page, shop, async () => {});

    expect([...hosts].sort()).toEqual([new URL(shop.url).host, new URL(shop.simulator).host].sort());
    expect(failed).toEqual([]);
    expect(complaints).toEqual([]);
  });
}

test("every product has its page, its drawing and its price in each market", async ({ page }) => {
  for (const [market, symbol] of [["japan", "¥"], ["britain", "£"], ["europe", "€"]] as const) {
    await page.goto("/");
    await page.getByLabel("Prices for").selectOption(market);
    await page.getByRole("button", { name: "Change" }).click();
    const cards = page.locator(".product-card");
    await expect(cards.first()).toContainText(symbol);
    const texts = await cards.allTextContents();
    expect(texts.length).toBeGreaterThanOrEqual(24);
    expect(texts.filter((text) => !text.includes(symbol))).toEqual([]);
  }
  const links = await page.locator(".product-card").evaluateAll((cards) => cards.map((card) => card.getAttribute("href")!));
  const drawings = await page.locator(".product-card img").evaluateAll((all) => all.map((one) => one.getAttribute("src")!));
  expect(new Set(links).size).toBe(links.length);
  for (const address of [...links, ...drawings]) {
    expect((await page.request.get(address)).status(), address).toBe(200);
  }
  await expect(page.locator(".shelf")).toHaveCount(5);
});
