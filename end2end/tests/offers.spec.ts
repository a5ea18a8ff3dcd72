// What can be chosen at the checkout: which providers in which market, and up to which amount.
import { expect, test } from "./fixtures";
import { type Market, chooseMarket, fillCheckout, payButton, putInBasket } from "./steps";
import { letters, stablemint } from "./tills";

const offers: Record<Market, string[]> = {
  japan: ["Card", "Convenience store", "Bank transfer", "PayPay"],
  britain: ["Card", "Card (Dojo)"],
  europe: ["Card", "Card (Dojo)", "Card (BPC)", "Bank payment (StableMint)"],
};

test("every market offers what can be paid there, in its currency, and nothing else", async ({ page }) => {
  for (const [market, methods] of Object.entries(offers)) {
    await chooseMarket(page, market as Market);
    await putInBasket(page, letters);
    await page.goto("/checkout");
    const choices = page.getByRole("radio");
    await expect(choices).toHaveCount(methods.length);
    for (const [index, method] of methods.entries()) {
      await expect(choices.nth(index)).toHaveAccessibleName(method);
    }
    await expect(choices.first()).toBeChecked();
  }
});

test("more than StableMint's sandbox takes: it says why it cannot be chosen, and cannot be", async ({ page, shop }) => {
  await chooseMarket(page, "europe");
  await putInBasket(page, letters);
  await page.goto("/checkout");
  await expect(page.getByRole("radio", { name: stablemint.method })).toBeEnabled();

  await putInBasket(page, letters);
  await page.goto("/checkout");
  await expect(page.getByTestId("total")).toHaveText("€13.80");
  const choice = page.getByRole("radio", { name: stablemint.method });
  await expect(choice).toBeDisabled();
  await expect(choice).toHaveAccessibleDescription("StableMint's sandbox takes from €0.10 to €10.00 at once.");

  // The form is in the shopper's hands.
  await fillCheckout(page);
  await choice.evaluate((radio: HTMLInputElement) => (radio.disabled = false));
  await choice.check({ force: true });
  await payButton(page).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page).toHaveURL(/\/checkout\?problem=method/);
  const { sessions, stablemint: theirs } = await shop.control("state");
  expect([sessions.length, theirs.sessions.length]).toEqual([0, 0]);
});
