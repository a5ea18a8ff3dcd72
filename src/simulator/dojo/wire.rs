//! The answers' bodies, field by field in the order of Dojo's own samples. Nothing else in the crate shares these types.

use super::cards::Brand;
use super::model::{AutoExpire, Capture, CaptureMode, Intent, PaymentEvent, Tried};
use crate::simulator::times;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Whether the intent was made just now: then its times have seven digits, otherwise three at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    New,
    Old,
}

#[derive(Serialize)]
struct Money<'a> {
    value: i64,
    #[serde(rename = "currencyCode")]
    currency: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IntentBody<'a> {
    id: &'a str,
    capture_mode: CaptureMode,
    card_holder_not_present: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_session_secret: Option<&'a str>,
    client_session_secret_expiration_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_details: Option<DetailsBody<'a>>,
    status: &'static str,
    payment_methods: &'a [String],
    amount: Money<'a>,
    total_amount: Money<'a>,
    refunded_amount: i64,
    created_at: String,
    updated_at: String,
    reference: &'a str,
    /// What came with the request and is shown as it came: the description, the lines, the customer, the addresses.
    #[serde(flatten)]
    given: Map<String, Value>,
    merchant_config: Value,
    config: Value,
    payment_source: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_expire_action: Option<AutoExpire>,
    expire_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_expire_in: Option<&'a str>,
    metadata: &'a BTreeMap<String, String>,
    payment_events: Vec<EventBody<'a>>,
    payment_link: String,
    terminal_session_history: [(); 0],
    #[serde(skip_serializing_if = "Option::is_none")]
    captures: Option<Vec<CaptureBody<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetailsBody<'a> {
    transaction_id: &'a str,
    transaction_date_time: String,
    message: &'static str,
    auth_code: &'a str,
    card: CardBody<'a>,
    avs_result: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CardBody<'a> {
    card_number: &'a str,
    card_name: &'a str,
    expiry_date: &'a str,
    card_type: Brand,
    card_funding_type: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventBody<'a> {
    transaction_id: &'a str,
    transaction_date_time: String,
    event_type: &'a str,
    auth_code: &'a str,
    card_number: &'a str,
    expiry_date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    card_type: Option<Brand>,
    cardholder_name: &'a str,
    payment_method_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CaptureBody<'a> {
    id: &'a str,
    amount: i64,
    tips_amount: i64,
    status: &'static str,
    created_at: String,
}

pub fn intent<'a>(intent: &'a Intent, base_url: &str, freshness: Freshness) -> IntentBody<'a> {
    let money = |value| Money { value, currency: &intent.currency };
    let time = |at| match freshness {
        Freshness::New => times::utc_with_seven_digits(at),
        Freshness::Old => times::utc_with_fraction(at),
    };
    let secret = intent.secret.as_ref();
    IntentBody {
        id: &intent.id,
        capture_mode: intent.mode,
        card_holder_not_present: intent.given.get("cardHolderNotPresent").is_some_and(|it| *it == true),
        client_session_secret: secret.map(|secret| secret.text.as_str()),
        client_session_secret_expiration_date: secret
            .map_or_else(|| "0001-01-01T00:00:00Z".to_owned(), |secret| times::utc(secret.expires_at)),
        payment_details: intent.paid.as_ref().map(details),
        status: intent.status.code(),
        payment_methods: &intent.methods,
        amount: money(intent.amount),
        total_amount: money(intent.total()),
        refunded_amount: intent.refunded(),
        created_at: time(intent.created_at),
        updated_at: time(intent.updated_at),
        reference: &intent.reference,
        given: given(intent),
        merchant_config: json!({ "supportedPaymentMethods": {
            "cardSchemes": ["VISA", "MASTERCARD", "MAESTRO", "DISCOVER", "DCI", "AMEX"],
            "wallets": ["APPLE_PAY", "GOOGLE_PAY"],
        } }),
        config: config(intent),
        payment_source: "api",
        auto_expire_action: intent.auto_expire_action,
        expire_at: time(intent.expires_at),
        auto_expire_in: intent.auto_expire_in.as_ref().map(|(text, _)| text.as_str()),
        metadata: &intent.metadata,
        payment_events: intent.events.iter().map(event).collect(),
        payment_link: super::page_url(base_url, &intent.id),
        terminal_session_history: [],
        captures: intent.paid.is_some().then(|| captures(intent)),
    }
}

/// The lists are there even when nothing was sent; after a payment the addresses are there too, with empty texts.
fn given(intent: &Intent) -> Map<String, Value> {
    let mut given = intent.given.clone();
    given.remove("config");
    given.remove("cardHolderNotPresent");
    for name in ["itemLines", "taxLines"] {
        given.entry(name).or_insert_with(|| json!([]));
    }
    if intent.paid.is_some() {
        let parts = ["address1", "address2", "address3", "address4", "city", "state", "postcode", "countryCode"];
        let address: Map<String, Value> = parts.iter().map(|part| ((*part).to_owned(), json!(""))).collect();
        given.entry("billingAddress").or_insert_with(|| json!(address));
        given.entry("shippingDetails").or_insert_with(|| json!({ "name": "", "address": address }));
    }
    given
}

/// What was sent, and the names that Dojo adds to it.
fn config(intent: &Intent) -> Value {
    let mut config = intent.given.get("config").cloned().unwrap_or_else(|| json!({}));
    if let Value::Object(fields) = &mut config {
        fields.insert("branding".to_owned(), json!({}));
        fields.insert("tradingName".to_owned(), json!(super::MERCHANT));
    }
    config
}

fn details(tried: &Tried) -> DetailsBody<'_> {
    DetailsBody {
        transaction_id: &tried.transaction_id,
        transaction_date_time: times::utc_with_fraction(tried.at),
        message: "DEPOSITED",
        auth_code: &tried.auth_code,
        card: CardBody {
            card_number: &tried.number,
            card_name: &tried.holder,
            expiry_date: &tried.expiry,
            card_type: tried.brand,
            card_funding_type: "Unknown",
        },
        avs_result: "ADDRESS_MATCH_POSTCODE_MATCH",
    }
}

fn event(event: &PaymentEvent) -> EventBody<'_> {
    let tried = event.tried.as_ref();
    let approved = matches!(event.kind.as_str(), "Authorized" | "Captured" | "Refunded" | "Reversed");
    EventBody {
        transaction_id: tried.map_or("", |tried| &tried.transaction_id),
        transaction_date_time: times::utc_with_fraction(event.at),
        event_type: &event.kind,
        auth_code: tried.filter(|_| approved).map_or("", |tried| &tried.auth_code),
        card_number: tried.map_or("", |tried| &tried.number),
        expiry_date: tried.map_or("", |tried| &tried.expiry),
        card_type: tried.map(|tried| tried.brand),
        cardholder_name: tried.map_or("", |tried| &tried.holder),
        payment_method_id: "",
    }
}

/// Empty for an Auto payment, as in Dojo's sample.
fn captures(intent: &Intent) -> Vec<CaptureBody<'_>> {
    intent.captures.iter().map(capture).collect()
}

fn capture(capture: &Capture) -> CaptureBody<'_> {
    CaptureBody {
        id: &capture.id,
        amount: capture.amount,
        tips_amount: capture.tips,
        status: "Successful",
        created_at: times::utc_with_fraction(capture.at),
    }
}
