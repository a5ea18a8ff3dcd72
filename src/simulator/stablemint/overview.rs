//! StableMint's part of `/control/state`, newest first. Its API shows no session, so this form is the simulator's own.

use super::{amount, page_url};
use crate::domain::Timestamp;
use crate::simulator::state::State;
use crate::simulator::times;
use serde_json::{Value, json};

pub fn all(state: &State, base_url: &str, _now: Timestamp) -> Value {
    let sessions = state.stablemint.sessions.iter().rev().map(|session| {
        json!({
            "reference": session.reference,
            "sessionId": session.session_id,
            "dialect": session.dialect,
            "status": session.status.code(),
            // A text: what a test reads is to be as exact as what was written.
            "amount": amount::write(session.amount, false),
            "currency": session.amount.currency.code(),
            "userId": session.customer.id,
            "websiteReference": session.website_reference,
            "idempotencyKey": session.idempotency_key,
            "url": page_url(base_url, &session.reference),
            "createdAt": times::utc(session.created_at),
            "expiresAt": times::utc(session.expires_at),
        })
    });
    json!({ "sessions": sessions.collect::<Vec<_>>() })
}
