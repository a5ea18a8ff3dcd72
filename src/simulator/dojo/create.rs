//! `POST /payment-intents`. Making an intent is not idempotent: two calls make two.

use super::api::{Request, ok};
use super::error::Refusal;
use super::intents::new_secret;
use super::model::{AutoExpire, CaptureMode, Intent, Status};
use super::read::{Reader, property};
use super::switches::UNKNOWN_PROPERTIES;
use super::webhook::announce;
use super::wire::{self, Freshness};
use crate::domain::Timestamp;
use crate::simulator::call::Answer;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::times::DAY_MS;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// How long an intent can be paid when the merchant says nothing.
const LIFE_DAYS: i64 = 30;

/// The versions before this one answer with a client session secret when an intent is made.
const WITHOUT_SECRET: &str = "2024-02-05";

/// What is kept and shown as it came.
const SHOWN_BACK: [&str; 12] = [
    "description",
    "itemLines",
    "taxLines",
    "customer",
    "billingAddress",
    "shippingDetails",
    "config",
    "actionLink",
    "tipsAmount",
    "serviceChargeAmount",
    "cashbackAmount",
    "cardHolderNotPresent",
];

/// What else a request may contain.
const OTHERS: [&str; 14] = [
    "amount",
    "reference",
    "captureMode",
    "paymentMethods",
    "expireAt",
    "autoExpireIn",
    "autoExpireAction",
    "metadata",
    "requestSecurity",
    "setupIntentId",
    "orderDetails",
    "generateRemoteToken",
    "isNotOnlineCheckout",
    "transactionSource",
];

pub fn create(world: &mut World<'_>, request: &Request<'_>) -> Result<Answer, Refusal> {
    let intent = read(world, request)?;
    let id = intent.id.clone();
    world.state.dojo.add(intent);
    announce(world, &id, "payment_intent.created");
    let intent = world.state.dojo.intent(&id).ok_or_else(Refusal::not_found)?;
    ok(&wire::intent(intent, world.base_url, Freshness::New))
}

fn read(world: &World<'_>, request: &Request<'_>) -> Result<Intent, Refusal> {
    let (body, now) = (&request.body, world.now);
    let mut reader = Reader::new(body);
    let amount = reader.money("amount", 1);
    let reference = reader.required_text("reference", 60);
    let extras = ["tipsAmount", "serviceChargeAmount", "cashbackAmount"].map(|name| read_extra(&mut reader, name));
    let mode = reader.choice("captureMode", &["Auto", "Manual"]);
    let action = reader.choice("autoExpireAction", &["Release", "Capture"]);
    let auto_expire_in = reader.span("autoExpireIn");
    let expires_at = read_end(&mut reader, now);
    let (redirect_url, cancel_url) = (reader.address("config.redirectUrl"), reader.address("config.cancelUrl"));
    let methods = read_methods(&mut reader);
    check_shown(&mut reader);
    let metadata = read_metadata(&mut reader);
    check_names(world, &mut reader, body);
    reader.finish()?;
    // Nothing is wrong, so there is an amount.
    let (amount, currency) = amount.ok_or_else(|| Refusal::new(400, ""))?;
    let old = request.version.as_str() < WITHOUT_SECRET;
    Ok(Intent {
        id: format!("pi_sandbox_{}", ids::url_safe(16)),
        amount,
        currency,
        extras: extras.iter().sum(),
        reference,
        mode: if mode == Some("Manual") { CaptureMode::Manual } else { CaptureMode::Auto },
        status: Status::Created,
        methods,
        redirect_url,
        cancel_url,
        given: shown_back(body),
        metadata,
        created_at: now,
        updated_at: now,
        expires_at,
        auto_expire_in,
        auto_expire_action: action.map(AutoExpire::from_name),
        secret: old.then(|| new_secret(now)),
        challenge: None,
        events: Vec::new(),
        paid: None,
        captures: Vec::new(),
        refunds: Vec::new(),
    })
}

fn shown_back(body: &Value) -> Map<String, Value> {
    let kept = SHOWN_BACK.iter().filter(|name| !property(body, name).is_null());
    kept.map(|name| ((*name).to_owned(), property(body, name).clone())).collect()
}

fn read_end(reader: &mut Reader<'_>, now: Timestamp) -> Timestamp {
    let end = reader.time("expireAt").unwrap_or(now.saturating_add(LIFE_DAYS * DAY_MS));
    if end <= now {
        reader.wrong("expireAt", "It must be in the future.");
    }
    end
}

fn read_extra(reader: &mut Reader<'_>, name: &str) -> i64 {
    if reader.at(name).is_null() {
        return 0;
    }
    reader.money(name, 0).map_or(0, |(value, _)| value)
}

fn read_methods(reader: &mut Reader<'_>) -> Vec<String> {
    let known = ["Card", "Wallet", "SavedCard"];
    let mut methods = Vec::new();
    for given in reader.list("paymentMethods") {
        let name = given.as_str().unwrap_or_default();
        match known.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            Some(known) => methods.push((*known).to_owned()),
            None => reader.wrong("paymentMethods", &format!("They are {}.", known.join(", "))),
        }
    }
    if methods.is_empty() {
        methods.push("Card".to_owned());
    }
    methods
}

/// What the hosted page shows. The sums of the lines need not be the amount.
fn check_shown(reader: &mut Reader<'_>) {
    reader.text("description", 4_096);
    reader.text("config.title", 100);
    check_link(reader);
    for name in ["itemLines", "taxLines"] {
        for place in 0..reader.list(name).len() {
            let line = Value::Object(Map::from_iter([("line".to_owned(), reader.list(name)[place].clone())]));
            let mut one = Reader::new(&line);
            one.money("line.amountTotal", 0);
            one.text("line.id", 60);
            one.text("line.name", 100);
            one.text("line.caption", 100);
            if one.finish().is_err() {
                reader.wrong(name, &format!("Line {place} is not as documented."));
            }
        }
    }
}

fn check_link(reader: &mut Reader<'_>) {
    if !reader.at("actionLink").is_null() {
        reader.required_text("actionLink.label", 60);
        if reader.address("actionLink.url").is_none() {
            reader.wrong("actionLink", "It needs a web address.");
        }
    }
}

fn read_metadata(reader: &mut Reader<'_>) -> BTreeMap<String, String> {
    // Dojo adds this entry to what it was sent.
    let mut metadata = BTreeMap::from([("location-id".to_owned(), "simulator".to_owned())]);
    match reader.at("metadata") {
        Value::Null => {}
        Value::Object(fields) if fields.values().all(Value::is_string) => {
            let texts = fields.iter().filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
            metadata.extend(texts);
        }
        _ => reader.wrong("metadata", "It must be an object of texts."),
    }
    metadata
}

fn check_names(world: &World<'_>, reader: &mut Reader<'_>, body: &Value) {
    let Value::Object(fields) = body else { return };
    if world.state.switches.is(&UNKNOWN_PROPERTIES, "ignored") {
        return;
    }
    for name in fields.keys() {
        if !SHOWN_BACK.iter().chain(&OTHERS).any(|known| known.eq_ignore_ascii_case(name)) {
            reader.wrong(name, "There is no such property.");
        }
    }
}
