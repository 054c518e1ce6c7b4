//! What expressions see besides the run itself: the organisation and the contact.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono_tz::Tz;
use futures::future::BoxFuture;
use operandi_dsl::program::Program;
use serde_json::Value;

use super::Worker;
use crate::{
    clock,
    core::Input,
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
    read_contact: bool,
    read_at: Duration,
}

impl Worker {
    /// The programs of the versions that a run may go over to by what is in its inbox.
    pub(super) async fn targets(
        &self,
        run: &Loaded,
    ) -> Result<BTreeMap<i64, Arc<Program>>, StoreError> {
        let mut targets = BTreeMap::new();
        for item in &run.inbox {
            if let Input::Move {
                version,
                to: Some(_),
                ..
            } = &item.input
            {
                let programs = self.committer.programs();
                let program = programs.get(run.org, run.workflow, *version).await?;
                targets.insert(*version, program);
            }
        }
        Ok(targets)
    }

    /// Reads what expressions see, the contact only when some expression does.
    pub(super) async fn view(
        &self,
        run: &Loaded,
        reads_contact: bool,
        last: Option<View>,
    ) -> Result<View, StoreError> {
        let now = clock::monotonic();
        let org = self.committer.programs().org(run.org).await?;
        if let Some(last) = last
            && (last.read_contact || !reads_contact)
            && now.saturating_sub(last.read_at) < CONTACT_AGE_MAX
        {
            return Ok(View { org, ..last });
        }
        let contact = match contact_id(run).filter(|_| reads_contact) {
            Some(id) => self.contacts.contact(run.org, id).await?.map(Arc::new),
            None => None,
        };
        Ok(View {
            org,
            contact,
            read_contact: reads_contact,
            read_at: now,
        })
    }
}

/// Whom a run is about: what its event calls `contact`.
fn contact_id(run: &Loaded) -> Option<RecordId> {
    run.event.get("contact")?.as_str()?.parse().ok()
}
