// The program ends at the worst moment and is started again: nothing is lost and nothing is done twice.
import { expect, test } from "./fixtures";
import {
  buy,
  card,
  complete,
  expectOrder,
  expectStock,
  goToHostedPage,
  holdDeliveries,
  onOrderPage,
  paidAtOnce,
  releaseDeliveries,
  send,
  tea,
  typeCard,
  world,
} from "./steps";

test("a restart while the shopper is on the hosted page changes nothing for them", async ({ page, shop }) => {
  await goToHostedPage(page);
  await shop.stop();
  await shop.start();
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  await expectOrder(page, { ...complete, journal: paidAtOnce });
  await expectStock(page, tea, "29 in stock");
});

test("a restart between the payment and its webhook loses neither", async ({ page, shop }) => {
  await holdDeliveries(shop);
  await buy(page);
  await shop.stop();
  await shop.start();
  await expectOrder(page, { face: "paid_unconfirmed", state: "awaiting_payment", fulfilments: "0" });
  await releaseDeliveries(shop);

  await expectOrder(page, { ...complete, journal: paidAtOnce });
  await expectStock(page, tea, "29 in stock");
});

test("a power cut right after a webhook was answered: it is settled after the start, once", async ({ page, shop }) => {
  await holdDeliveries(shop);
  await buy(page);
  const payment = (await world(shop)).payments[0].id;
  // Until the simulator has written down what it knows, which it does a moment later than the shop.
  await expectOrder(page, { face: "paid_unconfirmed" });
  expect(await send(shop, { payment, type: "payment.captured" })).toBe(200);
  await shop.kill();
  await shop.start();
  // If the program died while it was settling the notice, nobody may take it up before its lease is over.
  await shop.control("clock", { forward_seconds: 61 });

  const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(order.notices).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
});
