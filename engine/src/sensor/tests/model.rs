//! A reference that keeps every reading and computes each definition anew, against the bounded rules.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Alone, Change, Metric, Pace, START, Timestamp, Tz, compile, reading};

/// Seconds: how far apart readings of the model's metric may be.
const GAP: i64 = 30;
/// Seconds of the model's windows, and of one of their slots.
const OVER: i64 = 120;
const SLOT: i64 = OVER / 60;

const METRIC: Metric = Metric {
    pace: Pace::Every(std::time::Duration::from_secs(10)),
    tolerance: std::time::Duration::ZERO,
    power_on: None,
};

/// Known readings in order: a second and a value.
type Known = [(i64, f64)];

/// Seconds of `from..to` that were observed.
fn observed(known: &Known, from: i64, to: i64) -> i64 {
    let pairs = known.windows(2).map(|pair| (pair[0].0, pair[1].0));
    pairs
        .filter(|(start, end)| end - start <= GAP)
        .map(|(start, end)| (end.min(to) - start.max(from)).max(0))
        .sum()
}

/// Seconds since the zone's midnight, as `START` is noon in UTC.
const NOON: i64 = 12 * 3600;

/// What a measure may be after the last of these: least and greatest.
fn measure(name: &str, known: &Known, coverage: f64) -> (f64, f64) {
    let any = (f64::NEG_INFINITY, f64::INFINITY);
    let (now, last) = *known.last().unwrap();
    // A whole number of slots lies between 1970 and `START`.
    let first = (now.div_euclid(SLOT) - 59) * SLOT;
    let read: Vec<(i64, f64)> = known
        .iter()
        .copied()
        .filter(|(at, _)| *at >= first)
        .collect();
    let covered = observed(known, first, now) as f64 >= coverage * (now - first) as f64;
    let exact = |value: f64| if covered { (value, value) } else { any };
    let values = || read.iter().map(|(_, value)| *value);
    let least = values().fold(f64::INFINITY, f64::min);
    let greatest = values().fold(f64::NEG_INFINITY, f64::max);
    let (start, old) = read[0];
    let came = known
        .windows(2)
        .filter(|pair| pair[1].0 >= first && pair[0].1 <= 3.0 && pair[1].1 > 3.0);
    let came = came.count() as f64;
    match name {
        "value" => (last, last),
        "average" => exact(values().sum::<f64>() / read.len() as f64),
        "min" if covered => (least, least),
        "min" => (any.0, least),
        "max" if covered => (greatest, greatest),
        "max" => (greatest, any.1),
        "delta" => exact(last - old),
        "rate" if now == start => any,
        "rate" => exact((last - old) * 60_000.0 / ((now - start) * 1000) as f64),
        "count" if covered => (came, came),
        "count" => (came, any.1),
        "exposure" => {
            let midnight = (now + NOON).div_euclid(86_400) * 86_400 - NOON;
            let beyond: i64 = known
                .windows(2)
                .filter(|pair| pair[1].0 - pair[0].0 <= GAP && pair[0].1 > 3.0)
                .map(|pair| (pair[1].0 - pair[0].0.max(midnight)).max(0))
                .sum();
            let unseen = now - midnight - observed(known, midnight, now);
            (beyond as f64 / 60.0, (beyond + unseen) as f64 / 60.0)
        }
        other => panic!("{other}"),
    }
}

/// Whether it was wrong for long enough after the last of these, which are all that were certain, each a
/// second and whether it was wrong.
fn sustained(judged: &[(i64, bool)], span: i64, reach: i64) -> bool {
    let streak: Vec<i64> = {
        let mut streak: Vec<i64> = Vec::new();
        for (at, wrong) in judged {
            if !wrong {
                streak.clear();
                continue;
            }
            if streak
                .last()
                .is_some_and(|last| at - last > GAP && at - last > reach - span)
            {
                streak.clear();
            }
            streak.push(*at);
        }
        streak
    };
    let (Some(first), Some(now)) = (streak.first(), streak.last()) else {
        return false;
    };
    let points: Vec<(i64, f64)> = streak.iter().map(|at| (*at, 0.0)).collect();
    (*first.max(&(now - reach))..=*now).any(|from| observed(&points, from, *now) >= span)
}

/// Raises and clears as the definitions have them: the second, and whether it was raised.
fn reference(name: &str, readings: &[(i64, Option<f64>)], rule: &Shape) -> Vec<(i64, bool)> {
    let mut known: Vec<(i64, f64)> = Vec::new();
    let mut judged = Vec::new();
    let mut raised = false;
    let mut told = Vec::new();
    for (at, value) in readings {
        let Some(value) = value else { continue };
        known.push((*at, *value));
        let (least, greatest) = measure(name, &known, rule.coverage);
        if least > rule.limit {
            judged.push((*at, true));
        } else if greatest <= rule.limit {
            judged.push((*at, false));
        }
        let reach = (rule.span as f64 / rule.coverage) as i64;
        if !raised && least > rule.limit && sustained(&judged, rule.span, reach) {
            raised = true;
            told.push((*at, true));
        } else if raised && greatest <= rule.clear {
            raised = false;
            told.push((*at, false));
        }
    }
    told
}

/// What differs from rule to rule.
#[derive(Clone, Debug)]
struct Shape {
    limit: f64,
    clear: f64,
    /// Seconds.
    span: i64,
    coverage: f64,
}

fn document(name: &str, shape: &Shape) -> Value {
    let mut rule = json!({"above": shape.limit, "clear": shape.clear});
    match name {
        "value" => {}
        "rate" => rule["rate"] = json!({"over": "2m", "per": "1m"}),
        "count" => rule["count"] = json!({"over": "2m", "of": {"above": 3}}),
        "exposure" => rule["exposure"] = json!({"above": 3}),
        other => rule[other] = json!("2m"),
    }
    if shape.span > 0 {
        rule["for"] = json!(format!("{}s", shape.span));
    }
    if shape.span > 0 || !["value", "exposure"].contains(&name) {
        rule["coverage"] = json!(shape.coverage);
    }
    rule
}

fn streams() -> impl Strategy<Value = Vec<(i64, Option<f64>)>> {
    let step =
        prop_oneof![6 => 0_i64..=12, 3 => 25_i64..=35, 1 => 36_i64..=200, 1 => Just(3_000_i64)];
    let value =
        prop_oneof![8 => (0_i32..=24).prop_map(|n| Some(f64::from(n) / 4.0)), 1 => Just(None)];
    prop::collection::vec((step, value), 1..120).prop_map(|steps| {
        let mut at = 0;
        let advance = |(step, value)| {
            at += step;
            (at, value)
        };
        steps.into_iter().map(advance).collect()
    })
}

fn shapes() -> impl Strategy<Value = Shape> {
    // With these shares the time looked at is a whole number of seconds.
    (
        0_i32..=20,
        0_i32..=8,
        prop::sample::select(vec![0_i64, 20, 40, 120]),
        prop::sample::select(vec![1.0, 0.5, 0.25]),
    )
        .prop_map(|(limit, less, span, coverage)| Shape {
            limit: f64::from(limit) / 4.0,
            clear: f64::from(limit - less) / 4.0,
            span,
            coverage,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn bounded_rules_agree_with_all_readings(
        name in prop::sample::select(vec!["value", "average", "min", "max", "delta", "rate", "count", "exposure"]),
        readings in streams(), shape in shapes(),
    ) {
        let shape = if name == "exposure" { Shape { span: 0, ..shape } } else { shape };
        let rule = compile(document(name, &shape), METRIC, Tz::UTC);
        let mut state = Alone::default();
        let mut told = Vec::new();
        for (number, (at, value)) in readings.iter().enumerate() {
            let at = Timestamp(START.0 + at * 1000);
            let mut reading = reading(at, *value);
            reading.sequence = Some(super::Sequence { boot: 1, number: number as u64 });
            for change in state.observe(&rule, reading).unwrap() {
                let second = |at: Timestamp| (at.0 - START.0) / 1000;
                match change {
                    Change::Raised(episode) => told.push((second(episode.evidence.at), true)),
                    Change::Cleared(episode) => told.push((second(episode.evidence.at), false)),
                    other => prop_assert!(false, "{other:?}"),
                }
            }
        }
        prop_assert_eq!(told, reference(name, &readings, &shape), "{}", document(name, &shape));
    }
}
