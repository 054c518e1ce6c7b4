//! The door: what a device or a program reports.

use axum::{Json, extract::State};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::RecordId,
    store::readings::{At, Said, Spoken, What},
};
use operandi_protocol::{Fault, Quality};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{METRIC_BYTES_MAX, profile};
use crate::{
    app::App,
    auth::Reporter,
    extract::{Body, Ids, Moment},
    problem::{Code, Error, FieldError, Result},
};

/// The most readings of one request.
const READINGS_MAX: usize = 1_000;

/// One reading.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"metric": "temperature", "value": 4.1, "at": "2026-11-20T18:00:00Z"}))]
pub(crate) struct NewReading {
    /// Its name, such as `temperature`; or its place in the device's birth.
    #[schema(value_type = String)]
    metric: MetricName,
    /// In the metric's unit; this or `unavailable`.
    #[serde(default)]
    value: Option<f64>,
    /// Why there is no value: disconnected, power_on, checksum, implausible, warming or other.
    #[serde(default)]
    unavailable: Option<String>,
    /// `suspect` when the device doubts it.
    #[serde(default)]
    quality: Option<String>,
    /// When it was measured; now when neither this nor `uptime` stands.
    #[serde(default)]
    at: Option<Moment>,
    /// The same in milliseconds since the boot.
    #[serde(default)]
    uptime: Option<u64>,
    /// Counts the readings of the boot.
    #[serde(default)]
    seq: Option<u64>,
}

/// A metric by its name or its place.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum MetricName {
    Name(String),
    Place(u8),
}

/// One reading, or several of one boot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(example = json!({"readings": [{"metric": "temperature", "value": 4.1}, {"metric": "door", "value": 1}]}))]
pub(crate) enum NewReadings {
    Several(Several),
    One(NewReading),
}

/// Several readings of one boot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Several {
    /// A number drawn at each boot: with `seq` it makes a reading known when it comes again.
    #[serde(default)]
    boot: Option<u64>,
    /// The uptime at sending, in milliseconds.
    #[serde(default)]
    sent: Option<u64>,
    /// 1 to 1,000.
    readings: Vec<NewReading>,
}

/// What was kept.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"accepted": 2}))]
pub(crate) struct Accepted {
    /// Readings that are kept; those that were kept before count, too.
    accepted: usize,
}

/// Report readings.
///
/// With an API key, or with the device's own password as the bearer. Answered once they are kept.
#[utoipa::path(post, path = "/api/v1/devices/{device_id}/readings", operation_id = "reportReadings", tag = "readings",
    params(("device_id" = String, Path, format = "uuid")), request_body = NewReadings,
    responses((status = 200, body = Accepted)))]
pub(crate) async fn report(
    State(app): State<App>,
    reporter: Reporter,
    Ids(id): Ids<RecordId>,
    Body(body): Body<NewReadings>,
) -> Result<Json<Accepted>> {
    let org = reporter.may_speak_for(id)?;
    profile(&app, org, id).await?;
    let Several {
        boot,
        sent,
        readings,
    } = match body {
        NewReadings::Several(several) => several,
        NewReadings::One(one) => Several {
            boot: None,
            sent: None,
            readings: vec![one],
        },
    };
    let count = readings.len();
    if count == 0 || count > READINGS_MAX {
        let what = Phrase::new(say!(
            "hay {count} lecturas; mandá de 1 a {max}",
            "there are {count} readings; send 1 to {max}",
            "há {count} leituras; envie de 1 a {max}",
        ));
        let what = what.with("count", count).with("max", READINGS_MAX);
        return Err(Error::new(Code::InvalidBody).field(FieldError::new("readings", what)));
    }
    let list = readings
        .into_iter()
        .enumerate()
        .map(|(index, reading)| spoken(index, reading))
        .collect::<Result<_>>()?;
    let what = What::Readings { boot, sent, list };
    let received = app.clock.now();
    let said = Said {
        org,
        device: id,
        received,
        what,
    };
    app.engine.intake().try_hand_in(said).await?;
    Ok(Json(Accepted { accepted: count }))
}

fn spoken(index: usize, reading: NewReading) -> Result<Spoken> {
    let wrong = |field: &str, words| {
        let path = format!("readings[{index}].{field}");
        Err(Error::new(Code::InvalidBody).field(FieldError::new(path, Phrase::new(words))))
    };
    let metric = match reading.metric {
        MetricName::Place(place) => format!("#{place}"),
        MetricName::Name(name) => {
            let fits = (1..=METRIC_BYTES_MAX).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
            if !fits {
                return wrong(
                    "metric",
                    say!(
                        "un nombre tiene de 1 a 32 letras, números, `-`, `_` o `.`",
                        "a name has 1 to 32 letters, digits, `-`, `_` or `.`",
                        "um nome tem de 1 a 32 letras, números, `-`, `_` ou `.`",
                    ),
                );
            }
            name
        }
    };
    if reading.value.is_some() == reading.unavailable.is_some() {
        return wrong(
            "value",
            say!(
                "va `value` o `unavailable`, no los dos ni ninguno",
                "either `value` or `unavailable` must stand, not both and not neither",
                "vai `value` ou `unavailable`, não os dois nem nenhum",
            ),
        );
    }
    // What is unknown here may be the word of a newer device; the table holds known ones alone.
    let unavailable = reading.unavailable.as_deref().map(Fault::of_word);
    let quality = reading.quality.as_deref().map(Quality::of_word);
    let doubt = quality.filter(|quality| *quality != Quality::Good);
    let fault = unavailable.map(Fault::word).or(doubt.map(Quality::word));
    let fault = fault.map(str::to_owned);
    let at = match (reading.at, reading.uptime) {
        (Some(at), None) => At::Time(at.0.0),
        (None, Some(uptime)) => At::Uptime(uptime),
        (None, None) => At::Now,
        (Some(_), Some(_)) => {
            return wrong(
                "at",
                say!(
                    "va `at` o `uptime`, no los dos",
                    "either `at` or `uptime` may stand, not both",
                    "vai `at` ou `uptime`, não os dois",
                ),
            );
        }
    };
    Ok(Spoken(reading.seq, metric, reading.value, fault, at))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fault(reading: Value) -> Option<String> {
        let reading = serde_json::from_value(reading).unwrap();
        let Spoken(_, _, _, fault, _) = spoken(0, reading).unwrap();
        fault
    }

    #[test]
    fn only_known_words_say_why_there_is_no_value() {
        for (reading, said) in [
            (json!({"metric": "t", "value": 1}), None),
            (json!({"metric": "t", "value": 1, "quality": "good"}), None),
            (
                json!({"metric": "t", "value": 1, "quality": "suspect"}),
                Some("suspect"),
            ),
            (
                json!({"metric": "t", "value": 1, "quality": "?"}),
                Some("suspect"),
            ),
            (
                json!({"metric": "t", "unavailable": "checksum"}),
                Some("checksum"),
            ),
            (
                json!({"metric": "t", "unavailable": "=1+1,\n2"}),
                Some("other"),
            ),
        ] {
            assert_eq!(fault(reading.clone()).as_deref(), said, "{reading}");
        }
    }
}
