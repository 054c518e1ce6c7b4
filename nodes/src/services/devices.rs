//! What nodes ask of devices: which there are, and what became of what their actuators were told.

use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::{CommandId, OrgId, RecordId},
    node::Failure,
    sensor::{Calendar, Pace, Reading},
    store::{
        devices::{CommandState, NewCommand},
        readings::{BornMetric, Order},
    },
    watch::Profile,
};
use serde_json::Value;

use super::{Boxed, Services, ShelfError};
use crate::{
    device::{actuators, watched},
    domain::device::{Actuator, Device},
};

/// The reason of a step whose device there is not.
pub(crate) const UNKNOWN_DEVICE: &str = "unknown_device";

/// A device as the store has it.
#[derive(Clone, Debug)]
pub struct StoredDevice {
    pub id: RecordId,
    /// Its record's document.
    pub document: Value,
    /// What it says it switches, once it has said so.
    pub actuators: Option<Value>,
    /// What it says it measures.
    pub metrics: Vec<BornMetric>,
}

/// How far a command has come, and the device's word for a refusal.
pub type Progress = (CommandState, Option<String>);

/// What nodes ask of the store about devices.
pub trait DeviceShelf: Send + Sync {
    /// A device by its id or its serial number.
    fn device(
        &self,
        org: OrgId,
        which: String,
    ) -> Boxed<'_, Result<Option<StoredDevice>, ShelfError>>;

    /// Gives a command, once for its id.
    fn command(&self, org: OrgId, new: NewCommand) -> Boxed<'_, Result<(), ShelfError>>;

    /// How far a command has come; `None` when there is none.
    fn progress(
        &self,
        org: OrgId,
        id: CommandId,
    ) -> Boxed<'_, Result<Option<Progress>, ShelfError>>;

    /// Takes a command back that nobody has sent; gives whether that was so.
    fn withdraw(&self, org: OrgId, id: CommandId) -> Boxed<'_, Result<bool, ShelfError>>;

    /// The latest readings of a stretch, at most so many, in their order; first what stood before it, of a metric that
    /// speaks on change.
    fn readings(
        &self,
        order: Order,
        pace: Pace,
        limit: u32,
    ) -> Boxed<'_, Result<Vec<Reading>, ShelfError>>;

    /// The organisation's clock and its days off.
    fn calendar(&self, org: OrgId) -> Boxed<'_, Result<Calendar, ShelfError>>;
}

/// A device that a step names.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) id: RecordId,
    /// What its metrics are like.
    pub(crate) profile: Profile,
    /// What it switches.
    pub(crate) actuators: Vec<Actuator>,
}

impl Services {
    /// The device that a step names by its id or its serial number.
    ///
    /// # Errors
    /// When the organisation has none such, or the store does not answer.
    pub(crate) async fn device(&self, org: OrgId, which: &str) -> Result<Named, Failure> {
        let which = which.trim();
        let Some(stored) = self.shelf.device(org, which.to_owned()).await? else {
            return Err(Failure::Refused {
                reason: UNKNOWN_DEVICE,
                detail: Phrase::new(say!(
                    "`{which}` no es un dispositivo de esta organización",
                    "`{which}` is no device of this organisation",
                    "`{which}` não é um dispositivo desta organização",
                ))
                .with("which", which)
                .into(),
            });
        };
        let device: Device = serde_json::from_value(stored.document).unwrap_or_default();
        Ok(Named {
            id: stored.id,
            actuators: actuators(device.profile.as_ref(), stored.actuators.as_ref()),
            profile: watched(device).with(&stored.metrics),
        })
    }

    /// The latest readings of a stretch, at most so many, in their order; first what stood before it, of a metric that
    /// speaks on change.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn readings(
        &self,
        order: Order,
        pace: Pace,
        limit: u32,
    ) -> Result<Vec<Reading>, Failure> {
        Ok(self.shelf.readings(order, pace, limit).await?)
    }

    /// The organisation's clock and its days off.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn calendar(&self, org: OrgId) -> Result<Calendar, Failure> {
        Ok(self.shelf.calendar(org).await?)
    }

    /// Gives a command, once for its id.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn command(&self, org: OrgId, new: NewCommand) -> Result<(), Failure> {
        Ok(self.shelf.command(org, new).await?)
    }

    /// How far a command has come.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn progress(
        &self,
        org: OrgId,
        id: CommandId,
    ) -> Result<Option<Progress>, Failure> {
        Ok(self.shelf.progress(org, id).await?)
    }

    /// Takes a command back that nobody has sent; gives whether that was so.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn withdraw(&self, org: OrgId, id: CommandId) -> Result<bool, Failure> {
        Ok(self.shelf.withdraw(org, id).await?)
    }
}
