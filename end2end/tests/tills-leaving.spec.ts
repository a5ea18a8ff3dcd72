// The other providers: the page that was left, or that nobody came back from.
import { expect, test } from "./fixtures";
import { addressOf, complete, expectOrder, expectStock, fillCheckout, holdDeliveries, onOrderPage, payButton, releaseDeliveries } from "./steps";
import { bpc, dojo, goToTill, letters, press, session, stablemint, tills } from "./tills";
import { type Page } from "@playwright/test";

const notPaid = { face: "not_paid_yet", state: "awaiting_payment", fulfilments: "0" };

const waysOut = [
  { till: dojo, leave: (page: Page) => page.getByRole("link", { name: "Cancel and return to merchant" }).click() },
  { till: stablemint, leave: (page: Page) => press(page, "Exit") },
];

for (const { till, leave } of waysOut) {
  test(`${till.name}: who leaves the page reads that nothing was paid, and can go on where it was left`, async ({ page }) => {
    await goToTill(page, till);
    const hostedPage = page.url();
    await leave(page);
    await onOrderPage(page);
    expect(page.url()).toContain("?back=exit");

    const order = await expectOrder(page, notPaid);
    expect(order.attempts).toEqual([[till.attempt, "open", "letter-set ×1 held"]]);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not paid yet");
    await expect(page.getByTestId("order-face")).toContainText("We have not heard of a payment");
    await page.getByRole("link", { name: "Continue to payment" }).click();
    await expect(page).toHaveURL(hostedPage);
    await till.pay(page);
    await expectOrder(page, complete);
    await expectStock(page, letters, "30 in stock");
  });
}
