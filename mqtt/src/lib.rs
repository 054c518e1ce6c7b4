//! A listener for devices that speak MQTT 3.1.1 or 5.
//!
//! It knows the protocol and nothing else: not what a payload means, not what a topic stands for, not who
//! owns a device, and no database. All of that it asks its [`Desk`], and it acknowledges a message only
//! once the desk has kept it.

mod clock;
mod connection;
mod desk;
mod limits;
mod listener;
mod refusal;
mod session;
mod settings;
#[cfg(test)]
mod tests;
mod topic;
mod wire;

pub use desk::{
    Admitted, Credentials, DeliverError, Denied, Desk, Ended, Forbidden, Message, Opened, Outgoing,
    QoS, Refused, SessionId, SessionKey,
};
pub use limits::LOGIN_REFILL;
pub use listener::Listener;
pub use refusal::Code;
pub use session::{Eviction, SendOutcome, Sessions};
pub use settings::{MESSAGE_OVERHEAD, Settings, SettingsError};
pub use wire::Protocol;
