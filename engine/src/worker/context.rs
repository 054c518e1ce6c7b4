//! What expressions see besides the run itself: the organisation and the contact.

use std::{sync::Arc, time::Duration};

use chrono_tz::Tz;
use futures::future::BoxFuture;
use serde_json::Value;

use super::Worker;
use crate::{
    clock,
    ids::{OrgId, RecordId},
    store::{StoreError, commit::Loaded, workflows::OrgContext},
};

/// How old the contact may be that one look works with.
const CONTACT_AGE_MAX: Duration = Duration::from_secs(1);

/// Where contacts are read; the engine itself names no record.
pub trait Contacts: Send + Sync {
    /// The contact with this id, or the one it was merged into.
    fn contact(
        &self,
        org: OrgId,
        id: RecordId,
    ) -> BoxFuture<'_, Result<Option<Contact>, StoreError>>;
}

/// A contact as expressions and waits see it.
#[derive(Clone, Debug)]
pub struct Contact {
    pub value: Value,
    pub zone: Option<Tz>,
}

/// Knows nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoContacts;

impl Contacts for NoContacts {
    fn contact(&self, _: OrgId, _: RecordId) -> BoxFuture<'_, Result<Option<Contact>, StoreError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}

/// What one application of inputs sees.
#[derive(Clone)]
pub(super) struct View {
    pub(super) org: Arc<OrgContext>,
    pub(super) contact: Option<Arc<Contact>>,
    read_at: Duration,
}

impl Worker {
    /// Reads what expressions see, the contact only when some expression does.
    pub(super) async fn view(&self, run: &Loaded, last: Option<View>) -> Result<View, StoreError> {
        let now = clock::monotonic();
        let org = self.committer.programs().org(run.org).await?;
        if let Some(last) = last
            && now.saturating_sub(last.read_at) < CONTACT_AGE_MAX
        {
            return Ok(View { org, ..last });
        }
        let contact = match contact_id(run) {
            Some(id) => self.contacts.contact(run.org, id).await?.map(Arc::new),
            None => None,
        };
        Ok(View {
            org,
            contact,
            read_at: now,
        })
    }
}

/// Whom a run is about: what its event calls `contact`.
fn contact_id(run: &Loaded) -> Option<RecordId> {
    if !run.program.reads_contact {
        return None;
    }
    run.event.get("contact")?.as_str()?.parse().ok()
}
