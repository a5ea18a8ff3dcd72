//! Shoppers: each buys one thing after the other until told to stop, pays as people do, and presses again when the shop
//! was away. What they were promised is written down for `truth` to compare.

use super::browser::Browser;
use super::till::{GOODS, SCARCE, Till};
use super::world::World;
use fastrand::Rng;
use serde_json::json;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const PAUSE: Duration = Duration::from_millis(50);
/// How often somebody presses the button of a checkout that asks to be tried again.
const PRESSES: usize = 600;
/// How often somebody looks at the order's page after paying.
const LOOKS: usize = 4;

/// What happened on the shopper's side.
#[derive(Clone, Debug)]
pub struct Bought {
    /// Every hosted page that the browser was sent to.
    pub pages: Vec<String>,
    /// The one that took the money.
    pub paid_on: Option<String>,
}

#[derive(Default)]
pub struct Ledger {
    bought: Mutex<Vec<Bought>>,
    pub stop: AtomicBool,
}

impl Ledger {
    fn note(&self, bought: Bought) {
        self.bought.lock().unwrap_or_else(PoisonError::into_inner).push(bought);
    }

    pub fn all(&self) -> Vec<Bought> {
        self.bought.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// How somebody buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Pays,
    DeclinedFirst,
    PressesTwice,
    ChangesTheirMind,
    LeavesForGood,
    Cancels,
    TakesASlip,
    WantsItBack,
}

const WAYS: [(Way, usize); 8] = [
    (Way::Pays, 8),
    (Way::DeclinedFirst, 2),
    (Way::PressesTwice, 2),
    (Way::ChangesTheirMind, 4),
    (Way::LeavesForGood, 1),
    (Way::Cancels, 2),
    (Way::TakesASlip, 1),
    (Way::WantsItBack, 3),
];

pub async fn shop(world: Arc<World>, ledger: Arc<Ledger>, mut rng: Rng) {
    let ways: Vec<Way> = WAYS.iter().flat_map(|(way, weight)| vec![*way; *weight]).collect();
    while !ledger.stop.load(Ordering::Relaxed) {
        let way = *rng.choice(&ways).expect("there are ways");
        let till = match way {
            Way::Cancels | Way::TakesASlip => Till::Komoju,
            _ => *rng.choice(&Till::ALL).expect("there are tills"),
        };
        let mut visit = Visit {
            world: &world,
            browser: Browser::new(&world.wire.url()),
            till,
            method: till.method(),
            bought: Bought { pages: Vec::new(), paid_on: None },
        };
        visit.buy(way, rng.u8(..5) == 0).await;
        ledger.note(visit.bought);
    }
}

struct Visit<'a> {
    world: &'a World,
    browser: Browser,
    till: Till,
    /// The way to pay that was chosen last.
    method: &'static str,
    bought: Bought,
}

impl Visit<'_> {
    async fn buy(&mut self, way: Way, with_something_scarce: bool) {
        self.browser.fill_basket(self.till.market().code(), GOODS).await;
        // StableMint's sandbox takes no more than ten euros.
        let with_something_scarce = with_something_scarce && matches!(self.till, Till::Komoju | Till::Dojo);
        if with_something_scarce {
            self.browser.take(SCARCE).await;
        }
        if way == Way::TakesASlip {
            self.method = "komoju/konbini";
        }
        let Some(mut page) = self.check_out().await else { return };
        match way {
            Way::Pays | Way::WantsItBack | Way::LeavesForGood | Way::Cancels | Way::TakesASlip => {}
            Way::DeclinedFirst => {
                if let Some(form) = self.till.declined_card() {
                    self.press(&page, self.till.pay_button(), form).await;
                }
            }
            Way::PressesTwice => {
                let (mut one, mut other) = (self.browser.window(), self.browser.window());
                let both = tokio::join!(one.check_out(self.method), other.check_out(self.method));
                // One of them may be asked to try again, because the shop was killed with the other's wish.
                let pages = [both.0.place, both.1.place];
                self.bought.pages.extend(pages.into_iter().filter(|place| Till::of_page(place).is_some()));
                assert!(self.bought.pages.iter().all(|other| *other == page), "one basket, two pages");
            }
            Way::ChangesTheirMind => {
                if let Some(other) = self.till.other_method() {
                    self.method = other;
                    let Some(next) = self.check_out().await else { return };
                    page = next;
                }
            }
        }
        match way {
            Way::LeavesForGood => {}
            Way::Cancels => self.cancel(&page).await,
            Way::TakesASlip => {
                let form = [("store", "lawson"), ("name", "Mika"), ("email", "mika@example.com")];
                self.press(&page, "konbini", &form).await;
            }
            _ => self.pay(&page).await,
        }
        if way == Way::WantsItBack {
            self.world.give_back(Till::of_page(&page), &page).await;
        }
    }

    /// Presses the checkout's button until it leads to a hosted page; `None` when it leads to the order's own page, or
    /// nowhere because what was wanted is sold out.
    async fn check_out(&mut self) -> Option<String> {
        for _ in 0..PRESSES {
            let answer = self.browser.check_out(self.method).await;
            if Till::of_page(&answer.place).is_some() {
                self.bought.pages.push(answer.place.clone());
                return Some(answer.place);
            }
            match answer.place.as_str() {
                place if place.starts_with("/orders/") => return None,
                "/checkout?problem=sold_out" => {
                    self.browser.submit("/api/set_quantity", &[("variant", SCARCE), ("quantity", "0")]).await;
                }
                "/checkout?problem=provider_busy" | "/checkout?problem=try_again" => tokio::time::sleep(PAUSE).await,
                // It was closed under the shopper's eyes: the next press makes a new one.
                "/checkout?problem=order_closed" => tokio::time::sleep(PAUSE).await,
                other => panic!("a checkout with {} led to {} {other:?}", self.method, answer.status),
            }
        }
        panic!("the checkout with {} stays busy", self.method);
    }

    /// Presses a button of the hosted page; where it leads.
    async fn press(&mut self, page: &str, button: &str, form: &[(&str, &str)]) -> String {
        let place = match Till::of_page(page) {
            Some(Till::Bpc) => {
                let session = self.world.wire.opened(page).session;
                format!("{}/bpc/payment/{session}/{button}", self.world.wire.url())
            }
            _ => format!("{page}/{button}"),
        };
        self.browser.submit(&place, form).await.place
    }

    async fn pay(&mut self, page: &str) {
        let mut back = if self.method == "komoju/paypay" {
            // A wallet's own page asks once more.
            self.press(page, "paypay", &[]).await;
            self.press(page, "wallet", &[("outcome", "capture")]).await
        } else {
            let till = Till::of_page(page).expect("a provider's page");
            self.press(page, till.pay_button(), till.good_card()).await
        };
        self.bought.paid_on = Some(page.to_owned());
        // A result page with a link back is in between at BPC.
        if !back.contains("/orders/") {
            back = format!("/orders/{}", self.world.wire.opened(page).token);
        }
        for _ in 0..LOOKS {
            let shown = self.browser.get(&back).await;
            assert!(shown.status.is_success(), "the order's page: {}", shown.status);
            if shown.text.contains("data-face=\"complete\"") {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn cancel(&mut self, page: &str) {
        let token = self.world.wire.opened(page).token;
        self.browser.submit("/api/cancel_order", &[("token", &token)]).await;
    }
}

impl World {
    /// All of it, from the provider's dashboard.
    async fn give_back(&self, till: Option<Till>, page: &str) {
        let session = self.wire.opened(page).session;
        let path = match till {
            Some(Till::Komoju) => format!("payments/{}/refund", self.komoju_payment(&session).await),
            Some(Till::Dojo) => format!("dojo/{session}/refund"),
            Some(Till::Bpc) => format!("bpc/{session}/refund"),
            Some(Till::Stablemint) | None => return,
        };
        self.control(&path, json!({})).await;
    }
}
