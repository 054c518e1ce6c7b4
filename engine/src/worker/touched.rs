//! What follows from a commit outside of it: hints for runs that are ready, alarms for those that soon
//! are, and words for whoever watches.

use operandi_dsl::time::Timestamp;

use super::{Changes, alarm::Alarms, changes::RunChange};
use crate::{
    core::Status,
    queue::{Class, Hint, Hints},
    store::commit::Touched,
};

/// Says what a commit did to those who act on it: the queue, the alarms, and whoever watches.
pub(super) fn pass_on(
    touched: &[Touched],
    now: Timestamp,
    hints: &Hints,
    alarms: &Alarms,
    changes: &Changes,
) {
    let mut ready = Vec::new();
    for run in touched {
        let hint = Hint {
            org: run.org,
            run: run.run,
            class: Class::Interactive,
        };
        match run.due {
            Some(due) if due > now => alarms.set(
                due,
                now,
                Hint {
                    class: Class::Bulk,
                    ..hint
                },
            ),
            Some(_) if !run.in_hand => ready.push(hint),
            Some(_) | None => {}
        }
        if run.began {
            metrics::counter!("operandi_runs_started").increment(1);
        }
        if run.ended {
            metrics::counter!("operandi_runs_ended", "status" => word(run.status)).increment(1);
        }
    }
    hints.push(ready);
    if changes.watched() {
        for run in touched {
            changes.tell(&RunChange {
                org: run.org,
                run: run.run,
                workflow: run.workflow,
                status: run.status,
                step: run.step.clone(),
                at: now,
            });
        }
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Running => "running",
        Status::Waiting => "waiting",
        Status::Completed => "completed",
        Status::Failed => "failed",
        Status::Exited => "exited",
        Status::Cancelled => "cancelled",
        Status::Unknown => "unknown",
    }
}
