// Bank transfers and the wallet.
import { expect, test } from "./fixtures";
import {
  chooseMarket,
  complete,
  daysPass,
  expectOrder,
  expectStock,
  goToHostedPage,
  onOrderPage,
  paidAtOnce,
  returnToShop,
  tea,
  world,
} from "./steps";

test("a bank transfer that arrives two days later completes the order", async ({ page, shop }) => {
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea, "Bank transfer");
  await page.getByRole("button", { name: "Get account details" }).click();
  await expect(page.getByRole("heading", { name: "How to pay by bank transfer" })).toBeVisible();
  await returnToShop(page);

  await expectOrder(page, { face: "waiting_for_you", state: "awaiting_payment", fulfilments: "0" });
  const account = page.getByTestId("instructions");
  await expect(account).toContainText(/Account number\s*\d{7}/);
  await expect(account).toContainText("¥1,200");
  await expect(account).not.toContainText("fee");
  await expectStock(page, tea, "29 in stock");

  await daysPass(shop, 2);
  await shop.control(`payments/${(await world(shop)).payments[0].id}/capture`, {});
  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/bank_transfer", "paid", "sencha-tin-100g ×1 sold"]]);
  await expectStock(page, tea, "29 in stock");
});

test("the wallet confirms the payment on its own page", async ({ page }) => {
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea, "PayPay");
  await page.getByRole("button", { name: "Continue to the wallet" }).click();
  await page.getByRole("button", { name: "Capture" }).click();
  await onOrderPage(page);

  const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(order.attempts).toEqual([["KOMOJU/paypay", "paid", "sencha-tin-100g ×1 sold"]]);
  await expectStock(page, tea, "29 in stock");
});

test("the wallet refuses, is left, and then confirms, all on one page: one payment and one fulfilment", async ({ page, shop }) => {
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea, "PayPay");
  await page.getByRole("button", { name: "Continue to the wallet" }).click();
  await page.getByRole("button", { name: "Fail" }).click();
  await expect(page.getByRole("alert")).toHaveText("The wallet refused the payment.");
  await page.getByRole("button", { name: "Continue to the wallet" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert")).toHaveText("You left the wallet without paying.");
  await page.getByRole("button", { name: "Continue to the wallet" }).click();
  await page.getByRole("button", { name: "Capture" }).click();
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
  expect((await world(shop)).payments.map((payment) => payment.status)).toEqual(["captured"]);
});
