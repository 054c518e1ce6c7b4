//! Claiming: a node shows its code to the server once, and gets the account it lives under.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use operandi_protocol::{DeviceId, FirmwareVersion, OrgId};
use serde::{Deserialize, Serialize};

/// Where the server takes claims.
pub const CLAIMS_PATH: &str = "/api/v1/claims";
/// Bytes of a password.
pub const PASSWORD_BYTES_MAX: usize = 128;
/// Bytes of the name of a host (RFC 1035).
pub const HOST_BYTES_MAX: usize = 253;

/// What the server knows a node by, and where it listens.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    pub org: OrgId,
    pub device: DeviceId,
    pub password: String,
    pub mqtt_host: String,
    pub mqtt_port: u16,
}

/// A password is in no log.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("org", &self.org)
            .field("device", &self.device)
            .field("mqtt_host", &self.mqtt_host)
            .field("mqtt_port", &self.mqtt_port)
            .finish_non_exhaustive()
    }
}

/// Why there is no account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// The same code will be refused again.
    #[error("the server refuses the code ({status}): get a new one and enter it")]
    Refused { status: u16 },
    #[error("the server cannot answer ({status}): it is asked again later")]
    Later { status: u16 },
    #[error("the server's answer cannot be read: {why}")]
    Answer { why: String },
}

/// What a node asks with.
#[derive(Serialize)]
struct Question<'a> {
    code: &'a str,
    hardware: String,
    firmware: &'a str,
}

/// An account as the server writes it, and as flash keeps it.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountFields {
    org: String,
    device: String,
    password: String,
    mqtt: MqttFields,
}

#[derive(Serialize, Deserialize)]
struct MqttFields {
    host: String,
    port: u16,
}

/// The body of the claim, of the node with this MAC.
///
/// # Errors
/// None that these fields can cause.
pub fn claim(
    code: &str,
    hardware: [u8; 6],
    firmware: FirmwareVersion,
) -> Result<Vec<u8>, serde_json::Error> {
    serde_json::to_vec(&Question {
        code,
        hardware: hex(hardware),
        firmware: firmware.as_str(),
    })
}

/// A MAC as it is written in claims and on labels: twelve small hex digits.
#[must_use]
pub fn hex(hardware: [u8; 6]) -> String {
    hardware.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Account {
    /// The name it logs in by, which is its client id, too: one session for each device.
    #[must_use]
    pub fn login(&self) -> &str {
        self.device.as_str()
    }

    /// The account of the server's answer.
    ///
    /// # Errors
    /// What the answer means otherwise.
    pub fn of_answer(status: u16, body: &[u8]) -> Result<Self, ClaimError> {
        match status {
            200..=299 => {}
            // Asked too early or too often, or in the middle of something.
            408 | 409 | 425 | 429 => return Err(ClaimError::Later { status }),
            400..=499 => return Err(ClaimError::Refused { status }),
            _ => return Err(ClaimError::Later { status }),
        }
        let fields: AccountFields = serde_json::from_slice(body).map_err(|error| unread(&error))?;
        Self::of_fields(fields)
    }

    pub(crate) fn of_fields(fields: AccountFields) -> Result<Self, ClaimError> {
        let AccountFields {
            org,
            device,
            password,
            mqtt,
        } = fields;
        if password.is_empty() || password.len() > PASSWORD_BYTES_MAX {
            return Err(unread(&"the password is empty or too long"));
        }
        if mqtt.host.is_empty() || mqtt.host.len() > HOST_BYTES_MAX || mqtt.port == 0 {
            return Err(unread(&"the broker is none"));
        }
        Ok(Self {
            org: OrgId::new(&org).map_err(|error| unread(&error))?,
            device: DeviceId::new(&device).map_err(|error| unread(&error))?,
            password,
            mqtt_host: mqtt.host,
            mqtt_port: mqtt.port,
        })
    }

    pub(crate) fn fields(&self) -> AccountFields {
        AccountFields {
            org: self.org.as_str().into(),
            device: self.device.as_str().into(),
            password: self.password.clone(),
            mqtt: MqttFields {
                host: self.mqtt_host.clone(),
                port: self.mqtt_port,
            },
        }
    }
}

fn unread(why: &dyn fmt::Display) -> ClaimError {
    ClaimError::Answer {
        why: format!("{why}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"org":"0199c1d2-0000-7000-8000-000000000001","device":"0199c1d2-0000-7000-8000-000000000002","password":"s3cret","mqtt":{"host":"192.168.1.10","port":1883}}"#;

    #[test]
    fn a_claim_says_who_asks() {
        let firmware = FirmwareVersion::new("1.0.0").unwrap();
        let body = claim("ABCD-1234", [0x34, 0x85, 0x18, 0, 0xab, 0xcd], firmware).unwrap();
        assert_eq!(
            core::str::from_utf8(&body).unwrap(),
            r#"{"code":"ABCD-1234","hardware":"34851800abcd","firmware":"1.0.0"}"#
        );
    }

    #[test]
    fn an_answer_makes_an_account_that_hides_its_password() {
        let account = Account::of_answer(201, ANSWER.as_bytes()).unwrap();
        assert_eq!(account.org.as_str(), "0199c1d2-0000-7000-8000-000000000001");
        assert_eq!(account.mqtt_host, "192.168.1.10");
        assert_eq!((account.mqtt_port, &*account.password), (1883, "s3cret"));
        assert!(!std::format!("{account:?}").contains("s3cret"));
        let kept = serde_json::to_string(&account.fields()).unwrap();
        assert_eq!(kept, ANSWER);
    }

    #[test]
    fn other_answers_say_what_to_do() {
        for status in [400, 401, 403, 404, 410, 422] {
            let told = Account::of_answer(status, b"");
            assert_eq!(told, Err(ClaimError::Refused { status }));
        }
        for status in [301, 408, 429, 500, 503] {
            let told = Account::of_answer(status, b"");
            assert_eq!(told, Err(ClaimError::Later { status }));
        }
        for (from, to) in [
            ("1883", "0"),
            ("s3cret", ""),
            ("192.168.1.10", ""),
            ("\"org\":\"0199", "\"org\":\"/#"),
            ("\"mqtt\"", "\"http\""),
        ] {
            let body = ANSWER.replace(from, to);
            let told = Account::of_answer(200, body.as_bytes());
            assert!(matches!(told, Err(ClaimError::Answer { .. })), "{body}");
        }
    }
}
