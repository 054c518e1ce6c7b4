use operandi_dsl::catalog::Lang;
use serde_json::{Value, json};

use super::{DOOR, Metric, Rule, THERMOMETER, Tz, calendar};

#[track_caller]
fn faults(document: Value, metric: Metric) -> Vec<(&'static str, String)> {
    let document = serde_json::from_value(document).unwrap();
    let faults = Rule::compile(&document, metric, calendar(Tz::UTC))
        .err()
        .unwrap_or_default();
    for fault in &faults {
        for lang in Lang::ALL {
            let says = fault.says.get(lang);
            assert!(!says.contains(['{', '}']) && says.contains(';'), "{says}");
        }
    }
    faults
        .into_iter()
        .map(|fault| (fault.field, fault.says.to_string()))
        .collect()
}

#[test]
fn what_is_wrong_is_named_with_its_remedy() {
    for (document, field, part) in [
        (
            json!({"metric": " ", "above": 1}),
            "metric",
            "write its name",
        ),
        (json!({"metric": "t"}), "above", "write one of"),
        (
            json!({"metric": "t", "above": 1, "below": 0}),
            "above",
            "another rule",
        ),
        (
            json!({"metric": "t", "above": 1, "silence": "1h"}),
            "above",
            "another rule",
        ),
        (json!({"metric": "t", "above": 1e300}), "above", "up to"),
        (
            json!({"metric": "t", "above": 5, "clear": 6}),
            "clear",
            "write 5 or less",
        ),
        (
            json!({"metric": "t", "below": 5, "clear": 4}),
            "clear",
            "write 5 or more",
        ),
        (
            json!({"metric": "t", "above": 5, "clear": {"low": 1, "high": 2}}),
            "clear",
            "write a number",
        ),
        (
            json!({"metric": "t", "outside": {"low": 2, "high": 8}, "clear": 5}),
            "clear",
            "`low` and `high`",
        ),
        (
            json!({"metric": "t", "outside": {"low": 2, "high": 8}, "clear": {"low": 1, "high": 7}}),
            "clear",
            "between 2 and 8",
        ),
        (
            json!({"metric": "t", "between": {"low": 2, "high": 8}, "clear": {"low": 3, "high": 9}}),
            "clear",
            "2 or less and 8 or more",
        ),
        (
            json!({"metric": "t", "outside": {"low": 8, "high": 2}}),
            "outside",
            "lower level first",
        ),
        (
            json!({"metric": "t", "between": {"low": 2, "high": 2}}),
            "between",
            "lower level first",
        ),
        (
            json!({"metric": "t", "above": 1, "for": "soon"}),
            "for",
            "write it like",
        ),
        (
            json!({"metric": "t", "above": 1, "for": "60d"}),
            "for",
            "write `31d` or less",
        ),
        (
            json!({"metric": "t", "above": 1, "for": "1h", "coverage": 0}),
            "coverage",
            "greater than 0",
        ),
        (
            json!({"metric": "t", "above": 1, "for": "1h", "coverage": 1.5}),
            "coverage",
            "up to 1",
        ),
        (
            json!({"metric": "t", "above": 1, "coverage": 0.5}),
            "coverage",
            "add `for`",
        ),
        (
            json!({"metric": "t", "above": 1, "average": "2m"}),
            "average",
            "write `3m` or more",
        ),
        (
            json!({"metric": "t", "above": 1, "min": "1h", "max": "1h"}),
            "max",
            "keep one",
        ),
        (
            json!({"metric": "t", "above": 1, "rate": {"over": "1h", "per": "0s"}}),
            "rate.per",
            "or more",
        ),
        (
            json!({"metric": "t", "above": 1, "rate": {"over": "1s"}}),
            "rate.over",
            "or more",
        ),
        (
            json!({"metric": "t", "above": 1, "count": {"over": "1h", "of": {}}}),
            "count.of",
            "the side",
        ),
        (
            json!({"metric": "t", "above": 1, "count": {"over": "1h", "of": {"above": 1, "below": 0}}}),
            "count.of",
            "the side",
        ),
        (
            json!({"metric": "t", "below": 1, "exposure": {"above": 8}}),
            "exposure",
            "write `above`",
        ),
        (
            json!({"metric": "t", "above": 2000, "exposure": {"above": 8}}),
            "above",
            "0 to 1500",
        ),
        (
            json!({"metric": "t", "above": 10, "exposure": {}}),
            "exposure",
            "the side",
        ),
        (
            json!({"metric": "t", "above": 10, "exposure": {"above": 8}, "for": "1h"}),
            "for",
            "leave `for` out",
        ),
        (
            json!({"metric": "t", "silence": "2m"}),
            "silence",
            "write `3m` or more",
        ),
        (
            json!({"metric": "t", "silence": "1h", "clear": 1}),
            "clear",
            "leave it out",
        ),
        (
            json!({"metric": "t", "silence": "1h", "average": "1h"}),
            "average",
            "leave it out",
        ),
        (
            json!({"metric": "t", "above": 1, "window": {"from": "9", "to": "18:00"}}),
            "window",
            "four digits",
        ),
        (
            json!({"metric": "t", "above": 1, "window": {"from": "09:00", "to": "18:00", "zone": "contact"}}),
            "window.zone",
            "no contact",
        ),
    ] {
        let found = faults(document.clone(), THERMOMETER);
        let [(at, says)] = found.as_slice() else {
            panic!("{document}: {found:?}")
        };
        assert!(
            *at == field && says.contains(part),
            "{document}: {at}: {says}"
        );
    }
}

#[test]
fn everything_wrong_is_told_at_once() {
    let document = json!({"metric": "", "above": 5, "clear": 6, "for": "1x", "coverage": 7, "average": "1s",
        "window": {"from": "09:00", "to": "09:00"}});
    let fields: Vec<_> = faults(document, THERMOMETER)
        .into_iter()
        .map(|(field, _)| field)
        .collect();
    assert_eq!(
        fields,
        ["coverage", "average", "clear", "for", "window", "metric"]
    );
}

#[test]
fn a_metric_that_tells_its_changes_has_no_interval_to_wait_for() {
    for document in [
        json!({"metric": "t", "silence": "2m"}),
        json!({"metric": "t", "above": 1, "average": "2m", "for": "1s", "coverage": 1}),
        json!({"metric": "t", "above": 0, "clear": 0}),
    ] {
        assert_eq!(faults(document, DOOR), []);
    }
}
