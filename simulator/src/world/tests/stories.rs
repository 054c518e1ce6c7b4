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

/// The values of a device's metric (by its place) as they were told, in their order.
fn values(broker: &Memory, device: &str, place: u8) -> Vec<f64> {
    let all = readings(broker, device).into_iter();
    let own = all.filter(|(_, reading)| reading.metric == operandi_protocol::Metric::Index(place));
    own.filter_map(|(_, reading)| match reading.sample {
        Sample::Value(value, _) => Some(value.get()),
        Sample::Unavailable(_) => None,
    })
    .collect()
}

#[test]
fn at_the_bar_cards_pass_guests_come_and_kegs_empty() {
    let scenario = ready("bar").unwrap();
    let mut stage = Stage::new(&scenario, 3);
    stage.run_to(scenario.lasts_secs);
    let cards = values(&stage.broker, "staff-door", 0);
    let passes = cards.iter().filter(|card| **card != 0.0).count();
    // 96 are expected in eight hours; four deviations are 39.
    assert!((57..=135).contains(&passes), "{passes}");
    let apart = |pair: &[f64]| pair[0] == 0.0 || pair[1] == 0.0;
    assert!(
        cards.windows(2).all(apart),
        "a card is gone before the next one comes"
    );

    let guests = values(&stage.broker, "entrance", 0);
    let restarts = guests.windows(2).filter(|pair| pair[1] < pair[0]).count();
    assert_eq!(restarts, 1, "the cut of power begins a new count");
    assert!(guests.iter().copied().fold(0.0, f64::max) > 150.0);

    let keg = values(&stage.broker, "keg-2", 0);
    assert!(keg[0] > 8.0 && keg.iter().any(|kg| *kg < 3.0), "{keg:?}");
}

#[test]
fn beds_dry_in_the_sun_and_nobody_waters_them() {
    let scenario = ready("irrigation").unwrap();
    let mut stage = Stage::new(&scenario, 3);
    stage.run_to(scenario.lasts_secs);
    for bed in ["bed-1", "bed-2"] {
        let moisture = values(&stage.broker, bed, 0);
        let (first, last) = (moisture[0], moisture[moisture.len() - 1]);
        assert!(last < first - 2.0, "{bed}: from {first} to {last}");
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
