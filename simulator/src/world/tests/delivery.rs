use operandi_protocol::{Death, Farewell, Fault, ResetCause, Sample, Time};

use super::*;

/// Everything a network can do at once.
fn bad_network() -> Json {
    json!({
        "loss": { "turns_bad": 0.02, "turns_good": 0.2, "loses": 0.9 },
        "duplicate": 0.05, "reorder": 0.05, "delay_ms": [20, 900],
        "outages": { "every_secs": 2_000.0, "last_secs": 200.0 },
    })
}

fn transcript(seed: u64, steps: &[u64]) -> Vec<Spoken> {
    let mut scenario = crate::scenario::ready("butcher").unwrap();
    scenario.network = serde_json::from_value(bad_network()).unwrap();
    let mut stage = Stage::new(&scenario, seed);
    for step in steps {
        stage.run_to(*step);
    }
    stage.broker.take_spoken()
}

#[test]
fn a_seed_says_the_same_bytes_in_whatever_steps_time_passes() {
    let at_once = transcript(1, &[10_000]);
    assert!(at_once.len() > 500, "{}", at_once.len());
    let in_steps: Vec<u64> = (1..=10_000).collect();
    assert!(transcript(1, &in_steps) == at_once);
    assert!(transcript(2, &[10_000]) != at_once);
}

#[test]
fn an_outage_loses_nothing_and_doubles_nothing() {
    let outage = json!([{ "at_secs": 600, "lasts_secs": 3_000, "event": "wifi_outage" }]);
    let mut stage = Stage::new(&scenario(json!([thermometer()]), outage, json!({})), 1);
    stage.run_to(3_500);
    assert!(
        (280..=300).contains(&stage.world.waiting()),
        "{}",
        stage.world.waiting()
    );
    stage.run_to(7_200);
    let (kept, delivered) = (stage.kept(), stage.delivered());
    assert_eq!(kept.len(), delivered.len());
    assert_eq!(kept, delivered.into_iter().collect());
    assert_eq!(stage.world.waiting(), 0);
    // Times are those of the measuring, not of the sending.
    let all = readings(&stage.broker, "probe");
    let times = all.iter().filter_map(|(_, reading)| match reading.time {
        Time::Wall(at) => Some(at.ms()),
        Time::Unknown(_) => None,
    });
    let times: Vec<i64> = times.collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 10_000));
}

#[test]
fn a_bad_network_doubles_some_and_loses_nothing() {
    for seed in 1..=5 {
        let scenario = scenario(json!([thermometer()]), json!([]), bad_network());
        let mut stage = Stage::new(&scenario, seed);
        stage.run_to(20_000);
        stage.world.stop_sampling();
        let mut end = 20_000;
        while stage.world.waiting() > 0 && end < 40_000 {
            end += 100;
            stage.run_to(end);
        }
        let summary = stage.world.summary();
        let delivered = stage.delivered();
        let once: BTreeSet<_> = delivered.iter().copied().collect();
        assert_eq!(once, stage.kept(), "seed {seed}");
        assert!(
            delivered.len() > once.len(),
            "seed {seed}: nothing was doubled"
        );
        assert!(summary.gave_up > 0, "seed {seed}: {summary:?}");
        assert_eq!(summary.kept, summary.acknowledged, "seed {seed}");
    }
}

#[test]
fn a_deaf_broker_is_given_up_and_told_again() {
    let mut stage = Stage::new(&scenario(json!([thermometer()]), json!([]), json!({})), 1);
    let probe = DeviceId::new("probe").unwrap();
    stage.run_to(100);
    stage.broker.be_deaf(probe, true);
    stage.run_to(200);
    assert!(stage.count(|what| *what == What::GaveUp) >= 2);
    stage.broker.be_deaf(probe, false);
    stage.run_to(400);
    let delivered = stage.delivered();
    let once: BTreeSet<_> = delivered.iter().copied().collect();
    assert!(delivered.len() > once.len());
    assert_eq!(once, stage.kept());
}

/// A cut of power during an outage: what was measured before is told under the boot that measured it.
#[test]
fn the_ring_survives_a_cut_of_power() {
    let script = json!([
        { "at_secs": 300, "lasts_secs": 600, "event": "wifi_outage" },
        { "at_secs": 500, "lasts_secs": 60, "event": "power_cut" },
    ]);
    let mut stage = Stage::new(&scenario(json!([thermometer()]), script, json!({})), 1);
    stage.run_to(530);
    assert_eq!(
        stage.world.waiting(),
        0,
        "nobody can ask a node without power"
    );
    stage.run_to(2_000);
    assert_eq!(stage.kept(), stage.delivered().into_iter().collect());
    let boots: BTreeSet<_> = stage.kept().iter().map(|(_, id)| id.boot).collect();
    assert_eq!(boots.len(), 2);
    let births = said::<Birth>(&stage.broker, Kind::Birth);
    let resets: Vec<ResetCause> = births.iter().map(|(_, birth)| birth.reset).collect();
    // The first two are of one connection: the second knows the time.
    assert_eq!(resets, [ResetCause::PowerOn; 4]);
    let deaths = said::<Death>(&stage.broker, Kind::Death);
    assert_eq!(deaths.len(), 1);
    assert_eq!(deaths[0].1.boot, births[0].1.boot);
}

#[test]
fn a_ring_that_overflows_counts_what_it_drops() {
    let device = thermometer_with(json!({ "ring_sectors": 3 }));
    let outage = json!([{ "at_secs": 100, "lasts_secs": 5_000, "event": "wifi_outage" }]);
    let mut stage = Stage::new(&scenario(json!([device]), outage, json!({})), 1);
    stage.run_to(6_000);
    let once: BTreeSet<_> = stage.delivered().into_iter().collect();
    let births = said::<Birth>(&stage.broker, Kind::Birth);
    let lost = births.last().unwrap().1.lost as usize;
    assert!(lost > 100, "{lost}");
    assert_eq!(stage.kept().len() - once.len(), lost);
}

/// A clock at 1970: readings tell their uptime, and a later birth places them.
#[test]
fn a_later_birth_places_what_was_measured_before_the_time_was_known() {
    let device = thermometer_with(json!({ "clock": { "sync_secs": 1_200, "fast_ppm": 200 } }));
    let mut stage = Stage::new(&scenario(json!([device]), json!([]), json!({})), 1);
    stage.run_to(2_400);
    let births = said::<Birth>(&stage.broker, Kind::Birth);
    let [early, late] = &births[..] else {
        panic!("{births:?}");
    };
    assert_eq!((early.1.at, early.1.boot), (None, late.1.boot));
    let (at, uptime) = (late.1.at.unwrap().ms(), late.1.uptime.ms() as i64);
    let (mut placed, mut known) = (0, 0);
    for (spoken, batch) in said::<Readings>(&stage.broker, Kind::Readings) {
        for reading in &batch.readings {
            let arrived = START + spoken.at.ms() as i64;
            let told = match reading.time {
                Time::Unknown(then) => {
                    placed += 1;
                    let waited = batch.sent.unwrap().since(then) as i64;
                    let told = at - (uptime - then.ms() as i64);
                    // Both ways of the protocol lead to the same time, as far as the quartz is right.
                    assert!((told - (arrived - waited)).abs() < 300);
                    told
                }
                Time::Wall(at) => {
                    known += 1;
                    at.ms()
                }
            };
            // It took a second to connect; since then each is told as soon as it is measured.
            assert!(
                (-300..1_500).contains(&(arrived - told)),
                "{told} at {arrived}"
            );
        }
    }
    assert!(placed > 110 && known > 110, "{placed} {known}");
}

#[test]
fn without_a_time_server_the_clock_stays_at_1970() {
    let script = json!([{ "at_secs": 0, "lasts_secs": 1_000, "event": "no_time_server" }]);
    let mut stage = Stage::new(&scenario(json!([thermometer()]), script, json!({})), 1);
    stage.run_to(990);
    assert_eq!(stage.count(|what| matches!(what, What::ClockSet { .. })), 0);
    stage.run_to(1_100);
    assert_eq!(stage.count(|what| matches!(what, What::ClockSet { .. })), 1);
}

#[test]
fn sensors_fail_in_the_words_of_the_protocol() {
    let device = thermometer_with(json!({ "metrics": [{
        "name": "temperature", "reads": "temperature", "probe": "ds18b20",
        "every_secs": 10, "silence_secs": 0, "range": [-30.0, 60.0],
        "imperfections": { "hasty": 1.0 },
        "spike": { "jump": 8.0, "confirm": 3 },
    }] }));
    let fault = |at: u64, fault: Json| {
        json!({ "at_secs": at, "lasts_secs": 50,
            "event": { "sensor": { "metric": "temperature", "fault": fault } } })
    };
    let script = json!([
        fault(100, json!("disconnected")),
        fault(200, json!("checksum")),
        fault(300, json!("power_on")),
        fault(400, json!({ "shows": 90.0 })),
        fault(500, json!({ "shows": 50.0 })),
    ]);
    let mut stage = Stage::new(&scenario(json!([device]), script, json!({})), 1);
    stage.run_to(600);
    let told = readings(&stage.broker, "probe");
    let (mut faults, mut suspects) = (BTreeMap::new(), 0);
    for (_, reading) in &told {
        match reading.sample {
            Sample::Unavailable(fault) => *faults.entry(fault.word()).or_insert(0) += 1,
            Sample::Value(_, quality) => {
                suspects += u32::from(quality == operandi_protocol::Quality::Suspect);
            }
        }
    }
    // One after the power-on by itself, and five of each that the script has.
    assert_eq!(told[0].1.sample, Sample::Unavailable(Fault::PowerOn));
    let expected = [
        ("checksum", 5),
        ("disconnected", 5),
        ("implausible", 5),
        ("power_on", 6),
    ];
    assert_eq!(faults, BTreeMap::from(expected));
    // 50 °C is doubted twice, then believed; and so is the way back.
    assert_eq!(suspects, 4);
}

#[test]
fn restarts_say_goodbye_and_resets_do_not() {
    let script = json!([
        { "at_secs": 100, "event": "restart" },
        { "at_secs": 200, "event": "watchdog" },
    ]);
    let mut stage = Stage::new(&scenario(json!([thermometer()]), script, json!({})), 1);
    stage.run_to(300);
    let deaths = said::<Death>(&stage.broker, Kind::Death);
    let deaths: Vec<_> = deaths
        .iter()
        .map(|(_, death)| (death.boot, death.why))
        .collect();
    let births = said::<Birth>(&stage.broker, Kind::Birth);
    let mut boots: Vec<_> = births
        .iter()
        .map(|(_, birth)| (birth.boot, birth.reset))
        .collect();
    boots.dedup();
    let resets: Vec<ResetCause> = boots.iter().map(|(_, reset)| *reset).collect();
    let expected = [
        ResetCause::PowerOn,
        ResetCause::Restart,
        ResetCause::Watchdog,
    ];
    assert_eq!(resets, expected);
    let expected = [
        (boots[0].0, Farewell::Restart),
        (boots[1].0, Farewell::Lost),
    ];
    assert_eq!(deaths, expected);
    assert_eq!(stage.kept(), stage.delivered().into_iter().collect());
}

/// A run that is sped up has the same story: what the network loses is missed after as many simulated seconds.
#[test]
fn a_loss_is_noticed_as_soon_at_any_speed() {
    let lossy = json!({ "loss": { "turns_bad": 0.01, "turns_good": 0.3, "loses": 1.0 } });
    let scenario = scenario(json!([thermometer()]), json!([]), lossy);
    let given_up = |speed: f64| {
        let mut stage = Stage::at_speed(&scenario, 1, speed);
        stage.run_to(20_000);
        let times = stage.tales.iter().filter(|tale| tale.what == What::GaveUp);
        times.map(|tale| tale.at).collect::<Vec<_>>()
    };
    let slow = given_up(1.0);
    assert!(slow.len() > 5, "{slow:?}");
    assert_eq!(slow, given_up(60.0));
}
