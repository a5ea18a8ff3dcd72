// The other providers: when and how often the webhook comes, and what it says; and money that goes back.
import { expect, test } from "./fixtures";
import {
  complete,
  deliveries,
  expectOrder,
  expectStock,
  holdDeliveries,
  paidAtOnce,
  releaseDeliveries,
} from "./steps";
import { act, bpc, buyAt, dojo, letters, stablemint, tell, tills } from "./tills";

for (const till of tills) {
  test(`${till.name}: back before the webhook, the page says so calmly, and changes by itself`, async ({ page, shop }) => {
    await holdDeliveries(shop);
    await buyAt(page, till);

    const face = page.getByTestId("order-face");
    // Of a provider that cannot be asked, all that is known is that it let the shopper go on.
    const says = till.answers ? "Paid" : "Your payment is being confirmed";
    await expectOrder(page, {
      face: till.answers ? "paid_unconfirmed" : "being_confirmed",
      state: "awaiting_payment",
      fulfilments: "0",
      notices: [],
    });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(says);
    await expect(face).toHaveClass(/\bcalm\b/);
    await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
    await expectStock(page, letters, "30 in stock");

    await releaseDeliveries(shop);
    // Nothing here loads the page again: it does so by itself, at the latest after five seconds.
    await expect(face).toHaveAttribute("data-face", "complete", { timeout: 45_000 });
    await expectOrder(page, { ...complete, journal: paidAtOnce });
    await expectStock(page, letters, "30 in stock");
  });

  test(`${till.name}: every webhook comes twice, and is one notice`, async ({ page, shop }) => {
    await shop.control("deliveries", { mode: "twice" });
    await buyAt(page, till);

    const twice = async () => (await deliveries(shop, "delivered")).filter((event) => event === till.paidEvent);
    await expect.poll(twice).toHaveLength(2);
    const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
    expect(order.notices.filter(([event]) => event === till.paidEvent)).toHaveLength(1);
    await expectStock(page, letters, "30 in stock");
  });
}

const wrong = [
  { till: bpc, amend: { "data.object.amount": 12 } },
  { till: stablemint, amend: { amount: 0.12 } },
];

for (const { till, amend } of wrong) {
  test(`${till.name}: a webhook with a wrong amount is for a person: nothing is fulfilled`, async ({ page, shop }) => {
    shop.allowErrors(/an order needs review/);
    await holdDeliveries(shop);
    await buyAt(page, till);
    expect(await tell(shop, till, amend)).toBe(200);

    const order = await expectOrder(page, { face: "under_review", state: "needs_review", fulfilments: "0" });
    expect(order.journal).toContain("order.needs_review");
    await expect(page.getByTestId("journal")).toContainText("12 EUR (minor units)");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("We are looking at this order");
    await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
    await releaseDeliveries(shop);
    expect((await expectOrder(page, { face: "under_review" })).journal).not.toContain("order.fulfilled");
  });
}

for (const { till, part, all } of [
  { till: dojo, part: "£2.00", all: "£5.90" },
  { till: bpc, part: "€2.00", all: "€6.90" },
]) {
  test(`${till.name}: a part is refunded by hand, then the rest: the order says each`, async ({ page, shop }) => {
    await buyAt(page, till);
    await expectOrder(page, complete);
    const people = await page.context().newPage();
    await people.goto(shop.simulator);
    await people.getByLabel(/^Amount to refund/).fill("200");
    await people.getByRole("button", { name: "Refund", exact: true }).click();
    await expect(people.locator("body")).toContainText(`${part} given back`);
    await people.close();
    await expectOrder(page, { face: "partly_refunded", state: "partly_refunded", fulfilments: "1" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${part} refunded`);
    await act(shop, till, "refund");

    const order = await expectOrder(page, { face: "refunded", state: "refunded", fulfilments: "1" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Refunded: ${all}`);
    expect(order.journal.filter((what) => what === "order.refund")).toHaveLength(2);
    // What was sent is not back on the shelf because its money went back.
    await expectStock(page, letters, "30 in stock");
  });
}
