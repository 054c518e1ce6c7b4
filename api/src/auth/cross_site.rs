//! Defence against requests another site makes a signed-in browser send.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site`, or `Origin` in older ones. A request with
//! neither does not come from a browser, so it carries no cookie by mistake.

use axum::http::{HeaderMap, Method, header};

/// Whether a request that rides on a cookie may be served.
#[must_use]
pub fn is_own(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return true;
    }
    let text = |name: &str| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (text(header::ORIGIN.as_str()), text(header::HOST.as_str())) {
        (None, _) => true,
        (Some(origin), Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from == host),
        (Some(_), None) => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};

    use super::is_own;

    /// Headers by name and value.
    type Given = &'static [(&'static str, &'static str)];

    #[test]
    fn only_our_own_pages_and_programs_may_change_things() {
        let table: [(Method, Given, bool); 10] = [
            (Method::GET, &[("sec-fetch-site", "cross-site")], true),
            (Method::POST, &[], true),
            (Method::POST, &[("sec-fetch-site", "same-origin")], true),
            (Method::POST, &[("sec-fetch-site", "none")], true),
            (Method::POST, &[("sec-fetch-site", "same-site")], false),
            (Method::DELETE, &[("sec-fetch-site", "cross-site")], false),
            (
                Method::POST,
                &[("origin", "https://shop.example"), ("host", "shop.example")],
                true,
            ),
            (
                Method::POST,
                &[("origin", "https://evil.example"), ("host", "shop.example")],
                false,
            ),
            (
                Method::POST,
                &[("origin", "null"), ("host", "shop.example")],
                false,
            ),
            (Method::PATCH, &[("origin", "https://shop.example")], false),
        ];
        for (method, given, want) in table {
            let headers: HeaderMap = given
                .iter()
                .map(|(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    )
                })
                .collect();
            assert_eq!(is_own(&method, &headers), want, "{method} {given:?}");
        }
    }
}
