//! Reads the request that makes an intent, and says of every field at once what is wrong with it.
//!
//! Property names and enumerated values are taken in any case: Dojo's own samples write them in several.

use super::error::Refusal;
use crate::domain::Timestamp;
use crate::simulator::times::{self, DAY_MS, HOUR_MS, SECOND_MS};
use serde_json::Value;
use std::collections::BTreeMap;

static ABSENT: Value = Value::Null;

/// A property, whatever its case; null when it is absent.
pub fn property<'a>(object: &'a Value, name: &str) -> &'a Value {
    let Value::Object(fields) = object else { return &ABSENT };
    fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or(&ABSENT, |(_, value)| value)
}

/// A request's body while it is read, with what has been found wrong.
pub struct Reader<'a> {
    body: &'a Value,
    errors: BTreeMap<String, Vec<String>>,
}

impl<'a> Reader<'a> {
    pub fn new(body: &'a Value) -> Reader<'a> {
        Reader { body, errors: BTreeMap::new() }
    }

    /// # Errors
    /// With everything that was found wrong.
    pub fn finish(self) -> Result<(), Refusal> {
        if self.errors.is_empty() { Ok(()) } else { Err(Refusal::fields(self.errors)) }
    }

    /// `config.redirectUrl`, step by step; null when any step is absent.
    pub fn at(&self, path: &str) -> &'a Value {
        path.split('.').fold(self.body, |place, step| property(place, step))
    }

    /// Writes down what is wrong with a field, under its name as Dojo writes it there: `Config.RedirectUrl`.
    pub fn wrong(&mut self, path: &str, why: &str) {
        let capital = |step: &str| step[..1].to_ascii_uppercase() + &step[1..];
        let name = path.split('.').map(capital).collect::<Vec<_>>().join(".");
        self.errors.entry(name).or_default().push(why.to_owned());
    }

    fn missing(&mut self, path: &str) {
        let name = path.rsplit('.').next().unwrap_or(path);
        let name = name[..1].to_ascii_uppercase() + &name[1..];
        self.wrong(path, &format!("The {name} field is required."));
    }

    /// A text of at most so many characters; null and absent are the same.
    pub fn text(&mut self, path: &str, most: usize) -> Option<String> {
        match self.at(path) {
            Value::Null => None,
            Value::String(text) if text.chars().count() <= most => Some(text.clone()),
            Value::String(_) => {
                self.wrong(path, &format!("It has {most} characters at most."));
                None
            }
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                self.wrong(path, "It must be a text.");
                None
            }
        }
    }

    /// A text that must be there and not be empty.
    pub fn required_text(&mut self, path: &str, most: usize) -> String {
        if matches!(self.at(path), Value::Null) || self.at(path) == "" {
            self.missing(path);
        }
        self.text(path, most).unwrap_or_default()
    }

    pub fn address(&mut self, path: &str) -> Option<String> {
        let text = self.text(path, 2_048)?;
        if url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https")) {
            return Some(text);
        }
        self.wrong(path, "It must be a web address.");
        None
    }

    /// A whole number from `least`. A text is none.
    pub fn number(&mut self, path: &str, least: i64) -> Option<i64> {
        // The upper limit is the simulator's own: it keeps sums far from overflowing.
        let number = self.at(path).as_i64().filter(|number| (least..=1_000_000_000_000).contains(number));
        match self.at(path) {
            Value::Null => self.missing(path),
            _ if number.is_none() => self.wrong(path, &format!("It must be a whole number from {least}.")),
            _ => {}
        }
        number
    }

    /// `{"value": 1000, "currencyCode": "GBP"}`
    pub fn money(&mut self, path: &str, least: i64) -> Option<(i64, String)> {
        if !self.at(path).is_object() {
            self.missing(path);
            return None;
        }
        let value = self.number(&format!("{path}.value"), least);
        let currency = self.required_text(&format!("{path}.currencyCode"), 10).to_ascii_uppercase();
        if !currency.is_empty() && !matches!(currency.as_str(), "GBP" | "EUR") {
            self.wrong(&format!("{path}.currencyCode"), "It must be GBP or EUR.");
        }
        Some((value?, currency))
    }

    /// One of the choices in its own spelling; `None` when nothing is given.
    pub fn choice(&mut self, path: &str, choices: &[&'static str]) -> Option<&'static str> {
        let text = self.text(path, 60)?;
        let found = choices.iter().find(|choice| choice.eq_ignore_ascii_case(&text)).copied();
        if found.is_none() {
            self.wrong(path, &format!("It must be one of {}.", choices.join(", ")));
        }
        found
    }

    pub fn time(&mut self, path: &str) -> Option<Timestamp> {
        let text = self.text(path, 40)?;
        let time = times::parse(&text);
        if time.is_none() {
            self.wrong(path, "It must be a time like 2026-01-31T12:00:00Z.");
        }
        time
    }

    /// `00:00:55` or `6.23:59:00`, longer than 30 seconds and shorter than 7 days; as it came, and in milliseconds.
    pub fn span(&mut self, path: &str) -> Option<(String, i64)> {
        let text = self.text(path, 20)?;
        let span = read_span(&text).filter(|ms| (30 * SECOND_MS + 1..7 * DAY_MS).contains(ms));
        if span.is_none() {
            self.wrong(path, "It must be more than 30 seconds and less than 7 days, like 1.00:00:00.");
        }
        Some((text, span?))
    }

    /// The elements of a list; none when it is absent.
    pub fn list(&mut self, path: &str) -> &'a [Value] {
        match self.at(path) {
            Value::Array(list) => list,
            Value::Null => &[],
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                self.wrong(path, "It must be a list.");
                &[]
            }
        }
    }
}

fn read_span(text: &str) -> Option<i64> {
    let (days, rest) = text.split_once('.').unwrap_or(("0", text));
    let parts: Vec<i64> = rest.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (days, [hours, minutes, seconds]) = (days.parse::<i64>().ok()?, parts.as_slice()) else { return None };
    let possible = (0..=60).contains(&days) && (0..24).contains(hours) && (0..60).contains(minutes);
    let ms = days * DAY_MS + hours * HOUR_MS + minutes * 60 * SECOND_MS + seconds * SECOND_MS;
    (possible && (0..60).contains(seconds)).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_found_in_any_case_and_mistakes_are_named_in_capitals() {
        let body = json!({"Amount": {"VALUE": 1000, "currencyCode": "gbp"}, "config": {"redirectUrl": "ftp://x"}});
        let mut reader = Reader::new(&body);
        assert_eq!(reader.money("amount", 1), Some((1000, "GBP".to_owned())));
        assert_eq!(reader.address("config.redirectUrl"), None);
        assert_eq!(reader.errors.keys().collect::<Vec<_>>(), ["Config.RedirectUrl"]);
    }

    #[test]
    fn a_span_is_days_hours_minutes_and_seconds() {
        assert_eq!(read_span("00:00:55"), Some(55_000));
        assert_eq!(read_span("1.02:03:04"), Some(93_784_000));
        for text in ["", "55", "00:60:00", "24:00:00", "a.00:00:55", "00:00", "-1.00:00:55"] {
            assert_eq!(read_span(text), None, "{text}");
        }
    }
}
