//! What the listener refuses: a stable code for each, counted and named in the log.

use std::{net::IpAddr, sync::Mutex, time::Duration};

use tokio::time::Instant;

use crate::clock;

/// Log lines about refusals per [`LOG_PERIOD`]; the counters go on.
const LOG_LINES_MAX: u32 = 50;
const LOG_PERIOD: Duration = Duration::from_secs(10);
/// Bytes of a client id in a log line.
const LOGGED_ID_BYTES: usize = 64;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)+) => {
        /// Why the listener itself refused something. What the desk refuses has the desk's codes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The code as metrics and logs have it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }
        }
    };
}

codes! {
    ConnectionsFull = "connections_full",
    ConnectionsPerIp = "connections_per_ip",
    /// Too many wrong logins before this one.
    LoginsTooMany = "logins_too_many",
    ConnectTimeout = "connect_timeout",
    /// The first packet was no CONNECT.
    ConnectExpected = "connect_expected",
    ProtocolUnsupported = "protocol_unsupported",
    Malformed = "malformed",
    PacketTooLarge = "packet_too_large",
    WillTooLarge = "will_too_large",
    ClientId = "client_id",
    Credentials = "credentials",
    /// The desk could not tell who it is, or did not keep a message.
    Unavailable = "unavailable",
    SessionsFull = "sessions_full",
    /// A packet that is sound, and not allowed where it came.
    ProtocolError = "protocol_error",
    TopicInvalid = "topic_invalid",
    FilterInvalid = "filter_invalid",
    SharedSubscription = "shared_subscription",
    SubscriptionsFull = "subscriptions_full",
    Qos = "qos",
    TopicAlias = "topic_alias",
    ReceiveMaximum = "receive_maximum",
    KeepAlive = "keep_alive",
    SlowReader = "slow_reader",
    /// Enhanced authentication of MQTT 5.
    AuthMethod = "auth_method",
    /// The stream could not be made ready, such as a TLS handshake that failed.
    Handshake = "handshake",
}

/// Counts and logs refusals; a flood of them does not flood the log.
#[derive(Debug)]
pub(crate) struct Refusals {
    log: Mutex<Throttle>,
}

#[derive(Debug)]
struct Throttle {
    began: Instant,
    lines: u32,
    withheld: u64,
}

impl Refusals {
    pub(crate) fn new() -> Self {
        Self {
            log: Mutex::new(Throttle {
                began: clock::now(),
                lines: 0,
                withheld: 0,
            }),
        }
    }

    /// Counts one and says so. `who` is the client id or session, as far as it is known.
    pub(crate) fn note(&self, code: &'static str, remote: IpAddr, who: &str) {
        metrics::counter!("operandi_mqtt_refused", "code" => code).increment(1);
        let Some(withheld) = self.may_log(clock::now()) else {
            return;
        };
        if withheld > 0 {
            tracing::warn!(withheld, "mqtt refusals not logged one by one");
        }
        let who = shortened(who);
        tracing::info!(refusal.code = code, remote.ip = %remote, client = ?who, "mqtt refused");
    }

    /// The number of lines withheld before this one, or none if this one is withheld.
    fn may_log(&self, now: Instant) -> Option<u64> {
        let mut throttle = self.log.lock().unwrap_or_else(|broken| broken.into_inner());
        if now.duration_since(throttle.began) >= LOG_PERIOD {
            let withheld = throttle.withheld;
            *throttle = Throttle {
                began: now,
                lines: 1,
                withheld: 0,
            };
            return Some(withheld);
        }
        if throttle.lines < LOG_LINES_MAX {
            throttle.lines += 1;
            return Some(0);
        }
        throttle.withheld += 1;
        None
    }
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LOGGED_ID_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Code, LOG_LINES_MAX, LOG_PERIOD, Refusals, shortened};
    use crate::clock;

    #[test]
    fn codes_differ() {
        let codes: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn a_flood_is_told_of_in_one_line() {
        let refusals = Refusals::new();
        let now = clock::now();
        let told = (0..LOG_LINES_MAX + 7)
            .filter(|_| refusals.may_log(now).is_some())
            .count();
        assert_eq!(told, LOG_LINES_MAX as usize);
        assert_eq!(refusals.may_log(now + LOG_PERIOD), Some(7));
    }

    #[test]
    fn long_ids_are_cut_between_characters() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"ñ".repeat(100)).len(), 64);
        assert_eq!(shortened(&format!("a{}", "ñ".repeat(100))).len(), 63);
    }
}
