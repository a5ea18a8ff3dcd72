//! Switches: what the providers' documentation leaves open, so that a client can be tried against either behaviour.
//!
//! Each provider's module has its own table, made by the macro here; the page, `/control/switches` and the tables in
//! `docs/simulator.md` all come from it or are checked against it.

use super::provider::Provider;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One open question and its possible answers; the first is the default.
#[derive(Debug)]
pub struct Switch {
    pub name: &'static str,
    pub choices: &'static [&'static str],
    /// What it decides, in one sentence.
    pub decides: &'static str,
}

/// What most switches are that do or do not do something.
pub const ON: &str = "on";

/// A provider's table: a constant for each switch, and `ALL` of them.
macro_rules! table {
    ($($constant:ident = $name:literal, $choices:expr, $decides:literal;)*) => {
        $(pub const $constant: $crate::simulator::switches::Switch =
            $crate::simulator::switches::Switch { name: $name, choices: &$choices, decides: $decides };)*
        pub const ALL: &[&$crate::simulator::switches::Switch] = &[$(&$constant),*];
    };
}
pub(super) use table;

/// Every switch of every provider.
pub fn all() -> impl Iterator<Item = &'static Switch> {
    Provider::ALL.into_iter().flat_map(|provider| provider.switches().iter().copied())
}

/// The switches that were moved away from their default.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Switches(BTreeMap<String, String>);

impl Switches {
    pub fn value(&self, switch: &Switch) -> &str {
        self.0.get(switch.name).map_or(switch.choices[0], String::as_str)
    }

    /// Whether the switch is at this choice, which must be one of its own.
    pub fn is(&self, switch: &Switch, choice: &str) -> bool {
        debug_assert!(switch.choices.contains(&choice), "{} has no choice {choice}", switch.name);
        self.value(switch) == choice
    }

    /// # Errors
    /// A sentence for the person who asked, when there is no such switch or no such choice.
    pub fn set(&mut self, name: &str, choice: &str) -> Result<(), String> {
        let Some(switch) = all().find(|switch| switch.name == name) else {
            return Err(format!("there is no switch called {name}"));
        };
        if !switch.choices.contains(&choice) {
            return Err(format!("{name} is one of: {}", switch.choices.join(", ")));
        }
        self.0.insert(name.to_owned(), choice.to_owned());
        Ok(())
    }

    /// Every switch with its present choice.
    pub fn to_map(&self) -> BTreeMap<&'static str, &str> {
        all().map(|switch| (switch.name, self.value(switch))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_takes_only_its_own_choices() {
        let mut switches = Switches::default();
        for switch in all() {
            assert!(switch.choices.len() > 1, "{} decides nothing", switch.name);
            assert_eq!(switches.value(switch), switch.choices[0]);
            switches.set(switch.name, switch.choices[1]).unwrap();
            assert_eq!(switches.value(switch), switch.choices[1]);
            assert!(switches.set(switch.name, "perhaps").is_err());
        }
        assert!(switches.set("no_such_switch", "on").is_err());
    }

    #[test]
    fn no_two_switches_have_the_same_name() {
        let names: Vec<&str> = all().map(|switch| switch.name).collect();
        let different: std::collections::BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), different.len(), "{names:?}");
    }
}
