//! What must be true of all runs of a simulation together when everything has come to rest: runs and those
//! they called, events and those who waited for them.

use operandi_dsl::time::Timestamp;
use operandi_engine::{
    core::{Status, Wait, WaitKind, match_key},
    ids::EventId,
};
use serde_json::{Value, json};

use super::{
    interpret::Seen,
    judge::{Told, judge},
    plan::{Block, Plan, Step, Steps},
};

/// An event that was accepted.
#[derive(Clone, Debug)]
pub struct Stored {
    pub id: EventId,
    pub kind: String,
    pub at: Timestamp,
    pub data: Value,
}

/// Says of every run what cannot be; nothing when all is well.
pub fn judge_all(family: &[&Plan], all: &[Told], events: &[Stored]) -> Result<(), String> {
    for told in all {
        let plan = family[told.generation];
        judge(plan, told, all)
            .and_then(|()| called(told, all))
            .and_then(|()| passed_by(told, events))
            .and_then(|()| timed_out(plan, told, events))
            .and_then(|()| goal(told, events))
            .map_err(|problem| {
                let history = &told.history;
                format!("run {}: {problem}\n{history:#?}", told.id)
            })?;
    }
    Ok(())
}

/// A run knows how those it called ended, and leaves none behind.
fn called(told: &Told, all: &[Told]) -> Result<(), String> {
    for entry in told.history.iter().filter(|entry| entry.kind == "call") {
        let run = entry.output["run"].as_str().unwrap_or_default();
        let Some(child) = all.iter().find(|other| other.id.to_string() == run) else {
            continue;
        };
        let ended = (json!(child.status), json!(child.outcome));
        let heard = (&entry.output["status"], &entry.output["outcome"]);
        if child.caller != Some(told.id) {
            return Err(format!(
                "{} took the end of a run it did not call",
                entry.step
            ));
        }
        if !child.retried && heard != (&ended.0, &ended.1) {
            return Err(format!(
                "{} heard {heard:?} of a run that is {ended:?}",
                entry.step
            ));
        }
    }
    let caller = all.iter().find(|other| Some(other.id) == told.caller);
    match caller {
        // A person may let a failed one go on that nobody waits for any more.
        Some(caller) if caller.status.is_final() && !told.status.is_final() && !told.retried => {
            Err(format!(
                "it goes on although {}, which called it, is over",
                caller.id
            ))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether an event came late enough for a wait that counts since this moment.
fn counts(told: &Told, since: Timestamp, at: Timestamp) -> bool {
    at > since || (at == since && told.began_at != Some(since))
}

/// A run that still waits has not been passed by an event it waits for.
fn passed_by(told: &Told, events: &[Stored]) -> Result<(), String> {
    let taken =
        |id: EventId| (told.history.iter()).any(|entry| entry.output["event_id"] == json!(id));
    let open = (told.listens.iter())
        .filter(|wait| wait.kind == WaitKind::Step && !wait.conditional)
        .filter(|_| !told.status.is_final() && !told.retried);
    for wait in open {
        let passed = |event: &&Stored| {
            counts(told, wait.since, event.at)
                && matches(wait, &event.kind, &event.data)
                && !taken(event.id)
        };
        if let Some(event) = events.iter().find(passed) {
            return Err(format!("it waits at {} although {event:?} came", wait.slot));
        }
    }
    Ok(())
}

/// A wait whose time ran out has not been passed by an event either.
fn timed_out(plan: &Plan, told: &Told, events: &[Stored]) -> Result<(), String> {
    let late = |entry: &&Seen| entry.kind == "wait_for" && entry.output["timed_out"] == true;
    for entry in told.history.iter().filter(late).filter(|_| !told.retried) {
        let until = Timestamp::parse(entry.input["until"].as_str().unwrap_or_default())
            .map_err(|error| error.to_string())?;
        let Some(Block::WaitFor {
            events: kinds,
            filtered,
            ..
        }) = find(&plan.steps, &entry.step).map(|step| &step.block)
        else {
            continue;
        };
        let meant = |event: &&Stored| {
            entry.started_at < event.at
                && event.at < until
                && kinds.contains(&event.kind)
                && event.data["key"] == told.event["key"]
                && (!filtered || event.data["good"] == true)
        };
        if let Some(event) = events.iter().find(meant) {
            return Err(format!("{} timed out although {event:?} came", entry.step));
        }
    }
    Ok(())
}

/// The first event that is a run's success within its time is noted, and no other.
fn goal(told: &Told, events: &[Stored]) -> Result<(), String> {
    let goal = told.listens.iter().find(|wait| wait.kind == WaitKind::Goal);
    let Some(goal) = goal else {
        return match told.goal_at {
            Some(at) => Err(format!("it reached at {at:?} a goal it never had")),
            None => Ok(()),
        };
    };
    let in_time = |at: Timestamp| goal.until.is_none_or(|until| at <= until);
    let reached = |event: &&Stored| matches(goal, &event.kind, &event.data) && in_time(event.at);
    let sure = (events.iter().filter(reached))
        .find(|event| counts(told, goal.since, event.at))
        .map(|event| event.at);
    let possible =
        |at| (events.iter().filter(reached)).any(|event| event.at == at && at >= goal.since);
    match (told.goal_at, sure) {
        (None, None) => Ok(()),
        (Some(at), sure) if possible(at) && sure.is_none_or(|sure| at <= sure) => Ok(()),
        (noted, sure) => Err(format!(
            "its goal was reached at {sure:?}, and noted at {noted:?}"
        )),
    }
}

fn find<'a>(steps: &'a Steps, id: &str) -> Option<&'a Step> {
    steps.iter().find_map(|step| {
        if step.id == id {
            return Some(step);
        }
        step.lists().into_iter().find_map(|list| find(list, id))
    })
}

/// How many runs ended because nobody waited for them any more.
pub fn abandoned(all: &[Told]) -> usize {
    let abandoned = |told: &&Told| {
        told.status == Status::Cancelled && told.outcome.as_deref() == Some("caller_ended")
    };
    all.iter().filter(abandoned).count()
}

/// Whether an event is one that a wait waits for, its further condition aside.
#[must_use]
pub fn matches(wait: &Wait, kind: &str, data: &Value) -> bool {
    wait.event == kind
        && match_key(wait.fields.iter().map(String::as_str), data).as_deref() == Some(&wait.key)
}
