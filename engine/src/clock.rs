//! The only place that reads time or makes ids and dice.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use operandi_dsl::time::Timestamp;
use uuid::Uuid;

/// Where the time comes from. Tests turn it by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at `start` until it is turned.
    #[must_use]
    pub fn manual(start: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(start.0))))
    }

    /// Turns a manual clock; the machine's clock ignores it.
    pub fn advance(&self, span: Duration) {
        if let Some(millis) = &self.0 {
            millis.fetch_add(
                i64::try_from(span.as_millis()).unwrap_or(i64::MAX),
                Ordering::SeqCst,
            );
        }
    }

    /// This moment.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Some(millis) => Timestamp(millis.load(Ordering::SeqCst)),
            None => Timestamp(
                SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .ok()
                    .and_then(|age| i64::try_from(age.as_millis()).ok())
                    .unwrap_or_default(),
            ),
        }
    }
}

/// A new id; ids of one process ascend.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn new_uuid() -> Uuid {
    Uuid::now_v7()
}

/// A random number for jitter.
#[must_use]
pub fn dice() -> u64 {
    rand::random()
}

/// Time since the process began, for deadlines: it never goes back.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "this is the one place")]
pub fn monotonic() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
