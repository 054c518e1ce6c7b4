//! What the server may change of a node from afar, and what of it the node has taken over.

use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};

use operandi_protocol::{
    MetricName, Setting, SettingName, State, Value,
    limits::{INTERVAL_SECS_MAX, SETTINGS_MAX},
};

use crate::http::Url;

/// Metrics that can be tuned: three settings each, and those of the update, fit into one report.
pub const TUNED_MAX: usize = (SETTINGS_MAX - 2) / 3;

const INTERVAL: &str = "interval";
const DEADBAND: &str = "deadband";
const SILENCE: &str = "silence";
const UPDATE_URL: &str = "update.url";
const UPDATE_STATE: &str = "update.state";

/// How one metric is sampled and told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tuning {
    /// Seconds between two samples.
    pub every_secs: u32,
    /// A change up to this is not told, in the metric's unit.
    pub deadband: f64,
    /// Seconds without a word after which a sample is told anyway.
    pub silence_secs: u32,
}

/// The settings of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    defaults: Vec<(MetricName, Tuning)>,
    metrics: Vec<Tuning>,
    update: Option<String>,
    update_state: String,
    revision: u32,
}

impl Settings {
    /// Those of the board, for its metrics in their order, until the server says otherwise.
    #[must_use]
    pub fn new(defaults: &[(MetricName, Tuning)]) -> Self {
        let defaults = &defaults[..defaults.len().min(TUNED_MAX)];
        Self {
            metrics: defaults.iter().map(|(_, tuning)| *tuning).collect(),
            defaults: defaults.to_vec(),
            update: None,
            update_state: String::new(),
            revision: 0,
        }
    }

    /// Takes over what the server wants. What it does not name is as the board has it; what cannot be
    /// is left so, too, and the report shows it.
    pub fn apply(&mut self, desired: &State) {
        self.revision = desired.revision;
        for ((name, default), tuning) in self.defaults.iter().zip(&mut self.metrics) {
            *tuning = tuned(*name, *default, &desired.settings);
        }
        let update = find(&desired.settings, UPDATE_URL);
        self.update = match update {
            Some(Setting::Text(url)) if Url::parse(url).is_ok() => Some(url.clone()),
            Some(Setting::Text(_) | Setting::Number(_) | Setting::Switch(_)) | None => None,
        };
    }

    /// The metrics in the order of the board.
    #[must_use]
    pub fn metrics(&self) -> &[Tuning] {
        &self.metrics
    }

    /// Where an image is to be fetched from.
    #[must_use]
    pub fn update(&self) -> Option<&str> {
        self.update.as_deref()
    }

    /// What became of the last update, in a short sentence.
    pub fn updated(&mut self, state: &str) {
        let mut end = state.len().min(operandi_protocol::limits::TEXT_BYTES_MAX);
        while !state.is_char_boundary(end) {
            end -= 1;
        }
        self.update_state = state[..end].to_owned();
    }

    /// As they are.
    #[must_use]
    pub fn report(&self) -> State {
        let mut settings = BTreeMap::new();
        let mut tell = |name: &str, setting: Setting| {
            // A name that is too long cannot be set either.
            if let Ok(name) = SettingName::new(name) {
                settings.insert(name, setting);
            }
        };
        for ((name, _), tuning) in self.defaults.iter().zip(&self.metrics) {
            let numbers = [
                (INTERVAL, tuning.every_secs.into()),
                (DEADBAND, tuning.deadband),
                (SILENCE, tuning.silence_secs.into()),
            ];
            for (what, number) in numbers {
                if let Ok(value) = Value::new(number) {
                    tell(&format!("{name}.{what}"), Setting::Number(value));
                }
            }
        }
        if let Some(url) = &self.update {
            tell(UPDATE_URL, Setting::Text(url.clone()));
        }
        if !self.update_state.is_empty() {
            tell(UPDATE_STATE, Setting::Text(self.update_state.to_string()));
        }
        State {
            revision: self.revision,
            settings,
        }
    }
}

fn tuned(name: MetricName, default: Tuning, wanted: &BTreeMap<SettingName, Setting>) -> Tuning {
    let number = |what: &str| match find(wanted, &format!("{name}.{what}")) {
        Some(Setting::Number(number)) => Some(number.get()),
        Some(Setting::Switch(_) | Setting::Text(_)) | None => None,
    };
    let seconds = |what: &str, default: u32| {
        let fits = |secs: &f64| (1.0..=f64::from(INTERVAL_SECS_MAX)).contains(secs);
        number(what)
            .filter(fits)
            .map_or(default, |secs| secs as u32)
    };
    Tuning {
        every_secs: seconds(INTERVAL, default.every_secs),
        deadband: number(DEADBAND)
            .filter(|deadband| *deadband >= 0.0)
            .unwrap_or(default.deadband),
        silence_secs: seconds(SILENCE, default.silence_secs),
    }
}

fn find<'a>(settings: &'a BTreeMap<SettingName, Setting>, name: &str) -> Option<&'a Setting> {
    settings.get(&SettingName::new(name).ok()?)
}

#[cfg(test)]
mod tests {
    use operandi_protocol::{Format, Message};

    use super::*;

    const DEFAULT: Tuning = Tuning {
        every_secs: 10,
        deadband: 0.2,
        silence_secs: 300,
    };

    fn settings() -> Settings {
        let name = |name| MetricName::new(name).unwrap();
        Settings::new(&[(name("fridge"), DEFAULT), (name("door"), DEFAULT)])
    }

    fn desired(json: &str) -> State {
        let text = std::format!(r#"{{"revision":8,"settings":{json}}}"#);
        State::decode(text.as_bytes()).unwrap()
    }

    #[test]
    fn what_is_wanted_is_taken_over_and_reported() {
        let mut settings = settings();
        settings.apply(&desired(
            r#"{"fridge.interval":30,"fridge.deadband":0.5,"update.url":"http://shop.lan/node.bin","other":1}"#,
        ));
        let fridge = Tuning {
            every_secs: 30,
            deadband: 0.5,
            ..DEFAULT
        };
        assert_eq!(settings.metrics(), [fridge, DEFAULT]);
        assert_eq!(settings.update(), Some("http://shop.lan/node.bin"));
        settings.updated("downloading");
        let report = settings.report().encode(Format::Json).unwrap();
        assert_eq!(
            core::str::from_utf8(&report).unwrap(),
            r#"{"revision":8,"settings":{"door.deadband":0.2,"door.interval":10.0,"door.silence":300.0,"fridge.deadband":0.5,"fridge.interval":30.0,"fridge.silence":300.0,"update.state":"downloading","update.url":"http://shop.lan/node.bin"}}"#
        );
    }

    #[test]
    fn what_is_not_wanted_or_cannot_be_is_as_the_board_has_it() {
        let mut settings = settings();
        settings.apply(&desired(r#"{"fridge.interval":30}"#));
        settings.apply(&desired(
            r#"{"fridge.interval":0,"fridge.deadband":-1,"fridge.silence":"x","door.interval":86401,"update.url":"https://a.b"}"#,
        ));
        assert_eq!(settings.metrics(), [DEFAULT, DEFAULT]);
        assert_eq!(settings.update(), None);
    }

    #[test]
    fn a_report_of_many_metrics_still_fits() {
        let names = (0..40).map(|n| MetricName::new(&std::format!("metric-{n}")).unwrap());
        let defaults: Vec<_> = names.map(|name| (name, DEFAULT)).collect();
        let mut settings = Settings::new(&defaults);
        settings.apply(&desired(r#"{"update.url":"a.b"}"#));
        settings.updated(&"é".repeat(40));
        let report = settings.report();
        assert_eq!(report.settings.len(), SETTINGS_MAX);
        assert!(report.encode(Format::Cbor).is_ok());
    }
}
