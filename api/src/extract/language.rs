//! The language of texts for people: `?lang=`, else `Accept-Language`, else Spanish.

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use operandi_dsl::catalog::Lang;

/// The language a request asks for.
#[derive(Clone, Copy, Debug)]
pub struct Language(pub Lang);

/// The first language of ours in an `Accept-Language` header.
fn accepted(header: &str) -> Option<Lang> {
    header
        .split(',')
        .find_map(|part| Lang::parse(part.split(';').next()?.trim()))
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let asked = url::form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| Lang::parse(&value));
        let header = || {
            parts
                .headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| accepted(value.to_str().ok()?))
        };
        Ok(Self(asked.or_else(header).unwrap_or(Lang::Es)))
    }
}

#[cfg(test)]
mod tests {
    use operandi_dsl::catalog::Lang;

    use super::accepted;

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
