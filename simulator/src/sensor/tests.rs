use operandi_protocol::Fault;

use super::*;

fn sensor(probe: Probe, imperfections: Imperfections) -> Sensor {
    Sensor::new(&imperfections, &[], &probe, Dice::new(1, "sensor"))
}

fn at(secs: u64) -> Moment {
    Moment::from_secs(secs)
}

#[test]
fn each_probe_is_read_back_at_its_resolution() {
    let moisture = Probe::Counts {
        counts: (2_900.0, 1_200.0),
        values: (0.0, 100.0),
        max: 4_095.0,
    };
    let cases: &[(Probe, f64, f64)] = &[
        (Probe::Ds18b20, 4.07, 4.0625),
        (Probe::Ds18b20, -18.0, -18.0),
        (Probe::Dht22Celsius, 21.37, 21.4),
        (Probe::Dht22Celsius, -3.04, -3.0),
        (Probe::Dht22Percent, 55.55, 55.6),
        (moisture.clone(), 50.0, 2_050.0),
        (Probe::Pulses, 7.0, 7.0),
        (Probe::Direct, 1.0, 1.0),
    ];
    for (probe, truth, read) in cases {
        let got = sensor(probe.clone(), Imperfections::default()).measure(*truth, at(0));
        assert_eq!(got, Ok(*read), "{probe:?}");
    }
    let back = moisture.calibration().unwrap().apply(2_050.0);
    assert!((back - 50.0).abs() < 1e-9);
}

/// What is on the wire is judged by the firmware, not by us.
#[test]
fn faults_appear_as_the_protocol_says() {
    let counts = Probe::Counts {
        counts: (100.0, 4_000.0),
        values: (0.0, 100.0),
        max: 4_095.0,
    };
    use SensorFault::{Checksum, Disconnected, PowerOn, Shows};
    let cases: &[(Probe, SensorFault, Fault)] = &[
        (Probe::Ds18b20, PowerOn, Fault::PowerOn),
        (Probe::Ds18b20, Disconnected, Fault::Disconnected),
        (Probe::Ds18b20, Checksum, Fault::Checksum),
        (Probe::Dht22Celsius, PowerOn, Fault::Warming),
        (Probe::Dht22Percent, Disconnected, Fault::Disconnected),
        (Probe::Dht22Celsius, Checksum, Fault::Checksum),
        (Probe::Dht22Celsius, Shows(99.0), Fault::Implausible),
        (counts.clone(), Disconnected, Fault::Disconnected),
        (counts, Shows(500.0), Fault::Disconnected),
        (Probe::Direct, Disconnected, Fault::Disconnected),
    ];
    for (probe, fault, told) in cases {
        let mut sensor = sensor(probe.clone(), Imperfections::default());
        assert!(sensor.measure(20.0, at(0)).is_ok(), "{probe:?}");
        sensor.begin(*fault);
        assert_eq!(
            sensor.measure(20.0, at(1)),
            Err(*told),
            "{probe:?} {fault:?}"
        );
        sensor.end(*fault);
        assert!(sensor.measure(20.0, at(2)).is_ok(), "{probe:?} {fault:?}");
    }
}

#[test]
fn a_hasty_look_after_power_on_shows_85_once() {
    let hasty = Imperfections {
        hasty: 1.0,
        ..Imperfections::default()
    };
    let mut sensor = sensor(Probe::Ds18b20, hasty);
    sensor.boot(4.0, true);
    assert_eq!(sensor.measure(4.0, at(0)), Err(Fault::PowerOn));
    assert_eq!(sensor.measure(4.0, at(1)), Ok(4.0));
    // It had power all the time while its node was reset.
    sensor.boot(4.0, false);
    assert_eq!(sensor.measure(4.0, at(2)), Ok(4.0));
}

#[test]
fn pulses_count_from_the_boot() {
    let mut sensor = sensor(Probe::Pulses, Imperfections::default());
    sensor.boot(120.0, true);
    assert_eq!(sensor.measure(125.0, at(0)), Ok(5.0));
    sensor.boot(130.0, false);
    assert_eq!(sensor.measure(131.0, at(1)), Ok(1.0));
}

#[test]
fn a_stuck_sensor_shows_what_it_showed_then() {
    let mut sensor = sensor(Probe::Direct, Imperfections::default());
    sensor.begin(SensorFault::Stuck);
    assert_eq!(sensor.measure(4.0, at(0)), Ok(4.0));
    assert_eq!(sensor.measure(9.0, at(60)), Ok(4.0));
    sensor.end(SensorFault::Stuck);
    assert_eq!(sensor.measure(9.0, at(120)), Ok(9.0));
    sensor.begin(SensorFault::Stuck);
    assert_eq!(sensor.measure(7.0, at(180)), Ok(7.0));
}

#[test]
fn imperfections_add_up() {
    let mut lagging = sensor(
        Probe::Direct,
        Imperfections {
            lag_secs: 60.0,
            ..Imperfections::default()
        },
    );
    lagging.measure(0.0, at(0)).unwrap();
    let risen = lagging.measure(10.0, at(60)).unwrap();
    assert!((risen - 10.0 * (1.0 - (-1.0_f64).exp())).abs() < 1e-9);

    let mut drifting = sensor(
        Probe::Direct,
        Imperfections {
            drift_per_day: 0.4,
            gain: 1.1,
            quantum: 0.5,
            ..Imperfections::default()
        },
    );
    assert_eq!(drifting.measure(10.0, at(86_400)), Ok(11.5));

    let mut noisy = sensor(
        Probe::Direct,
        Imperfections {
            noise: 0.2,
            ..Imperfections::default()
        },
    );
    let mut deviation = |shaken: f64| {
        let shown = (0..5_000).map(|secs| noisy.measure(0.0, at(secs)).unwrap());
        let found = (shown.map(f64::abs).map(|off| off * off).sum::<f64>() / 5_000.0).sqrt();
        noisy.begin(SensorFault::Noise(shaken));
        found
    };
    assert!((deviation(1.5) - 0.2).abs() < 0.02);
    assert!((deviation(0.0) - 1.513).abs() < 0.1);
}

#[test]
fn spikes_are_some_of_the_samples() {
    let mut sensor = sensor(Probe::Direct, Imperfections::default());
    sensor.begin(SensorFault::Spikes(30.0));
    let samples = (0..2_000).map(|secs| sensor.measure(4.0, at(secs)).unwrap());
    let off = samples.filter(|value| *value != 4.0);
    let spikes: Vec<f64> = off.collect();
    assert!((140..=260).contains(&spikes.len()), "{}", spikes.len());
    assert!(spikes.iter().all(|value| [34.0, -26.0].contains(value)));
}

#[test]
fn flaws_come_and_go_by_the_dice() {
    let flaw = Flaw {
        fault: SensorFault::Disconnected,
        every_secs: 900.0,
        lasts_secs: 100.0,
    };
    let share = |seed| {
        let dice = Dice::new(seed, "flaw");
        let mut sensor = Sensor::new(&Imperfections::default(), &[flaw], &Probe::Direct, dice);
        let gone = |secs: &u64| sensor.measure(1.0, at(secs * 10)) == Err(Fault::Disconnected);
        (0..40_000).filter(gone).count() as f64 / 40_000.0
    };
    assert!((share(1) - 0.1).abs() < 0.02, "{}", share(1));
    assert_eq!(share(1), share(1));
    assert_ne!(share(1), share(2));
}
