//! One look at a run: load, apply, begin, perform, commit, until it blocks.
//!
//! Between two commits everything is a value in here. When somebody else's commit came first, the
//! run is loaded again and what is in hand is applied to what is true by then.

use std::time::Duration;

use futures::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use operandi_dsl::time::Timestamp;

use super::{
    Worker,
    active::Active,
    context::View,
    detail,
    faults::{Crashed, FaultPoint},
    lanes::InLane,
    next::{Attempt, Next},
    perform::{Performed, Target},
    settings::{COMMITS_PER_LOOK_MAX, CONFLICTS_PER_LOOK_MAX, HOLD_MIN, LANE_WAIT},
};
use crate::{
    clock,
    core::{EffectResult, Input, Intent},
    ids::{IntentId, OrgId, RunId},
    store::{
        StoreError,
        commit::{Advanced, Loaded, Verdict},
    },
};

/// How long a look keeps trying to tell a store that does not answer how effects ended.
const TELL_FOR: Duration = Duration::from_secs(60);

/// The pauses between those tries.
const TELL_PAUSE: Duration = Duration::from_millis(50);
const TELL_PAUSE_MAX: Duration = Duration::from_secs(1);

/// Why a look ended early. The run is looked at again.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error("the run could not be read or written")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Crashed(#[from] Crashed),
}

impl LookError {
    /// Whether the same look may succeed later without anybody changing the run.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => error.is_passing(),
            Self::Crashed(_) => true,
        }
    }
}

/// How a look ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// Nothing more can be done for the run at this moment.
    Blocked,
    /// There is more to do, but others have their turn first.
    Again,
}

impl Worker {
    /// Looks at a run and moves it on until it blocks. `slow` is called when an effect is about to
    /// be performed: from there on another look at the same run may begin.
    ///
    /// # Errors
    /// When the store fails, or a simulation lets the process die.
    pub async fn look(
        &self,
        org: OrgId,
        run: RunId,
        slow: impl FnMut() + Send,
    ) -> Result<Looked, LookError> {
        let active = self.active.enter(run);
        let Some(loaded) = self.committer.load(org, run).await? else {
            return Ok(Looked::Blocked);
        };
        // Its first input is already in its inbox, and would be applied out of turn.
        if loaded.queued {
            return Ok(Looked::Blocked);
        }
        Drive::new(self, active, slow).run(loaded).await
    }

    /// Performs the effects that an ingest has begun for this process, and moves the run on.
    ///
    /// # Errors
    /// When the store fails, or a simulation lets the process die.
    pub async fn carry_on(&self, loaded: Loaded) -> Result<Looked, LookError> {
        let active = self.active.enter(loaded.run);
        self.faults.pass(FaultPoint::AfterBegin, loaded.run)?;
        let mut drive = Drive::new(self, active, || ());
        let target = Target::of(&loaded);
        for intent in loaded.state.begun() {
            drive
                .performing
                .push(self.try_in_lane(target, intent).boxed());
        }
        drive.gather(loaded.run).await?;
        drive.run(loaded).await
    }

    /// Performs an effect that was begun before its turn in its lane had come. When that does not come
    /// soon, nothing has happened and it is tried again later.
    async fn try_in_lane(&self, target: Target, intent: Intent) -> Performed {
        let _inside = match self.lane_of(&intent) {
            None => None,
            Some(lane) => {
                let entering = self.lanes.enter(target.org, lane);
                match tokio::time::timeout(LANE_WAIT, entering).await {
                    Ok(inside) => Some(inside),
                    Err(_) => {
                        let detail = detail::BUSY_LANE.into();
                        let result = EffectResult::Retry {
                            after_ms: None,
                            detail,
                        };
                        return Performed::failed(&intent, result);
                    }
                }
            }
        };
        self.try_one(target, &intent).await
    }
}

/// A look in progress.
struct Drive<'a, S> {
    worker: &'a Worker,
    active: Active<'a>,
    slow: S,
    view: Option<View>,
    performing: FuturesUnordered<BoxFuture<'a, Performed>>,
    /// Effects that ended and are not committed yet.
    ended: Vec<Performed>,
    /// What the gate said of effects that asked to begin.
    judged: Vec<(Intent, Input)>,
    /// Effects of a commit whose answer was lost: if it took place after all, nobody performs them.
    unsure: Vec<Intent>,
    /// Until when commits without an answer are tried again.
    give_up: Option<Duration>,
    /// Whether results have been replaced because they could not be stored.
    degraded: bool,
}

/// What a commit led to.
enum Step {
    GoesOn(Loaded),
    Conflict(Loaded),
    Gone,
}

impl<'a, S: FnMut() + Send> Drive<'a, S> {
    fn new(worker: &'a Worker, active: Active<'a>, slow: S) -> Self {
        Self {
            worker,
            active,
            slow,
            view: None,
            performing: FuturesUnordered::new(),
            ended: Vec::new(),
            judged: Vec::new(),
            unsure: Vec::new(),
            give_up: None,
            degraded: false,
        }
    }

    async fn run(mut self, mut loaded: Loaded) -> Result<Looked, LookError> {
        let (mut commits, mut conflicts) = (0, 0);
        loop {
            let run = loaded.run;
            let may_begin = commits < COMMITS_PER_LOOK_MAX && conflicts < CONFLICTS_PER_LOOK_MAX;
            let nothing_at_stake = self.performing.is_empty() && self.ended.is_empty();
            if !may_begin && nothing_at_stake {
                return Ok(Looked::Again);
            }
            let next = self.next(loaded, may_begin).await?;
            if next.changes_anything() {
                commits += 1;
                match self.commit(next).await? {
                    Step::GoesOn(there) => loaded = there,
                    Step::Conflict(there) => {
                        conflicts += 1;
                        loaded = there;
                    }
                    Step::Gone => return Ok(Looked::Blocked),
                }
            } else if self.performing.is_empty() {
                return Ok(Looked::Blocked);
            } else {
                // What ended without changing anything was of a run that is over.
                self.ended.clear();
                loaded = next.into_run();
                self.gather(run).await?;
            }
        }
    }

    /// What the run becomes by all that is in hand.
    async fn next(&mut self, loaded: Loaded, may_begin: bool) -> Result<Next<'a>, LookError> {
        let in_hand =
            !self.performing.is_empty() || !self.ended.is_empty() || self.active.has_company();
        let targets = self.worker.targets(&loaded).await?;
        let programs = targets.values().chain([&loaded.program]);
        let reads_contact = programs.into_iter().any(|program| program.reads_contact);
        let view = self
            .worker
            .view(&loaded, reads_contact, self.view.take())
            .await?;
        self.view = Some(view.clone());
        let org = loaded.org;
        let mut next = Next::new(self.worker, view, (loaded, targets), in_hand);
        next.apply_inbox();
        next.apply_ends(&self.ended);
        if next.is_over() {
            return Ok(next);
        }
        next.wake();
        next.perform_pure().await;
        if !may_begin {
            return Ok(next);
        }
        next.apply_judged(&self.judged);
        next.perform_pure().await;
        next.choose_begin();
        for lane in next.lanes_wanted() {
            let entering = self.worker.lanes.enter(org, lane);
            tokio::pin!(entering);
            let inside = loop {
                // What is being performed goes on meanwhile: it may be what keeps the lane.
                tokio::select! {
                    inside = &mut entering => break inside,
                    Some(ended) = self.performing.next() => self.ended.push(ended),
                }
            };
            next.entered(inside);
        }
        Ok(next)
    }

    async fn commit(&mut self, next: Next<'a>) -> Result<Step, LookError> {
        let Attempt {
            advance,
            begin,
            lanes,
            ends,
            over,
        } = next.into_attempt();
        let (org, run) = (advance.run.org, advance.run.run);
        self.worker.faults.pass(FaultPoint::BeforeBegin, run)?;
        match self.worker.committer.advance(advance).await {
            Ok(Advanced::Committed(there)) => {
                self.ended.drain(..ends);
                self.judged.clear();
                self.unsure.clear();
                self.give_up = None;
                self.degraded = false;
                if ends > 0 {
                    self.worker.faults.pass(FaultPoint::AfterResult, run)?;
                }
                if !begin.is_empty() {
                    self.worker.faults.pass(FaultPoint::AfterBegin, run)?;
                    self.perform(Target::of(&there), begin, lanes);
                }
                Ok(Step::GoesOn(*there))
            }
            Ok(Advanced::Judged { run, verdicts }) => {
                let now = self.worker.clock.now();
                for (id, verdict) in verdicts {
                    if let Some(intent) = begin.iter().find(|intent| intent.id == id)
                        && let Some(input) = input_of(verdict, &id, now.after(HOLD_MIN))
                    {
                        self.judged.push((intent.clone(), input));
                    }
                }
                Ok(Step::GoesOn(*run))
            }
            Ok(Advanced::Conflict) => {
                if over {
                    self.ended.drain(..ends);
                } else {
                    metrics::counter!("operandi_run_conflicts").increment(1);
                }
                self.reload(org, run).await
            }
            Err(error) => {
                self.unanswered(run, error, !begin.is_empty()).await?;
                self.unsure.extend(begin);
                self.reload(org, run).await
            }
        }
    }

    /// A commit failed, or its answer was lost. What is in hand must not be lost with it: it is tried
    /// again for a while, and a result that cannot be stored at all becomes a failure that can.
    async fn unanswered(
        &mut self,
        run: RunId,
        error: StoreError,
        begins: bool,
    ) -> Result<(), LookError> {
        let in_hand = begins || !self.ended.is_empty() || !self.performing.is_empty();
        let now = clock::monotonic();
        let give_up = *self.give_up.get_or_insert(now + TELL_FOR);
        if !in_hand || now > give_up {
            return Err(error.into());
        }
        if !error.is_passing() {
            if self.ended.is_empty() || self.degraded {
                return Err(error.into());
            }
            self.degraded = true;
            for ended in &mut self.ended {
                let detail = detail::not_stored(&error);
                ended.result = EffectResult::Params { detail };
                ended.events.clear();
            }
        }
        tracing::warn!(run.id = %run, %error, "a commit got no answer; looking what came of it");
        tokio::time::sleep(TELL_PAUSE).await;
        Ok(())
    }

    /// Loads the run again, patiently: what is in hand must not be lost because the store is away.
    async fn reload(&mut self, org: OrgId, run: RunId) -> Result<Step, LookError> {
        self.judged.clear();
        self.view = None;
        let give_up = clock::monotonic() + TELL_FOR;
        let mut pause = TELL_PAUSE;
        let loaded = loop {
            match self.worker.committer.load(org, run).await {
                Ok(Some(loaded)) => break loaded,
                Ok(None) => return Ok(Step::Gone),
                Err(error) if clock::monotonic() > give_up => return Err(error.into()),
                Err(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(TELL_PAUSE_MAX);
        };
        let ours = loaded
            .lease
            .as_ref()
            .is_some_and(|lease| lease.owner == self.worker.process);
        let unsure = std::mem::take(&mut self.unsure);
        if ours {
            let begun = loaded.state.begun();
            let orphans: Vec<Intent> = unsure
                .into_iter()
                .filter(|intent| begun.contains(intent))
                .collect();
            let target = Target::of(&loaded);
            for intent in orphans {
                self.performing
                    .push(self.worker.try_in_lane(target, intent).boxed());
            }
        }
        Ok(Step::Conflict(loaded))
    }

    /// Starts performing effects whose begin is committed.
    fn perform(&mut self, target: Target, begun: Vec<Intent>, mut lanes: Vec<InLane>) {
        (self.slow)();
        let worker = self.worker;
        for intent in begun {
            let lane = worker.lane_of(&intent);
            let inside = (lanes
                .iter()
                .position(|inside| Some(inside.name()) == lane.as_deref()))
            .map(|at| lanes.swap_remove(at));
            let tried = async move {
                let ended = worker.try_one(target, &intent).await;
                drop(inside);
                ended
            };
            self.performing.push(tried.boxed());
        }
    }

    /// Waits until an effect has ended, and takes those that have ended besides.
    async fn gather(&mut self, run: RunId) -> Result<(), LookError> {
        let mut ended = self.performing.next().await;
        while let Some(performed) = ended {
            self.ended.push(performed);
            ended = self.performing.next().now_or_never().flatten();
        }
        self.worker.faults.pass(FaultPoint::AfterPerform, run)?;
        Ok(())
    }
}

/// The gate's answer as an input; `None` when it lets the effect pass.
fn input_of(verdict: Verdict, intent: &IntentId, earliest: Timestamp) -> Option<Input> {
    let intent = intent.clone();
    match verdict {
        Verdict::Send { .. } => None,
        Verdict::Hold { until, reason } => Some(Input::Hold {
            intent,
            until: until.max(earliest),
            reason,
        }),
        Verdict::Refuse { reason } => Some(Input::Result {
            intent,
            result: EffectResult::Refused { reason },
        }),
    }
}
