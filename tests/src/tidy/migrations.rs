//! Migrations are append-only: what has been applied somewhere is never edited.

use std::{collections::BTreeMap, fmt::Write};

use sha2::{Digest, Sha256};

use super::none;
use crate::{services::workspace, source::files};

/// The folder of the migrations, and the list of what they must stay.
const FOLDER: &str = "engine/migrations";
const LIST: &str = "tests/fixtures/migrations.sha256";
/// Set to write new migrations into the list.
const ACCEPT: &str = "OPERANDI_ACCEPT_MIGRATIONS";

#[test]
fn migrations_are_append_only() {
    let path = workspace().join(LIST);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut listed: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, name)| (name.to_owned(), hash.to_owned()))
        .collect();
    let mut breaches = Vec::new();
    let found = files(FOLDER, &[".sql"]);
    assert!(!found.is_empty(), "{FOLDER} holds no migration");
    for name in listed
        .keys()
        .filter(|name| !found.iter().any(|source| source.path == **name))
    {
        breaches.push(format!("{name} is gone"));
    }
    for source in &found {
        let hash = hex::encode(Sha256::digest(source.text.as_bytes()));
        match listed.get(&source.path) {
            Some(known) if *known == hash => {}
            Some(_) => breaches.push(format!(
                "{} was edited; write a further migration instead",
                source.path
            )),
            None if std::env::var_os(ACCEPT).is_some() => {
                listed.insert(source.path.clone(), hash);
            }
            None => breaches.push(format!(
                "{} is not listed; run the test with {ACCEPT}=1",
                source.path
            )),
        }
    }
    if std::env::var_os(ACCEPT).is_some() {
        let mut text = String::new();
        for (name, hash) in &listed {
            writeln!(text, "{hash}  {name}").unwrap();
        }
        std::fs::write(path, text).unwrap();
    }
    none("a migration changed after it was merged:", &breaches);
}

#[test]
fn names_carry_their_time_and_deed() {
    let breaches: Vec<String> = files(FOLDER, &[".sql"])
        .iter()
        .filter_map(|source| source.path.rsplit('/').next().map(str::to_owned))
        .filter(|name| {
            let (time, deed) = name.split_once('_').unwrap_or_default();
            time.len() != 14 || time.parse::<u64>().is_err() || deed.matches('_').count() < 1
        })
        .collect();
    none("not <timestamp>_<verb>_<noun>.sql:", &breaches);
}
