//! What the storm is made of: which webhooks, how many of each, and in which order.

use crate::load::Request;
use crate::programs::Program;
use crate::webhooks::{message, request};
use noren::payments::signature;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// How many of each there are.
pub struct Shares {
    /// Orders that are placed and paid: those that the storm tells of, and those that are told of in the calm after it.
    pub told: usize,
    pub calm: usize,
    /// Other events, each of them new, for which nothing is to be done.
    pub others: usize,
    /// What comes again: of the payments each several times, of the others one in two.
    pub duplicates: usize,
    pub forgeries: usize,
}

impl Shares {
    pub fn of(webhooks: usize) -> Shares {
        // The simulator remembers 2,000 sessions.
        let placed = (webhooks / 50).clamp(100, 2_000);
        let (told, duplicates, forgeries) = (placed * 4 / 5, webhooks * 3 / 10, webhooks / 5);
        let others = webhooks - told - duplicates - forgeries;
        Shares { told, calm: placed - told, others, duplicates, forgeries }
    }

    pub fn placed(&self) -> usize {
        self.told + self.calm
    }

    pub fn webhooks(&self) -> usize {
        self.told + self.others + self.duplicates + self.forgeries
    }

    /// Those that the shop has not seen before.
    pub fn new_ones(&self) -> usize {
        self.told + self.others
    }
}

/// The storm, well mixed, and the same on every run.
pub fn storm(shop: &Program, events: &[String], shares: &Shares) -> Vec<Request> {
    let told = || events.iter().cloned();
    let others = || (0..shares.others).map(other);
    let again = told().cycle().take(3 * events.len()).chain(others());
    let mut requests: Vec<Request> =
        told().chain(others()).chain(again.take(shares.duplicates)).map(|event| request(shop, &event)).collect();
    requests.extend(events.iter().cycle().take(shares.forgeries).enumerate().map(|(n, event)| forgery(shop, n, event)));
    let mut places: Vec<usize> = (0..requests.len()).collect();
    places.sort_by_cached_key(|place| {
        let mut hasher = DefaultHasher::new();
        place.hash(&mut hasher);
        hasher.finish()
    });
    places.into_iter().map(|place| requests[place].clone()).collect()
}

/// As long as events are on the whole.
fn other(n: usize) -> String {
    let filling = "a customer changed their address; ".repeat(20);
    format!(r#"{{"id":"evt_{n:025}","type":"customer.updated","data":{{"id":"cus_{n}","description":"{filling}"}}}}"#)
}

/// By turns: nothing signed, something else signed, and signed by somebody else.
fn forgery(shop: &Program, n: usize, event: &str) -> Request {
    let signed = |secret: &[u8], body: &str| {
        let signature = data_encoding::HEXLOWER.encode(&signature::sign(secret, body.as_bytes()));
        format!("x-komoju-signature: {signature}\r\n")
    };
    let field = match n % 3 {
        0 => String::new(),
        1 => signed(crate::programs::WEBHOOK_SECRET.as_bytes(), &event.replace("captured", "refunded")),
        _ => signed(b"a guess", event),
    };
    Request { bytes: message(shop, &field, event), status: 401 }
}
