//! The webhooks' bodies, field by field in the order of the published examples. Nothing else in the crate shares them.
//!
//! They are put together as text: the amounts are exact decimals, and which fields are there a switch decides.

use super::model::{Dialect, Session};
use super::switches::{ABSENT_FIELDS, AMOUNT_FORM, V1_REFERENCE, V2_REFERENCE, WEBHOOK_SHAPE};
use super::{MERCHANT, amount};
use crate::domain::Timestamp;
use crate::simulator::ids;
use crate::simulator::switches::Switches;
use crate::simulator::times;
use serde_json::{Value, json};

/// A JSON object that is written field by field.
struct Object<'a> {
    switches: &'a Switches,
    text: String,
}

impl<'a> Object<'a> {
    fn new(switches: &'a Switches) -> Object<'a> {
        Object { switches, text: String::new() }
    }

    /// `json` is JSON already.
    fn raw(mut self, name: &str, json: &str) -> Self {
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text.push_str(&format!("\"{name}\":{json}"));
        self
    }

    fn text(self, name: &str, value: &str) -> Self {
        let json = Value::from(value).to_string();
        self.raw(name, &json)
    }

    fn maybe(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None if self.switches.is(&ABSENT_FIELDS, "left_out") => self,
            None => self.raw(name, "null"),
        }
    }

    fn amount(self, session: &Session) -> Self {
        let shortest = self.switches.is(&AMOUNT_FORM, "shortest");
        let written = amount::write(session.amount, shortest);
        self.raw("amount", &written).text("currency", session.amount.currency.code())
    }

    fn custom_fields(self, session: &Session) -> Self {
        let fields = session.custom_fields.clone().unwrap_or_else(|| json!({}));
        self.raw("customFields", &fields.to_string())
    }

    fn finish(self) -> String {
        format!("{{{}}}", self.text)
    }
}

/// The event in the shape of the session's dialect; `kind` is the provider's name for it.
pub fn write(session: &Session, kind: &str, switches: &Switches, now: Timestamp) -> String {
    match session.dialect {
        Dialect::V1 => first(session, kind, switches),
        Dialect::V2 if switches.is(&WEBHOOK_SHAPE, "flat") => flat(session, kind, switches),
        Dialect::V2 => envelope(session, kind, switches, now),
    }
}

/// The account that the transfer comes from is only told when it came. It is the published example of an IBAN.
fn first(session: &Session, kind: &str, switches: &Switches) -> String {
    let failed = kind.contains("Failed");
    let place = switches.value(&V1_REFERENCE);
    let at = |name: &str, other: &str| if place == name { session.reference.clone() } else { other.to_owned() };
    let object = Object::new(switches)
        .text("sessionId", &at("sessionId", &session.session_id))
        .amount(session)
        .text("paymentMethod", "bank_transfer")
        .text("paymentReference", &at("paymentReference", &session.end_to_end_id))
        .text("notificationType", kind)
        .text("userId", &session.customer.id)
        .text("userCountryCode", &session.customer.country)
        .maybe("idempotencyKey", session.idempotency_key.as_deref())
        .maybe("websiteReference", session.website_reference.as_deref())
        .custom_fields(session);
    if failed {
        return object.text("status", "failed").finish();
    }
    object
        .text("accountBicCode", "DEUTDEFF")
        .text("accountName", session.customer.full_name.as_deref().unwrap_or("Test Customer"))
        .text("accountAddress", session.customer.residence.as_deref().unwrap_or("1 Test Street, Berlin"))
        .text("accountIban", "DE89370400440532013000")
        .text("status", "reconciled")
        .finish()
}

fn flat(session: &Session, kind: &str, switches: &Switches) -> String {
    let customer = &session.customer;
    let mut object = Object::new(switches)
        .text("notificationType", kind)
        .text("partnerId", "partner_simulator")
        .text("customerId", &customer.id)
        .text("reference", reference(session, switches))
        .amount(session);
    if !kind.ends_with(".created") {
        object = object.text("externalPaymentId", &session.external_payment_id);
    }
    object
        .text("sessionId", &session.session_id)
        .text("endToEndId", &session.end_to_end_id)
        .text("paymentCountry", &customer.country)
        .text("paymentMethod", "bank_transfer")
        .text("partnerName", MERCHANT)
        .text("customerEmail", &customer.email)
        .maybe("customerFullName", customer.full_name.as_deref())
        .maybe("customerCitizenshipCountryCode", customer.citizenship.as_deref())
        .maybe("customerResidenceAddress", customer.residence.as_deref())
        .maybe("idempotencyKey", session.idempotency_key.as_deref())
        .maybe("websiteReference", session.website_reference.as_deref())
        .custom_fields(session)
        .maybe("blockchainDestinationType", None)
        .maybe("blockchainDestinationAddress", None)
        .finish()
}

fn envelope(session: &Session, kind: &str, switches: &Switches, now: Timestamp) -> String {
    let customer = &session.customer;
    let data = Object::new(switches)
        .text("eventType", kind)
        .text("timestamp", &times::utc(now))
        .amount(session)
        .custom_fields(session)
        .maybe("customerCitizenshipCountryCode", customer.citizenship.as_deref())
        .text("customerEmail", &customer.email)
        .text("customerId", &customer.id)
        .maybe("customerFullName", customer.full_name.as_deref())
        .maybe("customerResidenceAddress", customer.residence.as_deref())
        .text("endToEndId", &session.end_to_end_id)
        .maybe("idempotencyKey", session.idempotency_key.as_deref())
        .text("partnerName", MERCHANT)
        .text("paymentCountryCode", &customer.country)
        .text("paymentMethod", "bank_transfer")
        .text("reference", reference(session, switches))
        .text("sessionId", &session.session_id)
        .maybe("websiteReference", session.website_reference.as_deref())
        .finish();
    Object::new(switches).text("eventId", &ids::uuid()).raw("data", &data).finish()
}

fn reference<'a>(session: &'a Session, switches: &Switches) -> &'a str {
    if switches.is(&V2_REFERENCE, "other") { &session.end_to_end_id } else { &session.reference }
}
