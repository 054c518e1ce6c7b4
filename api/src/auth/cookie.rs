//! The session cookie.

use axum::http::{HeaderMap, HeaderValue, header};

/// Its name.
pub const NAME: &str = "operandi_session";
/// How long a session lasts, in seconds: 14 days.
pub const LIFE_SECS: u64 = 14 * 24 * 60 * 60;

/// The session token of a request, when it carries one.
#[must_use]
pub fn read(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == NAME && !value.is_empty()).then_some(value))
}

/// The `Set-Cookie` that begins a session. `token` is URL-safe text.
#[must_use]
pub fn set(token: &str, secure: bool) -> Option<HeaderValue> {
    header_value(token, LIFE_SECS, secure)
}

/// The `Set-Cookie` that ends it.
#[must_use]
pub fn clear(secure: bool) -> Option<HeaderValue> {
    header_value("", 0, secure)
}

fn header_value(token: &str, age: u64, secure: bool) -> Option<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{NAME}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}"
    ))
    .ok()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::{read, set};

    #[test]
    fn it_is_found_among_others_and_never_readable_by_scripts() {
        let mut headers = HeaderMap::new();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("a=b; operandi_session=tok; c=d"),
        );
        assert_eq!(read(&headers), Some("tok"));
        headers.clear();
        headers.append(
            header::COOKIE,
            HeaderValue::from_static("xoperandi_session=tok; operandi_session="),
        );
        assert_eq!(read(&headers), None);
        let secure = set("tok", true).unwrap();
        let secure = secure.to_str().unwrap();
        assert!(
            secure.contains("HttpOnly")
                && secure.contains("SameSite=Lax")
                && secure.contains("Secure")
        );
        assert!(
            !set("tok", false)
                .unwrap()
                .to_str()
                .unwrap()
                .contains("Secure")
        );
    }
}
