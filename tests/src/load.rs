//! Load over keep-alive connections, written straight onto the socket: a generator that costs more than
//! the server it measures would measure itself.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::histogram::Histogram;

/// The pause after a 429, since the load must go on but not spin.
const REFUSED_PAUSE: Duration = Duration::from_millis(5);
/// How long one answer may take.
const ANSWER_SECS: u64 = 30;

/// One HTTP/1.1 connection.
#[derive(Debug)]
pub struct Wire {
    stream: BufReader<TcpStream>,
    line: String,
}

impl Wire {
    pub async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            line: String::new(),
        })
    }

    /// Sends one whole request and reads one whole answer: its status and body.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
        let answer = async {
            self.stream.get_mut().write_all(request).await?;
            self.answer().await
        };
        match tokio::time::timeout(Duration::from_secs(ANSWER_SECS), answer).await {
            Ok(answer) => answer,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let status = self
            .read_line()
            .await?
            .split(' ')
            .nth(1)
            .and_then(|word| word.parse().ok());
        let status: u16 = status.ok_or(io::ErrorKind::InvalidData)?;
        let (mut length, mut chunked) = (0_usize, false);
        loop {
            let line = self.read_line().await?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value
                    .trim()
                    .parse()
                    .map_err(|_| io::ErrorKind::InvalidData)?;
            }
            chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
        }
        if !chunked {
            let mut body = vec![0; length];
            self.stream.read_exact(&mut body).await?;
            return Ok((status, body));
        }
        let mut body = Vec::new();
        loop {
            let size = usize::from_str_radix(self.read_line().await?.trim(), 16)
                .map_err(|_| io::ErrorKind::InvalidData)?;
            let start = body.len();
            body.resize(start + size, 0);
            self.stream.read_exact(&mut body[start..]).await?;
            self.read_line().await?;
            if size == 0 {
                return Ok((status, body));
            }
        }
    }

    async fn read_line(&mut self) -> io::Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.line.trim_end())
    }
}

/// A POST as bytes.
#[must_use]
pub fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// What a load found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Requests answered 2xx.
    pub accepted: u64,
    /// Answers 429, each of which was sent again.
    pub refused: u64,
    /// Other answers and broken connections, each of which was sent again.
    pub failed: u64,
    pub elapsed: Duration,
    /// Time to the 2xx answer, of the try that got it.
    pub latency: Histogram,
}

impl Report {
    /// Accepted requests per second.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "counts of a test fit a double")]
    pub fn rate(&self) -> f64 {
        self.accepted as f64 / self.elapsed.as_secs_f64()
    }
}

/// How much load: `total` requests over `connections`, at most `per_second` when given.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub connections: usize,
    pub total: u64,
    pub per_second: Option<u32>,
    /// Tries of one request before it is given up.
    pub tries: u32,
}

/// Sends `make(0..total)` until each has been accepted.
pub async fn run(
    address: SocketAddr,
    plan: Plan,
    make: impl Fn(u64) -> Vec<u8> + Send + Sync + 'static,
) -> Report {
    let (make, next) = (Arc::new(make), Arc::new(AtomicU64::new(0)));
    let started = Instant::now();
    let tasks: Vec<_> = (0..plan.connections)
        .map(|_| tokio::spawn(lane(address, plan, started, next.clone(), make.clone())))
        .collect();
    let mut report = Report::default();
    for task in tasks {
        let part = task.await.unwrap();
        report.accepted += part.accepted;
        report.refused += part.refused;
        report.failed += part.failed;
        report.latency.merge(&part.latency);
    }
    report.elapsed = started.elapsed();
    report
}

async fn lane<F: Fn(u64) -> Vec<u8>>(
    address: SocketAddr,
    plan: Plan,
    started: Instant,
    next: Arc<AtomicU64>,
    make: Arc<F>,
) -> Report {
    let mut report = Report::default();
    let mut wire = None;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= plan.total {
            return report;
        }
        if let Some(per_second) = plan.per_second {
            let due =
                started + Duration::from_secs(1) * u32::try_from(number).unwrap() / per_second;
            tokio::time::sleep_until(due.into()).await;
        }
        let request = make(number);
        for _ in 0..plan.tries {
            let begun = Instant::now();
            match once(address, &mut wire, &request).await {
                Ok(200..=299) => {
                    report.accepted += 1;
                    report.latency.record(begun.elapsed());
                    break;
                }
                Ok(429) => {
                    report.refused += 1;
                    tokio::time::sleep(REFUSED_PAUSE).await;
                }
                Ok(_) | Err(_) => {
                    report.failed += 1;
                    wire = None;
                    tokio::time::sleep(REFUSED_PAUSE * 4).await;
                }
            }
        }
    }
}

async fn once(address: SocketAddr, wire: &mut Option<Wire>, request: &[u8]) -> io::Result<u16> {
    if wire.is_none() {
        *wire = Some(Wire::connect(address).await?);
    }
    match wire {
        Some(wire) => Ok(wire.exchange(request).await?.0),
        None => Err(io::ErrorKind::NotConnected.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::Sink;

    #[tokio::test]
    async fn everything_arrives_although_some_is_refused() {
        let sink = Sink::start().await;
        sink.refuse(5);
        let address = sink.base().trim_start_matches("http://").parse().unwrap();
        let plan = Plan {
            connections: 8,
            total: 200,
            per_second: None,
            tries: 10,
        };
        let make = |n| post(&format!("/hit/{n}"), &[("idempotency-key", "k")], b"{}");
        let report = run(address, plan, make).await;
        assert_eq!(
            (report.accepted, report.failed, report.latency.count()),
            (200, 5, 200)
        );
        assert_eq!((sink.count(), sink.distinct()), (200, 200));
        assert_eq!(sink.of("7")[0].key, "k");
    }

    #[tokio::test]
    async fn a_steady_rate_is_kept() {
        let sink = Sink::start().await;
        let address = sink.base().trim_start_matches("http://").parse().unwrap();
        let plan = Plan {
            connections: 4,
            total: 50,
            per_second: Some(100),
            tries: 1,
        };
        let report = run(address, plan, |n| post(&format!("/hit/{n}"), &[], b"")).await;
        assert_eq!(report.accepted, 50);
        let late = report.elapsed.saturating_sub(Duration::from_millis(490));
        assert!(late < Duration::from_secs(5), "{:?}", report.elapsed);
        assert!(
            report.elapsed >= Duration::from_millis(490),
            "{:?}",
            report.elapsed
        );
    }
}
