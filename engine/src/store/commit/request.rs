//! What programs, people and schedules ask for, and the order in which all that comes from outside is decided.

use std::sync::Arc;

use serde_json::Value;

use super::{
    batch::{Batch, ended_by},
    change::Changed,
    delivery,
    events::EventRow,
    prepare::{Outcome, Work, fired_event},
    start::{Begins, key_of, trigger_scope},
    types::{Delivered, Ingested, Permits, Started},
};
use crate::{
    core::{Input, Reason, Status},
    ids::{OrgId, RunId, WorkflowId},
    store::{sql::StoreError, workflows::Listener},
};

impl<'w> Batch<'w> {
    /// A workflow that takes starts: published and enabled.
    pub(super) fn startable(&self, org: OrgId, workflow: WorkflowId) -> Option<&Arc<Listener>> {
        self.catalog
            .published(org, workflow)
            .filter(|listener| listener.enabled)
    }

    /// Drafts the runs that programs, people and schedules ask for.
    pub(super) async fn draft_requests(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        for (index, work) in work.iter().enumerate() {
            if self.outcomes[index].is_some() {
                continue;
            }
            let (org, workflow, run, event_id, event) = match work {
                Work::Start {
                    start, run, event, ..
                } => (start.org, start.workflow, *run, *event, start.event.clone()),
                Work::Fire {
                    fire, run, event, ..
                } => {
                    if !delivery::claim(self, fire).await? {
                        self.outcomes[index] = Some(Outcome::Fired(false, None));
                        continue;
                    }
                    if !fire.start {
                        self.outcomes[index] = Some(Outcome::Fired(true, None));
                        continue;
                    }
                    (fire.org, fire.workflow, *run, *event, fired_event(fire))
                }
                Work::Ingest { .. } | Work::Advance(_) | Work::Deliver { .. } | Work::Change(_) => {
                    continue;
                }
            };
            let Some(listener) = self.startable(org, workflow).cloned() else {
                self.outcomes[index] = Some(match work {
                    Work::Fire { .. } => Outcome::Fired(true, None),
                    _ => Outcome::Started(Started::NotFound),
                });
                continue;
            };
            let program = self.programs().get(org, workflow, listener.version).await?;
            let context = self.programs().org(org).await?;
            let key = key_of(
                &program,
                &mut trigger_scope(&program, &context, &event, self.now),
            )
            .unwrap_or_default();
            let draft = self
                .draft(run, &listener, &program, key, (event_id, Arc::new(event)))
                .await?;
            self.requested.insert(index, draft);
        }
        Ok(())
    }

    /// Decides what comes from outside, in its order.
    pub(super) async fn decide_outside(&mut self, work: &'w [Work]) -> Result<(), StoreError> {
        for (index, work) in work.iter().enumerate() {
            if self.outcomes[index].is_some() {
                continue;
            }
            let outcome = match work {
                Work::Advance(_) => continue,
                Work::Ingest { permits, .. } => {
                    let mut ingested = Ingested {
                        records: self.records.remove(&index).unwrap_or_default(),
                        alerts: self.alerts.remove(&index).unwrap_or_default(),
                        ..Ingested::default()
                    };
                    for arrival in self.arrivals_of(index) {
                        ingested.events.push(self.arrivals[arrival].event.id);
                        let started = self.route(arrival, permits.as_ref()).await?;
                        ingested.started.extend(started);
                    }
                    Outcome::Ingested(ingested)
                }
                Work::Start {
                    start,
                    permits,
                    run,
                    ..
                } => Outcome::Started(
                    self.start_requested(
                        index,
                        start.org,
                        *run,
                        "run.requested",
                        "api",
                        permits.as_ref(),
                    )
                    .await?,
                ),
                Work::Fire {
                    fire, permits, run, ..
                } => {
                    let source = "schedule";
                    self.start_requested(
                        index,
                        fire.org,
                        *run,
                        "schedule.fired",
                        source,
                        permits.as_ref(),
                    )
                    .await?;
                    Outcome::Fired(true, None)
                }
                Work::Deliver {
                    org,
                    run,
                    input,
                    audit,
                } => {
                    let delivered = self.deliver(*org, *run, input).await?;
                    if let (Delivered::Accepted, Some(audit)) = (delivered, audit) {
                        self.audits.push((*org, audit.clone()));
                    }
                    Outcome::Delivered(delivered)
                }
                Work::Change(change) => {
                    for arrival in self.arrivals_of(index) {
                        self.route(arrival, None).await?;
                    }
                    let ids = self.records.remove(&index).unwrap_or_default();
                    let id = ids.first().copied().unwrap_or(change.command.record());
                    Outcome::Changed(Changed::Done(id))
                }
            };
            self.outcomes[index] = Some(outcome);
        }
        Ok(())
    }

    async fn start_requested(
        &mut self,
        index: usize,
        org: OrgId,
        run: RunId,
        kind: &'static str,
        source: &'static str,
        permits: Option<&Permits>,
    ) -> Result<Started, StoreError> {
        let Some(mut draft) = self.requested.remove(&index) else {
            return Ok(Started::NotFound);
        };
        Ok(
            match self
                .begin_run(&mut draft, None, permits.map(|permits| (index, permits)))
                .await?
            {
                Begins::Started | Begins::Queued => {
                    self.private.push(EventRow::private(
                        org,
                        draft.event_id,
                        kind,
                        source,
                        &draft.event,
                        self.now,
                    )?);
                    self.look_back_of(org, run).await?;
                    Started::Run {
                        run,
                        duplicate: false,
                        begun: None,
                    }
                }
                Begins::Active(active) => {
                    delivery::forget_start(self, org, run, active).await?;
                    Started::Active { run: active }
                }
            },
        )
    }

    async fn deliver(
        &mut self,
        org: OrgId,
        run: RunId,
        input: &Input,
    ) -> Result<Delivered, StoreError> {
        let Some(row) = self.runs.get(org, run) else {
            return Ok(Delivered::NotFound);
        };
        let fits = match input {
            Input::Retry => row.status == Status::Failed,
            _ => row.ended_at.is_none(),
        };
        if !fits {
            return Ok(Delivered::Over);
        }
        match input {
            // Its first steps are not taken: there is nothing to apply an input to.
            Input::Cancel { reason } if row.queued => {
                let why = Reason::new("cancelled", reason.clone());
                let told = ended_by("cancel", self.now, why, Value::Null);
                self.end(org, run, Status::Cancelled, Some(reason.clone()), told)
                    .await?;
            }
            _ => {
                self.put_into_inbox(org, run, input)?;
            }
        }
        Ok(Delivered::Accepted)
    }
}
