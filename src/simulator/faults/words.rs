//! Faults in words, for the page.

use super::{Fault, Tries, What, When};
use crate::simulator::delivery::Order;
use crate::simulator::provider::Signature;

/// What can be chosen on the page: webhooks first, then calls. `/control/faults` takes any number.
pub const CHOICES: [What; 32] = [
    What::Late { seconds: 10 },
    What::Late { seconds: 600 },
    What::AfterExpiry,
    What::Lost,
    What::Repeated { copies: 2 },
    What::AtOnce { copies: 10 },
    What::Reordered { events: 2, order: Order::Reversed },
    What::Reordered { events: 4, order: Order::Shuffled },
    What::Signed { signature: Signature::Wrong, tries: Tries::First },
    What::Signed { signature: Signature::Wrong, tries: Tries::Every },
    What::Signed { signature: Signature::None, tries: Tries::First },
    What::Signed { signature: Signature::None, tries: Tries::Every },
    What::Signed { signature: Signature::TwiceHeader, tries: Tries::First },
    What::Signed { signature: Signature::Stale, tries: Tries::First },
    What::Signed { signature: Signature::OldSecret, tries: Tries::Every },
    What::Changed { tries: Tries::First },
    What::Changed { tries: Tries::Every },
    What::WrongAmount,
    What::WrongCurrency,
    What::Status { status: 400, work: false },
    What::Status { status: 401, work: false },
    What::Status { status: 404, work: false },
    What::Status { status: 409, work: false },
    What::Status { status: 422, work: false },
    What::Status { status: 429, work: false },
    What::Status { status: 500, work: false },
    What::Status { status: 503, work: false },
    What::Status { status: 502, work: true },
    What::Slow { ms: 2_000 },
    What::Half,
    What::NoAnswer { work: true },
    What::NoAnswer { work: false },
];

impl What {
    /// `webhook lost`, `call answered with 503`
    pub fn in_words(self) -> String {
        match self {
            What::Late { seconds } => format!("webhook {seconds} seconds late"),
            What::AfterExpiry => "webhook after its session’s time".to_owned(),
            What::Lost => "webhook lost".to_owned(),
            What::Repeated { copies } => format!("webhook {copies} times, one after the other"),
            What::AtOnce { copies } => format!("webhook {copies} times at the same moment"),
            What::Reordered { events, order: Order::Given } => format!("{events} webhooks held, then sent"),
            What::Reordered { events, order: Order::Reversed } => format!("{events} webhooks held, then sent reversed"),
            What::Reordered { events, order: Order::Shuffled } => format!("{events} webhooks held, then sent shuffled"),
            What::Signed { signature, tries } => format!("webhook {}, {}", signed(signature), at(tries)),
            What::Changed { tries } => format!("webhook changed on its way, {}", at(tries)),
            What::WrongAmount => "webhook of a wrong amount".to_owned(),
            What::WrongCurrency => "webhook of a wrong currency".to_owned(),
            What::Status { status, work: false } => format!("call answered with {status}"),
            What::Status { status, work: true } => format!("call carried out, answered with {status}"),
            What::Slow { ms } => format!("call kept waiting for {ms} ms"),
            What::Half => "call carried out, half an answer".to_owned(),
            What::NoAnswer { work: true } => "call carried out, no answer".to_owned(),
            What::NoAnswer { work: false } => "call not carried out, no answer".to_owned(),
        }
    }
}

fn signed(signature: Signature) -> &'static str {
    match signature {
        Signature::Right => "signed as it should be",
        Signature::Wrong => "with a wrong signature",
        Signature::None => "without a signature",
        Signature::OldSecret => "signed with the old secret",
        Signature::TwiceHeader => "with two signatures",
        Signature::Stale => "with a signature of long ago",
    }
}

fn at(tries: Tries) -> &'static str {
    match tries {
        Tries::First => "at the first try",
        Tries::Every => "at every try",
    }
}

impl When {
    /// `KOMOJU · on payment.captured… · 2 more times · in 20 of 100 cases`
    pub fn in_words(&self) -> String {
        let whose = self.provider.map(|provider| provider.name().to_owned());
        let session = self.session.as_ref().map(|session| format!("session or payment {session}"));
        let on = (!self.on.is_empty()).then(|| format!("on {}…", self.on));
        let times = match self.times {
            Some(1) => "once more".to_owned(),
            Some(times) => format!("{times} more times"),
            None => "until it is removed".to_owned(),
        };
        let share = self.per_cent.map(|per_cent| format!("in {per_cent} of 100 cases"));
        [whose, session, on, Some(times), share].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    }
}

impl Fault {
    /// `Webhook lost`, as a row begins.
    pub fn title(&self) -> String {
        capitalised(&self.what.in_words())
    }
}

/// With a capital first letter. The words are ASCII where it counts.
pub fn capitalised(words: &str) -> String {
    let (first, rest) = words.split_at(words.len().min(1));
    first.to_ascii_uppercase() + rest
}
