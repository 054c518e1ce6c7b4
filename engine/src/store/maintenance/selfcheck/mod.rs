//! The self-check: every run that waits has a way to wake, every enabled schedule a next time, and
//! nothing lies about that belongs to nobody. What can be mended is mended, by statements that do
//! nothing when the data has changed since it was looked at; the rest is reported.
//!
//! A pass looks at a bounded share of the data and goes on where the one before stopped, so its
//! cost does not grow with the number of runs.

mod rows;
mod runs;
mod schedules;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, time::Duration};

use operandi_dsl::time::Timestamp;
use serde::Serialize;

use crate::store::{
    sql::{Db, StoreError},
    workflows::Programs,
};

/// Runs, waits and inputs looked at in one pass, of each.
pub const ROWS_PER_PASS: u32 = 500;
/// Workflows looked at in one pass.
pub const WORKFLOWS_PER_PASS: u32 = 100;
/// Examples kept of each fault.
const EXAMPLES_MAX: usize = 5;

/// One kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A run has inputs to apply, and nobody looks at it.
    InputAsleep,
    /// The process that performs effects of a run is gone, and nobody looks at the run.
    OwnerGone,
    /// A run is leased without an end.
    LeaseWithoutEnd,
    /// A run falls due later than its state asks, or never.
    DueTooLate,
    /// A run listens for an event without a row that the event would find.
    WaitMissing,
    /// Nothing at all would ever wake a run.
    NoWayToWake,
    /// A run waits for its turn behind nobody.
    TurnLost,
    /// A run's state cannot be read.
    StateUnreadable,
    /// A wait of a run that has ended or is not there.
    WaitOrphaned,
    /// An input of a run that has ended or is not there.
    InputOrphaned,
    /// An enabled workflow with a schedule that has no next time.
    ScheduleMissing,
    /// A next time of a workflow that is not enabled.
    ScheduleIdle,
}

impl Fault {
    /// The word in metrics and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InputAsleep => "input_asleep",
            Self::OwnerGone => "owner_gone",
            Self::LeaseWithoutEnd => "lease_without_end",
            Self::DueTooLate => "due_too_late",
            Self::WaitMissing => "wait_missing",
            Self::NoWayToWake => "no_way_to_wake",
            Self::TurnLost => "turn_lost",
            Self::StateUnreadable => "state_unreadable",
            Self::WaitOrphaned => "wait_orphaned",
            Self::InputOrphaned => "input_orphaned",
            Self::ScheduleMissing => "schedule_missing",
            Self::ScheduleIdle => "schedule_idle",
        }
    }
}

/// How often a fault was found, and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    pub found: u64,
    /// Mended by this pass. The others changed meanwhile, or need a person.
    pub repaired: u64,
    /// Ids of some of them.
    pub examples: Vec<String>,
}

/// What one pass saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Rows looked at.
    pub checked: u64,
    pub faults: BTreeMap<Fault, Found>,
    /// Whether with this pass all open runs have been looked at since the round began.
    pub round_complete: bool,
}

impl Report {
    fn add(&mut self, fault: Fault, example: impl ToString) {
        let found = self.faults.entry(fault).or_default();
        found.found += 1;
        if found.examples.len() < EXAMPLES_MAX {
            found.examples.push(example.to_string());
        }
    }

    fn repaired(&mut self, fault: Fault, count: u64) {
        if count > 0 {
            self.faults.entry(fault).or_default().repaired += count;
        }
    }

    /// Adds what another pass saw.
    pub fn merge(&mut self, other: Self) {
        self.checked += other.checked;
        self.round_complete |= other.round_complete;
        for (fault, more) in other.faults {
            let found = self.faults.entry(fault).or_default();
            found.found += more.found;
            found.repaired += more.repaired;
            found.examples.extend(more.examples);
            found.examples.truncate(EXAMPLES_MAX);
        }
    }
}

/// Where the checks stand. One per process is enough; several do no harm.
#[derive(Debug, Default)]
pub struct SelfCheck {
    runs: runs::Cursor,
    waits: rows::WaitCursor,
    inputs: i64,
    workflows: (String, String),
}

impl SelfCheck {
    /// Looks at the next share. A process is taken for gone when its last sign of life is older
    /// than `silence`.
    pub async fn pass(
        &mut self,
        programs: &Programs,
        now: Timestamp,
        silence: Duration,
    ) -> Result<Report, StoreError> {
        let mut report = self.pass_rows(programs.db(), now, silence).await?;
        schedules::check(programs, now, &mut self.workflows, &mut report).await?;
        Ok(report)
    }

    /// The share of a pass that needs no programs.
    async fn pass_rows(
        &mut self,
        db: &Db,
        now: Timestamp,
        silence: Duration,
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        let alive_since = now
            .0
            .saturating_sub(i64::try_from(silence.as_millis()).unwrap_or(i64::MAX));
        runs::check(db, now, alive_since, &mut self.runs, &mut report).await?;
        rows::check_waits(db, &mut self.waits, &mut report).await?;
        rows::check_inputs(db, &mut self.inputs, &mut report).await?;
        Ok(report)
    }
}
