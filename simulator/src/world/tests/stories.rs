use operandi_protocol::{Sample, Time};

use super::*;
use crate::scenario::{names, ready};

/// Seconds of the longest stretch in which a metric (by its place) was above `limit`, by what it told.
fn breach_secs(broker: &Memory, device: &str, limit: f64) -> (i64, f64) {
    let (mut since, mut longest, mut last) = (None, 0, f64::NAN);
    for (_, reading) in readings(broker, device) {
        let (operandi_protocol::Metric::Index(0), Sample::Value(value, _), Time::Wall(at)) =
            (reading.metric, reading.sample, reading.time)
        else {
            continue;
        };
        last = value.get();
        if last > limit {
            let since = *since.get_or_insert(at.ms());
            longest = longest.max((at.ms() - since) / 1_000);
        } else {
            since = None;
        }
    }
    (longest, last)
}

#[test]
fn at_the_butcher_two_fridges_warm_up_for_long_and_recover() {
    let scenario = ready("butcher").unwrap();
    for seed in [1, 2, 3] {
        let mut stage = Stage::new(&scenario, seed);
        stage.run_to(scenario.lasts_secs);
        for device in ["cold-room", "display"] {
            let (secs, last) = breach_secs(&stage.broker, device, 8.0);
            assert!(
                secs > 15 * 60,
                "seed {seed}: {device} was warm for {secs} s"
            );
            assert!(last < 8.0, "seed {seed}: {device} is at {last}");
        }
        // And the others are no false alarm of ten minutes.
        for (device, limit) in [("freezer", -12.0), ("drinks", 10.0)] {
            let (secs, _) = breach_secs(&stage.broker, device, limit);
            assert!(
                secs < 10 * 60,
                "seed {seed}: {device} was warm for {secs} s"
            );
        }
    }
}

#[test]
fn every_ready_scenario_runs_to_its_end_and_tells_all_it_measured() {
    for name in names() {
        let scenario = ready(name).unwrap();
        let mut stage = Stage::new(&scenario, 7);
        stage.run_to(scenario.lasts_secs + 60);
        let summary = stage.world.summary();
        assert!(summary.kept > 300, "{name}: {summary:?}");
        let on_its_way = summary.kept - summary.acknowledged;
        assert!(on_its_way <= 20, "{name}: {summary:?}");
        // Every metric of every device has told a value.
        let told = stage.tales.iter().filter_map(|tale| match &tale.what {
            What::Kept {
                metric,
                sample: Sample::Value(..),
                ..
            } => Some((tale.device, *metric)),
            _ => None,
        });
        let told: BTreeSet<_> = told.collect();
        let metrics: usize = scenario
            .devices
            .iter()
            .map(|device| device.metrics.len())
            .sum();
        assert_eq!(told.len(), metrics, "{name}");
        assert!(stage.tales.iter().all(|tale| !tale.to_string().is_empty()));
    }
}

#[test]
fn a_crowd_tells_at_its_rate() {
    let mut stage = Stage::new(&crate::scenario::load(50, 10.0), 1);
    stage.run_to(105);
    let told = stage.count(|what| matches!(what, What::Kept { .. }));
    // Ten a second, once all 50 have booted.
    assert!((1_000..=1_060).contains(&told), "{told}");
}

#[test]
fn tales_are_told_in_words() {
    let mut stage = Stage::new(&scenario(json!([thermometer()]), json!([]), json!({})), 1);
    stage.run_to(8);
    let told: Vec<String> = stage.tales.iter().map(ToString::to_string).collect();
    expect_test::expect![[r#"
        day 1 10:00:01 probe: boots (power_on) as 1561540022261337
        day 1 10:00:01 probe: temperature 23.13 °C
        day 1 10:00:02 probe: is connected
        day 1 10:00:02 probe: knows 1 readings received
        day 1 10:00:04 probe: sets its clock, 0 ms off what it was"#]]
    .assert_eq(&told.join("\n"));
}
