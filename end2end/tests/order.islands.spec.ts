// The order's page watches the order while it is open.
import { expect, test } from "./fixtures";
import { chooseMarket, complete, expectOrder, goToHostedPage, issueSlip, tea, world } from "./steps";

test("the page changes by itself within seconds, and only when there is news", async ({ page, shop }) => {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("read_order_version")) asked.push(request.url());
  });
  await chooseMarket(page, "japan");
  await goToHostedPage(page, tea, "Convenience store");
  await issueSlip(page);
  await expectOrder(page, { face: "waiting_for_you" });
  await expect(page.getByText("This page watches the order and changes by itself.")).toBeVisible();

  // While nothing happens the page is left alone: what the shopper has unfolded stays so.
  await page.getByText("Pay another way", { exact: true }).click();
  const before = asked.length;
  await expect.poll(() => asked.length, { timeout: 15_000 }).toBeGreaterThan(before + 1);
  await expect(page.getByRole("button", { name: "Pay this way" })).toBeVisible();

  await shop.control(`payments/${(await world(shop)).payments[0].id}/capture`, {});
  await expect(page.getByTestId("order-face")).toHaveAttribute("data-face", "complete", { timeout: 10_000 });
  await expectOrder(page, complete);

  // At the end of the story it asks no more.
  const atTheEnd = asked.length;
  await shop.control("ping", {});
  await expect(page.getByText("This page watches the order and changes by itself.")).toHaveCount(0);
  expect(asked.length).toBe(atTheEnd);
});
