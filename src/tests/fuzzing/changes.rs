//! Changes of a corpus: bits, bytes, cuts, pieces of another file, and JSON's values put in each other's place.

use serde_json::{Value, json};

pub struct Changes<'a> {
    corpus: &'a [Vec<u8>],
    state: u64,
}

/// What parsers have stumbled over.
const PIECES: [&str; 24] = [
    "\0", "\u{feff}", "\u{202e}", "é", "-", "+", "e999", "1e-999", "0x10", "NaN", "null", "true", "\"", "\\u0000",
    "\\ud800", "{", "[[[[", "}", ",,", "\n\n", "\r\n", "=", "://", "@",
];

impl Changes<'_> {
    pub fn new(corpus: &[Vec<u8>], seed: u64) -> Changes<'_> {
        Changes { corpus, state: 0x9e37_79b9_7f4a_7c15 ^ seed }
    }

    /// Xorshift: plain, and as random as this needs.
    fn random(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % below.max(1) as u64).unwrap()
    }

    fn any_file(&mut self) -> Vec<u8> {
        let at = self.random(self.corpus.len());
        self.corpus[at].clone()
    }

    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.any_file();
        for _ in 0..=self.random(3) {
            match self.random(8) {
                0 | 1 => input = self.with_another_value(input),
                2 => self.flip(&mut input),
                3 => self.insert(&mut input),
                4 => input.truncate(self.random(input.len() + 1)),
                5 => self.repeat(&mut input),
                6 => self.splice(&mut input),
                _ => self.cut(&mut input),
            }
        }
        input
    }

    fn flip(&mut self, input: &mut [u8]) {
        let at = self.random(input.len());
        let bit = self.random(8);
        if let Some(byte) = input.get_mut(at) {
            *byte ^= 1 << bit;
        }
    }

    fn insert(&mut self, input: &mut Vec<u8>) {
        let (at, piece) = (self.random(input.len() + 1), PIECES[self.random(PIECES.len())]);
        input.splice(at..at, piece.bytes());
    }

    fn cut(&mut self, input: &mut Vec<u8>) {
        let from = self.random(input.len() + 1);
        let to = (from + self.random(40)).min(input.len());
        input.drain(from..to);
    }

    /// One byte very often: deep nesting, long numbers, long names.
    fn repeat(&mut self, input: &mut Vec<u8>) {
        let (at, often) = (self.random(input.len() + 1), 1 << self.random(15));
        let byte = input.get(at).copied().unwrap_or(b'[');
        input.splice(at..at, std::iter::repeat_n(byte, often));
    }

    fn splice(&mut self, input: &mut Vec<u8>) {
        let other = self.any_file();
        input.truncate(self.random(input.len() + 1));
        input.extend(&other[self.random(other.len() + 1)..]);
    }

    /// The JSON in it, which follows the headers where there are some, with one value for another.
    fn with_another_value(&mut self, input: Vec<u8>) -> Vec<u8> {
        let begin = input.windows(2).position(|pair| pair == b"\n\n").map_or(0, |end| end + 2);
        let Ok(mut json) = serde_json::from_slice::<Value>(&input[begin..]) else { return input };
        let mut places = Vec::new();
        list_places(&json, &mut String::new(), &mut places);
        let (place, from) = (places[self.random(places.len())].clone(), places[self.random(places.len())].clone());
        let value = match self.random(12) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(i64::MAX),
            3 => json!(i64::MIN),
            4 => json!(0.1),
            5 => json!(""),
            6 => json!([]),
            7 => json!({}),
            8 => json!(true),
            9 => json!("x".repeat(5_000)),
            10 => json!("\u{0}"),
            _ => json.pointer(&from).cloned().unwrap_or_default(),
        };
        if let Some(there) = json.pointer_mut(&place) {
            *there = value;
        }
        [&input[..begin], json.to_string().as_bytes()].concat()
    }
}

fn list_places(json: &Value, way: &mut String, places: &mut Vec<String>) {
    places.push(way.clone());
    let steps: Vec<(String, &Value)> = match json {
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().map(|(at, value)| (at.to_string(), value)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (step, value) in steps {
        let length = way.len();
        way.push('/');
        way.push_str(&step);
        list_places(value, way, places);
        way.truncate(length);
    }
}
