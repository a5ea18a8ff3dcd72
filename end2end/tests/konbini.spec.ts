// Slips to pay at a convenience store. A shopper who pays days later, or never, is the normal case.
import { type Page } from "@playwright/test";
import { type Shop, expect, test } from "./fixtures";
import {
  addressOf,
  anotherBrowser,
  chooseMarket,
  complete,
  daysPass,
  deliveries,
  expectOrder,
  expectStock,
  goToHostedPage,
  issueSlip,
  putInBasket,
  tea,
  world,
} from "./steps";

async function orderWithSlip(page: Page): Promise<void> {
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea, "Convenience store");
  await issueSlip(page, "FamilyMart");
}

async function slipIsPaidAtTheStore(shop: Shop): Promise<void> {
  await shop.control(`payments/${(await world(shop)).payments[0].id}/capture`, {});
}

const waiting = { face: "waiting_for_you", state: "awaiting_payment", fulfilments: "0" };

test("a slip says where, with which number, how much and until when, and keeps the stock", async ({ page }) => {
  await orderWithSlip(page);

  const order = await expectOrder(page, waiting);
  expect(order.attempts).toEqual([["KOMOJU/konbini", "authorised", "sencha-tin-100g ×1 held"]]);
  const slip = page.getByTestId("instructions");
  await expect(slip.getByRole("heading")).toHaveText("Pay at FamilyMart");
  await expect(slip).toContainText(/Receipt number\s*\d{6}/);
  await expect(slip).toContainText(/Confirmation number\s*\d{4}/);
  await expect(slip).toContainText("¥1,390");
  await expect(slip).toContainText("includes a fee of ¥190");
  await expect(slip).toContainText(/Pay by.*23:59 \(Japan time\)/);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expectStock(page, tea, "29 in stock");
  await page.goto("/basket");
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
});

test("a slip that is paid three days later completes the order", async ({ page, shop }) => {
  await orderWithSlip(page);
  await expectOrder(page, waiting);
  await daysPass(shop, 3);
  await expectOrder(page, waiting);
  await expectStock(page, tea, "29 in stock");
  await slipIsPaidAtTheStore(shop);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/konbini", "paid", "sencha-tin-100g ×1 sold"]]);
  expect(order.journal).toEqual([
    "order.placed",
    "attempt.begun",
    "attempt.open",
    "attempt.authorised",
    "order.paid",
    "order.fulfilled",
  ]);
  await expectStock(page, tea, "29 in stock");
});

test("a slip that nobody pays expires: the stock comes back, and the order's things can go into the basket again", async ({
  page,
  shop,
}) => {
  await orderWithSlip(page);
  await expectOrder(page, waiting);
  await expectStock(page, tea, "29 in stock");
  await daysPass(shop, 4);

  const order = await expectOrder(page, { face: "expired", state: "expired", fulfilments: "0" });
  expect(order.attempts).toEqual([["KOMOJU/konbini", "expired", "sencha-tin-100g ×1 released"]]);
  expect(await deliveries(shop, "delivered")).toEqual(["payment.authorized", "payment.expired"]);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The time to pay has passed");
  await expectStock(page, tea, "30 in stock");

  await page.getByRole("button", { name: "Put these things back in my basket" }).click();
  await expect(page).toHaveURL("/basket");
  await expect(page.getByTestId("total")).toHaveText("¥1,200");
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("1");
});

test("the news that a slip was paid arrives after its deadline, and the order is still completed", async ({ page, shop }) => {
  await orderWithSlip(page);
  await expectOrder(page, waiting);
  await shop.control("deliveries", { mode: "paused" });
  await slipIsPaidAtTheStore(shop);
  await daysPass(shop, 5);
  await shop.control("deliveries/release", { order: "given" });

  await expectOrder(page, complete);
  await expectStock(page, tea, "29 in stock");
});

test("a slip's page opens in another browser, without a cookie", async ({ page, browser }) => {
  await orderWithSlip(page);
  const elsewhere = await anotherBrowser(browser);
  await elsewhere.goto(addressOf(page));

  await expectOrder(elsewhere, waiting);
  await expect(elsewhere.getByTestId("instructions")).toContainText("Pay at FamilyMart");
  await elsewhere.context().close();
});

test("a slip above the stores' limit is not offered, and the checkout says why", async ({ page }) => {
  await chooseMarket(page, "japan");
  await putInBasket(page, { slug: "iron-kettle", label: "Small, 0.8 l" }, 6);
  await putInBasket(page, { slug: "iron-kettle", label: "Large, 1.4 l" }, 5);
  await putInBasket(page, { slug: "sake-set" }, 9);
  await page.goto("/checkout");

  await expect(page.getByTestId("total")).toHaveText("¥302,200");
  await expect(page.getByRole("radio", { name: "Convenience store", exact: true })).toBeDisabled();
  await expect(page.getByText("Convenience stores take at most ¥300,000 at once.")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Card", exact: true })).toBeEnabled();
});
