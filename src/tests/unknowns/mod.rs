//! What the providers' documentation leaves open is a switch of the simulator. The shop passes with each setting of each.

mod komoju;
mod others;

use noren::simulator::switches::Switch;

/// Every switch of a provider with every setting.
fn settings(switches: &'static [&'static Switch]) -> impl Iterator<Item = (&'static str, &'static str)> {
    switches.iter().flat_map(|switch| switch.choices.iter().map(|choice| (switch.name, *choice)))
}
