//! How devices reach the process: their own listener, a broker, and what both do with what they say. HTTP is
//! the third door, in `routes/readings.rs`.
//!
//! A door understands and refuses; what is left goes into the engine's log, and only then is it answered.

mod broker;
mod desk;
mod porter;
pub(crate) mod read;
mod take;
mod understand;

use std::sync::Arc;

use anyhow::Context as _;
use operandi_engine::{clock::Clock, store::Db, watch::Intake, worker::Engine};
use operandi_mqtt::{Listener, Settings};
use tokio_util::sync::CancellationToken;

pub use self::understand::{Heard, understand};
use self::{desk::DeviceDesk, porter::Porter};
use crate::{serve::listen, settings::DeviceArgs};

/// What every door needs.
#[derive(Clone)]
pub(crate) struct Hall {
    pub(crate) db: Db,
    pub(crate) clock: Clock,
    pub(crate) intake: Intake,
}

impl Hall {
    pub(crate) fn of(engine: &Engine) -> Self {
        Self {
            db: engine.db().clone(),
            clock: engine.clock().clone(),
            intake: engine.intake().clone(),
        }
    }
}

/// Opens the doors that the settings name; they close when `stopping` is cancelled.
///
/// # Errors
/// When an address cannot be listened on.
pub async fn open(
    engine: &Engine,
    args: &DeviceArgs,
    stopping: &CancellationToken,
) -> anyhow::Result<()> {
    let hall = Hall::of(engine);
    if let Some(address) = args.mqtt_listen {
        let tcp = listen(address).await?;
        let desk = Arc::new(DeviceDesk::new(hall.clone()));
        let listener = Listener::new(Arc::clone(&desk), Settings::default())
            .context("the listener of devices cannot be set up")?;
        tracing::info!(address = %tcp.local_addr()?, "listening to devices");
        let porter = Porter::new(hall.clone(), desk, listener.sessions());
        tokio::spawn(porter.carry(stopping.clone()));
        let closing = stopping.clone();
        tokio::spawn(async move { listener.serve(tcp, closing).await });
    }
    if let Some(url) = &args.mqtt_broker {
        broker::join(hall, url, stopping.clone())?;
    }
    Ok(())
}
