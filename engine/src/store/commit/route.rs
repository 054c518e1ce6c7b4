//! Where an event goes: runs it ends, moves on or counts for, and workflows it starts.

use std::sync::Arc;

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    batch::{Batch, ended_by},
    events::Arrival,
    prepare::new_run,
    start::{Begins, Draft, key_of, trigger_scope},
    types::Permits,
    waits::{Seen, WaitRow},
};
use crate::{
    core::{Input, Status, WaitKind, condition_holds, reason},
    ids::{EventId, OrgId, RunId, WorkflowId},
    store::{
        sql::StoreError,
        workflows::{Listener, sensor_channel},
    },
    watch,
};

/// How many words about one event are kept.
const ROUTES_MAX: usize = 100;

/// What became of an event at one workflow or run, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Route {
    pub workflow: WorkflowId,
    pub decision: Decision,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sentence>,
}

/// The kinds of answers to "why did nothing happen?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A run began.
    Started,
    /// A run will begin when the one before it has ended.
    Queued,
    /// A run about the same key is active.
    ActiveAlready,
    ConditionFalse,
    /// The trigger's condition or key could not be evaluated.
    ConditionFailed,
    Disabled,
    /// The stored version cannot be compiled by this build.
    Broken,
    /// It ended a run.
    Exited,
    /// It moved a waiting run on.
    Woke,
    /// It is a run's success.
    Goal,
}

/// What a workflow makes of an event, before runs of the same key are looked at.
pub(super) enum Admission {
    Start(Box<Draft>),
    No(Route),
}

/// Why a stored version is not run.
fn broken(what: &str) -> Sentence {
    let words = Phrase::new(say!(
        "este programa no puede ejecutar la versión publicada: {what}",
        "this program cannot run the published version: {what}",
        "este programa não pode executar a versão publicada: {what}",
    ));
    words.with("what", what).into()
}

/// The channel of the rule over sensors that an event says is raised.
fn raised_rule(arrival: &Arrival<'_>) -> Option<String> {
    let starts = [watch::RAISED, watch::LATE].contains(&&*arrival.event.kind);
    let own = arrival.own && arrival.source == watch::SOURCE && starts;
    let rule = arrival.data.value.get("rule").filter(|_| own)?.as_str()?;
    Some(sensor_channel(rule.parse().ok()?))
}

impl<'w> Batch<'w> {
    /// Asks every workflow that listens.
    pub(super) async fn admit(&mut self) -> Result<(), StoreError> {
        for index in 0..self.arrivals.len() {
            let arrival = &self.arrivals[index];
            let org = arrival.org;
            let mut listeners: Vec<Arc<Listener>> =
                self.catalog.listeners(org, &arrival.event.kind).to_vec();
            if arrival.own {
                listeners.extend_from_slice(
                    self.catalog
                        .listeners(org, &format!("webhook:{}", arrival.source)),
                );
            }
            if let Some(channel) = raised_rule(arrival) {
                listeners.extend_from_slice(self.catalog.listeners(org, &channel));
            }
            let mut admissions = Vec::with_capacity(listeners.len());
            for listener in listeners {
                let arrival = &self.arrivals[index];
                admissions.push(
                    self.admission(&listener, arrival.event.id, Arc::clone(&arrival.data.value))
                        .await?,
                );
            }
            self.arrivals[index].admissions = admissions;
        }
        Ok(())
    }

    async fn admission(
        &self,
        listener: &Arc<Listener>,
        event: EventId,
        data: Arc<Value>,
    ) -> Result<Admission, StoreError> {
        let no = |decision, reason| {
            Ok(Admission::No(Route {
                workflow: listener.workflow,
                decision,
                run: None,
                reason,
            }))
        };
        if !listener.enabled {
            return no(Decision::Disabled, None);
        }
        let program = match self
            .programs()
            .get(listener.org, listener.workflow, listener.version)
            .await
        {
            Ok(program) => program,
            Err(StoreError::Bug { what, .. }) => return no(Decision::Broken, Some(broken(&what))),
            Err(error) => return Err(error),
        };
        let mut key = String::new();
        if program.trigger.filter.is_some() || program.trigger.key.is_some() {
            let org = self.programs().org(listener.org).await?;
            let mut scope = trigger_scope(&program, &org, &data, self.now);
            match program
                .trigger
                .filter
                .as_ref()
                .map_or(Ok(true), |filter| filter.test(&mut scope))
            {
                Ok(true) => {}
                Ok(false) => return no(Decision::ConditionFalse, None),
                Err(error) => return no(Decision::ConditionFailed, Some(error.sentence())),
            }
            key = match key_of(&program, &mut scope) {
                Ok(key) => key,
                Err(error) => return no(Decision::ConditionFailed, Some(error.sentence())),
            };
        }
        let draft = self
            .draft(new_run(), listener, &program, key, (event, data))
            .await?;
        Ok(Admission::Start(Box::new(draft)))
    }

    /// Sends an event to everyone it concerns; gives the runs it started.
    pub(super) async fn route(
        &mut self,
        index: usize,
        permits: Option<&Permits>,
    ) -> Result<Vec<RunId>, StoreError> {
        self.arrivals[index].accepted = true;
        let org = self.arrivals[index].org;
        let offers = self.arrivals[index].offers.clone();
        for offer in &offers {
            self.here.entry((org, offer.hash)).or_default().push(index);
            for wait in self.waits.meeting(org, offer) {
                let seen = self.seen(index, &wait.slot);
                if let Some(decision) = self.meet(org, &wait, &seen).await? {
                    let workflow = self.runs.get(org, wait.run).map(|row| row.workflow);
                    if let Some(workflow) = workflow {
                        self.note(
                            index,
                            Route {
                                workflow,
                                decision,
                                run: Some(wait.run),
                                reason: None,
                            },
                        );
                    }
                }
            }
        }
        let mut started = Vec::new();
        for admission in std::mem::take(&mut self.arrivals[index].admissions) {
            let route = match admission {
                Admission::No(route) => route,
                Admission::Start(mut draft) => {
                    let workflow = draft.listener.workflow;
                    let candidate = permits.map(|permits| (self.arrivals[index].work, permits));
                    let (decision, run) = match self.begin_run(&mut draft, None, candidate).await? {
                        Begins::Started => (Decision::Started, draft.run),
                        Begins::Queued => (Decision::Queued, draft.run),
                        Begins::Active(run) => (Decision::ActiveAlready, run),
                    };
                    if decision != Decision::ActiveAlready {
                        started.push(draft.run);
                        self.look_back_of(org, draft.run).await?;
                    }
                    Route {
                        workflow,
                        decision,
                        run: Some(run),
                        reason: None,
                    }
                }
            };
            self.note(index, route);
        }
        Ok(started)
    }

    fn note(&mut self, index: usize, route: Route) {
        let routes = &mut self.arrivals[index].routes;
        if routes.len() < ROUTES_MAX {
            routes.push(route);
        }
    }

    /// An event of this batch as a wait sees it.
    pub(super) fn seen(&self, index: usize, slot: &str) -> Seen {
        let Arrival { event, data, .. } = &self.arrivals[index];
        Seen {
            slot: slot.to_owned(),
            id: event.id,
            kind: event.kind.clone(),
            at: self.now,
            data: Value::clone(&data.value),
        }
    }

    /// Lets an event count for a wait that it matches; `None` when it does not.
    pub(super) async fn meet(
        &mut self,
        org: OrgId,
        wait: &WaitRow,
        seen: &Seen,
    ) -> Result<Option<Decision>, StoreError> {
        let Some(row) = self.runs.get(org, wait.run) else {
            return Ok(None);
        };
        if wait.until.is_some_and(|until| until < seen.at) {
            return Ok(None);
        }
        match wait.kind {
            WaitKind::Step => {
                if row.ended_at.is_some()
                    || !self
                        .delivered
                        .insert((wait.run, wait.slot.clone(), seen.id))
                {
                    return Ok(None);
                }
                let (id, at) = (seen.id, seen.at);
                let input = Input::Event {
                    slot: wait.slot.clone(),
                    id,
                    kind: seen.kind.clone(),
                    at,
                    data: seen.data.clone(),
                };
                Ok(self
                    .put_into_inbox(org, wait.run, &input)?
                    .then_some(Decision::Woke))
            }
            WaitKind::Exit => {
                if row.ended_at.is_some() || !self.holds(org, wait, &seen.data).await? {
                    return Ok(None);
                }
                let why = reason::arrived(&seen.kind);
                let told = ended_by(
                    "exit",
                    self.now,
                    why,
                    json!({ "event": seen.id, "type": seen.kind }),
                );
                let outcome = wait.outcome.clone().unwrap_or_else(|| seen.kind.clone());
                self.end(org, wait.run, Status::Exited, Some(outcome), told)
                    .await?;
                Ok(Some(Decision::Exited))
            }
            WaitKind::Goal => {
                if row.goal_at.is_some() || !self.holds(org, wait, &seen.data).await? {
                    return Ok(None);
                }
                if let Some(row) = self.runs.get_mut(org, wait.run) {
                    row.goal_at = Some(seen.at);
                    row.changed = true;
                }
                Ok(Some(Decision::Goal))
            }
        }
    }

    /// Whether the further condition of an exit or goal holds.
    async fn holds(
        &mut self,
        org: OrgId,
        wait: &WaitRow,
        incoming: &Value,
    ) -> Result<bool, StoreError> {
        if !wait.conditional {
            return Ok(true);
        }
        let context = self.programs().org(org).await?;
        let (Some(hot), Some(row)) = (self.hot.get(&(org, wait.run)), self.runs.get(org, wait.run))
        else {
            return Ok(false);
        };
        let env = self.env(wait.run, &row.key, &hot.event, &context);
        match condition_holds(&hot.program, &hot.state, &env, &wait.slot, incoming) {
            Ok(holds) => Ok(holds),
            Err(error) => {
                tracing::warn!(run.id = %wait.run, wait.slot = wait.slot, %error, "a condition could not be evaluated; it does not hold");
                Ok(false)
            }
        }
    }
}
