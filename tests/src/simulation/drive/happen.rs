//! What happens in a simulation: work, hints, events, people, time.

use std::time::Duration;

use operandi_engine::{
    core::{Input, Status},
    ids::RunId,
    store::runs,
    worker::LookError,
};
use rand::{RngExt, seq::IndexedRandom};
use serde_json::{Value, json};

use super::{RUNS_MAX, Stage};
use crate::simulation::{assemble::ingest, generate::SIGNALS};

impl Stage {
    pub(super) async fn work(&mut self) {
        match self.engine.worker().work_once().await {
            Ok(_) => {}
            Err(LookError::Crashed(_)) => self.die().await,
            Err(error) => panic!("{error:?}"),
        }
    }

    /// A hint that comes late, or twice, or for nothing.
    pub(super) async fn look_at_any(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let engine = self.engine.clone();
        let worker = engine.worker();
        let (first, second) = tokio::join!(
            worker.look(self.org, run, || ()),
            worker.look(self.org, run, || ())
        );
        self.assert_in_turn(run).await;
        for looked in [first, second] {
            match looked {
                Ok(_) => {}
                Err(LookError::Crashed(_)) => return self.die().await,
                Err(error) => panic!("{error:?}"),
            }
        }
    }

    /// A look must not begin a run that waits for its turn.
    async fn assert_in_turn(&self, run: RunId) {
        let loaded = self.engine.committer().load(self.org, run).await.unwrap();
        let early = loaded
            .is_some_and(|loaded| loaded.queued && loaded.state.standing_at().next().is_some());
        assert!(!early, "run {run} began before its turn");
    }

    /// An event comes while a run is being looked at.
    pub(super) async fn race(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let (kind, data) = match self.dice.random_range(0..10) {
            0..2 => ("custom.exit", json!({ "key": self.key() })),
            2..3 => ("custom.goal", json!({ "key": self.key() })),
            _ => self.a_signal(),
        };
        let engine = self.engine.clone();
        let (looked, ()) = tokio::join!(
            engine.worker().look(self.org, run, || ()),
            ingest(&engine, &self.tidings, self.org, kind, data)
        );
        self.assert_in_turn(run).await;
        self.summary.conflicts += 1;
        match looked {
            Ok(_) => {}
            Err(LookError::Crashed(_)) => self.die().await,
            Err(error) => panic!("{error:?}"),
        }
    }

    fn a_signal(&mut self) -> (&'static str, Value) {
        let kind = *SIGNALS.choose(&mut self.dice).unwrap_or(&SIGNALS[0]);
        (
            kind,
            json!({ "key": self.key(), "good": self.dice.random_range(0..3) > 0 }),
        )
    }

    pub(super) async fn signal(&mut self) {
        let (kind, data) = self.a_signal();
        self.ingest(kind, data).await;
    }

    pub(super) async fn start_one(&mut self) {
        if self.started < RUNS_MAX {
            self.started += 1;
            let n: i64 = self.dice.random_range(0..100);
            let items: Vec<i64> = (0..self.dice.random_range(0..3)).collect();
            let data = json!({ "key": self.key(), "n": n, "flag": n % 2 == 0, "items": items });
            self.ingest("custom.start", data).await;
        }
    }

    pub(super) async fn tell_about_key(&mut self, kind: &'static str) {
        let data = json!({ "key": self.key() });
        self.ingest(kind, data).await;
    }

    async fn ingest(&self, kind: &'static str, data: Value) {
        ingest(&self.engine, &self.tidings, self.org, kind, data).await;
    }

    /// A person ends a run, perhaps one that has not begun.
    pub(super) async fn cancel(&mut self) {
        if let Some(run) = self.any_run().await {
            let reason = "enough".to_owned();
            self.deliver(run, Input::Cancel { reason }).await;
        }
    }

    /// A person lets a failed run go on.
    pub(super) async fn retry(&mut self) {
        let runs = self.all_runs().await.into_iter();
        let failed: Vec<RunId> = runs
            .filter(|run| run.status == Status::Failed)
            .map(|run| run.id)
            .collect();
        if let Some(&run) = failed.choose(&mut self.dice) {
            self.deliver(run, Input::Retry).await;
            self.retried.push(run);
        }
    }

    async fn deliver(&self, run: RunId, input: Input) {
        self.engine.deliver(self.org, run, input).await.unwrap();
    }

    async fn any_run(&mut self) -> Option<RunId> {
        let runs = self.all_runs().await;
        runs.choose(&mut self.dice).map(|run| run.id)
    }

    pub(super) async fn answer(&mut self) {
        let Some(run) = self.any_run().await else {
            return;
        };
        let history = runs::history(&self.db, self.org, run)
            .await
            .unwrap()
            .unwrap_or_default();
        let Some(entry) = history.iter().rev().find(|entry| entry.kind == "ask") else {
            return;
        };
        let answer = if self.dice.random_range(0..2) == 0 {
            "yes"
        } else {
            "no"
        };
        let input = Input::Answered {
            step: entry.step.clone(),
            answer: answer.to_owned(),
            by: "somebody".to_owned(),
        };
        self.deliver(run, input).await;
    }

    pub(super) async fn pass_time(&mut self) {
        let now = self.clock.now();
        let millis = match self.next_due().await {
            // To the very moment something is due, just before it, or past it.
            Some(due) if due > now && self.dice.random_range(0..3) > 0 => {
                u64::try_from((due.0 - now.0 + self.dice.random_range(-1..2)).max(0)).unwrap()
            }
            Some(_) | None => *[1, 30, 700, 5_000, 90_000, 7_200_000]
                .choose(&mut self.dice)
                .unwrap_or(&1),
        };
        self.clock.advance(Duration::from_millis(millis));
    }
}
