// The whole purchase with the keyboard alone, from the front page to the receipt.
import { type Locator, type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { complete, expectOrder, onHostedPage, onOrderPage } from "./steps";

/** Presses Tab until the element has the focus. That it can be reached at all is what is tested. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      // Whoever cannot see where the focus is cannot use the keyboard.
      const outline = await target.evaluate((element) => {
        const visible = (one: Element | null) => one !== null && getComputedStyle(one).outlineStyle !== "none";
        return visible(element) || visible(element.closest(".choice"));
      });
      expect(outline, `the focus on ${target} can be seen`).toBe(true);
      return;
    }
  }
  throw new Error(`${target} was not reached with Tab`);
}

async function type(page: Page, label: string, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

async function press(page: Page, target: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press(key);
}

test("a purchase needs no mouse", async ({ page }) => {
  await page.goto("/");
  await press(page, page.getByRole("link", { name: "Skip to the content" }));
  await press(page, page.getByRole("link", { name: /^Sencha in a tin/ }));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sencha in a tin");
  await tabTo(page, page.getByRole("radio", { name: "100 g" }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "200 g" })).toBeChecked();
  await press(page, page.getByRole("button", { name: "Add to basket" }));
  await expect(page.getByTestId("total")).toHaveText("€14.50");
  await press(page, page.getByRole("link", { name: "Checkout" }));

  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Checkout");
  await type(page, "E-mail", "mika@example.com");
  await type(page, "Name", "Mika Tanaka");
  await type(page, "Street and number", "1 Curtain Road");
  await type(page, "Postcode", "1000");
  await type(page, "City", "Brussels");
  await type(page, "Country", "Belgium");
  await tabTo(page, page.getByRole("radio", { name: "Card", exact: true }));
  await press(page, page.getByRole("button", { name: /^Pay / }));

  await onHostedPage(page);
  await type(page, "Card number", "4111111111111111");
  await type(page, "Name on card", "MIKA TANAKA");
  await type(page, "Expiry (MM/YY)", "12/40");
  await type(page, "CVC", "123");
  await page.keyboard.press("Enter");
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "paid", "sencha-tin-200g ×1 sold"]]);
  await press(page, page.getByText("Receipt", { exact: true }));
  await expect(page.getByTestId("receipt")).toBeVisible();
});
