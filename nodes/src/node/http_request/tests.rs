//! Requests that are made and refused, and answers that are judged.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::*;
use crate::node::tests::call;

fn params(value: Value) -> Params {
    serde_json::from_value(value).expect("params")
}

fn response(status: u16, kind: &str, body: &str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, kind.parse().expect("a value"));
    headers.insert("retry-after", "7".parse().expect("a value"));
    Response {
        status: StatusCode::from_u16(status).expect("a status"),
        headers,
        body: body.as_bytes().to_vec(),
        url: "http://x.cl/".parse().expect("a url"),
    }
}

#[test]
fn a_request_carries_what_was_asked_and_its_key() {
    let call = call();
    let request = request(
        &call,
        params(json!({
            "method": "POST", "url": " https://x.cl/a?b=1 ", "query": { "n": 3, "none": null },
            "headers": { "X-Api-Key": "k", "Accept": "text/csv" }, "json": { "a": [1] }, "timeout": "5s",
        })),
    )
    .expect("a request");
    assert_eq!(
        (request.method, request.url.as_str()),
        (Method::POST, "https://x.cl/a?b=1&n=3")
    );
    assert_eq!(request.body.as_deref(), Some(&br#"{"a":[1]}"#[..]));
    assert_eq!(request.timeout, Duration::from_secs(5));
    for (name, value) in [
        ("content-type", "application/json"),
        ("accept", "text/csv"),
        ("x-api-key", "k"),
        ("idempotency-key", call.intent.as_str()),
    ] {
        assert_eq!(
            request
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok()),
            Some(value),
            "{name}"
        );
    }
    let bare = super::request(
        &call,
        params(json!({ "url": "http://x.cl", "idempotency_header": "" })),
    );
    assert!(
        !bare
            .expect("a request")
            .headers
            .contains_key("idempotency-key")
    );
}

#[test]
fn wrong_parameters_are_named() {
    for (value, word) in [
        (json!({ "url": "x.cl" }), "url"),
        (
            json!({ "url": "http://x.cl", "json": 1, "text": "a" }),
            "exclude",
        ),
        (
            json!({ "url": "http://x.cl", "headers": { "a b": "c" } }),
            "a b",
        ),
        (
            json!({ "url": "http://x.cl", "headers": { "a": "b\r\nc: d" } }),
            "`a`",
        ),
    ] {
        match request(&call(), params(value.clone())) {
            Err(Failure::Params { detail }) => {
                assert!(detail.to_string().contains(word), "{detail}")
            }
            other => panic!("{value}: {other:?}"),
        }
    }
    assert!(
        serde_json::from_value::<Params>(json!({ "url": "http://x.cl", "methd": "GET" })).is_err()
    );
}

#[test]
fn statuses_say_what_to_do_next() {
    for (status, expect, expected) in [
        (200, &[][..], "ok"),
        (204, &[], "ok"),
        (404, &[404], "ok"),
        (200, &[404], "refused"),
        (301, &[], "refused"),
        (400, &[], "refused"),
        (401, &[], "refused"),
        (408, &[], "retry"),
        (429, &[], "retry"),
        (500, &[], "retry"),
        (503, &[], "retry"),
    ] {
        let found = match judge(&response(status, "text/plain", "no"), expect) {
            Ok(()) => "ok",
            Err(Failure::Retry { after, .. }) => {
                assert_eq!(after, Some(Duration::from_secs(7)));
                "retry"
            }
            Err(Failure::Refused {
                reason: reason::UNEXPECTED_STATUS,
                ..
            }) => "refused",
            Err(other) => panic!("{status}: {other}"),
        };
        assert_eq!(found, expected, "{status} {expect:?}");
    }
}

#[test]
fn bodies_come_back_as_what_they_are() {
    for (kind, body, expected) in [
        ("application/json", r#"{"a":1}"#, json!({ "a": 1 })),
        ("application/problem+json; charset=utf-8", "[1]", json!([1])),
        ("application/json", "not json", json!("not json")),
        ("text/plain", "1", json!("1")),
    ] {
        assert_eq!(answer(response(200, kind, body)).body, expected, "{kind}");
    }
}
