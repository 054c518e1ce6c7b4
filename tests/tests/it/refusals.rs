//! What devices may not do: it is refused, counted and named, and no other device is worse off for it.

use std::{net::SocketAddr, time::Duration};

use operandi_tests::{
    api::Api,
    install::{Install, Mode},
    mqtt::Client,
    process::{Role, eventually},
    sensors::{Device, device, exported, listening},
};
use rumqttc::ConnectReturnCode;
use serde_json::{Value, json};

/// How long what was said may take to be told.
const SOON: Duration = Duration::from_secs(20);
/// Metrics that the greedy device invents, and how many it may have.
const INVENTED: usize = 10_000;
const ALLOWED: usize = 64;
/// Readings of one message at most.
const MESSAGE: usize = 128;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_is_counted_and_named_and_hurts_nobody_else() {
    let (install, listen) = listening(Install::new(Mode::Sqlite).await);
    let (here, there) = (
        install.create_org("Carniceria"),
        install.create_org("Vecino"),
    );
    let _process = install.start(Role::Serve).await;
    let (api, neighbour) = (install.api(&here), install.api(&there));
    let good = device(&api, "Heladera", 1).await;
    let bad = device(&api, "Otra", 1).await;
    let victim = device(&neighbour, "Ajena", 1).await;
    let mut witness = Witness::meet(&api, &here.id, &good, listen).await;

    let stranger = Client::connect(listen, &bad.id, "not the password").await;
    assert!(
        matches!(
            stranger,
            Err(ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized)
        ),
        "{stranger:?}"
    );
    witness.speaks().await;

    // Another organisation's topic, with a credential that is right for one's own.
    let forged = format!("operandi/{}/{}/readings", there.id, victim.id);
    assert!(
        !connected(listen, &bad)
            .await
            .say(&forged, &readings(0, &["temperature"]))
            .await
    );
    let own = format!("operandi/{}/{}/readings", here.id, bad.id);
    let sibling = format!("operandi/{}/{}/readings", here.id, good.id);
    assert!(
        !connected(listen, &bad)
            .await
            .say(&sibling, &readings(0, &["temperature"]))
            .await
    );
    witness.speaks().await;

    assert!(
        !connected(listen, &bad)
            .await
            .say(&own, &vec![b'x'; 64 * 1024])
            .await
    );
    let long = readings(0, &["temperature"])
        .into_iter()
        .chain(vec![b' '; 17 * 1024]);
    let mut client = connected(listen, &bad).await;
    client.say(&own, &long.collect::<Vec<_>>()).await;
    client
        .say(&own, b"{\"boot\":1,\"readings\":[{\"seq\":")
        .await;
    client.say(&own, b"\xff\xfe\xfd").await;
    witness.speaks().await;

    // 10,000 metrics on one device.
    let mut client = connected(listen, &bad).await;
    let names: Vec<String> = (0..INVENTED).map(|number| format!("m{number}")).collect();
    for (number, names) in names.chunks(MESSAGE).enumerate() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(
            client.say(&own, &readings(number * MESSAGE, &names)).await,
            "{number}"
        );
    }
    witness.speaks().await;

    let expected = [
        ("operandi_mqtt_refused", "credentials", 1),
        ("operandi_mqtt_refused", "topic_foreign", 2),
        ("operandi_mqtt_refused", "packet_too_large", 1),
        (
            "operandi_readings_refused",
            "metrics_too_many",
            INVENTED - ALLOWED,
        ),
    ];
    let open = Api::new(install.listen, "");
    for (name, code, count) in expected {
        let what = format!("{name} of {code} is {count}");
        let told = async || {
            let metrics = open.get("/metrics").await.body.to_string();
            (counted(&metrics, name, code) == count).then_some(())
        };
        eventually(&what, SOON, told).await;
    }
    assert_eq!(exported(&neighbour, &victim.id).await, Vec::<Value>::new());
    witness.was_heard().await;
    let known = api
        .get(&format!("/api/v1/devices/{}", bad.id))
        .await
        .expect(200);
    let metrics = known["last"].as_array().unwrap();
    assert_eq!(metrics.len(), ALLOWED, "{known}");
}

async fn connected(listen: SocketAddr, device: &Device) -> Client {
    Client::connect(listen, &device.id, &device.password)
        .await
        .unwrap()
}

fn readings(first: usize, metrics: &[&str]) -> Vec<u8> {
    let one = |(number, metric): (usize, &&str)| json!({ "seq": first + number, "metric": metric, "value": 4.0, "uptime": first + number });
    let readings: Vec<Value> = metrics.iter().enumerate().map(one).collect();
    json!({ "boot": 5, "sent": 100_000, "readings": readings })
        .to_string()
        .into_bytes()
}

/// A counter among all metrics, which the client gives as a JSON text.
fn counted(metrics: &str, name: &str, code: &str) -> usize {
    let label = format!("code=\\\"{code}\\\"");
    let mut lines = metrics.split("\\n");
    let found = lines.find(|line| line.starts_with(name) && line.contains(&label));
    found
        .and_then(|line| line.rsplit(' ').next()?.parse().ok())
        .unwrap_or_default()
}

/// A device that behaves, and is heard all the while.
struct Witness<'a> {
    api: &'a Api,
    device: &'a Device,
    topic: String,
    client: Client,
    said: usize,
}

impl<'a> Witness<'a> {
    async fn meet(api: &'a Api, org: &str, device: &'a Device, listen: SocketAddr) -> Self {
        Self {
            api,
            device,
            topic: format!("operandi/{org}/{}/readings", device.id),
            client: connected(listen, device).await,
            said: 0,
        }
    }

    async fn speaks(&mut self) {
        let reading = readings(self.said, &["temperature"]);
        assert!(
            self.client.say(&self.topic, &reading).await,
            "the other device is not heard"
        );
        self.said += 1;
    }

    async fn was_heard(&self) {
        let all = async || {
            let kept = exported(self.api, &self.device.id).await;
            (kept.len() == self.said).then_some(())
        };
        eventually("all readings of the device that behaves", SOON, all).await;
    }
}
