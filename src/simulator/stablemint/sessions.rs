//! Hosted sessions: the one thing that is made over the API.

use super::error::Refusal;
use super::model::{Addresses, Customer, Dialect, Session, Status};
use super::switches::{CREATE_STATUS, CURRENCIES, EXPIRES_AT_UNIT, IDEMPOTENCY, LIFETIME, LIMITS};
use super::{amount, page_url};
use crate::domain::{Currency, Money};
use crate::simulator::call::Call;
use crate::simulator::ids;
use crate::simulator::state::World;
use crate::simulator::switches::Switches;
use crate::simulator::times::{DAY_MS, SECOND_MS};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// What the sandbox takes, in minor units: 0.1 to 10.
const LIMITS_MINOR: std::ops::RangeInclusive<i64> = 10..=1_000;

/// How long an idempotency key is remembered. An assumption.
const KEY_LIFE_MS: i64 = DAY_MS;

/// The request, before it is known whether each field is what it should be.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    /// As the shop wrote it, digit by digit.
    #[serde(borrow)]
    amount: Option<&'a RawValue>,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Made<'a> {
    url: String,
    expires_at: i64,
    reference: &'a str,
}

/// The status and the body.
pub fn create(world: &mut World<'_>, call: &Call, dialect: Dialect) -> Result<(u16, String), Refusal> {
    let media_type = call.header("content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::media_type());
    }
    let asked: Asked<'_> = serde_json::from_slice(&call.body).map_err(|_| Refusal::no_json())?;
    let fingerprint = HEXLOWER.encode(&Sha256::digest(&call.body));
    if let Some(earlier) = known(world, &asked, &fingerprint)? {
        return answer(earlier, world);
    }
    let session = read(world, &asked, dialect, fingerprint)?;
    let made = answer(&session, world);
    world.state.stablemint.add_session(session);
    made
}

fn answer(session: &Session, world: &World<'_>) -> Result<(u16, String), Refusal> {
    let switches = &world.state.switches;
    let seconds = match switches.value(&EXPIRES_AT_UNIT) {
        "milliseconds" => false,
        "seconds" => true,
        _ => session.dialect == Dialect::V2,
    };
    let expires_at = if seconds { session.expires_at / SECOND_MS } else { session.expires_at };
    let made = Made { url: page_url(world.base_url, &session.reference), expires_at, reference: &session.reference };
    let status = switches.value(&CREATE_STATUS).parse().unwrap_or(200);
    let body = serde_json::to_string(&made).map_err(|_| Refusal::planned(500))?;
    Ok((status, body))
}

/// The session that this request made before.
fn known<'a>(world: &'a World<'_>, asked: &Asked<'_>, fingerprint: &str) -> Result<Option<&'a Session>, Refusal> {
    let Some(key) = text(asked, "idempotencyKey")? else { return Ok(None) };
    let remembered = |session: &&Session| {
        session.idempotency_key.as_deref() == Some(key) && world.now < session.created_at.saturating_add(KEY_LIFE_MS)
    };
    let Some(earlier) = world.state.stablemint.sessions.iter().rev().find(remembered) else { return Ok(None) };
    let replayed = world.state.switches.is(&IDEMPOTENCY, "replay") && earlier.fingerprint == fingerprint;
    if replayed { Ok(Some(earlier)) } else { Err(Refusal::key_taken()) }
}

fn read(world: &World<'_>, asked: &Asked<'_>, dialect: Dialect, fingerprint: String) -> Result<Session, Refusal> {
    let switches = &world.state.switches;
    let lifetime_ms = switches.value(&LIFETIME).parse::<i64>().unwrap_or(30) * 60 * SECOND_MS;
    Ok(Session {
        customer: customer(asked)?,
        amount: money(asked, switches)?,
        addresses: Addresses {
            success: address(asked, "successUrl")?,
            support: address(asked, "supportUrl")?,
            exit: address(asked, "exitUrl")?,
            error: address(asked, "errorUrl")?,
        },
        website_reference: text(asked, "websiteReference")?.map(str::to_owned),
        custom_fields: custom_fields(asked)?,
        idempotency_key: text(asked, "idempotencyKey")?.map(str::to_owned),
        fingerprint,
        dialect,
        reference: format!("DEP{}", ids::digits(12)),
        session_id: format!("session_{}", ids::digits(12)),
        end_to_end_id: format!("E2E{}", ids::digits(12)),
        external_payment_id: format!("EXT_PAY_{}", ids::digits(12)),
        created_at: world.now,
        expires_at: world.now.saturating_add(lifetime_ms),
        status: Status::Open,
        failed_before: false,
    })
}

fn money(asked: &Asked<'_>, switches: &Switches) -> Result<Money, Refusal> {
    let code = needed(asked, "currency")?;
    let currency = match Currency::from_code(code).filter(|currency| currency.code() == code) {
        Some(Currency::Eur) => Currency::Eur,
        Some(Currency::Gbp) if switches.is(&CURRENCIES, "EUR_and_GBP") => Currency::Gbp,
        Some(Currency::Gbp | Currency::Jpy) | None => {
            return Err(Refusal::content("currency", "is not one that this merchant may use"));
        }
    };
    let written = asked.amount.map(RawValue::get).filter(|text| *text != "null");
    let written = written.ok_or_else(|| Refusal::missing("amount"))?;
    if !written.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return Err(Refusal::content("amount", "must be a number"));
    }
    let amount = amount::read(written, currency)
        .map_err(|_| Refusal::content("amount", "must be positive and have no more decimals than the currency"))?;
    if switches.is(&LIMITS, "sandbox") && !LIMITS_MINOR.contains(&amount.minor) {
        return Err(Refusal::content("amount", "must be from 0.1 to 10 in the sandbox"));
    }
    if amount.minor == 0 {
        return Err(Refusal::content("amount", "must be more than nothing"));
    }
    Ok(amount)
}

fn customer(asked: &Asked<'_>) -> Result<Customer, Refusal> {
    let (email, country) = (needed(asked, "userEmail")?, needed(asked, "userCountryCode")?);
    if !email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()) {
        return Err(Refusal::content("userEmail", "is no email address"));
    }
    if !is_country(country) {
        return Err(Refusal::content("userCountryCode", "must be two capital letters (ISO 3166-1 alpha-2)"));
    }
    let kyc = kyc(asked)?;
    let known = |name: &str| kyc.and_then(|kyc| kyc.get(name)).and_then(Value::as_str).map(str::to_owned);
    Ok(Customer {
        id: needed(asked, "userId")?.to_owned(),
        email: email.to_owned(),
        country: country.to_owned(),
        full_name: known("fullName"),
        citizenship: known("citizenshipCountryCode"),
        residence: known("residenceAddress"),
    })
}

/// What the shop knows of its customer: every field is optional and a text.
fn kyc<'a>(asked: &'a Asked<'_>) -> Result<Option<&'a serde_json::Map<String, Value>>, Refusal> {
    let kyc = match asked.rest.get("userKyc") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(kyc)) => kyc,
        Some(_) => return Err(Refusal::content("userKyc", "must be an object")),
    };
    if let Some((name, _)) = kyc.iter().find(|(_, value)| !(value.is_string() || value.is_null())) {
        return Err(Refusal::content(&format!("userKyc.{name}"), "must be a text"));
    }
    let born = kyc.get("dateOfBirth").and_then(Value::as_str);
    if born.is_some_and(|born| born.parse::<jiff::civil::Date>().is_err()) {
        return Err(Refusal::content("userKyc.dateOfBirth", "must be written YYYY-MM-DD"));
    }
    Ok(Some(kyc))
}

/// Shown both as an object and as a text in the documentation.
fn custom_fields(asked: &Asked<'_>) -> Result<Option<Value>, Refusal> {
    match asked.rest.get("customFields") {
        None | Some(Value::Null) => Ok(None),
        Some(fields @ (Value::Object(_) | Value::String(_))) => Ok(Some(fields.clone())),
        Some(_) => Err(Refusal::content("customFields", "must be an object or a text")),
    }
}

fn address(asked: &Asked<'_>, name: &str) -> Result<String, Refusal> {
    let given = needed(asked, name)?;
    let web = url::Url::parse(given).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if web { Ok(given.to_owned()) } else { Err(Refusal::content(name, "is no web address")) }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn needed<'a>(asked: &'a Asked<'_>, name: &str) -> Result<&'a str, Refusal> {
    text(asked, name)?.ok_or_else(|| Refusal::missing(name))
}

fn text<'a>(asked: &'a Asked<'_>, name: &str) -> Result<Option<&'a str>, Refusal> {
    match asked.rest.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refusal::content(name, "must be a text")),
    }
}
