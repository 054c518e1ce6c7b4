//! HTTP/1.1 as far as a node speaks it: plain, one request on a connection, bodies of a known length.

use alloc::{format, string::String};

/// Bytes of the head of a request or an answer.
pub const HEAD_BYTES_MAX: usize = 2_048;
/// Bytes of a URL: it stands in a setting.
pub const URL_BYTES_MAX: usize = operandi_protocol::limits::TEXT_BYTES_MAX;

const HEADERS_MAX: usize = 32;
const PORT: u16 = 80;

/// Why something is not HTTP that a node speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    #[error("an address is `http://host:port/path` of at most {URL_BYTES_MAX} bytes")]
    Url,
    #[error("a node speaks no TLS: give an `http://` address within the LAN or a VPN")]
    Tls,
    #[error("what came is not HTTP")]
    Malformed,
    #[error("the head has more than {HEAD_BYTES_MAX} bytes")]
    HeadTooLong,
    #[error("the length of the body is not told")]
    Length,
}

/// Where to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    pub host: String,
    pub port: u16,
    /// Begins with `/`.
    pub path: String,
}

impl Url {
    /// Reads `http://host`, with a port and a path if need be; people may leave `http://` out.
    ///
    /// # Errors
    /// `Tls`, `Url`.
    pub fn parse(text: &str) -> Result<Self, HttpError> {
        if text.starts_with("https://") {
            return Err(HttpError::Tls);
        }
        let rest = text.strip_prefix("http://").unwrap_or(text);
        let (origin, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = match origin.split_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| HttpError::Url)?),
            None => (origin, PORT),
        };
        let host_ok = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let path_ok = |byte: u8| byte.is_ascii_graphic();
        let fine = !host.is_empty() && host.bytes().all(host_ok) && path.bytes().all(path_ok);
        if !fine || port == 0 || text.len() > URL_BYTES_MAX {
            return Err(HttpError::Url);
        }
        Ok(Self {
            host: host.into(),
            port,
            path: path.into(),
        })
    }

    /// The head that asks for the bytes from `from` to the end.
    #[must_use]
    pub fn get(&self, suffix: &str, from: u32) -> String {
        let Self { host, port, path } = self;
        let range = match from {
            0 => String::new(),
            from => format!("Range: bytes={from}-\r\n"),
        };
        format!(
            "GET {path}{suffix} HTTP/1.1\r\nHost: {host}:{port}\r\n{range}Connection: close\r\n\r\n"
        )
    }

    /// The head before a JSON body of `length` bytes that goes to `path` on this server.
    #[must_use]
    pub fn post_json(&self, path: &str, length: usize) -> String {
        let Self { host, port, .. } = self;
        format!(
            "POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n"
        )
    }
}

/// The head of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Bytes of the body.
    pub length: u32,
    /// Bytes of the head: the body begins there.
    pub head: usize,
}

impl Answer {
    /// Reads the head at the beginning of `bytes`; `None` while it is not whole.
    ///
    /// # Errors
    /// It is no answer, too long, or does not tell the length of its body.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, HttpError> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut answer = httparse::Response::new(&mut headers);
        let parsed = answer.parse(bytes).map_err(|_| HttpError::Malformed)?;
        let (httparse::Status::Complete(head), Some(status)) = (parsed, answer.code) else {
            return unfinished(bytes);
        };
        Ok(Some(Self {
            status,
            length: length(answer.headers)?.ok_or(HttpError::Length)?,
            head,
        }))
    }
}

/// The head of a request, as the captive page gets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub is_post: bool,
    /// Bytes of the body.
    pub length: u32,
    /// Bytes of the head: the body begins there.
    pub head: usize,
}

impl Request {
    /// Reads the head at the beginning of `bytes`; `None` while it is not whole.
    ///
    /// # Errors
    /// It is no request, or too long.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, HttpError> {
        let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
        let mut request = httparse::Request::new(&mut headers);
        let parsed = request.parse(bytes).map_err(|_| HttpError::Malformed)?;
        let (httparse::Status::Complete(head), Some(method)) = (parsed, request.method) else {
            return unfinished(bytes);
        };
        Ok(Some(Self {
            is_post: method == "POST",
            length: length(request.headers)?.unwrap_or(0),
            head,
        }))
    }
}

fn unfinished<T>(bytes: &[u8]) -> Result<Option<T>, HttpError> {
    if bytes.len() >= HEAD_BYTES_MAX {
        return Err(HttpError::HeadTooLong);
    }
    Ok(None)
}

fn length(headers: &[httparse::Header<'_>]) -> Result<Option<u32>, HttpError> {
    let named = |name: &str| {
        let mut found = headers.iter();
        found.find(|header| header.name.eq_ignore_ascii_case(name))
    };
    if named("transfer-encoding").is_some() {
        return Err(HttpError::Length);
    }
    let Some(header) = named("content-length") else {
        return Ok(None);
    };
    let text = core::str::from_utf8(header.value).map_err(|_| HttpError::Malformed)?;
    let length = text.trim().parse().map_err(|_| HttpError::Malformed)?;
    Ok(Some(length))
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    fn url(host: &str, port: u16, path: &str) -> Result<Url, HttpError> {
        Ok(Url {
            host: host.into(),
            port,
            path: path.into(),
        })
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let long = std::format!("http://shop.lan/{}", "x".repeat(49));
        let cases: &[(&str, Result<Url, HttpError>)] = &[
            ("http://shop.lan:8080", url("shop.lan", 8080, "/")),
            ("192.168.1.10:8080", url("192.168.1.10", 8080, "/")),
            ("shop.lan/fw/node.bin", url("shop.lan", 80, "/fw/node.bin")),
            (&long[..64], url("shop.lan", 80, &long[15..64])),
            (&long, Err(HttpError::Url)),
            ("https://shop.lan", Err(HttpError::Tls)),
            ("http://", Err(HttpError::Url)),
            ("shop.lan:0", Err(HttpError::Url)),
            ("shop.lan:99999", Err(HttpError::Url)),
            ("shop lan", Err(HttpError::Url)),
            ("shop.lan/a b", Err(HttpError::Url)),
            ("shop.lan/\r\nX-Y: z", Err(HttpError::Url)),
        ];
        for (text, told) in cases {
            assert_eq!(Url::parse(text), *told, "{text}");
        }
    }

    #[test]
    fn requests_are_written_whole() {
        let url = Url::parse("shop.lan/node.bin").unwrap();
        assert_eq!(
            url.get(".sig", 0),
            "GET /node.bin.sig HTTP/1.1\r\nHost: shop.lan:80\r\nConnection: close\r\n\r\n"
        );
        assert!(url.get("", 4096).contains("\r\nRange: bytes=4096-\r\n"));
        let post = url.post_json("/api/v1/claims", 17);
        let head = Request::parse(post.as_bytes()).unwrap().unwrap();
        assert_eq!(
            (head.is_post, head.length, head.head),
            (true, 17, post.len())
        );
    }

    #[test]
    fn answers_are_read_once_their_head_is_whole() {
        let text = b"HTTP/1.1 206 Partial Content\r\ncontent-LENGTH: 7\r\n\r\n1234567";
        let head = text.len() - 7;
        let answer = Answer {
            status: 206,
            length: 7,
            head,
        };
        assert_eq!(Answer::parse(text), Ok(Some(answer)));
        for end in 0..head {
            assert_eq!(Answer::parse(&text[..end]), Ok(None), "{end} bytes");
        }
        let cases: &[(&[u8], HttpError)] = &[
            (b"HTTP/1.1 200 OK\r\n\r\n", HttpError::Length),
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                HttpError::Length,
            ),
            (
                b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                HttpError::Malformed,
            ),
            (b"SSH-2.0-OpenSSH\r\n", HttpError::Malformed),
        ];
        for (text, error) in cases {
            assert_eq!(Answer::parse(text), Err(*error));
        }
        let mut endless = b"HTTP/1.1 200 OK\r\nX: ".to_vec();
        endless.resize(HEAD_BYTES_MAX, b'x');
        assert_eq!(Answer::parse(&endless), Err(HttpError::HeadTooLong));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            let _ = Answer::parse(&bytes);
            let _ = Request::parse(&bytes);
        }

        #[test]
        fn any_text_makes_an_address_or_none(text in "(http://)?[a-z.:/0-9 %]{0,80}") {
            if let Ok(url) = Url::parse(&text) {
                prop_assert!(Request::parse(url.get("", 0).as_bytes()).unwrap().is_some());
            }
        }
    }
}
