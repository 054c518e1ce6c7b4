//! The demo's fridge: a simulated node over MQTT, whose door somebody leaves ajar, and the alerts about it, which
//! the owner answers after a moment.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context as _;
use operandi_simulator::{Run, What, scenario::ready};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::cli::simulate::sensors::Server;

/// The scenario, and the tag that the alarm is for.
const SCENARIO: &str = "corner";
const TAG: &str = "heladera";
/// How often alerts are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks after which the owner answers.
const ANSWERS_AFTER: u32 = 8;

/// A line of the story: a word, and what happened.
pub(super) type Line = (&'static str, String);

/// A fridge, ready to be played.
pub(super) struct Fridge {
    server: Server,
    run: Run,
    /// Alerts that are followed: lines told, looks taken.
    alerts: BTreeMap<String, (usize, u32)>,
}

impl Fridge {
    /// Makes the device.
    pub(super) async fn install(server: &Url, key: &SecretString) -> anyhow::Result<Self> {
        let server = Server::new(server, key)?;
        let scenario = ready(SCENARIO).context("the demo's scenario is not there")?;
        let run = server.engage(&scenario, TAG, None).await?;
        Ok(Self {
            server,
            run,
            alerts: BTreeMap::new(),
        })
    }

    /// Plays until `stop`.
    pub(super) async fn play(mut self, stop: CancellationToken, tell: impl Fn(Line)) {
        let run = self.run.clone();
        let node = operandi_simulator::run(&run, &stop, |tale| match &tale.what {
            What::Begins(event) => tell(("fridge", format!("{event}"))),
            What::Ends(event) => tell(("fridge", format!("no longer: {event}"))),
            _ => {}
        });
        let follow = async {
            loop {
                tokio::select! {
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                    () = stop.cancelled() => return,
                }
                if let Err(error) = self.look(&tell).await {
                    tell(("trouble", format!("{error:#}")));
                }
            }
        };
        let (ended, ()) = tokio::join!(node, follow);
        if let Err(error) = ended {
            tell(("trouble", format!("the simulated node: {error}")));
        }
    }

    async fn look(&mut self, tell: &impl Fn(Line)) -> anyhow::Result<()> {
        let open = self.server.get("/api/v1/alerts").await?;
        for alert in open["items"].as_array().into_iter().flatten() {
            if let Some(id) = alert["id"].as_str() {
                self.alerts.entry(id.to_owned()).or_default();
            }
        }
        for (id, (told, looks)) in &mut self.alerts {
            let path = format!("/api/v1/alerts/{id}");
            let alert = self.server.get(&path).await?;
            let lines = alert["timeline"].as_array().map_or(&[][..], Vec::as_slice);
            for line in &lines[(*told).min(lines.len())..] {
                let says = line["says"].as_str().unwrap_or_default();
                tell(("alert", format!("{}: {says}", name(&alert))));
            }
            *told = lines.len();
            *looks += 1;
            if *looks == ANSWERS_AFTER && alert["state"] == "active" {
                let note = json!({ "note": "Cierro la puerta" });
                self.server
                    .post(&format!("{path}/acknowledge"), &note)
                    .await?;
            }
        }
        Ok(())
    }
}

fn name(alert: &Value) -> &str {
    alert["device_name"].as_str().unwrap_or("the fridge")
}
