//! What a transaction reads before it decides: waits, runs, states, and what new waits have missed.

use std::sync::Arc;

use super::{
    batch::{Batch, Hot, StartKey},
    events,
    prepare::Work,
    route::Admission,
    start::Draft,
    waits::{LookBack, look_back},
};
use crate::{
    ids::{OrgId, RunId},
    store::sql::{Dialect, Param, StoreError},
};

impl<'w> Batch<'w> {
    /// Reads everything the decisions need: waits, runs, active runs of the keys, what waits missed.
    pub(super) async fn load(
        &mut self,
        work: &'w [Work],
        starts: &[StartKey],
    ) -> Result<(), StoreError> {
        let offers = self.offers();
        self.waits.load(&mut self.tx, &offers).await?;
        let met = self.waits.runs(&offers);
        let own = work.iter().flat_map(|work| match work {
            Work::Advance(prepared) => {
                let run = &prepared.advance.run;
                // A run that ends wakes the one that called it.
                let parent = run
                    .parent
                    .as_ref()
                    .filter(|_| prepared.stored.status.is_final());
                [
                    Some((run.org, run.run)),
                    parent.map(|(parent, _)| (run.org, *parent)),
                ]
            }
            Work::Deliver { org, run, .. } => [Some((*org, *run)), None],
            Work::Ingest { .. } | Work::Start { .. } | Work::Fire { .. } | Work::Change(_) => {
                [None, None]
            }
        });
        let settled = self.said.iter().map(|(send, _)| (send.org, send.run));
        let met_runs = met.iter().map(|&(org, run, _)| (org, run));
        let keys: Vec<_> = own.flatten().chain(met_runs).chain(settled).collect();
        self.runs.load(&mut self.tx, keys.into_iter()).await?;
        if !starts.is_empty() {
            self.load_active(starts).await?;
        }
        let conditional: Vec<_> = met
            .into_iter()
            .filter(|(_, _, conditional)| *conditional)
            .map(|(org, run, _)| (org, run))
            .collect();
        self.heat(conditional).await?;
        let mut wanted = Vec::new();
        for work in work {
            if let Work::Advance(prepared) = work {
                let run = &prepared.advance.run;
                wanted.extend(
                    prepared.added.iter().map(|wait| {
                        LookBack::of(run.org, run.run, &run.horizon, run.event_id, wait)
                    }),
                );
            }
        }
        // On SQLite nothing can have come between: there is one transaction at a time.
        if self.tx.dialect() == Dialect::Postgres {
            for draft in self.drafts() {
                let first = draft.begun.iter().flat_map(|first| &first.waits);
                wanted.extend(first.map(|wait| {
                    LookBack::of(
                        draft.listener.org,
                        draft.run,
                        &self.horizon,
                        Some(draft.event_id),
                        wait,
                    )
                }));
            }
        }
        let rows = if wanted.is_empty() {
            None
        } else {
            Some((Param::rows(&wanted)?, wanted.len()))
        };
        if let Some((rows, count)) = rows {
            self.missed = look_back(&mut self.tx, rows, count).await?;
        }
        Ok(())
    }

    /// All runs that may begin in this transaction.
    pub(super) fn drafts(&self) -> impl Iterator<Item = &Draft> {
        let routed = self
            .arrivals
            .iter()
            .flat_map(|arrival| &arrival.admissions)
            .filter_map(|admission| match admission {
                Admission::Start(draft) => Some(&**draft),
                Admission::No(_) => None,
            });
        routed.chain(self.requested.values())
    }

    /// The keys of all starts that may get into each other's way.
    pub(super) fn start_keys(&self) -> Vec<StartKey> {
        let mut keys: Vec<_> = self.drafts().filter_map(Draft::start_key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Reads the active runs of these keys; those already known stay as they are.
    pub(super) async fn load_active(&mut self, keys: &[StartKey]) -> Result<(), StoreError> {
        let missing: Vec<_> = keys
            .iter()
            .filter(|key| !self.active.contains_key(*key))
            .cloned()
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let found = self.runs.load_active(&mut self.tx, &missing).await?;
        for key in missing {
            self.active.entry(key).or_default();
        }
        for (org, run) in found {
            let Some(row) = self.runs.get(org, run) else {
                continue;
            };
            let key = (org, row.workflow, row.key.clone());
            if row.ended_at.is_none() {
                let runs = self.active.entry(key).or_default();
                if !runs.contains(&run) {
                    runs.push(run);
                }
            }
        }
        Ok(())
    }

    /// Brings the states of runs into memory.
    async fn heat(&mut self, keys: Vec<(OrgId, RunId)>) -> Result<(), StoreError> {
        let cold: Vec<_> = keys
            .into_iter()
            .filter(|key| {
                !self.hot.contains_key(key)
                    && self
                        .runs
                        .get(key.0, key.1)
                        .is_some_and(|row| row.ended_at.is_none() || row.goal_at.is_none())
            })
            .collect();
        if cold.is_empty() {
            return Ok(());
        }
        for (org, run, state, event) in events::states(&mut self.tx, &cold).await? {
            let Some(row) = self.runs.get(org, run) else {
                continue;
            };
            let program = self
                .shared
                .parts
                .programs
                .get(org, row.workflow, row.version)
                .await?;
            self.hot.insert(
                (org, run),
                Hot {
                    state,
                    program,
                    event: Arc::new(event),
                },
            );
        }
        Ok(())
    }
}
