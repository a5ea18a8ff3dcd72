// The way back from the hosted page: without paying, before the webhook, after it, never, or by the Back button.
import { expect, test } from "./fixtures";
import {
  addressOf,
  anotherBrowser,
  buy,
  card,
  complete,
  deliveries,
  expectOrder,
  expectStock,
  fillCheckout,
  goToHostedPage,
  holdDeliveries,
  onHostedPage,
  onOrderPage,
  pattern,
  payAgain,
  payButton,
  releaseDeliveries,
  returnToShop,
  send,
  tea,
  typeCard,
  world,
} from "./steps";

const notPaid = { face: "not_paid_yet", state: "awaiting_payment", fulfilments: "0" };
const unconfirmed = { face: "paid_unconfirmed", state: "awaiting_payment", fulfilments: "0" };

test("who comes back without paying keeps the basket and can try again", async ({ page }) => {
  await goToHostedPage(page);
  await returnToShop(page);

  await expectOrder(page, notPaid);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not paid yet");
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Pay this way" })).toBeVisible();
  await page.goto("/basket");
  await expect(page.getByRole("link", { name: "Sencha in a tin" })).toBeVisible();
  await expect(page.getByRole("link", { name: "See the order, pay it or cancel it" })).toBeVisible();
});

test("the second attempt pays while the first one's events arrive late and in reverse", async ({ page, shop }) => {
  await holdDeliveries(shop);
  await goToHostedPage(page);
  await typeCard(page, card.insufficientFunds);
  await expect(page.getByRole("alert")).toBeVisible();
  await returnToShop(page);
  await payAgain(page, "Card");
  await typeCard(page, card.accepted);
  await onOrderPage(page);
  expect(await deliveries(shop, "waiting")).toEqual(["payment.failed", "payment.updated", "payment.captured"]);
  await expectOrder(page, unconfirmed);
  await releaseDeliveries(shop, "reversed");

  const paid = await expectOrder(page, complete);
  await expect.poll(async () => (await expectOrder(page, complete)).notices.map(([, state]) => state)).toEqual([
    "settled",
    "settled",
    "settled",
  ]);
  expect(paid.attempts).toEqual([
    ["KOMOJU/credit_card", "cancelled", "sencha-tin-100g ×1 released"],
    ["KOMOJU/credit_card", "paid", "sencha-tin-100g ×1 sold"],
  ]);
  const firstPayment = (await world(shop)).payments[1];
  expect(firstPayment.status).toBe("failed");
  const expired = { payment: firstPayment.id, type: "payment.expired", amend: { "data.status": "expired" } };
  expect(await send(shop, expired)).toBe(200);
  await expect.poll(async () => (await expectOrder(page, complete)).notices.map(([event, state]) => [event, state])).toContainEqual(
    ["payment.expired", "settled"],
  );
  const order = await expectOrder(page, complete);
  expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
});

test("the return before the webhook says paid and waiting, calmly, and the page changes by itself", async ({ page, shop }) => {
  await holdDeliveries(shop);
  await goToHostedPage(page, pattern);
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  await expectOrder(page, unconfirmed);
  const face = page.getByTestId("order-face");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Paid");
  await expect(face).toContainText("We are waiting for KOMOJU to confirm it");
  await expect(face).toHaveClass(/\bcalm\b/);
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
  await expect(page.getByText("Download, once paid")).toBeVisible();

  await releaseDeliveries(shop);
  // Nothing here loads the page again: it does so by itself, at the latest after five seconds.
  await expect(face).toHaveAttribute("data-face", "complete", { timeout: 15_000 });
  await expect(page.getByRole("link", { name: /^Download/ })).toBeVisible();
  await expectOrder(page, complete);
});

test("the webhook before the return: the order is complete although the browser never came back", async ({
  page,
  browser,
  shop,
}) => {
  await goToHostedPage(page);
  await page.route("**/orders/**", (route) => route.abort());
  await typeCard(page, card.accepted);
  await expect.poll(() => deliveries(shop, "delivered")).toEqual(["payment.updated", "payment.captured"]);
  const elsewhere = await anotherBrowser(browser);
  const { return_url } = (await world(shop)).sessions[0];
  await elsewhere.goto(return_url);
  const before = await expectOrder(elsewhere, complete);

  await page.unroute("**/orders/**");
  await page.goto(return_url);
  const after = await expectOrder(page, complete);
  expect(after.journal).toEqual(before.journal);
  await expectStock(page, tea, "29 in stock");
  await elsewhere.context().close();
});

test("Back from the hosted page leads to the checkout as it was, and the same page is paid", async ({ page, shop }) => {
  await goToHostedPage(page);
  const hostedPage = page.url();
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Checkout");
  await expect(page.getByLabel("E-mail")).toHaveValue("mika@example.com");
  await payButton(page).click();
  await onHostedPage(page);
  expect(page.url()).toBe(hostedPage);
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  await expectOrder(page, complete);
  expect((await world(shop)).sessions).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
});

test("Back after paying buys nothing a second time", async ({ page, shop }) => {
  await buy(page);
  const order = addressOf(page);
  await expectOrder(page, complete);
  // To the used-up hosted page, and on to the checkout.
  await page.goBack();
  await page.goBack();
  await page.goto("/checkout");
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  await page.goto((await world(shop)).sessions[0].session_url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Paid");
  await expect(payButton(page)).toHaveCount(0);

  await page.goto(order);
  await expectOrder(page, complete);
  const { sessions, payments } = await world(shop);
  expect([sessions.length, payments.length]).toEqual([1, 1]);
  await expectStock(page, tea, "29 in stock");
});

test("who changes the basket after Back pays for the new one, and the old order holds nothing once it is cancelled", async ({
  page,
  shop,
}) => {
  await goToHostedPage(page);
  await page.goto("/basket");
  await page.getByLabel(/^Quantity/).fill("2");
  await page.getByRole("button", { name: /^Update/ }).click();
  await expect(page.getByTestId("total")).toHaveText("€15.80");
  await page.getByRole("link", { name: "See the order, pay it or cancel it" }).click();
  await page.getByRole("button", { name: "Cancel this order" }).click();
  await expectOrder(page, { face: "cancelled", state: "cancelled", fulfilments: "0" });
  await fillCheckout(page);
  await payButton(page).click();
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "paid", "sencha-tin-100g ×2 sold"]]);
  expect((await world(shop)).sessions.map((session) => session.status)).toEqual(["completed", "cancelled"]);
  await expectStock(page, tea, "28 in stock");
});
