// From the basket to the hosted page: one session however often Pay is pressed, and mistakes that can be mended.
import { type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import {
  card,
  complete,
  expectOrder,
  expectStock,
  fillCheckout,
  onHostedPage,
  onOrderPage,
  pattern,
  payButton,
  putInBasket,
  tea,
  typeCard,
  world,
} from "./steps";

/** The provider takes so long to open a page that a second click surely falls into it. */
const slowToOpen = { next: [{ path: "sessions", method: "POST", wait_ms: 1_500 }] };

test("a double click on Pay opens one session and places one order", async ({ page, shop }) => {
  await putInBasket(page, tea);
  await fillCheckout(page);
  await shop.control("answers", slowToOpen);
  const sent: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith("/start_checkout")) sent.push(request.url());
  });
  // Slow enough for the browser to send the form for each of the two clicks.
  await payButton(page).dblclick({ delay: 250 });
  await onHostedPage(page);
  expect(sent).toHaveLength(2);
  expect((await world(shop)).sessions).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
  await typeCard(page, card.accepted);
  await onOrderPage(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([["KOMOJU/credit_card", "paid", "sencha-tin-100g ×1 sold"]]);
  expect((await world(shop)).sessions).toHaveLength(1);
});

test("two tabs at the checkout open one session, and both are on its page", async ({ page, shop }) => {
  await putInBasket(page, tea);
  const second = await page.context().newPage();
  const tabs = [page, second];
  for (const tab of tabs) await fillCheckout(tab);
  await shop.control("answers", slowToOpen);
  await Promise.all(tabs.map((tab) => payButton(tab).click()));
  await Promise.all(tabs.map(onHostedPage));

  expect(second.url()).toBe(page.url());
  expect((await world(shop)).sessions).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");

  // Paid in one tab, then tried in the other.
  await typeCard(page, card.accepted);
  await onOrderPage(page);
  await typeCard(second, card.accepted);
  await onOrderPage(second);
  await expectOrder(second, complete);
  expect((await world(shop)).payments).toHaveLength(1);
  await expectStock(page, tea, "29 in stock");
});

/** Presses Pay as a browser would that checks nothing by itself. */
async function payUnchecked(page: Page): Promise<void> {
  await page.locator("form", { has: payButton(page) }).evaluate((form: HTMLFormElement) => (form.noValidate = true));
  await payButton(page).click();
}

const mistakes = [
  { field: "E-mail", typed: "mika@example", says: "Please give an e-mail address" },
  { field: "Name", typed: "   ", says: "Please give your name." },
  { field: "City", typed: "", says: "Please fill in the whole address." },
];

for (const { field, typed, says } of mistakes) {
  test(`the checkout asks again for a missing or mistyped ${field}, and keeps the rest`, async ({ page, shop }) => {
    await putInBasket(page, tea);
    await fillCheckout(page);
    await page.getByLabel(field, { exact: true }).fill(typed);
    await payUnchecked(page);

    await expect(page.getByRole("alert")).toContainText(says);
    await expect(page.getByLabel("Postcode")).toHaveValue("162-0825");
    expect((await world(shop)).sessions).toHaveLength(0);
    await expectStock(page, tea, "30 in stock");
    await fillCheckout(page);
    await payButton(page).click();
    await onHostedPage(page);
  });
}

test("a basket of downloads asks for no address", async ({ page }) => {
  await putInBasket(page, pattern);
  await page.goto("/checkout");
  await expect(page.getByLabel("E-mail")).toBeVisible();
  await expect(page.getByLabel("Street and number")).toHaveCount(0);
  await putInBasket(page, tea);
  await page.goto("/checkout");
  await expect(page.getByLabel("Street and number")).toBeVisible();
});

test("a way to pay that is not offered is refused", async ({ page, shop }) => {
  await putInBasket(page, tea);
  await fillCheckout(page);
  const choice = page.getByRole("radio", { name: "Card", exact: true });
  await choice.evaluate((input: HTMLInputElement) => (input.value = "komoju/konbini"));
  await payUnchecked(page);

  await expect(page.getByRole("alert")).toContainText("Please choose one of the ways to pay that are offered");
  expect((await world(shop)).sessions).toHaveLength(0);
});

test("an empty basket has nothing to check out", async ({ page }) => {
  await page.goto("/checkout");
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  await expect(payButton(page)).toHaveCount(0);
});
