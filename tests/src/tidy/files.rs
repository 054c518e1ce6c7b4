//! The shape of files: their length, their opening words, and that each belongs to something.

use std::path::Path;

use super::none;
use crate::source::{Source, files};

/// Lines of code, comments and blank ones aside, at which a file is looked at again.
const LINES_MAX: usize = 500;
/// Lines of a file of tests, which are read one table at a time.
const TEST_LINES_MAX: usize = 1_000;

#[test]
fn files_are_short() {
    let breaches: Vec<String> = files("", &[".rs", ".mjs", ".sql", ".sh"])
        .iter()
        .map(|source| (source, code_lines(&source.text)))
        .filter(|(source, lines)| {
            *lines
                > if is_table(&source.path) {
                    TEST_LINES_MAX
                } else {
                    LINES_MAX
                }
        })
        .map(|(source, lines)| format!("{}: {lines} lines", source.path))
        .collect();
    none("longer than 500 lines; split by meaning:", &breaches);
}

#[test]
fn modules_say_what_they_are() {
    let breaches: Vec<String> = rust()
        .iter()
        .filter(|source| !source.text.starts_with("//!"))
        // Test modules are part of the module they test.
        .filter(|source| !source.is_test() || source.path.starts_with("tests/"))
        .map(|source| source.path.clone())
        .collect();
    none("opens without a word of what it is:", &breaches);
}

#[test]
fn no_file_is_an_orphan() {
    let all = rust();
    let mut breaches = Vec::new();
    for source in &all {
        let path = Path::new(&source.path);
        let (name, folder) = (
            path.file_stem().unwrap().to_str().unwrap(),
            path.parent().unwrap(),
        );
        if is_root(&source.path) {
            continue;
        }
        let (module, above) = if name == "mod" {
            (
                folder.file_name().unwrap().to_str().unwrap(),
                folder.parent().unwrap(),
            )
        } else {
            (name, folder)
        };
        let owner = all
            .iter()
            .any(|parent| declares(parent, above, module, path));
        if !owner {
            breaches.push(source.path.clone());
        }
    }
    none("no module declares it, so it is never compiled:", &breaches);
}

/// Whether `parent` is the module of folder `above` and declares `module`, or points at `path`.
fn declares(parent: &Source, above: &Path, module: &str, path: &Path) -> bool {
    let own = Path::new(&parent.path);
    let folder = own.parent().unwrap();
    let file = path.file_name().unwrap().to_str().unwrap();
    let stem = own.file_stem().unwrap().to_str().unwrap();
    let owns =
        (folder == above && (stem == "mod" || is_root(&parent.path))) || folder.join(stem) == above;
    let by_name = owns
        && parent
            .text
            .lines()
            .any(|line| line.trim_end().ends_with(&format!("mod {module};")));
    let by_path =
        folder == path.parent().unwrap() && parent.text.contains(&format!("#[path = \"{file}\"]"));
    by_name || by_path
}

/// Lines that are neither blank nor a comment.
fn code_lines(text: &str) -> usize {
    let counts = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    text.lines().filter(counts).count()
}

/// Whether it holds the tests of a module.
fn is_table(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/src/") && path.contains("/tests/")
}

/// Files Cargo knows by itself.
fn is_root(path: &str) -> bool {
    path.ends_with("src/lib.rs")
        || path.ends_with("src/main.rs")
        || path.ends_with("tests/it/main.rs")
        || path.ends_with("build.rs")
        || path.contains("/src/bin/")
        || path.contains("/fuzz_targets/")
        || path.contains("/benches/")
        || path.contains("/examples/")
}

fn rust() -> Vec<Source> {
    let folders = ["dsl", "engine", "nodes", "mqtt", "simulator", "api", "tests", "firmware"];
    folders
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
        .collect()
}
