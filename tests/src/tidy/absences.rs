//! What a folder must never name.

use super::{breach, none};
use crate::source::{Source, files};

/// A rule: below `folders`, no line of code outside of `except` holds one of `words`.
struct Absence {
    why: &'static str,
    folders: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
}

const ALL: &[&str] = &[
    "dsl/src",
    "engine/src",
    "nodes/src",
    "mqtt/src",
    "simulator/src",
    "api/src",
];

const ABSENCES: &[Absence] = &[
    Absence {
        why: "the document, the state machine and the operators of sensors know no clock, no dice, no IO, no async",
        folders: &["dsl/src", "engine/src/core", "engine/src/sensor"],
        except: &[],
        words: &[
            "async ",
            ".await",
            "tokio",
            "futures::",
            "std::fs",
            "std::net",
            "std::io",
            "std::env",
            "std::thread",
            "std::process",
            "SystemTime",
            "Instant",
            "rand::",
            "sqlx::",
            "reqwest",
            "Uuid::",
            "clock::",
        ],
    },
    Absence {
        why: "only engine/src/clock.rs reads time or makes ids and dice; the listener and the simulator know no engine, and have a file each",
        folders: ALL,
        except: &[
            "engine/src/clock.rs",
            "mqtt/src/clock.rs",
            "simulator/src/pace.rs",
        ],
        words: &[
            "SystemTime::now",
            "Instant::now",
            "Utc::now",
            "Local::now",
            "now_v7",
            "new_v4",
            "now_v1",
            "rand::random",
            "rand::rng()",
            "from_os_rng",
            "thread_rng",
        ],
    },
    Absence {
        why: "only engine/src/queue names apalis or Redis",
        folders: ALL,
        except: &["engine/src/queue/"],
        words: &["apalis", "redis::"],
    },
    Absence {
        why: "the engine names no vendor, no record and no node kind",
        folders: &["engine/src"],
        except: &[],
        words: &[
            "whatsapp",
            "shopify",
            "Shopify",
            "WhatsApp",
            "smtp",
            "\"cart",
            "\"order",
            "http.request",
            "event.emit",
        ],
    },
    Absence {
        why: "the engine and the nodes know no HTTP server",
        folders: &["engine/src", "nodes/src"],
        // The fakes of the vendors' APIs are servers, for the demo and the tests.
        except: &[
            "nodes/src/connector/whatsapp/fake",
            "nodes/src/connector/shopify/fake",
            "nodes/src/connector/smtp/fake",
        ],
        words: &["axum", "tower_http", "hyper::server"],
    },
    Absence {
        why: "the listener knows neither payloads nor databases, the simulator nothing of the server",
        folders: &["mqtt/src", "simulator/src"],
        except: &[],
        words: &[
            "operandi_dsl",
            "operandi_engine",
            "operandi_nodes",
            "sqlx",
            "axum",
        ],
    },
    Absence {
        why: "only the store opens the database",
        folders: &[
            "dsl/src",
            "engine/src/core",
            "engine/src/sensor",
            "engine/src/queue",
            "engine/src/worker",
            "nodes/src",
            "api/src",
        ],
        except: &[],
        words: &["sqlx::"],
    },
    Absence {
        why: "a comment says why, of the code as it stands; nothing is left for later",
        folders: &[
            "dsl/src",
            "engine/src",
            "nodes/src",
            "mqtt/src",
            "simulator/src",
            "api/src",
            "tests/src",
            "tests/tests",
            "scripts",
            "workflows",
        ],
        except: &["tests/src/tidy/"],
        words: &[
            "TODO",
            "FIXME",
            "HACK",
            "todo!(",
            "unimplemented!(",
            "dbg!(",
        ],
    },
];

#[test]
fn folders_know_only_what_they_may() {
    let mut breaches = Vec::new();
    for rule in ABSENCES {
        for source in rule
            .folders
            .iter()
            .flat_map(|folder| files(folder, &[".rs"]))
        {
            if rule
                .except
                .iter()
                .any(|except| source.path.starts_with(except))
                || (source.is_test() && !whole(rule))
            {
                continue;
            }
            for (line, text) in source.code_lines() {
                if let Some(word) = rule.words.iter().find(|word| text.contains(**word)) {
                    breaches.push(format!(
                        "{} (`{word}`: {})",
                        breach(&source, line, text),
                        rule.why
                    ));
                }
            }
        }
    }
    none("a folder names what it must not know:", &breaches);
}

/// Whether the rule is about test code too.
fn whole(rule: &Absence) -> bool {
    rule.folders.contains(&"tests/src")
}

/// What runs on a node knows nothing of what runs on a server.
#[test]
fn firmware_depends_on_nothing_of_the_server() {
    let manifests = files("firmware", &["Cargo.toml"]);
    assert!(!manifests.is_empty(), "there is no firmware");
    let server = [
        "operandi-dsl",
        "operandi-engine",
        "operandi-nodes",
        "operandi",
    ];
    for manifest in manifests {
        let names = manifest
            .text
            .lines()
            .filter_map(|line| line.split(['.', ' ', '=']).next());
        let breach = names.into_iter().find(|name| server.contains(name));
        assert_eq!(breach, None, "{}", manifest.path);
    }
}

/// The straight line of dependencies, as the manifests have it.
#[test]
fn dependencies_point_one_way() {
    let line = [
        "operandi-dsl",
        "operandi-engine",
        "operandi-nodes",
        "operandi",
    ];
    let folders = ["dsl", "engine", "nodes", "api"];
    let mut breaches = Vec::new();
    for (place, folder) in folders.iter().enumerate() {
        let manifest = files(folder, &["Cargo.toml"]).remove(0);
        let (_, dependencies) = manifest.text.split_once("[dependencies]").unwrap();
        for (later, name) in line.iter().enumerate().skip(place) {
            let names = |line: &str| line.split(['.', ' ', '=']).next() == Some(*name);
            if dependencies.lines().any(names) {
                breaches.push(format!(
                    "{} depends on {name} ({later} is not before {place})",
                    manifest.path
                ));
            }
        }
    }
    none(
        "dsl <- engine <- nodes <- api <- tests, and nothing the other way:",
        &breaches,
    );
}

/// What must stand nowhere in the tree: it is of one machine, or of one moment.
#[test]
fn the_tree_speaks_of_no_machine() {
    // Put together here, so that this file does not hold them itself.
    let words = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("registry.npm", "js.org"),
        concat!("static.crates", ".io"),
        concat!("BEGIN RSA PRIV", "ATE"),
        concat!("BEGIN PRIV", "ATE"),
    ];
    let mut breaches = Vec::new();
    for source in files("", &[]) {
        for (index, text) in source.text.lines().enumerate() {
            if words.iter().any(|word| text.contains(word)) {
                breaches.push(breach(&source, index + 1, text));
            }
        }
    }
    none(
        "a path of one machine, a registry's host or a key:",
        &breaches,
    );
}

/// The rules above must be able to find something.
#[test]
fn the_rules_see_breaches() {
    let text = "//! Doc.\n// Utc::now in a comment\nlet now = Utc::now();\n#[cfg(test)]\nmod tests { Utc::now(); }\n";
    let source = Source {
        path: "dsl/src/x.rs".to_owned(),
        text: text.to_owned(),
    };
    let found: Vec<usize> = source
        .code_lines()
        .filter(|(_, line)| line.contains("Utc::now"))
        .map(|(line, _)| line)
        .collect();
    assert_eq!(found, [3]);
    assert!(
        !files("dsl/src", &[".rs"]).is_empty() && !files("engine/src/core", &[".rs"]).is_empty()
    );
}
