//! The language of texts for people: `?lang=`, else `Accept-Language`, else Spanish, and English in refusals.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
};
use operandi_dsl::catalog::Lang;

/// The language a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

impl Language {
    /// The language of a refusal: a program, which asks for none, reads English.
    #[must_use]
    pub fn of_refusals(uri: &Uri, headers: &HeaderMap) -> Lang {
        asked(uri, headers).unwrap_or(Lang::En)
    }
}

/// The language a request asks for, when it asks for one of ours.
fn asked(uri: &Uri, headers: &HeaderMap) -> Option<Lang> {
    let header = || {
        let value = headers.get(header::ACCEPT_LANGUAGE)?;
        accepted(value.to_str().ok()?)
    };
    url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "lang")
        .and_then(|(_, value)| Lang::parse(&value))
        .or_else(header)
}

/// The first language of ours in an `Accept-Language` header.
fn accepted(header: &str) -> Option<Lang> {
    header
        .split(',')
        .find_map(|part| Lang::parse(part.split(';').next()?.trim()))
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let asked = asked(&parts.uri, &parts.headers);
        Ok(Self(asked.unwrap_or(Lang::Es)))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri, header};
    use operandi_dsl::catalog::Lang;

    use super::{Language, accepted};

    #[test]
    fn refusals_speak_the_language_that_is_asked_for_else_english() {
        for (uri, header, want) in [
            ("/api", None, Lang::En),
            ("/api", Some("de"), Lang::En),
            ("/api", Some("es-AR,es;q=0.9"), Lang::Es),
            ("/api?lang=pt", Some("es"), Lang::Pt),
            ("/api?lang=xx", Some("es"), Lang::Es),
        ] {
            let header =
                header.map(|text| (header::ACCEPT_LANGUAGE, HeaderValue::from_static(text)));
            let headers: HeaderMap = header.into_iter().collect();
            let lang = Language::of_refusals(&Uri::from_static(uri), &headers);
            assert_eq!(lang, want, "{uri} {headers:?}");
        }
    }

    #[test]
    fn the_first_language_of_ours_wins() {
        for (header, want) in [
            ("pt-BR,pt;q=0.9,en;q=0.8", Some(Lang::Pt)),
            ("fr, en;q=0.5", Some(Lang::En)),
            ("es-419", Some(Lang::Es)),
            ("de", None),
            ("", None),
        ] {
            assert_eq!(accepted(header), want, "{header}");
        }
    }
}
