//! Whatever ends a process, and whenever: nothing that was answered is lost, nothing is told twice.

use std::time::Duration;

use super::Rig;
use crate::store::{
    readings::{self, Bite},
    testing::on_each_database,
};

const RULE: &str = "above: 8, clear: 6, for: 10m, alert: warning";

/// A fridge that is warm for a while, with a crash before the `n`-th minute.
async fn story(rig: &mut Rig, crash: usize, folds: bool) {
    let fridge = rig.fridge(1);
    rig.rule(RULE).await;
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
}

#[tokio::test]
async fn a_crash_at_any_minute_of_a_breach_changes_nothing_that_is_told() {
    on_each_database(async |db| {
        for crash in [0, 2, 3, 5, 13, 14, 17, 18, 19] {
            let mut rig = Rig::on(db.clone()).await;
            story(&mut rig, crash, true).await;
            let told = rig.told().await;
            assert_eq!(
                told,
                ["warning since 3: opened, cleared"],
                "a crash before minute {crash}"
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
                (1, 1)
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
        story(&mut rig, 7, false).await;
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
