//! Dojo's part of the page for people.

use crate::domain::Timestamp;
use crate::simulator::page::html::Rows;
use crate::simulator::state::State;

pub fn connection(_state: &State, base_url: &str) -> Vec<(&'static str, String)> {
    vec![("API", format!("{base_url}/dojo"))]
}

pub fn sessions(_state: &State, _base_url: &str, _now: Timestamp) -> Rows {
    Rows::of(&[], |never: &String| never.clone())
}
