//! Against the example of RFC 8291 (appendix A), the rules of RFC 8292, and a service on loopback.

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode as Status},
    routing::post,
};
use ring::{
    aead::{Aad, Nonce},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey as Verifier},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{encrypt::Agreed, *};
use crate::http::AddressGuard;

const NOW: Timestamp = Timestamp(1_800_000_000_000);
const TEXT: &str = "When I grow up, I want to be a watermelon";
const THEIRS: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

fn bytes(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).expect("base64url")
}

#[test]
fn it_encrypts_as_the_example_of_the_standard() {
    let theirs = decode(THEIRS).expect("a point");
    let ours = bytes(
        "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
    );
    let agreed = Agreed {
        secret: &bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs"),
        theirs: &theirs,
        auth: &decode(AUTH).expect("a secret"),
        ours: &ours,
        salt: decode("DGv6ra1nlYgDCS1FRnbzlw").expect("a salt"),
    };
    let body = agreed.seal(TEXT.as_bytes()).expect("sealed");
    assert_eq!(
        URL_SAFE_NO_PAD.encode(body),
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc\
         InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    );
}

#[test]
fn what_a_browser_says_of_itself_is_looked_at() {
    let web = "https://push.example.com/send/1";
    let long = format!(
        "https://push.example.com/{}",
        "x".repeat(ENDPOINT_BYTES_MAX)
    );
    let mut off_curve = [7; POINT_BYTES];
    off_curve[0] = UNCOMPRESSED;
    let off_curve = URL_SAFE_NO_PAD.encode(off_curve);
    let compressed = URL_SAFE_NO_PAD.encode([2; POINT_BYTES]);
    for (endpoint, key, auth, expected) in [
        (web, THEIRS, AUTH, Ok(())),
        ("http://127.0.0.1:9/1", THEIRS, AUTH, Ok(())),
        (
            "http://push.example.com/1",
            THEIRS,
            AUTH,
            Err(PushError::Endpoint),
        ),
        (
            "ftp://push.example.com/1",
            THEIRS,
            AUTH,
            Err(PushError::Endpoint),
        ),
        ("push", THEIRS, AUTH, Err(PushError::Endpoint)),
        (&long, THEIRS, AUTH, Err(PushError::Endpoint)),
        (web, "", AUTH, Err(PushError::Key)),
        (web, AUTH, AUTH, Err(PushError::Key)),
        (web, &compressed, AUTH, Err(PushError::Key)),
        (web, &off_curve, AUTH, Err(PushError::Key)),
        (web, THEIRS, "", Err(PushError::Auth)),
        (web, THEIRS, THEIRS, Err(PushError::Auth)),
    ] {
        let found = Browser::parse(endpoint, key, auth).map(|_| ());
        assert_eq!(found, expected, "{endpoint} {key} {auth}");
    }
}

/// A push service that answers so; what reaches it comes out of the channel.
async fn service(answer: Status) -> (String, mpsc::UnboundedReceiver<(HeaderMap, Bytes)>) {
    type Seen = mpsc::UnboundedSender<(HeaderMap, Bytes)>;
    let (seen, arrived) = mpsc::unbounded_channel();
    let take = move |State(seen): State<Seen>, headers: HeaderMap, body: Bytes| async move {
        seen.send((headers, body)).expect("open");
        answer
    };
    let router = Router::new().route("/send/1", post(take)).with_state(seen);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, router).await.expect("served") });
    (format!("http://{address}/send/1"), arrived)
}

fn message(text: &str) -> Message<'_> {
    Message {
        topic: "alert-1",
        text,
        is_urgent: true,
    }
}

fn loopback() -> Http {
    let network = "127.0.0.0/8".parse().expect("a network");
    Http::new(AddressGuard::allowing(vec![network])).expect("a client")
}

fn signer() -> Signer {
    let pair = Signer::make().expect("a pair");
    Signer::open(&pair, "https://ops.example.com".to_owned()).expect("a signer")
}

#[tokio::test]
async fn a_browser_reads_what_was_sent_to_it_and_by_whom() {
    let (endpoint, mut arrived) = service(Status::CREATED).await;
    let pair = EphemeralPrivateKey::generate(&ECDH_P256, &SystemRandom::new()).expect("a pair");
    let own = pair.compute_public_key().expect("a key");
    let browser = Browser::parse(&endpoint, &URL_SAFE_NO_PAD.encode(&own), AUTH);
    let browser = browser.expect("a browser");
    let signer = signer();
    let said = message("La heladera está caliente");
    let pushed = push(&loopback(), &signer, &browser, said, NOW).await;
    assert_eq!(pushed, Ok(Pushed::Taken));

    let (headers, body) = arrived.recv().await.expect("a message");
    assert_eq!(headers["content-encoding"], "aes128gcm");
    assert_eq!(headers["topic"], "alert-1");
    assert_eq!(headers["ttl"], "86400");
    assert_eq!(headers["urgency"], "high");
    let proof = headers["authorization"].to_str().expect("text");
    assert_eq!(claims(proof, &signer)["aud"], origin(&endpoint));

    // What the browser does: it takes the header apart, agrees on the secret, and opens the one record.
    let (head, record) = body.split_at(16 + 4 + 1 + POINT_BYTES);
    let ours = &head[21..];
    let peer = UnparsedPublicKey::new(&ECDH_P256, ours);
    let opened = agree_ephemeral(pair, &peer, |secret| {
        let agreed = Agreed {
            secret,
            theirs: &browser.key,
            auth: &browser.auth,
            ours,
            salt: head[..16].try_into().expect("a salt"),
        };
        let (key, nonce) = agreed.keys().expect("keys");
        let mut record = record.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let plain = key.open_in_place(nonce, Aad::empty(), &mut record);
        plain.expect("opened").to_vec()
    });
    let mut opened = opened.expect("agreed");
    assert_eq!(opened.pop(), Some(2));
    assert_eq!(String::from_utf8(opened).expect("text"), said.text);
}

fn origin(endpoint: &str) -> Value {
    json!(endpoint.trim_end_matches("/send/1"))
}

/// The claims of a token, whose signature must be right.
fn claims(proof: &str, signer: &Signer) -> Value {
    let (token, key) = proof
        .strip_prefix("vapid t=")
        .and_then(|rest| rest.split_once(", k="))
        .expect("a token and a key");
    assert_eq!(key, signer.public_key());
    let (said, signature) = token.rsplit_once('.').expect("a signature");
    let verifier = Verifier::new(&ECDSA_P256_SHA256_FIXED, bytes(key));
    verifier
        .verify(said.as_bytes(), &bytes(signature))
        .expect("signed by us");
    let (head, claims) = said.split_once('.').expect("a head");
    let head: Value = serde_json::from_slice(&bytes(head)).expect("json");
    assert_eq!(head, json!({ "typ": "JWT", "alg": "ES256" }));
    serde_json::from_slice(&bytes(claims)).expect("json")
}

#[test]
fn a_token_names_the_service_and_ends_within_a_day() {
    let signer = signer();
    for (endpoint, aud) in [
        (
            "https://push.example.com/send/1?x=1",
            "https://push.example.com",
        ),
        (
            "https://push.example.com:8443/1",
            "https://push.example.com:8443",
        ),
    ] {
        let url = endpoint.parse().expect("an address");
        let proof = signer.authorization(&url, NOW).expect("a proof");
        let claims = claims(&proof, &signer);
        assert_eq!(claims["aud"], aud);
        assert_eq!(claims["sub"], "https://ops.example.com");
        let left = claims["exp"].as_i64().expect("a time") - NOW.0 / 1000;
        assert!((1..=86_400).contains(&left), "{left}");
    }
}

#[tokio::test]
async fn what_a_service_answers_decides_whether_the_browser_is_kept() {
    for (answer, expected) in [
        (Status::OK, "taken"),
        (Status::NOT_FOUND, "gone"),
        (Status::GONE, "gone"),
        (Status::TOO_MANY_REQUESTS, "later"),
        (Status::INTERNAL_SERVER_ERROR, "later"),
        (Status::FORBIDDEN, "refused"),
        (Status::PAYLOAD_TOO_LARGE, "refused"),
    ] {
        let (endpoint, _arrived) = service(answer).await;
        let pushed = say_to(&loopback(), &endpoint, "x").await;
        assert_eq!(word(&pushed), expected, "{answer}");
    }
    let long = "x".repeat(TEXT_BYTES_MAX + 1);
    let pushed = say_to(&loopback(), "https://push.example.com/1", &long).await;
    assert_eq!(pushed, Err(PushError::Message));
}

#[tokio::test]
async fn nobody_is_led_into_a_private_network() {
    let (endpoint, mut arrived) = service(Status::CREATED).await;
    let public = Http::new(AddressGuard::default()).expect("a client");
    assert_eq!(word(&say_to(&public, &endpoint, "x").await), "refused");
    for endpoint in ["https://10.0.0.1/1", "https://[::1]/1"] {
        assert_eq!(word(&say_to(&public, endpoint, "x").await), "refused");
    }
    assert!(arrived.try_recv().is_err());
}

async fn say_to(http: &Http, endpoint: &str, text: &str) -> Result<Pushed, PushError> {
    let browser = Browser::parse(endpoint, THEIRS, AUTH).expect("a browser");
    push(http, &signer(), &browser, message(text), NOW).await
}

fn word(pushed: &Result<Pushed, PushError>) -> &'static str {
    match pushed {
        Ok(Pushed::Taken) => "taken",
        Ok(Pushed::Gone) => "gone",
        Ok(Pushed::Later { .. }) => "later",
        Ok(Pushed::Refused { .. }) => "refused",
        Err(_) => "broken",
    }
}
