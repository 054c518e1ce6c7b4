//! Workers' new states: which of them still stand, and what follows from those that do.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use operandi_dsl::time::Timestamp;

use super::{
    batch::{Batch, Candidate, Hot},
    prepare::{Outcome, Prepared, Stored, Work},
    start::exit_outcome,
    statuses,
    types::{Advance, Begun, Lease, Loaded, Verdict},
    waits::{Seen, WaitRow},
};
use crate::{
    core::{EffectResult, Input, Intent, WaitKind, apply},
    ids::{IntentId, OrgId, RunId},
    store::sql::StoreError,
};

impl<'w> Batch<'w> {
    /// Decides all advances, after everything from outside.
    pub(super) async fn advances(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        let mut standing = Vec::new();
        for (index, work) in work.iter().enumerate() {
            let Work::Advance(prepared) = work else {
                continue;
            };
            if self.is_current(prepared) && !self.missed_exit(prepared).await? {
                standing.push(index);
            } else {
                self.outcomes[index] = Some(Outcome::Conflict);
            }
        }
        // Before anything begins: what an event has made pointless includes what the ended runs called.
        self.end_orphaned().await?;
        let verdicts = self.judge(work, &standing).await?;
        let begun = self.begin_candidates(&verdicts).await?;
        self.hand_over(begun);
        for index in standing {
            let Some(Work::Advance(prepared)) = work.get(index) else {
                continue;
            };
            let outcome = self.advance(index, prepared, &verdicts).await?;
            self.outcomes[index] = Some(outcome);
        }
        // A send's end is a fact, also when the run has gone another way meanwhile.
        let ends = work.iter().filter_map(|work| match work {
            Work::Advance(prepared) => {
                Some((prepared.advance.run.org, prepared.advance.sends.as_slice()))
            }
            _ => None,
        });
        statuses::ended(&mut self.tx, self.now, ends).await?;
        self.settle_unknown(work).await
    }

    /// Whether an exit that this advance records has missed its event: then the run ends first.
    async fn missed_exit(&mut self, prepared: &Prepared) -> Result<bool, StoreError> {
        let run = &prepared.advance.run;
        for (wait, seen) in self.missed_by(prepared, WaitKind::Exit) {
            if wait.conditional && !self.hot.contains_key(&(run.org, run.run)) {
                self.warm(&prepared.advance);
            }
            if self.meet(run.org, &wait, &seen).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn warm(&mut self, advance: &Advance) {
        let (run, state) = (&advance.run, &advance.state);
        let (program, event) = (Arc::clone(advance.program()), Arc::clone(&run.event));
        self.hot.insert(
            (run.org, run.run),
            Hot {
                state: state.clone(),
                program,
                event,
            },
        );
    }

    /// The new waits of one kind, each with the events it has missed.
    fn missed_by(&self, prepared: &Prepared, kind: WaitKind) -> Vec<(WaitRow, Seen)> {
        let run = &prepared.advance.run;
        let earlier = self
            .missed
            .get(&run.run)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut missed = Vec::new();
        for (wait, found) in prepared.added.iter().filter(|(wait, _)| wait.kind == kind) {
            let outcome = exit_outcome(prepared.advance.program(), wait);
            let row = WaitRow::of(run.run, wait, &found.text, outcome);
            missed.extend(
                earlier
                    .iter()
                    .filter(|seen| seen.slot == wait.slot)
                    .map(|seen| (row.clone(), seen.clone())),
            );
            for &index in self.here.get(&(run.org, found.hash)).into_iter().flatten() {
                if self.arrivals[index]
                    .offers
                    .iter()
                    .any(|offer| offer.text == found.text)
                {
                    missed.push((row.clone(), self.seen(index, &wait.slot)));
                }
            }
        }
        missed
    }

    async fn advance(
        &mut self,
        index: usize,
        prepared: &'w Prepared,
        verdicts: &HashMap<IntentId, Verdict>,
    ) -> Result<Outcome, StoreError> {
        if !self.is_current(prepared) {
            return Ok(Outcome::Conflict);
        }
        let advance = &prepared.advance;
        let (org, run) = (advance.run.org, advance.run.run);
        if self
            .runs
            .get(org, run)
            .is_some_and(|row| row.status.is_final() && row.status != advance.run.state.status())
        {
            self.taken
                .extend(advance.run.inbox.iter().map(|item| (org, item.id)));
            return Ok(Outcome::Over);
        }
        let asks = statuses::asks(org, advance.run.workflow, run, &advance.begin);
        let refused = |verdict: &Verdict| !matches!(verdict, Verdict::Send { .. });
        if asks
            .iter()
            .any(|ask| verdicts.get(&ask.intent).is_none_or(refused))
        {
            let verdicts = asks
                .iter()
                .filter_map(|ask| Some((ask.intent.clone(), verdicts.get(&ask.intent)?.clone())));
            return Ok(Outcome::Judged(verdicts.collect()));
        }
        for ask in &asks {
            self.note_send(ask, verdicts);
        }
        let seq = self.take_over(prepared);
        let of = (org, advance.run.workflow, advance.run.started_at);
        self.tally.steps(of, &prepared.passed);
        let ended = prepared.stored.status.is_final();
        self.journal_entries(org, run, &prepared.stored);
        self.taken
            .extend(prepared.taken.iter().map(|id| (org, *id)));
        for (slot, found) in &prepared.removed {
            self.waits.remove(org, run, found.hash, slot);
        }
        let missed = [WaitKind::Goal, WaitKind::Step].map(|kind| self.missed_by(prepared, kind));
        for (wait, found) in &prepared.added {
            let outcome = exit_outcome(advance.program(), wait);
            self.waits.add(
                org,
                found.hash,
                WaitRow::of(run, wait, &found.text, outcome),
            );
        }
        if prepared.added.iter().any(|(wait, _)| wait.conditional)
            || self.hot.contains_key(&(org, run))
        {
            self.warm(advance);
        }
        for (wait, seen) in missed.into_iter().flatten() {
            self.meet(org, &wait, &seen).await?;
        }
        self.children(org, run, &advance.commands).await?;
        if ended {
            self.after_end(org, run, advance.state.output()).await?;
        }
        for arrival in self.arrivals_of(index) {
            self.route(arrival, None).await?;
        }
        Ok(Outcome::Committed {
            seq,
            horizon: self.horizon.clone(),
        })
    }

    /// Writes the new state into the run's row; gives the new seq.
    fn take_over(&mut self, prepared: &Prepared) -> i64 {
        let (run, now) = (&prepared.advance.run, self.now);
        let Some(row) = self.runs.get_mut(run.org, run.run) else {
            return run.seq;
        };
        row.raise();
        row.in_hand = true;
        row.version = prepared.advance.version();
        Self::store_state(row, &prepared.stored, now);
        row.step = prepared.advance.state.standing_at().next().cloned();
        let lease = prepared
            .advance
            .lease
            .as_ref()
            .filter(|_| row.ended_at.is_none());
        hold(row, lease);
        // What is still in the inbox wants to be applied.
        if row.ended_at.is_none() && run.inbox.len() > prepared.advance.applied.len() {
            row.due = Some(now);
        }
        row.seq
    }

    /// Begins the effects of new runs for which there was a permit, as far as the gate lets them.
    async fn begin_candidates(
        &mut self,
        verdicts: &HashMap<IntentId, Verdict>,
    ) -> Result<Vec<(usize, Begun)>, StoreError> {
        let mut begun = Vec::new();
        for candidate in std::mem::take(&mut self.candidates) {
            let key = (candidate.org, candidate.run);
            if self
                .runs
                .get(key.0, key.1)
                .is_none_or(|row| row.ended_at.is_some() || row.seq != 1)
            {
                continue;
            }
            let Some(mut hot) = self.hot.remove(&key) else {
                continue;
            };
            let work = candidate.work;
            if let Some(run) = self.begin_candidate(candidate, &mut hot, verdicts).await? {
                begun.push((work, run));
            }
            self.hot.insert(key, hot);
        }
        Ok(begun)
    }

    async fn begin_candidate(
        &mut self,
        candidate: Candidate,
        hot: &mut Hot,
        verdicts: &HashMap<IntentId, Verdict>,
    ) -> Result<Option<Begun>, StoreError> {
        let (org, run, now) = (candidate.org, candidate.run, self.now);
        let Some(row) = self.runs.get(org, run).cloned() else {
            return Ok(None);
        };
        let context = self.programs().org(org).await?;
        let env = self.env(run, &row.key, &hot.event, &context);
        let (before, mark) = (hot.state.waits(), hot.state.mark());
        let mut commands = Vec::new();
        let mut begin = Vec::new();
        for intent in hot.state.requested() {
            match judged(&intent, verdicts) {
                Some(input) => commands.extend(apply(&hot.program, &mut hot.state, &env, input)),
                None => begin.push(intent),
            }
        }
        if !begin.is_empty() {
            let intents = begin.iter().map(|intent| intent.id.clone()).collect();
            commands.extend(apply(
                &hot.program,
                &mut hot.state,
                &env,
                Input::Begin { intents },
            ));
        }
        for ask in statuses::asks(org, row.workflow, run, &begin) {
            self.note_send(&ask, verdicts);
        }
        let passed = hot.state.passed(&mark);
        self.tally
            .steps((org, row.workflow, row.started_at), &passed);
        let stored = Stored::of(&mut hot.state)?;
        let lease = (!begin.is_empty()).then(|| lease(&begin, &candidate, now));
        if let Some(row) = self.runs.get_mut(org, run) {
            Self::store_state(row, &stored, now);
            hold(row, lease.as_ref());
            row.in_hand = lease.is_some();
        }
        self.journal_entries(org, run, &stored);
        self.replace_waits(org, run, hot, &before);
        self.children(org, run, &commands).await?;
        if stored.status.is_final() {
            self.after_end(org, run, hot.state.output()).await?;
        }
        let Some(row) = self.runs.get(org, run) else {
            return Ok(None);
        };
        Ok(lease.map(|lease| Begun {
            run: Loaded {
                org,
                run,
                workflow: row.workflow,
                version: row.version,
                program: Arc::clone(&hot.program),
                key: row.key.clone(),
                seq: row.seq,
                status: stored.status,
                queued: row.queued,
                recorded: hot.state.waits(),
                state: hot.state.clone(),
                event_id: row.event_id,
                event: Arc::clone(&hot.event),
                inbox: Vec::new(),
                lease: Some(lease),
                parent: row.parent.clone(),
                started_at: row.started_at,
                horizon: self.horizon.clone(),
            },
            permit: candidate.permit,
        }))
    }

    /// Records the waits of a new run as they are after the gate has spoken.
    fn replace_waits(&mut self, org: OrgId, run: RunId, hot: &Hot, before: &[crate::core::Wait]) {
        let after = hot.state.waits();
        for wait in before.iter().filter(|wait| !after.contains(wait)) {
            let found = super::matching::Match::of_wait(wait);
            self.waits.remove(org, run, found.hash, &wait.slot);
        }
        for wait in after.iter().filter(|wait| !before.contains(wait)) {
            let found = super::matching::Match::of_wait(wait);
            self.waits.add(
                org,
                found.hash,
                WaitRow::of(run, wait, &found.text, exit_outcome(&hot.program, wait)),
            );
        }
    }

    /// Lets a new run see what came while its first waits were being recorded.
    pub(super) async fn look_back_of(&mut self, org: OrgId, run: RunId) -> Result<(), StoreError> {
        let Some(missed) = self.missed.remove(&run) else {
            return Ok(());
        };
        let waits: BTreeMap<String, WaitRow> = self.waits.of_run(org, run);
        let mut met: Vec<_> = missed
            .iter()
            .filter_map(|seen| Some((waits.get(&seen.slot)?, seen)))
            .collect();
        met.sort_by_key(|(wait, _)| wait.rank());
        for (wait, seen) in met {
            self.meet(org, wait, seen).await?;
        }
        Ok(())
    }
}

/// What the gate's verdict means to a run, unless the send may begin.
fn judged(intent: &Intent, verdicts: &HashMap<IntentId, Verdict>) -> Option<Input> {
    let id = intent.id.clone();
    match verdicts.get(&intent.id)? {
        Verdict::Send { .. } => None,
        Verdict::Hold { until, reason } => Some(Input::Hold {
            intent: id,
            until: *until,
            reason: reason.clone(),
        }),
        Verdict::Refuse { reason } => {
            let result = EffectResult::Refused {
                reason: reason.clone(),
            };
            Some(Input::Result { intent: id, result })
        }
    }
}

/// Until when the caller may take for these effects.
fn lease(begin: &[Intent], candidate: &Candidate, now: Timestamp) -> Lease {
    let longest = begin
        .iter()
        .map(|intent| {
            intent.timeout_ms.map_or(
                candidate.permits.effect_timeout,
                std::time::Duration::from_millis,
            )
        })
        .max()
        .unwrap_or(candidate.permits.effect_timeout);
    Lease {
        owner: candidate.permits.owner.clone(),
        until: now.after(longest).after(candidate.permits.margin),
    }
}

/// Puts a run under a lease, or takes it out. It falls due at the lease's end at the latest.
fn hold(row: &mut super::rows::RunRow, lease: Option<&Lease>) {
    row.owner = lease.map(|lease| lease.owner.clone());
    row.lease_until = lease.map(|lease| lease.until);
    row.due = match (row.due, row.lease_until) {
        (Some(due), Some(until)) => Some(due.min(until)),
        (due, until) => due.or(until),
    };
}
