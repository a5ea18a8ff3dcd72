// A tour of every page there is, of the shop and of the simulator, in each of the states that look different.
import { type Page } from "@playwright/test";
import { type Shop } from "./fixtures";
import {
  buy,
  card,
  chooseMarket,
  complete,
  expectOrder,
  fillCheckout,
  goToHostedPage,
  issueSlip,
  pattern,
  putInBasket,
  returnToShop,
  tea,
  typeCard,
} from "./steps";

export type Look = (name: string) => Promise<void>;

/** A look at a page with everything on it unfolded. */
export function unfolding(page: Page, look: Look): Look {
  return async (name) => {
    await page.locator("details").evaluateAll((all) => all.forEach((one) => one.setAttribute("open", "")));
    await look(name);
  };
}

/** Calls `look` on each page, with a name for it and everything on it unfolded. */
export async function everyPage(page: Page, shop: Shop, look: Look): Promise<void> {
  const see = unfolding(page, look);
  const visit = async (address: string) => {
    await page.goto(address);
    await see(address);
  };
  await quietPages(page, visit);
  await buyingPages(page, shop, see, visit);
  await slipPages(page, shop, see);
  await page.goto(shop.simulator);
  await see("the simulator");
}

async function quietPages(page: Page, visit: Look): Promise<void> {
  for (const address of ["/", "/about", "/categories/textiles", "/products/sencha-tin", "/products/paper-lantern"]) {
    await visit(address);
  }
  for (const address of ["/products/noren-pattern?problem=quantity", "/no-such-page", "/basket", "/checkout"]) {
    await visit(address);
  }
  await chooseMarket(page, "japan");
}

async function buyingPages(page: Page, shop: Shop, see: Look, visit: Look): Promise<void> {
  await putInBasket(page, tea, 12);
  await putInBasket(page, pattern);
  await visit("/basket?problem=not_enough");
  await fillCheckout(page);
  await visit("/checkout?problem=email");
  await goToHostedPage(page, tea, "Card");
  await see("the hosted page for cards");
  await typeCard(page, card.insufficientFunds);
  await see("the hosted page after a decline");
  await typeCard(page, card.challenge);
  await see("the bank's question");
  await page.goto((await shop.control("state")).sessions[0].return_url);
  await see("an order whose payment was declined");
  await page.getByRole("button", { name: "Cancel this order" }).click();
  await see("a cancelled order");
  await buy(page, pattern);
  await expectOrder(page, complete);
  await see("a complete order");
}

async function slipPages(page: Page, shop: Shop, see: Look): Promise<void> {
  await goToHostedPage(page, tea, "Convenience store");
  await see("the hosted page for stores");
  await issueSlip(page);
  await expectOrder(page, { face: "waiting_for_you" });
  await see("an order to be paid at a store");
  await page.goto((await shop.control("state")).sessions[0].session_url);
  await see("the slip");
  await goToHostedPage(page, tea, "PayPay");
  await see("the hosted page for the wallet");
  await page.getByRole("button", { name: "Continue to the wallet" }).click();
  await see("the wallet");
  await page.goBack();
  await returnToShop(page);
  await see("an order not paid yet");
  await goToHostedPage(page, tea, "Bank transfer");
  await see("the hosted page for transfers");
}
