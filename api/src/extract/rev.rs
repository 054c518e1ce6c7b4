//! The revision a caller saw: `If-Match`, or `?rev=`.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use operandi_dsl::phrase::say;
use utoipa::IntoParams;

use crate::problem::{Code, Error, FieldError};

/// The revision, when one was named.
#[derive(Clone, Copy, Debug, IntoParams)]
#[into_params(names("rev"), parameter_in = Query)]
pub struct Rev(
    /// The revision you saw; `If-Match` says the same. Another one now gives 409.
    pub Option<i64>,
);

impl<S: Send + Sync> FromRequestParts<S> for Rev {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Error> {
        if let Some(value) = parts.headers.get(header::IF_MATCH) {
            let text = value.to_str().unwrap_or_default();
            return read(text)
                .map(Self)
                .ok_or_else(|| bad(Code::InvalidHeader, "If-Match"));
        }
        let query = parts.uri.query().unwrap_or_default();
        match url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "rev") {
            Some((_, value)) => read(&value)
                .map(Self)
                .ok_or_else(|| bad(Code::InvalidQuery, "rev")),
            None => Ok(Self(None)),
        }
    }
}

/// Reads `3`, `"3"` and `W/"3"`; `*` means whatever it is.
fn read(text: &str) -> Option<Option<i64>> {
    let text = text.trim();
    if text == "*" {
        return Some(None);
    }
    text.trim_start_matches("W/")
        .trim_matches('"')
        .parse()
        .ok()
        .map(Some)
}

fn bad(code: Code, path: &str) -> Error {
    let what = say!(
        "no es una revisión",
        "is not a revision",
        "não é uma revisão",
    );
    let hint = say!(
        "mandá el `rev` que leíste, como 3",
        "send the `rev` you read, such as 3",
        "envie o `rev` que você leu, como 3",
    );
    Error::new(code).field(FieldError::new(path, what).hint(hint))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn every_way_to_write_a_revision() {
        for (text, want) in [
            ("3", Some(Some(3))),
            ("\"3\"", Some(Some(3))),
            ("W/\"3\"", Some(Some(3))),
            ("*", Some(None)),
            ("x", None),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }
}
