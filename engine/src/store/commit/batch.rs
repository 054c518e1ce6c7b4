//! One transaction: what it knows, what it changes, and the order of its steps.
//!
//! It reads what the writes touch (and locks it), decides everything in memory, one write after the
//! other, and writes the differences in batched statements. Nothing it decides can be overtaken:
//! SQLite has one writer, and on PostgreSQL the keys and rows are locked.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use operandi_dsl::{document::Mode, program::Program, time::Timestamp};
use serde_json::Value;

use super::{
    Shared, events,
    events::{Arrival, EventRow},
    gate::Gate,
    locks,
    prepare::{Outcome, Prepared, Stored, Work, encode},
    rows::{RunRow, Runs},
    start::Draft,
    statuses,
    types::{Begun, Horizon, Permits, Verdict},
    waits::{Seen, Waits},
};
use crate::{
    alert::AlertRefusal,
    core::{Entry, EntryStatus, Input, Reason, State, Status},
    event::SendStatus,
    ids::{AlertId, EventId, IntentId, OrgId, RecordId, RunId, WorkflowId},
    store::{
        accounts::{NewAudit, write_audit},
        sql::{Dialect, StoreError, Tx},
        tally::Tally,
        workflows::{Catalog, Programs},
    },
};

/// What a start is about: two runs of one such key may get into each other's way.
pub(super) type StartKey = (OrgId, WorkflowId, String);

/// A run whose state is in memory, so that conditions on it can be asked.
pub(super) struct Hot {
    pub(super) state: State,
    pub(super) program: Arc<Program>,
    pub(super) event: Arc<Value>,
}

/// A new run whose effects might begin in this transaction.
pub(super) struct Candidate {
    /// Which write started it.
    pub(super) work: usize,
    pub(super) org: OrgId,
    pub(super) run: RunId,
    pub(super) permits: Permits,
    pub(super) permit: tokio::sync::OwnedSemaphorePermit,
}

/// What a transaction knows and changes.
pub(super) struct Batch<'w> {
    pub(super) shared: &'w Shared,
    pub(super) tx: Tx,
    pub(super) now: Timestamp,
    /// Where its events stand in the order of commits.
    pub(super) position: i64,
    /// What whoever reads after this commit has seen.
    pub(super) horizon: Horizon,
    pub(super) catalog: Arc<Catalog>,
    pub(super) runs: Runs,
    pub(super) waits: Waits,
    pub(super) arrivals: Vec<Arrival<'w>>,
    /// Events that start one run and are routed no further.
    pub(super) private: Vec<EventRow<'w>>,
    pub(super) hot: HashMap<(OrgId, RunId), Hot>,
    pub(super) active: HashMap<StartKey, Vec<RunId>>,
    /// What went into inboxes already: a look-back must not bring it again.
    pub(super) delivered: HashSet<(RunId, String, EventId)>,
    pub(super) inbox: Vec<events::InboxRow>,
    pub(super) taken: Vec<(OrgId, i64)>,
    pub(super) journal: Vec<events::JournalRow>,
    /// Runs whose inboxes are of no use any more.
    pub(super) emptied: Vec<(OrgId, RunId)>,
    /// Runs that wait no longer for what they called: for all of it, or for one slot's.
    pub(super) orphaned: Vec<(OrgId, RunId, Option<String>)>,
    pub(super) sends: Vec<statuses::SendRow>,
    pub(super) candidates: Vec<Candidate>,
    /// Drafts of the runs that programs, people and schedules asked for, by write.
    pub(super) requested: BTreeMap<usize, Draft>,
    /// The records each delivery wrote.
    pub(super) records: HashMap<usize, Vec<RecordId>>,
    /// What became of the moves of alerts that each delivery brought.
    pub(super) alerts: HashMap<usize, Vec<Result<AlertId, AlertRefusal>>>,
    /// Deeds to put down in the audit log.
    pub(super) audits: Vec<(OrgId, NewAudit)>,
    /// What providers say of sends that are known.
    pub(super) said: Vec<(statuses::Known, &'w SendStatus)>,
    /// The events of this transaction so far, by what they offer.
    pub(super) here: HashMap<(OrgId, i64), Vec<usize>>,
    /// What the new waits of a run missed while they were not recorded.
    pub(super) missed: HashMap<RunId, Vec<Seen>>,
    /// What is added to the numbers of workflows.
    pub(super) tally: Tally,
    pub(super) outcomes: Vec<Option<Outcome>>,
}

/// Does all of it, or nothing.
pub(super) async fn run(shared: &Shared, work: &[Work]) -> Result<Vec<Outcome>, StoreError> {
    let mut batch = Batch::begin(shared, work.len()).await?;
    match batch.steps(work).await {
        Ok(()) => {
            let Batch {
                tx,
                runs,
                position,
                outcomes,
                ..
            } = batch;
            tx.commit().await?;
            shared
                .committed
                .fetch_max(position, std::sync::atomic::Ordering::AcqRel);
            let touched = runs.touched();
            if !touched.is_empty() {
                (shared.parts.touched)(touched);
            }
            outcomes
                .into_iter()
                .map(|outcome| outcome.ok_or_else(|| StoreError::bug("a write was left undecided")))
                .collect()
        }
        Err(error) => {
            // The error that led here says more than one of the rollback.
            let _ = batch.tx.rollback().await;
            Err(error)
        }
    }
}

impl<'w> Batch<'w> {
    async fn begin(shared: &'w Shared, size: usize) -> Result<Self, StoreError> {
        let mut tx = shared.parts.db.begin_write().await?;
        let (revision, position, horizon) = match tx.dialect() {
            Dialect::Sqlite => {
                let position = shared
                    .position
                    .fetch_add(1, std::sync::atomic::Ordering::AcqRel)
                    + 1;
                (None, position, Horizon::position(position))
            }
            Dialect::Postgres => {
                let sql = "select revision, pg_current_xact_id()::text::bigint as pos, \
                           pg_current_snapshot()::text as seen from catalog where id = 1";
                let row = tx.fetch_one(sql, &[]).await?;
                (
                    Some(row.int("revision")?),
                    row.int("pos")?,
                    Horizon(row.text("seen")?.into()),
                )
            }
        };
        let catalog = shared.parts.programs.catalog_at(revision).await?;
        Ok(Self {
            shared,
            tx,
            now: shared.parts.clock.now(),
            position,
            horizon,
            catalog,
            runs: Runs::default(),
            waits: Waits::default(),
            arrivals: Vec::new(),
            private: Vec::new(),
            hot: HashMap::new(),
            active: HashMap::new(),
            delivered: HashSet::new(),
            inbox: Vec::new(),
            taken: Vec::new(),
            journal: Vec::new(),
            emptied: Vec::new(),
            orphaned: Vec::new(),
            sends: Vec::new(),
            candidates: Vec::new(),
            requested: BTreeMap::new(),
            records: HashMap::new(),
            alerts: HashMap::new(),
            audits: Vec::new(),
            said: Vec::new(),
            here: HashMap::new(),
            missed: HashMap::new(),
            tally: Tally::default(),
            outcomes: std::iter::repeat_with(|| None).take(size).collect(),
        })
    }

    pub(super) fn programs(&self) -> &'w Arc<Programs> {
        &self.shared.parts.programs
    }

    async fn steps(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        locks::deliveries(self, work).await?;
        self.drop_duplicates(work).await?;
        self.find_sends(work).await?;
        self.gather(work).await?;
        self.offer_former().await?;
        self.admit().await?;
        self.draft_requests(work).await?;
        let starts = self.start_keys();
        locks::matches(self, work, &starts).await?;
        self.load(work, &starts).await?;
        self.settle_statuses()?;
        self.decide_outside(work).await?;
        self.advances(work).await?;
        self.end_orphaned().await?;
        self.flush().await
    }

    /// Ends a run from outside its own advance, and tells whoever waits for that.
    pub(super) async fn end(
        &mut self,
        org: OrgId,
        run: RunId,
        status: Status,
        outcome: Option<String>,
        told: Entry,
    ) -> Result<(), StoreError> {
        let now = self.now;
        let Some(row) = self.runs.get_mut(org, run) else {
            return Ok(());
        };
        if row.ended_at.is_some() {
            return Ok(());
        }
        row.raise();
        row.status = status;
        row.outcome = outcome;
        row.ended_at = Some(now);
        row.due = None;
        row.owner = None;
        row.lease_until = None;
        row.queued = false;
        self.waits.end(org, run);
        self.emptied.push((org, run));
        self.inbox.retain(|row| row.o != org || row.i != run);
        self.journal.push(events::JournalRow {
            o: org,
            i: run,
            p: 1,
            e: encode(&told)?,
        });
        self.after_end(org, run, Value::Null).await
    }

    /// Wakes the caller of a run that has ended, and the next in its queue; those it called end too.
    pub(super) async fn after_end(
        &mut self,
        org: OrgId,
        run: RunId,
        output: Value,
    ) -> Result<(), StoreError> {
        let Some(row) = self.runs.get(org, run).cloned() else {
            return Ok(());
        };
        self.orphan(org, run).await?;
        let key = (org, row.workflow, row.key.clone());
        if let Some(active) = self.active.get_mut(&key) {
            active.retain(|other| *other != run);
        }
        if let Some((parent, slot)) = &row.parent {
            self.runs
                .load(&mut self.tx, std::iter::once((org, *parent)))
                .await?;
            let (status, outcome) = (row.status, row.outcome.clone());
            let input = Input::ChildEnded {
                slot: slot.clone(),
                run,
                status,
                outcome,
                output,
            };
            self.put_into_inbox(org, *parent, &input)?;
        }
        if row.mode == Mode::Queue {
            self.load_active(std::slice::from_ref(&key)).await?;
            let turn = self
                .active
                .get(&key)
                .and_then(|runs| runs.iter().min().copied());
            let now = self.now;
            if let Some(next) = turn
                .and_then(|next| self.runs.get_mut(org, next))
                .filter(|next| next.queued)
            {
                next.raise();
                next.queued = false;
                next.status = Status::Running;
                next.due = Some(now);
            }
        }
        Ok(())
    }

    /// Leaves an input for a run, which is due at once. `false` when it has ended.
    pub(super) fn put_into_inbox(
        &mut self,
        org: OrgId,
        run: RunId,
        input: &Input,
    ) -> Result<bool, StoreError> {
        let now = self.now;
        let Some(row) = self.runs.get_mut(org, run) else {
            return Ok(false);
        };
        if row.ended_at.is_some() && *input != Input::Retry {
            return Ok(false);
        }
        row.raise();
        if !row.queued {
            row.due = Some(now);
        }
        self.inbox.push(events::InboxRow {
            o: org,
            i: run,
            n: encode(input)?,
            a: now,
        });
        Ok(true)
    }

    /// Takes a run's new state into its row.
    pub(super) fn store_state(row: &mut RunRow, stored: &Stored, now: Timestamp) {
        row.status = stored.status;
        row.outcome.clone_from(&stored.outcome);
        row.state = Some(stored.state.clone());
        row.steps = Some(stored.steps.clone());
        row.due = stored.due;
        row.ended_at = stored
            .status
            .is_final()
            .then_some(row.ended_at.unwrap_or(now));
        row.changed = true;
    }

    /// Asks the gate for the sends of new runs and of advances, and begins the effects of new runs.
    pub(super) async fn judge(
        &mut self,
        work: &'w [Work],
        standing: &[usize],
    ) -> Result<HashMap<IntentId, Verdict>, StoreError> {
        let mut asks = Vec::new();
        for candidate in &self.candidates {
            let (Some(hot), Some(row)) = (
                self.hot.get(&(candidate.org, candidate.run)),
                self.runs.get(candidate.org, candidate.run),
            ) else {
                continue;
            };
            let intents = hot.state.requested();
            asks.extend(statuses::asks(
                candidate.org,
                row.workflow,
                candidate.run,
                &intents,
            ));
        }
        for index in standing {
            if let Some(Work::Advance(prepared)) = work.get(*index) {
                let run = &prepared.advance.run;
                asks.extend(statuses::asks(
                    run.org,
                    run.workflow,
                    run.run,
                    &prepared.advance.begin,
                ));
            }
        }
        let mut verdicts = HashMap::new();
        if !asks.is_empty() {
            let gate: &dyn Gate = &*self.shared.parts.gate;
            let judged = gate.check(&mut self.tx, self.now, &asks).await?;
            if judged.len() != asks.len() {
                return Err(StoreError::bug(
                    "the gate judged another number of sends than it was asked",
                ));
            }
            verdicts = asks
                .iter()
                .map(|ask| ask.intent.clone())
                .zip(judged)
                .collect();
        }
        Ok(verdicts)
    }

    /// Writes what was decided.
    async fn flush(&mut self) -> Result<(), StoreError> {
        let now = self.now;
        events::flush(self).await?;
        self.runs.flush(&mut self.tx, now).await?;
        self.waits.flush(&mut self.tx).await?;
        events::flush_inbox(self).await?;
        for (org, audit) in &self.audits {
            write_audit(&mut self.tx, now, *org, audit).await?;
        }
        statuses::flush(&mut self.tx, &self.sends).await?;
        statuses::flush_said(&mut self.tx, &self.said, now).await?;
        self.runs.tell(&mut self.tally);
        self.tally.flush(&mut self.tx).await
    }

    /// Gives the effects begun in this transaction to those whose writes started them.
    pub(super) fn hand_over(&mut self, begun: Vec<(usize, Begun)>) {
        for (work, begun) in begun {
            match self.outcomes.get_mut(work) {
                Some(Some(Outcome::Ingested(ingested))) => ingested.begun.push(begun),
                Some(Some(Outcome::Started(super::types::Started::Run {
                    begun: place, ..
                }))) => {
                    *place = Some(Box::new(begun));
                }
                Some(Some(Outcome::Fired(_, place))) => *place = Some(Box::new(begun)),
                _ => {}
            }
        }
    }

    /// Whether an advance still stands on what its worker has seen.
    pub(super) fn is_current(&self, prepared: &Prepared) -> bool {
        let run = &prepared.advance.run;
        self.runs
            .get(run.org, run.run)
            .is_some_and(|row| row.seq == run.seq)
    }
}

/// A word of the history on why a run ended from outside.
pub(super) fn ended_by(kind: &'static str, now: Timestamp, reason: Reason, output: Value) -> Entry {
    Entry {
        step: operandi_dsl::StepId::new("end"),
        kind: kind.to_owned(),
        status: EntryStatus::Completed,
        started_at: now,
        ended_at: Some(now),
        input: Value::Null,
        output,
        reason: Some(reason),
        attempt: 1,
    }
}
