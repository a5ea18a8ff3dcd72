//! A payment company that exists only here: what is true of its sessions, what it tells of them, and what it answers when
//! asked, which may be wrong or late. It stands for all four, each with what is peculiar to it.

use async_trait::async_trait;
use axum::http::HeaderMap;
use noren::domain::{Market, Method, Money, ProviderName, Timestamp};
use noren::payments::{
    Charge, Forgery, News, Notice, OpenPage, OpenedPage, Provider, ProviderError, Refunded, Stage, Standing, Subject,
    Unreadable,
};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};

/// All companies' books; one for a whole case.
#[derive(Default)]
pub struct Books {
    pub sessions: Vec<Session>,
    /// Everything that was ever told or is about to be. A webhook's body is a notice's place in this list.
    pub told: Vec<Notice>,
    /// What the next look-ups answer instead of the truth.
    pub faults: VecDeque<Fault>,
    /// Whether new pages are refused.
    pub refuses: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    Unreachable,
    Unintelligible,
    Failing,
    NotFound,
}

#[derive(Clone, Debug)]
pub struct Session {
    pub provider: ProviderName,
    pub name: String,
    pub attempt: String,
    pub asked: Money,
    pub stage: Stage,
    /// What was paid or promised, once it was.
    pub charge: Option<Charge>,
    pub refunds: Vec<Refunded>,
    /// What look-ups answer while they lag behind.
    pub lagging: Option<Box<Session>>,
}

impl Session {
    pub fn given_back(&self) -> i64 {
        self.refunds.iter().map(|refund| refund.amount.minor).sum()
    }

    /// Paid with what was asked, as far as the company's own books go.
    pub fn is_paid_rightly(&self) -> bool {
        self.stage == Stage::Paid && self.charge == Some(self.asked.into())
    }

    pub fn payment(&self) -> String {
        format!("pay-{}", self.name)
    }

    fn standing(&self) -> Standing {
        let moved = matches!(self.stage, Stage::Paid | Stage::Authorised);
        let charge = self.charge.clone().filter(|_| moved);
        let covers = charge.as_ref().and_then(|charge| {
            let currency = noren::domain::Currency::from_code(&charge.currency)?;
            Some(Money::new(charge.minor, currency))
        });
        let back = self.given_back();
        let in_all = self.provider == ProviderName::Dojo && back > 0;
        Standing {
            payment: moved.then(|| self.payment()),
            covers,
            refunded: charge.as_ref().is_some_and(|charge| charge.minor == back),
            given_back: charge.as_ref().filter(|_| in_all).map(|charge| Charge { minor: back, ..charge.clone() }),
            charged: charge,
            reference: (self.provider != ProviderName::Komoju).then(|| self.attempt.clone()),
            ..Standing::only(self.stage)
        }
    }
}

impl Books {
    /// Tells how session `at` stands, as its company words it; the answer is the notice's place.
    pub fn tell(&mut self, at: usize) -> usize {
        let session = &self.sessions[at];
        let standing = session.standing();
        let news = match session.provider {
            // Dojo's webhooks name nothing but the intent and its status.
            ProviderName::Dojo => Standing { refunded: standing.refunded, ..Standing::only(standing.stage) },
            ProviderName::Komoju | ProviderName::Bpc | ProviderName::Stablemint => standing,
        };
        self.tell_that(at, News::Standing(news))
    }

    /// Tells of the session's refunds, as its company does it.
    pub fn tell_refunds(&mut self, at: usize) -> usize {
        let session = &self.sessions[at];
        let news = match session.provider {
            ProviderName::Komoju => News::Refunds(session.refunds.clone()),
            ProviderName::Bpc => News::Refunds(session.refunds.last().cloned().into_iter().collect()),
            ProviderName::Dojo | ProviderName::Stablemint => return self.tell(at),
        };
        let place = self.tell_that(at, news);
        if session_is(&self.sessions[at], ProviderName::Bpc) {
            self.told[place].subject = Some(Subject::Payment(self.sessions[at].payment()));
        }
        place
    }

    /// Tells anything at all about session `at`.
    pub fn tell_that(&mut self, at: usize, news: News) -> usize {
        let session = &self.sessions[at];
        let subject = match session.provider {
            ProviderName::Stablemint => Subject::Attempt(session.attempt.clone()),
            ProviderName::Komoju | ProviderName::Dojo | ProviderName::Bpc => Subject::Session(session.name.clone()),
        };
        self.add(Some(subject), news)
    }

    pub fn add(&mut self, subject: Option<Subject>, news: News) -> usize {
        let place = self.told.len();
        self.told.push(Notice { dedupe_key: format!("event-{place}"), event: "event".to_owned(), subject, news });
        place
    }

    /// An untrue word about session `at`: this stage, with this charge.
    pub fn untrue(&self, at: usize, stage: Stage, charge: Charge) -> News {
        let liar = Session { stage, charge: Some(charge), ..self.sessions[at].clone() };
        News::Standing(liar.standing())
    }
}

fn session_is(session: &Session, provider: ProviderName) -> bool {
    session.provider == provider
}

#[derive(Clone)]
pub struct Company {
    pub name: ProviderName,
    pub books: Arc<Mutex<Books>>,
}

impl Company {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }
}

#[async_trait]
impl Provider for Company {
    fn name(&self) -> ProviderName {
        self.name
    }

    fn methods(&self, _market: Market, _total: Money) -> Vec<Method> {
        vec![Method { provider: self.name, code: "card", label: "Card", hint: "", unavailable: None }]
    }

    fn page_origins(&self) -> Vec<String> {
        vec!["https://pay.example".to_owned()]
    }

    async fn open_page(&self, request: &OpenPage<'_>) -> Result<OpenedPage, ProviderError> {
        let mut books = self.books();
        if books.refuses {
            return Err(ProviderError::Refused { status: 422, code: "refused".to_owned() });
        }
        let attempt = &request.attempt.id;
        let name = format!("ses-{attempt}");
        if !books.sessions.iter().any(|session| session.name == name) {
            books.sessions.push(Session {
                provider: self.name,
                name: name.clone(),
                attempt: attempt.clone(),
                asked: request.attempt.amount,
                stage: Stage::Pending,
                charge: None,
                refunds: Vec::new(),
                lagging: None,
            });
        }
        Ok(OpenedPage { page_url: format!("https://pay.example/{name}"), session: name, expires_at: None })
    }

    fn can_be_asked(&self) -> bool {
        self.name != ProviderName::Stablemint
    }

    async fn look_up(&self, session: &str) -> Result<Standing, ProviderError> {
        if !self.can_be_asked() {
            return Err(ProviderError::NotOffered);
        }
        // Others go on meanwhile, as they do during a real call.
        tokio::task::yield_now().await;
        let mut books = self.books();
        let cause = "as planned".to_owned();
        match books.faults.pop_front() {
            Some(Fault::Unreachable) => return Err(ProviderError::Unreachable { cause }),
            Some(Fault::Unintelligible) => return Err(ProviderError::Unintelligible { cause }),
            Some(Fault::Failing) => return Err(ProviderError::Failing { status: 500 }),
            Some(Fault::NotFound) => return Err(ProviderError::Refused { status: 404, code: cause }),
            None => {}
        }
        let session = books.sessions.iter().find(|known| known.name == session);
        let session = session.ok_or(ProviderError::Refused { status: 404, code: "unknown".to_owned() })?;
        Ok(session.lagging.as_deref().unwrap_or(session).standing())
    }

    async fn cancel(&self, session: &str) -> Result<(), ProviderError> {
        if !self.can_be_asked() {
            return Err(ProviderError::NotOffered);
        }
        let mut books = self.books();
        let at = books.sessions.iter().position(|known| known.name == session);
        let at = at.ok_or(ProviderError::Refused { status: 404, code: "unknown".to_owned() })?;
        match books.sessions[at].stage {
            Stage::Paid => Err(ProviderError::Refused { status: 422, code: "paid".to_owned() }),
            Stage::Cancelled | Stage::Expired => Ok(()),
            Stage::Pending | Stage::Declined | Stage::Authorised => {
                books.sessions[at].stage = Stage::Cancelled;
                books.tell(at);
                Ok(())
            }
        }
    }

    async fn capture(&self, _payment: &str, _amount: Money) -> Result<(), ProviderError> {
        Err(ProviderError::NotOffered)
    }

    async fn refund(&self, _payment: &str, _amount: Money, _key: &str) -> Result<(), ProviderError> {
        Err(ProviderError::NotOffered)
    }

    fn verify(&self, headers: &HeaderMap, _body: &[u8], _now: Timestamp) -> Result<(), Forgery> {
        match headers.get("signed-by").map(|by| by.as_bytes()) {
            Some(b"the company") => Ok(()),
            Some(_) => Err(Forgery::Wrong),
            None => Err(Forgery::Missing),
        }
    }

    fn read(&self, body: &[u8]) -> Result<Notice, Unreadable> {
        let place = std::str::from_utf8(body).ok().and_then(|text| text.parse::<usize>().ok());
        let notice = place.and_then(|place| self.books().told.get(place).cloned());
        notice.ok_or_else(|| Unreadable("gibberish".to_owned()))
    }
}
