//! The engine as others use it: events in, runs on, changes out.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Changes, Contacts, Faults, Looked, Worker,
    active::ActiveRuns,
    alarm::Alarms,
    lanes::Lanes,
    resting::Resting,
    rounds::Pulse,
    settings::{LEASE_MARGIN, Settings},
    touched::pass_on,
    upkeep::{Checked, Upkeep},
};
use crate::{
    clock::{self, Clock},
    core::Input,
    event::Ingest,
    ids::{OrgId, RunId},
    node::Registry,
    queue::{Class, Held, Hint, Hints, WorkSettings},
    store::{
        Db, StoreError,
        commit::{
            self, Begun, Committer, Delivered, Gate, Ingested, Permits, StartRequest, Started,
            Touched,
        },
        records::Kinds,
        workflows::{Compiler, Programs},
    },
    watch::{self, Intake, Profiles, Watch},
};

/// How long giving back what is held on Redis may take at the end.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// What an engine is made of.
pub struct Parts {
    pub db: Db,
    pub clock: Clock,
    pub nodes: Registry,
    pub kinds: Arc<Kinds>,
    pub gate: Arc<dyn Gate>,
    pub compiler: Compiler,
    pub contacts: Arc<dyn Contacts>,
    pub profiles: Arc<dyn Profiles>,
    pub hints: Hints,
    pub settings: Settings,
    pub faults: Faults,
}

/// The engine of one process. Clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    worker: Arc<Worker>,
    changes: Changes,
    watch: Arc<Watch>,
    intake: Intake,
    direct: Arc<Semaphore>,
    stop: CancellationToken,
    tasks: TaskTracker,
    /// Ends the heartbeats, after everything else: who works must not seem dead.
    quiet: CancellationToken,
}

/// How the engine is.
#[derive(Clone, Debug, Serialize)]
pub struct Health {
    /// Whether the database answers.
    pub database: bool,
    /// Whether the queue answers; without it everything works, more slowly.
    pub queue: bool,
    /// Hints waiting, about.
    pub hints: usize,
    /// Runs being worked on in this process.
    pub active: usize,
}

impl Engine {
    /// Puts an engine together; nothing moves before [`Engine::start`].
    ///
    /// # Errors
    /// When the workflows cannot be read.
    pub async fn new(parts: Parts) -> Result<Self, StoreError> {
        let programs = Programs::load(parts.db.clone(), parts.compiler).await?;
        let alarms = Arc::new(Alarms::default());
        let changes = Changes::new(parts.hints.live());
        let touched = {
            let (hints, alarms) = (parts.hints.clone(), Arc::clone(&alarms));
            let (changes, clock) = (changes.clone(), parts.clock.clone());
            move |touched: Vec<Touched>| pass_on(&touched, clock.now(), &hints, &alarms, &changes)
        };
        let committer = Committer::start(commit::Parts {
            db: parts.db,
            programs,
            kinds: parts.kinds,
            gate: parts.gate,
            clock: parts.clock.clone(),
            touched: Arc::new(touched),
        });
        let direct = Arc::new(Semaphore::new(parts.settings.direct));
        let process = clock::new_uuid().to_string();
        let (stop, quiet) = (CancellationToken::new(), CancellationToken::new());
        let watch = Arc::new(Watch::new(watch::Parts {
            committer: committer.clone(),
            clock: parts.clock.clone(),
            profiles: parts.profiles,
            process: process.clone(),
        }));
        let (db, bell) = (committer.db().clone(), watch.bell());
        let intake = Intake::start(db, parts.clock.clone(), bell, stop.clone());
        let worker = Arc::new(Worker {
            committer,
            clock: parts.clock,
            nodes: parts.nodes,
            contacts: parts.contacts,
            hints: parts.hints,
            alarms,
            lanes: Lanes::default(),
            active: ActiveRuns::default(),
            faults: parts.faults,
            settings: parts.settings,
            process,
            upkeep: Upkeep::default(),
            resting: Resting::default(),
            pulse: Pulse::default(),
        });
        let tasks = TaskTracker::new();
        Ok(Self(Arc::new(Inner {
            worker,
            changes,
            watch,
            intake,
            direct,
            stop,
            tasks,
            quiet,
        })))
    }

    /// Begins to work, in the roles of the settings. Runs whose process is known to be gone are
    /// taken over first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn start(&self) -> Result<(), StoreError> {
        let worker = &self.0.worker;
        worker.join().await?;
        let (quiet, beating) = (self.0.quiet.clone(), Arc::clone(worker));
        tokio::spawn(async move {
            tokio::select! {
                () = beating.heartbeats() => {}
                () = quiet.cancelled() => {}
            }
        });
        if !worker.settings.roles.worker {
            return Ok(());
        }
        self.spawn(Arc::clone(worker).sweeps());
        self.spawn(Arc::clone(worker).alarms());
        self.spawn(self.clone().schedules());
        self.spawn(Arc::clone(worker).checks());
        self.spawn(Arc::clone(worker).retention());
        let (watch, stop) = (Arc::clone(&self.0.watch), self.0.stop.clone());
        self.0.tasks.spawn(async move { watch.run(stop).await });
        self.0.tasks.spawn(self.clone().work());
        Ok(())
    }

    /// Takes no more hints, lets the work going on end within its time, writes what is queued, and
    /// says goodbye, so that nobody waits for this process.
    pub async fn shutdown(&self) {
        let Inner {
            worker,
            stop,
            tasks,
            quiet,
            ..
        } = &*self.0;
        stop.cancel();
        tasks.close();
        let drain = worker.settings.drain;
        if tokio::time::timeout(drain, tasks.wait()).await.is_err() {
            tracing::warn!(
                runs = worker.active.len(),
                "the work going on took too long to end"
            );
        }
        worker.hints.close(CLOSE_WITHIN).await;
        quiet.cancel();
        if let Err(error) = worker.leave().await {
            tracing::warn!(%error, "no goodbye: others take over when the heartbeat is missed");
        }
        worker.committer.close().await;
    }

    /// Stores and routes a delivery; the answer comes after the commit.
    ///
    /// # Errors
    /// [`StoreError::Busy`] at once when the writer is behind; the caller tries again later.
    pub async fn ingest(&self, ingest: Ingest) -> Result<Ingested, StoreError> {
        let mut ingested = self
            .0
            .worker
            .committer
            .try_ingest(ingest, self.permits())
            .await?;
        for begun in std::mem::take(&mut ingested.begun) {
            self.carry_on(begun);
        }
        Ok(ingested)
    }

    /// Starts a run of a published workflow.
    ///
    /// # Errors
    /// [`StoreError::Busy`] at once when the writer is behind; the caller tries again later.
    pub async fn start_run(&self, start: StartRequest) -> Result<Started, StoreError> {
        let started = self
            .0
            .worker
            .committer
            .try_start_run(start, self.permits())
            .await?;
        Ok(match started {
            Started::Run {
                run,
                duplicate,
                begun,
            } => {
                if let Some(begun) = begun {
                    self.carry_on(*begun);
                }
                Started::Run {
                    run,
                    duplicate,
                    begun: None,
                }
            }
            Started::Active { .. } | Started::NotFound => started,
        })
    }

    /// Gives a run an input from outside: a cancellation, a retry, an answer, a settlement.
    ///
    /// # Errors
    /// When the store does not take it.
    pub async fn deliver(
        &self,
        org: OrgId,
        run: RunId,
        input: Input,
    ) -> Result<Delivered, StoreError> {
        self.0.worker.committer.deliver(org, run, input).await
    }

    /// Live changes of runs.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.0.changes
    }

    /// How the engine is at this moment.
    pub async fn health(&self) -> Health {
        let worker = &self.0.worker;
        Health {
            database: self.db().fetch_all("select 1", &[]).await.is_ok(),
            queue: worker.hints.healthy(),
            hints: worker.hints.depth(),
            active: worker.active.len(),
        }
    }

    /// What the self-check has seen.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.0.worker.upkeep.seen()
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        self.0.worker.committer.db()
    }

    /// The published workflows.
    #[must_use]
    pub fn programs(&self) -> &Arc<Programs> {
        self.0.worker.committer.programs()
    }

    /// The way to write what is no run: see [`Committer`].
    #[must_use]
    pub fn committer(&self) -> &Committer {
        &self.0.worker.committer
    }

    /// Where doors hand in what devices say.
    #[must_use]
    pub fn intake(&self) -> &Intake {
        &self.0.intake
    }

    /// The watch over the log of devices, for those who drive it by hand.
    #[must_use]
    pub fn watch(&self) -> &Watch {
        &self.0.watch
    }

    /// The clock everything goes by.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.worker.clock
    }

    /// The nodes workflows may use.
    #[must_use]
    pub fn nodes(&self) -> &Registry {
        &self.0.worker.nodes
    }

    /// What moves runs on, for those who drive it by hand.
    #[must_use]
    pub fn worker(&self) -> &Arc<Worker> {
        &self.0.worker
    }

    /// Permission for an ingest to begin effects itself, in a process that performs them.
    pub(super) fn permits(&self) -> Option<Permits> {
        let worker = &self.0.worker;
        if !worker.settings.roles.worker || self.0.stop.is_cancelled() {
            return None;
        }
        Some(Permits {
            free: Arc::clone(&self.0.direct),
            owner: worker.process.clone(),
            effect_timeout: worker.settings.effect_timeout,
            margin: LEASE_MARGIN,
        })
    }

    /// Performs what an ingest has begun.
    pub(super) fn carry_on(&self, begun: Begun) {
        let worker = Arc::clone(&self.0.worker);
        self.0.tasks.spawn(async move {
            let Begun { run, permit } = begun;
            let hint = Hint {
                org: run.org,
                run: run.run,
                class: Class::Interactive,
            };
            let looked = worker.carry_on(run).await;
            drop(permit);
            worker.after(hint, looked);
        });
    }

    /// Takes hints and looks at their runs until the end.
    async fn work(self) {
        let Inner { worker, stop, .. } = &*self.0;
        let settings = WorkSettings {
            name: format!("operandi-{}", worker.process),
            concurrency: worker.settings.concurrency,
            drain: worker.settings.drain,
        };
        while !stop.is_cancelled() {
            let look = {
                let worker = Arc::clone(worker);
                move |mut held: Held| {
                    let worker = Arc::clone(&worker);
                    async move {
                        let hint = held.hint();
                        let looked = worker.look(hint.org, hint.run, || held.forget()).await;
                        drop(held);
                        worker.after(hint, looked);
                    }
                }
            };
            if let Err(error) = worker
                .hints
                .work(settings.clone(), stop.clone(), look)
                .await
            {
                tracing::error!(%error, "the worker runtime ended; starting it again");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }

    /// Runs a task until the end is asked for.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let stop = self.0.stop.clone();
        self.0.tasks.spawn(async move {
            tokio::select! {
                () = task => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

impl Worker {
    /// What follows from how a look ended.
    fn after(&self, hint: Hint, looked: Result<Looked, super::LookError>) {
        match looked {
            Ok(Looked::Blocked) => {}
            Ok(Looked::Again) => self.hints.push(vec![Hint {
                class: Class::Bulk,
                ..hint
            }]),
            // The sweeper finds the run again; one that is broken only after a rest.
            Err(error) => {
                if !error.is_passing() {
                    self.resting.failed(hint.run, self.clock.now());
                }
                metrics::counter!("operandi_looks_failed").increment(1);
                tracing::warn!(
                    run.id = %hint.run,
                    error = &error as &dyn std::error::Error,
                    "a look at a run failed; it is looked at again"
                );
            }
        }
    }
}
