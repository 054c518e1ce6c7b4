use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Alone, Change, Metric, Order, Pace, Quality, Reading, Rule, START, Sequence, State, Timestamp,
    Turn, Tz, compile,
};

/// How far readings may be out of order.
const TOLERANCE: Duration = Duration::from_secs(20);
/// The longest text of a state: some kilobytes for a full window.
const STATE_BYTES_MAX: usize = 16 * 1024;
/// The same with all the readings that may be held back.
const HELD_BYTES_MAX: usize = 64 * 1024;

fn rules() -> impl Strategy<Value = Rule> {
    every().prop_map(|(_, rule)| rule)
}

/// Rules, and whether each speaks of nothing but moments at which it asked for a tick.
fn every() -> impl Strategy<Value = (bool, Rule)> {
    let documents = vec![
        json!({"above": 5}),
        json!({"above": 5, "clear": 3, "for": "1m", "coverage": 0.5}),
        json!({"below": 2, "for": "30s", "late": "alert"}),
        json!({"outside": {"low": 2, "high": 7}, "clear": {"low": 3, "high": 6}, "late": "ignore"}),
        json!({"between": {"low": 2, "high": 4}, "for": "20s"}),
        json!({"average": "5m", "above": 4, "coverage": 0.3}),
        json!({"min": "5m", "below": 1}),
        json!({"max": "5m", "above": 7, "for": "30s"}),
        json!({"delta": "5m", "above": 3, "coverage": 0.3}),
        json!({"rate": {"over": "5m", "per": "1h"}, "above": 20, "coverage": 0.3}),
        json!({"count": {"over": "5m", "of": {"above": 5}}, "above": 2}),
        json!({"count": {"over": "5m"}, "below": 20, "coverage": 0.3}),
        json!({"exposure": {"above": 5}, "above": 1}),
        json!({"silence": "2m"}),
        json!({"above": 5, "window": {"from": "12:02", "to": "12:05"}}),
    ];
    let paces = vec![Pace::Every(Duration::from_secs(10)), Pace::OnChange];
    (prop::sample::select(documents), prop::sample::select(paces)).prop_map(|(document, pace)| {
        let metric = Metric {
            pace,
            tolerance: TOLERANCE,
            power_on: None,
        };
        let slides = ["average", "min", "max", "delta", "rate", "count"];
        let slides = slides.iter().any(|word| document.get(word).is_some());
        let is_exact = pace != Pace::OnChange || !slides;
        (is_exact, compile(document, metric, Tz::UTC))
    })
}

/// Readings in order, with sequences, some in one millisecond and some without a value.
fn readings() -> impl Strategy<Value = Vec<Reading>> {
    let step = prop_oneof![1 => Just(0_i64), 8 => 1_i64..15_000, 1 => 15_000_i64..200_000];
    let value =
        prop_oneof![9 => (-1e3_f64..1e3).prop_map(|value| Some(value / 120.0)), 1 => Just(None)];
    prop::collection::vec((step, value), 1..80).prop_map(|steps| {
        let mut at = START.0;
        let advance = |(number, (step, value)): (usize, (i64, Option<f64>))| {
            at += step;
            Reading {
                device_time: Timestamp(at),
                received: Timestamp(at + 300),
                value,
                quality: Quality::Good,
                sequence: Some(Sequence {
                    boot: 1 + number as u64 / 30,
                    number: number as u64,
                }),
            }
        };
        steps.into_iter().enumerate().map(advance).collect()
    })
}

/// The same, with some twice, each displaced by less than the tolerance.
fn shuffled() -> impl Strategy<Value = (Vec<Reading>, Vec<Reading>)> {
    readings().prop_flat_map(|readings| {
        let count = readings.len();
        let late = 0..TOLERANCE.as_millis() as i64;
        let moves = prop::collection::vec((late.clone(), prop::option::weighted(0.3, late)), count);
        (Just(readings), moves).prop_map(|(readings, moves)| {
            let mut keyed: Vec<(i64, Reading)> = Vec::new();
            for (reading, (late, again)) in readings.iter().zip(moves) {
                for late in std::iter::once(late).chain(again) {
                    keyed.push((reading.device_time.0 + late, *reading));
                }
            }
            keyed.sort_by_key(|(key, _)| *key);
            (
                readings,
                keyed.into_iter().map(|(_, reading)| reading).collect(),
            )
        })
    })
}

/// Lets a batch in, and then time pass until all of it was judged.
fn run(rule: &Rule, readings: &[Reading]) -> (Vec<Change>, Alone) {
    let mut state = Alone::default();
    let mut changes = Vec::new();
    for reading in readings {
        changes.extend(state.observe(rule, *reading).unwrap());
    }
    let end = readings
        .iter()
        .map(|reading| reading.received)
        .max()
        .unwrap_or(START);
    changes.extend(state.tick(rule, end.after(TOLERANCE)));
    (changes, state)
}

/// As the engine runs it: a tick whenever one is asked for, and `between` after each step.
fn live(
    rule: &Rule,
    readings: &[Reading],
    between: impl Fn(Alone) -> Alone,
) -> (Vec<Change>, Alone) {
    let mut state = Alone::default();
    let mut now = START;
    let mut changes = state.tick(rule, now);
    for reading in readings {
        while let Some(wake) = state
            .next_wake(rule, now)
            .filter(|wake| *wake <= reading.received)
        {
            assert!(wake > now, "a wake that has passed");
            now = wake;
            changes.extend(state.tick(rule, now));
            state = between(state);
        }
        now = now.max(reading.received);
        changes.extend(state.observe(rule, *reading).unwrap());
        state = between(state);
    }
    (changes, state)
}

fn restored(state: Alone) -> Alone {
    let text = serde_json::to_string(&state).unwrap();
    assert!(
        text.len() <= STATE_BYTES_MAX,
        "{} bytes: {text}",
        text.len()
    );
    let back: Alone = serde_json::from_str(&text).unwrap();
    assert_eq!(back, state);
    let value: Value = serde_json::to_value(&state).unwrap();
    assert_eq!(serde_json::from_value::<Alone>(value).unwrap(), state);
    back
}

/// A device that sends as fast as it can, with gaps, duplicates and no order.
#[test]
fn a_state_stays_small_however_much_comes() {
    let metric = Metric {
        pace: Pace::Every(Duration::from_secs(1)),
        tolerance: TOLERANCE,
        power_on: None,
    };
    let documents = [
        json!({"above": 5, "for": "1d", "coverage": 0.01, "late": "alert"}),
        json!({"average": "1h", "above": 5, "for": "1d", "coverage": 0.01, "late": "alert"}),
    ];
    for document in documents {
        let rule = compile(document, metric, Tz::UTC);
        let mut state = Alone::default();
        let mut at = START.0;
        for number in 0..6_000_u64 {
            at += if number % 50 == 0 { 5_000 } else { 7 };
            let reading = Reading {
                device_time: Timestamp(at - (number as i64 * 7_919) % 30_000),
                received: Timestamp(at),
                value: Some((number * 31 % 97) as f64 / 9.7),
                quality: Quality::Good,
                sequence: Some(Sequence {
                    boot: number / 500,
                    number,
                }),
            };
            drop(state.observe(&rule, reading).unwrap());
            if number % 100 == 0 {
                let text = serde_json::to_string(&state).unwrap();
                assert!(text.len() <= HELD_BYTES_MAX, "{} bytes", text.len());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_and_number_of_arrivals_change_nothing(rule in rules(), (readings, arrived) in shuffled()) {
        prop_assert_eq!(run(&rule, &arrived), run(&rule, &readings));
    }

    /// Readings are held back once for all rules that look at them.
    #[test]
    fn rules_that_share_an_order_tell_what_each_would_alone(
        all in prop::collection::vec(rules(), 1..4), (_, arrived) in shuffled(),
    ) {
        let mut order = Order::default();
        let mut shared: Vec<(Vec<Change>, State)> = vec![Default::default(); all.len()];
        let mut hear = |turn: Turn| {
            for (rule, (changes, state)) in all.iter().zip(&mut shared) {
                changes.extend(rule.hear(state, turn));
            }
        };
        for reading in &arrived {
            order.take(reading.sample().unwrap(), TOLERANCE, &mut hear);
        }
        let end = arrived.iter().map(|reading| reading.received).max().unwrap_or(START).after(TOLERANCE);
        order.settle(end, TOLERANCE, &mut hear);
        for (rule, (mut changes, mut state)) in all.iter().zip(shared) {
            changes.extend(rule.tick(&mut state, &order, end));
            let (alone, memory) = run(rule, &arrived);
            prop_assert_eq!((changes, state), (alone, memory.state));
        }
    }

    #[test]
    fn a_state_goes_on_from_its_text(rule in rules(), (_, arrived) in shuffled()) {
        prop_assert_eq!(live(&rule, &arrived, restored), live(&rule, &arrived, |state| state));
    }

    /// Whatever comes in whatever order, late and wrong clocks included.
    #[test]
    fn nothing_is_raised_twice_without_a_clear_between(
        rule in rules(),
        raw in prop::collection::vec((0_i64..900_000, 0_i64..900_000, prop::option::weighted(0.9, -1.0_f64..9.0)), 1..120),
    ) {
        let mut received: Vec<Reading> = raw.iter().map(|(at, received, value)| Reading {
            device_time: Timestamp(START.0 + at),
            received: Timestamp(START.0 + received),
            value: *value,
            quality: Quality::Good,
            sequence: None,
        }).collect();
        received.sort_by_key(|reading| reading.received);
        let (changes, state) = live(&rule, &received, restored);
        let mut raised = None;
        for change in changes {
            match change {
                Change::Raised(episode) => {
                    prop_assert_eq!(raised, None);
                    raised = Some(episode.since);
                }
                Change::Cleared(episode) => {
                    prop_assert_eq!(raised, Some(episode.since));
                    raised = None;
                }
                Change::Unknown { .. } | Change::Known { .. } | Change::Late(_) => {}

            }
        }
        prop_assert_eq!(raised, state.state.raised_since());
    }

    /// Windows that move by themselves are looked at as their slots end, and at any tick.
    #[test]
    fn a_tick_that_nobody_asked_for_changes_nothing(
        (is_exact, rule) in every(), readings in readings(), extra in 1_i64..30_000,
    ) {
        prop_assume!(is_exact);
        let (changes, _) = live(&rule, &readings, |state| state);
        let mut state = Alone::default();
        let mut now = START;
        let mut more = state.tick(&rule, now);
        for reading in &readings {
            while now < reading.received {
                let wake = state.next_wake(&rule, now);
                let next = wake.map_or(i64::MAX, |wake| wake.0).min(now.0 + extra);
                now = Timestamp(next).min(reading.received);
                more.extend(state.tick(&rule, now));
            }
            more.extend(state.observe(&rule, *reading).unwrap());
        }
        prop_assert_eq!(more, changes);
    }
}
