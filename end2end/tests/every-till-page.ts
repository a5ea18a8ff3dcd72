// A second tour: the other providers' pages, and the order's page in the states that they bring about.
import { type Page } from "@playwright/test";
import { type Look, everyPage, unfolding } from "./every-page";
import { type Shop } from "./fixtures";
import {
  chooseMarket,
  complete,
  expectOrder,
  holdDeliveries,
  onOrderPage,
  putInBasket,
  releaseDeliveries,
} from "./steps";
import { act, bpc, dojo, goToTill, letters, press, session, stablemint, tell } from "./tills";

/** Both tours: what holds for every page is tested on each. */
export const tours = [
  { of: "the shop", everyPage },
  { of: "the other providers", everyPage: everyTillPage },
];

/** Calls `look` on each page, with a name for it and everything on it unfolded. */
export async function everyTillPage(page: Page, shop: Shop, look: Look): Promise<void> {
  shop.allowErrors(/an order needs review/);
  const see = unfolding(page, look);
  await checkouts(page, see);
  await dojoPages(page, shop, see);
  await bpcPages(page, shop, see);
  await stablemintPages(page, shop, see);
  await pagesOfWhatIsOver(page, shop, see);
  await page.goto(shop.simulator);
  await see("the simulator with everybody's sessions");
}

async function checkouts(page: Page, see: Look): Promise<void> {
  for (const market of ["europe", "britain", "japan"] as const) {
    await chooseMarket(page, market);
    await putInBasket(page, letters);
    await page.goto("/checkout");
    await see(`the checkout in ${market}`);
  }
  await chooseMarket(page, "europe");
  await page.goto("/checkout");
  await see("the checkout with a way that cannot be chosen");
}

async function dojoPages(page: Page, shop: Shop, see: Look): Promise<void> {
  await goToTill(page, dojo);
  await see("Dojo's form");
  await dojo.challenge(page);
  await see("the bank's question at Dojo");
  await page.getByRole("button", { name: dojo.answer.no }).click();
  await see("Dojo's form after a decline");
  await page.getByRole("link", { name: "Cancel and return to merchant" }).click();
  await expectOrder(page, { face: "declined" });
  await see("a declined order, by Dojo");
  await page.getByRole("link", { name: "Continue to payment" }).click();
  await dojo.pay(page);
  await expectOrder(page, complete);
  await act(shop, dojo, "refund", { amount: 200 });
  await expectOrder(page, { face: "partly_refunded" });
  await see("a partly refunded order");
  await act(shop, dojo, "refund");
  await expectOrder(page, { face: "refunded" });
  await see("a refunded order");
  await page.goto((await session(shop, dojo)).page);
  await see("Dojo's page of what was given back");
}

async function bpcPages(page: Page, shop: Shop, see: Look): Promise<void> {
  await goToTill(page, bpc);
  await see("BPC's form");
  await bpc.challenge(page);
  await see("the bank's question at BPC");
  await page.getByRole("button", { name: bpc.answer.no }).click();
  await see("BPC's result after a decline");
  await page.getByRole("link", { name: "Return to Merchant" }).click();
  await expectOrder(page, { face: "declined" });
  await see("a declined order, by BPC");
  await page.getByRole("link", { name: "Continue to payment" }).click();
  await bpc.tryAnother(page);
  await holdDeliveries(shop);
  await bpc.pay(page);
  await expectOrder(page, { face: "paid_unconfirmed" });
  await see("an order that is paid, and not confirmed");
  await page.goBack();
  await see("BPC's result after a payment");
  await tell(shop, bpc, { "data.object.amount": 12 });
  await page.goForward();
  await expectOrder(page, { face: "under_review" });
  await see("an order under review");
  await releaseDeliveries(shop);
  await shop.control("deliveries", { mode: "now" });
}

async function stablemintPages(page: Page, shop: Shop, see: Look): Promise<void> {
  await goToTill(page, stablemint);
  await see("StableMint's page");
  await page.getByRole("link", { name: /^Help from/ }).click();
  await see("help with an order");
  await page.goBack();
  await press(page, "Error");
  await onOrderPage(page);
  await see("an order whose payment page broke");
  await page.getByRole("link", { name: "Continue to payment" }).click();
  await press(page, "Pay, confirm later");
  await expectOrder(page, { face: "being_confirmed" });
  await see("an order that is being confirmed");
  await page.goto((await session(shop, stablemint)).page);
  await see("StableMint's page of a payment on its way");
  await page.goBack();
  await act(shop, stablemint, "confirm");
  await expectOrder(page, complete);
  await see("a complete order, by StableMint");
  await goToTill(page, stablemint);
  await stablemint.declineAndLeave(page);
  await expectOrder(page, { face: "declined" });
  await see("a declined order, by StableMint");
}

async function pagesOfWhatIsOver(page: Page, shop: Shop, see: Look): Promise<void> {
  await goToTill(page, bpc);
  const hostedPage = page.url();
  await page.goto("/basket");
  await page.getByRole("link", { name: "See the order" }).click();
  await shop.control("clock", { forward_seconds: 40 * 60 });
  await expectOrder(page, { face: "expired" });
  await see("an expired order");
  await page.goto(hostedPage);
  await see("BPC's page, too late");
  await goToTill(page, dojo);
  await act(shop, dojo, "expire");
  await page.reload();
  await see("Dojo's page, too late");
}
