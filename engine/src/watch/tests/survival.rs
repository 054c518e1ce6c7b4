//! Whatever ends a process, and whenever: nothing that was answered is lost, nothing is told twice.

use std::time::Duration;

use super::Rig;
use crate::{
    alert::AlertState,
    store::{
        readings::{self, Bite},
        testing::on_each_database,
    },
};

const RULE: &str = "above: 8, clear: 6, for: 10m, alert: warning";

/// A fridge that is warm for a while and two rules that look at it, with a crash before the `n`-th minute.
async fn story(rig: &mut Rig, patience: u64, crash: usize, folds: bool) {
    let fridge = rig.patient(1, patience);
    rig.rule(RULE).await;
    rig.rule("above: 8, for: 5m, alert: info").await;
    let values = [vec![4.0; 3], vec![9.0; 15], vec![5.0; 3]].concat();
    for (minute, value) in values.iter().enumerate() {
        if minute == crash {
            rig.crash().await;
        }
        rig.say(fridge, &[*value]).await;
        if folds {
            rig.pass().await;
        }
        rig.clock.advance(Duration::from_secs(60));
    }
    rig.crash().await;
    rig.pass().await;
    rig.after(1).await;
    rig.after(1).await;
}

/// The watch is nobody's at once, as when a service starts its process again.
async fn free(rig: &Rig) {
    let sql = "update device_watch set owner = null, until = 0";
    rig.db.execute(sql, &[]).await.unwrap();
}

const TOLD: [&str; 2] = [
    "info since 3: opened, cleared",
    "warning since 3: opened, cleared",
];

#[tokio::test]
async fn a_crash_at_any_minute_of_a_breach_changes_nothing_that_is_told() {
    on_each_database(async |db| {
        for (patience, crash) in [0, 90].into_iter().flat_map(|patience| {
            [0, 2, 3, 5, 8, 9, 10, 13, 14, 15, 17, 18, 19].map(|crash| (patience, crash))
        }) {
            let mut rig = Rig::on(db.clone()).await;
            story(&mut rig, patience, crash, true).await;
            let mut told = rig.told().await;
            told.sort_unstable();
            assert_eq!(
                told, TOLD,
                "a crash before minute {crash}, readings held back for {patience} s"
            );
            assert_eq!(
                rig.readings(rig.fridge(1)).await.len(),
                21,
                "a crash before minute {crash}"
            );
            assert_eq!(
                (
                    rig.events("sensor.raised").await,
                    rig.events("sensor.cleared").await
                ),
                (2, 2)
            );
            // The next story begins at the same hour.
            let anew = "update device_watch set owner = null, until = 0, watched_at = 0";
            db.execute(anew, &[]).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_log_that_nobody_has_read_is_read_later_as_if_nothing_had_happened() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        story(&mut rig, 0, 7, false).await;
        assert_eq!(rig.readings(rig.fridge(1)).await.len(), 21);
        assert_eq!(readings::backlog(&rig.db).await.unwrap().waiting, 0);
    })
    .await;
}

#[tokio::test]
async fn a_bite_of_the_log_ends_with_the_position_that_fills_it() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        for _ in 0..5 {
            rig.say(fridge, &[4.0]).await;
        }
        assert_eq!(readings::backlog(&rig.db).await.unwrap().waiting, 5);
        for (positions, enough, read) in [(2, 100, 2), (100, 3, 3), (100, 1, 1), (100, 100, 5)] {
            let bite = Bite {
                positions,
                readings: enough,
            };
            let rows = readings::read(&rig.db, 0, bite).await.unwrap();
            assert_eq!(rows.len(), read, "{bite:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn time_in_which_nobody_watched_is_no_silence_and_no_breach() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule(RULE).await;
        rig.rule("silence: 15m, alert: critical").await;
        rig.live(fridge, &[9.0; 4]).await;
        rig.after(0).await;
        rig.clock.advance(Duration::from_secs(3_600));
        rig.crash().await;
        rig.pass().await;
        assert!(rig.told().await.is_empty());
        rig.live(fridge, &[9.0; 4]).await;
        assert!(
            rig.told().await.is_empty(),
            "an hour away is no hour of breach"
        );
        rig.after(20).await;
        rig.after(1).await;
        assert_eq!(rig.told().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_silence_that_waits_for_others_is_told_once_though_its_process_ends() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridges = [rig.fridge(1), rig.fridge(2), rig.fridge(3)];
        rig.rule("silence: 15m, alert: critical").await;
        rig.rule("silence: 15m, alert: warning").await;
        rig.rule(RULE).await;
        for fridge in fridges {
            rig.say(fridge, &[4.0]).await;
        }
        rig.pass().await;
        rig.after(15).await;
        // What is remembered is written meanwhile, and the process ends before it has told anything.
        rig.clock.advance(Duration::from_secs(2));
        rig.pass().await;
        rig.crash().await;
        free(&rig).await;
        rig.pass().await;
        rig.clock.advance(Duration::from_secs(1));
        rig.pass().await;
        assert!(rig.told().await.is_empty(), "they wait for each other");
        rig.clock.advance(Duration::from_secs(40));
        rig.pass().await;
        rig.crash().await;
        free(&rig).await;
        rig.after(0).await;
        rig.after(1).await;
        let mut told = rig.told().await;
        told.sort_unstable();
        assert_eq!(
            told,
            ["critical", "warning"]
                .map(|level| format!("{level} since 0: opened, joined, joined, joined"))
        );
        for fridge in fridges {
            rig.say(fridge, &[4.0]).await;
        }
        rig.pass().await;
        assert!(
            rig.alerts()
                .await
                .iter()
                .all(|alert| alert.state == AlertState::Cleared)
        );
    })
    .await;
}

/// Before, each rule had a row of its own.
#[tokio::test]
async fn what_rules_remembered_before_an_upgrade_they_remember_after_it() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule(RULE).await;
        rig.rule("above: 8, for: 5m, alert: info").await;
        rig.live(fridge, &[9.0; 12]).await;
        rig.after(1).await;
        assert_eq!(rig.told().await.len(), 2);
        let kept = readings::memories(&rig.db).await.unwrap().remove(0).memory;
        let made = include_str!("../../../migrations/20261121000201_create_reading.sql");
        let made = &made[made.find("create table sensor_state").unwrap()..];
        let run = async |sql: &str| rig.db.execute(sql, &[]).await.unwrap();
        run("drop table series_memory").await;
        run(&made.replace(" without rowid", "")).await;
        let memory: serde_json::Value = serde_json::from_str(&kept.memory).unwrap();
        for of in memory["rules"].as_array().unwrap() {
            let insert = "insert into sensor_state (org_id, workflow_id, rung, series, rule, pos, state) \
                          values ($1, $2, $3, $4, $5, $6, $7)";
            let row = [
                kept.org.into(),
                of["workflow"].as_str().unwrap().into(),
                of["rung"].as_i64().unwrap().into(),
                kept.series.into(),
                of["rule"].as_str().unwrap().into(),
                kept.pos.into(),
                of["state"].to_string().into(),
            ];
            rig.db.execute(insert, &row).await.unwrap();
        }
        let upgrade = include_str!("../../../migrations/20261121000211_remember_by_series.sql");
        for statement in upgrade.split(';').filter(|statement| !statement.trim().is_empty()) {
            run(statement).await;
        }
        rig.crash().await;
        free(&rig).await;
        rig.live(fridge, &[5.0; 2]).await;
        for alert in rig.alerts().await {
            assert_eq!(alert.state, AlertState::Cleared);
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_rule_remembered_ends_with_it() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        let gone = rig.rule(RULE).await;
        rig.rule("above: 8, for: 20m, alert: info").await;
        rig.live(fridge, &[9.0; 8]).await;
        rig.switch(gone, false).await;
        rig.live(fridge, &[9.0; 1]).await;
        rig.after(0).await;
        rig.crash().await;
        rig.pass().await;
        rig.switch(gone, true).await;
        rig.live(fridge, &[9.0; 5]).await;
        assert!(rig.told().await.is_empty(), "it begins anew");
        rig.live(fridge, &[9.0; 9]).await;
        let told = rig.told().await;
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(
            told.contains(&"info since 0: opened".to_owned()),
            "the other goes on: {told:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn one_process_watches_and_another_takes_over_when_it_is_gone() {
    on_each_database(async |db| {
        let mut rig = Rig::on(db).await;
        let fridge = rig.fridge(1);
        rig.rule(RULE).await;
        rig.live(fridge, &[9.0; 6]).await;
        let first = rig.engine.clone();
        rig.crash().await;
        rig.live(fridge, &[9.0; 6]).await;
        rig.pass().await;
        // The first one still thinks that it watches.
        let late = first.watch().pass().await;
        assert!(late.is_ok_and(|passed| !passed.holds) || rig.db.folder().is_some());
        assert_eq!(rig.told().await, ["warning since 0: opened"]);
    })
    .await;
}
