//! The client against a server of a few lines on loopback.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::mpsc,
};

use super::*;

fn open() -> Http {
    Http::new(AddressGuard::allowing(vec![
        "127.0.0.0/8".parse().expect("a network"),
    ]))
    .expect("a client")
}

/// Answers each connection with the next text and reports the head of what was asked.
async fn server(answers: Vec<String>) -> (Url, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"))
        .parse()
        .expect("a url");
    let (tx, rx) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.expect("a connection");
            let mut head = vec![0; 8192];
            let read = socket.read(&mut head).await.expect("a request");
            tx.send(String::from_utf8_lossy(&head[..read]).into_owned())
                .ok();
            socket.write_all(answer.as_bytes()).await.ok();
            socket.shutdown().await.ok();
        }
    });
    (url, rx)
}

fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn moved(status: u16, to: &str) -> String {
    format!(
        "HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
}

#[tokio::test]
async fn private_targets_are_refused_by_address_by_name_and_by_redirect() {
    let closed = Http::new(AddressGuard::default()).expect("a client");
    for url in [
        "http://127.0.0.1:9/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:9/",
    ] {
        let answer = closed
            .send(Request::new(Method::GET, url.parse().expect(url)))
            .await;
        assert!(
            matches!(answer, Err(HttpError::Forbidden(_))),
            "{url}: {answer:?}"
        );
    }
    let (url, _seen) = server(vec![moved(302, "http://10.0.0.1/secret")]).await;
    let answer = open().send(Request::new(Method::GET, url)).await;
    assert!(matches!(answer, Err(HttpError::Forbidden(_))), "{answer:?}");
    let (url, _seen) = server(vec![moved(302, "file:///etc/passwd")]).await;
    let answer = open().send(Request::new(Method::GET, url)).await;
    assert!(matches!(answer, Err(HttpError::Forbidden(_))), "{answer:?}");
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let (other, mut there) = server(vec![ok("there")]).await;
    let (url, mut here) = server(vec![moved(307, other.as_str())]).await;
    let mut request = Request::new(Method::POST, url);
    request.body = Some(b"{}".to_vec());
    for (name, value) in [
        ("authorization", "Bearer t"),
        ("x-api-key", "k"),
        ("cookie", "c=1"),
        ("accept", "text/plain"),
    ] {
        request
            .headers
            .insert(name, value.parse().expect("a value"));
    }
    let response = open().send(request).await.expect("an answer");
    assert_eq!(response.body, b"there");
    let (first, second) = (
        here.recv().await.expect("asked"),
        there.recv().await.expect("asked"),
    );
    assert!(
        first.contains("Bearer t") && first.contains("x-api-key: k"),
        "{first}"
    );
    assert!(
        second.starts_with("POST") && second.ends_with("{}"),
        "{second}"
    );
    assert!(second.contains("accept: text/plain"), "{second}");
    for secret in ["Bearer", "x-api-key", "cookie"] {
        assert!(!second.contains(secret), "{second}");
    }
}

#[tokio::test]
async fn redirects_end_somewhere() {
    let (url, mut seen) = server(vec![moved(303, "/done"), ok("done")]).await;
    let mut request = Request::new(Method::POST, url);
    request.body = Some(b"x".to_vec());
    assert_eq!(open().send(request).await.expect("an answer").body, b"done");
    seen.recv().await.expect("asked");
    assert!(seen.recv().await.expect("asked").starts_with("GET /done"));

    let (url, _seen) = server(vec![moved(302, "/"); REDIRECTS_MAX + 1]).await;
    let answer = open().send(Request::new(Method::GET, url)).await;
    assert!(matches!(answer, Err(HttpError::Forbidden(_))), "{answer:?}");
}

#[tokio::test]
async fn bodies_and_times_are_bounded() {
    let (url, _seen) = server(vec![ok(&"x".repeat(RESPONSE_BYTES_MAX + 1))]).await;
    assert_eq!(
        open().send(Request::new(Method::GET, url)).await.err(),
        Some(HttpError::TooLong)
    );

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"))
        .parse()
        .expect("a url");
    let mut request = Request::new(Method::GET, url);
    request.timeout = Duration::from_millis(50);
    assert!(matches!(
        open().send(request).await,
        Err(HttpError::NoAnswer(_))
    ));
}

#[tokio::test]
async fn a_closed_port_means_not_sent_and_a_cut_answer_means_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url: Url = format!("http://{}/", listener.local_addr().expect("an address"))
        .parse()
        .expect("a url");
    drop(listener);
    let answer = open().send(Request::new(Method::GET, url)).await;
    assert!(matches!(answer, Err(HttpError::NotSent(_))), "{answer:?}");

    for cut in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nfive"] {
        let (url, _seen) = server(vec![cut.to_owned()]).await;
        let answer = open().send(Request::new(Method::GET, url)).await;
        assert!(matches!(answer, Err(HttpError::NoAnswer(_))), "{answer:?}");
    }
}

#[test]
fn errors_never_show_the_url() {
    #[derive(Debug, thiserror::Error)]
    #[error("error sending request for url (https://h/?token=secret)")]
    struct Leaky;
    assert_eq!(chain(&Leaky), "error sending request");
}
