//! The apalis worker runtime over our hints: bounded concurrency, panics contained, a drain at the end.

use std::{
    convert::Infallible,
    future::Future,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use apalis::prelude::{
    Backend, Monitor, MonitorError, ParallelizeExt, RandomId, Task, TaskBuilder, TaskId,
    WorkerBuilder, WorkerBuilderExt, WorkerContext,
};
use apalis_core::{
    backend::{BackendConfig, finalize::Ephemeral},
    layers::Identity,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{Held, Hints, Kind, memory::MemoryHints};

/// How the hints of one process are worked off.
#[derive(Clone, Debug)]
pub struct WorkSettings {
    /// Names the worker in logs.
    pub name: String,
    /// How many runs are looked at at the same time.
    pub concurrency: usize,
    /// How long the looks going on may take once the end was asked for.
    pub drain: Duration,
}

impl Hints {
    /// Takes hints and looks at each with `look`, until `stop`; then waits for the looks going on,
    /// no longer than `settings.drain`. Call it once per queue and process.
    ///
    /// # Errors
    /// When the worker runtime fails; the caller may start it again.
    pub async fn work<F, Fut>(
        &self,
        settings: WorkSettings,
        stop: CancellationToken,
        look: F,
    ) -> Result<(), MonitorError>
    where
        F: Fn(Held) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let hints = self.clone();
        let concurrency = settings.concurrency.max(1);
        let handle = move |mut held: Held| {
            let look = look.clone();
            async move {
                held.begin();
                look(held).await;
            }
        };
        let worker = move |restarts: usize| {
            WorkerBuilder::new(format!("{}-{restarts}", settings.name))
                .backend(Source::open(&hints, concurrency))
                .concurrency(concurrency)
                .catch_panic()
                .parallelize(tokio::spawn)
                .build(handle.clone())
        };
        let signal = async move {
            stop.cancelled().await;
            Ok(())
        };
        Monitor::new()
            .register(worker)
            .should_restart(|_, _| true)
            .shutdown_timeout(settings.drain)
            .run_with_signal(signal)
            .await
    }
}

/// Where a worker gets its hints.
enum Source {
    Memory(Arc<MemoryHints>),
    Redis(mpsc::Receiver<Held>),
}

impl Source {
    fn open(hints: &Hints, concurrency: usize) -> Self {
        match &hints.0 {
            Kind::Memory(memory) => Self::Memory(Arc::clone(memory)),
            Kind::Redis(redis) => Self::Redis(redis.fetch(concurrency)),
        }
    }
}

impl Backend for Source {
    type Task = Task<Held>;
    type Error = Infallible;

    fn poll_ready(
        &mut self,
        _: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Self::Task, Infallible>>> {
        let held = match self {
            Self::Memory(memory) => memory.poll_take(cx).map(Some),
            Self::Redis(fetched) => fetched.poll_recv(cx),
        };
        held.map(|held| {
            held.map(|held| {
                let id = TaskId::from_string(RandomId::default());
                Ok(TaskBuilder::new(held).task_id(id).build())
            })
        })
    }

    fn poll_close(
        &mut self,
        _: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }
}

impl BackendConfig for Source {
    type Args = Held;
    type Id = RandomId;
    type Kind = Ephemeral;
    type Config = ();
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Self::Layer {
        Identity::new()
    }
}
