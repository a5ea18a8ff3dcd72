// The other providers: the page that was left, the page that nobody came back from, and StableMint's four ways back.
import { type Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { complete, daysPass, expectOrder, expectStock, onOrderPage, payAgain, payButton } from "./steps";
import { act, dojo, dojoInEuros, goToTill, letters, press, session, sessions, stablemint, tills } from "./tills";

const notPaid = { face: "not_paid_yet", state: "awaiting_payment", fulfilments: "0" };

const waysOut = [
  { till: dojo, leave: (page: Page) => page.getByRole("link", { name: "Cancel and return to merchant" }).click() },
  { till: stablemint, leave: (page: Page) => press(page, "Exit") },
];

for (const { till, leave } of waysOut) {
  test(`${till.name}: who leaves the page reads that nothing was paid, and can go on where it was left`, async ({ page }) => {
    await goToTill(page, till);
    const hostedPage = page.url();
    await leave(page);
    await onOrderPage(page);
    expect(page.url()).toContain("?back=exit");

    const order = await expectOrder(page, notPaid);
    expect(order.attempts).toEqual([[till.attempt, "open", "letter-set ×1 held"]]);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not paid yet");
    await expect(page.getByTestId("order-face")).toContainText("We have not heard of a payment");
    await page.getByRole("link", { name: "Continue to payment" }).click();
    await expect(page).toHaveURL(hostedPage);
    await till.pay(page);
    await expectOrder(page, complete);
    await expectStock(page, letters, "30 in stock");
  });
}

for (const till of tills) {
  test(`${till.name}: an order that nobody comes back to ends, and its things go back on the shelf`, async ({ page, shop }) => {
    await goToTill(page, till);
    const hostedPage = page.url();
    await page.goto("/basket");
    await page.getByRole("link", { name: "See the order" }).click();
    await expectOrder(page, notPaid);
    await expectStock(page, letters, "30 in stock");
    await shop.control("clock", { forward_seconds: 40 * 60 });
    await expectStock(page, letters, "31 in stock");
    await daysPass(shop, 2);

    const order = await expectOrder(page, { face: "expired", state: "expired", fulfilments: "0" });
    // The shop ends it, or hears from the provider that it has ended: whichever is first.
    expect(order.attempts).toEqual([[till.attempt, expect.stringMatching(/^(cancelled|expired)$/), "letter-set ×1 released"]]);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("The time to pay has passed");
    await expect(page.getByRole("button", { name: /^Pay/ })).toHaveCount(0);
    await page.goto(hostedPage);
    await expect(payButton(page)).toHaveCount(0);
    await expect(page.locator("body")).toContainText(/The time to pay has passed|expired|cancelled|closed/);
  });
}

test("StableMint: money that comes a day after its order ended still completes it", async ({ page, shop }) => {
  await goToTill(page, stablemint);
  await press(page, "Pay, confirm later");
  await onOrderPage(page);
  await expectOrder(page, { face: "being_confirmed", state: "awaiting_payment" });
  await daysPass(shop, 1);
  await expectOrder(page, { face: "expired", state: "expired", fulfilments: "0" });
  await expect(page.getByTestId("order-face")).toContainText("the payment finds its order");
  await act(shop, stablemint, "confirm");

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([[stablemint.attempt, "paid", "letter-set ×1 sold"]]);
  await expectStock(page, letters, "30 in stock");
});

test("StableMint: Help leads to a page about this order, and from there to the order", async ({ page, shop }) => {
  await goToTill(page, stablemint);
  const { name } = await session(shop, stablemint);
  await page.getByRole("link", { name: /^Help from/ }).click();

  await expect(page).toHaveURL(/\/orders\/[a-z2-7]+\/support$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Help with this order");
  await expect(page.getByTestId("support")).toContainText(name);
  await expect(page.locator("body")).not.toContainText("mika@example.com");
  await page.getByRole("link", { name: "The order’s own page" }).click();
  await expectOrder(page, notPaid);
});

test("StableMint: a page that breaks sends the shopper back, to an order that says what is known", async ({ page }) => {
  await goToTill(page, stablemint);
  await press(page, "Error");
  await onOrderPage(page);
  expect(page.url()).toContain("?back=error");

  await expectOrder(page, notPaid);
  await expect(page.getByTestId("order-face")).toContainText("The payment page says that it did not work.");
});

test("StableMint: a payment that failed, and then arrives at the bank all the same, completes the order", async ({ page, shop }) => {
  await goToTill(page, stablemint);
  await stablemint.declineAndLeave(page);
  await expectOrder(page, { face: "declined", state: "awaiting_payment" });
  await expect(page.getByRole("link", { name: "Continue to payment" })).toHaveCount(0);
  await act(shop, stablemint, "confirm");

  await expectOrder(page, complete);
  await expectStock(page, letters, "30 in stock");
});

test("StableMint: a page that nobody can end is paid after another provider was: a person decides, and nothing is sent twice", async ({
  page,
  shop,
}) => {
  shop.allowErrors(/an order needs review/);
  await goToTill(page, stablemint);
  await press(page, "Exit");
  await onOrderPage(page);
  await payAgain(page, dojoInEuros.method);
  await dojoInEuros.pay(page);
  await expectOrder(page, complete);
  await act(shop, stablemint, "confirm");

  const order = await expectOrder(page, { state: "needs_review", fulfilments: "1" });
  expect(order.attempts.map(([method]) => method)).toEqual([stablemint.attempt, dojoInEuros.attempt]);
  expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
  expect(await sessions(shop, dojoInEuros)).toHaveLength(1);
  await expectStock(page, letters, "30 in stock");
});
