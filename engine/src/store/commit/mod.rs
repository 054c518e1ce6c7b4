//! The committer: every change of runs and events goes through it, many in one transaction.
//!
//! Two bounded queues feed it, one from outside (full: `Busy`, so that the edge can say so) and one
//! from workers, which goes first, because it empties the system. A task takes what is there, at
//! most [`BATCH_MAX`], and writes it as one transaction of batched statements ([`batch`]). SQLite
//! has one such task, PostgreSQL several. A batch that fails is tried one by one, so that a
//! poisoned element fails alone.

mod advance;
mod batch;
mod change;
mod children;
mod delivery;
mod events;
mod fold;
mod former;
mod gate;
mod load;
mod locks;
mod matching;
mod prepare;
mod request;
mod route;
mod rows;
mod start;
mod statuses;
#[cfg(test)]
mod tests;
mod types;
mod waits;

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use futures::FutureExt as _;
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

pub use self::{
    change::{ChangeRequest, Changed, Claimed},
    gate::{Gate, OpenGate},
    route::{Decision, Route},
    types::{
        Advance, Advanced, Begun, Delivered, Fire, InboxItem, Ingested, Lease, Loaded, Permits,
        SendAsk, SendEnd, StartRequest, Started, Touched, Verdict,
    },
};
use self::{
    fold::Fold,
    prepare::{Answer, Outcome, Work},
};
pub(in crate::store) use self::{
    rows::{status_of, status_text},
    statuses::status_of as delivery_of,
    types::Horizon,
};
use super::{
    accounts::NewAudit,
    records::Kinds,
    runs,
    sql::{Db, Dialect, StoreError},
    workflows::Programs,
};
use crate::{
    clock::Clock,
    core::Input,
    event::Ingest,
    ids::{OrgId, RunId},
};

/// How many writes share one transaction at most.
pub const BATCH_MAX: usize = 128;

/// How many writes from outside may wait.
const OUTSIDE_MAX: usize = 1_024;

/// How many writes of workers may wait; then workers wait too.
const INSIDE_MAX: usize = 4_096;

/// Transactions at once on PostgreSQL.
const POSTGRES_TASKS: usize = 4;

/// How often a batch that met another transaction is tried again as a whole.
const CONFLICT_RETRIES_MAX: u32 = 3;

/// What a committer is made of.
#[derive(Clone)]
pub struct Parts {
    pub db: Db,
    pub programs: Arc<Programs>,
    pub kinds: Arc<Kinds>,
    pub gate: Arc<dyn Gate>,
    pub clock: Clock,
    /// Told after each commit what it did to runs. Must not block.
    pub touched: Arc<dyn Fn(Vec<Touched>) + Send + Sync>,
}

/// What the tasks share.
struct Shared {
    parts: Parts,
    /// SQLite: the number of the last transaction begun; grows over restarts too.
    position: AtomicI64,
    /// SQLite: the number of the last transaction that is committed.
    committed: AtomicI64,
    fold: Fold,
}

/// One write and where its answer goes.
struct Job {
    work: Work,
    reply: oneshot::Sender<Result<Answer, StoreError>>,
}

/// The way to change runs and events. Clones share the queues.
#[derive(Clone)]
pub struct Committer {
    outside: mpsc::Sender<Job>,
    inside: mpsc::Sender<Job>,
    shared: Arc<Shared>,
    stop: CancellationToken,
    tasks: Arc<Mutex<JoinSet<()>>>,
}

struct Queues {
    inside: mpsc::Receiver<Job>,
    outside: mpsc::Receiver<Job>,
}

impl Committer {
    /// Starts the tasks; needs a tokio runtime.
    #[must_use]
    pub fn start(parts: Parts) -> Self {
        let dialect = parts.db.dialect();
        let tasks = match dialect {
            Dialect::Sqlite => 1,
            Dialect::Postgres => POSTGRES_TASKS,
        };
        let first = parts.clock.now().0.saturating_mul(1_000);
        let shared = Arc::new(Shared {
            parts,
            position: AtomicI64::new(first),
            committed: AtomicI64::new(first),
            fold: Fold::default(),
        });
        let (outside, outside_queue) = mpsc::channel(OUTSIDE_MAX);
        let (inside, inside_queue) = mpsc::channel(INSIDE_MAX);
        let queues = Arc::new(Mutex::new(Queues {
            inside: inside_queue,
            outside: outside_queue,
        }));
        let stop = CancellationToken::new();
        let mut set = JoinSet::new();
        for _ in 0..tasks {
            set.spawn(work(Arc::clone(&shared), Arc::clone(&queues), stop.clone()));
        }
        if dialect == Dialect::Sqlite {
            let (shared, stop) = (Arc::clone(&shared), stop.clone());
            set.spawn(async move { shared.fold.keep(&shared.parts.db, stop).await });
        }
        Self {
            outside,
            inside,
            shared,
            stop,
            tasks: Arc::new(Mutex::new(set)),
        }
    }

    /// The database it writes to.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.shared.parts.db
    }

    /// The catalog it routes by.
    #[must_use]
    pub fn programs(&self) -> &Arc<Programs> {
        &self.shared.parts.programs
    }

    /// How many writes wait for the writer: from outside, where [`OUTSIDE_MAX`] is the most, and of
    /// workers.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        let of = |queue: &mpsc::Sender<Job>| queue.max_capacity() - queue.capacity();
        (of(&self.outside), of(&self.inside))
    }

    /// Stores and routes a delivery, waiting while too much else waits. With `permits`, effects of
    /// runs it starts are begun in the same transaction and are the caller's to perform.
    pub async fn ingest(
        &self,
        ingest: Ingest,
        permits: Option<Permits>,
    ) -> Result<Ingested, StoreError> {
        self.admit(&ingest)?;
        self.outside(Work::ingest(ingest, permits)?, false)
            .await?
            .ingested()
    }

    /// Like [`Self::ingest`], but [`StoreError::Busy`] at once when too much else waits.
    pub async fn try_ingest(
        &self,
        ingest: Ingest,
        permits: Option<Permits>,
    ) -> Result<Ingested, StoreError> {
        self.admit(&ingest)?;
        self.outside(Work::ingest(ingest, permits)?, true)
            .await?
            .ingested()
    }

    /// Starts a run of a published workflow, waiting while too much else waits.
    pub async fn start_run(
        &self,
        start: StartRequest,
        permits: Option<Permits>,
    ) -> Result<Started, StoreError> {
        self.outside(Work::start(start, permits), false)
            .await?
            .started()
    }

    /// Like [`Self::start_run`], but [`StoreError::Busy`] at once when too much else waits.
    pub async fn try_start_run(
        &self,
        start: StartRequest,
        permits: Option<Permits>,
    ) -> Result<Started, StoreError> {
        self.outside(Work::start(start, permits), true)
            .await?
            .started()
    }

    /// Refuses at the door what would spoil a whole batch.
    fn admit(&self, ingest: &Ingest) -> Result<(), StoreError> {
        let kinds = &self.shared.parts.kinds;
        ingest
            .records
            .iter()
            .try_for_each(|write| kinds.check(write))
            .map_err(|refusal| StoreError::Refused(refusal.to_string()))
    }

    /// Carries a change of a record out, and routes what it tells.
    pub async fn change(&self, change: ChangeRequest) -> Result<Changed, StoreError> {
        self.outside(Work::Change(Box::new(change)), false)
            .await?
            .changed()
    }

    /// Commits a worker's new state of a run.
    pub async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.inside(Work::advance(advance)?).await?.advanced()
    }

    /// Puts an input into a run's inbox: a person's answer, a cancellation, a retry.
    pub async fn deliver(
        &self,
        org: OrgId,
        run: RunId,
        input: Input,
    ) -> Result<Delivered, StoreError> {
        self.give(org, run, input, None).await
    }

    /// Like [`Self::deliver`], with a line in the audit log when the run takes it.
    pub async fn deliver_noted(
        &self,
        org: OrgId,
        run: RunId,
        input: Input,
        audit: NewAudit,
    ) -> Result<Delivered, StoreError> {
        self.give(org, run, input, Some(audit)).await
    }

    async fn give(
        &self,
        org: OrgId,
        run: RunId,
        input: Input,
        audit: Option<NewAudit>,
    ) -> Result<Delivered, StoreError> {
        let work = Work::Deliver {
            org,
            run,
            input,
            audit,
        };
        self.inside(work).await?.delivered()
    }

    /// Claims a schedule's time and starts its run, exactly once over all processes. `false` when
    /// another process was first.
    pub async fn fire(
        &self,
        fire: Fire,
        permits: Option<Permits>,
    ) -> Result<(bool, Option<Begun>), StoreError> {
        self.inside(Work::fire(fire, permits)).await?.fired()
    }

    /// Reads a run with everything its worker needs; `None` when there is no such run.
    pub async fn load(&self, org: OrgId, run: RunId) -> Result<Option<Loaded>, StoreError> {
        // Read before the run, so that whatever it misses of the run's events lies after it.
        let position = self.shared.committed.load(Ordering::Acquire);
        runs::load(self.db(), self.programs(), position, org, run).await
    }

    /// Takes no more, writes what is queued, and ends.
    pub async fn close(&self) {
        self.stop.cancel();
        let mut tasks = self.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
    }

    async fn outside(&self, work: Work, at_once: bool) -> Result<Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Job { work, reply };
        if at_once {
            self.outside.try_send(job).map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => StoreError::Busy,
                mpsc::error::TrySendError::Closed(_) => closed(),
            })?;
        } else {
            self.outside.send(job).await.map_err(|_| closed())?;
        }
        answer.await.map_err(|_| closed())?
    }

    async fn inside(&self, work: Work) -> Result<Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.inside
            .send(Job { work, reply })
            .await
            .map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError::Unavailable {
        remedy: "the process is ending; try again on another",
        source: None,
    }
}

/// One committing task.
async fn work(shared: Arc<Shared>, queues: Arc<Mutex<Queues>>, stop: CancellationToken) {
    let mut jobs = Vec::with_capacity(BATCH_MAX);
    loop {
        let open = queues.lock().await.take(&mut jobs, &stop).await;
        if !jobs.is_empty() {
            commit(&shared, std::mem::take(&mut jobs)).await;
        } else if !open {
            return;
        }
    }
}

impl Queues {
    /// Waits for work and takes what is there; `false` when no more will come.
    async fn take(&mut self, jobs: &mut Vec<Job>, stop: &CancellationToken) -> bool {
        if stop.is_cancelled() {
            self.inside.close();
            self.outside.close();
        }
        let first = tokio::select! {
            biased;
            job = self.inside.recv() => job,
            job = self.outside.recv() => job,
            () = stop.cancelled(), if !stop.is_cancelled() => return true,
        };
        // One of the queues is closed, hence both: what the other still holds comes first.
        let Some(first) = first.or_else(|| {
            self.inside
                .try_recv()
                .or_else(|_| self.outside.try_recv())
                .ok()
        }) else {
            return false;
        };
        jobs.push(first);
        // Neither side may fill a whole batch while the other waits.
        for (queue, share) in [
            (&mut self.inside, BATCH_MAX * 3 / 4),
            (&mut self.outside, BATCH_MAX),
        ] {
            while jobs.len() < share {
                let Ok(job) = queue.try_recv() else { break };
                jobs.push(job);
            }
        }
        while jobs.len() < BATCH_MAX {
            let Ok(job) = self.inside.try_recv() else {
                break;
            };
            jobs.push(job);
        }
        true
    }
}

/// Commits jobs together, or one by one when together they fail.
async fn commit(shared: &Shared, jobs: Vec<Job>) {
    let (work, replies): (Vec<_>, Vec<_>) =
        jobs.into_iter().map(|job| (job.work, job.reply)).unzip();
    metrics::histogram!("operandi_commit_batch_size")
        .record(f64::from(u32::try_from(work.len()).unwrap_or(u32::MAX)));
    let mut retries = 0;
    let result = loop {
        match attempt(shared, &work).await {
            Err(StoreError::Conflict(_)) if retries < CONFLICT_RETRIES_MAX => retries += 1,
            other => break other,
        }
    };
    match result {
        Ok(outcomes) => {
            shared.fold.wrote(outcomes.len());
            for ((work, outcome), reply) in work.into_iter().zip(outcomes).zip(replies) {
                // Whoever asked may have gone; the commit stands.
                let _ = reply.send(Ok(outcome.answer(work)));
            }
        }
        Err(error) if work.len() > 1 && !matches!(error, StoreError::Unavailable { .. }) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                batch.size = work.len(),
                "a batch failed; its writes are tried one by one"
            );
            for (work, reply) in work.into_iter().zip(replies) {
                let _ = reply.send(alone(shared, work).await);
            }
        }
        Err(error) => {
            let mut error = Some(error);
            for reply in replies {
                let each = error.take().unwrap_or(StoreError::Unavailable {
                    remedy: "the database could not be written; it is tried again with the next request",
                    source: None,
                });
                let _ = reply.send(Err(each));
            }
        }
    }
}

/// One try. A panic, be it an expression's or ours, must not end the task that everybody waits for:
/// nothing of its transaction is kept.
async fn attempt(shared: &Shared, work: &[Work]) -> Result<Vec<Outcome>, StoreError> {
    match AssertUnwindSafe(batch::run(shared, work))
        .catch_unwind()
        .await
    {
        Ok(result) => result,
        Err(_) => Err(StoreError::bug(
            "committing panicked; nothing of it is kept",
        )),
    }
}

async fn alone(shared: &Shared, work: Work) -> Result<Answer, StoreError> {
    let mut retries = 0;
    let outcome = loop {
        match attempt(shared, std::slice::from_ref(&work)).await {
            Err(StoreError::Conflict(_)) if retries < CONFLICT_RETRIES_MAX => retries += 1,
            Err(error) => return Err(error),
            Ok(mut outcomes) => break outcomes.pop(),
        }
    };
    outcome
        .map(|outcome| outcome.answer(work))
        .ok_or_else(|| StoreError::bug("a write has no outcome"))
}
