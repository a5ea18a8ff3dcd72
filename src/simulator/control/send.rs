//! `POST /control/send`: delivers, signed for real, whatever a test wants to have said, true or not.

use super::{Asked, Refused, refused};
use crate::simulator::provider::{Provider, Signature};
use crate::simulator::sender;
use crate::simulator::state::{App, State as Stored};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// KOMOJU when absent.
    #[serde(default)]
    provider: Provider,
    /// The whole envelope as it is to be sent.
    event: Option<Value>,
    /// Or the exact text, which need not be JSON.
    body: Option<String>,
    /// Or an event of this type about this payment of KOMOJU's, or another provider's session, as it stands.
    payment: Option<String>,
    session: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    /// What to change in it: `{"data.amount": 1}`.
    #[serde(default)]
    amend: Map<String, Value>,
    #[serde(default)]
    signature: Signature,
}

pub async fn send(State(app): State<App>, Asked(wish): Asked<Wish>) -> Result<Json<Value>, Refused> {
    let (now, provider) = (app.now(), wish.provider);
    if wish.signature == Signature::Stale && !provider.signs_the_time() {
        return Err(refused("the signature has no timestamp"));
    }
    let (body, headers, url) = app.read(|state| {
        let (body, kind) = write(state, &wish, now)?;
        let headers = provider.sign(state, &body, &kind, wish.signature, now);
        Ok((body, headers, sender::address(&app, state, provider)))
    })?;
    let answer = match sender::post(&app, &url, &headers, body.clone()).await {
        Ok(status) => json!({ "status": status, "body": body }),
        Err(error) => json!({ "status": null, "error": error, "body": body }),
    };
    Ok(Json(answer))
}

fn write(state: &Stored, wish: &Wish, now: i64) -> Result<(String, String), Refused> {
    let kind = wish.kind.clone();
    let subject = if wish.provider == Provider::Komoju { &wish.payment } else { &wish.session };
    let mut body = match (&wish.event, &wish.body, subject) {
        (Some(event), None, None) => event.to_string(),
        (None, Some(text), None) => text.clone(),
        (None, None, Some(id)) => {
            let kind = kind.as_deref().ok_or_else(|| refused("type is missing"))?;
            let event = wish.provider.event(state, id, kind, now);
            event.ok_or_else(|| refused("there is nothing of this name to tell of"))?
        }
        _ => return Err(refused("give one of event, body, and type with payment or, except for KOMOJU, session")),
    };
    if !wish.amend.is_empty() {
        let mut event: Value = serde_json::from_str(&body).map_err(|_| refused("only JSON can be amended"))?;
        for (path, value) in &wish.amend {
            amend(&mut event, path, value.clone()).ok_or_else(|| refused(&format!("there is no place for {path}")))?;
        }
        body = event.to_string();
    }
    let of_body = || serde_json::from_str::<Value>(&body).ok()?["type"].as_str().map(str::to_owned);
    let kind = kind.or_else(of_body).unwrap_or_else(|| "ping".to_owned());
    Ok((body, kind))
}

/// Sets `data.refunds.0.amount`; the last step may be new, the ones before it must be there.
fn amend(event: &mut Value, path: &str, value: Value) -> Option<()> {
    let (way, last) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if way.is_empty() { String::new() } else { format!("/{}", way.replace('.', "/")) };
    match event.pointer_mut(&pointer)? {
        Value::Object(fields) => {
            fields.insert(last.to_owned(), value);
        }
        Value::Array(list) => *list.get_mut(last.parse::<usize>().ok()?)? = value,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return None,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_can_be_amended_anywhere_but_not_where_there_is_nothing() {
        let mut event = json!({"type": "payment.captured", "data": {"amount": 1200, "refunds": [{"id": "a"}]}});
        amend(&mut event, "data.amount", json!(1)).unwrap();
        amend(&mut event, "data.refunds.0.id", json!("b")).unwrap();
        amend(&mut event, "reason", json!("new")).unwrap();
        assert_eq!(
            event,
            json!({"type": "payment.captured", "reason": "new", "data": {"amount": 1, "refunds": [{"id": "b"}]}})
        );
        assert_eq!(amend(&mut event, "data.customer.name", json!("x")), None);
    }
}
