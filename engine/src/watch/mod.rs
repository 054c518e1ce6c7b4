//! The watch: reads the log of devices in its order, lets the rules see each reading, and folds what it
//! has read into the tables. One process watches at a time; see `ARCHITECTURE.md`.
//!
//! It must never know a record by name, a node, or by which door something came.

mod book;
mod change;
mod device;
mod hear;
mod intake;
mod live;
mod meet;
mod memory;
mod pass;
mod profile;
mod settle;
mod tell;
#[cfg(test)]
mod tests;
mod timers;

use std::{sync::Arc, time::Duration};

use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use self::pass::Desk;
pub use self::{
    change::Subject,
    intake::{Intake, MESSAGES_MAX},
    pass::Passed,
    profile::{MetricProfile, NoProfiles, Profile, Profiles, described},
};
use crate::{
    clock::{self, Clock},
    store::{Db, StoreError, commit::Committer, readings},
};

/// Who delivers what a rule tells.
pub const SOURCE: &str = "sensor";
/// A rule is raised: the event that starts its runs.
pub const RAISED: &str = "sensor.raised";
/// A rule was raised in the past, as late readings tell; starts its runs, too.
pub const LATE: &str = "sensor.late";
/// All is right again.
pub const CLEARED: &str = "sensor.cleared";
/// Nothing is known any more.
pub const UNKNOWN: &str = "sensor.unknown";
/// Values are known again.
pub const KNOWN: &str = "sensor.known";

/// How long to wait for news when nobody says that there are some.
const POLL: Duration = Duration::from_millis(250);
/// How long to wait after a failure.
const PAUSE: Duration = Duration::from_secs(1);

/// What a watch is made of.
#[derive(Clone)]
pub struct Parts {
    pub committer: Committer,
    pub clock: Clock,
    pub profiles: Arc<dyn Profiles>,
    /// How the process calls itself, new with each start.
    pub process: String,
}

/// The watch of this process, whether it has it or waits for it.
pub struct Watch {
    parts: Parts,
    news: Arc<Notify>,
    /// What is known while this process watches.
    desk: Mutex<Option<Desk>>,
}

impl Watch {
    /// Makes it; nothing moves before [`Self::run`] or [`Self::pass`].
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            news: Arc::default(),
            desk: Mutex::default(),
        }
    }

    /// Rung after each append, so that nobody has to wait for the next look.
    #[must_use]
    pub fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.news)
    }

    /// What is known of devices.
    #[must_use]
    pub fn profiles(&self) -> &Arc<dyn Profiles> {
        &self.parts.profiles
    }

    fn db(&self) -> &Db {
        self.parts.committer.db()
    }

    /// Watches until `stop`, then folds what is read and gives the watch away.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let pause = match self.pass().await {
                Ok(passed) if passed.more => continue,
                Ok(passed) => passed.wake.unwrap_or(POLL).min(POLL),
                Err(error) => {
                    metrics::counter!("operandi_rounds_failed", "round" => "watch").increment(1);
                    complain(
                        &error,
                        "the log of devices could not be read on; it is tried again",
                    );
                    // What it knew may be half of a pass: it begins anew from the tables.
                    *self.desk.lock().await = None;
                    PAUSE
                }
            };
            tokio::select! {
                () = self.news.notified() => {}
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
        if let Err(error) = self.leave().await {
            complain(
                &error,
                "the watch was not given away; another process takes it up when it ends",
            );
        }
    }

    /// Folds what is read, and lets another process watch.
    async fn leave(&self) -> Result<(), StoreError> {
        let mut place = self.desk.lock().await;
        if let Some(desk) = place.as_mut() {
            desk.fold(&self.parts).await?;
        }
        *place = None;
        readings::release(self.db(), &self.parts.process).await
    }

    /// One look at the log, at what time has brought about, and at what is to be folded.
    ///
    /// # Errors
    /// When the store fails; the next pass takes up where the tables stand.
    pub async fn pass(&self) -> Result<Passed, StoreError> {
        let started = clock::monotonic();
        let mut place = self.desk.lock().await;
        if place
            .as_ref()
            .is_none_or(|desk| desk.must_claim(self.parts.clock.now()))
        {
            self.claim(&mut place).await?;
        }
        let Some(desk) = place.as_mut() else {
            return Ok(Passed::default());
        };
        let result = desk.pass(&self.parts).await;
        if !matches!(&result, Ok(passed) if passed.holds) {
            // Nothing of a pass that failed, or that another process has overtaken, is kept.
            *place = None;
        }
        metrics::histogram!("operandi_watch_pass_seconds")
            .record((clock::monotonic() - started).as_secs_f64());
        result
    }

    async fn claim(&self, place: &mut Option<Desk>) -> Result<(), StoreError> {
        let now = self.parts.clock.now();
        let claim = readings::claim(self.db(), &self.parts.process, now).await?;
        match (claim, place.as_mut()) {
            (None, _) => *place = None,
            (Some(_), Some(desk)) => desk.claimed(now),
            (Some(claim), None) => *place = Some(Desk::open(&self.parts, claim, now).await?),
        }
        Ok(())
    }
}

fn complain(error: &StoreError, what: &'static str) {
    let error = error as &dyn std::error::Error;
    tracing::warn!(error, "{what}");
}
