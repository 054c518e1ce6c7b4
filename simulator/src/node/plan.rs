//! What a node is made of, checked.

use operandi_node_core::{Channel, Output, Settings, Tuning};
use operandi_protocol::{DeviceId, FirmwareVersion, Format, MetricInfo};

use crate::scenario::ClockSpec;

/// A node as it leaves the workshop.
#[derive(Clone, Debug)]
pub(crate) struct NodePlan {
    pub(crate) device: DeviceId,
    pub(crate) firmware: FirmwareVersion,
    pub(crate) format: Format,
    pub(crate) metrics: Vec<MetricPlan>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) clock: ClockSpec,
    /// Of its ring.
    pub(crate) ring_sectors: u32,
}

/// A metric of a node.
#[derive(Clone, Debug)]
pub(crate) struct MetricPlan {
    pub(crate) info: MetricInfo,
    /// As it is at each boot.
    pub(crate) channel: Channel,
    /// Until the server says otherwise.
    pub(crate) tuning: Tuning,
}

impl NodePlan {
    /// Milliseconds between samples, metric by metric. Those that cannot be tuned are as they are.
    pub(super) fn intervals(&self, settings: &Settings) -> Vec<u64> {
        let tuned = settings
            .metrics()
            .iter()
            .map(Some)
            .chain(std::iter::repeat(None));
        let metrics = self.metrics.iter().zip(tuned);
        metrics
            .map(|(metric, tuned)| tuned.unwrap_or(&metric.tuning).every_secs)
            .map(|secs| u64::from(secs) * 1_000)
            .collect()
    }
}
