//! A broker between devices and us, while the broker, our process and the device's line are killed in turns:
//! nothing is lost, no incident is doubled, none ends before the cold is back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use operandi_tests::{
    install::{Install, Mode},
    mqtt::Client,
    process::{Process, Role},
    sensors::{Device, device},
    services::{Services, StopAtEnd},
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::sensors::{BEAT, BLOW_MS, RULE, measured, now, one_incident, settled};

/// Mosquitto writes what it has acknowledged to its disk after this long: what was said in that time before it
/// was killed is said again, as by a node whose ring still holds it.
const BROKER_SAVES: Duration = Duration::from_secs(3);
/// How long the broker may be gone.
const GONE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn kills_of_the_broker_lose_no_reading_and_double_no_incident() {
    let services = Services::private("broker");
    let _stop = StopAtEnd(services.clone());
    let (url, _) = services.broker();
    let install = Install::new(Mode::Sqlite).await;
    let install = install.env("OPERANDI_MQTT_BROKER", url);
    let org = install.create_org("Carniceria");
    let process = install.start(Role::Serve).await;
    let api = install.api(&org);
    let fridge = device(&api, "Heladera", 1).await;
    api.publish(&RULE.replace("FRIDGE", &fridge.id)).await;

    let calm = Arc::new(AtomicBool::new(false));
    let process = Mutex::new(process);
    let topic = format!("operandi/{}/{}/readings", org.id, fridge.id);
    let node = Node::new(&services, &fridge, &topic, &calm);
    let (said, struck) = tokio::join!(
        node.measures(),
        strike(&install, &process, &services, &calm)
    );

    assert_eq!(
        settled(&api, &fridge, said).await,
        said,
        "readings said, and kept each once"
    );
    one_incident(&api).await;
    println!("broker: {struck} kills, {said} readings of the fridge, one incident");
}

/// Kills our process and the broker in turns until all is calm; gives how often.
async fn strike(
    install: &Install,
    process: &Mutex<Process>,
    services: &Services,
    calm: &AtomicBool,
) -> usize {
    let mut dice = StdRng::seed_from_u64(5);
    let mut struck = 0;
    while !calm.load(Ordering::Acquire) {
        tokio::time::sleep(Duration::from_millis(dice.random_range(BLOW_MS))).await;
        if struck % 2 == 0 {
            let services = services.clone();
            let restart =
                tokio::task::spawn_blocking(move || services.run(&["restart", "mosquitto"]));
            restart.await.unwrap();
        } else {
            let mut process = process.lock().await;
            process.kill();
            *process = install.start(Role::Serve).await;
        }
        struck += 1;
    }
    struck
}

/// A node with a ring: it says each reading until it is answered, and again what a broker may have lost.
struct Node<'a> {
    services: &'a Services,
    device: &'a Device,
    topic: &'a str,
    calm: &'a AtomicBool,
    client: Option<Client>,
    waiting: Vec<Value>,
    /// Answered, and not for long.
    answered: Vec<(Instant, Value)>,
}

impl<'a> Node<'a> {
    fn new(
        services: &'a Services,
        device: &'a Device,
        topic: &'a str,
        calm: &'a AtomicBool,
    ) -> Self {
        Self {
            services,
            device,
            topic,
            calm,
            client: None,
            waiting: Vec::new(),
            answered: Vec::new(),
        }
    }

    /// Measures, and says all of it; gives how many readings.
    async fn measures(mut self) -> usize {
        let values = measured();
        let mut ticks = tokio::time::interval(BEAT);
        for (seq, value) in values.iter().enumerate() {
            ticks.tick().await;
            self.waiting
                .push(json!({ "seq": seq, "metric": "temperature", "value": value, "at": now() }));
            if seq % 64 == 63 {
                // The line breaks, as when the Wi-Fi goes.
                self.client = None;
            }
            self.says().await;
        }
        self.calm.store(true, Ordering::Release);
        let end = Instant::now() + GONE;
        // Until the last of it is on the broker's disk, the broker may be killed once more.
        while !self.waiting.is_empty() || !self.answered.is_empty() {
            assert!(Instant::now() < end, "nobody answers any more");
            tokio::time::sleep(BEAT).await;
            self.says().await;
        }
        values.len()
    }

    async fn says(&mut self) {
        self.answered.retain(|(at, _)| at.elapsed() < BROKER_SAVES);
        if self.client.is_none() {
            let address = self.services.broker().1;
            self.client = Client::reach(address, &self.device.id, &self.device.password).await;
            let lost = self.answered.drain(..).map(|(_, reading)| reading);
            self.waiting = lost.chain(self.waiting.drain(..)).collect();
        }
        let Some(client) = &mut self.client else {
            return;
        };
        if self.waiting.is_empty() {
            return;
        }
        let body = json!({ "boot": 77, "readings": self.waiting }).to_string();
        if client.say(self.topic, body.as_bytes()).await {
            let at = Instant::now();
            self.answered
                .extend(self.waiting.drain(..).map(|reading| (at, reading)));
        } else {
            self.client = None;
        }
    }
}
