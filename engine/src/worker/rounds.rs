//! What is done again and again: finding due runs, ringing alarms, firing schedules, saying that this
//! process lives, taking over from those that do not.
//!
//! Each round is one call, so that a test or a simulation can make them happen one by one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use operandi_dsl::{document::Missed, program::Source, time::Timestamp};

use super::{
    Engine, LookError, Worker,
    settings::{DEAD_AFTER, HEARTBEAT, SWEEP_EVERY, SWEEP_MAX},
};
use crate::{
    clock,
    queue::{Class, HINTS_PER_ORG_MAX, Hint},
    store::{StoreError, commit::Fire, processes, runs, schedules},
};

/// A scheduled time counts as missed when it is found so late.
const MISSED_AFTER: Duration = Duration::from_secs(60);

/// How many schedules fire in one round at most.
const FIRES_MAX: usize = 500;

/// How often schedules are looked at.
const SCHEDULES_EVERY: Duration = Duration::from_millis(500);

/// How long to wait for an alarm when none is set.
const ALARM_WAIT_MAX: Duration = Duration::from_secs(60);

impl Worker {
    /// Looks once at each run that is due, in due order, without the queue; gives how many looks
    /// there were. This is how a test or a simulation lets a process work.
    ///
    /// # Errors
    /// With the first look that fails, as a process that dies there would.
    pub async fn work_once(&self) -> Result<usize, LookError> {
        let due = runs::due(self.committer.db(), self.clock.now(), SWEEP_MAX).await?;
        for run in &due {
            self.look(run.org, run.run, || ()).await?;
        }
        Ok(due.len())
    }

    /// Hints the runs that are due, and sets alarms for those that fall due before the next sweep.
    /// Gives how many it found.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sweep_once(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let found = runs::due(self.committer.db(), now.after(SWEEP_EVERY), SWEEP_MAX).await?;
        let count = found.len();
        let mut ready = Vec::new();
        for run in found {
            if self.resting.rests(run.run, now) {
                continue;
            }
            let hint = Hint {
                org: run.org,
                run: run.run,
                class: Class::Bulk,
            };
            if run.due <= now {
                ready.push(hint);
            } else {
                self.alarms.set(run.due, now, hint);
            }
        }
        self.hints.push(ready);
        metrics::gauge!("operandi_hints_depth").set(as_f64(self.hints.depth()));
        let (outside, inside) = self.committer.waiting();
        metrics::gauge!("operandi_writer_waiting", "from" => "outside").set(as_f64(outside));
        metrics::gauge!("operandi_writer_waiting", "from" => "workers").set(as_f64(inside));
        Ok(count)
    }

    pub(super) async fn sweeps(self: Arc<Self>) {
        loop {
            let swept = self.sweep_once().await;
            let full = swept
                .as_ref()
                .is_ok_and(|found| *found >= HINTS_PER_ORG_MAX / 2);
            self.report("sweep", swept);
            let next = clock::monotonic() + SWEEP_EVERY;
            loop {
                tokio::time::sleep(if full { SWEEP_EVERY / 10 } else { SWEEP_EVERY }).await;
                // With much due, the next sweep comes as soon as the hints run low.
                if clock::monotonic() >= next || self.hints.depth() < self.settings.concurrency {
                    break;
                }
            }
        }
    }

    /// Hints the runs whose alarm has come.
    pub fn ring_once(&self) {
        self.hints.push(self.alarms.take(self.clock.now()));
    }

    pub(super) async fn alarms(self: Arc<Self>) {
        loop {
            self.ring_once();
            let pause = self
                .alarms
                .next_in(self.clock.now())
                .unwrap_or(ALARM_WAIT_MAX);
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.alarms.changed() => {}
            }
        }
    }

    /// Makes this process known. On SQLite, where no other can be alive, all others' runs are taken over.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn join(&self) -> Result<(), StoreError> {
        processes::join(self.committer.db(), &self.process, self.clock.now()).await?;
        Ok(())
    }

    /// Says that this process lives, and takes over the runs of those that said nothing for too long.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn beat_once(&self) -> Result<(), StoreError> {
        let now = self.clock.now();
        processes::beat(self.committer.db(), &self.process, now).await?;
        if !self.pulse.may_judge(now) {
            return Ok(());
        }
        let taken = processes::take_over(self.committer.db(), now, DEAD_AFTER).await?;
        if taken > 0 {
            metrics::counter!("operandi_runs_taken_over").increment(taken);
            tracing::warn!(runs = taken, "took over runs of a process that is gone");
        }
        Ok(())
    }

    pub(super) async fn heartbeats(self: Arc<Self>) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            self.report("heartbeat", self.beat_once().await);
        }
    }

    /// Says goodbye: what this process still holds is taken over at once.
    pub(super) async fn leave(&self) -> Result<(), StoreError> {
        processes::leave(self.committer.db(), &self.process, self.clock.now()).await?;
        Ok(())
    }

    /// A round that failed is made again; meanwhile somebody should know.
    pub(super) fn report<T>(&self, round: &'static str, result: Result<T, StoreError>) {
        if let Err(error) = result {
            metrics::counter!("operandi_rounds_failed", "round" => round).increment(1);
            let error = &error as &dyn std::error::Error;
            tracing::warn!(round, error, "a periodic task failed; it is tried again");
        }
    }
}

/// When this process last said that it lives. After a silence of its own, as when the database was
/// away, it judges nobody until the others have had the time to speak too.
#[derive(Default)]
pub(super) struct Pulse(Mutex<(Option<Timestamp>, Timestamp)>);

impl Pulse {
    fn may_judge(&self, now: Timestamp) -> bool {
        let mut pulse = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, not_before) = *pulse;
        let silent = last.is_some_and(|last| last.after(HEARTBEAT * 3) < now);
        let not_before = if silent {
            now.after(DEAD_AFTER)
        } else {
            not_before
        };
        *pulse = (Some(now), not_before);
        not_before <= now
    }
}

impl Engine {
    /// Fires the schedules whose time has come, each once over all processes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn fire_schedules_once(&self) -> Result<usize, StoreError> {
        let now = self.clock().now();
        let mut fired = 0;
        for due in schedules::due(self.db(), now, FIRES_MAX).await? {
            match self.fire(&due, now).await {
                Ok(claimed) => fired += usize::from(claimed),
                // One broken schedule must not keep the others from firing.
                Err(error) => self.worker().report::<()>("schedule", Err(error)),
            }
        }
        Ok(fired)
    }

    async fn fire(&self, due: &schedules::Due, now: Timestamp) -> Result<bool, StoreError> {
        let program = self
            .programs()
            .get(due.org, due.workflow, due.version)
            .await?;
        let Source::Schedule { schedule, missed } = &program.trigger.source else {
            return Ok(false);
        };
        let zone = self.programs().org(due.org).await?.zone;
        let fire = Fire {
            org: due.org,
            workflow: due.workflow,
            at: due.at,
            next: schedule.next_after(now, zone),
            start: match missed {
                Missed::RunOnce => true,
                Missed::Skip => due.at.after(MISSED_AFTER) >= now,
            },
        };
        let (claimed, begun) = self.committer().fire(fire, self.permits()).await?;
        if let Some(begun) = begun {
            self.carry_on(begun);
        }
        Ok(claimed)
    }

    pub(super) async fn schedules(self) {
        loop {
            self.worker()
                .report("schedules", self.fire_schedules_once().await);
            tokio::time::sleep(SCHEDULES_EVERY).await;
        }
    }
}

#[allow(clippy::cast_precision_loss, reason = "a gauge needs no exactness")]
fn as_f64(count: usize) -> f64 {
    count as f64
}
