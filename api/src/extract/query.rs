//! Query parameters and path ids.

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use operandi_dsl::{Sentence, catalog::Lang, phrase::say};
use serde::de::DeserializeOwned;

use crate::problem::{Code, Error, in_each, shape};

/// Query parameters of a known shape; unknown ones are refused where the shape says so.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            return Err(Error::new(Code::InvalidQuery).detail(say!(
                "Los textos no pueden tener el carácter U+0000.",
                "Texts may not hold the character U+0000.",
                "Os textos não podem ter o caractere U+0000.",
            )));
        }
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|error| {
                let text = std::error::Error::source(&error)
                    .map_or_else(|| error.to_string(), ToString::to_string);
                Error::new(Code::InvalidQuery).detail(unread(&text))
            })
    }
}

/// The ids of the path. One that cannot be an id is not found, like any other that does not exist.
#[derive(Debug)]
pub struct Ids<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|Path(ids)| Self(ids))
            .map_err(|_| {
                Error::new(Code::NotFound).detail(say!(
                    "La dirección tiene algo que no es un id.",
                    "The address holds something that is no id.",
                    "O endereço tem algo que não é um id.",
                ))
            })
    }
}

/// What a decoder says of a query, often with the parameter before it. Programs read its own words.
fn unread(text: &str) -> Sentence {
    let parts = text.split_once(": ");
    let of_parameter = parts.filter(|(name, _)| !name.contains(char::is_whitespace));
    let said = shape(of_parameter.map_or(text, |(_, message)| message));
    in_each(|lang| match (lang, of_parameter) {
        (Lang::En, _) => format!("{text}."),
        (Lang::Es | Lang::Pt, Some((name, _))) => format!("{name}: {}.", said.get(lang)),
        (Lang::Es | Lang::Pt, None) => said.whole(lang),
    })
}
