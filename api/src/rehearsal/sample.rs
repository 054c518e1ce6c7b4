//! One sample event, and what is injected after it.

use std::{sync::Arc, time::Duration};

use operandi_dsl::{
    program::{Program, Source},
    time::Timestamp,
};
use operandi_engine::store::StoreError;
use serde_json::Value;

use super::{Around, Event, Setting, Story, reason, stage::Stage, story::Keep};
use crate::extract::Moment;

/// The most happenings that may be injected.
pub const HAPPENINGS_GIVEN_MAX: usize = 200;
/// How far the clock goes when nobody says how far.
const SPAN_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// What is played.
#[derive(Clone, Debug)]
pub struct Sample {
    /// What the run sees as `event`.
    pub event: Value,
    pub happenings: Vec<Happening>,
    /// How far the clock goes.
    pub until: Option<Duration>,
    /// When the story begins.
    pub start: Timestamp,
}

/// An event injected some time after the beginning.
#[derive(Clone, Debug)]
pub struct Happening {
    pub after: Duration,
    pub kind: String,
    pub data: Value,
}

/// Starts a run by the sample event, whatever starts the workflow otherwise, and plays it out.
///
/// # Errors
/// When the world around cannot be read.
pub async fn rehearse_sample(
    program: Arc<Program>,
    setting: &Setting,
    around: &impl Around,
    mut sample: Sample,
) -> Result<Story, StoreError> {
    let end = sample.start.after(sample.until.unwrap_or(SPAN_MAX));
    let by = match &program.trigger.source {
        Source::Events(kinds) => kinds.first().cloned().unwrap_or_default(),
        Source::Webhook(_) => "the webhook".to_owned(),
        Source::Schedule { .. } => "the schedule".to_owned(),
        Source::Sensor(rule) => rule.rule.metric.clone(),
        Source::Manual => "hand".to_owned(),
    };
    let mut stage = Stage::new(program, setting, around, Keep::Lines, sample.start);
    if stage.is_about_people() && around.is_made_up(&sample.event).await? {
        stage.note(reason::made_up());
    }
    stage.start(sample.event, &by, None).await?;
    sample.happenings.sort_by_key(|happening| happening.after);
    for happening in sample.happenings {
        let at = sample.start.after(happening.after);
        if at > end {
            break;
        }
        stage.advance_to(at).await?;
        let event = Event {
            kind: happening.kind,
            data: happening.data,
            at: Moment(at),
            occurred: None,
            id: None,
            source: None,
        };
        stage.deliver(event).await?;
    }
    stage.play_out(Some(end)).await?;
    Ok(stage.story())
}
