//! Reads a request's body, whether JSON or a form with Rails' brackets, into the same tree.
//!
//! `payment_types[]=a&payment_types[]=b` is a list, `metadata[k]=v` an object, and `line_items[][description]=x` a list
//! of objects in which a key that is already there starts the next object.

use serde_json::{Map, Value};
use url::form_urlencoded;

/// `None` when the body says it is JSON and is not, or is JSON but no object.
pub fn read(content_type: &str, body: &[u8]) -> Option<Value> {
    if body.is_empty() {
        return Some(Value::Object(Map::new()));
    }
    if content_type.to_ascii_lowercase().contains("json") {
        return serde_json::from_slice::<Value>(body).ok().filter(Value::is_object);
    }
    Some(from_pairs(form_urlencoded::parse(body).map(|(key, value)| (key.into_owned(), value.into_owned()))))
}

fn from_pairs(pairs: impl Iterator<Item = (String, String)>) -> Value {
    let mut root = Value::Object(Map::new());
    for (key, value) in pairs {
        put(&mut root, &steps(&key), value);
    }
    root
}

/// `a[b][]` → `a`, `b`, and an empty step for "the next element".
fn steps(key: &str) -> Vec<&str> {
    let Some((name, rest)) = key.split_once('[') else { return vec![key] };
    let mut steps = vec![name];
    steps.extend(rest.split('[').map(|step| step.trim_end_matches(']')));
    steps
}

fn put(place: &mut Value, steps: &[&str], value: String) {
    let Some((step, rest)) = steps.split_first() else {
        *place = Value::String(value);
        return;
    };
    if step.is_empty() {
        if !place.is_array() {
            *place = Value::Array(Vec::new());
        }
        if let Value::Array(list) = place {
            put(element(list, rest), rest, value);
        }
        return;
    }
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    if let Value::Object(fields) = place {
        put(fields.entry(*step).or_insert(Value::Null), rest, value);
    }
}

/// The element that the value belongs to: the last one, as long as it lacks this key; otherwise a new one.
fn element<'a>(list: &'a mut Vec<Value>, rest: &[&str]) -> &'a mut Value {
    let open = match (list.last(), rest.first()) {
        (Some(Value::Object(fields)), Some(key)) => rest.len() > 1 || !fields.contains_key(*key),
        (Some(_) | None, _) => false,
    };
    if !open {
        list.push(Value::Null);
    }
    let last = list.len() - 1;
    &mut list[last]
}

/// The fields of `value` as a list, where a form may have numbered the elements: `line_items[0][amount]`.
pub fn as_list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(fields) if fields.keys().all(|key| key.parse::<u32>().is_ok()) => fields.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => Vec::new(),
    }
}

/// A text, or a number or truth value written as text; `None` for nothing, an empty text, a list or an object.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::String(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number: `8888`, `"8888"`, and `"1000.0000"` as one shop system sends it.
pub fn whole(value: &Value) -> Option<i64> {
    let text = text(value)?;
    let (units, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if decimals.bytes().any(|digit| digit != b'0') {
        return None;
    }
    units.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FORM: &str = "application/x-www-form-urlencoded";

    #[test]
    fn brackets_make_lists_objects_and_lists_of_objects() {
        let body = "amount=8888&payment_types[]=credit_card&payment_types%5B%5D=konbini&metadata[test]=value\
            &payment_data[billing_address][city]=Mitaka&line_items[][description]=A&line_items[][amount]=1\
            &line_items[][description]=B";
        assert_eq!(
            read(FORM, body.as_bytes()).unwrap(),
            json!({
                "amount": "8888",
                "payment_types": ["credit_card", "konbini"],
                "metadata": {"test": "value"},
                "payment_data": {"billing_address": {"city": "Mitaka"}},
                "line_items": [{"description": "A", "amount": "1"}, {"description": "B"}],
            })
        );
    }

    #[test]
    fn numbered_elements_are_a_list_too() {
        let tree = read(FORM, b"line_items[0][amount]=1&line_items[1][amount]=2").unwrap();
        assert_eq!(as_list(&tree["line_items"]), [&json!({"amount": "1"}), &json!({"amount": "2"})]);
    }

    #[test]
    fn numbers_may_be_texts_but_never_broken() {
        for (value, number) in
            [(json!(8888), Some(8888)), (json!("8888"), Some(8888)), (json!("1000.0000"), Some(1000))]
        {
            assert_eq!(whole(&value), number, "{value}");
        }
        for value in [json!("12.5"), json!(12.5), json!("¥12"), json!(null), json!("")] {
            assert_eq!(whole(&value), None, "{value}");
        }
    }

    #[test]
    fn json_must_be_an_object() {
        assert_eq!(read("application/json", b"[1]"), None);
        assert_eq!(read("application/json; charset=utf-8", b"{\"a\":"), None);
        assert_eq!(read("application/json", b"").unwrap(), json!({}));
    }
}
