//! A rehearsal: what a workflow would do with a list of events, on a clock that jumps from one moment
//! of interest to the next. It runs the engine's own core, so it decides as production does.
//!
//! It must never know a store, a server or the time of day. Effects are only named, unless whoever
//! calls can perform them without touching the world.

mod stage;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::{program::Program, time::Timestamp};
use operandi_engine::core::{EffectResult, Intent};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::stage::Stage;

/// The most runs of one rehearsal.
pub const RUNS_MAX: usize = 10_000;
/// The most things that may happen in one rehearsal.
pub const HAPPENINGS_MAX: usize = 200_000;

/// An event of the rehearsal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Such as `cart.updated`.
    #[serde(rename = "type")]
    pub kind: String,
    pub data: Value,
    /// When it arrives.
    #[serde(alias = "occurred_at")]
    pub at: crate::extract::Moment,
}

/// The world around the rehearsal.
#[derive(Clone, Debug)]
pub struct World {
    pub zone: Tz,
    pub holidays: Vec<NaiveDate>,
    /// What expressions see as `org`.
    pub org: Value,
    /// What expressions see as `contact`.
    pub contact: Value,
}

/// Something that would happen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// What the run is about; empty when it is about nothing in particular.
    pub key: String,
    /// The number of the run, from 1; 0 when no run is concerned.
    pub run: usize,
    pub text: String,
}

fn rfc3339<S: serde::Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339())
}

/// Plays events, in the order of their times, to a workflow. `perform` is asked for the result of
/// every effect.
pub async fn rehearse(
    program: &Program,
    world: &World,
    mut events: Vec<Event>,
    perform: impl AsyncFnMut(&Intent) -> EffectResult,
) -> Vec<Line> {
    events.sort_by_key(|event| event.at.0);
    Stage::new(program, world, perform).play(events).await
}
