//! Asking the provider for an attempt's page, once, whatever breaks in between.

use super::{HOLD_GRACE_MS, HOLD_MS, LONGEST_PAGE_MS, Next, PAGE_LIFETIME_SECONDS, failed, provider_of};
use crate::domain::{Attempt, AttemptState, BasketLine, Order, Problem, Timestamp};
use crate::payments::{OpenPage, OpenedPage, Provider, ProviderError, fulfilment, lease};
use crate::server::orders::{self, attempts, journal, leases};
use crate::server::state::AppState;
use std::time::Duration;
use url::Url;

/// How often the provider is asked while it is busy or its answer is lost, always with the same key.
const TRIES: u32 = 2;
const BETWEEN_TRIES: Duration = Duration::from_millis(400);
/// How a second click waits for the first one's answer, or for the lease of a process that died with it to run out.
const WAIT_STEP: Duration = Duration::from_millis(150);
const WAIT_STEPS: u32 = 130;

/// The attempt's page: the one it has, or a new one.
pub async fn open(state: &AppState, order: &Order, attempt: Attempt) -> Result<Next, Problem> {
    let mut attempt = attempt;
    for _ in 0..WAIT_STEPS {
        match (attempt.state, &attempt.page_url) {
            (AttemptState::Opening, _) => {}
            (AttemptState::Open | AttemptState::Declined, Some(url)) => return Ok(Next::HostedPage(url.clone())),
            _ => return Ok(Next::OrderPage(order.token.clone())),
        }
        if let Some(until) = lease(state, &attempt).await? {
            return keeping(state, &attempt, until, ask(state, order, &attempt)).await;
        }
        tokio::time::sleep(WAIT_STEP).await;
        let mut db = state.pool.acquire().await.map_err(failed)?;
        attempt = attempts::by_id(&mut db, &attempt.id).await.map_err(failed)?.ok_or(Problem::TryAgain)?;
    }
    Err(Problem::ProviderBusy)
}

/// Takes the right to ask the provider for this attempt's page: until when; `None` while somebody else has it.
pub async fn lease(state: &AppState, attempt: &Attempt) -> Result<Option<Timestamp>, Problem> {
    let (now, until) = (state.clock.now(), lease::until(&*state.clock));
    let mut db = state.pool.acquire().await.map_err(failed)?;
    let won = leases::take_opening(&mut db, &attempt.id, now, until).await.map_err(failed)?;
    Ok(won.then_some(until))
}

/// Does what needs the lease, however long it takes.
pub async fn keeping<T>(state: &AppState, attempt: &Attempt, until: Timestamp, work: impl Future<Output = T>) -> T {
    let renew = async |from, to| leases::renew_opening(&mut *state.pool.acquire().await?, &attempt.id, from, to).await;
    lease::keeping(&*state.clock, until, work, renew).await
}

/// Asks, having the lease.
async fn ask(state: &AppState, order: &Order, attempt: &Attempt) -> Result<Next, Problem> {
    let provider = provider_of(state, attempt)?;
    let mut answer = call(state, provider, order, attempt).await.map_err(failed)?;
    for _ in 1..TRIES {
        if matches!(answer, Ok(_) | Err(ProviderError::Refused { .. })) {
            break;
        }
        tokio::time::sleep(BETWEEN_TRIES).await;
        answer = call(state, provider, order, attempt).await.map_err(failed)?;
    }
    let error = match answer {
        Ok(page) if allowed(provider, &page.page_url) => return store(state, order, attempt, page).await,
        Ok(page) => {
            refuse_page(state, provider, attempt, &page).await?;
            return Err(Problem::ProviderRefused);
        }
        Err(error) => error,
    };
    tracing::warn!(%error, order.id = order.id, attempt.id = attempt.id, "no page could be opened");
    match error {
        ProviderError::Refused { status, code } => {
            give_up(state, attempt, &format!("{} refused to open a page: {status} {code}.", provider.name().title()))
                .await?;
            Err(Problem::ProviderRefused)
        }
        ProviderError::Failing { status } => {
            // Nobody has the address of a page that may exist all the same, so it cannot be paid on.
            give_up(state, attempt, &format!("{} failed: status {status}.", provider.name().title())).await?;
            Err(Problem::ProviderBusy)
        }
        ProviderError::Unreachable { .. } | ProviderError::Unintelligible { .. } | ProviderError::NotOffered => {
            // The session may exist: the attempt stays as it is, and the next press asks with the same key.
            let now = state.clock.now();
            let mut db = state.pool.acquire().await.map_err(failed)?;
            leases::give_back(&mut db, &attempt.id).await.map_err(failed)?;
            let detail = format!("{} gave no usable answer; asking again uses the same key.", provider.name().title());
            journal::write(&mut db, &order.id, now, "attempt.no_answer", &detail).await.map_err(failed)?;
            Err(Problem::ProviderBusy)
        }
    }
}

/// Calls the provider once. The same attempt always says the same, under the same key. The outer error is the shop's.
pub async fn call(
    state: &AppState,
    provider: &dyn Provider,
    order: &Order,
    attempt: &Attempt,
) -> Result<Result<OpenedPage, ProviderError>, sqlx::Error> {
    let mut db = state.pool.acquire().await?;
    let lines = orders::lines(&mut db, order).await?;
    let asked_before = attempts::count_asking(&mut db, &attempt.id).await? > 0;
    drop(db);
    let lines: Vec<BasketLine> = lines.into_iter().map(|line| line.line).collect();
    let request = OpenPage {
        attempt,
        lines: &lines,
        return_url: &format!("{}/orders/{}", state.settings.public_url, order.token),
        lifetime_seconds: PAGE_LIFETIME_SECONDS,
        now: state.clock.now(),
        asked_before,
    };
    Ok(provider.open_page(&request).await)
}

async fn store(state: &AppState, order: &Order, attempt: &Attempt, page: OpenedPage) -> Result<Next, Problem> {
    if keep(state, order, attempt, &page, kept_until(&page, state.clock.now())).await.map_err(failed)? {
        return Ok(Next::HostedPage(page.page_url));
    }
    // Somebody else stored an answer, or ended the attempt, meanwhile. Only a page that the attempt knows may be paid on.
    let mut db = state.pool.acquire().await.map_err(failed)?;
    let stored = attempts::by_id(&mut db, &attempt.id).await.map_err(failed)?.and_then(|attempt| attempt.session);
    drop(db);
    if stored.as_deref() == Some(page.session.as_str()) {
        return Ok(Next::HostedPage(page.page_url));
    }
    if let Err(error) = provider_of(state, attempt)?.cancel(&page.session).await {
        tracing::error!(%error, attempt.id = attempt.id, "a session that no attempt knows could not be cancelled");
    }
    Err(Problem::ProviderBusy)
}

/// The page lives from now on, so its stock is kept from now on: as long as the page can be paid on, and a little longer.
fn kept_until(page: &OpenedPage, now: Timestamp) -> Timestamp {
    page.expires_at.map_or(now + HOLD_MS, |at| at.clamp(now, now + LONGEST_PAGE_MS) + HOLD_GRACE_MS)
}

/// Stores a page whose address was checked; `false` when the attempt no longer was opening.
async fn keep(
    state: &AppState,
    order: &Order,
    attempt: &Attempt,
    page: &OpenedPage,
    expires_at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let mut db = state.pool.begin().await?;
    let kept = attempts::store_page(&mut db, &attempt.id, &page.session, &page.page_url, expires_at).await?;
    if kept {
        let detail = format!("{} opened session {}.", attempt.provider.title(), page.session);
        journal::write(&mut db, &order.id, state.clock.now(), "attempt.open", &detail).await?;
    }
    db.commit().await?;
    Ok(kept)
}

/// The session of an attempt whose opening broke off, in order to end it: asking again with the same key tells it. For
/// those who have the attempt's lease. `None` when there is none and the attempt is over.
///
/// # Errors
/// `ProviderBusy` when the provider does not tell.
pub async fn find_session(state: &AppState, order: &Order, attempt: &Attempt) -> Result<Option<String>, Problem> {
    let provider = provider_of(state, attempt)?;
    match call(state, provider, order, attempt).await.map_err(failed)? {
        Ok(page) if allowed(provider, &page.page_url) => {
            keep(state, order, attempt, &page, attempt.expires_at).await.map_err(failed)?;
            Ok(Some(page.session))
        }
        Ok(page) => {
            refuse_page(state, provider, attempt, &page).await?;
            Ok(None)
        }
        Err(ProviderError::Refused { status, .. } | ProviderError::Failing { status }) => {
            give_up(state, attempt, &format!("It never opened: status {status}.")).await?;
            Ok(None)
        }
        Err(
            error @ (ProviderError::Unreachable { .. }
            | ProviderError::Unintelligible { .. }
            | ProviderError::NotOffered),
        ) => {
            tracing::warn!(%error, attempt.id = attempt.id, "an attempt that may have a session cannot be asked about");
            Err(Problem::ProviderBusy)
        }
    }
}

/// A page outside the provider's own address: nobody is sent there, now or later.
async fn refuse_page(
    state: &AppState,
    provider: &dyn Provider,
    attempt: &Attempt,
    page: &OpenedPage,
) -> Result<(), Problem> {
    tracing::error!(attempt.id = attempt.id, "the hosted page's address is not on the provider's allow-list");
    if let Err(error) = provider.cancel(&page.session).await {
        tracing::warn!(%error, attempt.id = attempt.id, "its session could not be cancelled");
    }
    give_up(state, attempt, "The provider named a page outside its own address; the shopper was not sent there.").await
}

async fn give_up(state: &AppState, attempt: &Attempt, why: &str) -> Result<(), Problem> {
    fulfilment::end_attempt(state, attempt, AttemptState::Cancelled, why).await.map_err(failed)
}

/// Whether the browser may be sent there (OWASP ASVS 5.0, 3.7.2). Origins are compared as parsed, never as text:
/// `https://komoju.com@elsewhere` begins well, and Dojo writes `https://pay.dojo.tech:443`.
pub fn allowed(provider: &dyn Provider, page_url: &str) -> bool {
    let Ok(url) = Url::parse(page_url) else { return false };
    let clean = url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    clean && provider.page_origins().iter().any(|allowed| is_within(&origin, allowed))
}

/// `https://*.stablemint.io` allows every host below that one, and not the one itself.
fn is_within(origin: &str, allowed: &str) -> bool {
    match allowed.split_once("://*.") {
        Some((scheme, parent)) => origin
            .strip_prefix(scheme)
            .and_then(|rest| rest.strip_prefix("://"))
            .and_then(|host| host.strip_suffix(parent))
            .and_then(|below| below.strip_suffix('.'))
            .is_some_and(|below| below.split('.').all(|label| !label.is_empty())),
        None => origin == allowed,
    }
}
