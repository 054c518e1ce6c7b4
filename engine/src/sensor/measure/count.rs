//! How often something was read.

use super::{Point, Side, buckets::Bucket};

/// Whether a reading counts: every one, or one with which the value came over from a known other side.
pub(super) fn counts(of: Option<Side>, before: Option<Point>, point: Point) -> bool {
    of.is_none_or(|side| {
        side.holds(point.value) && before.is_some_and(|before| !side.holds(before.value))
    })
}

pub(super) fn total<'a>(read: impl Iterator<Item = &'a Bucket>) -> f64 {
    read.map(|bucket| bucket.count).sum::<u64>() as f64
}
