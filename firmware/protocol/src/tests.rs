use std::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use expect_test::expect;
use proptest::prelude::*;

use crate::{
    Birth, BootId, Command, Confirmation, Death, Error, Fault, Format, Kind, Message, Metric,
    MetricName, Quality, Reading, Readings, Sample, State, Time, Uptime, Value, WallTime,
    limits::*, testing,
};

/// The message comes back from both formats, and from its own bytes the same bytes.
fn comes_back<M: Message + PartialEq + std::fmt::Debug>(message: &M) {
    for format in [Format::Json, Format::Cbor] {
        let payload = match message.encode(format) {
            Ok(payload) => payload,
            Err(Error::TooLong { .. }) => continue,
            Err(error) => panic!("{error}"),
        };
        assert_eq!(Format::of(&payload), Some(format));
        assert_eq!(&M::decode(&payload).unwrap(), message);
    }
}

/// Whatever can be read can be written, and then means the same in both formats.
fn holds_still<M: Message + PartialEq + std::fmt::Debug>(payload: &[u8]) {
    if let Ok(message) = M::decode(payload) {
        comes_back(&message);
    }
}

fn all_hold_still(payload: &[u8]) {
    holds_still::<Readings>(payload);
    holds_still::<Birth>(payload);
    holds_still::<Death>(payload);
    holds_still::<Command>(payload);
    holds_still::<Confirmation>(payload);
    holds_still::<State>(payload);
}

/// `payload` with some bytes changed, cut or added.
fn damaged(payload: &[u8], blows: &[(usize, u8)], cut: usize) -> Vec<u8> {
    let mut payload = payload.to_vec();
    for (at, byte) in blows {
        let at = at % payload.len();
        payload[at] = *byte;
    }
    payload.truncate(payload.len() - cut % payload.len());
    payload
}

proptest! {
    #[test]
    fn readings_come_back(message in testing::readings()) { comes_back(&message); }

    #[test]
    fn births_come_back(message in testing::birth()) { comes_back(&message); }

    #[test]
    fn deaths_come_back(message in testing::death()) { comes_back(&message); }

    #[test]
    fn commands_come_back(message in testing::command()) { comes_back(&message); }

    #[test]
    fn confirmations_come_back(message in testing::confirmation()) { comes_back(&message); }

    #[test]
    fn states_come_back(message in testing::state()) { comes_back(&message); }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        all_hold_still(&bytes);
    }

    #[test]
    fn any_map_is_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), entries in 0xa0..=0xbf_u8) {
        let mut payload = std::vec![entries];
        payload.extend(bytes);
        all_hold_still(&payload);
    }

    #[test]
    fn damaged_payloads_are_read_without_panic(
        (readings, birth, state) in (testing::readings(), testing::birth(), testing::state()),
        blows in prop::collection::vec(any::<(usize, u8)>(), 0..4),
        cut in prop_oneof![Just(0), any::<usize>()],
    ) {
        for format in [Format::Json, Format::Cbor] {
            let payloads = [readings.encode(format), birth.encode(format), state.encode(format)];
            for payload in payloads.into_iter().flatten() {
                all_hold_still(&damaged(&payload, &blows, cut));
            }
        }
    }
}

fn refusal<M: Message>(payload: &str) -> String {
    match M::decode(payload.as_bytes()) {
        Ok(_) => "read".to_string(),
        Err(error) => format!("{}: {error}", error.code()),
    }
}

#[test]
fn a_refusal_names_what_is_wrong() {
    let cases: &[(&str, &str)] = &[
        ("", "format: the payload is neither"),
        ("[]", "format: the payload is neither"),
        ("{", "malformed: malformed: EOF"),
        (
            r#"{"boot":1}"#,
            "malformed: malformed: missing field `readings`",
        ),
        (r#"{"boot":1,"readings":[]}"#, "range: `readings`"),
        (
            r#"{"boot":9007199254740992,"readings":[{"seq":0,"metric":"t","value":1,"uptime":1}]}"#,
            "range: `boot`",
        ),
        (
            r#"{"boot":-1,"readings":[]}"#,
            "malformed: malformed: invalid value: integer `-1`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","uptime":1}]}"#,
            "contradiction: either `value`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":1,"unavailable":"other","uptime":1}]}"#,
            "contradiction: either `value`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":1}]}"#,
            "contradiction: either `at`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":1,"at":1,"uptime":1}]}"#,
            "contradiction: either `at`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":1,"at":0}]}"#,
            "range: `at`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":1,"at":1763900000}]}"#,
            "range: `at`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":64,"value":1,"uptime":1}]}"#,
            "range: `metric`",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"a b","value":1,"uptime":1}]}"#,
            "name: `metric` has something other",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"","value":1,"uptime":1}]}"#,
            "name: `metric` is empty",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":0,"metric":"t","value":"1","uptime":1}]}"#,
            "malformed: malformed: invalid type",
        ),
        (
            r#"{"boot":1,"readings":[{"seq":1,"metric":"t","value":1,"uptime":1},{"seq":1,"metric":"u","value":1,"uptime":1}]}"#,
            "contradiction: `seq` must rise",
        ),
    ];
    for (payload, why) in cases {
        let told = refusal::<Readings>(payload);
        assert!(told.starts_with(why), "{payload}\n{told}");
    }
    let command = |fields: &str| {
        let payload = format!(
            r#"{{"id":"c1","actuator":"valve","level":100,"expires":1763900000000,"max_on":600,"safe":0{fields}"#
        );
        refusal::<Command>(&payload)
    };
    assert_eq!(command("}"), "read");
    assert!(command(r#","level":0}"#).contains("duplicate field `level`"));
    let levels =
        r#"{"id":"c1","actuator":"valve","level":101,"expires":1763900000000,"max_on":0,"safe":0}"#;
    assert_eq!(refusal::<Command>(levels), "range: `level` is out of range");
    let never_off = levels.replace("101", "100");
    assert_eq!(
        refusal::<Command>(&never_off),
        "range: `max_on` is out of range"
    );
}

#[test]
fn what_is_too_much_is_refused_by_writer_and_reader() {
    let mut readings = batch(READINGS_MAX + 1, |at| Metric::Index((at % 4) as u8));
    let too_many = Err(Error::TooMany {
        field: "readings",
        count: 129,
        max: 128,
    });
    assert_eq!(readings.encode(Format::Cbor), too_many);
    readings.readings.pop();
    assert!(readings.encode(Format::Cbor).is_ok());

    let metrics: Vec<String> = (0..300)
        .map(|at| format!(r#"{{"name":"m{at}","unit":"","every":60}}"#))
        .collect();
    let birth = format!(
        r#"{{"boot":1,"firmware":"1","reset":"other","uptime":1,"lost":0,"metrics":[{}],"actuators":[]}}"#,
        metrics.join(",")
    );
    assert_eq!(
        refusal::<Birth>(&birth),
        "too_many: `metrics` has 300 entries, more than 64"
    );
    let twice = birth.replace(&metrics[1..].join(","), &metrics[0]);
    assert_eq!(refusal::<Birth>(&twice), "twice: `metrics` is given twice");

    let long = "x".repeat(PAYLOAD_BYTES_MAX + 1);
    assert!(refusal::<State>(&long).starts_with("too_long: the payload has 16385 bytes"));
    let mut settings = State {
        revision: 1,
        settings: std::collections::BTreeMap::new(),
    };
    let name = crate::SettingName::new("note").unwrap();
    settings
        .settings
        .insert(name, crate::Setting::Text("x".repeat(TEXT_BYTES_MAX + 1)));
    let json = r#"{"revision":1,"settings":{"note":"LONG"}}"#;
    let json = json.replace("LONG", &"x".repeat(TEXT_BYTES_MAX + 1));
    assert_eq!(refusal::<State>(&json), "range: `settings` is out of range");
    assert_eq!(
        settings.encode(Format::Json),
        Err(Error::Range { field: "settings" })
    );
}

#[test]
fn a_deep_or_endless_payload_is_refused() {
    for opening in ["{\"a\":", "{\"a\":["] {
        let json = format!("{opening}{}", "[".repeat(10_000));
        assert!(Readings::decode(json.as_bytes()).is_err());
    }
    for (opening, inner) in [(0xbf, 0x9f), (0xa1, 0x81), (0xbb, 0xbb), (0xa1, 0xc1)] {
        let mut cbor = std::vec![opening, 0x18, 0x63];
        cbor.extend(std::iter::repeat_n(inner, 10_000));
        assert!(Readings::decode(&cbor).is_err());
    }
    // An array that claims four thousand million entries.
    let cbor = hex::decode("a20001029affffffff").unwrap();
    assert!(Readings::decode(&cbor).is_err());
    // A whole payload and one byte more.
    let mut cbor = batch(1, |_| Metric::Index(0)).encode(Format::Cbor).unwrap();
    cbor.push(0);
    assert_eq!(Readings::decode(&cbor).unwrap_err().code(), "malformed");
}

#[test]
fn what_a_newer_peer_says_is_read_as_far_as_it_is_known() {
    let newer = r#"{"boot":1,"mood":{"x":[1]},"readings":[{"seq":0,"metric":"t","unavailable":"moth","uptime":1}]}"#;
    let readings = Readings::decode(newer.as_bytes()).unwrap();
    assert_eq!(
        readings.readings[0].sample,
        Sample::Unavailable(Fault::Other)
    );
    // The same in CBOR: key 99 and fault 200 are of the future.
    let newer =
        hex::decode("a30001186381a101f60281a4000001617404".to_string() + "18c80601").unwrap();
    let known = Readings::decode(&newer).unwrap();
    assert_eq!(known, readings);
    let outcome = r#"{"id":"c","boot":1,"outcome":"maybe","uptime":1}"#;
    assert_eq!(
        refusal::<Confirmation>(outcome),
        "range: `outcome` is out of range"
    );
}

fn batch(count: usize, metric: impl Fn(usize) -> Metric) -> Readings {
    let readings = (0..count).map(|at| Reading {
        seq: 40 + at as u32,
        metric: metric(at),
        sample: Sample::Value(Value::new(4.1 + at as f64 / 10.0).unwrap(), Quality::Good),
        time: Time::Wall(WallTime::new(1_763_900_000_000 + at as i64 * 30_000).unwrap()),
    });
    Readings {
        boot: BootId::new(7_316_225_551_243_122).unwrap(),
        sent: Some(Uptime::new(86_412_345).unwrap()),
        readings: readings.collect(),
    }
}

#[test]
fn cbor_takes_at_most_half_of_json() {
    let names = ["temperature", "humidity", "door", "battery"];
    let by_name = |at: usize| Metric::Name(MetricName::new(names[at % names.len()]).unwrap());
    let by_index = |at: usize| Metric::Index((at % names.len()) as u8);
    let cases = [
        ("single by index", batch(1, by_index)),
        ("single by name", batch(1, by_name)),
        ("10 by index", batch(10, by_index)),
        ("10 by name", batch(10, by_name)),
        ("100 by index", batch(100, by_index)),
    ];
    let mut table = String::new();
    for (what, readings) in cases {
        let json = readings.encode(Format::Json).unwrap().len();
        let cbor = readings.encode(Format::Cbor).unwrap().len();
        assert!(cbor * 2 <= json, "{what}: {json} and {cbor}");
        table += &format!("{what}: {json} bytes of JSON, {cbor} of CBOR\n");
    }
    expect![[r#"
        single by index: 107 bytes of JSON, 41 of CBOR
        single by name: 119 bytes of JSON, 52 of CBOR
        10 by index: 642 bytes of JSON, 251 of CBOR
        10 by name: 731 bytes of JSON, 330 of CBOR
        100 by index: 5835 bytes of JSON, 2292 of CBOR
    "#]]
    .assert_eq(&table);
}

#[test]
fn ids_tell_copies_from_news() {
    let (first, again) = (
        batch(3, |_| Metric::Index(0)),
        batch(4, |_| Metric::Index(0)),
    );
    let seen: Vec<_> = first.ids().collect();
    let news: Vec<u32> = again
        .ids()
        .filter(|id| !seen.contains(id))
        .map(|id| id.seq)
        .collect();
    assert_eq!(news, [43]);
}

/// The block of `language` in the README's section of `kind`.
fn example(kind: Kind, language: &str) -> String {
    let readme = include_str!("../../README.md");
    let (_, section) = readme
        .split_once(&format!("### `{}`", kind.word()))
        .unwrap();
    let (_, block) = section.split_once(&format!("```{language}\n")).unwrap();
    block.split_once("```").unwrap().0.trim().to_string()
}

fn documented<M: Message + PartialEq + std::fmt::Debug>(kind: Kind) {
    let (json, cbor) = (
        example(kind, "json"),
        example(kind, "cbor").replace('\n', ""),
    );
    let message = M::decode(json.as_bytes()).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
    let written = message.encode(Format::Json).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), json);
    assert_eq!(
        hex::encode(message.encode(Format::Cbor).unwrap()),
        cbor,
        "{kind:?}"
    );
    comes_back(&message);
}

#[test]
fn the_readme_tells_the_truth() {
    for kind in Kind::ALL {
        match kind {
            Kind::Readings => documented::<Readings>(kind),
            Kind::Birth => documented::<Birth>(kind),
            Kind::Death => documented::<Death>(kind),
            Kind::Command => documented::<Command>(kind),
            Kind::Confirm => documented::<Confirmation>(kind),
            Kind::Reported | Kind::Desired => documented::<State>(kind),
        }
    }
}
