//! What the things that alerts name are called, for whoever shows or tells alerts.

use std::collections::BTreeMap;

use operandi_dsl::catalog::Lang;
use operandi_engine::{
    alert::Alert,
    ids::{OrgId, RecordId, WorkflowId},
    store::{Db, StoreError, records, workflows},
};
use serde_json::Value;

/// The kind of record a device is.
const DEVICE: &str = "device";

/// A text that may be one per language.
pub(crate) fn in_language(text: &Value, lang: Lang) -> Option<String> {
    let each = text.get(lang.code()).or_else(|| text.get("es"));
    each.unwrap_or(text).as_str().map(str::to_owned)
}

/// The names of a list of alerts.
pub(crate) struct Names {
    devices: BTreeMap<RecordId, Value>,
    workflows: BTreeMap<WorkflowId, Value>,
}

impl Names {
    pub(crate) async fn of(db: &Db, org: OrgId, found: &[Alert]) -> Result<Self, StoreError> {
        let ids: Vec<RecordId> = found.iter().filter_map(|alert| alert.device).collect();
        let records = records::get_many(db, org, DEVICE, &ids).await?;
        let devices = records
            .into_iter()
            .map(|(id, record)| (id, Value::Object(record.data)));
        let mut workflows = BTreeMap::new();
        for alert in found {
            if let std::collections::btree_map::Entry::Vacant(place) =
                workflows.entry(alert.workflow)
                && let Some(draft) = workflows::get(db, org, alert.workflow).await?
            {
                place.insert(draft.name);
            }
        }
        Ok(Self {
            devices: devices.collect(),
            workflows,
        })
    }

    pub(crate) fn device(&self, alert: &Alert) -> Option<String> {
        self.text(alert, "name")
    }

    /// Where the device is, or which place the alert is about.
    pub(crate) fn place(&self, alert: &Alert) -> Option<String> {
        match alert.device {
            Some(_) => self.text(alert, "place"),
            None => alert.subject.strip_prefix("place:").map(str::to_owned),
        }
    }

    /// The rule, in a reader's language.
    pub(crate) fn workflow(&self, alert: &Alert, lang: Lang) -> Option<String> {
        in_language(self.workflows.get(&alert.workflow)?, lang)
    }

    fn text(&self, alert: &Alert, field: &str) -> Option<String> {
        let device = self.devices.get(&alert.device?)?;
        device[field].as_str().map(str::to_owned)
    }
}
