//! The editor: built files that travel inside this binary, and its page at every address of its own.
//!
//! It must never know what the editor shows. Addresses of the API are not its business.

use std::borrow::Cow;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use operandi_dsl::{
    catalog::{Lang, Words},
    phrase::say,
};
use rust_embed::{Embed, EmbeddedFile};

use crate::{
    auth::token,
    extract::Language,
    problem::{Code, Error, Result},
};

/// What `npm run build` leaves behind. Absent in a checkout where nobody ran it.
#[derive(Embed)]
#[folder = "../editor/dist"]
#[allow_missing = true]
struct Built;

/// The policy under which the editor's page runs.
const POLICY: &str = include_str!("../../editor/csp.txt");
/// Stands in the page and the policy where every answer has a word of its own.
const NONCE: &str = "OPERANDI_NONCE";
/// The source of the policy that only the page needs.
const NONCE_SOURCE: &str = " 'nonce-OPERANDI_NONCE'";
/// The page of all addresses that people see.
const PAGE: &str = "index.html";
/// Where files are that carry a hash of their content in their name.
const HASHED: &str = "assets/";
/// Addresses of programs, which get no page.
const PROGRAMS: [&str; 2] = ["api", "hooks"];

const NOT_BUILT: Words = Words {
    es: "Este servidor se compiló sin el editor. En la carpeta `editor` ejecutá `npm ci --ignore-scripts && npm run build`, y compilá `operandi` otra vez. La API está en /api/v1.",
    en: "This server was built without the editor. In the folder `editor` run `npm ci --ignore-scripts && npm run build`, and build `operandi` again. The API is at /api/v1.",
    pt: "Este servidor foi compilado sem o editor. Na pasta `editor` execute `npm ci --ignore-scripts && npm run build`, e compile `operandi` outra vez. A API está em /api/v1.",
};

/// Answers every address that nothing else does: a file of the editor, else its page.
///
/// # Errors
/// When the address is none that people see.
pub(crate) async fn serve(Language(lang): Language, request: Request) -> Result<Response> {
    let path = request.uri().path().trim_start_matches('/');
    let wanted = (request.method() == Method::GET || request.method() == Method::HEAD)
        .then(|| want(path))
        .flatten();
    match wanted {
        Some(Wanted::File(file)) => Ok(served(path, file)),
        Some(Wanted::Page) => page(lang),
        None => Err(Error::new(Code::NotFound).detail(say!(
            "En esta dirección no hay nada.",
            "There is nothing at this address.",
            "Neste endereço não há nada.",
        ))),
    }
}

enum Wanted {
    File(EmbeddedFile),
    Page,
}

/// What is at an address, when anything is.
fn want(path: &str) -> Option<Wanted> {
    let first = path.split('/').next().unwrap_or_default();
    if PROGRAMS.contains(&first) || first.starts_with('.') {
        return None;
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte);
    let is_file = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    if is_file && path != PAGE {
        let named = path.bytes().all(plain) && !path.contains("..");
        return Built::get(path).filter(|_| named).map(Wanted::File);
    }
    Some(Wanted::Page)
}

fn served(path: &str, file: EmbeddedFile) -> Response {
    let kind = HeaderValue::from_str(file.metadata.mimetype())
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let kept = if path.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    // A worker takes the policy of its own file.
    let policy = POLICY.trim().replace(NONCE_SOURCE, "");
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The editor's page under a policy of its own, or how to get one.
fn page(lang: Lang) -> Result<Response> {
    let Some(file) = Built::get(PAGE) else {
        let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
        return Ok((StatusCode::SERVICE_UNAVAILABLE, kind, NOT_BUILT.get(lang)).into_response());
    };
    let nonce = token::new_secret()?;
    let html = String::from_utf8_lossy(&file.data).replace(NONCE, &nonce);
    let policy = POLICY.trim().replace(NONCE, &nonce);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, html).into_response())
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn ask(method: &str, path: &str) -> Result<Response> {
        let request = Request::builder().method(method).uri(path);
        serve(Language(Lang::En), request.body(Body::empty()).unwrap()).await
    }

    fn header_of(response: &Response, name: header::HeaderName) -> String {
        let value = response.headers().get(name);
        value.unwrap().to_str().unwrap().to_owned()
    }

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn addresses_of_people_get_the_page_and_others_nothing() {
        for (method, path) in [
            ("GET", "/api/v1/nowhere"),
            ("GET", "/api"),
            ("GET", "/hooks/x/y"),
            ("POST", "/workflows"),
            ("GET", "/assets/none-12345678.js"),
            ("GET", "/../Cargo.toml"),
            ("GET", "/%2e%2e/Cargo.toml"),
            ("GET", "/.vite/manifest.json"),
            ("GET", "/favicon.ico"),
        ] {
            assert!(ask(method, path).await.is_err(), "{method} {path}");
        }
        for path in [
            "/",
            "/workflows",
            "/runs/01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55",
            "/apiary",
            "/index.html",
        ] {
            let response = ask("GET", path).await.unwrap();
            let (status, kind) = (
                response.status(),
                header_of(&response, header::CONTENT_TYPE),
            );
            if Built::get(PAGE).is_none() {
                assert_eq!(status, 503, "{path}");
                assert!(text(response).await.contains("npm run build"), "{path}");
            } else {
                assert_eq!(
                    (status.as_u16(), kind.as_str()),
                    (200, "text/html; charset=utf-8")
                );
            }
        }
    }

    #[tokio::test]
    async fn every_page_has_a_word_of_its_own_and_files_with_a_hash_are_kept() {
        if Built::get(PAGE).is_none() {
            return;
        }
        let mut words = std::collections::BTreeSet::new();
        for _ in 0..3 {
            let response = ask("GET", "/").await.unwrap();
            let policy = header_of(&response, header::CONTENT_SECURITY_POLICY);
            let word = policy
                .split("'nonce-")
                .nth(1)
                .unwrap()
                .split('\'')
                .next()
                .unwrap();
            assert!(word.len() >= 22 && !policy.contains(NONCE), "{policy}");
            let html = text(response).await;
            assert!(!html.contains(NONCE) && html.contains(&format!("nonce=\"{word}\"")));
            words.insert(word.to_owned());
        }
        assert_eq!(words.len(), 3);
        let script = Built::iter().find(|name| name.starts_with(HASHED) && name.ends_with(".js"));
        let response = ask("GET", &format!("/{}", script.unwrap())).await.unwrap();
        assert!(header_of(&response, header::CACHE_CONTROL).contains("immutable"));
        assert!(header_of(&response, header::CONTENT_TYPE).contains("javascript"));
        assert!(!header_of(&response, header::CONTENT_SECURITY_POLICY).contains("nonce"));
        // What of it a HEAD request leaves out is the connection's business.
        assert!(ask("HEAD", "/").await.unwrap().status().is_success());
    }
}
