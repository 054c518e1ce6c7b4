//! What a rehearsal reads of the world around it. Nothing here writes.

use std::sync::Arc;

use operandi_dsl::{document::Purpose, program::Program, time::Timestamp};
use operandi_engine::{
    clock::Clock,
    core::{EffectResult, Intent},
    ids::{OrgId, RunId, WorkflowId},
    store::{
        Db, StoreError,
        commit::{Gate as _, SendAsk, Verdict},
        records::{self, Record},
        workflows::Programs,
    },
    watch::Profiles,
    worker::Contact,
};
use operandi_nodes::{
    domain::contact::SAMPLE_ID,
    gate::{ConsentGate, ExampleGate},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Pretender;

/// The kind of record a person is.
const CONTACT: &str = "contact";

/// What a rehearsal asks.
pub trait Around {
    /// Whom a run is about, by its event.
    fn contact(
        &self,
        event: &Value,
    ) -> impl Future<Output = Result<Option<Arc<Contact>>, StoreError>>;

    /// Whether a run by this event is about somebody made up, who agreed to be written to.
    fn is_made_up(&self, _event: &Value) -> impl Future<Output = Result<bool, StoreError>> {
        async { Ok(false) }
    }

    /// The published version of a workflow that is called.
    fn called(
        &self,
        workflow: &str,
    ) -> impl Future<Output = Result<Option<Arc<Program>>, StoreError>>;

    /// What the send gate says of a message, as people's records are at present.
    fn judge(
        &self,
        run: RunId,
        intent: &Intent,
    ) -> impl Future<Output = Result<Verdict, StoreError>>;

    /// The result of an effect at a moment, which does not take place.
    fn pretend(&self, intent: &Intent, now: Timestamp) -> impl Future<Output = EffectResult>;
}

/// Nobody else is there: every person is the sample, every message may go, no other workflow exists.
pub struct Alone {
    pub pretender: Pretender,
}

impl Around for Alone {
    async fn contact(&self, _: &Value) -> Result<Option<Arc<Contact>>, StoreError> {
        Ok(Some(Arc::new(sample_contact())))
    }

    async fn called(&self, _: &str) -> Result<Option<Arc<Program>>, StoreError> {
        Ok(None)
    }

    async fn judge(&self, _: RunId, intent: &Intent) -> Result<Verdict, StoreError> {
        Ok(Verdict::Send {
            channel: channel(&intent.kind).to_owned(),
            recipient: recipient(intent),
            contact: None,
        })
    }

    async fn pretend(&self, intent: &Intent, now: Timestamp) -> EffectResult {
        self.pretender.pretend(intent, now).await
    }
}

/// Whom a rehearsal takes somebody for whom no record knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stranger {
    /// For nobody, as production does.
    Nobody,
    /// Expressions see the sample person; messages are judged as production does.
    Seen,
    /// For the sample person, who agreed to every channel.
    Willing,
}

/// One organisation of the store.
pub struct InStore {
    pub db: Db,
    pub programs: Arc<Programs>,
    pub org: OrgId,
    pub workflow: WorkflowId,
    pub clock: Clock,
    pub pretender: Pretender,
    pub stranger: Stranger,
    /// What is known of devices.
    pub profiles: Arc<dyn Profiles>,
}

impl Around for InStore {
    async fn contact(&self, event: &Value) -> Result<Option<Arc<Contact>>, StoreError> {
        let contact = self.known(event).await?.map(|record| Contact {
            zone: (record.data.get("zone").and_then(Value::as_str))
                .and_then(|zone| zone.parse().ok()),
            value: record.document(),
        });
        let stranger = match self.stranger {
            Stranger::Nobody => None,
            Stranger::Seen | Stranger::Willing => Some(sample_contact()),
        };
        Ok(contact.or(stranger).map(Arc::new))
    }

    async fn is_made_up(&self, event: &Value) -> Result<bool, StoreError> {
        Ok(self.stranger == Stranger::Willing && self.known(event).await?.is_none())
    }

    async fn called(&self, workflow: &str) -> Result<Option<Arc<Program>>, StoreError> {
        let Ok(id) = workflow.parse::<WorkflowId>() else {
            return Ok(None);
        };
        let catalog = self.programs.catalog();
        let Some(listener) = catalog
            .published(self.org, id)
            .filter(|listener| listener.enabled)
        else {
            return Ok(None);
        };
        match self.programs.get(self.org, id, listener.version).await {
            Ok(program) => Ok(Some(program)),
            Err(StoreError::Bug { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn judge(&self, run: RunId, intent: &Intent) -> Result<Verdict, StoreError> {
        let ask = SendAsk {
            org: self.org,
            workflow: self.workflow,
            run,
            step: intent.step.clone(),
            intent: intent.id.clone(),
            kind: intent.kind.clone(),
            params: intent.params.clone(),
            purpose: intent.purpose,
        };
        let mut tx = self.db.begin_read().await?;
        let now = self.clock.now();
        let verdicts = match self.stranger {
            Stranger::Nobody | Stranger::Seen => ConsentGate.check(&mut tx, now, &[ask]).await?,
            Stranger::Willing => ExampleGate.check(&mut tx, now, &[ask]).await?,
        };
        tx.rollback().await?;
        (verdicts.into_iter().next())
            .ok_or_else(|| StoreError::bug("the gate has no verdict on a message"))
    }

    async fn pretend(&self, intent: &Intent, now: Timestamp) -> EffectResult {
        self.pretender.pretend(intent, now).await
    }
}

impl InStore {
    /// The record of the person that an event names.
    async fn known(&self, event: &Value) -> Result<Option<Record>, StoreError> {
        let id = event.get("contact").and_then(Value::as_str);
        match id.and_then(|id| id.parse().ok()) {
            Some(id) => records::get(&self.db, self.org, CONTACT, id).await,
            None => Ok(None),
        }
    }
}

fn sample_contact() -> Contact {
    let sample = operandi_nodes::domain::find(CONTACT).map(|kind| kind.sample());
    let mut value = sample.unwrap_or_else(|| json!({}));
    value["id"] = json!(SAMPLE_ID);
    Contact { value, zone: None }
}

/// The channel of an action that sends: the first word of its kind.
pub(super) fn channel(kind: &str) -> &str {
    kind.split_once('.').map_or(kind, |(channel, _)| channel)
}

/// Who a message is for, as its step says.
pub(super) fn recipient(intent: &Intent) -> String {
    match intent.params.get("to") {
        Some(Value::String(to)) => to.clone(),
        Some(Value::Number(to)) => to.to_string(),
        None | Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            String::new()
        }
    }
}

/// The word for why a message is sent.
pub(super) fn purpose_word(purpose: Option<Purpose>) -> Option<&'static str> {
    purpose.map(|purpose| match purpose {
        Purpose::Marketing => "marketing",
        Purpose::Transactional => "transactional",
        Purpose::Service => "service",
        Purpose::Internal => "internal",
    })
}

/// The id of the `number`-th run of a rehearsal.
pub(super) fn run_id(number: usize) -> RunId {
    RunId::from_uuid(Uuid::from_u128(number as u128 + 1))
}
