//! Plays a shop against a running server: what happens becomes signed webhooks, and sandbox messages
//! reach the people they were sent to.

use std::{collections::HashSet, time::Duration};

use anyhow::Context as _;
use operandi_engine::clock::{self, Clock};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Happening, Shop, Stamp, sign};

/// How long one delivery may take.
const DELIVERY_TIME: Duration = Duration::from_secs(10);
/// How often a delivery that was not taken is tried again.
const TRIES: u32 = 8;
/// The longest pause between two looks at the shop.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Messages remembered as seen; older ones do not come back on the page that is asked for.
const SEEN_MAX: usize = 10_000;

/// Where and how the shop is played.
#[derive(Clone, Debug)]
pub struct DriveSettings {
    /// The server, such as `http://127.0.0.1:8080`.
    pub server: Url,
    /// The id of the shop's connection.
    pub connection: String,
    /// The secret of that connection.
    pub secret: SecretString,
    /// With a key the shop sees sandbox messages, and its people come back.
    pub api_key: Option<SecretString>,
    /// How many seconds of the shop pass in one.
    pub speed: f64,
}

/// What the play tells whoever watches.
#[derive(Clone, Debug)]
pub enum Said {
    /// Something happened; `told` is whether the server knows of it.
    Happened { happening: Happening, told: bool },
    /// A message reached somebody.
    Message { recipient: String, text: String },
    /// A delivery was not taken.
    Refused { topic: &'static str, answer: String },
}

/// A shop being played.
pub struct Driver {
    settings: DriveSettings,
    shop: Shop,
    http: reqwest::Client,
    play: String,
    seen: HashSet<String>,
}

impl Driver {
    /// Prepares a play.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(settings: DriveSettings, shop: Shop) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .timeout(DELIVERY_TIME)
            .build()
            .context("the HTTP client")?;
        let play = clock::new_uuid().simple().to_string();
        Ok(Self {
            settings,
            shop,
            http,
            play: play[play.len() - 8..].to_owned(),
            seen: HashSet::new(),
        })
    }

    /// How the carts of this play begin.
    #[must_use]
    pub fn play(&self) -> &str {
        &self.play
    }

    /// Plays until stopped.
    pub async fn run(mut self, stop: CancellationToken, mut tell: impl FnMut(Said)) {
        let began = clock::monotonic();
        while !stop.is_cancelled() {
            let now = (clock::monotonic() - began).mul_f64(self.settings.speed);
            for happening in self.shop.until(now) {
                self.happen(happening, &mut tell).await;
            }
            self.look_for_messages(now, &mut tell).await;
            let ahead = self.shop.next_at().map_or(LOOK_EVERY, |at| {
                at.saturating_sub((clock::monotonic() - began).mul_f64(self.settings.speed))
                    .div_f64(self.settings.speed.max(0.001))
            });
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(ahead.min(LOOK_EVERY)) => {}
            }
        }
    }

    async fn happen(&mut self, happening: Happening, tell: &mut impl FnMut(Said)) {
        let stamp = Stamp {
            play: self.play.clone(),
            now: Clock::system().now(),
        };
        let Some((topic, body)) = happening.delivery(&stamp) else {
            return tell(Said::Happened {
                happening,
                told: false,
            });
        };
        match self.deliver(topic, &body).await {
            Ok(()) => tell(Said::Happened {
                happening,
                told: true,
            }),
            Err(answer) => tell(Said::Refused { topic, answer }),
        }
    }

    /// Delivers as the vendor does: the same delivery again until it is taken.
    async fn deliver(&self, topic: &str, body: &Value) -> Result<(), String> {
        let bytes = body.to_string().into_bytes();
        let signature = sign(&self.settings.secret, &bytes);
        let url = self
            .settings
            .server
            .join(&format!("hooks/{}", self.settings.connection));
        let url = url.map_err(|error| error.to_string())?;
        let delivery = clock::new_uuid().to_string();
        let mut answer = String::new();
        for attempt in 0..TRIES {
            let request = self
                .http
                .post(url.clone())
                .header("content-type", "application/json")
                .header("x-shopify-topic", topic)
                .header("x-shopify-shop-domain", "tienda-demo.myshopify.com")
                .header("x-shopify-hmac-sha256", &signature)
                .header("x-shopify-webhook-id", &delivery)
                .header("x-shopify-triggered-at", Clock::system().now().to_rfc3339())
                .body(bytes.clone());
            let pause = match request.send().await {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response)
                    if response.status().as_u16() == 429 || response.status().is_server_error() =>
                {
                    answer = response.status().to_string();
                    Duration::from_millis(100 << attempt)
                }
                Ok(response) => {
                    let status = response.status();
                    return Err(format!(
                        "{status} {}",
                        response.text().await.unwrap_or_default()
                    ));
                }
                Err(error) => {
                    answer = error.to_string();
                    Duration::from_millis(100 << attempt)
                }
            };
            tokio::time::sleep(pause).await;
        }
        Err(answer)
    }

    /// Sandbox messages reach the people of the shop; without a key the shop sees none.
    async fn look_for_messages(&mut self, now: Duration, tell: &mut impl FnMut(Said)) {
        let Some(key) = &self.settings.api_key else {
            return;
        };
        let Ok(url) = self
            .settings
            .server
            .join("api/v1/sandbox/messages?limit=100")
        else {
            return;
        };
        let Ok(response) = self
            .http
            .get(url)
            .bearer_auth(key.expose_secret())
            .send()
            .await
        else {
            return;
        };
        let Ok(page) = response.json::<Value>().await else {
            return;
        };
        if self.seen.len() > SEEN_MAX {
            self.seen.clear();
        }
        let messages = page["items"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        for message in messages.iter().rev() {
            let Some(id) = message["id"].as_str() else {
                continue;
            };
            if !self.seen.insert(id.to_owned()) {
                continue;
            }
            let recipient = message["recipient"].as_str().unwrap_or_default().to_owned();
            let text = message["text"].as_str().unwrap_or_default().to_owned();
            self.shop.remind(&recipient, now);
            tell(Said::Message { recipient, text });
        }
    }
}
