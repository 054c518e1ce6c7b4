//! What is known of a device from its owner: what it is called, where it is, and what its metrics are like.

use std::{collections::HashMap, time::Duration};

use futures::future::BoxFuture;
use operandi_dsl::document::Devices;

use crate::{
    ids::{OrgId, RecordId},
    sensor::{Metric, Pace},
    store::{
        Db, StoreError,
        readings::{self, BornMetric},
    },
};

/// How long a reading of a metric that nobody has described is held back for earlier ones.
const TOLERANCE: Duration = Duration::from_secs(2);

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
    /// What a metric is like: as its owner says, else as the device has told; one that neither describes is
    /// told on change.
    #[must_use]
    pub fn describe(&self, metric: &str, told: &[BornMetric]) -> MetricProfile {
        let known = self.metrics.get(metric).cloned();
        known.unwrap_or_else(|| MetricProfile::told(told.iter().find(|told| told.name == metric)))
    }

    /// A metric that is described, as rules judge it.
    #[must_use]
    pub fn metric(&self, name: &str) -> Metric {
        self.describe(name, &[]).metric
    }

    /// With what the device has told of metrics that its owner does not describe.
    #[must_use]
    pub fn with(mut self, told: &[BornMetric]) -> Self {
        for metric in told {
            let place = self.metrics.entry(metric.name.clone());
            place.or_insert_with(|| MetricProfile::told(Some(metric)));
        }
        self
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

impl MetricProfile {
    /// As a device tells it.
    fn told(told: Option<&BornMetric>) -> Self {
        let every = told.map(|told| told.every).filter(|seconds| *seconds > 0);
        Self {
            metric: Metric {
                pace: every.map_or(Pace::OnChange, |seconds| {
                    Pace::Every(Duration::from_secs(seconds.into()))
                }),
                tolerance: TOLERANCE,
                power_on: None,
            },
            unit: told.map(|told| told.unit.clone()),
            scale: 1.0,
            offset: 0.0,
            least: None,
            greatest: None,
        }
    }
}

/// The profiles of devices with what they have told of themselves, in their order.
///
/// # Errors
/// When the store cannot be read.
pub async fn described(
    db: &Db,
    profiles: &dyn Profiles,
    devices: Vec<(OrgId, RecordId)>,
) -> Result<Vec<Option<Profile>>, StoreError> {
    let mut told: HashMap<_, _> = readings::statuses(db, &devices)
        .await?
        .into_iter()
        .map(|(org, device, told)| ((org, device), told.metrics))
        .collect();
    let found = profiles.profiles(devices.clone()).await?;
    let described = devices.iter().zip(found).map(|(key, profile)| {
        let told = told.remove(key).unwrap_or_default();
        profile.map(|profile| profile.with(&told))
    });
    Ok(described.collect())
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
