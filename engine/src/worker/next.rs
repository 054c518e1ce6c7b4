//! What a run becomes by the inputs in hand, before anything of it is committed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use futures::future::join_all;
use operandi_dsl::{
    Sentence,
    catalog::Promise,
    program::{Op, Program},
    time::Timestamp,
};

use super::{
    Worker,
    context::View,
    lanes::InLane,
    perform::{Performed, Target},
    settings::LEASE_MARGIN,
};
use crate::{
    clock,
    core::{self, Command, EffectResult, Env, Input, Intent, Reason, State},
    event::NewEvent,
    ids::IntentId,
    store::commit::{Advance, Lease, Loaded, SendEnd},
};

/// How many pure effects one application may perform before its state is committed.
const PURE_PER_COMMIT_MAX: usize = 1_000;

/// What a state calls due that can act without any time passing.
const AT_ONCE: Timestamp = Timestamp(0);

/// A sequence number no run has.
const OUTDATED: i64 = -1;

/// A run as it was loaded, and as it is about to become.
pub(super) struct Next<'a> {
    worker: &'a Worker,
    view: View,
    now: Timestamp,
    run: Loaded,
    state: State,
    /// Programs of versions that inputs in the inbox may move the run to.
    targets: BTreeMap<i64, Arc<Program>>,
    moved: Option<(i64, Arc<Program>)>,
    applied: Vec<i64>,
    begin: Vec<Intent>,
    commands: Vec<Command>,
    events: Vec<NewEvent>,
    sends: Vec<(IntentId, SendEnd)>,
    lanes: Vec<InLane>,
    ends: usize,
    over: bool,
}

/// A commit to be tried, and what is left in hand to perform after it.
pub(super) struct Attempt {
    pub(super) advance: Advance,
    pub(super) begin: Vec<Intent>,
    pub(super) lanes: Vec<InLane>,
    /// How many ends of effects it holds.
    pub(super) ends: usize,
    /// The run has ended by an event: the commit is a conflict on purpose, and keeps the ends of sends.
    pub(super) over: bool,
}

impl<'a> Next<'a> {
    /// `in_hand` tells whether this process performs effects of the run at this moment.
    pub(super) fn new(
        worker: &'a Worker,
        view: View,
        (run, targets): (Loaded, BTreeMap<i64, Arc<Program>>),
        in_hand: bool,
    ) -> Self {
        let now = worker.clock.now();
        let over = run.status.is_final() && run.state.status() != run.status;
        let mut next = Self {
            worker,
            view,
            now,
            state: run.state.clone(),
            run,
            targets,
            moved: None,
            applied: Vec::new(),
            begin: Vec::new(),
            commands: Vec::new(),
            events: Vec::new(),
            sends: Vec::new(),
            lanes: Vec::new(),
            ends: 0,
            over,
        };
        if next.lost(in_hand) {
            next.apply(Input::Lost);
        }
        next
    }

    /// Whether effects were begun whose process is gone, or silent for too long.
    fn lost(&self, in_hand: bool) -> bool {
        let free = match &self.run.lease {
            None => true,
            Some(lease) => lease.until <= self.now,
        };
        free && !self.over && !in_hand && !self.state.begun().is_empty()
    }

    /// The program that the state stands in.
    fn program(&self) -> &Arc<Program> {
        self.moved
            .as_ref()
            .map_or(&self.run.program, |(_, program)| program)
    }

    pub(super) fn apply(&mut self, input: Input) {
        let program = &Arc::clone(self.program());
        let env = Env {
            run: self.run.run,
            key: &self.run.key,
            now: self.now,
            dice: clock::dice(),
            event: &self.run.event,
            org: &self.view.org.value,
            org_zone: self.view.org.zone,
            holidays: &self.view.org.holidays,
            contact: self.view.contact.as_deref().map(|contact| &contact.value),
            contact_zone: self
                .view
                .contact
                .as_deref()
                .and_then(|contact| contact.zone),
        };
        self.commands
            .extend(core::apply(program, &mut self.state, &env, input));
    }

    /// Whether the run has ended in a way that the state does not tell: by an event's own transaction.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Applies what came from outside, in its order. A run that is over takes nothing more.
    pub(super) fn apply_inbox(&mut self) {
        let over = self.is_over();
        let inbox = std::mem::take(&mut self.run.inbox);
        for item in &inbox {
            self.applied.push(item.id);
            if !over && self.may_take(&item.input) {
                self.apply(item.input.clone());
            }
        }
        self.run.inbox = inbox;
    }

    /// Whether an input means anything to the run. One that moves it to another version brings the program along.
    fn may_take(&mut self, input: &Input) -> bool {
        let Input::Move {
            from,
            version,
            to: Some(to),
        } = input
        else {
            return true;
        };
        let Some(program) = self.targets.get(version) else {
            return false;
        };
        let may = self.state.may_move(from, program, to);
        if may {
            self.moved = Some((*version, Arc::clone(program)));
        }
        may
    }

    /// Applies how effects ended; what came of one counts only while it is open.
    pub(super) fn apply_ends(&mut self, ended: &[Performed]) {
        self.ends = ended.len();
        for ended in ended {
            self.apply_end(ended);
        }
    }

    fn apply_end(&mut self, ended: &Performed) {
        let id = &ended.intent;
        let runs_on = !self.is_over() && !self.state.status().is_final();
        if runs_on && self.state.is_open(id) {
            self.apply(Input::Result {
                intent: id.clone(),
                result: ended.result.clone(),
            });
            self.events.extend(ended.events.iter().cloned());
        }
        if ended.sends
            && let Some(end) = send_end(ended, self.state.is_open(id))
        {
            self.sends.push((id.clone(), end));
        }
    }

    /// Moves on what time has brought about.
    pub(super) fn wake(&mut self) {
        let Some(due) = self.state.due().filter(|due| *due <= self.now) else {
            return;
        };
        if due > AT_ONCE {
            let late = u64::try_from(self.now.0 - due.0).unwrap_or(0);
            metrics::histogram!("operandi_wake_late_seconds").record(Duration::from_millis(late));
        }
        self.apply(Input::Wake);
    }

    /// Performs the effects that change nothing outside, and goes on with their results. They need no
    /// commit of their own: whoever loses this one does them again.
    pub(super) async fn perform_pure(&mut self) {
        let mut left = PURE_PER_COMMIT_MAX;
        loop {
            let pure: Vec<Intent> = (self.state.requested().into_iter())
                .filter(|intent| is_pure(self.program(), intent))
                .take(left)
                .collect();
            if pure.is_empty() {
                return;
            }
            left -= pure.len();
            let tries = pure
                .iter()
                .map(|intent| self.worker.try_one(Target::of(&self.run), intent));
            for ended in join_all(tries).await {
                self.apply_end(&ended);
            }
        }
    }

    /// Applies what the gate said, where the same effect still asks to begin.
    pub(super) fn apply_judged(&mut self, judged: &[(Intent, Input)]) {
        for (intent, input) in judged {
            if self.state.requested().contains(intent) {
                self.apply(input.clone());
            }
        }
    }

    /// Chooses the effects to begin: one per lane, and none while another process performs some, since
    /// one process at a time answers for a run.
    pub(super) fn choose_begin(&mut self) {
        let ours = self
            .run
            .lease
            .as_ref()
            .is_some_and(|lease| lease.owner == self.worker.process);
        if !ours && !self.state.begun().is_empty() {
            return;
        }
        let mut taken = BTreeSet::new();
        for intent in self.state.requested() {
            let free = self
                .worker
                .lane_of(&intent)
                .is_none_or(|lane| taken.insert(lane));
            if free && !is_pure(self.program(), &intent) {
                self.begin.push(intent);
            }
        }
    }

    /// The lanes of the effects about to begin, in the one order in which everybody takes them.
    pub(super) fn lanes_wanted(&self) -> BTreeSet<String> {
        self.begin
            .iter()
            .filter_map(|intent| self.worker.lane_of(intent))
            .collect()
    }

    pub(super) fn entered(&mut self, lane: InLane) {
        self.lanes.push(lane);
    }

    /// Whether there is anything to commit. Of a run that is over, only the ends of sends are.
    pub(super) fn changes_anything(&self) -> bool {
        if self.is_over() {
            return !self.sends.is_empty();
        }
        !self.begin.is_empty()
            || !self.applied.is_empty()
            || !self.sends.is_empty()
            || !self.commands.is_empty()
            || !self.events.is_empty()
            || self.state != self.run.state
    }

    /// The run as it was loaded; what was applied is forgotten.
    pub(super) fn into_run(self) -> Loaded {
        self.run
    }

    pub(super) fn into_attempt(mut self) -> Attempt {
        if !self.begin.is_empty() {
            let intents = self.begin.iter().map(|intent| intent.id.clone()).collect();
            self.apply(Input::Begin { intents });
        }
        let lease = self.lease();
        if self.over {
            self.run.seq = OUTDATED;
        }
        let advance = Advance {
            run: self.run,
            state: self.state,
            moved: self.moved,
            applied: self.applied,
            begin: self.begin.clone(),
            lease,
            commands: self.commands,
            events: self.events,
            sends: self.sends,
        };
        Attempt {
            advance,
            begin: self.begin,
            lanes: self.lanes,
            ends: self.ends,
            over: self.over,
        }
    }

    /// Until when nobody else may judge the effects lost that are begun after this commit.
    fn lease(&self) -> Option<Lease> {
        let begun = self.state.begun();
        let longest = begun
            .iter()
            .map(|intent| self.worker.timeout(intent))
            .max()?;
        let foreign = self
            .run
            .lease
            .as_ref()
            .filter(|lease| lease.owner != self.worker.process);
        match foreign {
            Some(lease) if self.begin.is_empty() => Some(lease.clone()),
            Some(_) | None => Some(Lease {
                owner: self.worker.process.clone(),
                until: self.now.after(longest + LEASE_MARGIN),
            }),
        }
    }
}

fn is_pure(program: &Program, intent: &Intent) -> bool {
    let act = program
        .main
        .get(&intent.step)
        .and_then(|pc| program.code.get(*pc));
    match act.map(|instr| &instr.op) {
        Some(Op::Act(act)) => act.promise == Promise::Pure,
        Some(_) | None => false,
    }
}

fn failed(code: &str, detail: &Sentence) -> SendEnd {
    SendEnd::Failed {
        reason: Reason::new(code, detail.clone()),
    }
}

/// What the row of a send is told. A try that will be repeated tells nothing.
fn send_end(ended: &Performed, still_open: bool) -> Option<SendEnd> {
    match &ended.result {
        EffectResult::Done { .. } => ended.receipt.clone().map(SendEnd::Accepted),
        EffectResult::Unknown { detail } => Some(SendEnd::Unknown {
            reason: Reason::new("unknown", detail.clone()),
        }),
        EffectResult::Refused { reason } => Some(SendEnd::Failed {
            reason: reason.clone(),
        }),
        EffectResult::Retry { .. } if still_open => None,
        EffectResult::Retry { detail, .. } => Some(failed("exhausted", detail)),
        EffectResult::Reconnect { detail } => Some(failed("reconnect", detail)),
        EffectResult::Params { detail } => Some(failed("params", detail)),
    }
}
