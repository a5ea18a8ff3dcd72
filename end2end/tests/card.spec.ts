// Card payments, with 3-D Secure and without, and what they do to the order, the stock and the basket.
import { expect, test } from "./fixtures";
import {
  buy,
  card,
  complete,
  deliveries,
  expectOrder,
  expectStock,
  goToHostedPage,
  onOrderPage,
  paidAtOnce,
  payAgain,
  returnToShop,
  tea,
  typeCard,
  world,
} from "./steps";

test("a card pays the order: stock is sold once, the receipt is written and the basket is empty", async ({ page, shop }) => {
  await buy(page, tea);

  const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "paid", "sencha-tin-100g ×1 sold"]]);
  expect(order.notices.map(([event, state]) => [event, state]).sort()).toEqual([
    ["payment.captured", "settled"],
    ["payment.updated", "settled"],
  ]);
  expect(order.notices.filter(([, , outcome]) => outcome === "the order is paid and fulfilled")).toHaveLength(1);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. Your order is complete");
  await page.getByText("Receipt", { exact: true }).click();
  await expect(page.getByTestId("receipt")).toContainText("Sencha in a tin");

  await expectStock(page, tea, "29 in stock");
  expect(await deliveries(shop, "delivered")).toEqual(["payment.updated", "payment.captured"]);
  expect((await world(shop)).sessions).toHaveLength(1);
  await page.goto("/basket");
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
});

test("3-D Secure that asks nothing lets the payment through", async ({ page }) => {
  await goToHostedPage(page);
  await typeCard(page, card.frictionless);
  await onOrderPage(page);

  await expectOrder(page, { ...complete, journal: paidAtOnce });
});

test("3-D Secure that is passed with the password lets the payment through", async ({ page }) => {
  await goToHostedPage(page);
  await typeCard(page, card.challenge);
  await page.getByLabel("Password").fill("123456");
  await page.getByRole("button", { name: "Submit password" }).click();
  await onOrderPage(page);

  await expectOrder(page, { ...complete, journal: paidAtOnce });
  await expectStock(page, tea, "29 in stock");
});

const failures = [
  { how: "a wrong password", number: card.challenge, password: "000000" },
  { how: "a card whose every password is wrong", number: card.challengeThatFails, password: "111111" },
  { how: "a card that fails without a question", number: card.failsWithoutQuestion },
];

for (const { how, number, password } of failures) {
  test(`3-D Secure that fails with ${how} charges nothing, and the order says so`, async ({ page, shop }) => {
    await goToHostedPage(page);
    await typeCard(page, number);
    if (password) {
      await page.getByLabel("Password").fill(password);
      await page.getByRole("button", { name: "Submit password" }).click();
    }
    await expect(page.getByRole("alert")).toContainText("The card was declined.");
    expect((await world(shop)).payments.map((payment) => payment.status)).toEqual(["failed"]);

    await page.goto((await world(shop)).sessions[0].return_url);
    const order = await expectOrder(page, { face: "declined", state: "awaiting_payment", fulfilments: "0" });
    expect(order.attempts).toEqual([["KOMOJU/credit_card", "declined", "sencha-tin-100g ×1 held"]]);
    await expect(page.getByText("nothing was charged")).toBeVisible();
    await expectStock(page, tea, "29 in stock");
  });
}

test("a card is declined, and another one pays on the same page", async ({ page, shop }) => {
  await goToHostedPage(page);
  const hostedPage = page.url().split("?")[0];
  await typeCard(page, card.insufficientFunds);
  await expect(page.getByRole("alert")).toContainText("There is not enough money on the card.");
  expect(page.url()).toContain(hostedPage);
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "paid", "sencha-tin-100g ×1 sold"]]);
  expect(order.notices.map(([event]) => event)).toContain("payment.failed");
  expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
  expect((await world(shop)).sessions).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
});

test("a card is declined, the shopper goes back, and pays at a second attempt", async ({ page, shop }) => {
  await goToHostedPage(page);
  await typeCard(page, card.insufficientFunds);
  await returnToShop(page);
  await payAgain(page, "Card");
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts.map(([, state]) => state)).toEqual(["cancelled", "paid"]);
  expect((await world(shop)).sessions).toHaveLength(2);
  await expectStock(page, tea, "29 in stock");
});
