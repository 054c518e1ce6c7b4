//! The two simulations: the core over the model of a store, and the real engine over a real database.

use std::{
    future::Future,
    ops::Range,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{drive, model, summary::Summary};

/// Seeds of the suite; `make sim SEEDS=5000` for more.
const CORE_SEEDS: u64 = 1_000;
const ENGINE_SEEDS: u64 = 300;
/// Failing seeds that are printed in full.
const SHOWN: usize = 2;

#[test]
fn simulation_of_the_core() {
    run("simulation_of_the_core", CORE_SEEDS, model::simulate);
}

#[test]
fn simulation_of_the_engine() {
    run("simulation_of_the_engine", ENGINE_SEEDS, |seed| {
        alone(drive::simulate(seed))
    });
}

/// One thread, so that a seed repeats as far as a database lets it.
fn alone<T>(task: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(task)
}

/// `OPERANDI_SIM_SEED` replays one seed, `OPERANDI_SIM_SEEDS` tries so many.
fn seeds(default: u64) -> Range<u64> {
    let number = |name: &str| {
        std::env::var(name)
            .ok()
            .map(|text| text.parse::<u64>().unwrap())
    };
    match (number("OPERANDI_SIM_SEED"), number("OPERANDI_SIM_SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, count) => 0..count.unwrap_or(default),
    }
}

#[allow(
    clippy::print_stdout,
    reason = "what was covered belongs to the result"
)]
fn run(test: &str, default: u64, simulate: impl Fn(u64) -> Result<Summary, String>) {
    let seeds = seeds(default);
    let (count, mut covered, mut failures) =
        (seeds.end - seeds.start, Summary::default(), Vec::new());
    for seed in seeds {
        match catch_unwind(AssertUnwindSafe(|| simulate(seed))) {
            Ok(Ok(summary)) => covered.add(summary),
            Ok(Err(problem)) => failures.push((seed, problem)),
            Err(_) => failures.push((seed, "it panicked".to_owned())),
        }
    }
    println!("{test}: {count} seeds: {covered:?}");
    let told: Vec<String> = failures
        .iter()
        .take(SHOWN)
        .map(|(seed, problem)| format!("seed {seed}: {problem}\nreplay: {}", replay(test, *seed)))
        .collect();
    let line = |(seed, problem): &(u64, String)| {
        format!("{seed}: {}", problem.lines().next().unwrap_or_default())
    };
    let all: Vec<String> = failures.iter().map(line).collect();
    assert!(
        failures.is_empty(),
        "{} of {count} seeds fail:\n{}\n\n{}",
        failures.len(),
        all.join("\n"),
        told.join("\n")
    );
    assert!(
        count < 100 || covered.all_parts_seen(),
        "the simulation no longer reaches what it is for: {covered:?}"
    );
}

fn replay(test: &str, seed: u64) -> String {
    format!("OPERANDI_SIM_SEED={seed} cargo test -p operandi-tests --lib {test} -- --nocapture")
}
