// The other providers, from the shelf to the order: paid, declined, asked by the bank. What is said here holds at each.
import { expect, test } from "./fixtures";
import {
  addressOf,
  anotherBrowser,
  complete,
  expectOrder,
  expectStock,
  onHostedPage,
  onOrderPage,
  paidAtOnce,
  payAgain,
  payButton,
} from "./steps";
import { bpc, cardTills, dojoInEuros, goToTill, letters, sessions, tills } from "./tills";

const paid = { ...complete, journal: paidAtOnce };

for (const till of [...tills, dojoInEuros]) {
  test(`${till.name}: a payment completes the order once, in its own currency`, async ({ page, shop }) => {
    await goToTill(page, till);
    await expect(page.locator("body")).toContainText(till.price);
    await till.pay(page);

    const order = await expectOrder(page, paid);
    expect(order.attempts).toEqual([[till.attempt, "paid", "letter-set ×1 sold"]]);
    expect(order.notices.map(([event]) => event)).toContain(till.paidEvent);
    expect(order.notices.filter(([, , outcome]) => outcome === "the order is paid and fulfilled")).toHaveLength(1);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Thank you. Your order is complete");
    await page.getByText("Receipt", { exact: true }).click();
    await expect(page.getByTestId("receipt")).toContainText(new RegExp(`Letter set\\s+${till.price}`));
    await expect(page.getByTestId("receipt")).toContainText(`Paid through ${till.attempt.split("/")[0]}`);

    await expectStock(page, letters, "30 in stock");
    expect(await sessions(shop, till)).toHaveLength(1);
    await page.goto("/basket");
    await expect(page.getByText("There is nothing in your basket yet.")).toBeVisible();
  });
}

for (const till of cardTills) {
  test(`${till.name}: the bank asks, and is told yes`, async ({ page }) => {
    await goToTill(page, till);
    await till.challenge(page);
    await page.getByRole("button", { name: till.answer.yes }).click();
    await till.goOn(page);

    await expectOrder(page, paid);
    await expectStock(page, letters, "30 in stock");
  });

  test(`${till.name}: the bank is told no, which charges nothing, and another card pays on the same page`, async ({
    page,
    shop,
  }) => {
    await goToTill(page, till);
    await till.challenge(page);
    await page.getByRole("button", { name: till.answer.no }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expectStock(page, letters, "30 in stock");
    await till.tryAnother(page);
    await till.decline(page);
    await till.tryAnother(page);
    await till.pay(page);

    const order = await expectOrder(page, complete);
    expect(order.attempts).toEqual([[till.attempt, "paid", "letter-set ×1 sold"]]);
    expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
    expect(await sessions(shop, till)).toHaveLength(1);
    await expectStock(page, letters, "30 in stock");
  });
}

for (const till of tills) {
  test(`${till.name}: a payment is declined, the shopper goes back, and pays with the second try`, async ({ page, shop }) => {
    await goToTill(page, till);
    await till.declineAndLeave(page);
    await expectOrder(page, { face: "declined", state: "awaiting_payment", fulfilments: "0" });
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("That payment did not go through");
    await expect(page.getByTestId("order-face")).toContainText("nothing was charged");
    await expectStock(page, letters, "30 in stock");
    await payAgain(page, till.method);
    await till.tryAnother(page);
    await till.pay(page);

    // Who can be asked says that its page takes another card; a page of which nobody knows that is left.
    const states = till.answers ? ["paid"] : ["cancelled", "paid"];
    const order = await expectOrder(page, complete);
    expect(order.attempts.map(([, state]) => state)).toEqual(states);
    expect(await sessions(shop, till)).toHaveLength(states.length);
    expect(order.journal.filter((what) => what === "order.fulfilled")).toHaveLength(1);
    await expectStock(page, letters, "30 in stock");
  });

  test(`${till.name}: Back, and Pay again, lead to the same page, and the order opens in another browser`, async ({
    page,
    browser,
    shop,
  }) => {
    await goToTill(page, till);
    const hostedPage = page.url();
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Checkout");
    await payButton(page).click();
    await onHostedPage(page);
    expect(page.url()).toBe(hostedPage);
    await till.pay(page);
    await onOrderPage(page);
    const before = await expectOrder(page, paid);
    expect(await sessions(shop, till)).toHaveLength(1);

    const elsewhere = await anotherBrowser(browser);
    await elsewhere.goto(page.url());
    expect((await expectOrder(elsewhere, paid)).notices).toEqual(before.notices);
    await expect(elsewhere.locator("body")).not.toContainText("mika@example.com");
    await elsewhere.goto(addressOf(page));
    await expectOrder(elsewhere, paid);
    await elsewhere.context().close();
    await expectStock(page, letters, "30 in stock");
  });
}

test("declined by one provider, the order is paid with another, and the first page takes no money any more", async ({
  page,
  shop,
}) => {
  await goToTill(page, bpc);
  await bpc.declineAndLeave(page);
  await payAgain(page, dojoInEuros.method);
  expect((await sessions(shop, bpc)).map(({ status }) => status)).toEqual(["expired"]);
  await dojoInEuros.pay(page);

  const order = await expectOrder(page, complete);
  expect(order.attempts).toEqual([
    ["BPC/card", "cancelled", "letter-set ×1 released"],
    ["Dojo/card", "paid", "letter-set ×1 sold"],
  ]);
  await expectStock(page, letters, "30 in stock");
});
