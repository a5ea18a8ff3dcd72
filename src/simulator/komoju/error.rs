//! KOMOJU's errors: `{"error": {"code", "message", "param"}}` with a status.
//!
//! The first ten codes and their statuses are documented; that the others are 422, and declines 402, is inferred.

use super::switches::DECLINE_STATUS;
use crate::simulator::switches::Switches;
use serde::{Deserialize, Serialize};

/// Why the API refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
    pub param: Option<String>,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Refusal {
        Refusal { status, code, message: message.into(), param: None }
    }

    fn about(mut self, param: &str) -> Refusal {
        self.param = Some(param.to_owned());
        self
    }

    pub fn bad_request(message: &str) -> Refusal {
        Refusal::new(400, "bad_request", message)
    }

    pub fn unauthorized() -> Refusal {
        Refusal::new(401, "unauthorized", "User authorization failed")
    }

    pub fn not_found() -> Refusal {
        Refusal::new(404, "not_found", "The requested resource could not be found")
    }

    /// Which code comes with the 409 is not documented; this one is invented.
    pub fn in_flight() -> Refusal {
        Refusal::new(409, "conflict", "A request with this idempotency key is still being processed")
    }

    pub fn too_large() -> Refusal {
        Refusal::new(413, "bad_request", "The request body is too large")
    }

    pub fn missing(param: &str) -> Refusal {
        Refusal::new(422, "missing_parameter", format!("A required parameter ({param}) is missing")).about(param)
    }

    pub fn invalid(param: &str, why: &str) -> Refusal {
        Refusal::new(422, "invalid_parameter", format!("A parameter ({param}) is invalid: {why}")).about(param)
    }

    pub fn currency(provided: &str) -> Refusal {
        Refusal::new(422, "invalid_currency", format!("The currency {provided} is not supported")).about("currency")
    }

    pub fn payment_type(provided: &str, allowed: &[&str]) -> Refusal {
        let message = format!("Payment type {provided} cannot be used here. Possible: {}", allowed.join(", "));
        Refusal::new(422, "invalid_payment_type", message).about("payment_types")
    }

    pub fn not_cancellable() -> Refusal {
        Refusal::new(422, "not_cancellable", "It cannot be cancelled any more")
    }

    pub fn not_capturable() -> Refusal {
        Refusal::new(422, "not_capturable", "The payment cannot be captured")
    }

    pub fn not_refundable() -> Refusal {
        Refusal::new(422, "not_refundable", "The payment cannot be refunded")
    }

    pub fn unprocessable(message: &str) -> Refusal {
        Refusal::new(422, "unprocessable_entity", message)
    }

    /// A planned answer of a test, with the code that is documented for the status.
    pub fn planned(status: u16) -> Refusal {
        let code = match status {
            400 => "bad_request",
            401 => "unauthorized",
            402 => "request_failed",
            403 => "forbidden",
            404 => "not_found",
            422 => "unprocessable_entity",
            502 => "bad_gateway",
            503 => "service_unavailable",
            504 => "gateway_timeout",
            _ => "internal_server_error",
        };
        Refusal::new(status, code, "The simulator was told to answer so")
    }

    pub fn declined(decline: Decline, switches: &Switches) -> Refusal {
        let status = match decline {
            Decline::Fraudulent => 422,
            Decline::InsufficientFunds
            | Decline::ExceedsLimit
            | Decline::BadVerificationValue
            | Decline::CardExpired
            | Decline::CardDeclined
            | Decline::InvalidNumber
            | Decline::OtherError => switches.value(&DECLINE_STATUS).parse().unwrap_or(402),
        };
        Refusal::new(status, decline.code(), decline.message())
    }

    pub fn body(&self) -> String {
        #[derive(Serialize)]
        struct Outer<'a> {
            error: Inner<'a>,
        }
        #[derive(Serialize)]
        struct Inner<'a> {
            code: &'a str,
            message: &'a str,
            param: Option<&'a str>,
        }
        let error = Inner { code: self.code, message: &self.message, param: self.param.as_deref() };
        // Texts and nothing else: there is nothing in it that could fail to become JSON.
        serde_json::to_string(&Outer { error }).unwrap_or_default()
    }
}

/// Why a card or wallet said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decline {
    InsufficientFunds,
    ExceedsLimit,
    BadVerificationValue,
    CardExpired,
    CardDeclined,
    InvalidNumber,
    Fraudulent,
    OtherError,
}

impl Decline {
    pub const ALL: [Decline; 8] = [
        Decline::InsufficientFunds,
        Decline::ExceedsLimit,
        Decline::BadVerificationValue,
        Decline::CardExpired,
        Decline::CardDeclined,
        Decline::InvalidNumber,
        Decline::Fraudulent,
        Decline::OtherError,
    ];

    pub fn code(self) -> &'static str {
        match self {
            Decline::InsufficientFunds => "insufficient_funds",
            Decline::ExceedsLimit => "exceeds_limit",
            Decline::BadVerificationValue => "bad_verification_value",
            Decline::CardExpired => "card_expired",
            Decline::CardDeclined => "card_declined",
            Decline::InvalidNumber => "invalid_number",
            Decline::Fraudulent => "fraudulent",
            Decline::OtherError => "other_error",
        }
    }

    /// What `Komoju-Scenario` names. Codes that this simulator does not know become `other_error`.
    pub fn from_scenario(code: &str) -> Decline {
        Decline::ALL.into_iter().find(|decline| decline.code() == code).unwrap_or(Decline::OtherError)
    }

    pub fn message(self) -> &'static str {
        match self {
            Decline::InsufficientFunds => "There is not enough money on the card.",
            Decline::ExceedsLimit => "The amount is above the card's limit.",
            Decline::BadVerificationValue => "The security code is wrong.",
            Decline::CardExpired => "The card has expired.",
            Decline::CardDeclined => "The card was declined.",
            Decline::InvalidNumber => "The card number is not valid.",
            Decline::Fraudulent => "The payment could not be completed.",
            Decline::OtherError => "The payment failed.",
        }
    }
}
