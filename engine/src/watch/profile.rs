//! What is known of a device from its owner: what it is called, where it is, and what its metrics are like.

use std::{collections::HashMap, time::Duration};

use futures::future::BoxFuture;
use operandi_dsl::document::Devices;

use crate::{
    ids::{OrgId, RecordId},
    sensor::{Metric, Pace},
    store::StoreError,
};

/// Where profiles come from.
pub trait Profiles: Send + Sync {
    /// The profiles of devices, in their order; `None` for one that there is not.
    fn profiles(
        &self,
        devices: Vec<(OrgId, RecordId)>,
    ) -> BoxFuture<'_, Result<Vec<Option<Profile>>, StoreError>>;
}

/// What is known of a device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profile {
    pub name: String,
    pub place: Option<String>,
    pub tags: Vec<String>,
    pub metrics: HashMap<String, MetricProfile>,
}

impl Profile {
    /// A metric as rules judge it; one that no profile describes is told on change.
    #[must_use]
    pub fn metric(&self, name: &str) -> Metric {
        let unknown = Metric {
            pace: Pace::OnChange,
            tolerance: Duration::ZERO,
            power_on: None,
        };
        self.metrics.get(name).map_or(unknown, |known| known.metric)
    }

    /// Whether a device with this profile is one of those that a rule is for.
    #[must_use]
    pub fn is_meant(&self, device: RecordId, by: Option<&Devices>) -> bool {
        let Some(Devices { ids, tags, places }) = by else {
            return true;
        };
        let is = |name: &String, other: &String| name.trim().eq_ignore_ascii_case(other.trim());
        let id = device.to_string();
        ids.contains(&id)
            || tags
                .iter()
                .any(|tag| self.tags.iter().any(|has| is(tag, has)))
            || self
                .place
                .as_ref()
                .is_some_and(|place| places.iter().any(|name| is(name, place)))
    }
}

/// What a metric is like.
#[derive(Clone, Debug, PartialEq)]
pub struct MetricProfile {
    pub metric: Metric,
    pub unit: Option<String>,
    /// What is measured is multiplied by `scale`, then `offset` is added.
    pub scale: f64,
    pub offset: f64,
    /// What can be: a value beyond is no value.
    pub least: Option<f64>,
    pub greatest: Option<f64>,
}

/// For processes without devices.
pub struct NoProfiles;

impl Profiles for NoProfiles {
    fn profiles(
        &self,
        devices: Vec<(OrgId, RecordId)>,
    ) -> BoxFuture<'_, Result<Vec<Option<Profile>>, StoreError>> {
        Box::pin(async move { Ok(vec![None; devices.len()]) })
    }
}
