// Stock is held for an attempt, sold once, and never sold twice.
import { type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  anotherBrowser,
  card,
  choose,
  complete,
  daysPass,
  expectOrder,
  expectStock,
  fillCheckout,
  goToHostedPage,
  lastTeapot,
  onHostedPage,
  onOrderPage,
  payButton,
  putInBasket,
  returnToShop,
  tea,
  typeCard,
  world,
} from "./steps";

const soldOut = "Somebody was faster: this one has just sold out.";

test("two shoppers press Pay for the last one at the same moment: one pays, the other reads that it is gone", async ({
  page,
  browser,
  shop,
}) => {
  const other = await anotherBrowser(browser);
  const shoppers = [page, other];
  for (const shopper of shoppers) {
    await putInBasket(shopper, lastTeapot);
    await fillCheckout(shopper);
  }
  await Promise.all(shoppers.map((shopper) => payButton(shopper).click()));
  await Promise.all(shoppers.map((shopper) => shopper.waitForURL(/\/komoju\/sessions\/|problem=/)));

  const won = (shopper: Page) => shopper.url().includes("/komoju/sessions/");
  const winners = shoppers.filter(won);
  expect(winners).toHaveLength(1);
  const [winner, loser] = won(page) ? [page, other] : [other, page];
  await expect(loser.getByRole("alert")).toContainText(soldOut);
  expect((await world(shop)).sessions).toHaveLength(1);
  await expectStock(loser, lastTeapot, "Sold out");

  await typeCard(winner, card.accepted);
  await onOrderPage(winner);
  await expectOrder(winner, complete);
  await loser.goto("/basket");
  await expect(loser.getByText("Sold out meanwhile: please remove it.")).toBeVisible();
  await other.context().close();
});

test("the last one goes back on the shelf when its order is cancelled, and somebody else can buy it", async ({
  page,
  browser,
}) => {
  await goToHostedPage(page, lastTeapot);
  await expectStock(page, lastTeapot, "Sold out");
  await returnToShop(page);
  await page.getByRole("button", { name: "Cancel this order" }).click();
  const order = await expectOrder(page, { face: "cancelled", state: "cancelled", fulfilments: "0" });
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "cancelled", "last-teapot ×1 released"]]);
  await expectStock(page, lastTeapot, "Last one");

  const other = await anotherBrowser(browser);
  await goToHostedPage(other, lastTeapot);
  await typeCard(other, card.accepted);
  await onOrderPage(other);
  await expectOrder(other, complete);
  await expectStock(page, lastTeapot, "Sold out");
  await other.context().close();
});

test("a hosted page that nobody comes back from keeps the stock for its time and no longer", async ({ page, shop }) => {
  await goToHostedPage(page, tea);
  await expectStock(page, tea, "29 in stock");
  await shop.control("clock", { forward_seconds: 20 * 60 });
  await expectStock(page, tea, "29 in stock");
  await shop.control("clock", { forward_seconds: 20 * 60 });
  await expectStock(page, tea, "30 in stock");

  await page.goto((await world(shop)).sessions[0].return_url);
  const order = await expectOrder(page, { face: "expired", state: "expired", fulfilments: "0" });
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "expired", "sencha-tin-100g ×1 released"]]);
});

test("who comes back without paying, and then is too late for the last one, reads that it is gone", async ({
  page,
  browser,
  shop,
}) => {
  await goToHostedPage(page, lastTeapot);
  await returnToShop(page);
  await expectOrder(page, { face: "not_paid_yet", state: "awaiting_payment" });
  await expectStock(page, lastTeapot, "Last one");
  const other = await anotherBrowser(browser);
  await goToHostedPage(other, lastTeapot);
  await typeCard(other, card.accepted);
  await onOrderPage(other);
  await expectOrder(other, complete);
  await expectStock(other, lastTeapot, "Sold out");

  await choose(page, "Card");
  await page.getByRole("button", { name: "Pay this way" }).click();
  await expect(page.getByRole("alert")).toContainText(soldOut);
  expect((await world(shop)).sessions).toHaveLength(2);
  await other.context().close();
});

test("what is sold out cannot be chosen", async ({ page }) => {
  await page.goto("/products/tabi-socks");
  await expect(page.getByRole("radio", { name: "Large, 26–28 cm" })).toBeDisabled();
  await page.goto("/products/paper-lantern");
  await expect(page.getByText("Sold out. The next ones are being made; please look in again.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add to basket" })).toHaveCount(0);
});

test("an order of many things holds all of them, and lets go of all of them", async ({ page, shop }) => {
  await putInBasket(page, { slug: "brush-pen", label: "Indigo ink" }, 4);
  await putInBasket(page, tea, 2);
  await fillCheckout(page);
  await payButton(page).click();
  await onHostedPage(page);
  await expectStock(page, { slug: "brush-pen", label: "Indigo ink" }, "20 in stock");
  await expectStock(page, tea, "28 in stock");
  await daysPass(shop, 4);
  await expectStock(page, { slug: "brush-pen", label: "Indigo ink" }, "24 in stock");
  await expectStock(page, tea, "30 in stock");
});
