//! Every bound of the listener, by name.

use std::time::Duration;

use thiserror::Error;

/// The smallest packet size that leaves room for a topic and a payload.
const PACKET_BYTES_MIN: u32 = 1_024;
/// What a packet can be at most in MQTT: four bytes of length, and their header.
const PACKET_BYTES_LIMIT: u32 = 268_435_460;

/// Longer waits are none; and the clock must be able to tell their ends.
const SPAN_MAX: Duration = Duration::from_secs(366 * 86_400);

/// Bounds. The defaults fit ten thousand devices in a small server.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Streams open at once, whether they have said who they are or not.
    pub connections_max: usize,
    /// Of these, from one address (IPv6: one /64). Many devices of a shop stand behind one address.
    pub connections_per_ip_max: usize,
    /// From the opened stream to the answered CONNECT.
    pub connect_wait: Duration,
    /// Whole packets, in bytes; announced to MQTT 5.
    pub packet_bytes_max: u32,
    /// Seconds; a longer keep-alive is held to this, and so is none (MQTT 5 is told).
    pub keep_alive_max: u16,
    /// Messages of one connection the desk has not kept yet; announced to MQTT 5 as Receive Maximum. The
    /// socket is not read beyond it.
    pub window: u16,
    /// Bytes of all messages the desk has not kept yet, each counted with [`MESSAGE_OVERHEAD`] above its own, so
    /// that it bounds their number, too.
    pub in_flight_bytes_max: usize,
    /// Bytes written for a connection and not taken by its device.
    pub out_bytes_max: usize,
    /// How long a device may take nothing of what is written for it.
    pub write_wait: Duration,
    /// Messages to a device that were sent and not acknowledged; MQTT 5 may lower it.
    pub send_window: u16,
    /// Messages kept for a session, sent or not.
    pub queue_max: usize,
    /// Their bytes, for a session.
    pub queue_bytes_max: usize,
    /// Their bytes, for all sessions.
    pub queued_bytes_max: usize,
    /// Sessions, connected or kept. Beyond it, the kept one that would expire first goes.
    pub sessions_max: usize,
    /// How long a session is kept without a connection.
    pub session_expiry_max: Duration,
    /// Filters of a session.
    pub subscriptions_max: usize,
    /// Payload of a will, which is held as long as its connection, and longer.
    pub will_bytes_max: usize,
    /// A will waits no longer than this.
    pub will_delay_max: Duration,
    /// Wrong logins of one user name (without one: client id) at one address that are allowed at once, then one per
    /// [`LOGIN_REFILL`](crate::LOGIN_REFILL).
    pub failed_logins_per_client: u32,
    /// The same for all at one address, forgiven as much faster as it is more.
    pub failed_logins_per_ip: u32,
    /// How long the desk may take over `retained`, `connected` and `disconnected`.
    pub desk_wait: Duration,
    /// How long the end of a connection waits for messages that are being kept.
    pub drain_wait: Duration,
}

/// What a message in flight costs besides its bytes, so that many small ones are bounded, too.
pub const MESSAGE_OVERHEAD: usize = 512;

impl Default for Settings {
    fn default() -> Self {
        Self {
            connections_max: 10_000,
            connections_per_ip_max: 1_000,
            connect_wait: Duration::from_secs(10),
            packet_bytes_max: 32 * 1_024,
            keep_alive_max: 600,
            window: 256,
            in_flight_bytes_max: 64 * 1_024 * 1_024,
            out_bytes_max: 128 * 1_024,
            write_wait: Duration::from_secs(20),
            send_window: 16,
            queue_max: 128,
            queue_bytes_max: 256 * 1_024,
            queued_bytes_max: 64 * 1_024 * 1_024,
            sessions_max: 20_000,
            session_expiry_max: Duration::from_secs(24 * 3_600),
            subscriptions_max: 16,
            will_bytes_max: 4 * 1_024,
            will_delay_max: Duration::from_secs(3_600),
            failed_logins_per_client: 10,
            failed_logins_per_ip: 100,
            desk_wait: Duration::from_secs(10),
            drain_wait: Duration::from_secs(10),
        }
    }
}

/// Bounds that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SettingsError {
    #[error("{0} must not be zero")]
    Zero(&'static str),
    #[error("packet_bytes_max must be from {PACKET_BYTES_MIN} to {PACKET_BYTES_LIMIT}")]
    PacketBytes,
    #[error("{0} must not be longer than a year")]
    TooLong(&'static str),
    #[error("{0} must have room for one packet (packet_bytes_max) and its overhead")]
    NoRoomForPacket(&'static str),
}

impl Settings {
    /// Holds the bounds against each other.
    ///
    /// # Errors
    /// The first contradiction.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let counts = [
            ("connections_max", self.connections_max),
            ("connections_per_ip_max", self.connections_per_ip_max),
            ("keep_alive_max", usize::from(self.keep_alive_max)),
            ("window", usize::from(self.window)),
            ("send_window", usize::from(self.send_window)),
            ("queue_max", self.queue_max),
            ("sessions_max", self.sessions_max),
            ("subscriptions_max", self.subscriptions_max),
        ];
        if let Some((name, _)) = counts.into_iter().find(|(_, value)| *value == 0) {
            return Err(SettingsError::Zero(name));
        }
        let spans = [
            ("connect_wait", self.connect_wait),
            ("write_wait", self.write_wait),
            ("session_expiry_max", self.session_expiry_max),
            ("will_delay_max", self.will_delay_max),
            ("desk_wait", self.desk_wait),
            ("drain_wait", self.drain_wait),
        ];
        if let Some((name, _)) = spans.into_iter().find(|(_, span)| *span > SPAN_MAX) {
            return Err(SettingsError::TooLong(name));
        }
        if !(PACKET_BYTES_MIN..=PACKET_BYTES_LIMIT).contains(&self.packet_bytes_max) {
            return Err(SettingsError::PacketBytes);
        }
        let packet = self.packet_bytes_max as usize + MESSAGE_OVERHEAD;
        let rooms = [
            ("in_flight_bytes_max", self.in_flight_bytes_max),
            ("out_bytes_max", self.out_bytes_max),
        ];
        match rooms.into_iter().find(|(_, room)| *room < packet) {
            Some((name, _)) => Err(SettingsError::NoRoomForPacket(name)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Settings, SettingsError};

    #[test]
    fn contradictions_are_named() {
        let check = |change: fn(&mut Settings)| {
            let mut settings = Settings::default();
            change(&mut settings);
            settings.check()
        };
        assert_eq!(check(|_| ()), Ok(()));
        assert_eq!(
            check(|settings| settings.window = 0),
            Err(SettingsError::Zero("window"))
        );
        assert_eq!(
            check(|settings| settings.drain_wait = std::time::Duration::MAX),
            Err(SettingsError::TooLong("drain_wait"))
        );
        assert_eq!(
            check(|settings| settings.packet_bytes_max = 10),
            Err(SettingsError::PacketBytes)
        );
        assert_eq!(
            check(|settings| settings.in_flight_bytes_max = 32 * 1_024),
            Err(SettingsError::NoRoomForPacket("in_flight_bytes_max"))
        );
    }
}
