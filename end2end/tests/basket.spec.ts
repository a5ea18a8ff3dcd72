// The basket outlives what happens to the program, the browser's tabs and the market.
import { expect, test } from "./fixtures";
import { anotherBrowser, chooseMarket, expectStock, fillCheckout, goToHostedPage, payButton, putInBasket, returnToShop, tea, world } from "./steps";

test("the basket survives a restart of the server", async ({ page, shop }) => {
  await putInBasket(page, tea, 3);
  await expect(page.getByTestId("total")).toHaveText("€23.70");
  await shop.stop();
  await shop.start();

  await page.goto("/basket");
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("3");
  await expect(page.getByTestId("total")).toHaveText("€23.70");
});

test("the basket survives a power cut", async ({ page, shop }) => {
  await putInBasket(page, tea, 3);
  await shop.kill();
  await shop.start();

  await page.goto("/basket");
  await expect(page.getByTestId("total")).toHaveText("€23.70");
});

test("the basket survives the redirect away and the way back", async ({ page }) => {
  await goToHostedPage(page, tea);
  await returnToShop(page);
  await page.goto("/basket");
  await expect(page.getByTestId("total")).toHaveText("€7.90");
});

test("two tabs share one basket", async ({ page }) => {
  const second = await page.context().newPage();
  await putInBasket(page, tea);
  await putInBasket(second, { slug: "letter-set" }, 2);
  await page.reload();

  for (const tab of [page, second]) {
    await expect(tab.getByTestId("total")).toHaveText("€21.70");
    await expect(tab.getByRole("listitem").filter({ has: tab.getByRole("img", { includeHidden: true }) })).toHaveCount(2);
  }
  await second.getByRole("button", { name: "Remove Letter set" }).click();
  await page.reload();
  await expect(page.getByTestId("total")).toHaveText("€7.90");
});

test("putting the same thing in twice adds up, and another browser's basket is its own", async ({ page, browser }) => {
  await putInBasket(page, tea, 2);
  await putInBasket(page, tea, 3);
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("5");
  const elsewhere = await anotherBrowser(browser);
  await elsewhere.goto("/basket");
  await expect(elsewhere.getByText("There is nothing in your basket yet.")).toBeVisible();
  await elsewhere.context().close();
});

test("the quantity changes, and a line is removed", async ({ page }) => {
  await putInBasket(page, tea);
  await page.getByLabel(/^Quantity/).fill("4");
  await page.getByRole("button", { name: /^Update/ }).click();
  await expect(page.getByTestId("total")).toHaveText("€31.60");
  await page.getByRole("button", { name: /^Remove/ }).click();
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
});

test("a basket alone holds no stock", async ({ page }) => {
  await putInBasket(page, tea, 30);
  await expectStock(page, tea, "30 in stock");
});

test("the prices follow the market, down to what the hosted page asks for", async ({ page, shop }) => {
  await putInBasket(page, tea);
  await expect(page.getByTestId("total")).toHaveText("€7.90");
  await chooseMarket(page, "japan");
  await page.goto("/basket");
  await expect(page.getByTestId("total")).toHaveText("¥1,200");
  await chooseMarket(page, "britain");
  await page.goto("/basket");
  await expect(page.getByTestId("total")).toHaveText("£6.80");
  await fillCheckout(page);
  await payButton(page).click();
  await expect(payButton(page)).toContainText("£6.80");
  const [session] = (await world(shop)).sessions;
  expect([session.amount, session.currency]).toEqual([680, "GBP"]);
});
