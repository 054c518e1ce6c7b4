//! Letters, and a server of a few lines that answers as it is told.

use std::sync::Arc;

use operandi_dsl::document::Purpose;
use operandi_engine::node::{Call, Failure};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::{letter::Letter, *};
use crate::{
    connector::tests::connection,
    node::{Deed, tests::call},
    services::memory::Memory,
};

fn letter<'a>(call: &'a Call) -> Letter<'a> {
    Letter {
        from: "Mi tienda <hola@mitienda.com>",
        to: "ana@example.com",
        reply_to: None,
        subject: "Tu carrito",
        text: Some("Hola"),
        html: None,
        unsubscribe_url: Some("https://mitienda.com/baja?c=1"),
        purpose: Some(Purpose::Marketing),
        intent: &call.intent,
        now: call.now,
    }
}

#[test]
fn a_letter_has_the_headers_mailboxes_ask_for() {
    let call = call();
    let text =
        String::from_utf8(letter(&call).compose().expect("a letter").formatted()).expect("text");
    for line in [
        &*format!("Message-ID: <{}@mitienda.com>", call.intent),
        "List-Unsubscribe: <https://mitienda.com/baja?c=1>",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "To: ana@example.com",
        "Date: Thu, 01 Jan 2026 00:00:00 +0000",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    let both = Letter {
        html: Some("<b>Hola</b>"),
        purpose: Some(Purpose::Transactional),
        ..letter(&call)
    };
    let text = String::from_utf8(both.compose().expect("a letter").formatted()).expect("text");
    assert!(
        text.contains("multipart/alternative")
            && text.contains("text/html")
            && text.contains("text/plain")
    );
    assert!(
        !text.contains("List-Unsubscribe"),
        "only promotion needs a way out"
    );
}

#[test]
fn nothing_slips_into_the_headers() {
    let call = call();
    let sly = Letter {
        subject: "Hola\r\nBcc: all@example.com",
        ..letter(&call)
    };
    let text = String::from_utf8(sly.compose().expect("a letter").formatted()).expect("text");
    assert!(!text.lines().any(|line| line.starts_with("Bcc")), "{text}");
    for wrong in [
        Letter {
            to: "a@b.cl\r\nBcc: c@d.cl",
            ..letter(&call)
        },
        Letter {
            unsubscribe_url: Some("https://a.cl/\r\nBcc: c@d.cl"),
            ..letter(&call)
        },
        Letter {
            unsubscribe_url: Some("http://a.cl/"),
            ..letter(&call)
        },
        Letter {
            unsubscribe_url: None,
            ..letter(&call)
        },
        Letter {
            unsubscribe_url: None,
            purpose: None,
            ..letter(&call)
        },
        Letter {
            text: None,
            ..letter(&call)
        },
    ] {
        assert!(matches!(wrong.compose(), Err(Failure::Params { .. })));
    }
}

#[test]
fn settings_are_judged_when_they_are_saved() {
    for (settings, secrets, fits) in [
        (json!({ "host": "h", "from": "a@b.cl" }), json!({}), true),
        (
            json!({ "from": "a@b.cl", "sandbox": true }),
            json!({}),
            true,
        ),
        (
            json!({ "host": "h", "from": "a@b.cl" }),
            json!({ "user": "u", "password": "p" }),
            true,
        ),
        (json!({ "from": "a@b.cl" }), json!({}), false),
        (json!({ "host": "h", "from": "nobody" }), json!({}), false),
        (
            json!({ "host": "h", "from": "a@b.cl" }),
            json!({ "user": "u" }),
            false,
        ),
        (
            json!({ "host": "h", "from": "a@b.cl", "tls": "none" }),
            json!({ "user": "u", "password": "p" }),
            false,
        ),
        (
            json!({ "host": "h", "from": "a@b.cl", "tls": "perhaps" }),
            json!({}),
            false,
        ),
    ] {
        assert_eq!(
            Smtp.check(&connection(NAME, settings.clone(), &secrets))
                .is_ok(),
            fits,
            "{settings} {secrets}"
        );
    }
}

/// A server that greets and then answers each command by the first word that fits; an empty answer
/// closes the connection. Gives what it was told.
async fn server(
    answers: &'static [(&'static str, &'static str)],
) -> (u16, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let told = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.expect("a connection");
        let mut socket = BufReader::new(socket);
        let mut told = String::new();
        socket.write_all(b"220 ready\r\n").await.expect("greeted");
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
                return told;
            }
            told.push_str(&line);
            if line.starts_with("QUIT") {
                return told;
            }
            let Some((_, answer)) = answers.iter().find(|(word, _)| line.starts_with(word)) else {
                continue;
            };
            if answer.is_empty() {
                return told;
            }
            socket
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .expect("answered");
        }
    });
    (port, told)
}

async fn send(answers: &'static [(&'static str, &'static str)]) -> (Result<(), Failure>, String) {
    send_by("none", answers).await
}

async fn send_by(
    tls: &str,
    answers: &'static [(&'static str, &'static str)],
) -> (Result<(), Failure>, String) {
    let (port, told) = server(answers).await;
    let memory = Arc::new(Memory::default());
    let services = Memory::share(&memory);
    let call = Call {
        purpose: Some(Purpose::Transactional),
        ..call()
    };
    let settings =
        json!({ "host": "127.0.0.1", "port": port, "tls": tls, "from": "hola@mitienda.com" });
    let id = memory.connect(&services, call.org, NAME, settings, &json!({}));
    let params = json!({ "connection": id.to_string(), "to": "ana@example.com", "subject": "s", "text": "Hola Ana" });
    let node = send::EmailSend::build(&services);
    let result = node
        .perform(&call, serde_json::from_value(params).expect("params"))
        .await
        .map(|done| {
            assert_eq!(
                done.receipt.expect("a receipt").provider_id,
                format!("<{}@mitienda.com>", call.intent)
            );
        });
    (result, told.await.expect("told"))
}

#[tokio::test]
async fn the_servers_word_says_what_happened() {
    let (sent, told) = send(&[
        ("EHLO", "250 hi"),
        ("MAIL", "250 ok"),
        ("RCPT", "250 ok"),
        ("DATA", "354 go"),
        (".", "250 queued"),
    ])
    .await;
    assert_eq!(sent, Ok(()));
    assert!(
        told.contains("Hola Ana") && told.contains("RCPT TO:<ana@example.com>"),
        "{told}"
    );

    for (answers, expected) in [
        (&[("EHLO", "421 busy")][..], "retry"),
        (&[("EHLO", "")], "retry"),
        (&[("EHLO", "250 hi"), ("MAIL", "451 greylisted")], "retry"),
        (
            &[
                ("EHLO", "250 hi"),
                ("MAIL", "250 ok"),
                ("RCPT", "550 no such user"),
            ],
            "refused",
        ),
        (
            &[
                ("EHLO", "250 hi"),
                ("MAIL", "250 ok"),
                ("RCPT", "250 ok"),
                ("DATA", "354 go"),
                (".", "552 too big"),
            ],
            "refused",
        ),
        (
            &[
                ("EHLO", "250 hi"),
                ("MAIL", "250 ok"),
                ("RCPT", "250 ok"),
                ("DATA", "354 go"),
                (".", ""),
            ],
            "unknown",
        ),
    ] {
        let found = match send(answers).await.0 {
            Ok(()) => "sent",
            Err(Failure::Retry { .. }) => "retry",
            Err(Failure::Refused { .. }) => "refused",
            Err(Failure::Unknown { .. }) => "unknown",
            Err(Failure::Reconnect { .. }) => "reconnect",
            Err(Failure::Params { .. }) => "params",
        };
        assert_eq!(found, expected, "{answers:?}");
    }
}

#[tokio::test]
async fn nothing_is_said_in_the_open_to_a_server_that_cannot_encrypt() {
    for answers in [
        // It does not offer encryption; it offers and refuses; it agrees and then speaks on in the open.
        &[
            ("EHLO", "250 hi"),
            ("STARTTLS", "220 go"),
            ("MAIL", "250 ok"),
        ][..],
        &[
            ("EHLO", "250-hi\r\n250 STARTTLS"),
            ("STARTTLS", "454 not now"),
            ("MAIL", "250 ok"),
        ],
        &[
            ("EHLO", "250-hi\r\n250 STARTTLS"),
            ("STARTTLS", "220 go"),
            ("\u{16}", "250 ok"),
        ],
    ] {
        let (sent, told) = send_by("starttls", answers).await;
        assert!(sent.is_err(), "{answers:?}");
        assert!(
            !told.contains("MAIL") && !told.contains("Hola Ana"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_sandbox_keeps_the_letter() {
    let memory = Arc::new(Memory::default());
    let services = Memory::share(&memory);
    let call = Call {
        purpose: Some(Purpose::Marketing),
        ..call()
    };
    let settings = json!({
        "from": "hola@mitienda.com", "sandbox": true, "unsubscribe_url": "https://mitienda.com/baja?c={contact}",
    });
    let id = memory
        .connect(&services, call.org, NAME, settings, &json!({}))
        .to_string();
    let ana = memory.know(&["ana@example.com"], json!({ "email": "ana@example.com" }));
    let nobody = memory.know(&[], json!({}));
    let node = send::EmailSend::build(&services);
    for (to, expected) in [
        (ana.to_string(), Ok("ana@example.com")),
        ("ANA@example.com".to_owned(), Ok("ana@example.com")),
        ("Beto <beto@example.com>".to_owned(), Ok("beto@example.com")),
        (nobody.to_string(), Err("no_address")),
        ("+5491155551234".to_owned(), Err("no_address")),
        ("nobody".to_owned(), Err("no_address")),
    ] {
        let params = json!({ "connection": id, "to": to, "subject": "s", "html": "<p>Hola</p>" });
        match (
            node.perform(&call, serde_json::from_value(params).expect("params"))
                .await,
            expected,
        ) {
            (Ok(done), Ok(recipient)) => {
                assert_eq!(done.receipt.expect("a receipt").recipient, recipient)
            }
            (Err(Failure::Refused { reason, .. }), Err(expected)) => {
                assert_eq!(reason, expected, "{to}")
            }
            (found, _) => panic!("{to}: {:?}", found.map(|done| done.output)),
        }
    }
    let ingests = memory.ingests.lock().expect("a lock");
    let letter = ingests[0].records[0].patch["request"]["letter"]
        .as_str()
        .expect("a letter");
    assert!(letter.contains(&format!("baja?c={ana}")), "{letter}");
}
