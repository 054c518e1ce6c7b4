//! Reports that a shop shows to somebody else: what they tell, and how they look as a table and on paper.
//!
//! All of it is pure: what is told comes in, bytes come out.

mod csv;
mod pdf;
#[cfg(test)]
mod tests;
mod voice;

use std::time::Duration;

use chrono_tz::Tz;
use operandi_dsl::{catalog::Lang, phrase::say, time::Timestamp};
use operandi_engine::{
    sensor::{Account, Limits},
    store::readings::Detail,
};

use crate::domain::device::Metric;

/// For how long a value was beyond its limits, when nobody knows, and what was done about it.
#[derive(Clone, Debug)]
pub struct ColdChain {
    pub lang: Lang,
    /// Where the shop's clocks stand.
    pub zone: Tz,
    pub shop: String,
    pub device: String,
    pub place: Option<String>,
    pub serial: Option<String>,
    /// What is measured, as people call it.
    pub metric: String,
    pub unit: Option<String>,
    pub from: Timestamp,
    pub until: Timestamp,
    pub made_at: Timestamp,
    pub limits: Limits,
    /// After how much silence the time is a gap; `None` for a device that speaks on change only.
    pub gap: Option<Duration>,
    pub detail: Detail,
    pub account: Account,
    /// What happened to the device's alerts, the earliest first.
    pub actions: Vec<Action>,
}

/// One line of an alert's story.
#[derive(Clone, Debug)]
pub struct Action {
    pub at: Timestamp,
    /// What the alert is called.
    pub alert: String,
    /// What happened, as a sentence.
    pub says: String,
    /// What somebody added.
    pub note: Option<String>,
}

/// What people call a metric: its own title, else the word for what is watched in the cold, else its name.
#[must_use]
pub fn metric_title(name: &str, metric: Option<&Metric>, lang: Lang) -> String {
    let own = metric.and_then(|metric| metric.title.clone());
    own.unwrap_or_else(|| match name {
        "temperature" => say!("Temperatura", "Temperature", "Temperatura")
            .get(lang)
            .to_owned(),
        "humidity" => say!("Humedad", "Humidity", "Umidade").get(lang).to_owned(),
        other => other.to_owned(),
    })
}

impl Action {
    /// What happened, with what somebody added.
    fn words(&self) -> String {
        match &self.note {
            Some(note) => format!("{} {note}", self.says),
            None => self.says.clone(),
        }
    }
}
