use operandi_protocol::{
    ActuatorName, Command, CommandId, Confirmation, Format, Level, Outcome, Refusal, Setting,
    SettingName, State, Value,
};

use super::*;

fn bed(offline_secs: Option<u32>) -> Json {
    json!({
        "id": "bed",
        "model": { "soil": { "moisture": 20.0 } },
        "metrics": [{
            "name": "moisture", "reads": "moisture", "every_secs": 10, "silence_secs": 600,
            "deadband": 0.5,
        }],
        "actuators": [{
            "name": "valve", "drives": "valve", "max_on_secs": 600, "offline_secs": offline_secs,
        }],
    })
}

/// To open the valve for so long, if it begins before so many seconds of the world.
fn open(id: &str, max_on_secs: u32, expires_secs: i64) -> Vec<u8> {
    let command = Command {
        id: CommandId::new(id).unwrap(),
        actuator: ActuatorName::new("valve").unwrap(),
        level: Level::ON,
        expires: WallTime::new(START + expires_secs * 1_000).unwrap(),
        max_on_secs,
        safe: Level::OFF,
    };
    command.encode(Format::Json).unwrap()
}

impl Stage {
    fn command(&mut self, payload: Vec<u8>, retained: bool) {
        let bed = DeviceId::new("bed").unwrap();
        assert!(self.broker.tell(bed, Kind::Command, payload, retained));
    }

    fn moisture(&self) -> f64 {
        self.world.device("bed").hull.read(0)
    }

    fn outcomes(&self) -> Vec<(String, Outcome)> {
        let confirms = said::<Confirmation>(&self.broker, Kind::Confirm);
        let outcome = |confirm: &Confirmation| (confirm.id.to_string(), confirm.outcome);
        confirms
            .iter()
            .map(|(_, confirm)| outcome(confirm))
            .collect()
    }
}

fn told(outcomes: &[(&str, Outcome)]) -> Vec<(String, Outcome)> {
    let told = outcomes.iter();
    told.map(|(id, outcome)| ((*id).to_owned(), *outcome))
        .collect()
}

#[test]
fn a_command_waters_the_soil_for_as_long_as_it_may() {
    let mut stage = Stage::new(&scenario(json!([bed(None)]), json!([]), json!({})), 1);
    stage.run_to(60);
    let before = stage.moisture();
    stage.command(open("water", 120, 100), false);
    stage.run_to(61);
    stage.run_to(1_000);
    // 30 mm/h for 120 s is 1 mm, which is half a percent of 200 mm; the sun takes some of it.
    let risen = stage.moisture() - before;
    assert!((0.2..0.5).contains(&risen), "{risen}");
    let expected = [("water", Outcome::Accepted), ("water", Outcome::Done)];
    assert_eq!(stage.outcomes(), told(&expected));
    let returns = |what: &What| matches!(what, What::Returned { why, .. } if *why == operandi_node_core::Return::MaxOn);
    assert_eq!(stage.count(returns), 1);
}

#[test]
fn what_is_late_kept_or_impossible_is_refused() {
    let mut stage = Stage::new(&scenario(json!([bed(None)]), json!([]), json!({})), 1);
    stage.run_to(60);
    stage.command(open("late", 120, 59), false);
    stage.command(open("kept", 120, 100), true);
    stage.run_to(70);
    let expected = [
        ("late", Outcome::Expired),
        ("kept", Outcome::Refused(Refusal::Retained)),
    ];
    assert_eq!(stage.outcomes(), told(&expected));
    let before = stage.moisture();
    stage.run_to(600);
    assert!(stage.moisture() <= before);
}

#[test]
fn without_a_clock_nothing_leaves_its_safe_state() {
    let mut device = bed(None);
    device["clock"] = json!({ "sync_secs": null });
    let mut stage = Stage::new(&scenario(json!([device]), json!([]), json!({})), 1);
    stage.run_to(60);
    stage.command(open("water", 120, 100), false);
    stage.run_to(70);
    let expected = [("water", Outcome::Refused(Refusal::ClockUnknown))];
    assert_eq!(stage.outcomes(), told(&expected));
}

/// The network dies with the valve open: the node shuts it, by its time or because it is alone.
#[test]
fn a_dead_network_keeps_no_valve_open() {
    for (offline_secs, open_secs) in [(None, 600.0), (Some(60), 70.0)] {
        let outage = json!([{ "at_secs": 70, "lasts_secs": 80_000, "event": "wifi_outage" }]);
        let mut stage = Stage::new(&scenario(json!([bed(offline_secs)]), outage, json!({})), 1);
        stage.run_to(60);
        stage.command(open("water", 3_600, 100), false);
        stage.run_to(1_000);
        let watered = stage.world.device("bed").hull.read(1);
        let expected = 30.0 * open_secs / 3_600.0;
        assert!(
            (watered - expected).abs() < 0.1,
            "{watered} mm, not {expected}"
        );
        stage.run_to(5_000);
        assert_eq!(stage.world.device("bed").hull.read(1), watered);
    }
}

#[test]
fn a_cut_of_power_shuts_the_valve_and_a_boot_keeps_it_shut() {
    let cut = json!([{ "at_secs": 90, "lasts_secs": 30, "event": "power_cut" }]);
    let mut stage = Stage::new(&scenario(json!([bed(None)]), cut, json!({})), 1);
    stage.run_to(60);
    stage.command(open("water", 600, 100), false);
    stage.run_to(1_000);
    let watered = stage.world.device("bed").hull.read(1);
    assert!(
        (watered - 30.0 * 30.0 / 3_600.0).abs() < 0.05,
        "{watered} mm"
    );
}

#[test]
fn a_jammed_output_is_told_to_obey_until_it_does() {
    let jam = json!([{ "at_secs": 50, "lasts_secs": 100, "event": { "jammed": { "actuator": "valve" } } }]);
    let mut stage = Stage::new(&scenario(json!([bed(None)]), jam, json!({})), 1);
    stage.run_to(60);
    stage.command(open("water", 600, 100), false);
    stage.run_to(300);
    let expected = [
        ("water", Outcome::Accepted),
        ("water", Outcome::Refused(Refusal::Fault)),
    ];
    assert_eq!(stage.outcomes(), told(&expected));
    let tries = |what: &What| matches!(what, What::Driven { obeyed: false, .. });
    assert!(
        (80..=100).contains(&stage.count(tries)),
        "{}",
        stage.count(tries)
    );
    assert_eq!(stage.world.device("bed").hull.read(1), 0.0);
}

#[test]
fn settings_are_taken_over_kept_and_reported() {
    let cut = json!([{ "at_secs": 200, "lasts_secs": 10, "event": "power_cut" }]);
    let mut stage = Stage::new(&scenario(json!([thermometer()]), cut, json!({})), 1);
    stage.run_to(60);
    let setting = |name| SettingName::new(name).unwrap();
    let number = |value| Setting::Number(Value::new(value).unwrap());
    let desired = State {
        revision: 4,
        settings: BTreeMap::from([
            (setting("temperature.interval"), number(30.0)),
            (setting("temperature.deadband"), number(-1.0)),
            (setting("unknown"), number(1.0)),
        ]),
    };
    let probe = DeviceId::new("probe").unwrap();
    let payload = desired.encode(Format::Cbor).unwrap();
    stage.broker.tell(probe, Kind::Desired, payload, true);
    stage.run_to(200);
    let before = stage.kept().len();
    stage.run_to(520);
    // One at the boot, then one each 30 s.
    assert_eq!(stage.kept().len() - before, 11);
    let reports = said::<State>(&stage.broker, Kind::Reported);
    let mut revisions: Vec<u32> = reports.iter().map(|(_, report)| report.revision).collect();
    revisions.dedup();
    assert_eq!(revisions, [0, 4]);
    let expected = BTreeMap::from([
        (setting("temperature.interval"), number(30.0)),
        (setting("temperature.deadband"), number(0.0)),
        (setting("temperature.silence"), number(0.0)),
    ]);
    let after_the_cut = &reports.last().unwrap().1;
    assert_eq!(after_the_cut.settings, expected);
}

#[test]
fn what_cannot_be_read_is_told_and_harms_nothing() {
    let mut stage = Stage::new(&scenario(json!([bed(None)]), json!([]), json!({})), 1);
    stage.run_to(60);
    for payload in [b"{}".to_vec(), vec![0xff; 40], Vec::new()] {
        stage.command(payload, false);
    }
    stage.run_to(70);
    assert_eq!(
        stage.count(|what| matches!(what, What::Unreadable { .. })),
        3
    );
}
