//! Deliberate changes of records: carried out, told to workflows, put down in the audit log and
//! answered under a key of the caller's, all in one transaction.

use serde_json::Value;

use super::batch::Batch;
use crate::{
    event::NewEvent,
    ids::RecordId,
    store::{
        accounts::NewAudit,
        idempotency::{self, Claim},
        records::{self, Command, RecordError},
        sql::StoreError,
    },
};

/// A change of one record, with what is committed beside it.
#[derive(Clone, Debug)]
pub struct ChangeRequest {
    pub command: Command,
    /// A second one with the same key changes nothing and gives the first one's answer.
    pub claim: Option<Claimed>,
    pub audit: NewAudit,
}

/// A key of the caller's own, what was asked under it, and the answer to keep.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub key: String,
    pub fingerprint: String,
    pub answer: Value,
}

/// What became of a [`ChangeRequest`].
#[derive(Debug)]
pub enum Changed {
    Done(RecordId),
    /// Nothing is changed, and the key is free again.
    Refused(RecordError),
    /// The key was used before: for this, with this answer.
    Repeated {
        fingerprint: String,
        answer: Value,
    },
}

/// How far a change has come while its transaction is open.
pub(super) enum Step {
    /// Its events are to be routed.
    Told(RecordId, Vec<NewEvent>),
    Over(Changed),
}

/// Carries a change out.
pub(super) async fn carry_out(
    batch: &mut Batch<'_>,
    change: &ChangeRequest,
) -> Result<Step, StoreError> {
    let (org, now) = (change.command.org, batch.now);
    if let Some(Claimed {
        key,
        fingerprint,
        answer,
    }) = &change.claim
    {
        match idempotency::claim(&mut batch.tx, now, org, key, fingerprint).await? {
            Claim::First => idempotency::answer(&mut batch.tx, org, key, answer).await?,
            Claim::Again {
                fingerprint,
                answer,
            } => {
                return Ok(Step::Over(Changed::Repeated {
                    fingerprint,
                    answer,
                }));
            }
        }
    }
    let kinds = &batch.shared.parts.kinds;
    match records::execute(&mut batch.tx, kinds, now, change.command.clone()).await {
        Ok(applied) => {
            batch.audits.push((org, change.audit.clone()));
            Ok(Step::Told(applied.id, applied.events))
        }
        Err(RecordError::Store(error)) => Err(error),
        Err(refused) => {
            if let Some(claim) = &change.claim {
                idempotency::release(&mut batch.tx, org, &claim.key).await?;
            }
            Ok(Step::Over(Changed::Refused(refused)))
        }
    }
}
