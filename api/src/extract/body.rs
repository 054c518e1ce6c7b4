//! JSON bodies: bounded, typed, and refused with the path of the field that is wrong.

use std::time::Duration;

use axum::{
    body::{BodyDataStream, Bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use bytes::BytesMut;
use futures::StreamExt as _;
use operandi_dsl::phrase::{Phrase, say};
use serde::de::DeserializeOwned;

use crate::problem::{Code, Error, FieldError, shape};

/// The most bytes of a body under `/api`.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;
/// What an empty body means: where every field may be left out, so may the body.
const NO_FIELDS: &[u8] = b"{}";
/// A character that databases do not store, as JSON writes it.
const NUL: &[u8] = b"\\u0000";
/// How much of a refused body is taken and thrown away, in bytes.
const DRAINED_BYTES_MAX: usize = 32 * 1024 * 1024;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// A JSON body of a known shape.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Error> {
        if is_json(request.headers()) {
            let bytes = read_bytes(request, BODY_BYTES_MAX).await?;
            return decode(if bytes.is_empty() { NO_FIELDS } else { &bytes }).map(Self);
        }
        if !request.headers().contains_key(header::CONTENT_TYPE)
            && read_bytes(request, 0).await.is_ok()
        {
            return decode(NO_FIELDS).map(Self);
        }
        Err(Error::new(Code::UnsupportedMediaType).detail(say!(
            "Mandá el cuerpo como JSON con `Content-Type: application/json`.",
            "Send the body as JSON with `Content-Type: application/json`.",
            "Envie o corpo como JSON com `Content-Type: application/json`.",
        )))
    }
}

/// Reads a whole body of at most `limit` bytes; a larger one is refused as soon as that is known.
///
/// # Errors
/// `too_large`, or `malformed_delivery` when the connection breaks off.
pub async fn read_bytes(request: Request, limit: usize) -> Result<Bytes, Error> {
    let too_large = || {
        let words = say!(
            "Acá se aceptan como mucho {limit} bytes.",
            "At most {limit} bytes are accepted here.",
            "Aqui são aceitos no máximo {limit} bytes.",
        );
        Error::new(Code::TooLarge).detail(Phrase::new(words).with("limit", limit))
    };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    let mut frames = request.into_body().into_data_stream();
    if declared.is_some_and(|length| length > limit) {
        tokio::spawn(drain(frames));
        return Err(too_large());
    }
    let mut whole = BytesMut::new();
    let mut first: Option<Bytes> = None;
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|error| {
            Error::new(Code::MalformedDelivery)
                .detail(say!(
                    "El cuerpo se cortó antes del final.",
                    "The body broke off before its end.",
                    "O corpo foi interrompido antes do fim.",
                ))
                .caused_by(error)
        })?;
        if whole.len() + first.as_ref().map_or(0, Bytes::len) + frame.len() > limit {
            tokio::spawn(drain(frames));
            return Err(too_large());
        }
        // Most bodies come in one piece, which is then not copied.
        match (first.take(), whole.is_empty()) {
            (None, true) => first = Some(frame),
            (Some(before), _) => {
                whole.extend_from_slice(&before);
                whole.extend_from_slice(&frame);
            }
            (None, false) => whole.extend_from_slice(&frame),
        }
    }
    Ok(first.unwrap_or_else(|| whole.freeze()))
}

/// Takes the rest of a refused body and throws it away, within bounds: a sender that is cut off while
/// it writes never reads why.
async fn drain(mut frames: BodyDataStream) {
    let mut left = DRAINED_BYTES_MAX;
    let all = async {
        while let Some(Ok(frame)) = frames.next().await {
            left = left.saturating_sub(frame.len());
            if left == 0 {
                break;
            }
        }
    };
    // Whoever needs longer is cut off.
    drop(tokio::time::timeout(DRAIN_TIME, all).await);
}

/// Reads JSON into a type.
///
/// # Errors
/// `invalid_json` when it is no JSON, `invalid_body` with the path when the shape is another.
fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    if bytes.windows(NUL.len()).any(|part| part == NUL) {
        return Err(Error::new(Code::InvalidBody).detail(say!(
            "Los textos no pueden tener el carácter U+0000; sacalo.",
            "Texts may not hold the character U+0000; remove it.",
            "Os textos não podem ter o caractere U+0000; remova-o.",
        )));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| refusal(&error))?;
    json.end().map_err(|error| {
        let words = say!(
            "Después del valor: {error}.",
            "After the value: {error}.",
            "Depois do valor: {error}.",
        );
        Error::new(Code::InvalidJson).detail(Phrase::new(words).with("error", error))
    })?;
    Ok(value)
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let inner = error.inner();
    match inner.classify() {
        serde_json::error::Category::Data => {
            let message = inner.to_string();
            let message = message.split(" at line ").next().unwrap_or(&message);
            let path = error.path().to_string();
            let mut field = FieldError::new(path, shape(message)).at(inner.line(), inner.column());
            if message.starts_with("unknown field") {
                field = field.hint(say!(
                    "sacalo o corregí su nombre",
                    "remove it or correct its name",
                    "remova-o ou corrija o nome",
                ));
            } else if message.starts_with("missing field") {
                field = field.hint(say!("agregalo", "add it", "adicione-o"));
            }
            Error::new(Code::InvalidBody).field(field)
        }
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => {
            let words = say!(
                "El cuerpo no se puede leer como JSON: {error}.",
                "{error}.",
                "O corpo não pode ser lido como JSON: {error}.",
            );
            Error::new(Code::InvalidJson).detail(Phrase::new(words).with("error", inner))
        }
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| {
            let essence = text.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json")
                || (essence.starts_with("application/") && essence.ends_with("+json"))
        })
}

#[cfg(test)]
mod tests {
    use operandi_dsl::catalog::Lang;
    use serde::Deserialize;

    use super::decode;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[allow(dead_code, reason = "only its decoding is looked at")]
        inner: Inner,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[allow(dead_code, reason = "only its decoding is looked at")]
        count: u32,
    }

    #[test]
    fn refusals_name_the_field_and_the_remedy() {
        let table = [
            ("{", "invalid_json", ""),
            (r#"{"inner":{"count":1}} x"#, "invalid_json", ""),
            (
                r#"{"inner":{"count":"1"}}"#,
                "invalid_body",
                "inner.count: invalid type: string \"1\", expected u32",
            ),
            (
                r#"{"inner":{"count":1,"cuont":2}}"#,
                "invalid_body",
                "inner.cuont: unknown field `cuont`, expected `count`; remove it or correct its name",
            ),
            (
                r#"{"inner":{}}"#,
                "invalid_body",
                "inner: missing field `count`; add it",
            ),
        ];
        for (body, code, detail) in table {
            let refused = decode::<Outer>(body.as_bytes()).unwrap_err();
            let problem = refused.problem("r", Lang::En);
            assert_eq!(problem.code, code, "{body}");
            if !detail.is_empty() {
                assert_eq!(problem.detail.as_deref(), Some(detail), "{body}");
            }
        }
    }
}
