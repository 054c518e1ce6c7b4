//! Tests of sensor rules in virtual time. A story is a list of readings and of moments; the rig ticks
//! whenever the rule asks for it, as the engine does.

mod bounds;
mod compile;
mod days;
mod late;
mod ledger;
mod measures;
mod model;
mod properties;
mod replay;
mod sustained;
mod trust;

use std::time::Duration;

use chrono_tz::Tz;
use operandi_dsl::time::Timestamp;
use serde_json::{Value, json};

use super::{
    Calendar, Change, Clock, Episode, Metric, Order, Pace, PowerOn, Quality, Reading, Rule,
    Sequence, State, Turn, alone::Alone,
};

/// Friday, 2026-03-06 12:00 UTC: second 0 of every story.
const START: Timestamp = Timestamp(1_772_798_400_000);
/// How long a reading is under way when a story does not say.
const UNDER_WAY: Duration = Duration::from_millis(100);
/// Ticks between two entries of a story: far more than any rule needs.
const TICKS_MAX: usize = 5_000;

/// A thermometer that speaks every minute.
const THERMOMETER: Metric = Metric {
    pace: Pace::Every(Duration::from_secs(60)),
    tolerance: Duration::from_secs(2),
    power_on: Some(PowerOn {
        value: 85.0,
        step: 2.0,
    }),
};

/// A door that speaks when it opens or closes.
const DOOR: Metric = Metric {
    pace: Pace::OnChange,
    tolerance: Duration::from_secs(2),
    power_on: None,
};

fn calendar(zone: Tz) -> Calendar {
    Calendar {
        zone,
        holidays: Vec::new(),
    }
}

/// Compiles a rule on `t`.
#[track_caller]
fn compile(mut document: Value, metric: Metric, zone: Tz) -> Rule {
    document["metric"] = json!("t");
    let document = serde_json::from_value(document).unwrap();
    Rule::compile(&document, metric, calendar(zone)).unwrap_or_else(|faults| {
        panic!("{faults:?}");
    })
}

/// Milliseconds since 1970 of a second of the story.
fn second(text: &str) -> Timestamp {
    let seconds: f64 = text.parse().unwrap_or_else(|_| panic!("`{text}`"));
    Timestamp(START.0 + (seconds * 1000.0).round() as i64)
}

fn reading(at: Timestamp, value: Option<f64>) -> Reading {
    Reading {
        device_time: at,
        received: at.after(UNDER_WAY),
        value,
        quality: Quality::Good,
        sequence: None,
    }
}

/// Reads `60 9.5`, `60@200 9.5` when received later, `60 -` without a value, `60 9.5 #3` or `60 9.5 #2.3`
/// with a sequence, `1970@60 9.5` from a clock that was never set.
fn parse(entry: &str) -> Reading {
    let mut words = entry.split_whitespace();
    let (times, value) = (words.next().unwrap(), words.next().unwrap());
    let (at, received) = times.split_once('@').unwrap_or((times, ""));
    let mut reading = match at {
        "1970" => reading(Timestamp(1_000), None),
        _ => reading(second(at), None),
    };
    if !received.is_empty() {
        reading.received = second(received);
    }
    reading.value = (value != "-").then(|| value.parse().unwrap());
    reading.sequence = words.next().map(|place| {
        let place = place.strip_prefix('#').unwrap();
        let (boot, number) = place.split_once('.').unwrap_or(("1", place));
        Sequence {
            boot: boot.parse().unwrap(),
            number: number.parse().unwrap(),
        }
    });
    reading
}

/// A rule, its state, and the time it is.
struct Rig {
    rule: Rule,
    memory: Alone,
    now: Timestamp,
    told: Vec<String>,
}

impl Rig {
    fn new(rule: Rule) -> Self {
        Self {
            rule,
            memory: Alone::default(),
            now: Timestamp(0),
            told: Vec::new(),
        }
    }

    /// Lets time pass, with a tick whenever the rule asks for one.
    fn until(&mut self, moment: Timestamp) {
        for _ in 0..TICKS_MAX {
            let wake = self.memory.next_wake(&self.rule, self.now);
            let Some(wake) = wake.filter(|wake| *wake <= moment) else {
                self.now = self.now.max(moment);
                return;
            };
            assert!(wake > self.now, "a wake that has passed");
            self.now = wake;
            let changes = self.memory.tick(&self.rule, wake);
            self.tell(changes);
        }
        panic!("the rule ticks without end");
    }

    fn observe(&mut self, reading: Reading) {
        self.until(reading.received);
        match self.memory.observe(&self.rule, reading) {
            Ok(changes) => self.tell(changes),
            Err(refusal) => self.told.push(format!("refused: {refusal}")),
        }
    }

    fn tell(&mut self, changes: Vec<Change>) {
        self.told.extend(changes.iter().map(line));
    }
}

/// A moment as stories write it.
fn shown(at: Timestamp) -> String {
    (((at.0 - START.0) as f64) / 1000.0).to_string()
}

fn line(change: &Change) -> String {
    let episode = |word: &str, episode: &Episode| {
        let evidence = episode.evidence;
        let mut line = format!(
            "{word} {} at {} since {} observed {}",
            episode.value,
            shown(evidence.at),
            shown(episode.since),
            evidence.observed.as_secs_f64()
        );
        match evidence.clock {
            Clock::Device => {}
            Clock::Received => line.push_str(" by our clock"),
        }
        if evidence.late {
            line.push_str(" late");
        }
        line
    };
    match change {
        Change::Raised(raised) => episode("raised", raised),
        Change::Cleared(cleared) => episode("cleared", cleared),
        Change::Late(late) => episode("late", late),
        Change::Unknown { since } => format!("unknown since {}", shown(*since)),
        Change::Known { at } => format!("known at {}", shown(*at)),
    }
}

/// Plays a story: entries apart by `;`, each a reading, `until 300`, or `away 100..200` for a time in
/// which we did not listen.
#[track_caller]
fn play(rule: Rule, story: &str) -> Rig {
    let mut rig = Rig::new(rule);
    for entry in story
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
    {
        if let Some(moment) = entry.strip_prefix("until ") {
            rig.until(second(moment));
        } else if let Some(times) = entry.strip_prefix("away ") {
            let (from, to) = times.split_once("..").unwrap();
            rig.until(second(from));
            rig.rule
                .resume(&mut rig.memory.state, second(from), second(to));
            rig.now = second(to);
        } else {
            rig.observe(parse(entry));
        }
    }
    rig
}

/// What a rule over the thermometer tells of a story.
#[track_caller]
fn check(document: Value, story: &str, expected: &[&str]) {
    check_on(document, THERMOMETER, story, expected);
}

#[track_caller]
fn check_on(document: Value, metric: Metric, story: &str, expected: &[&str]) {
    let rig = play(compile(document.clone(), metric, Tz::UTC), story);
    assert_eq!(rig.told, expected, "{document}\n{story}");
}

/// A reading of `value` every minute, from one second to another, both included.
fn every_minute(from: u32, to: u32, value: f64) -> String {
    let entries = (from..=to).step_by(60).map(|at| format!("{at} {value}; "));
    entries.collect()
}
