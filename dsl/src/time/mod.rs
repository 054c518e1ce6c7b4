//! Instants, durations, schedules and windows: pure arithmetic on IANA zones. It must never read a
//! clock.

mod civil;
mod schedule;
mod span;
#[cfg(test)]
mod tests;
mod timestamp;
mod window;

pub use self::{
    civil::{parse_zone, to_instant},
    schedule::Schedule,
    span::{SPAN_MAX, format_span, parse_span},
    timestamp::Timestamp,
    window::{Whose, WindowSpec},
};
use crate::{Sentence, catalog::Lang, phrase::Fault};

/// What is wrong with a duration, cron line or window, in words that name the remedy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct TimeError(Box<Fault>);

impl From<Fault> for TimeError {
    fn from(fault: Fault) -> Self {
        Self(Box::new(fault))
    }
}

impl TimeError {
    /// The same, to be told of something else.
    pub(crate) fn into_fault(self) -> Fault {
        *self.0
    }

    /// What is wrong and what to do, for the history of runs.
    #[must_use]
    pub fn sentence(&self) -> Sentence {
        self.0.as_ref().into()
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        self.0.message(lang)
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn hint(&self, lang: Lang) -> String {
        self.0.hint(lang)
    }

    /// What is wrong and what to do, in every language.
    pub(crate) fn fault(&self) -> &Fault {
        &self.0
    }
}
