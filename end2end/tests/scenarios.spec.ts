// A person starts a scenario on the simulator's page, buys something, and reads what the scenario has promised.
import { expect, test } from "./fixtures";
import { buy, complete, deliveries, expectOrder, expectStock, paidAtOnce, tea } from "./steps";

test("ten webhooks at the same moment, started on the panel, fulfil the order once", async ({ page, shop }) => {
  await page.goto(shop.simulator);
  await page.getByText("Start a scenario").click();
  await page.getByRole("button", { name: "Start webhook-ten-at-once" }).click();
  await expect(page.locator("#faults")).toContainText("Webhook 10 times at the same moment");

  await buy(page);
  const order = await expectOrder(page, { ...complete, journal: paidAtOnce });
  expect(order.notices).toHaveLength(2);
  await expectStock(page, tea, "29 in stock");
  await expect.poll(() => deliveries(shop, "delivered")).toHaveLength(20);
});

test("a link leads to a scenario, its button starts it, and a button on the panel ends it", async ({ page, shop }) => {
  await page.goto(`${shop.simulator}/scenarios/webhook-forged`);
  await expect(page.getByText("each is refused, and nothing is fulfilled")).toBeVisible();
  await page.getByRole("button", { name: "Start" }).click();

  await buy(page);
  await expectOrder(page, { face: "paid_unconfirmed", state: "awaiting_payment", fulfilments: "0", notices: [] });

  await page.goto(shop.simulator);
  await page.locator("#faults").getByRole("button", { name: "Remove all" }).click();
  await expect(page.getByText("Nothing is planned")).toBeVisible();
});
