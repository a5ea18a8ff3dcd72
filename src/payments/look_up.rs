//! Asking the provider how an attempt stands, for what the order's page *shows*.
//!
//! A look-up never marks anything paid: only a verified webhook does. It may close what the provider says is over,
//! because KOMOJU sends no event at all for a session that was left without a payment.

use super::checkout::HOLD_GRACE_MS;
use super::{Provider, fulfilment};
use crate::domain::{Attempt, AttemptState, Timestamp};
use crate::server::orders::{attempts, leases, watch};
use crate::server::state::AppState;
use std::time::Duration;

/// A page that reloads itself asks the provider no more often than this.
const EVERY_MS: i64 = 2_000;
/// A shopper looks at the page meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the news of a payment may take when nobody can be asked: StableMint's last retry comes 195 minutes after the
/// first try.
const NEWS_MAY_TAKE_MS: i64 = 4 * 3_600_000;

/// The browser came back saying that the shopper is done, and there is nobody to ask: the stock waits for the webhook as
/// long as one may take, and nothing is paid twice meanwhile. Whoever invents such a return keeps their own order's
/// things, and not for ever.
///
/// # Errors
/// When the database fails.
pub async fn came_back(state: &AppState, attempt: &Attempt) -> Result<(), sqlx::Error> {
    let asked = state.providers.get(attempt.provider).is_none_or(Provider::can_be_asked);
    if asked || attempt.came_back || attempt.state != AttemptState::Open {
        return Ok(());
    }
    let now = state.clock.now();
    let until = attempt.expires_at.max(now + NEWS_MAY_TAKE_MS);
    let mut db = state.pool.acquire().await?;
    attempts::came_back(&mut db, &attempt.id, now, until).await
}

/// What looking an attempt up came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    As(AttemptState),
    /// No answer this time.
    NoNews,
    /// The provider has no such call: only its webhooks tell.
    NobodyToAsk,
}

/// Looks an attempt up unless somebody just did.
pub async fn refresh(state: &AppState, attempt: &Attempt) -> Seen {
    let provider = state.providers.get(attempt.provider);
    match provider.map(Provider::can_be_asked) {
        Some(false) => Seen::NobodyToAsk,
        Some(true) | None => look_and_end(state, attempt).await.map_or(Seen::NoNews, Seen::As),
    }
}

async fn look_and_end(state: &AppState, attempt: &Attempt) -> Option<AttemptState> {
    let seen = look(state, attempt).await?;
    if matches!(seen, AttemptState::Cancelled | AttemptState::Expired) {
        let why = format!("A look-up at {} says so.", attempt.provider.title());
        let to = ended_as(attempt, seen, state.clock.now());
        fulfilment::end_attempt(state, attempt, to, &why).await.ok()?;
    }
    Some(seen)
}

/// How an attempt ended of which the provider says so. Dojo cancels a page whose time is over: what ended by itself has
/// expired, and its order with it, whichever of webhook and sweep is first.
pub fn ended_as(attempt: &Attempt, told: AttemptState, now: Timestamp) -> AttemptState {
    let is_over = now >= attempt.expires_at - HOLD_GRACE_MS;
    if told == AttemptState::Cancelled && is_over { AttemptState::Expired } else { told }
}

/// What the provider says, or said a moment ago, kept for the page to show. Nothing else is done about it.
pub async fn look(state: &AppState, attempt: &Attempt) -> Option<AttemptState> {
    let (session, provider) = (attempt.session.as_deref()?, state.providers.get(attempt.provider)?);
    let mut db = state.pool.acquire().await.ok()?;
    if !leases::take_look_up(&mut db, &attempt.id, state.clock.now(), EVERY_MS).await.ok()? {
        return attempts::seen(&mut db, &attempt.id).await.ok()?.and_then(|code| AttemptState::from_code(&code));
    }
    drop(db);
    let standing = match tokio::time::timeout(PATIENCE, provider.look_up(session)).await {
        Ok(Ok(standing)) => standing,
        Ok(Err(error)) => {
            tracing::warn!(%error, attempt.id = attempt.id, "a look-up failed");
            return None;
        }
        Err(_) => {
            tracing::warn!(attempt.id = attempt.id, "a look-up took too long");
            return None;
        }
    };
    let seen = AttemptState::from(standing.stage);
    let mut db = state.pool.acquire().await.ok()?;
    watch::set_seen(&mut db, &attempt.id, seen, state.clock.now()).await.ok()?;
    if let Some(instructions) = &standing.instructions {
        attempts::show_instructions(&mut db, &attempt.id, instructions).await.ok()?;
    }
    Some(seen)
}
