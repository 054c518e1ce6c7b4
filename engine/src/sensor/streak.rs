//! For how long something has been wrong, counting only the time that was observed.

use std::time::Duration;

use operandi_dsl::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::number::millis;

/// Unobserved gaps remembered; with more the two oldest are taken for one.
const GAPS_MAX: usize = 32;

/// How long it must be wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sustain {
    /// Observed and wrong for this long.
    pub(super) span: Duration,
    /// Within this long, gaps included: `span` by the share that must be observed.
    pub(super) reach: Duration,
}

/// A stretch in which nothing known was other than wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Streak {
    pub(super) since: Timestamp,
    /// All gaps after this moment are in `gaps`.
    from: Timestamp,
    pub(super) end: Timestamp,
    /// How much of the time since `since` was observed.
    #[serde(with = "millis")]
    pub(super) observed: Duration,
    /// From and to, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gaps: Vec<(Timestamp, Timestamp)>,
}

impl Sustain {
    /// `coverage` is the share of the time looked at that must be observed: more than 0, up to 1.
    pub(super) fn new(span: Duration, coverage: f64) -> Self {
        let reach = Duration::from_millis((span.as_millis() as f64 / coverage) as u64);
        Self { span, reach }
    }
}

impl Streak {
    pub(super) fn new(at: Timestamp) -> Self {
        Self {
            since: at,
            from: at,
            end: at,
            observed: Duration::ZERO,
            gaps: Vec::new(),
        }
    }

    /// Still wrong at `at`; of the time since `end` that until `seen` was observed. Gives how much.
    pub(super) fn extend(&mut self, at: Timestamp, seen: Timestamp, sustain: Sustain) -> Duration {
        if at <= self.end {
            return Duration::ZERO;
        }
        let observed = seen.since(self.end);
        // No stretch that holds this gap could be observed enough: what is before it is over.
        if at.since(seen) > sustain.reach.saturating_sub(sustain.span) {
            *self = Self::new(at);
            return observed;
        }
        self.observed += observed;
        if seen < at {
            self.gaps.push((seen, at));
        }
        self.end = at;
        let first = at.before(sustain.reach);
        let is_old = |gap: &(Timestamp, Timestamp)| gap.1 <= first;
        let old = self.gaps.iter().take_while(|gap| is_old(gap)).count();
        if let Some((_, last)) = self.gaps.drain(..old).next_back() {
            self.from = last;
        }
        self.join_gaps();
        observed
    }

    /// Joins the oldest gaps when there are too many: what was observed between them counts as observed
    /// before them, which makes nothing come sooner.
    fn join_gaps(&mut self) {
        if self.gaps.len() > GAPS_MAX {
            let (first, second) = (self.gaps.remove(0), self.gaps[0]);
            let between = second.0.since(first.1);
            self.gaps[0] = (first.0.after(between), second.1);
        }
    }

    pub(super) fn is_sustained(&self, sustain: Sustain) -> bool {
        self.due(sustain).is_some_and(|due| due <= self.end)
    }

    /// The first moment at which it is sustained if all from `end` on is observed and wrong.
    pub(super) fn due(&self, sustain: Sustain) -> Option<Timestamp> {
        let mut observed = Duration::ZERO;
        let mut end = self.end;
        let mut due = None;
        // From the last stretch without a gap back to the first: each may be where it began.
        let starts = self.gaps.iter().rev().map(|(from, to)| (*to, *from));
        for (start, before) in starts.chain([(self.from, self.from)]) {
            observed += end.since(start);
            let (missing, spare) = (
                sustain.span.saturating_sub(observed),
                observed.saturating_sub(sustain.span),
            );
            let (begins, ends) = (start.after(spare), self.end.after(missing));
            if ends.since(begins) <= sustain.reach {
                due = Some(ends)
                    .filter(|ends| due.is_none_or(|due| *ends < due))
                    .or(due);
            }
            end = before;
        }
        due
    }
}
