//! What a node is made of, checked.

use operandi_node_core::{Channel, Output, Rules};
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
    /// Between samples.
    pub(crate) every_ms: u64,
    /// As it is at each boot.
    pub(crate) channel: Channel,
    /// Those of its channel, which settings change.
    pub(crate) rules: Rules,
}
