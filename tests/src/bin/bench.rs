//! The benchmark's command line.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table is what it is for"
)]

use operandi_tests::bench::{Base, Part, Scale, all, ceiling};

const HELP: &str = "\
Prints the performance table: each database next to a raw ceiling measured in the same run.

  operandi-bench [OPTIONS]
    --only NAME       sqlite-full, sqlite-normal or postgres; may be repeated
    --part NAME       runs or sensors; may be repeated
    --runs N          runs of each throughput measurement (50000)
    --sleeping N      sleeping runs (1000000)
    --due-secs N      seconds of runs falling due at 1,000 per second (30)
    --sensor-secs N   seconds of devices sending at full speed (20)
    --quick           small numbers, to see whether it works";

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [word, door, base, database, listen] = words.as_slice()
        && word == "ceiling"
        && let (Some(door), Some(base)) = (ceiling::Door::parse(door), Base::parse(base))
    {
        return ceiling::serve(door, base, database, listen).await;
    }
    let mut scale = Scale {
        runs: 50_000,
        sleeping: 1_000_000,
        due_secs: 30,
        sensor_secs: 20,
    };
    let (mut bases, mut parts) = (Vec::new(), Vec::new());
    let mut rest = words.iter();
    while let Some(word) = rest.next() {
        let mut number = || rest.next().and_then(|word| word.parse().ok());
        let understood = match word.as_str() {
            "--quick" => {
                scale = Scale {
                    runs: 5_000,
                    sleeping: 10_000,
                    due_secs: 5,
                    sensor_secs: 5,
                };
                true
            }
            "--runs" => number().map(|value| scale.runs = value).is_some(),
            "--sleeping" => number().map(|value| scale.sleeping = value).is_some(),
            "--due-secs" => number().map(|value| scale.due_secs = value).is_some(),
            "--sensor-secs" => number().map(|value| scale.sensor_secs = value).is_some(),
            "--part" => rest
                .next()
                .and_then(|word| Part::parse(word))
                .map(|part| parts.push(part))
                .is_some(),
            "--only" => rest
                .next()
                .and_then(|word| Base::parse(word))
                .map(|base| bases.push(base))
                .is_some(),
            _ => false,
        };
        if !understood {
            eprintln!("{HELP}");
            std::process::exit(2);
        }
    }
    if bases.is_empty() {
        bases.extend(Base::ALL);
    }
    if parts.is_empty() {
        parts.extend(Part::ALL);
    }
    println!("{}", all(&bases, &parts, scale).await);
}
