//! Refusals. StableMint documents no error at all: statuses and bodies are the simulator's own.

use super::switches::{ERROR_BODY, REFUSED_STATUS};
use crate::simulator::switches::Switches;
use serde_json::json;

/// Why the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    kind: Kind,
    message: String,
    field: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The content is refused: which status that is, a switch says.
    Content,
    Status(u16, &'static str),
}

impl Refusal {
    fn plain(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { kind: Kind::Status(status, code), message: message.into(), field: None }
    }

    pub fn content(field: &str, why: &str) -> Refusal {
        Refusal { kind: Kind::Content, message: format!("{field} {why}"), field: Some(field.to_owned()) }
    }

    pub fn missing(field: &str) -> Refusal {
        Refusal::content(field, "is required")
    }

    pub fn no_json() -> Refusal {
        Refusal { kind: Kind::Content, message: "The body is not a JSON object".to_owned(), field: None }
    }

    pub fn unauthorised(why: &str) -> Refusal {
        Refusal::plain(401, "unauthorized", why)
    }

    pub fn not_found() -> Refusal {
        Refusal::plain(404, "not_found", "There is nothing here")
    }

    pub fn key_taken() -> Refusal {
        Refusal::plain(409, "idempotency_conflict", "This idempotencyKey was used before")
    }

    pub fn media_type() -> Refusal {
        Refusal::plain(415, "unsupported_media_type", "Content-Type must be application/json")
    }

    /// A planned answer of a test.
    pub fn planned(status: u16) -> Refusal {
        Refusal::plain(status, "planned", "The simulator was told to answer so")
    }

    /// The status and the body.
    pub fn written(&self, switches: &Switches) -> (u16, String) {
        let (status, code) = match self.kind {
            Kind::Content => (switches.value(&REFUSED_STATUS).parse().unwrap_or(400), "invalid_request"),
            Kind::Status(status, code) => (status, code),
        };
        let body = match switches.value(&ERROR_BODY) {
            "text" => self.message.clone(),
            "empty" => String::new(),
            _ => json!({ "error": { "code": code, "message": self.message, "field": self.field } }).to_string(),
        };
        (status, body)
    }
}
