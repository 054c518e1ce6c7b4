//! Keeping house: the continuous self-check, and the removal of what is too old.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::{Worker, settings::DEAD_AFTER};
use crate::store::{
    StoreError,
    maintenance::{Removed, Report, SelfCheck, retain},
};

/// How often a share of the runs, waits and schedules is checked.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// How often what is too old is removed.
const RETAIN_EVERY: Duration = Duration::from_secs(600);

/// Where the self-check stands, and what it has seen.
#[derive(Default)]
pub(super) struct Upkeep {
    check: tokio::sync::Mutex<SelfCheck>,
    seen: Mutex<Checked>,
}

/// What the self-check has seen.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// The last time through everything; absent until there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_round: Option<Report>,
    /// This time, as far as it has come.
    pub this_round: Report,
}

impl Upkeep {
    pub(super) fn seen(&self) -> Checked {
        self.seen
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn add(&self, report: Report) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let complete = report.round_complete;
        seen.this_round.merge(report);
        if complete {
            seen.last_round = Some(std::mem::take(&mut seen.this_round));
        }
    }
}

impl Worker {
    /// Checks the next share: that each run has a way to wake and each schedule a next time. Repairs
    /// what can be repaired.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn check_once(&self) -> Result<Report, StoreError> {
        let mut check = self.upkeep.check.lock().await;
        let now = self.clock.now();
        let report = check
            .pass(self.committer.programs(), now, DEAD_AFTER)
            .await?;
        for (fault, found) in &report.faults {
            let labels = [("fault", fault.as_str())];
            metrics::counter!("operandi_selfcheck_found", &labels).increment(found.found);
            metrics::counter!("operandi_selfcheck_repaired", &labels).increment(found.repaired);
            tracing::warn!(
                fault = fault.as_str(),
                found = found.found,
                repaired = found.repaired,
                examples = ?found.examples,
                "the self-check found something"
            );
        }
        self.upkeep.add(report.clone());
        Ok(report)
    }

    pub(super) async fn checks(self: Arc<Self>) {
        loop {
            tokio::time::sleep(CHECK_EVERY).await;
            self.report("check", self.check_once().await);
        }
    }

    /// Removes what is older than the settings say.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn retain_once(&self) -> Result<Removed, StoreError> {
        retain(self.committer.db(), self.clock.now(), &self.settings.ages).await
    }

    pub(super) async fn retention(self: Arc<Self>) {
        loop {
            tokio::time::sleep(RETAIN_EVERY).await;
            self.report("retention", self.retain_once().await);
        }
    }
}
