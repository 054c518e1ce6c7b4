//! A device that measures or switches: what it is called, where it is, and what it can do.

use operandi_engine::store::records::{FieldKind, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Card, Changes, Record, field};
use crate::{
    device::{Fault, check},
    words::{titles, words},
};

/// A device that measures or switches. What it says is not here: readings are no changes of its record.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Device {
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Nombre", "Name", "Nome")))]
    pub name: Option<String>,
    /// Where it is, in the shop's own words; devices of one place are looked at together.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Lugar", "Place", "Lugar")))]
    pub place: Option<String>,
    /// What it belongs to besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-titles" = titles("Etiquetas", "Tags", "Etiquetas"), "x-widget" = "tags"))]
    pub tags: Vec<String>,
    /// What its maker calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Modelo", "Model", "Modelo")))]
    pub model: Option<String>,
    /// The number its maker gave it; no two devices have the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Número de serie", "Serial number", "Número de série")))]
    pub serial: Option<String>,
    /// Anything else that is good to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Nota", "Note", "Nota"), "x-widget" = "textarea"))]
    pub note: Option<String>,
    /// Where it is on the map.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Ubicación", "Location", "Localização")))]
    pub location: Option<Location>,
    /// What it measures and switches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Perfil", "Profile", "Perfil")))]
    pub profile: Option<Profile>,
    /// What the shop itself adds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("x-titles" = titles("Campos propios", "Custom fields", "Campos próprios")))]
    pub custom: Map<String, Value>,
}

/// A place on the map (WGS 84).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north, from -90 to 90.
    #[schemars(extend("x-titles" = titles("Latitud", "Latitude", "Latitude")))]
    pub lat: f64,
    /// Degrees east, from -180 to 180.
    #[schemars(extend("x-titles" = titles("Longitud", "Longitude", "Longitude")))]
    pub lon: f64,
}

/// What a device measures and switches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it measures; at most 64.
    #[serde(default)]
    #[schemars(extend("x-titles" = titles("Mediciones", "Metrics", "Medições")))]
    pub metrics: Vec<Metric>,
    /// What it switches; at most 16.
    #[serde(default)]
    #[schemars(extend("x-titles" = titles("Actuadores", "Actuators", "Atuadores")))]
    pub actuators: Vec<Actuator>,
}

/// One thing a device measures.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// As the device says it: 1 to 32 of `a-z A-Z 0-9 - _ .`.
    #[schemars(extend("x-titles" = titles("Nombre", "Name", "Nome")))]
    pub name: String,
    /// Its unit, such as `°C`, in at most 16 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Unidad", "Unit", "Unidade")))]
    pub unit: Option<String>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Título", "Title", "Título")))]
    pub title: Option<String>,
    /// The least it can be; below, the sensor is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Mínimo", "Minimum", "Mínimo")))]
    pub min: Option<f64>,
    /// The most it can be; above, the sensor is not believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Máximo", "Maximum", "Máximo")))]
    pub max: Option<f64>,
    /// How often it is told, in seconds, from 1 to 86400; on change, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Cada (segundos)", "Every (seconds)", "A cada (segundos)")))]
    pub every: Option<u32>,
    /// How long readings wait for earlier ones that are under way, in seconds, up to 3600; 2 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Tolerancia (segundos)", "Tolerance (seconds)", "Tolerância (segundos)")))]
    pub tolerance: Option<u32>,
    /// What the sensor shows before it has measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Valor de encendido", "Power-on value", "Valor de partida")))]
    pub power_on: Option<PowerOn>,
    /// Added to what it measures, once that is scaled; 0 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Corrección", "Offset", "Correção")))]
    pub offset: Option<f64>,
    /// What it measures is multiplied by this first; 1 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Escala", "Scale", "Escala")))]
    pub scale: Option<f64>,
}

/// A value a sensor shows before it has measured, such as the 85.0 of a DS18B20.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PowerOn {
    /// The value, as the device says it.
    #[schemars(extend("x-titles" = titles("Valor", "Value", "Valor")))]
    pub value: f64,
    /// It is believed when the value before it was at most so far away.
    #[schemars(extend("x-titles" = titles("Paso", "Step", "Passo")))]
    pub step: f64,
}

/// One thing a device switches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Actuator {
    /// As the device says it: 1 to 32 of `a-z A-Z 0-9 - _ .`.
    #[schemars(extend("x-titles" = titles("Nombre", "Name", "Nome")))]
    pub name: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Título", "Title", "Título")))]
    pub title: Option<String>,
    /// Where it stands when nobody commands it, in percent.
    #[schemars(extend("x-titles" = titles("Posición segura (%)", "Safe level (%)", "Posição segura (%)")))]
    pub safe: u32,
    /// The longest time away from there by one command, in seconds, from 1 to 86400.
    #[schemars(extend("x-titles" = titles("Tiempo máximo (segundos)", "Longest time (seconds)", "Tempo máximo (segundos)")))]
    pub max_on: u32,
}

/// The alias of a device by the number its maker gave it.
pub const SERIAL: &str = "serial";

impl Record for Device {
    const CARD: Card = Card {
        name: "device",
        title: words("Dispositivo", "Device", "Dispositivo"),
        plural: words("Dispositivos", "Devices", "Dispositivos"),
        changes: Changes {
            created: words("Dispositivo creado", "Device created", "Dispositivo criado"),
            updated: words(
                "Dispositivo modificado",
                "Device updated",
                "Dispositivo atualizado",
            ),
            deleted: words(
                "Dispositivo eliminado",
                "Device deleted",
                "Dispositivo excluído",
            ),
        },
        keys: &[SERIAL],
        fields: &[
            field("name", FieldKind::Text),
            field("place", FieldKind::Text),
            field("tags", FieldKind::Tags),
            field("model", FieldKind::Text),
        ],
        maps: &[],
        merge: Merge::FirstKey,
        listed: true,
    };

    fn sample() -> Value {
        json!({
            "name": "Heladera 2", "place": "Local", "tags": ["cocina"], "model": "ESP32-C3", "serial": "C3-0042",
            "location": { "lat": -34.6, "lon": -58.38 },
            "profile": {
                "metrics": [{
                    "name": "temperature", "unit": "°C", "title": "Temperatura", "min": -40.0, "max": 60.0,
                    "every": 60, "power_on": { "value": 85.0, "step": 5.0 },
                }],
                "actuators": [{ "name": "valve", "title": "Riego", "safe": 0, "max_on": 3600 }],
            },
        })
    }

    fn aliases(&self) -> Vec<(String, String)> {
        let serial = self.serial.as_deref().and_then(serial_key);
        serial
            .map(|serial| (SERIAL.to_owned(), serial))
            .into_iter()
            .collect()
    }

    fn faults(&self) -> Vec<Fault> {
        check(self)
    }
}

/// A serial number as it is looked for; `None` when there is none.
#[must_use]
pub fn serial_key(serial: &str) -> Option<String> {
    Some(serial.trim().to_uppercase()).filter(|serial| !serial.is_empty())
}
