//! A local receiver of calls that costs as little as it can: it notes when each number arrived.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::histogram::Histogram;

const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 11\r\n\r\n{\"ok\":true}";

/// When things happened, by number, in microseconds since the start; 0 is never.
#[derive(Debug)]
pub(super) struct Times(Vec<AtomicU64>, Instant);

impl Times {
    pub(super) fn new(count: u64, start: Instant) -> Arc<Self> {
        Arc::new(Self((0..count).map(|_| AtomicU64::new(0)).collect(), start))
    }

    /// Notes this moment; `false` when it was noted before.
    pub(super) fn note(&self, number: u64) -> bool {
        let micros = u64::try_from(self.1.elapsed().as_micros())
            .unwrap_or(u64::MAX)
            .max(1);
        let place = usize::try_from(number)
            .ok()
            .and_then(|place| self.0.get(place));
        place.is_some_and(|place| {
            place
                .compare_exchange(0, micros, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok()
        })
    }

    /// How long after `earlier` plus `pause` each number came.
    pub(super) fn since(&self, earlier: &Self, pause: Duration) -> Histogram {
        let mut histogram = Histogram::default();
        let pause = u64::try_from(pause.as_micros()).unwrap_or(u64::MAX);
        for (late, early) in self.0.iter().zip(&earlier.0) {
            let (late, early) = (late.load(Ordering::Relaxed), early.load(Ordering::Relaxed));
            if late > 0 && early > 0 {
                histogram.record(Duration::from_micros(late.saturating_sub(early + pause)));
            }
        }
        histogram
    }
}

/// The receiver.
#[derive(Debug)]
pub(super) struct Receiver {
    address: SocketAddr,
    state: Arc<State>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    count: AtomicU64,
    times: std::sync::RwLock<Option<Arc<Times>>>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = state.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        Self {
            address,
            state,
            server,
        }
    }

    /// What stands before the number in an address.
    pub(super) fn url(&self) -> String {
        format!("http://{}/hit", self.address)
    }

    /// Counts anew, into these times.
    pub(super) fn expect(&self, times: Arc<Times>) {
        *self.state.times.write().unwrap() = Some(times);
        self.state.count.store(0, Ordering::SeqCst);
    }

    /// Numbers that have arrived, each counted once.
    pub(super) fn count(&self) -> u64 {
        self.state.count.load(Ordering::SeqCst)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    let (mut line, mut body) = (String::new(), Vec::new());
    loop {
        line.clear();
        match stream.read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let number = line
            .split(' ')
            .nth(1)
            .and_then(|path| path.rsplit('/').next()?.parse().ok());
        let mut length = 0;
        loop {
            line.clear();
            match stream.read_line(&mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
            if line.trim_end().is_empty() {
                break;
            }
            if line.len() > 15 && line[..15].eq_ignore_ascii_case("content-length:") {
                length = line[15..].trim().parse().unwrap_or(0);
            }
        }
        body.resize(length, 0);
        if stream.read_exact(&mut body).await.is_err()
            || stream.get_mut().write_all(ANSWER).await.is_err()
        {
            return;
        }
        let times = state.times.read().unwrap().clone();
        if let (Some(number), Some(times)) = (number, times)
            && times.note(number)
        {
            state.count.fetch_add(1, Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::{self, Plan};

    #[tokio::test]
    async fn each_number_counts_once() {
        let receiver = Receiver::start().await;
        let start = Instant::now();
        let (sent, arrived) = (Times::new(100, start), Times::new(100, start));
        receiver.expect(arrived.clone());
        let address = receiver.url()["http://".len()..]
            .split('/')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let plan = Plan {
            connections: 4,
            total: 150,
            per_second: None,
            tries: 1,
        };
        let noted = sent.clone();
        let report = load::run(address, plan, move |n| {
            noted.note(n % 100);
            load::post(&format!("/hit/{}", n % 100), &[], b"{\"a\":1}")
        })
        .await;
        assert_eq!((report.accepted, receiver.count()), (150, 100));
        assert_eq!(arrived.since(&sent, Duration::ZERO).count(), 100);
    }
}
