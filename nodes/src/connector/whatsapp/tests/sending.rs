//! The error table, sandbox connections, and the client against a server on loopback.

use std::sync::Arc;

use operandi_engine::{
    event::Delivery,
    ids::IntentId,
    node::{Call, Failure},
};
use serde_json::{Map, Value, json};

use super::super::{NAME, error, send_buttons, send_template, send_text};
use crate::{
    node::{Deed, tests::call},
    services::memory::Memory,
};

#[test]
fn every_code_has_its_reaction() {
    for (code, status, attempt, expected) in [
        (0, 401, 1, "reconnect"),
        (190, 401, 1, "reconnect"),
        (200, 403, 1, "reconnect"),
        (299, 403, 1, "reconnect"),
        (4, 400, 1, "retry 300"),
        (130_429, 400, 1, "retry 5"),
        (131_056, 400, 1, "retry 4"),
        (131_056, 400, 2, "retry 16"),
        (131_056, 400, 3, "retry 64"),
        (131_056, 400, 99, "retry 4096"),
        (131_047, 400, 1, "window_closed"),
        (131_049, 400, 1, "marketing_cap"),
        (131_050, 400, 1, "opted_out"),
        (131_026, 400, 1, "undeliverable"),
        (131_062, 400, 1, "phone_needed"),
        (132_001, 404, 1, "template_unavailable"),
        (132_000, 400, 1, "params"),
        (131_009, 400, 1, "params"),
        (131_042, 400, 1, "reconnect"),
        (131_016, 500, 1, "retry 30"),
        (999_999, 400, 1, "rejected"),
        (999_999, 401, 1, "reconnect"),
        (999_999, 503, 1, "retry"),
    ] {
        let found = match error::failure(code, status, "why", attempt) {
            Failure::Retry {
                after: Some(after), ..
            } => format!("retry {}", after.as_secs()),
            Failure::Retry { after: None, .. } => "retry".to_owned(),
            Failure::Refused { reason, .. } => {
                assert!(error::REFUSALS.contains(&reason), "{reason}");
                reason.to_owned()
            }
            Failure::Reconnect { .. } => "reconnect".to_owned(),
            Failure::Params { .. } => "params".to_owned(),
            Failure::Unknown { .. } => "unknown".to_owned(),
        };
        assert_eq!(found, expected, "{code}");
    }
}

/// A call and services with a sandbox connection.
fn sandbox() -> (Arc<Memory>, Arc<crate::services::Services>, Call, String) {
    let memory = Arc::new(Memory::default());
    let services = Memory::share(&memory);
    let call = call();
    let id = memory.connect(
        &services,
        call.org,
        NAME,
        json!({ "sandbox": true }),
        &json!({}),
    );
    (memory, services, call, id.to_string())
}

#[tokio::test]
async fn a_sandbox_keeps_the_message_and_reports_it_delivered() {
    let (memory, services, call, connection) = sandbox();
    let contact = memory.know(&["+5491155551234"], json!({ "phone": "+5491155551234" }));
    let params = json!({
        "connection": connection, "to": contact.to_string(), "template": "cart_reminder", "variables": ["Ana"],
    });
    let node = send_template::SendTemplate::build(&services);
    let done = node
        .perform(&call, serde_json::from_value(params).expect("params"))
        .await
        .expect("sent");
    let receipt = done.receipt.expect("a receipt");
    assert_eq!(
        (receipt.channel.as_str(), receipt.recipient.as_str()),
        (NAME, "+5491155551234")
    );
    let ingests = memory.ingests.lock().expect("a lock");
    let write = &ingests[0].records[0];
    assert_eq!(write.kind, "sandbox_message");
    assert_eq!(write.patch["text"], "[cart_reminder] Ana");
    assert_eq!(write.patch["contact"], contact.to_string());
    assert_eq!(
        write.patch["request"]["biz_opaque_callback_data"],
        call.intent.as_str()
    );
    assert_eq!(write.patch["request"]["to"], "5491155551234");
    let statuses: Vec<Delivery> = ingests[0]
        .statuses
        .iter()
        .map(|status| status.status)
        .collect();
    assert_eq!(statuses, [Delivery::Sent, Delivery::Delivered]);
    assert!(
        ingests[0]
            .statuses
            .iter()
            .all(|status| status.provider_id == receipt.provider_id)
    );
}

#[tokio::test]
async fn a_text_needs_an_open_window() {
    let (memory, services, call, connection) = sandbox();
    let recently = call.now.0 - 60_000;
    let open = memory.know(
        &["+5491155551234"],
        json!({ "phone": "+5491155551234", "last_inbound_at": { "whatsapp": recently } }),
    );
    let hidden = memory.know(
        &["AR.9"],
        json!({ "whatsapp_user_id": "AR.9", "last_inbound_at": { "whatsapp": recently } }),
    );
    let closed = memory.know(&["+5491155559999"], json!({ "phone": "+5491155559999" }));
    let nowhere = memory.know(&[], json!({ "last_inbound_at": { "whatsapp": recently } }));
    let node = send_text::SendText::build(&services);
    for (to, expected) in [
        (open.to_string(), Ok("+5491155551234")),
        ("+54 11 5555-1234".to_owned(), Ok("+5491155551234")),
        (hidden.to_string(), Ok("AR.9")),
        ("AR.9".to_owned(), Ok("AR.9")),
        (closed.to_string(), Err("window_closed")),
        ("+5491155550000".to_owned(), Err("window_closed")),
        (nowhere.to_string(), Err("no_address")),
        (call.run.to_string(), Err("no_address")),
        ("nobody".to_owned(), Err("no_address")),
    ] {
        let params =
            serde_json::from_value(json!({ "connection": connection, "to": to, "text": "hola" }));
        let found = node.perform(&call, params.expect("params")).await;
        match (found, expected) {
            (Ok(done), Ok(recipient)) => {
                assert_eq!(
                    done.receipt.expect("a receipt").recipient,
                    recipient,
                    "{to}"
                );
            }
            (Err(Failure::Refused { reason, .. }), Err(expected)) => {
                assert_eq!(reason, expected, "{to}")
            }
            (found, _) => panic!("{to}: {:?}", found.map(|done| done.output)),
        }
    }
}

#[tokio::test]
async fn buttons_need_an_open_window_and_are_shown_in_a_sandbox() {
    let (memory, services, call, connection) = sandbox();
    let recently = call.now.0 - 60_000;
    memory.know(
        &["+5491155551234"],
        json!({ "phone": "+5491155551234", "last_inbound_at": { "whatsapp": recently } }),
    );
    let node = send_buttons::SendButtons::build(&services);
    let ask = |to: &str| {
        json!({
            "connection": connection, "to": to, "text": "¿Vas?",
            "buttons": [{ "title": "Sí", "payload": "yes" }, { "title": "No", "payload": "no" }],
        })
    };
    let params = serde_json::from_value(ask("+5491155559999")).expect("params");
    let closed = node.perform(&call, params).await.map(|_| ());
    assert!(
        matches!(closed, Err(Failure::Refused { reason, .. }) if reason == "window_closed"),
        "{closed:?}"
    );
    let params = serde_json::from_value(ask("+5491155551234")).expect("params");
    node.perform(&call, params).await.expect("sent");
    let ingests = memory.ingests.lock().expect("a lock");
    let kept = &ingests[0].records[0].patch;
    assert_eq!(kept["text"], "¿Vas?\n[Sí] [No]");
    let reply = &kept["request"]["interactive"]["action"]["buttons"][1]["reply"];
    assert_eq!(*reply, json!({ "id": "no", "title": "No" }));
}

/// What a vendor that answers so makes of a send.
async fn send_to(status: u16, body: &'static str) -> (Result<(), Failure>, String) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let base_url = format!("http://{}/", listener.local_addr().expect("an address"));
    let seen = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let mut request = vec![0; 16 * 1024];
        let mut length = 0;
        while !request[..length].ends_with(b"}") {
            length += socket
                .read(&mut request[length..])
                .await
                .expect("a request");
        }
        if status > 0 {
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} S\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            socket.write_all(answer.as_bytes()).await.expect("answered");
        }
        String::from_utf8_lossy(&request[..length]).into_owned()
    });
    let memory = Arc::new(Memory::default());
    let services = Memory::share(&memory);
    let call = call();
    let settings =
        json!({ "base_url": base_url, "phone_number_id": "10651", "api_version": "v25.0" });
    let id = memory.connect(
        &services,
        call.org,
        NAME,
        settings,
        &json!({ "access_token": "EAA" }),
    );
    let params = json!({ "connection": id.to_string(), "to": "+5491155551234", "template": "t" });
    let node = send_template::SendTemplate::build(&services);
    let result = node
        .perform(&call, serde_json::from_value(params).expect("params"))
        .await;
    (result.map(|_| ()), seen.await.expect("seen"))
}

#[tokio::test]
async fn answers_of_the_vendor_say_what_happened() {
    let (sent, request) = send_to(200, r#"{"messages":[{"id":"wamid.OUT"}]}"#).await;
    assert_eq!(sent, Ok(()));
    assert!(
        request.starts_with("POST /v25.0/10651/messages "),
        "{request}"
    );
    assert!(request.contains("authorization: Bearer EAA"), "{request}");
    let body: Map<String, Value> =
        serde_json::from_str(request.split("\r\n\r\n").nth(1).expect("a body")).expect("json");
    assert_eq!(body["to"], "5491155551234");
    let intent = body["biz_opaque_callback_data"].as_str().expect("a key");
    assert!(IntentId::parse(intent).is_some(), "{intent}");

    for (status, body, expected) in [
        (400, r#"{"error":{"code":131056,"message":"m"}}"#, "retry"),
        (401, r#"{"error":{"code":190,"message":"m"}}"#, "reconnect"),
        (
            400,
            r#"{"error":{"code":131026,"message":"m","error_data":{"details":"d"}}}"#,
            "refused",
        ),
        (400, r#"{"error":{"code":132000,"message":"m"}}"#, "params"),
        (500, r#"{"error":{"code":131000,"message":"m"}}"#, "retry"),
        (429, "", "retry"),
        (502, "<html>", "unknown"),
        (200, "{}", "unknown"),
        (0, "", "unknown"),
    ] {
        let found = match send_to(status, body).await.0 {
            Ok(()) => "sent",
            Err(Failure::Retry { .. }) => "retry",
            Err(Failure::Refused { .. }) => "refused",
            Err(Failure::Reconnect { .. }) => "reconnect",
            Err(Failure::Params { .. }) => "params",
            Err(Failure::Unknown { .. }) => "unknown",
        };
        assert_eq!(found, expected, "{status} {body}");
    }
}
