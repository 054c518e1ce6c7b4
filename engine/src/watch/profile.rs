//! What is known of a device from its owner: what it is called, where it is, and what its metrics are like.

use std::collections::HashMap;

use futures::future::BoxFuture;

use crate::{
    ids::{OrgId, RecordId},
    sensor::Metric,
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
