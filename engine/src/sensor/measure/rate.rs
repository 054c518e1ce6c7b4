//! How fast a value changes.

use super::{Point, buckets::Bucket};

/// The change from the window's first reading to `now`, as it would be in `per` milliseconds; `None`
/// when no time is between them.
pub(super) fn rate(first: &Bucket, now: Point, per: i64) -> Option<f64> {
    let elapsed = now.at.0 - first.at.0;
    (elapsed > 0).then(|| (now.value.0 - first.value.0) * per as f64 / elapsed as f64)
}
