//! What can happen, in one step: to a shopper, at a company, to a webhook, to the shop's own process.

use super::Case;
use super::company::{Fault, Session};
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::HeaderValue;
use noren::domain::{Back, ProviderName};
use noren::payments::checkout::{self, Next};
use noren::payments::inbox::keeping::Keeping;
use noren::payments::{Charge, MadeBy, News, Refunded, Stage, Subject, inbox, sweep, webhook};
use noren::server::orders::notices;
use noren::server::security::limits::Limits;
use noren::server::{basket, order_view};
use proptest::prelude::*;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

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
    Settle,
    /// Several processes at once.
    Together,
    /// A process claims a notice and is killed.
    ClaimAndDie,
    /// A process is killed after this many steps of settling.
    DieSettling {
        after: usize,
    },
    DieSweeping {
        after: usize,
    },
    Sweep,
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
        1 => Just(Event::Cancelled), 2 => Just(Event::Expired), 3 => (1..=100_i64).prop_map(Event::Refund),
        1 => Just(Event::Chargeback),
    ]
}

fn fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(vec![Fault::Unreachable, Fault::Unintelligible, Fault::Failing, Fault::NotFound])
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
        9 => (n(), event()).prop_map(|(session, what)| Move::Happens { session, what }),
        10 => (0..40_usize, 1..4_usize).prop_map(|(notice, times)| Move::Webhook { notice, times }),
        1 => (n(), any::<bool>()).prop_map(|(notice, signed)| Move::Forged { notice, signed }),
        2 => (n(), stage(), odd()).prop_map(|(session, stage, odd)| Move::Untrue { session, stage, odd }),
        1 => (stray, n()).prop_map(|(what, with)| Move::Stray { what, with }),
        9 => Just(Move::Settle),
        3 => Just(Move::Together),
        2 => Just(Move::ClaimAndDie),
        3 => (1..60_usize).prop_map(|after| Move::DieSettling { after }),
        1 => (1..60_usize).prop_map(|after| Move::DieSweeping { after }),
        4 => Just(Move::Sweep),
        5 => seconds.prop_map(|seconds| Move::Forward { seconds }),
        2 => proptest::collection::vec(fault(), 1..4).prop_map(Move::Faults),
        1 => (n(), any::<bool>()).prop_map(|(session, lags)| Move::Lag { session, lags }),
        1 => any::<bool>().prop_map(Move::Refuse),
    ]
}

const THINGS: [&str; 3] = [crate::shop::TEAPOT, crate::shop::TEA, crate::shop::PATTERN];

/// One of the list; `None` while it is empty.
fn choose<T: Clone>(list: &[T], at: usize) -> Option<T> {
    list.get(at.checked_rem(list.len())?).cloned()
}

impl Case<'_> {
    pub async fn make(&mut self, step: &Move) {
        match step {
            Move::Checkout { shopper, thing, with } => self.check_out(*shopper, THINGS[*thing], *with).await,
            Move::PayAgain { order, with } => {
                let Some(token) = choose(&self.orders().await, *order) else { return };
                let _ = checkout::pay_again(&self.state, &token, &self.method(*with), "en").await;
            }
            Move::GiveUp { order } => {
                let Some(token) = choose(&self.orders().await, *order) else { return };
                let _ = checkout::cancel(&self.state, &token).await;
            }
            Move::Return { order, back } => {
                let Some(token) = choose(&self.orders().await, *order) else { return };
                let back = back.map(|good| if good { Back::Success } else { Back::Exit });
                order_view::read(&self.state, &token, back).await.unwrap().expect("the order's page");
            }
            Move::Happens { session, what } => self.happen(*session, *what),
            Move::Webhook { notice, times } => {
                let count = self.books().told.len();
                let Some(place) = notice.checked_rem(count) else { return };
                for _ in 0..*times {
                    // The newest are the likeliest, as in life.
                    self.deliver(count - 1 - place, Some("the company")).await;
                }
            }
            Move::Forged { notice, signed } => {
                let Some(place) = notice.checked_rem(self.books().told.len()) else { return };
                self.deliver(place, signed.then_some("somebody")).await;
            }
            Move::Untrue { session, stage, odd } => {
                let Some(at) = session.checked_rem(self.books().sessions.len()) else { return };
                let place = {
                    let mut books = self.books();
                    let charge = oddly(&books.sessions[at], *odd);
                    let news = books.untrue(at, *stage, charge);
                    books.tell_that(at, news)
                };
                self.deliver(place, Some("the company")).await;
            }
            Move::Stray { what, with } => self.stray(*what, *with).await,
            Move::Settle => drop(inbox::settle_next(&self.state).await.unwrap()),
            Move::Together => {
                let state = &self.state;
                let (one, two, three, swept) = tokio::join!(
                    inbox::settle_next(state),
                    inbox::settle_next(state),
                    inbox::settle_next(state),
                    sweep::sweep(state)
                );
                let _ = (one.unwrap(), two.unwrap(), three.unwrap(), swept.unwrap());
            }
            Move::ClaimAndDie => {
                let now = self.state.clock.now();
                let mut db = self.state.pool.acquire().await.unwrap();
                drop(notices::claim_next(&mut db, now, now + 60_000).await.unwrap());
            }
            Move::DieSettling { after } => die_after(*after, inbox::settle_next(&self.state)).await,
            Move::DieSweeping { after } => die_after(*after, sweep::sweep(&self.state)).await,
            Move::Sweep => sweep::sweep(&self.state).await.unwrap(),
            Move::Forward { seconds } => self.clock.turn(seconds * 1_000),
            Move::Faults(faults) => self.books().faults.extend(faults),
            Move::Lag { session, lags } => {
                let mut books = self.books();
                let Some(at) = session.checked_rem(books.sessions.len()) else { return };
                let now = Session { lagging: None, ..books.sessions[at].clone() };
                books.sessions[at].lagging = lags.then(|| Box::new(now));
            }
            Move::Refuse(refuses) => self.books().refuses = *refuses,
        }
    }

    async fn check_out(&mut self, shopper: usize, thing: &str, with: usize) {
        let (basket, now) = (self.shoppers[shopper].clone(), self.state.clock.now());
        let _ = basket::add(&self.state.pool, &basket, thing, 1, now).await;
        let next = checkout::start(&self.state, &basket, crate::shop::contact(), &self.method(with), "en").await;
        if let Ok(Next::HostedPage(page)) = next {
            assert!(page.starts_with("https://pay.example/"), "{page}");
        }
    }

    /// What the company's books allow: nothing is paid twice, refunded before it is paid, or paid after it ended.
    fn happen(&self, session: usize, what: Event) {
        use Stage::{Authorised, Cancelled, Declined, Expired, Paid, Pending};
        let mut books = self.books();
        let Some(at) = session.checked_rem(books.sessions.len()) else { return };
        let session = &mut books.sessions[at];
        let left = session.charge.as_ref().map_or(0, |charge| charge.minor) - session.given_back();
        match (session.stage, what) {
            (Pending | Declined, Event::Authorised) => {
                session.charge = Some(session.asked.into());
                session.stage = Authorised;
            }
            (Pending | Declined | Authorised, Event::Paid(odd)) => {
                session.charge = Some(oddly(session, odd));
                session.stage = Paid;
            }
            (Pending, Event::Declined) => session.stage = Declined,
            (Pending | Declined | Authorised, Event::Cancelled) => session.stage = Cancelled,
            (Pending | Declined | Authorised, Event::Expired) => session.stage = Expired,
            (Paid, Event::Refund(percent)) if left > 0 => {
                give_back(session, (left * percent / 100).max(1), false);
                books.tell_refunds(at);
                return;
            }
            (Paid, Event::Chargeback) if left > 0 => {
                give_back(session, left, true);
                books.tell_refunds(at);
                return;
            }
            _ => return,
        }
        books.tell(at);
    }

    async fn stray(&self, what: Stray, with: usize) {
        let place = {
            let mut books = self.books();
            let only = News::Standing(noren::payments::Standing::only(Stage::Paid));
            match what {
                Stray::UnknownSession => books.add(Some(Subject::Session("of another shop".to_owned())), only),
                Stray::NoSubject => books.add(None, only),
                Stray::NothingNew => books.add(None, News::Nothing),
                Stray::Unreadable => usize::MAX,
            }
        };
        self.post(self.providers[with % self.providers.len()], place, Some("the company")).await;
    }

    /// Brings a notice to the shop's door, from its own company.
    pub async fn deliver(&self, place: usize, signed_by: Option<&'static str>) {
        let provider = self.teller(place).unwrap_or(self.providers[0]);
        self.post(provider, place, signed_by).await;
    }

    fn teller(&self, place: usize) -> Option<ProviderName> {
        let books = self.books();
        let subject = books.told.get(place)?.subject.as_ref()?.name();
        let is_it =
            |session: &&Session| session.name == subject || session.attempt == subject || session.payment() == subject;
        books.sessions.iter().find(is_it).map(|session| session.provider)
    }

    async fn post(&self, provider: ProviderName, place: usize, signed_by: Option<&'static str>) {
        let mut request = Request::new(Body::from(place.to_string()));
        if let Some(by) = signed_by {
            request.headers_mut().insert("signed-by", HeaderValue::from_static(by));
        }
        let (path, limits) = (Path(provider.code().to_owned()), Extension(Limits::of(&self.state.settings)));
        let keeping = Extension(Keeping::default());
        let answer = webhook::receive(State(self.state.clone()), keeping, path, limits, request).await;
        let expected = if signed_by == Some("the company") { 200 } else { 401 };
        assert_eq!(answer.status(), expected);
    }
}

fn give_back(session: &mut Session, minor: i64, chargeback: bool) {
    let id = format!("re-{}-{}", session.name, session.refunds.len());
    let currency = session.charge.as_ref().map_or_else(String::new, |charge| charge.currency.clone());
    session.refunds.push(Refunded { id, amount: Charge { minor, currency }, chargeback, made_by: MadeBy::Unsaid });
}

fn oddly(session: &Session, odd: Odd) -> Charge {
    let right = Charge::from(session.asked);
    match odd {
        Odd::Nothing => right,
        Odd::Less => Charge { minor: right.minor / 100, ..right },
        Odd::More => Charge { minor: right.minor * 100, ..right },
        Odd::Currency => Charge { currency: "EUR".to_owned(), ..right },
        Odd::Unheard => Charge { currency: "XTS".to_owned(), ..right },
    }
}

/// As if the process were killed: what it was about to do next it does not do, and its transaction is rolled back.
async fn die_after<T>(steps: usize, work: impl Future<Output = T>) {
    let mut work = pin!(work);
    let mut left = steps;
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending if left == 0 => Poll::Ready(()),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await;
}
