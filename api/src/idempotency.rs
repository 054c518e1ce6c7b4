//! `Idempotency-Key`: a creating request sent twice counts once.
//!
//! The key, what was asked and what was answered are committed together with what was created, so a
//! crash in between leaves either all of it or nothing.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::OrgId,
    store::{
        commit::Claimed,
        idempotency::{self, Claim},
        sql::Tx,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    app::App,
    auth::Identity,
    problem::{Code, Error, FieldError, Result},
};

/// The longest key, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// The header, when it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(None));
        };
        match value.to_str() {
            Ok(text) if !text.is_empty() && text.len() <= KEY_BYTES_MAX => {
                Ok(Self(Some(text.to_owned())))
            }
            Ok(_) | Err(_) => {
                let what = say!(
                    "está vacía, es demasiado larga o no es ASCII simple",
                    "is empty, too long or not plain ASCII",
                    "está vazia, é longa demais ou não é ASCII simples",
                );
                let hint = Phrase::new(say!(
                    "mandá de 1 a {max} caracteres visibles, como un UUID",
                    "send 1 to {max} visible characters, such as a UUID",
                    "envie de 1 a {max} caracteres visíveis, como um UUID",
                ))
                .with("max", KEY_BYTES_MAX);
                let field = FieldError::new("Idempotency-Key", what).hint(hint);
                Err(Error::new(Code::InvalidHeader).field(field))
            }
        }
    }
}

/// Whether a creating request is the first of its key.
pub enum Turn<T> {
    /// Create it in this transaction.
    First(First),
    /// It was created before: this was the answer.
    Again(Created<T>),
}

/// The transaction that creates.
pub struct First {
    pub tx: Tx,
    claimed: Option<(OrgId, String)>,
}

/// What was created: 201, or the same again with `Idempotency-Replayed`.
#[derive(Debug)]
pub struct Created<T> {
    answer: T,
    first: bool,
}

impl IdempotencyKey {
    /// Opens the transaction in which `scope` is created from what `asked` says.
    ///
    /// # Errors
    /// `idempotency_conflict` when the key was used for something else.
    pub async fn turn<T: DeserializeOwned>(
        self,
        app: &App,
        who: &Identity,
        scope: &str,
        asked: &impl Serialize,
    ) -> Result<Turn<T>> {
        let mut tx = app.db.begin_write().await?;
        let Self(Some(key)) = self else {
            return Ok(Turn::First(First { tx, claimed: None }));
        };
        let key = format!("{scope}:{key}");
        let fingerprint = fingerprint(asked)?;
        match idempotency::claim(&mut tx, app.clock.now(), who.org, &key, &fingerprint).await? {
            Claim::First => Ok(Turn::First(First {
                tx,
                claimed: Some((who.org, key)),
            })),
            Claim::Again {
                fingerprint: before,
                answer,
            } => Created::again(Some(&fingerprint), &before, answer).map(Turn::Again),
        }
    }

    /// The same for what the engine creates in a transaction of its own, where `answer` is known before.
    ///
    /// # Errors
    /// When what was asked or the answer has no JSON form.
    pub fn claimed(
        self,
        scope: &str,
        asked: &impl Serialize,
        answer: &impl Serialize,
    ) -> Result<Option<Claimed>> {
        let Self(Some(key)) = self else {
            return Ok(None);
        };
        Ok(Some(Claimed {
            key: format!("{scope}:{key}"),
            fingerprint: fingerprint(asked)?,
            answer: serde_json::to_value(answer).map_err(Error::internal)?,
        }))
    }
}

impl First {
    /// Keeps the answer under the key and commits.
    ///
    /// # Errors
    /// When the database does not take it; then nothing was created.
    pub async fn commit<T: Serialize>(mut self, answer: T) -> Result<Created<T>> {
        if let Some((org, key)) = &self.claimed {
            let kept = serde_json::to_value(&answer).map_err(Error::internal)?;
            idempotency::answer(&mut self.tx, *org, key, &kept).await?;
        }
        self.tx.commit().await?;
        Ok(Created::first(answer))
    }
}

impl<T: DeserializeOwned> Created<T> {
    /// What was answered before, if it was asked for the same thing.
    ///
    /// # Errors
    /// `idempotency_conflict` when the key was used for something else.
    pub fn again(asked: Option<&str>, before: &str, answer: Value) -> Result<Self> {
        if asked != Some(before) {
            return Err(Error::new(Code::IdempotencyConflict));
        }
        let answer = serde_json::from_value(answer).map_err(Error::internal)?;
        Ok(Self {
            answer,
            first: false,
        })
    }
}

impl<T> Created<T> {
    /// Made just now.
    pub fn first(answer: T) -> Self {
        Self {
            answer,
            first: true,
        }
    }

    /// Another form of the answer; `change` is told whether this is the first time.
    pub fn map<U>(self, change: impl FnOnce(T, bool) -> U) -> Created<U> {
        Created {
            answer: change(self.answer, self.first),
            first: self.first,
        }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.answer)).into_response();
        if !self.first {
            let value = axum::http::HeaderValue::from_static("true");
            response.headers_mut().insert("idempotency-replayed", value);
        }
        response
    }
}

/// What tells two bodies apart; a password is not among what is `asked`.
fn fingerprint(asked: &impl Serialize) -> Result<String> {
    let bytes = serde_json::to_vec(asked).map_err(Error::internal)?;
    Ok(hex::encode(Sha256::digest(bytes)))
}
