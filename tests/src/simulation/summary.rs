//! What simulations covered: one that no longer reaches what it is for is worth nothing.

use super::{family::abandoned, judge::Told};
use operandi_engine::core::Status;

/// What a simulation covered.
#[derive(Clone, Copy, Debug, Default)]
pub struct Summary {
    pub runs: usize,
    pub completed: usize,
    pub effects: usize,
    pub crashes: usize,
    pub conflicts: usize,
    /// Runs that others called and waited for, and those that ended because nobody did any more.
    pub called: usize,
    pub abandoned: usize,
    /// Failed runs that a person let go on.
    pub retried: usize,
    pub goals: usize,
    /// Events that came before their wait was computed, while it was being recorded, and after.
    pub before: usize,
    pub during: usize,
    pub after: usize,
}

impl Summary {
    /// Counts what became of all runs.
    #[must_use]
    pub fn with(self, all: &[Told]) -> Self {
        let count = |fits: fn(&&Told) -> bool| all.iter().filter(fits).count();
        Self {
            runs: all.len(),
            effects: all.iter().map(|told| told.asked.len()).sum(),
            completed: count(|told| told.status == Status::Completed),
            called: count(|told| told.caller.is_some()),
            abandoned: abandoned(all),
            retried: count(|told| told.retried),
            goals: count(|told| told.goal_at.is_some()),
            ..self
        }
    }

    fn parts(&self) -> [usize; 12] {
        [
            self.runs,
            self.completed,
            self.effects,
            self.crashes,
            self.conflicts,
            self.called,
            self.abandoned,
            self.retried,
            self.goals,
            self.before,
            self.during,
            self.after,
        ]
    }

    /// Takes another simulation's coverage in.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.completed += other.completed;
        self.effects += other.effects;
        self.crashes += other.crashes;
        self.conflicts += other.conflicts;
        self.called += other.called;
        self.abandoned += other.abandoned;
        self.retried += other.retried;
        self.goals += other.goals;
        self.before += other.before;
        self.during += other.during;
        self.after += other.after;
    }

    /// Whether everything that makes a simulation worth its time has happened.
    #[must_use]
    pub fn all_parts_seen(&self) -> bool {
        self.parts().iter().all(|&count| count > 0)
    }
}
