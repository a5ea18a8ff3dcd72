// How a shopper pays with each of the other providers: on its own page, with its own test cards, and by its own ways
// back. What a story says in one word here is another form on every provider's page.
import { type Page } from "@playwright/test";
import { type Shop, expect } from "./fixtures";
import {
  type Market,
  type Method,
  type Thing,
  chooseMarket,
  fillCheckout,
  onHostedPage,
  onOrderPage,
  payButton,
  putInBasket,
  send,
} from "./steps";

/** Has stock, and is cheap enough for StableMint's sandbox: £5.90, €6.90. */
export const letters: Thing = { slug: "letter-set" };

export interface Till {
  /** As it is called in a test's name. */
  name: string;
  provider: "dojo" | "bpc" | "stablemint";
  market: Market;
  method: Method;
  /** What its attempts are called in the part for developers. */
  attempt: string;
  /** What the letters cost in its market. */
  price: string;
  /** The event that says "paid". */
  paidEvent: string;
  /** The hosted page's heading. */
  heading: string;
  /** Whether the provider can be asked how a session stands. */
  answers: boolean;
  /** From the hosted page to the order's page, paid. */
  pay(page: Page): Promise<void>;
  /** From the hosted page to the order's page: the money is refused, and the shopper goes back. */
  declineAndLeave(page: Page): Promise<void>;
  /** From what the hosted page says after a decline, back to its form, where it has one. */
  tryAnother(page: Page): Promise<void>;
}

/** One whose page takes cards, and asks for another one when a card is declined. */
export interface CardTill extends Till {
  /** Types a card that is declined; the page says so. */
  decline(page: Page): Promise<void>;
  /** Types a card whose bank asks. */
  challenge(page: Page): Promise<void>;
  /** What the bank's page calls a yes and a no. */
  answer: { yes: string; no: string };
  /** From the page after a challenge that was passed to the order's page. */
  goOn(page: Page): Promise<void>;
}

async function typeDojoCard(page: Page, number: string): Promise<void> {
  await page.getByLabel("Name on card").fill("MIKA TANAKA");
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry date").fill("12/40");
  await page.getByLabel("Security code").fill("020");
  await payButton(page).click();
}

async function typeBpcCard(page: Page, number: string, expiry: string): Promise<void> {
  await page.getByLabel("Card number").fill(number);
  await page.getByLabel("Expiry (MM/YY)").fill(expiry);
  await page.getByLabel("CVC").fill("123");
  await payButton(page).click();
}

/** Presses one of the ways in which StableMint's page can end. */
export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).click();
}

export const dojo: CardTill = {
  name: "Dojo",
  provider: "dojo",
  market: "britain",
  method: "Card (Dojo)",
  attempt: "Dojo/card",
  price: "£5.90",
  paidEvent: "payment_intent.status_updated",
  heading: "Payment details",
  answers: true,
  answer: { yes: "Approve the payment", no: "Refuse it" },
  async pay(page) {
    await typeDojoCard(page, "5200 0000 0000 1005");
    await onOrderPage(page);
  },
  async decline(page) {
    await typeDojoCard(page, "4456 5300 0000 1013");
    await expect(page.getByRole("alert")).toContainText("the card was declined");
  },
  async tryAnother(page) {
    await expect(page.getByLabel("Card number")).toHaveValue("");
  },
  async challenge(page) {
    await typeDojoCard(page, "5200 0000 0000 1096");
    await expect(page.getByRole("heading", { name: "Your bank asks" })).toBeVisible();
  },
  async goOn(page) {
    await onOrderPage(page);
  },
  async declineAndLeave(page) {
    await this.decline(page);
    await page.getByRole("link", { name: "Cancel and return to merchant" }).click();
    await onOrderPage(page);
  },
};

/** The same provider in another currency. */
export const dojoInEuros: CardTill = { ...dojo, name: "Dojo in euros", market: "europe", price: "€6.90" };

export const bpc: CardTill = {
  name: "BPC",
  provider: "bpc",
  market: "europe",
  method: "Card (BPC)",
  attempt: "BPC/card",
  price: "€6.90",
  paidEvent: "session.completed",
  heading: "Card payment",
  answers: true,
  answer: { yes: "Success", no: "Fail" },
  async pay(page) {
    await typeBpcCard(page, "4444 5555 1111 3333", "12/26");
    await this.goOn(page);
  },
  async decline(page) {
    await typeBpcCard(page, "5168 4948 9505 5780", "12/26");
    await expect(page.getByRole("heading", { name: "Payment failed" })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("No money was taken.");
  },
  async tryAnother(page) {
    await page.getByRole("button", { name: "Try another card" }).click();
  },
  async challenge(page) {
    await typeBpcCard(page, "5555 5555 5555 5599", "12/34");
    await expect(page.getByRole("heading", { name: "3-D Secure" })).toBeVisible();
  },
  async goOn(page) {
    await expect(page.getByRole("heading", { name: "Payment successful" })).toBeVisible();
    await backToShop(page);
  },
  async declineAndLeave(page) {
    await this.decline(page);
    await backToShop(page);
  },
};

/** By the link on BPC's result page. */
async function backToShop(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Return to Merchant" }).click();
  await onOrderPage(page);
}

export const stablemint: Till = {
  name: "StableMint",
  provider: "stablemint",
  market: "europe",
  method: "Bank payment (StableMint)",
  attempt: "StableMint/bank_transfer",
  price: "€6.90",
  paidEvent: "InwardPaymentReconciled",
  heading: "Pay by bank",
  answers: false,
  async pay(page) {
    await payButton(page).click();
    await onOrderPage(page);
  },
  async declineAndLeave(page) {
    await press(page, "Fail");
    await onOrderPage(page);
  },
  // A page that failed is over: the next try is on a new one.
  async tryAnother(page) {
    await expect(page.getByRole("heading", { name: "Pay by bank" })).toBeVisible();
  },
};

export const cardTills = [dojo, dojoInEuros, bpc];
export const tills: Till[] = [dojo, bpc, stablemint];

/** From the shelf to the hosted page. */
export async function goToTill(page: Page, till: Till): Promise<void> {
  await chooseMarket(page, till.market);
  await putInBasket(page, letters);
  await fillCheckout(page, till.method);
  await payButton(page).click();
  await onHostedPage(page);
  await expect(page.getByRole("heading", { name: till.heading })).toBeVisible();
}

/** From the shelf to the page of an order that was paid. */
export async function buyAt(page: Page, till: Till): Promise<void> {
  await goToTill(page, till);
  await till.pay(page);
}

/** The session, as the simulator knows it: the newest of its provider's. */
export async function session(shop: Shop, till: Till): Promise<{ name: string; status: string; page: string }> {
  const [newest] = await sessions(shop, till);
  return newest;
}

/** Newest first. */
export async function sessions(shop: Shop, till: Till): Promise<{ name: string; status: string; page: string }[]> {
  const state = await shop.control("state");
  switch (till.provider) {
    case "dojo":
      return state.dojo.intents.map((one: any) => ({ name: one.id, status: one.status, page: one.paymentLink }));
    case "bpc":
      return state.bpc.sessions.map((one: any) => ({ name: one.id, status: one.status, page: one.paymentUrl }));
    case "stablemint":
      return state.stablemint.sessions.map((one: any) => ({ name: one.reference, status: one.status, page: one.url }));
  }
}

/** What happens at the provider without the shop: `refund`, `expire`. */
export async function act(shop: Shop, till: Till, action: string, body: object = {}): Promise<void> {
  await shop.control(`${till.provider}/${(await session(shop, till)).name}/${action}`, body);
}

/** Sends the event that says "paid", changed as a test wants it, and answers what the shop's door said to it. */
export async function tell(shop: Shop, till: Till, amend: Record<string, unknown>): Promise<number | null> {
  const { name } = await session(shop, till);
  return send(shop, { provider: till.provider, session: name, type: till.paidEvent, amend });
}
