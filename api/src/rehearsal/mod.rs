//! A rehearsal: what a workflow would do with events, on a clock that jumps from one moment of interest
//! to the next. It runs the engine's own core, so it decides as production does.
//!
//! It must never change anything: no effect leaves, no run is stored. What it asks of the world around
//! it is only read ([`Around`]).

mod around;
mod ears;
mod past;
mod pretend;
mod reason;
mod sample;
mod sensors;
mod stage;
mod story;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use chrono_tz::Tz;
use operandi_dsl::{program::Program, time::Timestamp};
use operandi_engine::{ids::EventId, store::StoreError};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

pub use self::{
    around::{Alone, Around, InStore, Stranger},
    past::{DAYS_MAX, EVENTS_MAX, Past, rehearse_past},
    pretend::Pretender,
    sample::{HAPPENINGS_GIVEN_MAX, Happening, Sample, rehearse_sample},
    sensors::Sensors,
    story::{Case, Cost, Line, Message, RehearsalEntry, Story, Tally, What},
};
use self::{stage::Stage, story::Keep};

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
    /// When it happened, if it arrived later than that.
    #[serde(skip)]
    pub occurred: Option<Timestamp>,
    /// The stored event it is.
    #[serde(skip)]
    pub id: Option<EventId>,
    /// Who delivered it: a connection's id, for webhooks.
    #[serde(skip)]
    pub source: Option<String>,
}

/// The organisation of the rehearsal.
#[derive(Clone, Debug)]
pub struct Setting {
    pub zone: Tz,
    pub holidays: Vec<NaiveDate>,
    /// What expressions see as `org`.
    pub org: Value,
}

/// Plays events, in the order of their times, to a workflow.
///
/// # Errors
/// When the world around cannot be read.
pub async fn rehearse(
    program: Arc<Program>,
    setting: &Setting,
    around: &impl Around,
    mut events: Vec<Event>,
) -> Result<Story, StoreError> {
    events.sort_by_key(|event| event.at.0);
    let first = events.first().map(|event| event.at.0).unwrap_or_default();
    let mut stage = Stage::new(program, setting, around, Keep::Lines, first);
    stage.set_bell();
    for event in events {
        stage.advance_to(event.at.0).await?;
        stage.deliver(event).await?;
    }
    stage.play_out(None).await?;
    Ok(stage.story())
}
