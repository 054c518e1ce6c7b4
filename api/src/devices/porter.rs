//! What goes to devices: commands while they can be begun, settings when they change, and the end for
//! those whose credentials were taken away.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use operandi_engine::{
    ids::{OrgId, RecordId},
    store::{
        StoreError,
        devices::{self, Command, CommandState, Deliver, Desired, Move},
    },
};
use operandi_mqtt::{Eviction, Outgoing, QoS, SendOutcome, Sessions};
use operandi_protocol::{self as protocol, Format, Kind, Message as _, Topic};
use tokio_util::sync::CancellationToken;

use super::{
    Hall,
    desk::{DeviceDesk, log, names, session_key},
};

/// How often it looks for what is to be carried.
const ROUND: Duration = Duration::from_millis(200);
/// How many rounds pass between two looks at credentials and settings.
const SLOW_ROUNDS: u32 = 10;
/// How long after its end a command may still be confirmed.
const GRACE: Duration = Duration::from_secs(30);
/// Commands that end in one round at most.
const EXPIRE_MAX: u32 = 500;

/// Carries messages to the devices of one listener.
pub(super) struct Porter {
    hall: Hall,
    desk: Arc<DeviceDesk>,
    sessions: Sessions,
    /// The revision of the settings that each device was last told.
    told: BTreeMap<RecordId, i64>,
}

impl Porter {
    pub(super) fn new(hall: Hall, desk: Arc<DeviceDesk>, sessions: Sessions) -> Self {
        Self {
            hall,
            desk,
            sessions,
            told: BTreeMap::new(),
        }
    }

    /// Carries until `stop`.
    pub(super) async fn carry(mut self, stop: CancellationToken) {
        let mut round: u32 = 0;
        while !stop.is_cancelled() {
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = stop.cancelled() => return,
            }
            round = round.wrapping_add(1);
            if let Err(error) = self.commands().await {
                log(&error, "commands could not be carried; it is tried again");
            }
            if round.is_multiple_of(SLOW_ROUNDS)
                && let Err(error) = self.keep_in_step().await
            {
                log(
                    &error,
                    "settings and credentials could not be read; it is tried again",
                );
            }
        }
    }

    async fn commands(&mut self) -> Result<(), StoreError> {
        let now = self.hall.clock.now();
        let mut tx = self.hall.db.begin_write().await?;
        devices::expire(&mut tx, now, GRACE, EXPIRE_MAX).await?;
        tx.commit().await?;
        let present: HashSet<_> = self
            .desk
            .peers()
            .iter()
            .map(|peer| (peer.org, peer.device))
            .collect();
        let waiting = devices::with_pending(&self.hall.db, now).await?;
        let waiting: Vec<_> = waiting
            .into_iter()
            .filter(|device| present.contains(device))
            .collect();
        let newcomers = self.desk.newcomers();
        for (devices, which) in [(waiting, Deliver::First), (newcomers, Deliver::Again)] {
            if devices.is_empty() {
                continue;
            }
            for (org, command) in devices::to_deliver(&self.hall.db, now, &devices, which).await? {
                self.hand_over(org, &command).await?;
            }
        }
        Ok(())
    }

    async fn hand_over(&self, org: OrgId, command: &Command) -> Result<(), StoreError> {
        let now = self.hall.clock.now();
        let Some(payload) = message(command).and_then(|message| message.encode(Format::Json).ok())
        else {
            tracing::warn!(command.id = %command.id, "a command cannot be written as a message");
            return Ok(());
        };
        let Some(topic) = topic(org, command.device, Kind::Command) else {
            return Ok(());
        };
        let outgoing = Outgoing {
            topic,
            payload: payload.into(),
            qos: QoS::AtLeastOnce,
            expires_in: Some(command.expires_at.since(now)),
        };
        match self.sessions.send(&session_key(command.device), outgoing) {
            SendOutcome::Sent | SendOutcome::Queued => {}
            // It stays pending until the device listens or it expires.
            SendOutcome::NotSubscribed
            | SendOutcome::NoSession
            | SendOutcome::Full
            | SendOutcome::TooLarge => {
                return Ok(());
            }
        }
        let sent = Move {
            org,
            device: command.device,
            id: command.id,
            state: CommandState::Sent,
            code: None,
        };
        let mut tx = self.hall.db.begin_write().await?;
        devices::move_commands(&mut tx, now, &[sent]).await?;
        tx.commit().await
    }

    /// Tells changed settings, and ends connections whose credentials are gone.
    async fn keep_in_step(&mut self) -> Result<(), StoreError> {
        let peers = self.desk.peers();
        if peers.is_empty() {
            self.told.clear();
            return Ok(());
        }
        let keys: Vec<_> = peers.iter().map(|peer| (peer.org, peer.key)).collect();
        let living = devices::living_keys(&self.hall.db, &keys).await?;
        for peer in peers.iter().filter(|peer| !living.contains(&peer.key)) {
            tracing::info!(device.id = %peer.device, "a device's credentials were taken away");
            self.sessions
                .disconnect(&session_key(peer.device), Eviction::Revoked);
        }
        let present: Vec<_> = peers.iter().map(|peer| (peer.org, peer.device)).collect();
        for (org, device, desired) in devices::desired_of(&self.hall.db, &present).await? {
            // Who has just subscribed was told by that.
            let before = self.told.insert(device, desired.revision);
            if before.is_none_or(|before| before == desired.revision) {
                continue;
            }
            let payload = state(&desired).and_then(|state| state.encode(Format::Json).ok());
            if let (Some(payload), Some(topic)) = (payload, topic(org, device, Kind::Desired)) {
                let outgoing = Outgoing {
                    topic,
                    payload: payload.into(),
                    qos: QoS::AtLeastOnce,
                    expires_in: None,
                };
                // One that does not listen is told when it does.
                let _outcome = self.sessions.send(&session_key(device), outgoing);
            }
        }
        Ok(())
    }
}

fn topic(org: OrgId, device: RecordId, kind: Kind) -> Option<String> {
    let (org, device) = names(org, device)?;
    Some(Topic { org, device, kind }.to_string())
}

/// A command as its message.
fn message(command: &Command) -> Option<protocol::Command> {
    let level = |percent: i64| protocol::Level::new("level", u8::try_from(percent).ok()?).ok();
    Some(protocol::Command {
        id: protocol::CommandId::new(&command.id.to_string()).ok()?,
        actuator: protocol::ActuatorName::new(&command.actuator).ok()?,
        level: level(command.level)?,
        expires: protocol::WallTime::new(command.expires_at.0).ok()?,
        max_on_secs: u32::try_from(command.max_on).ok()?,
        safe: level(command.safe)?,
    })
}

/// Settings as their message.
pub(super) fn state(desired: &Desired) -> Option<protocol::State> {
    let settings = desired.settings.iter().map(|(name, value)| {
        let setting = match value {
            serde_json::Value::Bool(on) => protocol::Setting::Switch(*on),
            serde_json::Value::Number(number) => {
                protocol::Setting::Number(protocol::Value::new(number.as_f64()?).ok()?)
            }
            serde_json::Value::String(text) => protocol::Setting::Text(text.clone()),
            serde_json::Value::Null
            | serde_json::Value::Array(_)
            | serde_json::Value::Object(_) => return None,
        };
        Some((protocol::SettingName::new(name).ok()?, setting))
    });
    Some(protocol::State {
        revision: u32::try_from(desired.revision).ok()?,
        settings: settings.collect::<Option<_>>()?,
    })
}
