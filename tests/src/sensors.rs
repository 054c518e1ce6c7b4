//! A shop's devices: made over the API, heard through a real listener, and a crowd of them at full speed.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use operandi_protocol::{DeviceId, Format, OrgId, WallTime};
use operandi_simulator::{
    load::{self, Load, Progress, Report},
    transport::{Account, Endpoint},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::{api::Api, install::Install, process::free_address};

/// A device and how it signs in.
#[derive(Clone, Debug)]
pub struct Device {
    pub id: String,
    pub password: String,
}

/// Lets an installation listen to devices; gives where.
#[must_use]
pub fn listening(install: Install) -> (Install, SocketAddr) {
    let address = free_address();
    (
        install.env("OPERANDI_MQTT_LISTEN", &address.to_string()),
        address,
    )
}

/// Makes a device with a credential.
pub async fn device(api: &Api, name: &str, every: u32) -> Device {
    make(api, name, every, &[]).await
}

/// Makes a device that measures each second, with tags.
pub async fn tagged(api: &Api, name: &str, tags: &[String]) -> Device {
    make(api, name, 1, tags).await
}

async fn make(api: &Api, name: &str, every: u32, tags: &[String]) -> Device {
    let metric = json!({ "name": "temperature", "unit": "°C", "every": every, "tolerance": 1 });
    let body = json!({ "name": name, "place": "Local", "tags": tags, "profile": { "metrics": [metric], "actuators": [] } });
    let made = api.post("/api/v1/devices", &body).await;
    assert_eq!(made.status.as_u16(), 201, "{}", made.body);
    let id = made.text("id");
    let key = api
        .post(&format!("/api/v1/devices/{id}/keys"), &json!({}))
        .await;
    assert_eq!(key.status.as_u16(), 201, "{}", key.body);
    Device {
        id,
        password: key.text("password"),
    }
}

/// How a crowd sends.
#[derive(Clone, Debug)]
pub struct Crowd {
    pub messages_per_sec: Option<f64>,
    pub window: u16,
    pub readings_per_message: u16,
    pub lasts: Duration,
    pub drain: Duration,
    pub breaks_every: Option<Duration>,
    /// Other numbers are other starts of the devices.
    pub seed: u64,
}

/// Sends what a crowd of devices measures, and gives account of it.
///
/// # Panics
/// When the numbers make no load.
pub async fn crowd(
    org: &str,
    devices: &[Device],
    listen: SocketAddr,
    crowd: &Crowd,
    progress: &Progress,
) -> Report {
    let accounts: BTreeMap<DeviceId, Account> = devices
        .iter()
        .map(|device| {
            let account = Account {
                client_id: device.id.clone(),
                username: device.id.clone(),
                password: device.password.clone(),
            };
            (DeviceId::new(&device.id).unwrap(), account)
        })
        .collect();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let load = Load {
        org: OrgId::new(org).unwrap(),
        endpoint: Endpoint {
            host: listen.ip().to_string(),
            port: listen.port(),
        },
        accounts,
        messages_per_sec: crowd.messages_per_sec,
        window: crowd.window,
        readings_per_message: crowd.readings_per_message,
        format: Format::Cbor,
        lasts: crowd.lasts,
        drain: crowd.drain,
        breaks_every: crowd.breaks_every,
        seed: crowd.seed,
        start: WallTime::new(i64::try_from(now.as_millis()).unwrap()).unwrap(),
    };
    load::send(&load, &CancellationToken::new(), progress)
        .await
        .unwrap()
}

/// How many readings of a device are stored.
pub async fn stored(api: &Api, device: &str) -> usize {
    exported(api, device).await.len()
}

/// The readings of a device as they are stored.
///
/// # Panics
/// When the API does not answer.
pub async fn exported(api: &Api, device: &str) -> Vec<Value> {
    let path = format!(
        "/api/v1/devices/{device}/readings/export?metric=temperature&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z&format=json"
    );
    let answer = api.get(&path).await.expect(200);
    answer["items"].as_array().cloned().unwrap_or_default()
}
