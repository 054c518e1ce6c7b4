//! What readings of the past come to against limits: for how long the value was beyond them, for how long
//! it was not, and for how long nobody knows.
//!
//! A value stands until the next one, as far as the time between was observed; the end of the span counts as
//! a next one. A gap ends what is beyond: only what was seen counts, and only what was seen without a break is
//! consecutive.

use std::time::Duration;

use operandi_dsl::time::Timestamp;

use super::rule::Metric;

/// Stretches of each kind that are listed; further ones are only counted.
const SPELLS_MAX: usize = 1_000;
/// Columns of the chart.
const COLUMNS: usize = 480;

/// What is right: from `below` to `above`, both included.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Wrong when greater than this.
    pub above: Option<f64>,
    /// Wrong when less than this.
    pub below: Option<f64>,
}

/// A stretch of time that was beyond the limits, or that nobody observed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spell {
    pub since: Timestamp,
    /// `None` when it still was so at the end of the span.
    pub until: Option<Timestamp>,
    pub lasted: Duration,
    /// The value farthest beyond; `None` of a time that nobody observed.
    pub worst: Option<f64>,
}

/// What the readings of a minute come to, where they are not kept one by one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minute {
    pub first_at: Timestamp,
    pub first: f64,
    pub last_at: Timestamp,
    pub last: f64,
    pub least: f64,
    pub greatest: f64,
}

/// What the readings of a span come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// The first of them.
    pub exposures: Vec<Spell>,
    /// How many there were.
    pub exposure_count: usize,
    /// The first of them.
    pub gaps: Vec<Spell>,
    /// How many there were.
    pub gap_count: usize,
    /// How long it was beyond, together.
    pub beyond: Duration,
    /// How long it was beyond without a break.
    pub longest: Duration,
    /// How long it was seen to be right.
    pub right: Duration,
    /// How long nobody knows.
    pub unobserved: Duration,
    pub least: Option<f64>,
    pub greatest: Option<f64>,
    /// By how long each value stood.
    pub average: Option<f64>,
    /// The least and the greatest value of each of many equal parts of the span.
    pub columns: Vec<Option<(f64, f64)>>,
}

/// Takes readings in their order, and keeps account of them in bounded space.
#[derive(Clone, Debug)]
pub struct Ledger {
    metric: Metric,
    limits: Limits,
    from: Timestamp,
    until: Timestamp,
    /// Up to here time is accounted for.
    mark: Timestamp,
    last: Option<(Timestamp, f64)>,
    /// Since when the device says that there is no value.
    lost: Option<Timestamp>,
    /// What is beyond at the mark: since when, and the worst value.
    open: Option<(Timestamp, f64)>,
    /// Values by milliseconds.
    weighed: f64,
    account: Account,
}

impl Limits {
    /// By how much a value is beyond them; nothing for one that is right.
    fn excess(self, value: f64) -> Option<f64> {
        let over = self.above.map(|above| value - above);
        let under = self.below.map(|below| below - value);
        let excess = over.into_iter().chain(under).fold(0.0, f64::max);
        (excess > 0.0).then_some(excess)
    }

    /// Whichever of two values is farther beyond; the first of two that are alike.
    fn worse(self, one: f64, other: f64) -> f64 {
        if self.excess(other) > self.excess(one) {
            other
        } else {
            one
        }
    }
}

impl Account {
    /// How much of the span was observed, up to 1.
    #[must_use]
    pub fn observed(&self) -> f64 {
        let seen = (self.beyond + self.right).as_secs_f64();
        let whole = seen + self.unobserved.as_secs_f64();
        if whole > 0.0 { seen / whole } else { 0.0 }
    }
}

impl Ledger {
    /// Of the span from `from` to `until`, which is later.
    #[must_use]
    pub fn new(metric: Metric, limits: Limits, from: Timestamp, until: Timestamp) -> Self {
        Self {
            metric,
            limits,
            from,
            until,
            mark: from,
            last: None,
            lost: None,
            open: None,
            weighed: 0.0,
            account: Account {
                columns: vec![None; COLUMNS],
                ..Account::default()
            },
        }
    }

    /// Takes a reading; `None` is one that says that there is no value. One of before the span tells what stood
    /// when it began.
    pub fn take(&mut self, at: Timestamp, value: Option<f64>) {
        match value.filter(|value| self.believes(*value)) {
            Some(value) => self.note(at, value, self.seen_until(at)),
            None => {
                self.lost.get_or_insert(at);
            }
        }
    }

    /// Takes what is left of a minute, all of which was observed from its first reading to its last: if anything
    /// in it was beyond, it was so for as long.
    pub fn take_minute(&mut self, minute: &Minute) {
        let worst = self.limits.worse(minute.least, minute.greatest);
        let is_beyond = self.limits.excess(worst).is_some() && self.believes(worst);
        let first = if is_beyond { worst } else { minute.first };
        self.take(minute.first_at, Some(first));
        if minute.first_at < minute.last_at && self.believes(minute.last) {
            self.note(minute.last_at, minute.last, minute.last_at);
        }
        let within = self.from <= minute.first_at && minute.last_at < self.until;
        for value in [minute.least, minute.greatest] {
            if within && self.believes(value) {
                self.see(value, minute.first_at, minute.last_at);
            }
        }
    }

    /// What it all comes to.
    #[must_use]
    pub fn finish(mut self) -> Account {
        self.pass(self.until, self.seen_until(self.until));
        self.come_back(self.until);
        let seen = (self.account.beyond + self.account.right).as_millis();
        let last = self.last.filter(|(at, _)| *at >= self.from);
        self.account.average = if seen > 0 {
            Some(self.weighed / seen as f64)
        } else {
            last.map(|(_, value)| value)
        };
        self.account
    }

    fn believes(&self, value: f64) -> bool {
        let last = self.last.map(|(_, value)| value);
        self.metric.believes(value, last)
    }

    /// Until when the time up to a next value at `at` was observed.
    fn seen_until(&self, at: Timestamp) -> Timestamp {
        let seen = |(last, _)| self.metric.pace.seen_until(last, self.lost, at);
        self.last.map_or(self.mark, seen)
    }

    /// Notes a value, up to which time was observed until `seen`.
    fn note(&mut self, at: Timestamp, value: f64, seen: Timestamp) {
        self.pass(at, seen);
        self.last = Some((at, value));
        self.lost = None;
        if !(self.from..self.until).contains(&at) {
            return;
        }
        self.see(value, at, at);
        if self.limits.excess(value).is_some() {
            self.go_beyond(at, value);
        } else {
            self.come_back(at);
        }
    }

    /// Lets time go by until a moment: the last value stood until `seen`.
    fn pass(&mut self, at: Timestamp, seen: Timestamp) {
        let to = at.clamp(self.mark, self.until);
        let from = self.mark;
        self.mark = to;
        let seen = seen.clamp(from, to);
        if let Some((_, value)) = self.last.filter(|_| from < seen) {
            let stood = seen.since(from);
            self.weighed += value * stood.as_millis() as f64;
            self.see(value, from, Timestamp(seen.0 - 1));
            if self.limits.excess(value).is_some() {
                self.go_beyond(from, value);
                self.account.beyond += stood;
            } else {
                self.account.right += stood;
            }
        }
        self.miss(seen, to);
    }

    /// Nothing is known of this time.
    fn miss(&mut self, from: Timestamp, to: Timestamp) {
        if from >= to {
            return;
        }
        self.come_back(from);
        let gap = self.spell(from, to, None);
        self.account.unobserved += gap.lasted;
        self.account.gap_count += 1;
        if self.account.gaps.len() < SPELLS_MAX {
            self.account.gaps.push(gap);
        }
    }

    fn go_beyond(&mut self, at: Timestamp, value: f64) {
        let (since, worst) = self.open.unwrap_or((at, value));
        self.open = Some((since, self.limits.worse(worst, value)));
    }

    /// What was beyond until now is not seen to be so any more.
    fn come_back(&mut self, at: Timestamp) {
        let Some((since, worst)) = self.open.take() else {
            return;
        };
        let exposure = self.spell(since, at, Some(worst));
        self.account.longest = self.account.longest.max(exposure.lasted);
        self.account.exposure_count += 1;
        if self.account.exposures.len() < SPELLS_MAX {
            self.account.exposures.push(exposure);
        }
    }

    fn spell(&self, since: Timestamp, until: Timestamp, worst: Option<f64>) -> Spell {
        Spell {
            since,
            until: Some(until).filter(|until| *until < self.until),
            lasted: until.since(since),
            worst,
        }
    }

    /// A value was the case from one moment to another, both included.
    fn see(&mut self, value: f64, from: Timestamp, to: Timestamp) {
        let Account {
            least,
            greatest,
            columns,
            ..
        } = &mut self.account;
        *least = Some(least.map_or(value, |least| least.min(value)));
        *greatest = Some(greatest.map_or(value, |greatest| greatest.max(value)));
        let whole = self.until.since(self.from).as_millis().max(1);
        let place =
            |at: Timestamp| (at.since(self.from).as_millis() * COLUMNS as u128 / whole) as usize;
        for column in columns.iter_mut().take(place(to) + 1).skip(place(from)) {
            let (low, high) = column.unwrap_or((value, value));
            *column = Some((low.min(value), high.max(value)));
        }
    }
}
