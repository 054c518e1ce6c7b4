//! Where a simulation may let the process die. In production nothing here ever happens.

use std::sync::Arc;

use crate::ids::RunId;

/// A moment in the work on one run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultPoint {
    /// The run is loaded; nothing of it is committed.
    BeforeBegin,
    /// Effects are committed as begun; none is performed.
    AfterBegin,
    /// An effect is performed; its result is not committed.
    AfterPerform,
    /// The result is committed.
    AfterResult,
}

/// The process died here, as far as this run can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the process was made to die {0:?}")]
pub struct Crashed(pub FaultPoint);

/// Decides at which moments the process dies; by default at none.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Decide>>);

type Decide = dyn Fn(FaultPoint, RunId) -> bool + Send + Sync;

impl Faults {
    /// Dies wherever `decide` says so.
    pub fn when(decide: impl Fn(FaultPoint, RunId) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(decide)))
    }

    pub(super) fn pass(&self, point: FaultPoint, run: RunId) -> Result<(), Crashed> {
        match &self.0 {
            Some(decide) if decide(point, run) => Err(Crashed(point)),
            Some(_) | None => Ok(()),
        }
    }
}
