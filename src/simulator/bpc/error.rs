//! The gateway's errors. Their bodies and most statuses are not documented: the shape is a switch.

use super::switches::{BAD_KEY_STATUS, ERROR_BODY, MISSING_KEY_STATUS};
use crate::simulator::switches::{Switch, Switches};
use serde_json::json;

/// Why the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, message: impl Into<String>) -> Refusal {
        Refusal { status, message: message.into() }
    }

    pub fn missing(field: &str) -> Refusal {
        Refusal::new(400, format!("Invalid request: {field} is required"))
    }

    pub fn invalid(field: &str, why: &str) -> Refusal {
        Refusal::new(400, format!("Invalid request: {field} {why}"))
    }

    pub fn not_found() -> Refusal {
        Refusal::new(404, "Not found")
    }

    /// The object's state does not allow it.
    pub fn conflict(message: &str) -> Refusal {
        Refusal::new(409, message)
    }

    /// The documentation tells these two apart: no key is an invalid request, a dead one an authentication error.
    pub fn no_key(switches: &Switches) -> Refusal {
        Refusal::new(status(switches, &MISSING_KEY_STATUS), "Invalid request error: X-Api-Key is missing")
    }

    pub fn bad_key(switches: &Switches) -> Refusal {
        Refusal::new(status(switches, &BAD_KEY_STATUS), "Authentication error")
    }

    /// A planned answer of a test.
    pub fn planned(status: u16) -> Refusal {
        Refusal::new(status, "The simulator was told to answer so")
    }

    pub fn body(&self, switches: &Switches) -> String {
        match switches.value(&ERROR_BODY) {
            "error" => json!({ "error": self.message }).to_string(),
            "errors" => json!({ "errors": [{ "message": self.message }] }).to_string(),
            "empty" => String::new(),
            _ => json!({ "message": self.message }).to_string(),
        }
    }
}

/// The status that a switch says.
pub fn status(switches: &Switches, switch: &Switch) -> u16 {
    switches.value(switch).parse().unwrap_or(500)
}
