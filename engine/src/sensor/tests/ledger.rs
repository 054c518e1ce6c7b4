use std::{fmt::Write as _, time::Duration};

use proptest::prelude::*;

use super::{Metric, Pace, START, THERMOMETER, Timestamp};
use crate::sensor::{Account, Ledger, Limits, Minute, Spell};

/// A door, which speaks when it changes.
const DOOR: Metric = Metric {
    pace: Pace::OnChange,
    power_on: None,
    ..THERMOMETER
};

const ABOVE_8: Limits = Limits {
    above: Some(8.0),
    below: None,
};

fn minute(minute: i64) -> Timestamp {
    Timestamp(START.0 + minute * 60_000)
}

/// The account of the hour after the start.
fn account(metric: Metric, limits: Limits, readings: &[(i64, Option<f64>)]) -> Account {
    let mut ledger = Ledger::new(metric, limits, minute(0), minute(60));
    for (at, value) in readings {
        ledger.take(minute(*at), *value);
    }
    ledger.finish()
}

fn spells(list: &[Spell]) -> String {
    list.iter().fold(String::new(), |mut text, spell| {
        let at = |at: Timestamp| (at.0 - START.0) / 60_000;
        let until = spell
            .until
            .map_or("end".to_owned(), |until| at(until).to_string());
        let worst = spell
            .worst
            .map_or(String::new(), |worst| format!("={worst}"));
        write!(text, "{}-{until}{worst} ", at(spell.since)).unwrap();
        text
    })
}

/// Every minute of these stretches at this value.
fn every(stretches: &[(std::ops::Range<i64>, f64)]) -> Vec<(i64, Option<f64>)> {
    let minutes = |(range, value): &(std::ops::Range<i64>, f64)| {
        let value = *value;
        range.clone().map(move |at| (at, Some(value)))
    };
    stretches.iter().flat_map(minutes).collect()
}

#[test]
fn what_was_beyond_is_what_was_seen_beyond() {
    let minutes = |span: Duration| span.as_secs() / 60;
    let cases = [
        (
            "all is right",
            THERMOMETER,
            every(&[(0..60, 4.0)]),
            "",
            "",
            0,
        ),
        (
            "the limit itself is right",
            THERMOMETER,
            every(&[(0..60, 8.0)]),
            "",
            "",
            0,
        ),
        (
            "a breach and its worst value",
            THERMOMETER,
            every(&[(0..20, 4.0), (20..30, 9.0), (30..31, 12.5), (31..60, 4.0)]),
            "20-31=12.5 ",
            "",
            11,
        ),
        (
            "a gap within a breach is no breach",
            THERMOMETER,
            every(&[(0..10, 4.0), (10..20, 9.0), (40..50, 9.5), (50..60, 4.0)]),
            "10-19=9 40-50=9.5 ",
            "19-40 ",
            19,
        ),
        (
            "a breach that goes on",
            THERMOMETER,
            every(&[(0..50, 4.0), (50..60, 9.0)]),
            "50-end=9 ",
            "",
            10,
        ),
        (
            "a breach from before",
            THERMOMETER,
            every(&[(-5..5, 9.0), (5..60, 4.0)]),
            "0-5=9 ",
            "",
            5,
        ),
        (
            "one reading",
            THERMOMETER,
            every(&[(30..31, 9.0)]),
            "30-30=9 ",
            "0-30 30-end ",
            0,
        ),
        ("no reading", THERMOMETER, vec![], "", "0-end ", 0),
        (
            "a missed reading is no gap",
            THERMOMETER,
            every(&[(0..20, 4.0), (20..22, 9.0), (24..60, 4.0)]),
            "20-24=9 ",
            "",
            4,
        ),
        (
            "what a sensor shows before it measures",
            THERMOMETER,
            every(&[(0..20, 4.0), (20..21, 85.0), (21..60, 4.0)]),
            "",
            "",
            0,
        ),
        (
            "what speaks on change stands until it changes",
            DOOR,
            vec![(-90, Some(4.0)), (20, Some(9.0)), (50, Some(4.0))],
            "20-50=9 ",
            "",
            30,
        ),
        (
            "unless it says that it does not know",
            DOOR,
            vec![(-90, Some(9.0)), (20, None), (50, Some(4.0))],
            "0-20=9 ",
            "20-50 ",
            20,
        ),
    ];
    for (what, metric, readings, exposures, gaps, beyond) in cases {
        let account = account(metric, ABOVE_8, &readings);
        assert_eq!(spells(&account.exposures), exposures, "{what}");
        assert_eq!(spells(&account.gaps), gaps, "{what}");
        assert_eq!(minutes(account.beyond), beyond, "{what}");
    }
}

#[test]
fn both_limits_count_and_the_worst_is_the_farthest_beyond() {
    let limits = Limits {
        above: Some(8.0),
        below: Some(0.0),
    };
    let readings = every(&[(0..10, 4.0), (10..15, -3.0), (15..20, 9.0), (20..60, 4.0)]);
    let account = account(THERMOMETER, limits, &readings);
    assert_eq!(spells(&account.exposures), "10-20=-3 ");
    assert_eq!((account.least, account.greatest), (Some(-3.0), Some(9.0)));
    assert_eq!(account.average, Some((50.0 * 4.0 - 15.0 + 45.0) / 60.0));
    assert_eq!(account.longest, Duration::from_secs(600));
}

#[test]
fn one_value_alone_is_its_average() {
    let lone = account(THERMOMETER, ABOVE_8, &[(30, Some(5.0))]);
    assert_eq!(lone.average, Some(5.0));
    let none = account(THERMOMETER, ABOVE_8, &[(30, None)]);
    assert_eq!(
        (none.average, none.least, none.observed()),
        (None, None, 0.0)
    );
}

/// Where readings are kept by the minute only, no breach gets lost, and one reading a minute is as good as ever.
#[test]
fn minutes_tell_what_their_readings_tell() {
    let mut ledger = Ledger::new(THERMOMETER, ABOVE_8, minute(0), minute(60));
    for (at, value) in every(&[(0..20, 4.0), (20..30, 9.0), (30..60, 4.0)]) {
        let (at, value) = (minute(at), value.unwrap());
        ledger.take_minute(&Minute {
            first_at: at,
            first: value,
            last_at: at,
            last: value,
            least: value,
            greatest: value,
        });
    }
    assert_eq!(spells(&ledger.finish().exposures), "20-30=9 ");
    let mut ledger = Ledger::new(THERMOMETER, ABOVE_8, minute(0), minute(2));
    ledger.take_minute(&Minute {
        first_at: minute(0),
        first: 4.0,
        last_at: minute(1),
        last: 5.0,
        least: 3.0,
        greatest: 11.0,
    });
    let account = ledger.finish();
    assert_eq!(spells(&account.exposures), "0-1=11 ");
    assert_eq!((account.least, account.greatest), (Some(3.0), Some(11.0)));
}

proptest! {
    /// Every moment of the span is beyond, right or unobserved, and the lists tell the same as the sums.
    #[test]
    fn nothing_of_the_span_is_lost_or_counted_twice(
        steps in prop::collection::vec((0_i64..400_000, prop::option::weighted(0.9, 0_u8..12)), 0..200),
        holds in any::<bool>(),
    ) {
        let metric = if holds { DOOR } else { THERMOMETER };
        let mut ledger = Ledger::new(metric, ABOVE_8, minute(0), minute(600));
        let mut at = minute(-10);
        for (step, value) in steps {
            at = Timestamp(at.0 + step);
            if at >= minute(600) {
                break;
            }
            ledger.take(at, value.map(f64::from));
        }
        let account = ledger.finish();
        let whole = account.beyond + account.right + account.unobserved;
        prop_assert_eq!(whole, Duration::from_secs(600 * 60));
        let sum = |list: &[Spell]| list.iter().map(|spell| spell.lasted).sum::<Duration>();
        prop_assert_eq!(sum(&account.exposures), account.beyond);
        prop_assert_eq!(sum(&account.gaps), account.unobserved);
        let all: Vec<_> = account.exposures.iter().chain(&account.gaps).collect();
        for (index, one) in all.iter().enumerate() {
            for other in &all[index + 1..] {
                let end = |spell: &Spell| spell.until.unwrap_or(minute(600));
                prop_assert!(end(one) <= other.since || end(other) <= one.since);
            }
        }
        prop_assert!((0.0..=1.0).contains(&account.observed()));
        prop_assert!(account.longest <= account.beyond);
    }
}
