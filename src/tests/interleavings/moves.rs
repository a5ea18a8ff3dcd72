//! What can happen, in one step: to a shopper, at a company, to a webhook, to the shop's own process.

use super::company::Fault;
use noren::payments::Stage;
use proptest::prelude::*;

/// One step. Numbers choose among what there is, modulo how many there are.
#[derive(Clone, Debug)]
pub enum Move {
    /// A shopper puts a thing into their basket and presses Checkout.
    Checkout {
        shopper: usize,
        thing: usize,
        with: usize,
    },
    PayAgain {
        order: usize,
        with: usize,
    },
    GiveUp {
        order: usize,
    },
    /// The browser comes to the order's page, saying this or nothing.
    Return {
        order: usize,
        back: Option<bool>,
    },
    /// Something happens to a session at its company, which tells of it; the webhook is not here yet.
    Happens {
        session: usize,
        what: Event,
    },
    /// A webhook comes, this often.
    Webhook {
        notice: usize,
        times: usize,
    },
    /// A webhook that nobody signed, or somebody else.
    Forged {
        notice: usize,
        signed: bool,
    },
    /// A signed webhook that is not true, or not about anything, or nothing that can be read.
    Untrue {
        session: usize,
        stage: Stage,
        odd: Odd,
    },
    Stray {
        what: Stray,
        with: usize,
    },
    Process(Work),
    Forward {
        seconds: i64,
    },
    Faults(Vec<Fault>),
    /// From now on look-ups of this session say what is true now; or the truth again.
    Lag {
        session: usize,
        lags: bool,
    },
    Refuse(bool),
}

/// What a process of the shop does.
#[derive(Clone, Copy, Debug)]
pub enum Work {
    Settle,
    Sweep,
    /// Several processes at once.
    Together,
    /// It claims a notice and is killed.
    ClaimAndDie,
    /// It is killed after this many steps.
    DieSettling(usize),
    DieSweeping(usize),
}

#[derive(Clone, Copy, Debug)]
pub enum Event {
    Authorised,
    Paid(Odd),
    Declined,
    Cancelled,
    Expired,
    /// So many percent of what is left.
    Refund(i64),
    Chargeback,
}

/// What is odd about an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Odd {
    Nothing,
    Less,
    More,
    Currency,
    Unheard,
}

#[derive(Clone, Copy, Debug)]
pub enum Stray {
    UnknownSession,
    NoSubject,
    NothingNew,
    Unreadable,
}

fn odd() -> impl Strategy<Value = Odd> {
    prop_oneof![12 => Just(Odd::Nothing), 1 => Just(Odd::Less), 1 => Just(Odd::More), 1 => Just(Odd::Currency),
                1 => Just(Odd::Unheard)]
}

fn stage() -> impl Strategy<Value = Stage> {
    use Stage::{Authorised, Cancelled, Declined, Expired, Paid, Pending};
    proptest::sample::select(vec![Pending, Authorised, Paid, Declined, Cancelled, Expired])
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => Just(Event::Authorised), 8 => odd().prop_map(Event::Paid), 2 => Just(Event::Declined),
        1 => Just(Event::Cancelled), 2 => Just(Event::Expired), 8 => (1..=100_i64).prop_map(Event::Refund),
        1 => Just(Event::Chargeback),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(vec![Fault::Unreachable, Fault::Unintelligible, Fault::Failing, Fault::NotFound])
}

fn work() -> impl Strategy<Value = Work> {
    prop_oneof![
        9 => Just(Work::Settle), 4 => Just(Work::Sweep), 3 => Just(Work::Together), 2 => Just(Work::ClaimAndDie),
        3 => (1..60_usize).prop_map(Work::DieSettling), 1 => (1..60_usize).prop_map(Work::DieSweeping),
    ]
}

pub fn any_move() -> impl Strategy<Value = Move> {
    let n = || 0..12_usize;
    let seconds = proptest::sample::select(vec![1, 30, 61, 600, 2_101, 7_200, 86_400, 15 * 86_400]);
    let stray =
        proptest::sample::select(vec![Stray::UnknownSession, Stray::NoSubject, Stray::NothingNew, Stray::Unreadable]);
    prop_oneof![
        5 => (0..3_usize, 0..3_usize, n()).prop_map(|(shopper, thing, with)| Move::Checkout { shopper, thing, with }),
        2 => (n(), n()).prop_map(|(order, with)| Move::PayAgain { order, with }),
        1 => n().prop_map(|order| Move::GiveUp { order }),
        2 => (n(), any::<Option<bool>>()).prop_map(|(order, back)| Move::Return { order, back }),
        13 => (n(), event()).prop_map(|(session, what)| Move::Happens { session, what }),
        10 => (0..40_usize, 1..4_usize).prop_map(|(notice, times)| Move::Webhook { notice, times }),
        1 => (n(), any::<bool>()).prop_map(|(notice, signed)| Move::Forged { notice, signed }),
        2 => (n(), stage(), odd()).prop_map(|(session, stage, odd)| Move::Untrue { session, stage, odd }),
        1 => (stray, n()).prop_map(|(what, with)| Move::Stray { what, with }),
        22 => work().prop_map(Move::Process),
        5 => seconds.prop_map(|seconds| Move::Forward { seconds }),
        2 => proptest::collection::vec(fault(), 1..4).prop_map(Move::Faults),
        1 => (n(), any::<bool>()).prop_map(|(session, lags)| Move::Lag { session, lags }),
        1 => any::<bool>().prop_map(Move::Refuse),
    ]
}
