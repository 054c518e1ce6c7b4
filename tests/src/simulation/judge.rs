//! What must be true of a run when everything has come to rest.

use std::collections::{BTreeMap, BTreeSet};

use operandi_dsl::{catalog::Promise, time::Timestamp};
use operandi_engine::{
    core::{Status, Wait, WaitKind},
    ids::RunId,
};
use serde_json::Value;

use super::{
    interpret::{Seen, Verdict, interpret},
    plan::{Block, Plan, Steps},
    world::{Answer, Asked, promise},
};

/// Everything that is known of a run at rest.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: RunId,
    /// The run that called it and waits for it.
    pub caller: Option<RunId>,
    /// Its place in the family of plans.
    pub generation: usize,
    /// When events of the same moment do not count yet: the transaction that began it saw those before.
    pub began_at: Option<Timestamp>,
    pub event: Value,
    pub status: Status,
    pub outcome: Option<String>,
    pub history: Vec<Seen>,
    /// What the world was asked for it, in order.
    pub asked: Vec<Asked>,
    /// Effects a person said had not happened, each of which may be done once more.
    pub repeated: Vec<String>,
    /// When an event ended it: the effects begun by then, and how many requests had been made.
    pub ended: Option<Ended>,
    /// What it listens for, its goal also after its end.
    pub listens: Vec<Wait>,
    pub goal_at: Option<Timestamp>,
    /// Whether it waits for its turn behind another.
    pub queued: bool,
    /// Whether a person let it go on after it had failed: it went ways that no plan knows.
    pub retried: bool,
    /// Whether a process died meanwhile: what it had begun counts as a try, lest an effect that kills its
    /// process be repeated for ever.
    pub crashed: bool,
}

/// The moment an event ended a run.
#[derive(Clone, Debug)]
pub struct Ended {
    pub begun: Vec<String>,
    pub asked: usize,
}

impl Told {
    /// Whether only an event, a person or another run can move it.
    fn waits(&self, others: &[Self]) -> bool {
        let listens = |wait: &Wait| wait.kind == WaitKind::Step && wait.until.is_none();
        let called = |other: &Self| other.caller == Some(self.id) && !other.status.is_final();
        self.queued || self.listens.iter().any(listens) || others.iter().any(called)
    }
}

/// Says what cannot be; nothing when all is well.
pub fn judge(plan: &Plan, told: &Told, all: &[Told]) -> Result<(), String> {
    match interpret(plan, &told.event, &told.history) {
        _ if told.retried => rest(told, &Verdict::Failed, all)?,
        Ok(verdict) => rest(told, &verdict, all)?,
        // Where one way ends others in the middle, the history alone does not say which way an entry is of.
        Err(_) if plan.races() => {}
        Err(_) if plan.interleaves() && told.status != Status::Completed => {}
        Err(problem) => return Err(problem),
    }
    effects(plan, told)?;
    moved_once(plan, told)
}

/// The run's end is the plan's end.
fn rest(told: &Told, verdict: &Verdict, all: &[Told]) -> Result<(), String> {
    let outcome = told.outcome.clone();
    let fits = match told.status {
        Status::Completed => told.retried || *verdict == Verdict::Completed { outcome },
        Status::Failed => *verdict == Verdict::Failed,
        Status::Waiting => (told.retried || *verdict == Verdict::Open) && told.waits(all),
        Status::Exited | Status::Cancelled => told.retried || *verdict == Verdict::Open,
        // Nothing may be left half done: time and people have had their turn.
        Status::Running | Status::Unknown => false,
    };
    if fits {
        Ok(())
    } else {
        Err(format!(
            "it is {:?} ({:?}), and the plan says {verdict:?}",
            told.status, told.outcome
        ))
    }
}

fn effects(plan: &Plan, told: &Told) -> Result<(), String> {
    let mut by_intent: BTreeMap<&str, Vec<&Asked>> = BTreeMap::new();
    // What changes nothing outside may be computed and thrown away before its commit, and its key with it.
    for asked in (told.asked.iter()).filter(|one| promise(&one.kind) != Promise::Pure) {
        by_intent.entry(&asked.intent).or_default().push(asked);
    }
    for (intent, asked) in &by_intent {
        if asked
            .iter()
            .any(|one| one.params != asked[0].params || one.step != asked[0].step)
        {
            return Err(format!("{intent} was two different requests: {asked:?}"));
        }
        if promise(&asked[0].kind) == Promise::Once {
            // A refusal or a passing fault says that nothing happened, so trying again doubles nothing.
            let happened = |one: &&&Asked| matches!(one.answer, Answer::Done | Answer::Silence);
            let allowed = 1 + told
                .repeated
                .iter()
                .filter(|repeated| repeated == intent)
                .count();
            let count = asked.iter().filter(happened).count();
            if count > allowed {
                return Err(format!(
                    "{intent} may have happened {count} times, and {allowed} is allowed: {asked:?}"
                ));
            }
        }
    }
    if let Some(ended) = &told.ended {
        for asked in told.asked.iter().skip(ended.asked) {
            if promise(&asked.kind) != Promise::Pure && !ended.begun.contains(&asked.intent) {
                return Err(format!(
                    "{} was begun after the event that ended the run",
                    asked.intent
                ));
            }
        }
    }
    // A step is done when the world did it, and not otherwise. What changes nothing outside is counted by
    // request, since a key that was thrown away before its commit is used again.
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    let mut counted = BTreeSet::new();
    for one in told.asked.iter().filter(|one| one.answer == Answer::Done) {
        if promise(&one.kind) == Promise::Pure || counted.insert(one.intent.as_str()) {
            *left.entry(&one.step).or_default() += 1;
        }
    }
    let done = |entry: &&Seen| {
        entry.status == "completed"
            && entry.step.starts_with("act_")
            && entry.output["done"] == true
    };
    for entry in told.history.iter().filter(done) {
        let count = left.entry(&entry.step).or_default();
        *count = count
            .checked_sub(1)
            .ok_or_else(|| format!("{} is done, and nothing was", entry.step))?;
    }
    // What was cut short by a failure and went on later was tried without a word in the history.
    if told.crashed || told.retried {
        Ok(())
    } else {
        tries(&plan.steps, told)
    }
}

/// A step gives up only after all its tries.
fn tries(steps: &Steps, told: &Told) -> Result<(), String> {
    for step in steps {
        if let Block::Act { attempts, .. } = &step.block {
            let count = |status: &str, code: Option<&str>| {
                let fits = |entry: &&Seen| {
                    entry.step == step.id
                        && entry.status == status
                        && code.is_none_or(|code| entry.output["error"] == code)
                };
                told.history.iter().filter(fits).count()
            };
            let exhausted = count("failed", Some("exhausted"));
            let (tried, due) = (count("retried", None), exhausted * (*attempts as usize - 1));
            // What a person asked to be done again was tried too.
            if tried + told.repeated.len() < due {
                return Err(format!(
                    "{} gave up {exhausted} times after {tried} repetitions; {attempts} tries were due",
                    step.id
                ));
            }
        }
        for list in step.lists() {
            tries(list, told)?;
        }
    }
    Ok(())
}

/// One event moves one line of steps once.
fn moved_once(plan: &Plan, told: &Told) -> Result<(), String> {
    fn forks(steps: &Steps) -> bool {
        let fork = |block: &Block| matches!(block, Block::Parallel { .. } | Block::Each { .. });
        steps
            .iter()
            .any(|step| fork(&step.block) || step.lists().into_iter().any(forks))
    }
    if forks(&plan.steps) {
        return Ok(());
    }
    let mut seen = BTreeSet::new();
    for entry in &told.history {
        if let Some(id) = entry.output["event_id"].as_str()
            && !seen.insert(id)
        {
            return Err(format!(
                "event {id} moved the run twice, the second time at {}",
                entry.step
            ));
        }
    }
    Ok(())
}
