//! What nodes ask of devices: which there are, and what became of what their actuators were told.

use operandi_engine::{
    ids::{CommandId, OrgId, RecordId},
    node::Failure,
    store::devices::{CommandState, NewCommand},
};
use serde_json::Value;

use super::{Boxed, Services, ShelfError};
use crate::{
    device::actuators,
    domain::device::{Actuator, Device},
};

/// A device as the store has it.
#[derive(Clone, Debug)]
pub struct StoredDevice {
    pub id: RecordId,
    /// Its record's document.
    pub document: Value,
    /// What it says it switches, once it has said so.
    pub actuators: Option<Value>,
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
}

/// A device that can be commanded.
#[derive(Clone, Debug)]
pub(crate) struct Commanded {
    pub(crate) id: RecordId,
    pub(crate) actuators: Vec<Actuator>,
}

impl Services {
    /// A device by its id or its serial number, with what it switches.
    ///
    /// # Errors
    /// When the store does not answer.
    pub(crate) async fn device(
        &self,
        org: OrgId,
        which: &str,
    ) -> Result<Option<Commanded>, Failure> {
        let stored = self.shelf.device(org, which.to_owned()).await?;
        Ok(stored.map(|stored| {
            let device: Device = serde_json::from_value(stored.document).unwrap_or_default();
            Commanded {
                id: stored.id,
                actuators: actuators(device.profile.as_ref(), stored.actuators.as_ref()),
            }
        }))
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
