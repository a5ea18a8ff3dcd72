//! Making a move: what each step does to the shop, and to the companies' books.

use super::case::Case;
use super::company::Session;
use super::moves::{Event, Move, Odd, Stray, Work};
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
use std::future::Future;
use std::pin::pin;
use std::task::Poll;

const THINGS: [&str; 3] = [crate::shop::TEAPOT, crate::shop::TEA, crate::shop::PATTERN];

/// One of the list; `None` while it is empty.
fn choose<T: Clone>(list: &[T], at: usize) -> Option<T> {
    list.get(at.checked_rem(list.len())?).cloned()
}

impl Case<'_> {
    pub async fn make(&self, step: &Move) {
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
            Move::Webhook { notice, times } => self.come(*notice, *times, Some("the company")).await,
            Move::Forged { notice, signed } => self.come(*notice, 1, signed.then_some("somebody")).await,
            Move::Untrue { session, stage, odd } => self.lie(*session, *stage, *odd).await,
            Move::Stray { what, with } => self.stray(*what, *with).await,
            Move::Forward { seconds } => self.clock.turn(seconds * 1_000),
            Move::Faults(faults) => self.books().faults.extend(faults),
            Move::Lag { session, lags } => {
                let mut books = self.books();
                let Some(at) = session.checked_rem(books.sessions.len()) else { return };
                let now = Session { lagging: None, ..books.sessions[at].clone() };
                books.sessions[at].lagging = lags.then(|| Box::new(now));
            }
            Move::Refuse(refuses) => self.books().refuses = *refuses,
            Move::Process(work) => self.work(*work).await,
        }
    }

    /// What the shop's own processes do, or begin to do.
    async fn work(&self, work: Work) {
        let state = &self.state;
        match work {
            Work::Settle => drop(inbox::settle_next(state).await.unwrap()),
            Work::Sweep => sweep::sweep(state).await.unwrap(),
            Work::Together => {
                let (one, two, three) =
                    (inbox::settle_next(state), inbox::settle_next(state), inbox::settle_next(state));
                let (one, two, three, swept) = tokio::join!(one, two, three, sweep::sweep(state));
                let _ = (one.unwrap(), two.unwrap(), three.unwrap(), swept.unwrap());
            }
            Work::ClaimAndDie => {
                let now = state.clock.now();
                let mut db = state.pool.acquire().await.unwrap();
                drop(notices::claim_next(&mut db, now, now + 60_000).await.unwrap());
            }
            Work::DieSettling(after) => die_after(after, inbox::settle_next(state)).await,
            Work::DieSweeping(after) => die_after(after, sweep::sweep(state)).await,
        }
    }

    /// A webhook comes, this often.
    async fn come(&self, notice: usize, times: usize, signed_by: Option<&'static str>) {
        let count = self.books().told.len();
        let Some(place) = notice.checked_rem(count) else { return };
        for _ in 0..times {
            // The newest are the likeliest, as in life.
            self.deliver(count - 1 - place, signed_by).await;
        }
    }

    async fn lie(&self, session: usize, stage: Stage, odd: Odd) {
        let Some(at) = session.checked_rem(self.books().sessions.len()) else { return };
        let place = {
            let mut books = self.books();
            let charge = oddly(&books.sessions[at], odd);
            let news = books.untrue(at, stage, charge);
            books.tell_that(at, news)
        };
        self.deliver(place, Some("the company")).await;
    }

    async fn check_out(&self, shopper: usize, thing: &str, with: usize) {
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
