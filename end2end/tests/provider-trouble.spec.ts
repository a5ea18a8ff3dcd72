// A provider that answers with an error, half an answer or not at all: nothing is lost, and nothing is opened twice.
import { expect, test } from "./fixtures";
import {
  card,
  choose,
  complete,
  expectOrder,
  expectStock,
  fillCheckout,
  onHostedPage,
  onOrderPage,
  payButton,
  putInBasket,
  tea,
  typeCard,
  world,
} from "./steps";

const fleeting = [
  { trouble: "a 500", answer: { status: 500 } },
  { trouble: "a 409, because the first request is still running", answer: { status: 409 } },
  { trouble: "no answer after doing the work", answer: { hang_after_work: true } },
  { trouble: "half an answer after doing the work", answer: { half: true } },
];

for (const { trouble, answer } of fleeting) {
  test(`${trouble} is asked again with the same key, and the shopper notices nothing`, async ({ page, shop }) => {
    await putInBasket(page, tea);
    await fillCheckout(page);
    await shop.control("answers", { next: [{ path: "sessions", method: "POST", ...answer }] });
    await payButton(page).click();
    await onHostedPage(page);

    expect((await world(shop)).sessions).toHaveLength(1);
    await typeCard(page, card.accepted);
    await onOrderPage(page);
    await expectOrder(page, complete);
    await expectStock(page, tea, "29 in stock");
  });
}

test("a provider that stays away is said to be busy, and pressing again later opens the one session", async ({ page, shop }) => {
  await putInBasket(page, tea);
  await fillCheckout(page);
  const silence = { path: "sessions", method: "POST", hang_after_work: true };
  await shop.control("answers", { next: [silence, silence] });
  await payButton(page).click();
  await expect(page.getByRole("alert")).toContainText("The payment service does not answer just now. Nothing was charged");
  await expectStock(page, tea, "29 in stock");

  await choose(page, "Card");
  await payButton(page).click();
  await onHostedPage(page);
  expect((await world(shop)).sessions).toHaveLength(1);
  await typeCard(page, card.accepted);
  await onOrderPage(page);
  const order = await expectOrder(page, complete);
  expect(order.attempts).toHaveLength(1);
  expect(order.journal).toContain("attempt.no_answer");
});

for (const status of [401, 422]) {
  test(`a provider that refuses with ${status} costs the shopper nothing, and the stock comes back`, async ({ page, shop }) => {
    await putInBasket(page, tea);
    await fillCheckout(page);
    await shop.control("answers", { next: [{ path: "sessions", method: "POST", status }] });
    await payButton(page).click();

    await expect(page.getByRole("alert")).toContainText("The payment service did not accept this order. Nothing was charged");
    expect((await world(shop)).sessions).toHaveLength(0);
    await expectStock(page, tea, "30 in stock");
    expect(shop.log).toContain(`${status}`);

    // The basket is as it was, and the next try is a new attempt.
    await fillCheckout(page);
    await payButton(page).click();
    await onHostedPage(page);
    await expectStock(page, tea, "29 in stock");
  });
}

test("a look-up that fails shows no error, and the payment is settled when the provider answers again", async ({ page, shop }) => {
  await putInBasket(page, tea);
  await fillCheckout(page);
  await payButton(page).click();
  await onHostedPage(page);
  await shop.control("answers", { next: Array(3).fill({ path: "sessions", method: "GET", status: 500 }) });
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  await expect(page.getByRole("alert")).toHaveCount(0);
  await expectOrder(page, complete);
  await expectStock(page, tea, "29 in stock");
});
