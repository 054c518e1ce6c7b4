use expect_test::expect;

use super::*;

#[test]
fn each_ready_scenario_is_sound_and_bears_its_name() {
    assert!(names().len() >= 5);
    for name in names() {
        let scenario = ready(name).unwrap_or_else(|| panic!("{name} cannot be read"));
        assert_eq!(scenario.name, name);
        let plans = check(&scenario).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(plans.len(), scenario.devices.len());
        let text = serde_json::to_string(&scenario).unwrap();
        assert_eq!(serde_json::from_str::<Scenario>(&text).unwrap(), scenario);
    }
    assert_eq!(ready("nothing"), None);
}

#[test]
fn a_crowd_tells_as_often_as_it_should() {
    let crowd = load(600, 20.0);
    assert_eq!(check(&crowd).unwrap().len(), 600);
    assert_eq!(crowd.devices[0].metrics[0].every_secs, 30);
    assert_eq!(load(10, 500.0).devices[0].metrics[0].every_secs, 1);
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let mut scenario = ready("irrigation").unwrap();
    scenario.speed = 0.0;
    scenario.network.duplicate = 1.5;
    scenario.devices[0].id = "bed 1".to_owned();
    scenario.devices[0].metrics[0].reads = "wetness".to_owned();
    scenario.devices[1].actuators[0].drives = "tap".to_owned();
    scenario.devices[1].ring_sectors = 2;
    scenario.devices[2].metrics[0].every_secs = 0;
    scenario.devices[3].metrics[1].name = "temperature".to_owned();
    scenario.happenings[0].device = Some("bed-9".to_owned());
    let problems = check(&scenario).unwrap_err();
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    expect![[r#"
        speed: must be from 0.001 to 100000, is 0
        happenings[0].device: there is no `bed-9`
        happenings[1].device: there is no `bed-1`
        network: shares and chances are from 0 to 1
        devices[0]: `device` has something other than a-z, A-Z, 0-9, `-`, `_` and `.` at byte 3
        devices[0].metrics[0]: there is no `wetness`, but moisture, watered
        devices[1].ring_sectors: must be from 3 to 256, is 2
        devices[1].actuators[0]: nothing drives `tap`, but valve
        devices[2].metrics[0].every_secs: must be from 1 to 86400, is 0
        devices[3]: `temperature` stands twice"#]]
    .assert_eq(&told.join("\n"));
}
