//! What a device can be set to: names and values as the protocol carries them.

use std::collections::BTreeMap;

use operandi_protocol::{
    SettingName,
    limits::{NAME_BYTES_MAX, SETTINGS_MAX, TEXT_BYTES_MAX},
};
use serde_json::{Map, Value};

use super::fault::{Fault, Problem};

/// Settings that a device understands.
///
/// # Errors
/// Everything that is wrong with them.
pub fn settings(given: &Map<String, Value>) -> Result<BTreeMap<String, Value>, Vec<Fault>> {
    let mut faults = Vec::new();
    if given.len() > SETTINGS_MAX {
        let max = SETTINGS_MAX;
        faults.push(Fault::new("settings", Problem::TooMany { max }));
    }
    for (name, value) in given.iter().take(SETTINGS_MAX) {
        let path = format!("settings.{name}");
        if SettingName::new(name).is_err() {
            let bytes_max = NAME_BYTES_MAX;
            faults.push(Fault::new(&path, Problem::NoWord { bytes_max }));
        }
        match value {
            Value::Bool(_) => {}
            Value::Number(number) if number.as_f64().is_some_and(f64::is_finite) => {}
            Value::String(text) if text.len() <= TEXT_BYTES_MAX => {}
            Value::String(_) => {
                let bytes_max = TEXT_BYTES_MAX;
                faults.push(Fault::new(path, Problem::TooLong { bytes_max }));
            }
            Value::Null | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                faults.push(Fault::new(path, Problem::NoSetting));
            }
        }
    }
    if faults.is_empty() {
        let settings = given.iter();
        Ok(settings
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect())
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(given: &Value) -> Result<usize, Vec<String>> {
        settings(given.as_object().expect("an object"))
            .map(|settings| settings.len())
            .map_err(|faults| faults.into_iter().map(|fault| fault.path).collect())
    }

    #[test]
    fn settings_are_switches_numbers_and_short_texts() {
        let fits = json!({ "relay.inverted": false, "temperature.interval": 30, "display.text": "Cámara 2" });
        assert_eq!(check(&fits), Ok(3));
        assert_eq!(check(&json!({})), Ok(0));
        let wrong = json!({ "a b": 1, "list": [1], "nothing": null, "text": "x".repeat(65) });
        let paths = [
            "settings.a b",
            "settings.list",
            "settings.nothing",
            "settings.text",
        ];
        assert_eq!(check(&wrong), Err(paths.map(str::to_owned).to_vec()));
        let many: Map<String, Value> = (0..33).map(|at| (format!("s{at}"), json!(1))).collect();
        assert_eq!(
            check(&Value::Object(many)),
            Err(vec!["settings".to_owned()])
        );
    }
}
