// What a form should never send, sent all the same: it ends in a sentence, and in nothing else.
import { type Locator, type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { expectStock, fillCheckout, lastTeapot, onHostedPage, payButton, putInBasket, tea, world } from "./steps";

/** Makes a field say what its own rules forbid, and presses the form's button as a browser would that checks nothing. */
async function sendUnchecked(field: Locator, value: string, button: Locator): Promise<void> {
  await field.evaluate((input: HTMLInputElement, value) => {
    input.form!.noValidate = true;
    input.type = "text";
    input.value = value;
  }, value);
  await button.click();
}

/** Adds fields to a form, as somebody would who hopes that the shop believes them. */
async function addFields(form: Locator, fields: Record<string, string>): Promise<void> {
  await form.evaluate((form, fields) => {
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      Object.assign(input, { type: "hidden", name, value });
      form.append(input);
    }
  }, fields);
}

function addButton(page: Page): Locator {
  return page.getByRole("button", { name: "Add to basket" });
}

const wholeNumber = "Please choose a whole number from 1 to 99.";

for (const quantity of ["0", "-1", "1000000000", "99999999999999999999", "abc", "1.5", ""]) {
  test(`a quantity of "${quantity}" is not put into the basket, and the product's page says why`, async ({ page }) => {
    await page.goto("/products/sencha-tin");
    await sendUnchecked(page.getByLabel("Quantity"), quantity, addButton(page));

    await expect(page).toHaveURL(/\/products\/sencha-tin\?problem=quantity$/);
    await expect(page.getByRole("alert")).toHaveText(wholeNumber);
    await page.goto("/basket");
    await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  });
}

for (const quantity of ["-1", "1000000000", "abc"]) {
  test(`a quantity of "${quantity}" in the basket changes nothing, and the basket says why`, async ({ page }) => {
    await putInBasket(page, tea, 2);
    await sendUnchecked(page.getByLabel(/^Quantity/), quantity, page.getByRole("button", { name: /^Update/ }));

    await expect(page.getByRole("alert")).toHaveText(wholeNumber);
    await expect(page.getByLabel(/^Quantity/)).toHaveValue("2");
    await expect(page.getByTestId("total")).toHaveText("€15.80");
  });
}

test("a quantity of 0 in the basket takes the thing out", async ({ page }) => {
  await putInBasket(page, tea, 2);
  await sendUnchecked(page.getByLabel(/^Quantity/), "0", page.getByRole("button", { name: /^Update/ }));
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
});

test("more than there are is refused, at once and in two steps", async ({ page }) => {
  await page.goto("/products/sencha-tin");
  await sendUnchecked(page.getByLabel("Quantity"), "31", addButton(page));
  await expect(page.getByRole("alert")).toContainText("There are not that many left.");
  await putInBasket(page, lastTeapot);
  await page.goto("/products/last-teapot");
  await addButton(page).click();
  await expect(page.getByRole("alert")).toContainText("There are not that many left.");
  await page.goto("/basket");
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("1");
});

const variants = [
  { variant: "no-such-variant", says: "This one is no longer sold." },
  { variant: "tabi-socks-large", says: "this one has just sold out" },
  { variant: "' or 1=1 --", says: "This one is no longer sold." },
];

for (const { variant, says } of variants) {
  test(`the variant "${variant}" cannot be put into the basket`, async ({ page }) => {
    await page.goto("/products/sencha-tin");
    const chosen = page.getByRole("radio", { checked: true });
    await chosen.evaluate((input: HTMLInputElement, variant) => (input.value = variant), variant);
    await addButton(page).click();

    await expect(page.getByRole("alert")).toContainText(says);
    await page.goto("/basket");
    await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  });
}

test("a price that the form sends is not heard", async ({ page, shop }) => {
  const lies = { price: "1", amount: "1", total: "1", unit_price: "1", minor: "1", currency: "JPY", market: "japan" };
  await page.goto("/products/sencha-tin");
  await addFields(page.locator("form", { has: addButton(page) }), lies);
  await addButton(page).click();
  await expect(page.getByTestId("total")).toHaveText("€7.90");
  await fillCheckout(page);
  await addFields(page.locator("form", { has: payButton(page) }), lies);
  await payButton(page).click();
  await onHostedPage(page);

  const [session] = (await world(shop)).sessions;
  expect([session.amount, session.currency]).toEqual([790, "EUR"]);
  await expect(payButton(page)).toContainText("€7.90");
});

test("what a shopper types is shown as text, wherever it comes back", async ({ page }) => {
  const name = `<img src=x onerror="document.title='owned'"> & "quotes"`;
  await putInBasket(page, tea);
  await fillCheckout(page);
  await page.getByLabel("Name", { exact: true }).fill(name);
  await payButton(page).click();
  await onHostedPage(page);
  await page.goto("/checkout");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue(name);
  await expect(page).toHaveTitle("Checkout · Noren");
});

test("a problem in the address that the shop does not know is not shown", async ({ page }) => {
  await page.goto("/checkout?problem=%3Cscript%3E");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("a form that another site sends is refused and changes nothing", async ({ page, shop }) => {
  await putInBasket(page, tea, 2);
  const form = page.locator("form", { has: page.getByRole("button", { name: /^Remove/ }) });
  const action = new URL((await form.getAttribute("action"))!, shop.url).href;
  const sent = (origin: string) =>
    page.request.post(action, {
      form: { variant: "sencha-tin-100g", quantity: "0" },
      headers: { origin },
      maxRedirects: 0,
    });
  expect((await sent("https://evil.example")).status()).toBe(403);
  expect((await sent("null")).status()).toBe(403);
  await page.reload();
  await expect(page.getByLabel(/^Quantity/)).toHaveValue("2");
  expect((await sent(shop.url)).status()).toBe(303);
  await page.reload();
  await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  await expectStock(page, tea, "30 in stock");
});
