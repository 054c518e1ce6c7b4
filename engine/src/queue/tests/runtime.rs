//! The worker runtime over both queues.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use futures::task::{ArcWake, waker};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;

use super::{hint, org, server::Server};
use crate::queue::{Class, Held, Hint, Hints, WorkSettings, memory::MemoryHints};

/// No test waits so long unless something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

fn settings(concurrency: usize) -> WorkSettings {
    WorkSettings {
        name: "test".into(),
        concurrency,
        drain: PATIENCE,
    }
}

/// A worker that tells which hints it began and ends a look when a permit is there.
struct Worker {
    began: mpsc::UnboundedReceiver<Hint>,
    may_end: Arc<Semaphore>,
    ended: Arc<AtomicUsize>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Worker {
    fn start(hints: &Hints, concurrency: usize) -> Self {
        let (tell, began) = mpsc::unbounded_channel();
        let (may_end, ended) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicUsize::new(0)));
        let stop = CancellationToken::new();
        let look = {
            let (may_end, ended) = (Arc::clone(&may_end), Arc::clone(&ended));
            move |held: Held| {
                let (tell, may_end, ended) =
                    (tell.clone(), Arc::clone(&may_end), Arc::clone(&ended));
                async move {
                    let _ = tell.send(held.hint());
                    may_end.acquire().await.expect("open").forget();
                    ended.fetch_add(1, Ordering::SeqCst);
                }
            }
        };
        let (hints, token) = (hints.clone(), stop.clone());
        let task = tokio::spawn(async move {
            hints
                .work(settings(concurrency), token, look)
                .await
                .expect("the runtime ends well");
        });
        Self {
            began,
            may_end,
            ended,
            stop,
            task,
        }
    }

    async fn next(&mut self) -> Hint {
        soon(self.began.recv()).await.expect("the worker runs")
    }

    async fn end(self) -> usize {
        self.stop.cancel();
        soon(self.task).await.expect("no panic");
        self.ended.load(Ordering::SeqCst)
    }
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("in time")
}

async fn looks_once_at_a_time_and_again_when_asked(hints: Hints) {
    let mut worker = Worker::start(&hints, 4);
    let one = hint(org(), Class::Interactive);
    hints.push(vec![one, one]);
    assert_eq!(worker.next().await, one);
    hints.push(vec![one]);
    let other = hint(org(), Class::Interactive);
    hints.push(vec![other]);
    assert_eq!(
        worker.next().await,
        other,
        "the held one is not looked at twice"
    );
    assert!(worker.began.try_recv().is_err());
    worker.may_end.add_permits(2);
    assert_eq!(worker.next().await, one, "but once more after its look");
    worker.may_end.add_permits(1);
    assert_eq!(worker.end().await, 3);
    hints.close(PATIENCE).await;
}

async fn keeps_to_its_concurrency_and_drains(hints: Hints) {
    let mut worker = Worker::start(&hints, 2);
    let all: Vec<Hint> = (0..5).map(|_| hint(org(), Class::Bulk)).collect();
    hints.push(all);
    worker.next().await;
    worker.next().await;
    tokio::task::yield_now().await;
    assert!(worker.began.try_recv().is_err(), "a third look began");
    worker.stop.cancel();
    worker.may_end.add_permits(2);
    assert_eq!(
        worker.end().await,
        2,
        "what began ends, and nothing else begins"
    );
    hints.close(PATIENCE).await;
}

async fn survives_a_panic(hints: Hints) {
    let (tell, mut seen) = mpsc::unbounded_channel();
    let bad = hint(org(), Class::Interactive);
    let stop = CancellationToken::new();
    let task = tokio::spawn({
        let (hints, stop) = (hints.clone(), stop.clone());
        async move {
            let look = move |held: Held| {
                let tell = tell.clone();
                async move {
                    let _ = tell.send(held.hint());
                    assert!(held.hint() != bad, "a look that panics");
                }
            };
            hints
                .work(settings(1), stop, look)
                .await
                .expect("the runtime ends well");
        }
    });
    let good = hint(org(), Class::Interactive);
    hints.push(vec![bad]);
    assert_eq!(soon(seen.recv()).await, Some(bad));
    hints.push(vec![good]);
    assert_eq!(soon(seen.recv()).await, Some(good));
    hints.push(vec![bad]);
    assert_eq!(
        soon(seen.recv()).await,
        Some(bad),
        "a panicked look counts as ended"
    );
    stop.cancel();
    soon(task).await.expect("no panic");
    hints.close(PATIENCE).await;
}

#[tokio::test]
async fn memory_worker() {
    looks_once_at_a_time_and_again_when_asked(Hints::memory()).await;
    keeps_to_its_concurrency_and_drains(Hints::memory()).await;
    survives_a_panic(Hints::memory()).await;
}

#[derive(Default)]
struct Wakes(AtomicUsize);

impl ArcWake for Wakes {
    fn wake_by_ref(wakes: &Arc<Self>) {
        wakes.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn an_idle_worker_sleeps_until_a_push_wakes_it_once() {
    let hints = Arc::new(MemoryHints::default());
    let wakes = Arc::new(Wakes::default());
    let waker = waker(Arc::clone(&wakes));
    let cx = Context::from_waker(&waker);
    assert!(hints.poll_take(&cx).is_pending());
    assert_eq!(wakes.0.load(Ordering::SeqCst), 0);
    hints.push(&[hint(org(), Class::Bulk), hint(org(), Class::Bulk)]);
    assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
    let held = hints.poll_take(&cx);
    assert!(held.is_ready());
    drop(held);
    assert_eq!(hints.depth(), 2, "never begun, so it went back");
    assert!(matches!(hints.poll_take(&cx), Poll::Ready(_)));
}

#[tokio::test]
async fn redis_worker() {
    let server = Server::start().await;
    looks_once_at_a_time_and_again_when_asked(server.hints()).await;
    assert_eq!(
        server.keys().await,
        Vec::<String>::new(),
        "after the acknowledgement nothing stays"
    );
    survives_a_panic(server.hints()).await;
    keeps_to_its_concurrency_and_drains(server.hints()).await;
    let hints = server.hints();
    let mut worker = Worker::start(&hints, 8);
    for _ in 0..3 {
        worker.next().await;
    }
    worker.may_end.add_permits(3);
    assert_eq!(
        worker.end().await,
        3,
        "what the last worker did not begin went back"
    );
    hints.close(PATIENCE).await;
}

#[tokio::test]
async fn redis_hints_go_to_any_process_and_come_back_from_a_dead_one() {
    let server = Server::start().await;
    let (first, second) = (server.hints(), server.hints());
    let mut doomed = Worker::start(&first, 1);
    let one = hint(org(), Class::Interactive);
    first.push(vec![one]);
    assert_eq!(doomed.next().await, one);
    // Its leases are no longer extended, as after a kill; the look itself hangs.
    first.close(Duration::ZERO).await;
    let mut heir = Worker::start(&second, 1);
    assert_eq!(heir.next().await, one, "the lease ran out");
    heir.may_end.add_permits(1);
    assert_eq!(heir.end().await, 1);
    doomed.may_end.add_permits(1);
    doomed.end().await;
    second.close(PATIENCE).await;
}

#[tokio::test]
async fn redis_may_be_flushed_and_restarted() {
    let mut server = Server::start().await;
    let hints = server.hints();
    let mut worker = Worker::start(&hints, 2);
    let held = hint(org(), Class::Interactive);
    hints.push(vec![held]);
    assert_eq!(worker.next().await, held);
    let _: () = redis::cmd("FLUSHALL")
        .query_async(&mut server.connection().await)
        .await
        .expect("it answers");
    let after_flush = hint(org(), Class::Interactive);
    push_until_seen(&hints, after_flush, &mut worker).await;
    worker.may_end.add_permits(2);
    server.restart().await;
    let after_restart = hint(org(), Class::Bulk);
    worker.may_end.add_permits(64);
    push_until_seen(&hints, after_restart, &mut worker).await;
    assert!(worker.end().await >= 3);
    hints.close(PATIENCE).await;
}

/// Does what the sweeper does: says it again until somebody looks.
async fn push_until_seen(hints: &Hints, hint: Hint, worker: &mut Worker) {
    let seen = async {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        loop {
            tokio::select! {
                began = worker.began.recv() => if began == Some(hint) { return },
                _ = again.tick() => hints.push(vec![hint]),
            }
        }
    };
    soon(seen).await;
}

#[tokio::test]
async fn a_flood_on_redis_is_bounded_and_fair() {
    let server = Server::start().await;
    let hints = server.hints();
    let (flood, small) = (org(), org());
    for _ in 0..10 {
        hints.push((0..500).map(|_| hint(flood, Class::Interactive)).collect());
    }
    let mine = hint(small, Class::Interactive);
    hints.push(vec![mine]);
    let mut connection = server.connection().await;
    let list = format!("{{operandi}}:list:0:{small}");
    let arrived = async {
        loop {
            let len: usize = redis::cmd("LLEN")
                .arg(&list)
                .query_async(&mut connection)
                .await
                .expect("it answers");
            if len > 0 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    soon(arrived).await;
    let flooded: usize = redis::cmd("LLEN")
        .arg(format!("{{operandi}}:list:0:{flood}"))
        .query_async(&mut connection)
        .await
        .expect("it answers");
    assert_eq!(flooded, crate::queue::HINTS_PER_ORG_MAX);
    let mut worker = Worker::start(&hints, 2);
    let first = [worker.next().await, worker.next().await];
    assert!(
        first.contains(&mine),
        "one organisation's flood keeps nobody waiting"
    );
    worker.may_end.add_permits(2_000);
    worker.stop.cancel();
    worker.end().await;
    hints.close(PATIENCE).await;
}

#[tokio::test]
async fn redis_tells_all_processes_what_changes() {
    let server = Server::start().await;
    let (here, there) = (server.hints(), server.hints());
    let mut listener = there.live().subscribe();
    let heard = async {
        let mut again = tokio::time::interval(Duration::from_millis(50));
        loop {
            tokio::select! {
                text = listener.recv() => return text.expect("open"),
                _ = again.tick() => here.live().publish("changed".into()),
            }
        }
    };
    assert_eq!(&*soon(heard).await, "changed");
    here.close(PATIENCE).await;
    there.close(PATIENCE).await;
}

#[tokio::test]
async fn a_forgotten_hint_lets_another_look_begin_while_its_work_goes_on() {
    let hints = Hints::memory();
    let (tell, mut seen) = mpsc::unbounded_channel();
    let (may_end, stop) = (Arc::new(Semaphore::new(0)), CancellationToken::new());
    let look = {
        let may_end = Arc::clone(&may_end);
        move |mut held: Held| {
            let (tell, may_end) = (tell.clone(), Arc::clone(&may_end));
            async move {
                held.forget();
                let _ = tell.send(held.hint());
                may_end.acquire().await.expect("open").forget();
            }
        }
    };
    let task = tokio::spawn({
        let (hints, stop) = (hints.clone(), stop.clone());
        async move {
            hints
                .work(settings(2), stop, look)
                .await
                .expect("the runtime ends well")
        }
    });
    let one = hint(org(), Class::Interactive);
    hints.push(vec![one]);
    assert_eq!(soon(seen.recv()).await, Some(one));
    hints.push(vec![one]);
    assert_eq!(soon(seen.recv()).await, Some(one));
    may_end.add_permits(2);
    stop.cancel();
    soon(task).await.expect("no panic");
    assert_eq!(hints.depth(), 0);
}
