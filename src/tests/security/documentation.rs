//! `docs/security.md` names the test of each rule. A name that no test has any more is found here.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs" || kind == "ts") {
            found.push(path);
        }
    }
}

/// `` `a_name` `` in the last column of a table's row; several are separated by commas.
fn named(table: &str) -> Vec<String> {
    let rows = table.lines().filter(|line| line.starts_with("| ") && line.ends_with(" |"));
    let last = rows.filter_map(|row| row.trim_end_matches(" |").rsplit("| ").next());
    last.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_test_that_the_table_of_rules_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let table = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let mut files = Vec::new();
    for folder in ["src", "end2end/tests"] {
        sources(&root.join(folder), &mut files);
    }
    let all: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let names = named(&table);
    assert!(names.len() > 30, "the table is not read: {names:?}");
    for name in names {
        let is_there = all.contains(&format!("fn {name}()"))
            || all.contains(&format!("test(\"{name}\""))
            || (name.starts_with("scripts/") && root.join(&name).exists());
        assert!(is_there, "docs/security.md names {name}, and there is no such test");
    }
}
