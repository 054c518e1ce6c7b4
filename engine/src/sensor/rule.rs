//! A rule ready to run: what `compile` makes of a document that passed every check.

use std::time::Duration;

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::{
    document::Late,
    time::{Timestamp, WindowSpec},
};

use super::{bound::Bound, measure::Measure, silence::Silence, streak::Sustain};

/// By how many expected intervals two readings may be apart and the time between still be observed.
const GAP_INTERVALS: u32 = 3;
/// A reading that was under way for longer is of the past, as is one that took longer than the gap that
/// its metric may have.
const LATE_AFTER_MIN: Duration = Duration::from_secs(60);

/// What is known of a metric, from its device's profile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metric {
    pub pace: Pace,
    /// How long a reading is held back for earlier ones to arrive; zero judges it at once.
    pub tolerance: Duration,
    /// What the sensor shows before it has measured.
    pub power_on: Option<PowerOn>,
}

/// When a metric's readings come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At this interval: a value says something of its own moment only.
    Every(Duration),
    /// When something changes: a value holds until another one comes.
    OnChange,
}

/// A value that a sensor shows before it has measured, such as the 85.0 of a DS18B20: only believed
/// when the value before it was at most `step` away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PowerOn {
    pub value: f64,
    pub step: f64,
}

/// The shop's clock and its days off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub zone: Tz,
    pub holidays: Vec<NaiveDate>,
}

/// A rule that can be run; only [`Rule::compile`] makes one.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) name: String,
    pub(super) metric: Metric,
    pub(super) judge: Judge,
    pub(super) window: Option<WindowSpec>,
    pub(super) calendar: Calendar,
    pub(super) late: Late,
}

/// How a rule judges.
#[derive(Clone, Debug)]
pub(super) enum Judge {
    Silence(Silence),
    Compared(Compared),
}

/// A measure, the bound it is compared with, and for how long it must be beyond it.
#[derive(Clone, Debug)]
pub(super) struct Compared {
    pub(super) measure: Measure,
    pub(super) bound: Bound,
    pub(super) sustain: Sustain,
}

impl Pace {
    /// An absence of values that is shorter is bridged where values hold.
    pub(super) const BLIP: Duration = Duration::from_secs(30);

    /// How far apart two readings may be for the time between to be observed; `None` is any time.
    #[must_use]
    pub fn gap(self) -> Option<Duration> {
        match self {
            Self::Every(interval) => Some(interval.saturating_mul(GAP_INTERVALS)),
            Self::OnChange => None,
        }
    }

    /// Until when the time from a known value at `from` to the next one at `at` was observed, when nothing was
    /// known from `lost` on.
    pub(super) fn seen_until(
        self,
        from: Timestamp,
        lost: Option<Timestamp>,
        at: Timestamp,
    ) -> Timestamp {
        match (self.gap(), lost) {
            (Some(gap), _) if at.since(from) > gap => from,
            (None, Some(lost)) if at.since(lost) > Self::BLIP => lost.max(from).min(at),
            (Some(_), _) | (None, Some(_) | None) => at,
        }
    }
}

impl Metric {
    /// Whether a value is one that was measured: what the sensor shows before that is only believed near the
    /// value before it.
    pub(super) fn believes(&self, value: f64, last: Option<f64>) -> bool {
        let idle = self.power_on.filter(|idle| idle.value == value);
        idle.is_none_or(|idle| last.is_some_and(|last| (last - value).abs() <= idle.step))
    }
}

impl Rule {
    /// The metric it watches.
    #[must_use]
    pub fn metric(&self) -> &str {
        &self.name
    }

    pub(super) fn judge(&self) -> &Judge {
        &self.judge
    }

    pub(super) fn late(&self) -> Late {
        self.late
    }

    pub(super) fn pace(&self) -> Pace {
        self.metric.pace
    }

    pub(super) fn tolerance(&self) -> Duration {
        self.metric.tolerance
    }

    pub(super) fn power_on(&self) -> Option<PowerOn> {
        self.metric.power_on
    }

    /// How long a reading may have been under way and still be of the present.
    pub(super) fn late_after(&self) -> Duration {
        self.pace().gap().unwrap_or_default().max(LATE_AFTER_MIN)
    }

    /// Whether an alarm may begin at a moment.
    pub(super) fn is_open(&self, at: Timestamp) -> bool {
        let Calendar { zone, holidays } = &self.calendar;
        let is_open = |window: &WindowSpec| window.is_open(at, *zone, holidays);
        self.window.as_ref().is_none_or(is_open)
    }

    /// The first moment from `at` on at which an alarm may begin; `None` when there is none within a year.
    pub(super) fn next_open(&self, at: Timestamp) -> Option<Timestamp> {
        let Calendar { zone, holidays } = &self.calendar;
        match &self.window {
            Some(window) => window.next_open(at, *zone, holidays),
            None => Some(at),
        }
    }
}
