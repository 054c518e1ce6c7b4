//! `operandi simulate sensors`: simulated nodes that speak to a real listener, as devices of an organisation.

use std::{collections::BTreeMap, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use clap::Args;
use operandi_engine::clock::Clock;
use operandi_protocol::{OrgId, WallTime};
use operandi_simulator::{
    Run,
    scenario::{DeviceSpec, Scenario, names, ready},
    transport::{Account, Endpoint},
};
use reqwest::{Client, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{
    super::{Outcome, say},
    span,
};
use crate::serve;

/// How long one call to the server may take.
const CALL: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(in crate::cli) struct SensorsArgs {
    /// The server.
    #[arg(long, env = "OPERANDI_SERVER", default_value = "http://127.0.0.1:8080")]
    server: Url,
    /// A key that may make devices.
    #[arg(long, env = "OPERANDI_API_KEY", hide_env_values = true)]
    api_key: SecretString,
    /// butcher, irrigation, bar, bakery, shop or corner; or the path of a scenario in JSON.
    #[arg(long, default_value = "butcher")]
    scenario: String,
    /// How many seconds pass in one; the scenario's own when absent. The server's rules go by its clock.
    #[arg(long)]
    speed: Option<f64>,
    /// The same seed plays the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where devices speak MQTT, when the server does not say.
    #[arg(long, value_name = "HOST:PORT")]
    mqtt: Option<String>,
    /// How long to play, such as 60s; until the scenario ends when absent.
    #[arg(long = "for", value_parser = span, value_name = "SPAN")]
    time: Option<Duration>,
}

pub(super) async fn run(args: SensorsArgs) -> Outcome {
    let stop = CancellationToken::new();
    serve::stop_on_signal(stop.clone())?;
    if let Some(time) = args.time {
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            stop.cancel();
        });
    }
    let scenario = read_scenario(&args.scenario)?;
    let endpoint = args.mqtt.as_deref().map(endpoint).transpose()?;
    let server = Server::new(&args.server, &args.api_key)?;
    let run = Run {
        speed: args.speed,
        seed: args.seed,
        ..server.engage(&scenario, "simulado", endpoint).await?
    };
    let summary = operandi_simulator::run(&run, &stop, |tale| {
        // A reader that has gone away does not end the play.
        drop(say(tale));
    })
    .await?;
    say(format!("{summary:?}"))?;
    Ok(ExitCode::SUCCESS)
}

fn read_scenario(name: &str) -> anyhow::Result<Scenario> {
    if let Some(scenario) = ready(name) {
        return Ok(scenario);
    }
    let Ok(text) = std::fs::read_to_string(name) else {
        bail!(
            "there is no scenario `{name}`: use one of {}, or the path of a file",
            names().join(", ")
        );
    };
    serde_json::from_str(&text).with_context(|| format!("{name} is no scenario"))
}

fn endpoint(text: &str) -> anyhow::Result<Endpoint> {
    let (host, port) = text
        .rsplit_once(':')
        .context("--mqtt is a host and a port, such as 127.0.0.1:1883")?;
    Ok(Endpoint {
        host: host.to_owned(),
        port: port.parse().context("the port of --mqtt is no number")?,
    })
}

/// The simulated devices as the server knows them.
#[derive(Default)]
struct Crew {
    org: String,
    endpoint: Option<Endpoint>,
    /// The scenario's name for a device, and the server's.
    names: Vec<(String, String)>,
    tag: String,
    accounts: BTreeMap<String, Account>,
}

impl Crew {
    /// The scenario with the server's ids for its devices.
    fn rename(&self, scenario: &Scenario) -> anyhow::Result<Scenario> {
        fn walk(value: &mut Value, names: &[(String, String)]) {
            match value {
                Value::String(text) => {
                    if let Some((_, id)) = names.iter().find(|(name, _)| name == text) {
                        text.clone_from(id);
                    }
                }
                Value::Array(items) => items.iter_mut().for_each(|item| walk(item, names)),
                Value::Object(fields) => fields.values_mut().for_each(|field| walk(field, names)),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        let mut value = serde_json::to_value(scenario)?;
        walk(&mut value, &self.names);
        Ok(serde_json::from_value(value)?)
    }
}

/// A server whose devices are played.
pub(in crate::cli) struct Server {
    http: Client,
    base: Url,
    key: SecretString,
}

impl Server {
    pub(in crate::cli) fn new(base: &Url, key: &SecretString) -> anyhow::Result<Self> {
        Ok(Self {
            http: Client::builder().timeout(CALL).build()?,
            base: base.clone(),
            key: key.clone(),
        })
    }

    /// A run of a scenario with devices of this server, which all have the tag.
    pub(in crate::cli) async fn engage(
        &self,
        scenario: &Scenario,
        tag: &str,
        endpoint: Option<Endpoint>,
    ) -> anyhow::Result<Run> {
        let mut crew = Crew {
            tag: tag.to_owned(),
            ..Crew::default()
        };
        for device in &scenario.devices {
            self.join(scenario, device, &mut crew).await?;
        }
        let scenario = crew.rename(scenario)?;
        let endpoint = endpoint.or(crew.endpoint).context(
            "the server does not say where devices speak MQTT: start it with --mqtt-listen, or give --mqtt",
        )?;
        Ok(Run {
            scenario,
            speed: None,
            seed: 1,
            org: OrgId::new(&crew.org).context("the server gave an organisation that cannot be")?,
            start: WallTime::new(Clock::system().now().0)
                .context("this machine's clock is not set")?,
            endpoint,
            accounts: crew.accounts,
        })
    }

    /// Makes a device, or finds the one of an earlier play, and gives it a credential.
    async fn join(
        &self,
        scenario: &Scenario,
        spec: &DeviceSpec,
        crew: &mut Crew,
    ) -> anyhow::Result<()> {
        let name = &spec.id;
        let serial = format!("simulated-{}-{name}", scenario.name);
        let found = self
            .get(&format!("/api/v1/records/device?serial={serial}&limit=1"))
            .await?;
        let id = match found["items"][0]["id"].as_str() {
            Some(id) => id.to_owned(),
            None => {
                let title = spec.title.as_ref().unwrap_or(name);
                let place = scenario.place.as_ref().unwrap_or(&scenario.name);
                let device =
                    json!({ "name": title, "serial": serial, "place": place, "tags": [crew.tag] });
                let made = self.post("/api/v1/devices", &device).await?;
                made["id"]
                    .as_str()
                    .context("the server made a device without an id")?
                    .to_owned()
            }
        };
        let key = self
            .post(&format!("/api/v1/devices/{id}/keys"), &json!({}))
            .await?;
        let text = |field: &str| key[field].as_str().map(str::to_owned);
        crew.org = text("org").context("the server gave a credential without its organisation")?;
        if let (Some(host), Some(port)) =
            (key["mqtt"]["host"].as_str(), key["mqtt"]["port"].as_u64())
        {
            crew.endpoint = Some(Endpoint {
                host: host.to_owned(),
                port: u16::try_from(port)?,
            });
        }
        let account = Account {
            client_id: id.clone(),
            username: id.clone(),
            password: text("password")
                .context("the server gave a credential without a password")?,
        };
        crew.names.push((name.to_owned(), id.clone()));
        crew.accounts.insert(id, account);
        Ok(())
    }

    pub(in crate::cli) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let request = self.http.get(self.base.join(path)?);
        self.send(request, path).await
    }

    pub(in crate::cli) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.post(self.base.join(path)?).json(body);
        self.send(request, path).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, path: &str) -> anyhow::Result<Value> {
        // What is printed is English, whatever the organisation speaks.
        let request = request.header(header::ACCEPT_LANGUAGE, "en");
        let answer = request.bearer_auth(self.key.expose_secret()).send().await;
        let answer = answer.with_context(|| {
            format!("{} does not answer; is it the server's address?", self.base)
        })?;
        let status = answer.status();
        let body: Value = answer.json().await.unwrap_or_default();
        if !status.is_success() {
            bail!(
                "{path} answered {status}: {}",
                body["detail"].as_str().unwrap_or_default()
            );
        }
        Ok(body)
    }
}
