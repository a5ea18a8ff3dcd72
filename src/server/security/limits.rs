//! How often one caller may do what costs something: go to a checkout, try out orders' addresses, knock with bad
//! signatures. Limits keep a nuisance small; nothing is safe only because of them.
//!
//! Each process counts for itself and forgets when it ends: three processes allow three times as much. That is why
//! nothing here is in the database, where counting would cost more than what it prevents.

use super::caller::{self, Caller};
use crate::api::{CancelOrder, FillBasketAgain, PayAgain, ReadOrderVersion, StartCheckout};
use crate::domain::{ProviderName, Timestamp};
use crate::pages;
use crate::server::settings::Settings;
use crate::server::state::AppState;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use leptos::server_fn::ServerFn;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The forms that reserve stock or call a provider.
const COSTLY: [&str; 4] = [StartCheckout::PATH, PayAgain::PATH, CancelOrder::PATH, FillBasketAgain::PATH];

/// Orders' addresses that lead nowhere: mistyped ones are few.
const LOOK_UPS: Quota = Quota { at_once: 30, every_ms: 2_000 };
/// Refused webhooks that are logged and counted one by one.
const FORGERIES: Quota = Quota { at_once: 60, every_ms: 1_000 };
/// A limit that was reached is logged once in so long.
const LINES: Quota = Quota { at_once: 1, every_ms: 60_000 };

/// Cheap to clone: all clones count together.
#[derive(Clone)]
pub struct Limits(Arc<Counters>);

struct Counters {
    checkouts: Limiter,
    look_ups: Limiter,
    forgeries: Limiter,
    lines: Limiter,
    untold: Mutex<HashMap<ProviderName, i64>>,
}

impl Limits {
    pub fn of(settings: &Settings) -> Limits {
        if settings.lacks_its_proxy() {
            tracing::warn!("TRUSTED_PROXIES is empty, and a proxy must be in front: all shoppers count as one");
        }
        let a_minute = i64::from(settings.checkouts_per_minute.get());
        let checkouts = Quota { at_once: a_minute * 2, every_ms: 60_000 / a_minute };
        Limits(Arc::new(Counters {
            checkouts: Limiter::new(checkouts),
            look_ups: Limiter::new(LOOK_UPS),
            forgeries: Limiter::new(FORGERIES),
            lines: Limiter::new(LINES),
            untold: Mutex::default(),
        }))
    }

    /// Whether a refused webhook is told one by one: `Some` with how many before it were not. The refusal itself is
    /// never changed by it, and good webhooks do not come here.
    pub fn tell(&self, provider: ProviderName, caller: Caller, now: Timestamp) -> Option<i64> {
        let mut untold = self.0.untold.lock().unwrap_or_else(PoisonError::into_inner);
        match self.0.forgeries.take(caller, now) {
            Ok(()) => Some(untold.remove(&provider).unwrap_or_default()),
            Err(_) => {
                *untold.entry(provider).or_default() += 1;
                None
            }
        }
    }

    fn refuse(&self, what: &str, wait: Wait, caller: Caller, request: &Parts, state: &AppState) -> Response {
        if self.0.lines.take(caller, state.clock.now()).is_ok() {
            // When it came through a proxy that TRUSTED_PROXIES does not name, all its shoppers are one caller.
            tracing::warn!(what, forwarded = caller::is_forwarded(request), "somebody asks too often");
        }
        pages::please_wait(&state.leptos, wait.seconds())
    }
}

/// The layer around the shop's pages and forms.
pub async fn guard(State((state, limits)): State<(AppState, Limits)>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let costs = request.method() == Method::POST && COSTLY.contains(&path);
    let looks_up = path.starts_with("/orders/") || path == ReadOrderVersion::PATH;
    if !costs && !looks_up {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let (caller, now) = (Caller::of(&state.settings, &parts), state.clock.now());
    let Counters { checkouts, look_ups, .. } = &*limits.0;
    let (what, allowed) = match costs {
        true => ("checkout", checkouts.take(caller, now)),
        false => ("look-ups", look_ups.peek(caller, now)),
    };
    if let Err(wait) = allowed {
        return limits.refuse(what, wait, caller, &parts, &state);
    }
    let answer = next.run(Request::from_parts(parts, body)).await;
    if looks_up && answer.status() == StatusCode::NOT_FOUND {
        // Those that were under way together may be a few too many: the next one waits for them.
        let _ = look_ups.take(caller, now);
    }
    answer
}

/// `at_once` in one moment, and one more for every `every_ms` that pass.
#[derive(Clone, Copy, Debug)]
struct Quota {
    at_once: i64,
    every_ms: i64,
}

/// How long until the next one is allowed, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wait(i64);

impl Wait {
    /// Rounded up: who waits that long is not sent away again.
    fn seconds(self) -> i64 {
        (self.0 + 999) / 1000
    }
}

/// Callers that are remembered. Whoever has more addresses than that is not held up by limits for each address.
const MOST_CALLERS: usize = 20_000;

/// The generic cell rate algorithm: one moment for each caller, at which all that they did will be forgotten. Not the
/// governor crate, which counts in the same way, but keeps as many callers as there are and a clock of its own.
struct Limiter {
    quota: Quota,
    clear_at: Mutex<HashMap<Caller, Timestamp>>,
}

impl Limiter {
    fn new(quota: Quota) -> Limiter {
        Limiter { quota, clear_at: Mutex::default() }
    }

    /// Counts one, unless it would be too many.
    fn take(&self, caller: Caller, now: Timestamp) -> Result<(), Wait> {
        let mut clear_at = self.clear_at.lock().unwrap_or_else(PoisonError::into_inner);
        let clear = self.judge(clear_at.get(&caller), now)?;
        if clear_at.len() >= MOST_CALLERS {
            clear_at.retain(|_, clear| *clear > now);
        }
        if clear_at.len() >= MOST_CALLERS {
            clear_at.clear();
        }
        clear_at.insert(caller, clear + self.quota.every_ms);
        Ok(())
    }

    /// Whether `take` would count one.
    fn peek(&self, caller: Caller, now: Timestamp) -> Result<(), Wait> {
        let clear_at = self.clear_at.lock().unwrap_or_else(PoisonError::into_inner);
        self.judge(clear_at.get(&caller), now).map(drop)
    }

    fn judge(&self, clear_at: Option<&Timestamp>, now: Timestamp) -> Result<Timestamp, Wait> {
        let Quota { at_once, every_ms } = self.quota;
        // Further ahead than anybody can get: the clock was turned back.
        let clear = clear_at.copied().filter(|clear| clear - now <= at_once * every_ms).unwrap_or(now).max(now);
        let too_early_by = clear - now - (at_once - 1) * every_ms;
        if too_early_by > 0 { Err(Wait(too_early_by)) } else { Ok(clear) }
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
