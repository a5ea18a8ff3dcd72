//! What an order's page shows: the database's rows turned into what is true for the shopper.

use super::orders::{self, OrderLine, attempts, journal, notices, outcome, stock};
use super::state::AppState;
use crate::domain::{
    Attempt, AttemptState, Back, BasketLine, Delivery, Instructions, Market, Method, Money, Order, OrderState,
    Timestamp,
};
use crate::payments::{checkout, look_up};

/// The one thing that the page says at the top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Face {
    /// The shopper is expected on the hosted page, or has left it without paying: the basket is kept.
    NotPaidYet {
        page_url: Option<String>,
    },
    /// The last try was declined; the hosted page may still be open.
    Declined {
        page_url: Option<String>,
    },
    /// The provider says it is paid; its webhook is not here yet. Not an error, however long it takes.
    PaidUnconfirmed,
    /// The browser came back saying so, and nobody can be asked.
    BeingConfirmed,
    /// A card was accepted and is charged by the merchant later.
    Held,
    /// A slip or a transfer that the shopper still has to pay.
    WaitingForYou(Instructions),
    Complete,
    Cancelled,
    Expired,
    PartlyRefunded(Money),
    Refunded(Money),
    /// So much of it was taken back by the shopper's bank.
    ChargedBack(Money),
    UnderReview,
}

pub struct OrderView {
    pub id: String,
    pub token: String,
    pub market: Market,
    pub state: OrderState,
    pub face: Face,
    /// How the provider says the browser came back. A hint: it is in the shopper's hands.
    pub back: Option<Back>,
    pub placed_at: Timestamp,
    pub total: Money,
    pub lines: Vec<LineView>,
    /// How it can be paid, as long as it can.
    pub methods: Vec<Method>,
    /// "Card", "Convenience store"; of the newest attempt.
    pub method: String,
    pub provider: String,
    /// Whether a refund goes to a bank account and not the way that the shopper paid.
    pub goes_back_by_transfer: bool,
    /// Whether anything is sent by post.
    pub posted: bool,
    /// The receipt, once fulfilled: plain text without personal data.
    pub receipt: Option<String>,
    /// For developers: everything behind the state, oldest first.
    pub attempts: Vec<AttemptView>,
    pub journal: Vec<JournalEntry>,
    pub notices: Vec<NoticeView>,
    pub fulfilments: i64,
}

pub struct LineView {
    pub name: String,
    pub label: String,
    pub drawing: String,
    pub delivery: Delivery,
    pub quantity: i64,
    pub total: Money,
    /// Who sells it; `None`: the shop itself.
    pub sold_by: Option<String>,
    /// Where the download opens; `None` while it does not.
    pub download: Option<String>,
}

pub struct AttemptView {
    pub id: String,
    pub provider: String,
    pub method: String,
    pub state: &'static str,
    pub session: Option<String>,
    pub seen: Option<String>,
    pub holds: String,
    pub opened_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug)]
pub struct JournalEntry {
    pub at: Timestamp,
    pub what: String,
    pub detail: String,
}

pub struct NoticeView {
    pub event: String,
    pub state: String,
    pub outcome: String,
    pub tries: i64,
    pub received_at: Timestamp,
    pub settled_at: Option<Timestamp>,
}

/// The order with this token; `None` when there is none. Asks the provider how an open attempt stands, so that the page
/// can say more than "not yet"; what it says is shown and nothing else.
///
/// # Errors
/// When the database fails.
pub async fn read(state: &AppState, token: &str, back: Option<Back>) -> Result<Option<OrderView>, sqlx::Error> {
    refresh(state, token, back).await?;
    let mut db = state.pool.acquire().await?;
    let Some(order) = orders::by_token(&mut db, token).await? else { return Ok(None) };
    let attempts = attempts::of_order(&mut db, &order.id).await?;
    let newest = attempts.last();
    let seen = match newest {
        Some(attempt) => attempts::seen(&mut db, &attempt.id).await?,
        None => None,
    };
    let money = |minor| Money::new(minor, order.total.currency);
    let refunded = money(outcome::refunded_minor(&mut db, &order.id).await?);
    let charged_back = money(outcome::charged_back_minor(&mut db, &order.id).await?);
    let fulfilment = outcome::receipt(&mut db, &order.id).await?;
    let opens = matches!(order.state, OrderState::Fulfilled | OrderState::PartlyRefunded);
    let lines = orders::lines(&mut db, &order).await?;
    let goods: Vec<BasketLine> = lines.iter().map(|line| line.line.clone()).collect();
    let lines: Vec<LineView> = lines.into_iter().map(|line| line_view(line, token, opens)).collect();
    let methods = checkout::offers(state, &mut db, order.market, order.total, &goods).await?;
    let mut attempt_views = Vec::new();
    for attempt in &attempts {
        attempt_views.push(AttemptView {
            id: attempt.id.clone(),
            provider: attempt.provider.title().to_owned(),
            method: attempt.method.clone(),
            state: attempt.state.code(),
            session: attempt.session.clone(),
            seen: attempts::seen(&mut db, &attempt.id).await?,
            holds: stock::describe(&mut db, &attempt.id).await?,
            opened_at: attempt.opened_at,
            expires_at: attempt.expires_at,
        });
    }
    Ok(Some(OrderView {
        face: face(state, &order, newest, seen.as_deref(), (refunded, charged_back), back),
        back,
        goes_back_by_transfer: newest.is_some_and(Attempt::is_refunded_by_transfer),
        posted: lines.iter().any(|line| line.delivery == Delivery::Post),
        method: newest.map(|attempt| method_label(state, &order, attempt)).unwrap_or_default(),
        provider: newest.map(|attempt| attempt.provider.title().to_owned()).unwrap_or_default(),
        fulfilments: i64::from(fulfilment.is_some()),
        receipt: fulfilment,
        attempts: attempt_views,
        journal: journal::read(&mut db, &order.id).await?,
        notices: notices::of_order(&mut db, &order.id).await?,
        id: order.id,
        token: order.token,
        market: order.market,
        state: order.state,
        placed_at: order.placed_at,
        total: order.total,
        lines,
        methods,
    }))
}

/// What of the order the live status compares, cheap to read: it changes whenever the page would. `None`: no such order.
///
/// # Errors
/// When the database fails.
pub async fn version(state: &AppState, token: &str) -> Result<Option<String>, sqlx::Error> {
    refresh(state, token, None).await?;
    let mut db = state.pool.acquire().await?;
    let Some(order) = orders::by_token(&mut db, token).await? else { return Ok(None) };
    let mut version = order.state.code().to_owned();
    for attempt in attempts::of_order(&mut db, &order.id).await? {
        let seen = attempts::seen(&mut db, &attempt.id).await?.unwrap_or_default();
        version = format!("{version} {}/{seen}", attempt.state.code());
    }
    Ok(Some(version))
}

async fn refresh(state: &AppState, token: &str, back: Option<Back>) -> Result<(), sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    let Some(order) = orders::by_token(&mut db, token).await? else { return Ok(()) };
    let attempts = attempts::of_order(&mut db, &order.id).await?;
    drop(db);
    let open = attempts.iter().rfind(|attempt| attempt.state.is_live() && attempt.session.is_some());
    if let (OrderState::AwaitingPayment, Some(attempt)) = (order.state, open) {
        look_up::refresh(state, attempt).await;
        if back == Some(Back::Success) {
            look_up::came_back(state, attempt).await?;
        }
    }
    Ok(())
}

fn face(
    state: &AppState,
    order: &Order,
    newest: Option<&Attempt>,
    seen: Option<&str>,
    (refunded, charged_back): (Money, Money),
    back: Option<Back>,
) -> Face {
    match order.state {
        OrderState::Paid | OrderState::Fulfilled => Face::Complete,
        OrderState::Cancelled => Face::Cancelled,
        OrderState::Expired => Face::Expired,
        OrderState::PartlyRefunded | OrderState::Refunded if charged_back.minor > 0 => Face::ChargedBack(charged_back),
        OrderState::PartlyRefunded => Face::PartlyRefunded(refunded),
        OrderState::Refunded => Face::Refunded(refunded),
        OrderState::NeedsReview => Face::UnderReview,
        OrderState::AwaitingPayment => newest.map_or(Face::NotPaidYet { page_url: None }, |attempt| {
            let provider = state.providers.get(attempt.provider);
            let can_be_asked = provider.is_none_or(|provider| provider.can_be_asked());
            waiting_face(attempt, seen.and_then(AttemptState::from_code), back, can_be_asked)
        }),
    }
}

fn waiting_face(attempt: &Attempt, seen: Option<AttemptState>, back: Option<Back>, can_be_asked: bool) -> Face {
    // A page that failed is not handed out again when nobody can say whether it takes another try.
    let page_url = attempt.page_url.clone().filter(|_| can_be_asked || attempt.state != AttemptState::Declined);
    match (attempt.state, seen) {
        (AttemptState::Paid, _) | (_, Some(AttemptState::Paid)) => Face::PaidUnconfirmed,
        (AttemptState::Cancelled | AttemptState::Expired, _) => Face::NotPaidYet { page_url: None },
        (AttemptState::Authorised, _) => attempt.instructions.clone().map_or(Face::Held, Face::WaitingForYou),
        (_, Some(AttemptState::Authorised)) => {
            attempt.instructions.clone().map_or(Face::BeingConfirmed, Face::WaitingForYou)
        }
        (AttemptState::Opening | AttemptState::Open, None) if attempt.came_back || back == Some(Back::Success) => {
            Face::BeingConfirmed
        }
        (AttemptState::Declined, _) | (_, Some(AttemptState::Declined)) => Face::Declined { page_url },
        (
            AttemptState::Opening | AttemptState::Open,
            None | Some(AttemptState::Opening | AttemptState::Open | AttemptState::Cancelled | AttemptState::Expired),
        ) => Face::NotPaidYet { page_url },
    }
}

fn line_view(line: OrderLine, token: &str, opens: bool) -> LineView {
    let OrderLine { line, download } = line;
    let opens = opens && !download.is_empty();
    LineView {
        download: opens.then(|| format!("/orders/{token}/downloads/{}", line.variant)),
        // An order's lines were checked against overflow when its total was.
        total: line.total().unwrap_or(line.unit_price),
        name: line.name,
        label: line.label,
        drawing: line.drawing,
        delivery: line.delivery,
        quantity: line.quantity,
        sold_by: line.sold_by.map(|sold_by| sold_by.name),
    }
}

fn method_label(state: &AppState, order: &Order, attempt: &Attempt) -> String {
    let offers = state.providers.get(attempt.provider).map(|provider| provider.methods(order.market, order.total));
    let offer = offers.into_iter().flatten().find(|offer| offer.code == attempt.method);
    offer.map_or_else(|| attempt.method.clone(), |offer| offer.label.to_owned())
}
