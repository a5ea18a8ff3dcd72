// The quantity stepper in the basket.
import { expect, test } from "./fixtures";
import { lastTeapot, putInBasket, tea } from "./steps";

test("the stepper changes the quantity and the total", async ({ page }) => {
  await putInBasket(page, tea);
  await page.getByRole("button", { name: "One more" }).click();
  await expect(page.getByTestId("total")).toHaveText("€15.80");
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("2");
  await page.getByRole("button", { name: "One more" }).click();
  await expect(page.getByTestId("total")).toHaveText("€23.70");
  await page.getByRole("button", { name: "One less" }).click();
  await expect(page.getByTestId("total")).toHaveText("€15.80");

  // The server knows it too.
  await page.reload();
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("2");
});

test("the stepper stops at one and at what there is", async ({ page }) => {
  await putInBasket(page, lastTeapot);
  await expect(page.getByRole("button", { name: "One less" })).toBeDisabled();
  await expect(page.getByRole("button", { name: "One more" })).toBeDisabled();
  await putInBasket(page, tea, 30);
  const line = page.locator(".basket-line", { hasText: "Sencha" });
  await expect(line.getByRole("button", { name: "One more" })).toBeDisabled();
  await line.getByRole("button", { name: "One less" }).click();
  await expect(line.getByLabel(/^Quantity/)).toHaveValue("29");
  await expect(line.getByRole("button", { name: "One more" })).toBeEnabled();
});
