//! What a person tells a node once, by the captive page or the serial line, and what it then keeps.

use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    claim::{Account, AccountFields},
    http::{HttpError, Url},
};

/// Bytes of the name of a wireless network (IEEE 802.11).
pub const SSID_BYTES_MAX: usize = 32;
/// Bytes of its passphrase (WPA); an open network has none.
pub const PASSPHRASE_BYTES: core::ops::RangeInclusive<usize> = 8..=63;
/// Bytes of a claim code.
pub const CODE_BYTES_MAX: usize = 64;

/// The questions, in the order in which they are asked.
pub const FIELDS: [Field; 4] = [Field::Ssid, Field::Passphrase, Field::Server, Field::Code];

/// One question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Ssid,
    Passphrase,
    Server,
    Code,
}

impl Field {
    /// As the form and the serial line name it.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ssid => "ssid",
            Self::Passphrase => "password",
            Self::Server => "server",
            Self::Code => "code",
        }
    }

    fn of_key(key: &str) -> Result<Self, SetupError> {
        let mut fields = FIELDS.into_iter();
        fields
            .find(|field| field.key() == key)
            .ok_or(SetupError::Key)
    }
}

/// What is wrong with what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    #[error("there is no such field: use ssid, password, server or code")]
    Key,
    #[error("the name of the network has 1 to {SSID_BYTES_MAX} bytes")]
    Ssid,
    #[error("the password of the network has 8 to 63 bytes, or none if the network is open")]
    Passphrase,
    #[error("the server: {0}")]
    Server(HttpError),
    #[error("the code has 1 to {CODE_BYTES_MAX} letters, digits and dashes")]
    Code,
    #[error("`{}` is missing", .0.key())]
    Missing(Field),
    #[error("the form cannot be read")]
    Form,
}

/// The wireless network.
#[derive(Clone, PartialEq, Eq)]
pub struct Network {
    pub ssid: String,
    /// Empty if it is open.
    pub passphrase: String,
}

/// A passphrase is in no log.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut network = f.debug_struct("Network");
        network.field("ssid", &self.ssid).finish_non_exhaustive()
    }
}

/// What a node needs to become part of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    pub network: Network,
    /// As it was told.
    pub server: String,
    pub code: String,
}

/// What was told so far.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    told: [Option<String>; FIELDS.len()],
}

impl Draft {
    /// Takes one answer; a later one replaces it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn tell(&mut self, key: &str, answer: &str) -> Result<(), SetupError> {
        let field = Field::of_key(key.trim())?;
        // A passphrase may begin or end with a blank; nothing else does.
        let answer = match field {
            Field::Passphrase => answer,
            Field::Ssid | Field::Server | Field::Code => answer.trim(),
        };
        check(field, answer)?;
        self.told[field as usize] = Some(answer.to_owned());
        Ok(())
    }

    /// Takes the answers of a form (`application/x-www-form-urlencoded`).
    ///
    /// # Errors
    /// What is wrong with the first wrong one.
    pub fn tell_form(&mut self, body: &[u8]) -> Result<(), SetupError> {
        for pair in body.split(|byte| *byte == b'&') {
            let at = pair.iter().position(|byte| *byte == b'=');
            let (key, answer) = pair.split_at(at.ok_or(SetupError::Form)?);
            self.tell(&decode(key)?, &decode(&answer[1..])?)?;
        }
        Ok(())
    }

    /// All of it.
    ///
    /// # Errors
    /// What is missing; an open network needs no password.
    pub fn finish(&self) -> Result<Setup, SetupError> {
        let told = |field: Field| {
            let told = self.told[field as usize].clone();
            told.ok_or(SetupError::Missing(field))
        };
        Ok(Setup {
            network: Network {
                ssid: told(Field::Ssid)?,
                passphrase: told(Field::Passphrase).unwrap_or_default(),
            },
            server: told(Field::Server)?,
            code: told(Field::Code)?,
        })
    }
}

fn check(field: Field, answer: &str) -> Result<(), SetupError> {
    match field {
        Field::Ssid => (1..=SSID_BYTES_MAX)
            .contains(&answer.len())
            .then_some(())
            .ok_or(SetupError::Ssid),
        Field::Passphrase => (answer.is_empty() || PASSPHRASE_BYTES.contains(&answer.len()))
            .then_some(())
            .ok_or(SetupError::Passphrase),
        Field::Server => Url::parse(answer).map(drop).map_err(SetupError::Server),
        Field::Code => {
            let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            ((1..=CODE_BYTES_MAX).contains(&answer.len()) && answer.bytes().all(fine))
                .then_some(())
                .ok_or(SetupError::Code)
        }
    }
}

/// Undoes the encoding of a form.
fn decode(text: &[u8]) -> Result<String, SetupError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    let digit = char::from(*rest.next()?).to_digit(16)?;
                    u8::try_from(digit).ok()
                };
                let (high, low) = (digit(), digit());
                high.zip(low)
                    .map(|(high, low)| high << 4 | low)
                    .ok_or(SetupError::Form)?
            }
            byte => *byte,
        });
    }
    String::from_utf8(bytes).map_err(|_| SetupError::Form)
}

/// What a node keeps of itself in flash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// It was told, and must claim its account.
    Told(Setup),
    /// It has an account.
    Claimed { network: Network, account: Account },
}

#[derive(Serialize, Deserialize)]
struct IdentityFields {
    ssid: String,
    passphrase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountFields>,
}

impl Identity {
    #[must_use]
    pub const fn network(&self) -> &Network {
        match self {
            Self::Told(setup) => &setup.network,
            Self::Claimed { network, .. } => network,
        }
    }

    /// The claim succeeded: the code is forgotten.
    #[must_use]
    pub fn claimed(self, account: Account) -> Self {
        let (Self::Told(Setup { network, .. }) | Self::Claimed { network, .. }) = self;
        Self::Claimed { network, account }
    }

    /// As it is kept.
    ///
    /// # Errors
    /// None that these fields can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let network = self.network();
        let mut fields = IdentityFields {
            ssid: network.ssid.clone(),
            passphrase: network.passphrase.clone(),
            server: None,
            code: None,
            account: None,
        };
        match self {
            Self::Told(setup) => {
                fields.server = Some(setup.server.clone());
                fields.code = Some(setup.code.clone());
            }
            Self::Claimed { account, .. } => fields.account = Some(account.fields()),
        }
        serde_json::to_vec(&fields)
    }

    /// What `to_bytes` made; `None` for what no firmware of ours wrote.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        let fields: IdentityFields = serde_json::from_slice(bytes).ok()?;
        let network = Network {
            ssid: fields.ssid,
            passphrase: fields.passphrase,
        };
        if let Some(account) = fields.account {
            let account = Account::of_fields(account).ok()?;
            return Some(Self::Claimed { network, account });
        }
        Some(Self::Told(Setup {
            network,
            server: fields.server?,
            code: fields.code?,
        }))
    }
}

/// A line on the serial line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// `ssid=My shop`
    Tell {
        key: &'a str,
        answer: &'a str,
    },
    /// Keep what was told, and begin.
    Save,
    /// Who the node is and how it fares.
    Show,
    /// Forget network and account.
    Erase,
    Help,
}

impl<'a> Line<'a> {
    /// Reads a line; whatever is no order asks for help.
    #[must_use]
    pub fn parse(line: &'a str) -> Self {
        let line = line.trim_end_matches(['\r', '\n']);
        if let Some((key, answer)) = line.split_once('=') {
            return Self::Tell { key, answer };
        }
        match line.trim() {
            "save" => Self::Save,
            "show" => Self::Show,
            "erase" => Self::Erase,
            _ => Self::Help,
        }
    }
}

/// What the serial line and the page say to what was told.
#[must_use]
pub fn reply(told: Result<(), SetupError>) -> String {
    match told {
        Ok(()) => "ok".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn setup() -> Setup {
        Setup {
            network: Network {
                ssid: "Mi tienda & más".into(),
                passphrase: " clave+segura ".into(),
            },
            server: "http://192.168.1.10:8080".into(),
            code: "ABCD-1234".into(),
        }
    }

    #[test]
    fn a_form_and_the_serial_line_tell_the_same() {
        let mut form = Draft::default();
        form.tell_form(b"ssid=Mi+tienda+%26+m%C3%A1s&password=+clave%2Bsegura+&server=http%3A%2F%2F192.168.1.10%3A8080&code=+ABCD-1234")
            .unwrap();
        assert_eq!(form.finish(), Ok(setup()));
        let mut serial = Draft::default();
        for line in [
            "ssid=Mi tienda & más\r\n",
            "password= clave+segura \n",
            "server=http://192.168.1.10:8080",
            "code=ABCD-1234",
        ] {
            let Line::Tell { key, answer } = Line::parse(line) else {
                panic!("{line}");
            };
            serial.tell(key, answer).unwrap();
        }
        assert_eq!(serial.finish(), Ok(setup()));
    }

    #[test]
    fn lines_that_are_no_answers_are_orders() {
        for (line, order) in [
            ("save\r\n", Line::Save),
            (" show ", Line::Show),
            ("erase", Line::Erase),
            ("", Line::Help),
            ("what", Line::Help),
        ] {
            assert_eq!(Line::parse(line), order, "{line}");
        }
    }

    #[test]
    fn wrong_answers_say_what_is_right() {
        let long = "x".repeat(65);
        let cases: &[(&str, &str, SetupError)] = &[
            ("wlan", "x", SetupError::Key),
            ("ssid", " ", SetupError::Ssid),
            ("ssid", &long[..33], SetupError::Ssid),
            ("password", "7 bytes", SetupError::Passphrase),
            ("password", &long[..64], SetupError::Passphrase),
            ("server", "https://x.y", SetupError::Server(HttpError::Tls)),
            ("server", "", SetupError::Server(HttpError::Url)),
            ("code", "a b", SetupError::Code),
            ("code", &long, SetupError::Code),
        ];
        let mut draft = Draft::default();
        for (key, answer, error) in cases {
            assert_eq!(draft.tell(key, answer), Err(*error), "{key}={answer}");
        }
        assert_eq!(draft.finish(), Err(SetupError::Missing(Field::Ssid)));
        for form in [&b"ssid"[..], b"ssid=%4", b"ssid=%zz", b"ssid=%ff"] {
            assert_eq!(draft.tell_form(form), Err(SetupError::Form));
        }
        draft.tell("ssid", "open").unwrap();
        draft.tell("server", "a.b").unwrap();
        assert_eq!(draft.finish(), Err(SetupError::Missing(Field::Code)));
        draft.tell("code", "1").unwrap();
        assert_eq!(draft.finish().unwrap().network.passphrase, "");
        assert_eq!(
            reply(Err(SetupError::Missing(Field::Code))),
            "`code` is missing"
        );
    }

    #[test]
    fn an_identity_comes_back_from_flash() {
        let told = Identity::Told(setup());
        assert_eq!(
            Identity::of_bytes(&told.to_bytes().unwrap()),
            Some(told.clone())
        );
        let answer = br#"{"org":"o","device":"d","password":"p","mqtt":{"host":"h","port":1}}"#;
        let claimed = told.claimed(Account::of_answer(200, answer).unwrap());
        let kept = claimed.to_bytes().unwrap();
        assert_eq!(Identity::of_bytes(&kept), Some(claimed));
        assert!(!String::from_utf8(kept).unwrap().contains("ABCD"));
        for wrong in [&b""[..], b"{}", br#"{"ssid":"x","passphrase":""}"#] {
            assert_eq!(Identity::of_bytes(wrong), None);
        }
        assert!(!std::format!("{:?}", setup()).contains("segura"));
    }

    proptest! {
        #[test]
        fn any_form_is_read_without_panic(body in "[a-z%=&+0-9]{0,60}") {
            let _ = Draft::default().tell_form(body.as_bytes());
        }
    }
}
