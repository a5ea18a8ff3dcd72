// The order's page: its address is all it takes, and it opens a download when the order is fulfilled and not before.
import { expect, test } from "./fixtures";
import {
  addressOf,
  anotherBrowser,
  buy,
  complete,
  expectOrder,
  goToHostedPage,
  holdDeliveries,
  pattern,
  releaseDeliveries,
  returnToShop,
  world,
} from "./steps";

test("the order opens in another browser, without a cookie, and does not name the buyer there", async ({ page, browser }) => {
  await buy(page);
  await expectOrder(page, complete);
  const elsewhere = await anotherBrowser(browser);
  await elsewhere.goto(addressOf(page));

  await expectOrder(elsewhere, complete);
  await expect(elsewhere.getByText("1 × Sencha in a tin")).toBeVisible();
  await expect(elsewhere.locator("body")).not.toContainText("mika@example.com");
  await expect(elsewhere.locator("body")).not.toContainText("Kagurazaka");
  await elsewhere.context().close();
});

test("a download opens when the order is fulfilled, and not before", async ({ page, shop }) => {
  await holdDeliveries(shop);
  await buy(page, pattern);
  const file = `${addressOf(page)}/downloads/noren-pattern`;
  await expectOrder(page, { face: "paid_unconfirmed", fulfilments: "0" });
  await expect(page.getByRole("link", { name: /^Download/ })).toHaveCount(0);
  expect((await page.request.get(file)).status()).toBe(404);

  await releaseDeliveries(shop);
  await expectOrder(page, complete);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download Noren sewing pattern" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("noren-pattern.svg");
  const opened = await page.request.get(file);
  expect(opened.status()).toBe(200);
  expect(await opened.text()).toContain("<svg");
  expect((await page.request.get(`${addressOf(page)}/downloads/tea-zine`)).status()).toBe(404);
});

test("a token that nobody has gets the same answer as any other guess", async ({ page, shop }) => {
  await buy(page);
  const token = addressOf(page).split("/").at(-1)!;
  const guesses = [
    `/orders/${token.slice(0, -1)}${token.endsWith("a") ? "b" : "a"}`,
    `/orders/${"a".repeat(token.length)}`,
    "/orders/x",
    "/products/no-such-thing",
  ];
  const answers = new Set<string>();
  for (const guess of guesses) {
    const answer = await page.goto(guess);
    expect(answer?.status(), guess).toBe(404);
    expect((await page.request.get(`${guess}/downloads/noren-pattern`)).status(), guess).toBe(404);
    answers.add(await page.getByRole("main").innerText());
  }
  expect(answers.size).toBe(1);
  expect([...answers][0]).toContain("There is nothing behind this curtain");
  expect((await page.goto(`/orders/${token}`))?.status()).toBe(200);
  expect(shop.log).not.toContain(token);
});

test("a provider that sends the browser back with a POST ends on the same page", async ({ page }) => {
  await goToHostedPage(page);
  await returnToShop(page);
  const answer = await page.request.post(addressOf(page), { form: { status: "paid" }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  expect(answer.headers().location).toBe(new URL(addressOf(page)).pathname);
  await expectOrder(page, { state: "awaiting_payment", fulfilments: "0" });
});

test("nothing that is typed into the address makes an order paid", async ({ page }) => {
  await goToHostedPage(page);
  await returnToShop(page);
  await page.goto(`${addressOf(page)}?session_id=x&status=captured&paid=1`);
  await expectOrder(page, { face: "not_paid_yet", state: "awaiting_payment", fulfilments: "0" });
});

test("the order's address is told to nobody: neither the hosted page nor the slip learns where the browser came from", async ({
  page,
  shop,
}) => {
  await goToHostedPage(page);
  const order = (await world(shop)).sessions[0].return_url;
  const referrers: string[] = [];
  page.on("request", async (request) => {
    if (request.url().startsWith(shop.simulator)) referrers.push((await request.allHeaders()).referer ?? "");
  });
  await page.goto(order);
  await page.getByRole("link", { name: "Continue to payment" }).click();
  await page.waitForURL(/\/komoju\/sessions\//);
  expect(referrers.length).toBeGreaterThan(0);
  expect(referrers.filter((referrer) => referrer.includes("/orders/"))).toEqual([]);
});
