// What a shopper does, step by step, and how a test looks behind an order. Plain functions, so that a test reads as the
// story it tells.
import { type Browser, type Page } from "@playwright/test";
import { type Shop, expect } from "./fixtures";

export type Market = "japan" | "britain" | "europe";
export type Method =
  | "Card"
  | "Convenience store"
  | "Bank transfer"
  | "PayPay"
  | "Card (Dojo)"
  | "Card (BPC)"
  | "Bank payment (StableMint)";

/** A thing on the shelf. One with a single variant has no label. */
export interface Thing {
  slug: string;
  label?: string;
}

export const tea: Thing = { slug: "sencha-tin", label: "100 g" };
export const pattern: Thing = { slug: "noren-pattern" };
export const lastTeapot: Thing = { slug: "last-teapot" };

/** Test cards of the simulator. */
export const card = {
  accepted: "4111 1111 1111 1111",
  insufficientFunds: "4123 1111 1111 1000",
  frictionless: "4100 0000 0000 0100",
  challenge: "4100 0000 0000 5000",
  challengeThatFails: "4100 0000 0030 0005",
  failsWithoutQuestion: "4100 0000 0050 0000",
};

export async function chooseMarket(page: Page, market: Market): Promise<void> {
  await page.goto("/about");
  await page.getByLabel("Prices for").selectOption(market);
  await page.getByRole("button", { name: "Change" }).click();
  await expect(page.getByLabel("Prices for")).toHaveValue(market);
}

export async function putInBasket(page: Page, thing: Thing, quantity = 1): Promise<void> {
  await page.goto(`/products/${thing.slug}`);
  if (thing.label) await choose(page, thing.label);
  await page.getByLabel("Quantity").fill(String(quantity));
  await page.getByRole("button", { name: "Add to basket" }).click();
  await expect(page).toHaveURL("/basket");
}

/** Fills in what the checkout asks for, and chooses how to pay. */
export async function fillCheckout(page: Page, method: Method = "Card"): Promise<void> {
  await page.goto("/checkout");
  await page.getByLabel("E-mail").fill("mika@example.com");
  await page.getByLabel("Name", { exact: true }).fill("Mika Tanaka");
  if ((await page.getByLabel("Street and number").count()) > 0) {
    await page.getByLabel("Street and number").fill("1-2-3 Kagurazaka");
    await page.getByLabel("Postcode").fill("162-0825");
    await page.getByLabel("City").fill("Tokyo");
    await page.getByLabel("Country").fill("Japan");
  }
  await choose(page, method);
}

/** Chooses a variant or a way to pay. The whole card around such a choice is its label and takes the click. */
export async function choose(page: Page, name: string): Promise<void> {
  await page.getByRole("radio", { name, exact: true }).check({ force: true });
}

export function payButton(page: Page) {
  return page.getByRole("button", { name: /^Pay / });
}

export async function onHostedPage(page: Page): Promise<void> {
  await page.waitForURL(/\/(komoju\/sessions|dojo\/checkout|bpc\/payment|stablemint\/checkout)\//);
}

export async function onOrderPage(page: Page): Promise<void> {
  await page.waitForURL(/\/orders\//);
}

/** From an empty basket to the hosted page. */
export async function goToHostedPage(page: Page, thing: Thing = tea, method: Method = "Card"): Promise<void> {
  await putInBasket(page, thing);
  await fillCheckout(page, method);
  await payButton(page).click();
  await onHostedPage(page);
}

/** Types a card into the hosted page and presses Pay. What comes next is the card's affair. */
export async function typeCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Name on card").fill("MIKA TANAKA");
  await page.getByLabel("Expiry (MM/YY)").fill("12/40");
  await page.getByLabel("CVC").fill("123");
  await payButton(page).click();
}

/** From an empty basket to a paid order's page. */
export async function buy(page: Page, thing: Thing = tea): Promise<void> {
  await goToHostedPage(page, thing);
  await typeCard(page, card.accepted);
  await onOrderPage(page);
}

/** From the hosted page to the order's page, with a slip to pay at a store. */
export async function issueSlip(page: Page, store = "FamilyMart"): Promise<void> {
  await page.getByRole("radio", { name: store }).check();
  await page.getByRole("button", { name: "Issue slip" }).click();
  await expect(page.getByRole("heading", { name: `How to pay at ${store}` })).toBeVisible();
  await returnToShop(page);
}

export async function returnToShop(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Return to merchant" }).click();
  await onOrderPage(page);
}

/** On the order's page: another attempt. */
export async function payAgain(page: Page, method: Method): Promise<void> {
  const choice = page.getByRole("radio", { name: method, exact: true });
  if (!(await choice.isVisible())) await page.getByText("Pay another way", { exact: true }).click();
  await choose(page, method);
  await page.getByRole("button", { name: "Pay this way" }).click();
  await onHostedPage(page);
}

/** The order's address without what a provider put behind it: all that is needed to see it again. */
export function addressOf(page: Page): string {
  return page.url().split("?")[0];
}

/** Somebody else's browser: no cookie of the first one's. */
export async function anotherBrowser(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

/** What an order's page says, and what its part for developers shows behind it. */
export interface Behind {
  face: string | null;
  state: string;
  fulfilments: string;
  /** Oldest first, as `[method, state, holds]`. */
  attempts: string[][];
  /** As `[event, state, outcome]`. */
  notices: string[][];
  /** What happened, oldest first: `order.placed`. */
  journal: string[];
}

export async function behind(page: Page): Promise<Behind> {
  const text = async (id: string) => (await page.getByTestId(id).textContent({ timeout: 5_000 }))?.trim() ?? "";
  const rows = (id: string) =>
    page
      .getByTestId(id)
      .locator("tbody tr")
      .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? "")));
  return {
    face: await page.getByTestId("order-face").getAttribute("data-face", { timeout: 5_000 }),
    state: await text("order-state"),
    fulfilments: await text("fulfilments"),
    attempts: (await rows("attempts")).map((cells) => [cells[1], cells[2], cells[4]]),
    notices: (await rows("notices")).map((cells) => [cells[1], cells[2], cells[3]]),
    journal: (await rows("journal")).map((cells) => cells[1]),
  };
}

/** Loads the order's page until it is as expected. The last difference is in the failure's message. */
export async function expectOrder(page: Page, expected: Partial<Behind>): Promise<Behind> {
  let found: Behind | undefined;
  await expect(async () => {
    await page.reload();
    found = await behind(page);
    expect(found).toMatchObject(expected);
  }).toPass({ timeout: 45_000 });
  return found!;
}

export const complete = { face: "complete", state: "fulfilled", fulfilments: "1" };

/** The journal of an order that was paid at the first try. */
export const paidAtOnce = ["order.placed", "attempt.begun", "attempt.open", "order.paid", "order.fulfilled"];

/** What the product's page says is left, in its words: "29 in stock". It may be a second old, so it is asked again. */
export async function expectStock(page: Page, thing: Thing, words: string): Promise<void> {
  const shelf = await page.context().newPage();
  await expect(async () => {
    await shelf.goto(`/products/${thing.slug}`);
    const stock = thing.label
      ? shelf.locator(".choice", { has: shelf.getByRole("radio", { name: thing.label, exact: true }) })
      : shelf.locator(".product-facts");
    await expect(stock).toContainText(words, { timeout: 500 });
  }).toPass({ timeout: 45_000 });
  await shelf.close();
}

/** Everything that the simulator knows. Sessions and payments come newest first, deliveries oldest first. */
export interface World {
  sessions: { id: string; status: string; session_url: string; return_url: string; amount: number; currency: string }[];
  payments: { id: string; session: string; status: string; amount: number; currency: string }[];
  deliveries: { id: string; type: string; state: string; tries: { status: number | null }[] }[];
}

export function world(shop: Shop): Promise<World> {
  return shop.control<World>("state");
}

/** The events of deliveries in this state. */
export async function deliveries(shop: Shop, state: "waiting" | "delivered"): Promise<string[]> {
  const all = (await world(shop)).deliveries;
  return all.filter((delivery) => delivery.state === state).map((delivery) => delivery.type);
}

export async function holdDeliveries(shop: Shop): Promise<void> {
  await shop.control("deliveries", { mode: "paused" });
}

export async function releaseDeliveries(shop: Shop, order: "given" | "reversed" = "given"): Promise<void> {
  await shop.control("deliveries/release", { order });
  await expect.poll(() => deliveries(shop, "waiting")).toEqual([]);
}

/** The shop's clock and the simulator's are one. */
export async function daysPass(shop: Shop, days: number): Promise<void> {
  await shop.control("clock", { forward_seconds: days * 86_400 });
}

/** Makes an event about a payment that did not happen as told, and answers what the shop's door said to it. */
export async function send(shop: Shop, wish: Record<string, unknown>): Promise<number | null> {
  return (await shop.control<{ status: number | null }>("send", wish)).status;
}
