//! What the fuzzer throws bytes at: every reader of what strangers send, and what must be true of each, whatever comes.
//!
//! One list for two users. `scripts/fuzz` runs a target under libFuzzer, which looks for new paths; the ordinary tests run
//! all of them over the corpus and some thousand changes of it (`fuzzing`). Each function takes any bytes and panics when
//! something is not as it should be.

mod texts;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use noren::domain::{Attempt, AttemptState, Contact, Currency, Money, ProviderName};
use noren::payments::checkout::opening;
use noren::payments::inbox::{Verdict, judge};
use noren::payments::signature::{RsaPrivateKey, RsaPublicKey};
use noren::payments::{Forgery, News, Provider, Providers, Stage, Standing};
use noren::server::settings::Settings;
use std::sync::OnceLock;

/// A target's name, which is also its corpus's folder, and what it does with any bytes.
pub type Target = (&'static str, fn(&[u8]));

pub const TARGETS: [Target; 12] = [
    ("komoju_signature", |data| signature(ProviderName::Komoju, data)),
    ("dojo_signature", |data| signature(ProviderName::Dojo, data)),
    ("bpc_signature", |data| signature(ProviderName::Bpc, data)),
    ("stablemint_signature", |data| signature(ProviderName::Stablemint, data)),
    ("komoju_webhook", |data| webhook(ProviderName::Komoju, data)),
    ("dojo_webhook", |data| webhook(ProviderName::Dojo, data)),
    ("bpc_webhook", |data| webhook(ProviderName::Bpc, data)),
    ("stablemint_webhook", |data| webhook(ProviderName::Stablemint, data)),
    ("rsa_key", texts::rsa_key),
    ("amount", texts::amount),
    ("page_address", texts::page_address),
    ("settings", texts::settings),
];

/// Runs the target of this name.
///
/// # Panics
/// When there is none, or what it tries does not hold.
#[allow(dead_code, reason = "the ordinary tests go through the list")]
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).1)(data);
}

/// Whether a target would look any further at these bytes: so that a corpus can be seen to be worth something.
#[allow(dead_code, reason = "the fuzzer does not ask")]
pub fn accepts(target: &str, data: &[u8]) -> bool {
    let text = String::from_utf8_lossy(data);
    let name = ProviderName::ALL.into_iter().find(|name| target.starts_with(name.code()));
    match (name, target) {
        (Some(name), _) if target.ends_with("_signature") => {
            request(data).is_some_and(|(now, headers, body)| provider(name).verify(&headers, body, now).is_ok())
        }
        (Some(name), _) => provider(name).read(data).is_ok(),
        (None, "settings") => read_settings(&text).is_some(),
        (None, "rsa_key") => RsaPublicKey::read(&text).is_ok() || RsaPrivateKey::read(&text).is_ok(),
        (None, "amount") => Money::from_decimal(&text, Currency::Eur).is_some(),
        (None, _) => ProviderName::ALL.into_iter().any(|name| opening::allowed(provider(name), &text)),
    }
}

/// The keys that the corpus was signed with. They open nothing: the simulator made them for it.
const KEYS: &str = include_str!("../../../fuzz/keys.env");

fn read_settings(text: &str) -> Option<Settings> {
    let value = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    Settings::read(&value).ok()
}

fn provider(name: ProviderName) -> &'static dyn Provider {
    static PROVIDERS: OnceLock<Providers> = OnceLock::new();
    let all = PROVIDERS.get_or_init(|| {
        let settings = read_settings(KEYS).expect("the keys are settings");
        Providers::from_settings(&settings.providers)
    });
    all.get(name).expect("each has its keys")
}

/// A webhook as one file: `now 1795249805000`, a header a line, an empty line, the body.
fn request(data: &[u8]) -> Option<(i64, HeaderMap, &[u8])> {
    let end = data.windows(2).position(|pair| pair == b"\n\n")?;
    let mut lines = data[..end].split(|byte| *byte == b'\n');
    let now = std::str::from_utf8(lines.next()?).ok()?.strip_prefix("now ")?.parse().ok()?;
    // What a clock can show: until the year 9999.
    let now = Some(now).filter(|now| (0..253_402_300_800_000).contains(now))?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let colon = line.windows(2).position(|pair| pair == b": ")?;
        let (name, value) = (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(&line[colon + 2..]));
        headers.append(name.ok()?, value.ok()?);
    }
    Some((now, headers, &data[end + 2..]))
}

/// Which headers carry the signature, and whether it dies of old age.
fn carriers(name: ProviderName) -> (&'static [&'static str], bool) {
    match name {
        ProviderName::Komoju => (&["x-komoju-signature"], false),
        ProviderName::Dojo => (&["dojo-signature"], false),
        ProviderName::Bpc => (&["x-signature"], true),
        ProviderName::Stablemint => (&["stablemint-timestamp", "stablemint-signature"], true),
    }
}

/// What is accepted is accepted for this body, these headers and this time, and for no other.
fn signature(name: ProviderName, data: &[u8]) {
    let Some((now, headers, body)) = request(data) else { return };
    let provider = provider(name);
    let verdict = provider.verify(&headers, body, now);
    assert_eq!(verdict, provider.verify(&headers, body, now), "the same question, another answer");
    if verdict.is_err() {
        return;
    }
    for changed in changes(body) {
        assert_eq!(provider.verify(&headers, &changed, now), Err(Forgery::Wrong), "another body was accepted");
    }
    let (carriers, ages) = carriers(name);
    for carrier in carriers {
        let mut without = headers.clone();
        let value = without.remove(*carrier).expect("it was accepted");
        assert_eq!(provider.verify(&without, body, now), Err(Forgery::Missing), "without {carrier}");
        let mut twice = headers.clone();
        twice.append(*carrier, value);
        assert_eq!(provider.verify(&twice, body, now), Err(Forgery::Several), "with two {carrier}");
    }
    if ages {
        let year = 366 * 86_400_000;
        for other in [now + year, now - year] {
            assert_eq!(provider.verify(&headers, body, other), Err(Forgery::Stale), "a year apart");
        }
    }
}

/// Bodies that differ a little: each has one bit changed, a byte more, or a byte less.
fn changes(body: &[u8]) -> Vec<Vec<u8>> {
    let places = [0, body.len() / 3, body.len() / 2, body.len().saturating_sub(1)];
    let flipped = places.into_iter().filter(|at| *at < body.len()).map(|at| {
        let mut changed = body.to_vec();
        changed[at] ^= 1;
        changed
    });
    let longer = [[body, b" "].concat(), [b" ", body].concat()];
    let shorter = body.split_last().map(|(_, rest)| rest.to_vec());
    flipped.chain(longer).chain(shorter).collect()
}

/// A verified body is read, the same way each time, or refused; what it says then moves money only as it was asked.
fn webhook(name: ProviderName, data: &[u8]) {
    let provider = provider(name);
    let read = provider.read(data);
    assert_eq!(read, provider.read(data), "the same body, another notice");
    let Ok(notice) = read else { return };
    if let News::Standing(told) = &notice.news {
        for state in AttemptState::ALL {
            moves_only_what_was_asked(&attempt(name, state), told);
        }
    }
}

fn moves_only_what_was_asked(attempt: &Attempt, told: &Standing) {
    // Where nobody can be asked, the webhook stands for the look-up too.
    if judge(attempt, told, told) == Verdict::Apply && matches!(told.stage, Stage::Paid | Stage::Authorised) {
        assert_eq!(told.covers, Some(attempt.amount), "another amount was applied");
        assert!(attempt.state != AttemptState::Paid, "paid twice");
        assert!(told.reference.as_ref().is_none_or(|reference| *reference == attempt.id), "another attempt's money");
    }
}

fn attempt(provider: ProviderName, state: AttemptState) -> Attempt {
    Attempt {
        id: "attempt00000001".to_owned(),
        order: "order00000000001".to_owned(),
        provider,
        method: "card".to_owned(),
        state,
        amount: Money::new(1_100, Currency::Jpy),
        contact: Contact::default(),
        language: "en".to_owned(),
        session: None,
        page_url: None,
        payment: None,
        instructions: None,
        came_back: false,
        opened_at: 0,
        expires_at: 0,
    }
}
