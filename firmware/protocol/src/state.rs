//! Settings of a device: as the server wants them (`desired`) and as they are (`reported`).

use alloc::{
    collections::BTreeMap,
    string::{String, ToString},
};
use core::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder, data::Type, decode, encode};
use serde::{Deserialize, Serialize, de};

use crate::{
    codec::Message,
    error::{Error, at_most},
    limits::{SETTINGS_MAX, TEXT_BYTES_MAX},
    name::SettingName,
    number::Value,
};

/// The messages `desired` and `reported`.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Raised by the server with each change of the desired state; a report names the one it follows.
    pub revision: u32,
    /// At most `SETTINGS_MAX`.
    pub settings: BTreeMap<SettingName, Setting>,
}

/// What a setting can be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    Switch(bool),
    Number(Value),
    /// At most `TEXT_BYTES_MAX`.
    Text(String),
}

/// The fields of [`State`].
#[derive(Serialize, Deserialize, Encode, Decode)]
#[cbor(map)]
pub struct StateFields {
    #[n(0)]
    revision: u32,
    #[n(1)]
    settings: BTreeMap<String, Setting>,
}

impl Message for State {
    type Fields = StateFields;

    fn fields(&self) -> Result<StateFields, Error> {
        at_most("settings", self.settings.len(), SETTINGS_MAX)?;
        let settings = self.settings.iter();
        Ok(StateFields {
            revision: self.revision,
            settings: settings
                .map(|(name, setting)| Ok((name.to_string(), setting.clone().checked()?)))
                .collect::<Result<_, Error>>()?,
        })
    }

    fn from_fields(fields: StateFields) -> Result<Self, Error> {
        at_most("settings", fields.settings.len(), SETTINGS_MAX)?;
        let settings = fields
            .settings
            .into_iter()
            .map(|(name, setting)| Ok((SettingName::new(&name)?, setting.checked()?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            revision: fields.revision,
            settings,
        })
    }
}

impl Setting {
    fn checked(self) -> Result<Self, Error> {
        match &self {
            Self::Text(text) if text.len() > TEXT_BYTES_MAX => {
                Err(Error::Range { field: "settings" })
            }
            Self::Switch(_) | Self::Number(_) | Self::Text(_) => Ok(self),
        }
    }
}

impl<'de> Deserialize<'de> for Setting {
    fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;

        impl de::Visitor<'_> for Reader {
            type Value = Setting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, a number or a text")
            }

            fn visit_bool<E>(self, on: bool) -> Result<Setting, E> {
                Ok(Setting::Switch(on))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Setting, E> {
                Value::new(number).map(Setting::Number).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Setting, E> {
                self.visit_f64(number as f64)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Setting, E> {
                self.visit_f64(number as f64)
            }

            fn visit_str<E>(self, text: &str) -> Result<Setting, E> {
                Ok(Setting::Text(text.into()))
            }
        }

        from.deserialize_any(Reader)
    }
}

impl<C> Encode<C> for Setting {
    fn encode<W: encode::Write>(
        &self,
        to: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        match self {
            Self::Switch(on) => to.bool(*on)?.ok(),
            Self::Number(number) => number.encode(to, context),
            Self::Text(text) => to.str(text)?.ok(),
        }
    }
}

impl<'b, C> Decode<'b, C> for Setting {
    fn decode(from: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        match from.datatype()? {
            Type::Bool => from.bool().map(Self::Switch),
            Type::String => from.str().map(|text| Self::Text(text.into())),
            // What is no number either is refused by this.
            _ => Value::decode(from, context).map(Self::Number),
        }
    }
}
