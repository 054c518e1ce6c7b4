//! The only place that reads time here. It is tokio's clock, so that tests can turn it.

use tokio::time::Instant;

/// This moment, for deadlines: it never goes back.
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
