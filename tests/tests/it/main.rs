//! End to end, from outside: real processes, private services, and counting at a receiving server.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "these are tests: they measure real time, fail loudly, and print what they counted"
)]

mod alerts;
mod broker;
mod cart;
mod catalog;
mod contract;
mod dashboard;
mod devices;
mod durability;
mod editing;
mod endpoints;
mod fairness;
mod faults;
mod health;
mod live;
mod looking;
mod push;
mod reasons;
mod refusals;
mod reports;
mod rules;
mod schedule;
mod sensors;
mod suppression;
mod travel;
mod vendors;
mod webhooks;

use operandi_tests::services::workspace;

/// A workflow document among the fixtures, with its placeholders filled in.
fn fixture(name: &str, replace: &[(&str, &str)]) -> String {
    let path = workspace().join("tests/fixtures/workflows").join(name);
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    replace
        .iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}

/// A number from the environment, for scaling a test up or down.
fn scale(name: &str, default: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} is no number: {text}")),
        Err(_) => default,
    }
}
