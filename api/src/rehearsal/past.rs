//! The draft over the stored events of the last days: what it would have done.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use operandi_dsl::{
    program::{Program, Source},
    time::Timestamp,
};
use operandi_engine::{
    clock,
    store::{
        StoreError, accounts, connections,
        workflows::{PastEvent, PastEvents, past_events},
    },
    watch::SOURCE,
};
use serde_json::{Value, json};

use super::{
    Case, Cost, Event, InStore, Sensors, Setting, Tally, sensors, stage::Stage, story::Keep,
};
use crate::extract::Moment;

/// The most days to look back.
pub const DAYS_MAX: u32 = 366;
/// The most stored events of one rehearsal.
pub const EVENTS_MAX: u64 = 100_000;
/// The most cases of one answer.
const CASES_MAX: usize = 200;
/// Events read at once.
const PAGE: u32 = 500;
/// How long one rehearsal may take.
const TIME_MAX: Duration = Duration::from_secs(25);
/// Decimals of a price.
const DECIMALS: usize = 6;
/// One in millionths.
const ONE: i128 = 1_000_000;

/// What would have been.
#[derive(Debug)]
pub struct Past {
    /// The events that the workflow listens for.
    pub events: u64,
    pub runs: u64,
    pub by_outcome: BTreeMap<String, u64>,
    pub messages: BTreeMap<String, u64>,
    pub cost: Option<Cost>,
    pub tally: Tally,
    /// Runs to look at, those that send first.
    pub cases: Vec<Case>,
    /// What was looked at for a rule over sensors.
    pub sensors: Option<Sensors>,
    /// Whether a limit cut it short.
    pub truncated: bool,
}

/// Plays the events received since a moment, page by page, up to now. What a rule over sensors told in that time is
/// left out: what the draft's own would have told stands in its place.
///
/// # Errors
/// When the store does not answer.
pub async fn rehearse_past(
    program: Arc<Program>,
    setting: &Setting,
    around: &InStore,
    since: Timestamp,
) -> Result<Past, StoreError> {
    let (began, now) = (clock::monotonic(), around.clock.now());
    let heard = match &program.trigger.source {
        Source::Sensor(trigger) => Some(sensors::hear(around, setting, trigger, since).await?),
        Source::Events(_) | Source::Webhook(_) | Source::Schedule { .. } | Source::Manual => None,
    };
    let (sensors, told) = heard.map(|heard| (heard.sensors, heard.events)).unzip();
    let mut told = told.into_iter().flatten().peekable();
    let mut stage = Stage::new(program, setting, around, Keep::Counts, since);
    stage.set_bell();
    let is_over = |events: u64, stage: &Stage<'_, InStore>| {
        let spent = clock::monotonic().saturating_sub(began);
        events >= EVENTS_MAX || spent > TIME_MAX || stage.is_full()
    };
    let (mut events, mut truncated) = (0, false);
    let mut after = None;
    'pages: loop {
        let asked = PastEvents {
            kinds: stage.kinds(),
            source: stage.webhook(),
            since,
            after,
            limit: PAGE,
        };
        let page = past_events(&around.db, around.org, &asked).await?;
        let last = page.len() < PAGE as usize;
        for event in page {
            truncated = is_over(events, &stage);
            if truncated {
                break 'pages;
            }
            after = Some(event.id);
            if is_own(around, &event) {
                continue;
            }
            while !is_over(events, &stage)
                && let Some(event) = told.next_if(|told| told.at.0 <= event.received_at)
            {
                events += 1;
                play(&mut stage, event).await?;
            }
            events += 1;
            let event = Event {
                kind: event.kind,
                data: event.data,
                at: Moment(event.received_at),
                occurred: Some(event.occurred_at),
                id: Some(event.id),
                source: Some(event.source),
            };
            play(&mut stage, event).await?;
        }
        if last {
            break;
        }
    }
    while let Some(event) = told.next().filter(|_| !truncated) {
        truncated = is_over(events, &stage);
        events += 1;
        play(&mut stage, event).await?;
    }
    if !truncated {
        stage.advance_to(now).await?;
    }
    let story = stage.story();
    let messages = story.by_channel();
    let mut by_outcome = BTreeMap::new();
    for run in &story.runs {
        *by_outcome.entry(run.outcome.clone()).or_default() += 1;
    }
    let cost = cost(around, &story.tally).await?;
    let runs = story.runs.len() as u64;
    let mut cases = story.runs;
    cases.sort_by_key(|case| (case.messages == 0, std::cmp::Reverse(case.at.0)));
    cases.truncate(CASES_MAX);
    Ok(Past {
        events,
        runs,
        by_outcome,
        messages,
        cost,
        tally: story.tally,
        cases,
        sensors,
        truncated: truncated || story.truncated,
    })
}

async fn play(stage: &mut Stage<'_, InStore>, event: Event) -> Result<(), StoreError> {
    stage.advance_to(event.at.0).await?;
    stage.deliver(event).await
}

/// Whether a stored event is what the workflow's own rule told while it was live.
fn is_own(around: &InStore, event: &PastEvent) -> bool {
    event.source == SOURCE && event.data["rule"] == json!(around.workflow)
}

/// What the messages would cost: by the `price` of their connection, else by what the organisation's
/// settings name under `prices` for their channel. `None` when no price is set for any of them.
async fn cost(around: &InStore, tally: &Tally) -> Result<Option<Cost>, StoreError> {
    let Some(org) = accounts::org(&around.db, around.org).await? else {
        return Ok(None);
    };
    let prices = org.settings.get("prices");
    let mut sum = None;
    for ((channel, connection), count) in &tally.messages {
        let stored = match connection.parse() {
            Ok(id) => connections::connection(&around.db, around.org, id).await?,
            Err(_) => None,
        };
        let own = stored.as_ref().and_then(|own| own.settings.get("price"));
        let price = own.or_else(|| prices.and_then(|prices| prices.get(channel)));
        if let Some(price) = price.and_then(millionths) {
            *sum.get_or_insert(0) += price * i128::from(*count);
        }
    }
    Ok(sum.map(|sum: i128| Cost {
        amount: decimal(sum),
        currency: org.currency,
    }))
}

/// A price in millionths; `None` when it is no decimal number.
fn millionths(price: &Value) -> Option<i128> {
    let text = match price {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || !digits(whole) || !digits(part) {
        return None;
    }
    let part: String = format!("{part:0<DECIMALS$}")
        .chars()
        .take(DECIMALS)
        .collect();
    Some(whole.parse::<i128>().ok()? * ONE + part.parse::<i128>().ok()?)
}

/// Millionths as a decimal text, with two decimals at least.
fn decimal(sum: i128) -> String {
    let text = format!("{}.{:06}", sum / ONE, sum % ONE);
    let short = text.trim_end_matches('0');
    let point = text.find('.').unwrap_or(text.len());
    text[..short.len().max(point + 3)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_exact() {
        for (price, times, sum) in [
            (json!(0.1), 3, "0.30"),
            (json!("0.0625"), 1_000, "62.50"),
            (json!(12), 2, "24.00"),
            (json!("0.000001"), 1, "0.000001"),
        ] {
            assert_eq!(decimal(millionths(&price).unwrap() * times), sum);
        }
        for wrong in [json!("x"), json!(-1), json!("1e3"), json!(null), json!("")] {
            assert_eq!(millionths(&wrong), None, "{wrong}");
        }
    }
}
