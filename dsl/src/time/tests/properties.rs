use std::time::Duration;

use chrono_tz::Tz;
use proptest::prelude::*;

use super::{
    BUENOS_AIRES, MADRID, SANTIAGO, SAO_PAULO, Schedule, Timestamp, WindowSpec, format_span,
    parse_span, window,
};

fn zones() -> impl Strategy<Value = Tz> {
    prop::sample::select(vec![
        BUENOS_AIRES,
        SANTIAGO,
        SAO_PAULO,
        MADRID,
        Tz::UTC,
        Tz::Australia__Lord_Howe,
    ])
}

/// Between 2000 and 2037.
fn instants() -> impl Strategy<Value = Timestamp> {
    (946_684_800_000_i64..2_114_380_800_000).prop_map(Timestamp)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn spans_come_back(millis in 0_u64..315_360_000_000) {
        let span = Duration::from_millis(millis);
        prop_assert_eq!(parse_span(&format_span(span)), Ok(span));
    }

    #[test]
    fn the_next_time_is_later(
        at in instants(), zone in zones(), minute in 0_u32..60, hour in 0_u32..24, weekday in 0_u32..7, form in 0..4,
    ) {
        let line = match form {
            0 => format!("{minute} {hour} * * *"),
            1 => format!("{minute} {hour} * * {weekday}"),
            2 => format!("{minute} * * * *"),
            _ => format!("*/15 {hour} * * *"),
        };
        let schedule = Schedule::parse(&line, None).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let next = schedule.next_after(at, zone);
        prop_assert!(next.is_some_and(|next| next > at), "{} {:?}", line, next);
        // A daily line runs within a day and the longest change of the clocks.
        if form == 0 {
            prop_assert!(next.is_some_and(|next| next.since(at) <= Duration::from_secs(26 * 3600)));
        }
    }

    #[test]
    fn a_daily_line_runs_once_a_date(at in instants(), zone in zones(), minute in 0_u32..60, hour in 0_u32..24) {
        let schedule = Schedule::parse(&format!("{minute} {hour} * * *"), None)
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let mut dates = Vec::new();
        let mut at = at;
        for _ in 0..5 {
            at = schedule.next_after(at, zone).ok_or_else(|| TestCaseError::fail("it ended"))?;
            dates.push(at.in_zone(zone).map(|time| time.date_naive()));
        }
        for pair in dates.windows(2) {
            prop_assert_eq!(pair[0].and_then(|date| date.succ_opt()), pair[1]);
        }
    }

    #[test]
    fn an_opening_is_inside_and_not_before(
        at in instants(), zone in zones(), from in 0_u32..1440, to in 0_u32..1440, days in prop::sample::subsequence(
            vec!["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 1..7),
    ) {
        prop_assume!(from != to);
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let spec = WindowSpec::parse(&window(&days, &clock(from), &clock(to)))
            .map_err(|error| TestCaseError::fail(error.to_string()))?;
        let open = spec.next_open(at, zone, &[]).ok_or_else(|| TestCaseError::fail("never open"))?;
        prop_assert!(open >= at);
        prop_assert!(spec.is_open(open, zone, &[]));
        prop_assert_eq!(spec.next_open(open, zone, &[]), Some(open));
        // Nothing between is open.
        if open > at {
            let between = Timestamp(at.0 + (open.0 - at.0) / 2);
            prop_assert_eq!(spec.next_open(between, zone, &[]), Some(open));
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[ 0-9a-z:*/,@-]{0,24}") {
        drop(parse_span(&text));
        drop(Schedule::parse(&text, Some(&text)));
        drop(WindowSpec::parse(&window(&[&text], &text, &text)));
        drop(Timestamp::parse(&text));
    }
}
