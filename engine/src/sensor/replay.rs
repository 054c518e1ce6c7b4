//! A rule over readings of the past, as if they came at the moments they were measured: how often it
//! would have been raised.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::{
    alone::Alone,
    change::{Change, Episode},
    reading::Reading,
    rule::{Pace, Rule},
};

/// Ticks between two readings at most: a rule that asks for more is ticked at the later of them.
const TICKS_MAX: usize = 64;

/// A stretch of time in which the rule was raised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    pub raised: Episode,
    /// `None` when it still was raised at the end.
    pub cleared: Option<Episode>,
    /// The least and the greatest value meanwhile.
    pub least: f64,
    pub greatest: f64,
}

impl Stretch {
    /// When it began to be wrong.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.raised.since
    }

    /// When it was right again.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.cleared.map(|cleared| cleared.evidence.at)
    }
}

/// What became of a replay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replay {
    pub stretches: Vec<Stretch>,
    pub readings: usize,
    /// How much of the time was observed.
    pub observed: Duration,
}

impl Rule {
    /// Plays readings, the earliest first, and lets time pass until `end`.
    #[must_use]
    pub fn replay(&self, readings: impl IntoIterator<Item = Reading>, end: Timestamp) -> Replay {
        let mut player = Player {
            rule: self,
            memory: Alone::default(),
            replay: Replay::default(),
            last: None,
        };
        for reading in readings {
            player.pass(reading.device_time);
            player.play(reading);
        }
        player.pass(end);
        let changes = player.memory.tick(self, end);
        player.note(&changes, None);
        player.replay
    }
}

struct Player<'a> {
    rule: &'a Rule,
    memory: Alone,
    replay: Replay,
    last: Option<Timestamp>,
}

impl Player<'_> {
    fn play(&mut self, reading: Reading) {
        let at = reading.device_time;
        if let Some(last) = self.last.filter(|_| reading.value.is_some()) {
            let gap = match self.rule.pace() {
                Pace::Every(_) => self.rule.pace().gap(),
                Pace::OnChange => None,
            };
            let between = at.since(last);
            if gap.is_none_or(|gap| between <= gap) {
                self.replay.observed += between;
            }
        }
        if reading.value.is_some() {
            self.last = Some(at);
        }
        self.replay.readings += 1;
        let reading = Reading {
            received: at,
            ..reading
        };
        if let Ok(changes) = self.memory.observe(self.rule, reading) {
            self.note(&changes, reading.value);
        }
    }

    /// Lets the rule's timers ring that fall due before a moment.
    fn pass(&mut self, until: Timestamp) {
        let Some(mut now) = self.last else { return };
        for _ in 0..TICKS_MAX {
            let wake = self.memory.next_wake(self.rule, now);
            let Some(wake) = wake.filter(|wake| *wake < until) else {
                return;
            };
            now = wake;
            let changes = self.memory.tick(self.rule, now);
            self.note(&changes, None);
        }
    }

    fn note(&mut self, changes: &[Change], value: Option<f64>) {
        for change in changes {
            match change {
                Change::Raised(episode) => self.replay.stretches.push(Stretch {
                    raised: *episode,
                    cleared: None,
                    least: episode.value,
                    greatest: episode.value,
                }),
                Change::Cleared(episode) => {
                    if let Some(stretch) = self.replay.stretches.last_mut() {
                        stretch.cleared.get_or_insert(*episode);
                    }
                }
                Change::Unknown { .. } | Change::Known { .. } | Change::Late(_) => {}
            }
        }
        let open = self
            .replay
            .stretches
            .last_mut()
            .filter(|stretch| stretch.cleared.is_none());
        if let (Some(stretch), Some(value)) = (open, value) {
            stretch.least = stretch.least.min(value);
            stretch.greatest = stretch.greatest.max(value);
        }
    }
}
