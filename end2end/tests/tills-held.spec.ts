// A card that is held when it is accepted, and charged when the merchant sends the things.
import { expect, test } from "./fixtures";
import { complete, expectOrder, expectStock } from "./steps";
import { act, buyAt, dojo, letters, session } from "./tills";

test.use({ settings: { DOJO_CAPTURE: "manual" } });

const held = { face: "held", state: "awaiting_payment", fulfilments: "0" };

test("a held card: the page says that it is charged later, and the order is complete when it is", async ({ page, shop }) => {
  await buyAt(page, dojo);
  const order = await expectOrder(page, { ...held, attempts: [[dojo.attempt, "authorised", "letter-set ×1 held"]] });
  expect(order.journal).not.toContain("order.paid");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your card was accepted");
  await expect(page.getByTestId("order-face")).toContainText("will be charged when we send your things");
  await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
  await expectStock(page, letters, "30 in stock");

  // The merchant takes the money at the provider.
  const people = await page.context().newPage();
  await people.goto(shop.simulator);
  await people.getByRole("button", { name: "Capture", exact: true }).click();
  await people.close();
  await expectOrder(page, complete);
  await expectStock(page, letters, "30 in stock");
});

test("a held card is let go when the shopper cancels the order", async ({ page, shop }) => {
  await buyAt(page, dojo);
  await expectOrder(page, held);
  await page.getByRole("button", { name: "Cancel this order" }).click();

  await expectOrder(page, { face: "cancelled", state: "cancelled", fulfilments: "0" });
  expect((await session(shop, dojo)).status).toBe("Reversed");
  await expectStock(page, letters, "31 in stock");
});

test("a held card that is never charged is let go after a week, and the order ends", async ({ page, shop }) => {
  await buyAt(page, dojo);
  await expectOrder(page, held);
  await act(shop, dojo, "expire");

  const order = await expectOrder(page, { fulfilments: "0" });
  expect(order.journal).not.toContain("order.paid");
  await expectStock(page, letters, "31 in stock");
});
