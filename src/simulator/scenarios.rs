//! Scenarios: faults with a name, and what they show. Each can be started on the page, by a link to `/scenarios/{name}`,
//! or by a test over `/control/scenarios/{name}`.
//!
//! The shop's own tests run every one of them for every provider, and say what must come of it.

use super::delivery::Order;
use super::faults::{Plan, Tries, What, When};
use super::provider::Signature;

pub struct Scenario {
    /// In small letters with hyphens: its place in addresses.
    pub name: &'static str,
    /// One sentence: what happens, and what a good shop makes of it.
    pub shows: &'static str,
    pub faults: &'static [Part],
}

/// One of a scenario's faults.
pub struct Part {
    on: &'static str,
    times: Option<u32>,
    per_cent: Option<u8>,
    what: What,
}

const fn always(what: What) -> Part {
    Part { on: "", times: None, per_cent: None, what }
}

const fn sometimes(per_cent: u8, what: What) -> Part {
    Part { on: "", times: None, per_cent: Some(per_cent), what }
}

/// The next calls of this method: the first POST opens a page, a GET asks how a session stands.
const fn next(times: u32, method: &'static str, what: What) -> Part {
    Part { on: method, times: Some(times), per_cent: None, what }
}

const fn signed(signature: Signature, tries: Tries) -> Part {
    always(What::Signed { signature, tries })
}

impl Part {
    fn when(&self, scope: &When) -> When {
        let (on, times, per_cent) = (self.on.to_owned(), self.times, self.per_cent);
        When { on, times, per_cent, ..scope.clone() }
    }
}

impl Scenario {
    pub fn find(name: &str) -> Option<&'static Scenario> {
        ALL.iter().find(|scenario| scenario.name == name)
    }

    /// Plans its faults for the provider and session of `scope`, in place of what was planned for the same before.
    ///
    /// # Errors
    /// As [`Plan::add`].
    pub fn start(&self, plan: &mut Plan, scope: &When) -> Result<(), String> {
        plan.faults.retain(|fault| !fault.when.has_scope_of(scope));
        self.faults.iter().try_for_each(|part| plan.add(part.when(scope), part.what).map(drop))
    }

    /// What it plans, in words.
    pub fn in_words(&self) -> Vec<String> {
        let when = |part: &Part| part.when(&When::default()).in_words();
        self.faults.iter().map(|part| format!("{}: {}", part.what.in_words(), when(part))).collect()
    }
}

pub const ALL: &[Scenario] = &[
    Scenario {
        name: "webhook-late",
        shows: "The webhook comes ten minutes late: the order waits and says so, and is then fulfilled.",
        faults: &[always(What::Late { seconds: 600 })],
    },
    Scenario {
        name: "webhook-after-expiry",
        shows: "The webhook comes an hour after its session's time is over: what is paid is fulfilled all the same.",
        faults: &[always(What::AfterExpiry)],
    },
    Scenario {
        name: "webhook-lost",
        shows: "No webhook ever comes: nothing is fulfilled, and the shop says loudly that one is missing.",
        faults: &[always(What::Lost)],
    },
    Scenario {
        name: "webhook-twice",
        shows: "Every webhook comes twice, one after the other: the order is fulfilled once.",
        faults: &[always(What::Repeated { copies: 2 })],
    },
    Scenario {
        name: "webhook-ten-at-once",
        shows: "Every webhook comes on ten connections at the same moment: the order is fulfilled once.",
        faults: &[always(What::AtOnce { copies: 10 })],
    },
    Scenario {
        name: "webhooks-reversed",
        shows: "Two webhooks at a time come in reverse: the order is fulfilled as if they had not.",
        faults: &[always(What::Reordered { events: 2, order: Order::Reversed })],
    },
    Scenario {
        name: "webhooks-shuffled",
        shows: "Three webhooks at a time come in any order, or after a minute: the order is fulfilled once.",
        faults: &[always(What::Reordered { events: 3, order: Order::Shuffled })],
    },
    Scenario {
        name: "webhook-forged-first",
        shows: "Somebody else signs the webhook first: it is refused, and the true one that follows fulfils the order.",
        faults: &[signed(Signature::Wrong, Tries::First)],
    },
    Scenario {
        name: "webhook-forged",
        shows: "Only forged webhooks come: each is refused, and nothing is fulfilled.",
        faults: &[signed(Signature::Wrong, Tries::Every)],
    },
    Scenario {
        name: "webhook-unsigned",
        shows: "Webhooks come without a signature: each is refused, and nothing is fulfilled.",
        faults: &[signed(Signature::None, Tries::Every)],
    },
    Scenario {
        name: "webhook-signed-twice",
        shows: "The signature's header comes twice: it is refused, and the retry with one of them fulfils the order.",
        faults: &[signed(Signature::TwiceHeader, Tries::First)],
    },
    Scenario {
        name: "webhook-stale",
        shows: "The signature is of long ago: it is refused where it has a time, and the fresh one fulfils the order.",
        faults: &[signed(Signature::Stale, Tries::First)],
    },
    Scenario {
        name: "webhook-old-secret",
        shows: "The webhook is signed with the secret that is being replaced: it counts, and the order is fulfilled.",
        faults: &[signed(Signature::OldSecret, Tries::Every)],
    },
    Scenario {
        name: "webhook-changed",
        shows: "A space is added after signing: other bytes are another webhook, and only the retry fulfils the order.",
        faults: &[always(What::Changed { tries: Tries::First })],
    },
    Scenario {
        name: "wrong-amount",
        shows: "The provider says, signed for real, that next to nothing was paid: a person decides, nothing is sent.",
        faults: &[always(What::WrongAmount)],
    },
    Scenario {
        name: "wrong-currency",
        shows: "The number is right and the currency is not: a person decides, nothing is sent.",
        faults: &[always(What::WrongCurrency)],
    },
    Scenario {
        name: "answer-401",
        shows: "The provider refuses the shop's key: the shopper is told, no stock is kept, and the next press works.",
        faults: &[next(1, "POST", What::Status { status: 401, work: false })],
    },
    Scenario {
        name: "answer-422",
        shows: "The provider refuses the order: the shopper is told, no stock is kept, and the next press works.",
        faults: &[next(1, "POST", What::Status { status: 422, work: false })],
    },
    Scenario {
        name: "answer-429",
        shows: "The provider is asked too often: the shop asks again, and the shopper notices nothing.",
        faults: &[next(1, "POST", What::Status { status: 429, work: false })],
    },
    Scenario {
        name: "answer-500",
        shows: "The provider fails once: the shop asks again, and the shopper notices nothing.",
        faults: &[next(1, "POST", What::Status { status: 500, work: false })],
    },
    Scenario {
        name: "answer-503-again",
        shows: "The provider fails twice: the shopper is told that it is busy, and the next press works.",
        faults: &[next(2, "POST", What::Status { status: 503, work: false })],
    },
    Scenario {
        name: "answer-502-after-work",
        shows: "The page is opened and a gateway answers 502: the shop finds or makes the page it leads to.",
        faults: &[next(1, "POST", What::Status { status: 502, work: true })],
    },
    Scenario {
        name: "answer-slow",
        shows: "The provider takes two seconds to open a page: the shopper waits and gets one page.",
        faults: &[next(1, "POST", What::Slow { ms: 2_000 })],
    },
    Scenario {
        name: "answer-too-slow",
        shows: "The provider takes longer than the shop waits, and does its work later: the order is fulfilled once.",
        faults: &[next(1, "POST", What::Slow { ms: 9_000 })],
    },
    Scenario {
        name: "answer-half",
        shows: "The page is opened and the answer breaks off half-way: the shop finds or makes the page it leads to.",
        faults: &[next(1, "POST", What::Half)],
    },
    Scenario {
        name: "answer-lost",
        shows: "The page is opened and the answer is lost: the shop finds or makes the page it leads to.",
        faults: &[next(1, "POST", What::NoAnswer { work: true })],
    },
    Scenario {
        name: "answer-lost-again",
        shows: "The answer is lost twice: the stock is kept, the shopper is told, and the next press leads to a page.",
        faults: &[next(2, "POST", What::NoAnswer { work: true })],
    },
    Scenario {
        name: "call-lost",
        shows: "The call is lost before any work: the shop asks again, and the shopper notices nothing.",
        faults: &[next(1, "POST", What::NoAnswer { work: false })],
    },
    Scenario {
        name: "look-ups-fail",
        shows: "The webhook comes while the provider cannot be asked: the order waits until it can, and is fulfilled.",
        faults: &[next(3, "GET", What::Status { status: 500, work: false })],
    },
    Scenario {
        name: "api-down",
        shows: "No call is answered until you remove the fault: nobody is charged, no stock is kept.",
        faults: &[always(What::Status { status: 503, work: false })],
    },
    Scenario {
        name: "bad-day",
        shows: "Everything goes wrong now and then, by the seed: whoever could pay gets one order, once.",
        faults: &[
            sometimes(15, What::Status { status: 503, work: false }),
            sometimes(10, What::NoAnswer { work: true }),
            sometimes(20, What::Late { seconds: 120 }),
            sometimes(20, What::AtOnce { copies: 5 }),
            sometimes(20, What::Signed { signature: Signature::Wrong, tries: Tries::First }),
            sometimes(20, What::Repeated { copies: 3 }),
        ],
    },
];
