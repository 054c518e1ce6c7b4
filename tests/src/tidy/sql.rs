//! SQL stands in few places, and every statement on a tenant's data names its organisation.

use std::collections::BTreeSet;

use super::none;
use crate::source::{Source, files};

/// Where SQL may stand.
const HOMES: &[&str] = &["engine/src/store/", "nodes/src/domain/"];

/// Statements that are about all organisations on purpose. A statement is named by its file and by words it
/// holds; the reason stands beside.
const EVERY_ORGANISATION: &[(&str, &str, &str)] = &[
    (
        "engine/src/store/processes.rs",
        "from process p where p.id = run.owner",
        "a process serves all organisations, so what it leaves behind is theirs",
    ),
    (
        "engine/src/store/readings/fold.rs",
        "delete from device_log where pos <= $1",
        "the watch reads the log of all organisations, and what is folded is done for all",
    ),
    (
        "engine/src/store/readings/series.rs",
        "select coalesce(max(id), 0) as last from series",
        "series are numbered over all organisations",
    ),
];

#[test]
fn sql_stands_in_the_store_and_the_domain() {
    let mut breaches = Vec::new();
    for source in ["dsl/src", "engine/src", "nodes/src", "api/src"]
        .iter()
        .flat_map(|folder| files(folder, &[".rs"]))
    {
        if HOMES.iter().any(|home| source.path.starts_with(home)) || source.is_test() {
            continue;
        }
        for literal in literals(&source).filter(|literal| is_statement(&literal.text)) {
            breaches.push(format!(
                "{}:{}: {}",
                source.path,
                literal.line,
                first_line(&literal.text)
            ));
        }
    }
    none("SQL outside of the store and the domain:", &breaches);
}

#[test]
fn statements_on_tenant_data_carry_the_organisation() {
    let tables = tenant_tables();
    assert!(
        tables.len() > 5,
        "the migrations were not understood: {tables:?}"
    );
    let mut breaches = Vec::new();
    for source in HOMES.iter().flat_map(|home| files(home, &[".rs"])) {
        if source.is_test() {
            continue;
        }
        for literal in literals(&source).filter(|literal| is_statement(&literal.text)) {
            let words = words(&literal.text);
            let tenant = words.windows(2).any(|pair| {
                ["from", "into", "update", "join"].contains(&pair[0].as_str())
                    && tables.contains(pair[1].as_str())
            });
            let excused = EVERY_ORGANISATION.iter().any(|(path, holds, _why)| {
                source.path.starts_with(path) && literal.text.contains(holds)
            });
            if tenant && !words.iter().any(|word| word == "org_id") && !excused {
                breaches.push(format!(
                    "{}:{}: {}",
                    source.path,
                    literal.line,
                    first_line(&literal.text)
                ));
            }
        }
    }
    none("a statement on tenant data without org_id:", &breaches);
}

/// Every table with an `org_id`.
fn tenant_tables() -> BTreeSet<String> {
    let mut tables = BTreeSet::new();
    for source in files("engine/migrations", &[".sql"]) {
        for statement in source
            .text
            .split(';')
            .filter(|statement| statement.contains("org_id"))
        {
            let words = words(statement);
            if let Some(at) = words
                .windows(2)
                .position(|pair| pair[0] == "create" && pair[1] == "table")
            {
                tables.insert(words[at + 2].clone());
            }
        }
    }
    tables
}

/// The words of a statement in lower case, without quotes and punctuation.
fn words(statement: &str) -> Vec<String> {
    statement
        .to_lowercase()
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn is_statement(text: &str) -> bool {
    let words = words(text);
    let Some(first) = words.first() else {
        return false;
    };
    match first.as_str() {
        "select" | "with" => words.iter().any(|word| word == "from") && text.contains(' '),
        "insert" => words.get(1).is_some_and(|word| word == "into"),
        "delete" => words.get(1).is_some_and(|word| word == "from"),
        "update" => words.iter().any(|word| word == "set") && text.contains('='),
        _ => false,
    }
}

fn first_line(text: &str) -> &str {
    text.trim().lines().next().unwrap_or_default()
}

struct Literal {
    line: usize,
    text: String,
}

/// The string literals of a file's product code. Good enough for our own style: comments are left out,
/// raw strings and escaped quotes are understood.
fn literals(source: &Source) -> impl Iterator<Item = Literal> {
    let code: String = source
        .product_lines()
        .map(|(_, line)| {
            if line.trim_start().starts_with("//") {
                "\n".to_owned()
            } else {
                format!("{line}\n")
            }
        })
        .collect();
    let mut found = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(step) = code[at..].find('"') {
        let start = at + step;
        let hashes = code[..start]
            .bytes()
            .rev()
            .take_while(|&byte| byte == b'#')
            .count();
        let raw = start > hashes && bytes[start - hashes - 1] == b'r';
        // The character '"' is no string.
        if start > 0 && bytes[start - 1] == b'\'' && bytes.get(start + 1) == Some(&b'\'') {
            at = start + 2;
            continue;
        }
        let end = if raw {
            let close = format!("\"{}", "#".repeat(hashes));
            code[start + 1..]
                .find(&close)
                .map_or(code.len(), |length| start + 1 + length)
        } else {
            let mut end = start + 1;
            while end < bytes.len() && bytes[end] != b'"' {
                end += if bytes[end] == b'\\' { 2 } else { 1 };
            }
            end.min(code.len())
        };
        let line = code[..start].matches('\n').count() + 1;
        found.push(Literal {
            line,
            text: code[start + 1..end].to_owned(),
        });
        at = (end + 1).min(code.len());
    }
    found.into_iter()
}

#[test]
fn statements_are_recognised() {
    let text = r##"
        //! Says "select nothing from comments".
        let a = "select id
            from run where id = $1";
        let b = r#"insert into "run" (id) values ($1)"#;
        let c = "update your mind";
        let quote = '"';
        let d = "say \"select\" from me";
    "##;
    let source = Source {
        path: "x.rs".to_owned(),
        text: text.to_owned(),
    };
    let found: Vec<usize> = literals(&source)
        .filter(|one| is_statement(&one.text))
        .map(|one| one.line)
        .collect();
    assert_eq!(found, [3, 5]);
}
