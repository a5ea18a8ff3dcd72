#![no_main]

#[path = "../../src/tests/fuzz_targets/mod.rs"]
mod fuzz_targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz_targets::run("stablemint_signature", data));
