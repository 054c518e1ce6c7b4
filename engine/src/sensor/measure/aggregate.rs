//! Average, least, greatest and change over a window.

use operandi_dsl::time::Timestamp;

use super::{
    super::bound::Possible,
    Point, Side,
    buckets::{Bucket, Buckets, Fold, Grid},
    count, rate,
};

/// Something over a moving window.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Windowed {
    pub(in super::super) grid: Grid,
    pub(in super::super) of: Aggregate,
    /// The share of the window that must have been observed, up to 1.
    pub(in super::super) coverage: f64,
}

/// What is made of the readings in a window.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum Aggregate {
    Average,
    Min,
    Max,
    /// The last less the first.
    Delta,
    /// The change in `per` milliseconds.
    Rate {
        per: i64,
    },
    /// All of them, or those with which the value came to a side.
    Count {
        of: Option<Side>,
    },
}

impl Windowed {
    pub(super) fn add(&self, buckets: &mut Buckets, before: Option<Point>, point: Point) {
        let fold = match self.of {
            Aggregate::Average => Fold::Sum,
            Aggregate::Min => Fold::Least,
            Aggregate::Max => Fold::Greatest,
            Aggregate::Delta | Aggregate::Rate { .. } => Fold::First,
            Aggregate::Count { of } if count::counts(of, before, point) => Fold::First,
            Aggregate::Count { .. } => return,
        };
        buckets.trim(self.grid, point.at);
        buckets.add(self.grid, point, fold);
    }

    /// Of a window not observed enough only that much is known which the rest of it cannot change.
    pub(super) fn look(&self, buckets: &Buckets, now: Point) -> Possible {
        let window = || buckets.window(self.grid, now.at);
        let read = || window().filter(|bucket| bucket.count > 0);
        let covered = self.is_covered(buckets, now.at);
        let first = read().next();
        let known = match self.of {
            Aggregate::Average => average(read()),
            Aggregate::Min => read().map(|bucket| bucket.value.0).reduce(f64::min),
            Aggregate::Max => read().map(|bucket| bucket.value.0).reduce(f64::max),
            Aggregate::Delta => first.map(|first| now.value.0 - first.value.0),
            Aggregate::Rate { per } => first.and_then(|first| rate::rate(first, now, per)),
            Aggregate::Count { .. } => Some(count::total(read())),
        };
        match (known, covered, self.of) {
            (None, _, _) => Possible::ANY,
            (Some(known), true, _) => Possible::exactly(known),
            (Some(known), false, Aggregate::Min) => Possible::at_most(known),
            (Some(known), false, Aggregate::Max | Aggregate::Count { .. }) => {
                Possible::at_least(known)
            }
            (Some(_), false, Aggregate::Average | Aggregate::Delta | Aggregate::Rate { .. }) => {
                Possible::ANY
            }
        }
    }

    /// The next slot, until nothing is left to go and nothing to come.
    pub(super) fn next_change(&self, buckets: &Buckets, now: Timestamp) -> Option<Timestamp> {
        let moves = buckets
            .window(self.grid, now)
            .any(|bucket| bucket.count > 0)
            || !self.is_covered(buckets, now);
        moves.then(|| self.grid.next(now))
    }

    fn is_covered(&self, buckets: &Buckets, at: Timestamp) -> bool {
        let window = buckets.window(self.grid, at);
        let observed: i64 = window.map(|bucket| bucket.observed).sum();
        observed as f64 >= self.coverage * self.grid.length(at) as f64
    }
}

fn average<'a>(read: impl Iterator<Item = &'a Bucket>) -> Option<f64> {
    let (sum, count) = read.fold((0.0, 0), |(sum, count), bucket| {
        (sum + bucket.value.0, count + bucket.count)
    });
    (count > 0).then(|| sum / count as f64)
}
