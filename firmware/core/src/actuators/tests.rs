use std::{format, string::String};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const NOON: i64 = 1_763_900_000_000;

fn name(text: &str) -> ActuatorName {
    ActuatorName::new(text).unwrap()
}

fn outputs() -> Vec<Output> {
    let output = |text, safe, max_on_secs, on_off, offline_secs| Output {
        actuator: Actuator {
            name: name(text),
            safe,
            max_on_secs,
        },
        on_off,
        offline_secs,
    };
    vec![
        output("valve", Level::OFF, 900, true, None),
        output("pump", Level::OFF, 900, false, Some(60)),
        // A compressor is safe while it runs.
        output("cooler", Level::ON, 600, true, None),
    ]
}

fn at(secs: u64) -> Now {
    Now {
        uptime: Uptime::new(secs * 1_000).unwrap(),
        wall: WallTime::new(NOON + secs as i64 * 1_000).ok(),
    }
}

fn told(acts: &[Act]) -> String {
    let line = |act: &Act| match act {
        Act::Set { actuator, level } => format!("set {actuator} {}", level.percent()),
        Act::Confirm(confirmation) => {
            format!("{} {:?}", confirmation.id, confirmation.outcome)
        }
        Act::Returned { actuator, why } => format!("{actuator} {why:?}"),
    };
    acts.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// `id actuator level max_on safe [retained]`, expiring at 100 s.
fn delivery(text: &str) -> Delivery {
    let words: Vec<&str> = text.split(' ').collect();
    let level = |word: &str| Level::new("level", word.parse().unwrap()).unwrap();
    Delivery {
        command: Command {
            id: CommandId::new(words[0]).unwrap(),
            actuator: name(words[1]),
            level: level(words[2]),
            expires: WallTime::new(NOON + 100_000).unwrap(),
            max_on_secs: words[3].parse().unwrap(),
            safe: level(words[4]),
        },
        retained: words.get(5) == Some(&"retained"),
    }
}

/// Plays `second: deed` lines, and writes what comes out beside them.
fn check(story: &str, expect: Expect) {
    let (mut actuators, acts) = Actuators::start(BootId::drawn(1), &outputs(), at(0).uptime);
    let mut out = format!("start -> {}\n", told(&acts));
    let mut clock = true;
    for line in story.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (second, deed) = line.split_once(": ").unwrap();
        let mut now = at(second.parse().unwrap());
        if !clock {
            now.wall = None;
        }
        let (word, rest) = deed.split_once(' ').unwrap_or((deed, ""));
        let acts = match word {
            "command" => actuators.command(&delivery(rest), now),
            "obeyed" => actuators.switched(name(rest), true, now),
            "stuck" => actuators.switched(name(rest), false, now),
            "up" | "down" => {
                actuators.link(word == "up", now.uptime);
                Vec::new()
            }
            "noclock" => {
                clock = false;
                Vec::new()
            }
            "tick" => actuators.tick(now),
            other => panic!("{other}"),
        };
        let told = told(&acts);
        let arrow = if told.is_empty() { "" } else { " -> " };
        out += &format!("{line}{arrow}{told}\n");
    }
    expect.assert_eq(&out);
}

#[test]
fn a_valve_opens_and_closes_by_itself() {
    check(
        "1: up
         2: command c1 valve 100 30 0
         2: obeyed valve
         3: command c1 valve 100 30 0
         31: tick
         32: tick
         32: obeyed valve
         33: tick",
        expect![[r#"
            start -> set cooler 100; cooler Restart; set pump 0; pump Restart; set valve 0; valve Restart
            1: up
            2: command c1 valve 100 30 0 -> c1 Accepted; set valve 100
            2: obeyed valve -> c1 Done
            3: command c1 valve 100 30 0 -> c1 Done
            31: tick
            32: tick -> set valve 0; valve MaxOn
            32: obeyed valve
            33: tick
        "#]],
    );
}

#[test]
fn the_network_dies_and_the_valve_still_closes() {
    check(
        "1: up
         2: command c1 valve 100 900 0
         3: command c2 pump 40 900 0
         4: down
         63: tick
         64: tick
         901: tick
         902: tick",
        expect![[r#"
            start -> set cooler 100; cooler Restart; set pump 0; pump Restart; set valve 0; valve Restart
            1: up
            2: command c1 valve 100 900 0 -> c1 Accepted; set valve 100
            3: command c2 pump 40 900 0 -> c2 Accepted; set pump 40
            4: down
            63: tick
            64: tick -> set pump 0; pump Offline; c2 Refused(Overtaken)
            901: tick
            902: tick -> set valve 0; valve MaxOn; c1 Refused(Overtaken)
        "#]],
    );
}

#[test]
fn commands_in_a_row_never_outlast_the_output() {
    check(
        "1: command c1 valve 100 800 0
         90: command c2 valve 100 86400 0
         900: tick
         901: tick",
        expect![[r#"
            start -> set cooler 100; cooler Restart; set pump 0; pump Restart; set valve 0; valve Restart
            1: command c1 valve 100 800 0 -> c1 Accepted; set valve 100
            90: command c2 valve 100 86400 0 -> c1 Refused(Overtaken); c2 Accepted; set valve 100
            900: tick
            901: tick -> set valve 0; valve MaxOn; c2 Refused(Overtaken)
        "#]],
    );
}

#[test]
fn what_must_not_be_done_is_refused() {
    check(
        "1: command c1 valve 100 30 0 retained
         1: command c2 door 100 30 0
         1: command c3 valve 50 30 0
         1: command c4 valve 100 30 100
         99: command c5 valve 100 30 0
         100: command c6 valve 100 30 0
         101: noclock
         101: command c7 valve 100 30 0
         102: command c8 valve 0 30 0
         103: command c9 cooler 0 30 100
         104: command c10 cooler 100 30 100",
        expect![[r#"
            start -> set cooler 100; cooler Restart; set pump 0; pump Restart; set valve 0; valve Restart
            1: command c1 valve 100 30 0 retained -> c1 Refused(Retained)
            1: command c2 door 100 30 0 -> c2 Refused(UnknownActuator)
            1: command c3 valve 50 30 0 -> c3 Refused(Level)
            1: command c4 valve 100 30 100 -> c4 Refused(SafeState)
            99: command c5 valve 100 30 0 -> c5 Accepted; set valve 100
            100: command c6 valve 100 30 0 -> c6 Expired
            101: noclock
            101: command c7 valve 100 30 0 -> c7 Refused(ClockUnknown)
            102: command c8 valve 0 30 0 -> c5 Refused(Overtaken); c8 Accepted; set valve 0
            103: command c9 cooler 0 30 100 -> c9 Refused(ClockUnknown)
            104: command c10 cooler 100 30 100 -> c10 Accepted; set cooler 100
        "#]],
    );
}

#[test]
fn an_output_that_does_not_obey_is_made_safe_until_it_does() {
    check(
        "1: command c1 valve 100 30 0
         1: stuck valve
         1: tick
         1: stuck valve
         2: tick
         2: obeyed valve
         3: tick
         4: command c2 pump 10 30 0
         4: command c3 pump 20 30 0
         4: obeyed pump
         34: tick",
        expect![[r#"
            start -> set cooler 100; cooler Restart; set pump 0; pump Restart; set valve 0; valve Restart
            1: command c1 valve 100 30 0 -> c1 Accepted; set valve 100
            1: stuck valve -> set valve 0; valve Fault; c1 Refused(Fault)
            1: tick
            1: stuck valve
            2: tick -> set valve 0; valve Fault
            2: obeyed valve
            3: tick
            4: command c2 pump 10 30 0 -> c2 Accepted; set pump 10
            4: command c3 pump 20 30 0 -> c2 Refused(Overtaken); c3 Accepted; set pump 20
            4: obeyed pump -> c3 Done
            34: tick -> set pump 0; pump MaxOn
        "#]],
    );
}

proptest! {
    /// Whatever is commanded and however the network behaves, nothing stays away from safe for longer
    /// than its output allows, if only `tick` is called when it is due.
    #[test]
    fn nothing_stays_away_for_long(
        deeds in prop::collection::vec((0..200_u64, 0..4_u8, 0..3_usize, 0..=100_u8, 1..2_000_u32), 1..60),
    ) {
        let outputs = outputs();
        let (mut actuators, _) = Actuators::start(BootId::drawn(1), &outputs, at(0).uptime);
        let mut left: BTreeMap<ActuatorName, u64> = BTreeMap::new();
        let mut second = 0;
        for (index, (pause, deed, which, percent, max_on_secs)) in deeds.into_iter().enumerate() {
            for _ in 0..pause {
                second += 1;
                if actuators.next_due().is_some_and(|due| due <= at(second).uptime) {
                    actuators.tick(at(second));
                    prop_assert!(actuators.next_due().is_none_or(|due| due > at(second).uptime));
                }
                for output in &outputs {
                    let Actuator { name, safe, max_on_secs } = output.actuator;
                    if actuators.level(name) == Some(safe) {
                        left.remove(&name);
                    } else {
                        let since = *left.entry(name).or_insert(second);
                        prop_assert!(second - since <= u64::from(max_on_secs), "{name}");
                    }
                }
            }
            let output = &outputs[which];
            match deed {
                0 | 1 => {
                    let command = Command {
                        id: CommandId::new(&format!("c{index}")).unwrap(),
                        actuator: output.actuator.name,
                        level: Level::new("level", if deed == 0 { percent } else { 100 - output.actuator.safe.percent() }).unwrap(),
                        expires: WallTime::new(NOON + 1_000_000_000).unwrap(),
                        max_on_secs,
                        safe: output.actuator.safe,
                    };
                    actuators.command(&Delivery { command, retained: false }, at(second));
                }
                2 => actuators.link(percent > 50, at(second).uptime),
                _ => {
                    actuators.switched(output.actuator.name, percent > 20, at(second));
                }
            }
        }
    }
}
