//! Alerts that people answer from a chat: what a tapped button says, and what it does to the alert. It
//! must never know which vendor the tap came by, nor whether the alert is there: the store decides that, by
//! the organisation of the delivery.

use std::time::Duration;

use operandi_dsl::{
    Sentence,
    catalog::Lang,
    phrase::{Phrase, say},
};
use operandi_engine::{
    alert::{Act, AlertMove, Whose},
    event::{Ingest, NewEvent, RecordWrite},
    ids::AlertId,
};
use serde_json::Value;

/// The event of a message from a person, whatever the channel.
const MESSAGE_RECEIVED: &str = "message.received";
/// What the payloads of these buttons begin with.
const PREFIX: &str = "alert";
/// How an event names a record of its own delivery.
const RECORD: &str = "$record:";
/// How long the button puts an alert off, in minutes.
const SNOOZE_MINUTES: u32 = 30;
/// The longest snooze a button may ask for, in minutes.
const SNOOZE_MINUTES_MAX: u32 = 24 * 60;

/// What a button says of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Somebody sees to it.
    Acknowledge,
    /// Somebody wants to hear of it later.
    Snooze { minutes: u32 },
    /// It is solved.
    Solve,
}

impl Answer {
    /// The answers an alert is sent with, in the order of their buttons.
    pub(crate) const ALL: [Self; 3] = [
        Self::Acknowledge,
        Self::Snooze {
            minutes: SNOOZE_MINUTES,
        },
        Self::Solve,
    ];

    /// What stands on the button.
    pub(crate) fn title(self, lang: Lang) -> String {
        let title: Sentence = match self {
            Self::Acknowledge => say!("Me ocupo", "I'm on it", "Eu cuido").into(),
            Self::Snooze { minutes } => {
                let snooze = say!(
                    "Posponer {minutes} min",
                    "Snooze {minutes} min",
                    "Adiar {minutes} min",
                );
                Phrase::new(snooze).with("minutes", minutes).into()
            }
            Self::Solve => say!("Resuelto", "Solved", "Resolvido").into(),
        };
        title.get(lang).to_owned()
    }

    /// What comes back when the button is tapped.
    pub(crate) fn payload(self, alert: AlertId) -> String {
        match self {
            Self::Acknowledge => format!("{PREFIX}:{alert}:acknowledge"),
            Self::Snooze { minutes } => format!("{PREFIX}:{alert}:snooze:{minutes}"),
            Self::Solve => format!("{PREFIX}:{alert}:solve"),
        }
    }

    /// Reads a payload; `None` for one that is about no alert.
    fn parse(payload: &str) -> Option<(AlertId, Self)> {
        let mut parts = payload.split(':');
        if parts.next()? != PREFIX {
            return None;
        }
        let alert = parts.next()?.parse().ok()?;
        let answer = match (parts.next()?, parts.next()) {
            ("acknowledge", None) => Self::Acknowledge,
            ("solve", None) => Self::Solve,
            ("snooze", Some(minutes)) => {
                let minutes: u32 = minutes.parse().ok()?;
                if !(1..=SNOOZE_MINUTES_MAX).contains(&minutes) {
                    return None;
                }
                Self::Snooze { minutes }
            }
            _ => return None,
        };
        parts.next().is_none().then_some((alert, answer))
    }

    fn act(self, who: String, event: &NewEvent) -> Act {
        match self {
            Self::Acknowledge => Act::Acknowledge { who, note: None },
            Self::Snooze { minutes } => Act::Snooze {
                who,
                // From when it was tapped: a delivery that comes late puts nothing off.
                until: event
                    .occurred_at
                    .after(Duration::from_secs(u64::from(minutes) * 60)),
            },
            Self::Solve => Act::Solve { who, note: None },
        }
    }
}

/// A delivery together with what its messages do to alerts. Only for deliveries whose sender was verified.
#[must_use]
pub fn heeded(mut ingest: Ingest) -> Ingest {
    let moves: Vec<AlertMove> = ingest
        .events
        .iter()
        .filter(|event| event.kind == MESSAGE_RECEIVED)
        .filter_map(|event| {
            let (alert, answer) = Answer::parse(event.data.get("payload")?.as_str()?)?;
            let who = sender(event, &ingest.records)?;
            Some(AlertMove {
                whose: Whose::Id(alert),
                act: answer.act(who, event),
            })
        })
        .collect();
    ingest.alerts.extend(moves);
    ingest
}

/// Who wrote, as well as the delivery knows: a name, else a phone, else any other name of theirs.
fn sender(event: &NewEvent, records: &[RecordWrite]) -> Option<String> {
    let contact = event.data.get("contact")?.as_str()?;
    let Some(place) = contact.strip_prefix(RECORD) else {
        return Some(contact.to_owned());
    };
    let record = records.get(place.parse::<usize>().ok()?)?;
    let field = |name: &str| {
        let text = record.patch.get(name).and_then(Value::as_str)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let known = || record.keys.first().map(|(_, value)| value.clone());
    field("first_name")
        .or_else(|| field("profile_name"))
        .or_else(|| field("phone"))
        .or_else(known)
}

#[cfg(test)]
mod tests {
    use operandi_dsl::time::Timestamp;
    use operandi_engine::{
        clock,
        ids::{EventId, OrgId},
    };
    use serde_json::{Map, json};

    use super::*;

    const ALERT: &str = "01990000-0000-7000-8000-000000000009";
    const MINUTE: i64 = 60_000;

    fn said(kind: &str, payload: Value, patch: Value) -> Ingest {
        let mut ingest = Ingest::of(OrgId::from_uuid(clock::new_uuid()), "a connection");
        let Value::Object(patch) = patch else {
            return ingest;
        };
        ingest.records.push(RecordWrite {
            kind: "contact".to_owned(),
            keys: vec![("phone".to_owned(), "+5491155551234".to_owned())],
            patch,
            as_of: Timestamp(0),
        });
        ingest.events.push(NewEvent {
            id: EventId::from_uuid(clock::new_uuid()),
            kind: kind.to_owned(),
            data: json!({ "contact": "$record:0", "payload": payload }),
            occurred_at: Timestamp(0),
        });
        ingest
    }

    #[test]
    fn what_a_button_says_comes_back_as_it_was_meant() {
        let alert: AlertId = ALERT.parse().expect("an id");
        for answer in Answer::ALL {
            let payload = answer.payload(alert);
            assert_eq!(Answer::parse(&payload), Some((alert, answer)), "{payload}");
            for lang in Lang::ALL {
                let title = answer.title(lang);
                assert!((1..=20).contains(&title.chars().count()), "{title}");
                assert!(!title.contains('{'), "{title}");
            }
        }
    }

    #[test]
    fn other_payloads_are_about_no_alert() {
        for payload in [
            "",
            "confirm:42",
            "alert",
            "alert:42:solve",
            &format!("alert:{ALERT}"),
            &format!("alert:{ALERT}:open"),
            &format!("alert:{ALERT}:solve:1"),
            &format!("alert:{ALERT}:snooze"),
            &format!("alert:{ALERT}:snooze:0"),
            &format!("alert:{ALERT}:snooze:1441"),
            &format!("alert:{ALERT}:snooze:-1"),
            &format!("alert:{ALERT}:snooze:30:1"),
            &format!("Alert:{ALERT}:solve"),
        ] {
            let ingest = heeded(said(MESSAGE_RECEIVED, json!(payload), json!({})));
            assert_eq!(ingest.alerts, [], "{payload}");
        }
        let solve = json!(format!("alert:{ALERT}:solve"));
        assert_eq!(heeded(said("custom.said", solve, json!({}))).alerts, []);
    }

    #[test]
    fn a_tap_moves_the_alert_in_the_name_of_who_tapped() {
        let payload = |what: &str| json!(format!("alert:{ALERT}:{what}"));
        let who = "Ana".to_owned();
        for (what, expected) in [
            (
                "acknowledge",
                Act::Acknowledge {
                    who: who.clone(),
                    note: None,
                },
            ),
            (
                "snooze:45",
                Act::Snooze {
                    who: who.clone(),
                    until: Timestamp(45 * MINUTE),
                },
            ),
            ("solve", Act::Solve { who, note: None }),
        ] {
            let patch = json!({ "profile_name": "Ana", "phone": "+5491155551234" });
            let found = heeded(said(MESSAGE_RECEIVED, payload(what), patch)).alerts;
            let whose = Whose::Id(ALERT.parse().expect("an id"));
            assert_eq!(
                found,
                [AlertMove {
                    whose,
                    act: expected
                }]
            );
        }
        for (patch, expected) in [
            (json!({ "phone": "+5491155550000" }), "+5491155550000"),
            (json!({ "profile_name": " " }), "+5491155551234"),
            (Value::Object(Map::new()), "+5491155551234"),
        ] {
            let found = heeded(said(MESSAGE_RECEIVED, payload("solve"), patch)).alerts;
            let Act::Solve { who, .. } = &found[0].act else {
                panic!("{found:?}");
            };
            assert_eq!(who, expected);
        }
    }
}
