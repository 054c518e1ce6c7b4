//! The order in which hints are taken: organisations in turn, interactive before bulk, bulk never starved.
//!
//! Pure bookkeeping: it knows no clock, no task and no lock.

use std::collections::{HashMap, VecDeque, hash_map::Entry};

use super::{BULK_EVERY, Class, HINTS_MAX, HINTS_PER_ORG_MAX, Hint};
use crate::ids::{OrgId, RunId};

/// The waiting hints, and a mark for each run that waits or is being looked at.
#[derive(Default)]
pub(super) struct Fair {
    interactive: Ring,
    bulk: Ring,
    marks: HashMap<RunId, Mark>,
    turn: u64,
}

/// Where a run stands.
enum Mark {
    Queued,
    Held,
    /// A hint came during the look: it is queued again when the look ends.
    Again(Class),
}

/// The hints of one class.
#[derive(Default)]
struct Ring {
    /// Organisations with at least one hint, next first.
    order: VecDeque<OrgId>,
    runs: HashMap<OrgId, VecDeque<RunId>>,
    len: usize,
}

impl Fair {
    /// Adds a hint unless it is there or does not fit; whether there is more to take than before.
    pub(super) fn push(&mut self, hint: Hint) -> bool {
        if self.len() >= HINTS_MAX {
            return false;
        }
        match self.marks.entry(hint.run) {
            Entry::Vacant(vacant) => {
                let ring = match hint.class {
                    Class::Interactive => &mut self.interactive,
                    Class::Bulk => &mut self.bulk,
                };
                let added = ring.push(hint.org, hint.run);
                if added {
                    vacant.insert(Mark::Queued);
                }
                added
            }
            Entry::Occupied(mut mark) => {
                match mark.get() {
                    Mark::Queued => {}
                    Mark::Held => *mark.get_mut() = Mark::Again(hint.class),
                    Mark::Again(class) => *mark.get_mut() = Mark::Again((*class).min(hint.class)),
                }
                false
            }
        }
    }

    /// Takes the next hint; the run stays known until [`Fair::done`] or [`Fair::back`].
    pub(super) fn pop(&mut self) -> Option<Hint> {
        self.turn = self.turn.wrapping_add(1);
        let order = if self.turn.is_multiple_of(BULK_EVERY) {
            [Class::Bulk, Class::Interactive]
        } else {
            [Class::Interactive, Class::Bulk]
        };
        for class in order {
            if let Some((org, run)) = self.ring(class).pop() {
                self.marks.insert(run, Mark::Held);
                return Some(Hint { org, run, class });
            }
        }
        None
    }

    /// The look has ended; whether the run is queued again.
    pub(super) fn done(&mut self, hint: Hint) -> bool {
        match self.marks.remove(&hint.run) {
            Some(Mark::Again(class)) => self.push(Hint { class, ..hint }),
            Some(Mark::Held | Mark::Queued) | None => false,
        }
    }

    /// The look never began: the run is queued again.
    pub(super) fn back(&mut self, hint: Hint) -> bool {
        self.marks.remove(&hint.run);
        self.push(hint)
    }

    /// How many hints wait.
    pub(super) fn len(&self) -> usize {
        self.interactive.len + self.bulk.len
    }

    /// How many runs are known, waiting or looked at.
    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        self.marks.len()
    }

    fn ring(&mut self, class: Class) -> &mut Ring {
        match class {
            Class::Interactive => &mut self.interactive,
            Class::Bulk => &mut self.bulk,
        }
    }
}

impl Ring {
    fn push(&mut self, org: OrgId, run: RunId) -> bool {
        let runs = self.runs.entry(org).or_default();
        if runs.len() >= HINTS_PER_ORG_MAX {
            return false;
        }
        if runs.is_empty() {
            self.order.push_back(org);
        }
        runs.push_back(run);
        self.len += 1;
        true
    }

    fn pop(&mut self) -> Option<(OrgId, RunId)> {
        let org = self.order.pop_front()?;
        let Entry::Occupied(mut entry) = self.runs.entry(org) else {
            return None;
        };
        let run = entry.get_mut().pop_front();
        if entry.get().is_empty() {
            entry.remove();
        } else {
            self.order.push_back(org);
        }
        let run = run?;
        self.len -= 1;
        Some((org, run))
    }
}
