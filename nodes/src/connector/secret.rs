//! Secrets as a connection holds them.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};

use super::HookError;

/// One secret, or several while one replaces another: all of them are accepted.
#[derive(Clone, Debug, Default)]
pub struct SecretList(Vec<SecretString>);

impl SecretList {
    /// The secrets that are set.
    ///
    /// # Errors
    /// [`HookError::NotConfigured`] when none is: a check without a secret would be no check.
    pub(crate) fn configured(&self) -> Result<&[SecretString], HookError> {
        if self.0.is_empty() {
            Err(HookError::NotConfigured)
        } else {
            Ok(&self.0)
        }
    }

    /// Whether none is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> FromIterator<T> for SecretList {
    /// An empty text is no secret.
    fn from_iter<I: IntoIterator<Item = T>>(secrets: I) -> Self {
        Self(
            secrets
                .into_iter()
                .map(|secret| SecretString::from(secret.into()))
                .filter(|secret| !secret.expose_secret().trim().is_empty())
                .collect(),
        )
    }
}

impl<'de> Deserialize<'de> for SecretList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            One(String),
            Many(Vec<String>),
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::One(secret) => [secret].into_iter().collect(),
            Form::Many(secrets) => secrets.into_iter().collect(),
        })
    }
}

impl JsonSchema for SecretList {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "SecretList".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "x-widget": "secret",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "items": { "type": "string", "minLength": 1 }, "maxItems": 5 },
            ],
        })
    }
}
