use std::time::Duration;

use super::{Rig, T0, at_minute};
use crate::{
    alert::{Act, AlertMove, AlertState, Cause, Whose},
    event::Ingest,
    ids::OrgId,
    store::{
        alerts,
        readings::{At, Spoken, What},
        runs,
        testing::on_each_database,
    },
};

const RULE: &str = "above: 8, clear: 6, for: 10m, alert: warning, levels: [{ level: critical, above: 12, for: 5m }]";

#[tokio::test]
async fn a_warm_fridge_becomes_one_alert_and_one_run_and_ends_with_the_cold() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        let workflow = rig.rule(RULE).await;
        rig.live(fridge, &[4.0; 3]).await;
        rig.live(fridge, &[9.0; 10]).await;
        assert!(rig.told().await.is_empty(), "ten readings are nine minutes");
        rig.live(fridge, &[9.5; 2]).await;
        assert_eq!(rig.told().await, ["warning since 3: opened"]);
        rig.live(fridge, &[13.0; 7]).await;
        assert_eq!(
            rig.told().await,
            ["warning since 3: opened, raised"].map(|told| told.replace("warning", "critical"))
        );
        rig.live(fridge, &[5.0; 2]).await;
        let alerts = rig.alerts().await;
        assert_eq!((alerts.len(), alerts[0].state), (1, AlertState::Cleared));
        assert_eq!(alerts[0].workflow, workflow);
        assert_eq!(
            (
                rig.events("sensor.raised").await,
                rig.events("sensor.cleared").await
            ),
            (1, 1)
        );
        let listed = runs::list(
            &rig.db,
            rig.org,
            &runs::Filter {
                limit: 10,
                ..runs::Filter::default()
            },
        )
        .await
        .unwrap();
        assert_eq!(listed.len(), 1);
        rig.after(1).await;
        assert_eq!(rig.readings(fridge).await.len(), 24);
    })
    .await;
}

#[tokio::test]
async fn readings_count_once_however_often_they_come_and_whenever() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        let list: Vec<_> = (0..5)
            .map(|n| {
                Spoken(
                    Some(n),
                    "temperature".into(),
                    Some(4.0),
                    None,
                    At::Time(at_minute(n as i64).0),
                )
            })
            .collect();
        rig.clock.advance(Duration::from_secs(600));
        for boot in [Some(7), None] {
            for _ in 0..3 {
                rig.tell(
                    fridge,
                    What::Readings {
                        boot,
                        sent: None,
                        list: list.clone(),
                    },
                )
                .await;
                rig.after(1).await;
            }
        }
        // Those that are not counted are told apart by moment and value only.
        assert_eq!(rig.readings(fridge).await.len(), 10);
        rig.crash().await;
        rig.tell(
            fridge,
            What::Readings {
                boot: Some(7),
                sent: None,
                list,
            },
        )
        .await;
        rig.after(1).await;
        assert_eq!(rig.readings(fridge).await.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn a_clock_at_1970_is_placed_by_the_boot_and_one_behind_is_put_right() {
    on_each_database(async |db| {
        let rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        let spoken = |seq, at| Spoken(Some(seq), "#0".into(), Some(4.0), None, at);
        let says = |list| What::Readings {
            boot: Some(77),
            sent: None,
            list,
        };
        rig.tell(fridge, rig.born(60_000, None)).await;
        rig.tell(fridge, says(vec![spoken(1, At::Uptime(60_000))]))
            .await;
        rig.after(1).await;
        // A second boot's word: at its minute 2 the clock showed an hour less than ours.
        let hour_behind = rig.clock.now().0 - 3_600_000;
        let mut born = rig.born(120_000, Some(hour_behind));
        if let What::Birth(born) = &mut born {
            born.boot = 78;
        }
        rig.tell(fridge, born).await;
        let list = vec![
            spoken(1, At::Uptime(60_000)),
            spoken(2, At::Time(hour_behind)),
        ];
        rig.tell(
            fridge,
            What::Readings {
                boot: Some(78),
                sent: None,
                list,
            },
        )
        .await;
        rig.after(1).await;
        // The first has no time that is known: it is kept, and is no value.
        assert_eq!(
            rig.readings(fridge).await,
            [(0, None), (0, Some(4.0)), (1, Some(4.0))]
        );
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_kept_and_is_no_value() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule("above: 8, alert: warning").await;
        rig.live(fridge, &[85.0, 4.0]).await;
        rig.after(1).await;
        assert_eq!(rig.readings(fridge).await, [(0, None), (1, Some(4.0))]);
        assert!(rig.told().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn silence_is_told_by_time_alone_and_only_of_devices_that_are_there() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        let gone = rig.fridge(2);
        rig.rule("silence: 15m, alert: critical").await;
        rig.live(fridge, &[4.0]).await;
        rig.live(gone, &[4.0]).await;
        rig.after(12).await;
        assert!(rig.told().await.is_empty());
        rig.take_away(gone);
        rig.say(fridge, &[4.0]).await;
        rig.pass().await;
        rig.after(14).await;
        assert!(
            rig.told().await.is_empty(),
            "one was heard, the other is gone"
        );
        rig.after(2).await;
        rig.after(1).await;
        assert!(
            rig.told()
                .await
                .contains(&"critical since 14: opened".to_owned())
        );
        rig.live(fridge, &[4.0]).await;
        assert!(
            rig.told()
                .await
                .contains(&"critical since 14: opened, cleared".to_owned())
        );
    })
    .await;
}

#[tokio::test]
async fn alerts_hear_people_and_wake_by_themselves() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule("above: 8, alert: warning, latch: true").await;
        rig.live(fridge, &[9.0]).await;
        let id = rig.alerts().await[0].id;
        let act = async |rig: &Rig, org: OrgId, act| {
            let step = AlertMove {
                whose: Whose::Id(id),
                act,
            };
            let ingest = Ingest {
                alerts: vec![step],
                ..Ingest::of(org, "api")
            };
            rig.engine.ingest(ingest).await.unwrap().alerts.remove(0)
        };
        let who = || "ana".to_owned();
        let until = rig.clock.now().after(Duration::from_secs(1_800));
        act(&rig, rig.org, Act::Snooze { who: who(), until })
            .await
            .unwrap();
        let other = OrgId::from_uuid(uuid::Uuid::from_u128(9));
        assert!(
            act(
                &rig,
                other,
                Act::Acknowledge {
                    who: who(),
                    note: None
                }
            )
            .await
            .is_err()
        );
        rig.after(29).await;
        assert_eq!(rig.events("alert.woke").await, 0);
        rig.after(1).await;
        assert_eq!(rig.events("alert.woke").await, 1);
        rig.live(fridge, &[4.0]).await;
        assert_eq!(rig.alerts().await[0].state, AlertState::Latched);
        act(
            &rig,
            rig.org,
            Act::Solve {
                who: who(),
                note: Some("puerta".into()),
            },
        )
        .await
        .unwrap();
        assert_eq!(
            rig.told().await,
            ["warning since 0: opened, snoozed, woke, recovered, solved, cleared"]
        );
        assert!(act(&rig, rig.org, Act::Wake).await.is_err());
        assert_eq!(T0, rig.alerts().await[0].since);
    })
    .await;
}

#[tokio::test]
async fn a_rule_is_for_the_devices_it_names_and_ends_with_its_workflow() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let (fridge, other) = (rig.fridge(1), rig.fridge(2));
        rig.rule(&format!(
            "above: 8, alert: info, devices: {{ ids: [{fridge}] }}"
        ))
        .await;
        rig.rule("above: 8, alert: critical, devices: { tags: [calor] }")
            .await;
        rig.rule("above: 8, alert: warning, devices: { tags: [FRIO], places: [Deposito] }")
            .await;
        rig.live(fridge, &[9.0]).await;
        rig.live(other, &[9.0]).await;
        let mut levels: Vec<_> = rig
            .alerts()
            .await
            .iter()
            .map(|alert| alert.level.word())
            .collect();
        levels.sort_unstable();
        assert_eq!(levels, ["info", "warning", "warning"]);
    })
    .await;
}

#[tokio::test]
async fn devices_that_fall_silent_together_are_one_alert_with_the_likely_cause() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridges = [rig.fridge(1), rig.fridge(2), rig.fridge(3), rig.fridge(4)];
        rig.rule("silence: 15m, alert: critical").await;
        for fridge in fridges {
            rig.say(fridge, &[4.0]).await;
        }
        rig.pass().await;
        rig.after(15).await;
        assert!(rig.told().await.is_empty(), "they wait for each other");
        rig.after(1).await;
        assert_eq!(
            rig.told().await,
            ["critical since 0: opened, joined, joined, joined, joined"]
        );
        assert_eq!(rig.events("sensor.raised").await, 1);
        let open = rig.alerts().await.remove(0);
        assert_eq!(
            (open.subject.as_str(), open.cause),
            ("place:Local", Some(Cause::PowerOrInternet))
        );
        // The first comes back after a start of its own: there was no power.
        let mut born = rig.born(30_000, Some(rig.clock.now().0));
        if let What::Birth(born) = &mut born {
            born.boot = 99;
        }
        rig.tell(fridges[0], born).await;
        rig.say(fridges[0], &[4.0]).await;
        rig.pass().await;
        let open = rig.alerts().await.remove(0);
        assert_eq!((open.cause, open.closed_at), (Some(Cause::Power), None));
        for fridge in &fridges[1..] {
            rig.say(*fridge, &[4.0]).await;
        }
        rig.pass().await;
        assert!(
            rig.alerts()
                .await
                .iter()
                .all(|alert| alert.state == AlertState::Cleared)
        );
        // A report on one of them tells the story of what they shared, without the others' names.
        let span = (T0, rig.clock.now().after(Duration::from_secs(1)));
        let story = alerts::stories_of(&rig.db, rig.org, fridges[1], span, 100)
            .await
            .unwrap();
        let words: Vec<_> = story.iter().map(|line| line.entry.told.word()).collect();
        assert_eq!(
            words,
            ["opened", "joined", "explained", "explained", "cleared"]
        );
        let stranger = alerts::stories_of(&rig.db, rig.org, rig.fridge(9), span, 100);
        assert_eq!(stranger.await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_device_that_is_another_before_a_change_is_told_is_told_of_by_the_same_rule() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule("above: 8, alert: info, devices: { tags: [frio] }")
            .await;
        rig.rule("silence: 15m, alert: warning").await;
        rig.live(fridge, &[4.0]).await;
        rig.untag(fridge);
        rig.after(15).await;
        rig.after(1).await;
        assert_eq!(rig.told().await, ["warning since 0: opened"]);
    })
    .await;
}

#[tokio::test]
async fn one_that_falls_silent_among_others_is_its_own_alert_and_a_short_silence_is_none() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let (quiet, loud) = (rig.fridge(1), rig.fridge(2));
        rig.rule("silence: 5m, alert: warning").await;
        rig.live(quiet, &[4.0]).await;
        for _ in 0..7 {
            rig.live(loud, &[4.0]).await;
        }
        let alerts = rig.alerts().await;
        assert_eq!(alerts.len(), 1);
        assert_eq!(
            (alerts[0].device, alerts[0].cause),
            (Some(quiet), Some(Cause::Device))
        );
        rig.live(quiet, &[4.0]).await;
        rig.after(5).await;
        // Both are silent by then, and one is heard before anybody is told.
        rig.say(quiet, &[4.0]).await;
        rig.say(loud, &[4.0]).await;
        rig.pass().await;
        rig.after(1).await;
        assert_eq!(rig.alerts().await.len(), 1);
    })
    .await;
}
