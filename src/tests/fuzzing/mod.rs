//! Every fuzz target, over its corpus and over thousands of changes of it: the short run that needs no fuzzer. The same
//! changes on every run; `FUZZ_INPUTS=100000` makes more of them for each target, `FUZZ_SEED` others.
//!
//! The long run is `scripts/fuzz`. What it finds goes into `fuzz/corpus`, and so is tried here ever after.

mod changes;
mod collect;

use crate::fuzz_targets::{self, TARGETS, Target};
use changes::Changes;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const INPUTS: u64 = 1_500;
/// Far more than any input takes, on a machine with other things to do: what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(10);

fn folder(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

/// The files of a corpus, in the order of their names.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = std::fs::read_dir(folder(target)).unwrap_or_else(|error| panic!("{target} has no corpus: {error}"));
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let file = file.unwrap();
        (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())
    };
    let mut files: Vec<_> = files.map(read).collect();
    files.sort();
    files
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn try_out((name, target): &Target, input: &[u8]) {
    let started = Instant::now();
    let held = catch_unwind(AssertUnwindSafe(|| target(input))).is_ok();
    let took = started.elapsed();
    if held && took < PATIENCE {
        return;
    }
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.input"));
    std::fs::write(&kept, input).unwrap();
    panic!("{name} does not hold ({took:?}) for the input in {}: {}", kept.display(), String::from_utf8_lossy(input));
}

fn holds_for(targets: &[Target]) {
    let (inputs, seed) = (number("FUZZ_INPUTS", INPUTS), number("FUZZ_SEED", 4));
    for target in targets {
        let corpus: Vec<Vec<u8>> = corpus(target.0).into_iter().map(|(_, input)| input).collect();
        corpus.iter().for_each(|input| try_out(target, input));
        let mut changes = Changes::new(&corpus, seed);
        (0..inputs).for_each(|_| try_out(target, &changes.next()));
    }
}

#[test]
fn every_signature_reader_holds_for_its_corpus_and_for_thousands_of_changes_of_it() {
    holds_for(&TARGETS[..4]);
}

#[test]
fn every_other_reader_holds_for_its_corpus_and_for_thousands_of_changes_of_it() {
    holds_for(&TARGETS[4..]);
}

/// Otherwise the fuzzer would only ever see refusals, and find nothing there is to find.
#[test]
fn the_corpus_has_signatures_that_are_accepted_and_bodies_that_are_read() {
    for (target, _) in TARGETS {
        let files = corpus(target);
        let accepted = files.iter().filter(|(_, input)| fuzz_targets::accepts(target, input)).count();
        assert!(accepted >= 2, "of {} files of {target}, {accepted} are accepted", files.len());
    }
}

#[test]
fn every_target_has_a_file_and_a_place_in_the_fuzzers_manifest_and_the_corpus_is_small() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest = std::fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
    let files = std::fs::read_dir(root.join("fuzz/fuzz_targets")).unwrap().count();
    assert_eq!((files, manifest.matches("[[bin]]").count()), (TARGETS.len(), TARGETS.len()));
    let mut size = 0;
    for (target, _) in TARGETS {
        let file = std::fs::read_to_string(root.join(format!("fuzz/fuzz_targets/{target}.rs"))).unwrap();
        assert!(file.contains(&format!("run(\"{target}\", data)")), "{file}");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target}");
        size += corpus(target).iter().map(|(_, input)| input.len()).sum::<usize>();
    }
    assert!(size < 200_000, "{size} bytes");
}
