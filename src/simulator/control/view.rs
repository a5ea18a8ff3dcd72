//! The whole state as tests see it.

use super::faults;
use crate::simulator::delivery::Delivery;
use crate::simulator::provider::Provider;
use crate::simulator::sender;
use crate::simulator::state::App;
use crate::simulator::times;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

pub async fn state(State(app): State<App>) -> Json<Value> {
    let now = app.now();
    let clock = clock(&app);
    Json(app.read(|state| {
        let mut view = json!({
            "clock": clock,
            "switches": state.switches.to_map(),
            "faults": faults::view(&state.plan),
            "delivery_mode": state.deliveries.mode,
            "webhook_url": sender::address(&app, state, Provider::Komoju),
            "deliveries": state.deliveries.list.iter().map(one).collect::<Vec<_>>(),
        });
        for provider in Provider::ALL {
            let part = provider.overview(state, &app.base_url, now);
            match (provider, part) {
                (Provider::Komoju, Value::Object(part)) => part.into_iter().for_each(|(key, value)| view[key] = value),
                (provider, part) => view[provider.code()] = part,
            }
        }
        view
    }))
}

pub fn clock(app: &App) -> Value {
    json!({ "now_ms": app.now(), "now": times::utc(app.now()), "ahead_ms": app.clock.ahead_ms() })
}

fn one(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id,
        "provider": delivery.provider.code(),
        "event": delivery.event,
        "type": delivery.kind,
        "state": delivery.state,
        "fault": delivery.fault,
        "tries": delivery.tries,
        "created_at_ms": delivery.created_at,
        "next_try_at_ms": delivery.next_try_at,
        "body": delivery.body,
    })
}
