// Only a verified webhook fulfils an order: what is forged, twice, late, wrong or unreadable changes nothing it must not.
import { createHmac } from "node:crypto";
import { type Page } from "@playwright/test";
import { type Shop, expect, test } from "./fixtures";
import {
  buy,
  complete,
  deliveries,
  expectOrder,
  expectStock,
  holdDeliveries,
  paidAtOnce,
  pattern,
  releaseDeliveries,
  send,
  tea,
  world,
} from "./steps";

const unconfirmed = { face: "paid_unconfirmed", state: "awaiting_payment", fulfilments: "0", notices: [] };

/** A paid order whose webhooks have not come: the payment's name at the provider. */
async function paidButUnconfirmed(page: Page, shop: Shop): Promise<string> {
  await holdDeliveries(shop);
  await buy(page);
  await expectOrder(page, unconfirmed);
  return (await world(shop)).payments[0].id;
}

/** The secret as the simulator's page tells it to whoever connects a shop. */
async function webhookSecret(page: Page, shop: Shop): Promise<string> {
  const people = await page.context().newPage();
  await people.goto(shop.simulator);
  const secret = await people.locator("dt", { hasText: "Webhook secret" }).locator("+ dd").first().textContent();
  await people.close();
  return secret!.trim();
}

function sign(secret: string, body: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** Posts to the shop's door, without the simulator's help. */
async function post(shop: Shop, body: string, headers: [string, string][]): Promise<number> {
  const answer = await fetch(`${shop.url}/webhooks/komoju`, {
    method: "POST",
    headers: [["content-type", "application/json"], ...headers],
    body,
  });
  return answer.status;
}

for (const signature of ["wrong", "none", "twice_header"]) {
  test(`a webhook whose signature is ${signature} is answered with 401 and changes nothing`, async ({ page, shop }) => {
    const payment = await paidButUnconfirmed(page, shop);
    expect(await send(shop, { payment, type: "payment.captured", signature })).toBe(401);
    expect(await send(shop, { payment, type: "payment.captured", signature })).toBe(401);

    await expectOrder(page, unconfirmed);
    await expectStock(page, tea, "29 in stock");
    await releaseDeliveries(shop);
    await expectOrder(page, { ...complete, journal: paidAtOnce });
  });
}

test("a signature holds for its own body alone, and an empty secret signs nothing", async ({ page, shop }) => {
  const payment = await paidButUnconfirmed(page, shop);
  const secret = await webhookSecret(page, shop);
  const body = JSON.stringify({ id: "evt1", type: "payment.captured", resource: "event", data: { id: payment } });
  const genuine = sign(secret, body);

  expect(await post(shop, body + " ", [["X-Komoju-Signature", genuine]])).toBe(401);
  expect(await post(shop, body, [["X-Komoju-Signature", sign("", body)]])).toBe(401);
  expect(await post(shop, body, [["X-Komoju-Signature", ""]])).toBe(401);
  expect(await post(shop, body, [["X-Komoju-Signature", genuine.slice(0, 32)]])).toBe(401);
  expect(await post(shop, body, [])).toBe(401);
  await expectOrder(page, unconfirmed);
  // The same helper with nothing wrong: what was refused above was refused for its signature.
  const ping = JSON.stringify({ id: "evt2", type: "ping", resource: "event", data: null });
  expect(await post(shop, ping, [["X-Komoju-Signature", sign(secret, ping)]])).toBe(200);
});

test("a webhook of more than 64 kilobytes is refused before it is read", async ({ page, shop }) => {
  const secret = await webhookSecret(page, shop);
  const large = JSON.stringify({ id: "evt", type: "ping", data: null, padding: "x".repeat(65 * 1024) });
  const small = JSON.stringify({ id: "evt", type: "ping", data: null, padding: "x".repeat(60 * 1024) });
  expect(await post(shop, large, [["X-Komoju-Signature", sign(secret, large)]])).toBe(413);
  expect(await post(shop, small, [["X-Komoju-Signature", sign(secret, small)]])).toBe(200);
});

test("signed nonsense is kept for a person and disturbs no order", async ({ page, shop }) => {
  shop.allowErrors(/a signed webhook cannot be read|a notice is a dead letter/);
  const payment = await paidButUnconfirmed(page, shop);
  expect(await send(shop, { body: "<xml/>" })).toBe(200);
  expect(await send(shop, { event: { id: "evt", type: "payment.captured", data: { surprising: true } } })).toBe(200);
  expect(await send(shop, { event: { id: "evt-2", type: "payment.teleported", data: {} } })).toBe(200);
  const unknownSession = { "data.session": "no-such-session" };
  expect(await send(shop, { payment, type: "payment.captured", amend: unknownSession })).toBe(200);

  await expectOrder(page, unconfirmed);
  await releaseDeliveries(shop);
  await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(shop.log).toContain("a notice is a dead letter");
});

test("fields that nobody knows are no hindrance", async ({ page, shop }) => {
  const payment = await paidButUnconfirmed(page, shop);
  const amend = { "data.novelty": { of: ["any", "shape"] }, tomorrow: true };
  expect(await send(shop, { payment, type: "payment.captured", amend })).toBe(200);

  await expectOrder(page, { ...complete, journal: paidAtOnce });
});

test("every webhook comes twice, and one comes a third time days later: one fulfilment", async ({ page, shop }) => {
  await shop.control("deliveries", { mode: "twice" });
  await buy(page);
  await expectOrder(page, { ...complete, journal: paidAtOnce });
  await expect.poll(() => deliveries(shop, "delivered")).toHaveLength(4);
  await shop.control("clock", { forward_seconds: 2 * 86_400 });
  const captured = (await world(shop)).deliveries.find((delivery) => delivery.type === "payment.captured")!;
  await shop.control(`deliveries/${captured.id}/resend`, {});
  const tries = async () => (await world(shop)).deliveries.find((one) => one.id === captured.id)!.tries;
  await expect.poll(tries).toHaveLength(2);
  expect((await tries()).map((one) => one.status)).toEqual([200, 200]);

  const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(order.notices).toHaveLength(2);
  await expectStock(page, tea, "29 in stock");
});

test("webhooks that were lost and are sent again by hand complete the order", async ({ page, shop }) => {
  await shop.control("deliveries", { mode: "dropped" });
  await buy(page);
  await expectOrder(page, unconfirmed);
  const lost = (await world(shop)).deliveries.find((delivery) => delivery.type === "payment.captured")!;
  expect(lost.state).toBe("dropped");
  await shop.control(`deliveries/${lost.id}/resend`, {});

  await expectOrder(page, { ...complete, journal: paidAtOnce });
});

const wrong = [
  { what: "amount", amend: { "data.amount": 1 }, says: "1 EUR (minor units)" },
  { what: "currency", amend: { "data.currency": "JPY" }, says: "790 JPY (minor units)" },
];

for (const { what, amend, says } of wrong) {
  test(`a webhook with a wrong ${what} is for a person: nothing is fulfilled`, async ({ page, shop }) => {
    shop.allowErrors(/an order needs review/);
    await holdDeliveries(shop);
    await buy(page);
    const payment = (await world(shop)).payments[0].id;
    expect(await send(shop, { payment, type: "payment.captured", amend })).toBe(200);

    const review = { face: "under_review", state: "needs_review", fulfilments: "0" };
    const order = await expectOrder(page, review);
    expect(order.journal).toContain("order.needs_review");
    await expect(page.getByTestId("journal")).toContainText(says);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("We are looking at this order");
    await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);

    // The right one, coming after it, does not wipe the surprise away.
    await releaseDeliveries(shop);
    const later = await expectOrder(page, review);
    expect(later.journal).not.toContain("order.fulfilled");
  });
}

test("a webhook about somebody else's payment opens no download", async ({ page, shop }) => {
  shop.allowErrors(/an order needs review/);
  await holdDeliveries(shop);
  await buy(page, pattern);
  const payment = (await world(shop)).payments[0].id;
  const amend = { "data.id": "another-payment" };
  expect(await send(shop, { payment, type: "payment.captured", amend })).toBe(200);

  await expectOrder(page, { face: "under_review", state: "needs_review", fulfilments: "0" });
  await expect(page.getByRole("link", { name: /^Download/ })).toHaveCount(0);
});
