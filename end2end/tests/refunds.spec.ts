// Money that goes back, as the provider tells it: by its dashboard's buttons, in parts and in full, and by the bank.
import { type Page } from "@playwright/test";
import { type Shop, expect, test } from "./fixtures";
import { addressOf, buy, complete, expectOrder, expectStock, pattern, tea, world } from "./steps";

/** Presses Refund on the simulator's page for people; all that is left when no amount is given. */
async function refund(page: Page, shop: Shop, amount = ""): Promise<void> {
  const people = await page.context().newPage();
  await people.goto(shop.simulator);
  await people.getByLabel(/^Amount to refund/).fill(amount);
  await people.getByRole("button", { name: "Refund", exact: true }).click();
  await people.waitForURL(/#sessions$/);
  await people.close();
}

test("a part is refunded, then another, then the rest: the order says each", async ({ page, shop }) => {
  await buy(page);
  await expectOrder(page, complete);
  await refund(page, shop, "200");
  await expectOrder(page, { face: "partly_refunded", state: "partly_refunded", fulfilments: "1" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("€2.00 refunded");
  await refund(page, shop, "90");
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("€2.90 refunded", { timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await refund(page, shop);

  const order = await expectOrder(page, { face: "refunded", state: "refunded", fulfilments: "1" });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Refunded: €7.90");
  // Each refund causes two events, and is counted once.
  expect(order.journal.filter((what) => what === "order.refund")).toHaveLength(3);
  // What was sent is not back on the shelf because its money went back.
  await expectStock(page, tea, "29 in stock");
});

test("a download stays open after a part was refunded, and closes when all of it was", async ({ page, shop }) => {
  await buy(page, pattern);
  await expectOrder(page, complete);
  const file = `${addressOf(page)}/downloads/noren-pattern`;
  await refund(page, shop, "100");
  await expectOrder(page, { face: "partly_refunded", state: "partly_refunded" });
  expect((await page.request.get(file)).status()).toBe(200);
  await refund(page, shop);
  await expectOrder(page, { face: "refunded", state: "refunded" });
  await expect(page.getByRole("link", { name: /^Download/ })).toHaveCount(0);
  expect((await page.request.get(file)).status()).toBe(404);
});

test("a payment that was given back before its news came is refunded, and nothing is sent for it", async ({ page, shop }) => {
  shop.allowErrors(/an order needs review/);
  await shop.control("deliveries", { mode: "paused" });
  await buy(page);
  await expectOrder(page, { face: "paid_unconfirmed", state: "awaiting_payment" });
  await refund(page, shop);
  await shop.control("deliveries/release", { order: "reversed" });

  const order = await expectOrder(page, { face: "refunded", state: "refunded", fulfilments: "0" });
  expect(order.journal).toContain("order.needs_review");
  expect(order.journal).not.toContain("order.fulfilled");
});

test("the shopper's bank takes the money back, and the journal says who did", async ({ page, shop }) => {
  await buy(page);
  await expectOrder(page, complete);
  await shop.control(`payments/${(await world(shop)).payments[0].id}/chargeback`, {});

  await expectOrder(page, { face: "charged_back", state: "refunded", fulfilments: "1" });
  await expect(page.getByTestId("journal")).toContainText("taken back by the shopper's bank");
});
