//! What the demo's organisation has: two connections and two published workflows, made as a user would.

use std::time::Duration;

use anyhow::{Context as _, bail};
use operandi_dsl::time::format_span;
use operandi_engine::store::accounts::NewOrg;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use crate::{assembly::Assembly, auth::token, cli::admin};

/// The workflows of the demo.
const CARTS: &str = include_str!("../../../../workflows/online-shop/cart-recovery.yaml");
const FRIDGE: &str = include_str!("../../../../workflows/butcher/fridge-alarm.yaml");
/// What the shop is called, and who acts in its name.
const ORG: &str = "Tienda Demo";
/// Who sees to the fridge, and who does when nobody answers.
const OWNER: &str = "+5491150000001";
const SECOND: &str = "+5491150000002";

/// The demo's organisation.
pub(super) struct Stage {
    pub email: String,
    pub password: SecretString,
    pub api_key: SecretString,
    /// The id of the Shopify connection.
    pub shop: String,
    /// Its secret.
    pub secret: SecretString,
}

impl Stage {
    /// Makes the organisation and, over the API, everything in it.
    pub(super) async fn build(
        assembly: &Assembly,
        server: &Url,
        patience: Duration,
    ) -> anyhow::Result<Self> {
        // A folder that is used again holds the organisation of the last time; the name tells them apart.
        let mark = token::new_secret()?;
        let email = format!("demo-{}@example.com", mark[..6].to_lowercase());
        let password = SecretString::from(token::new_secret()?[..16].to_owned());
        let org = NewOrg::named(ORG);
        let made = admin::create(
            &assembly.db,
            &assembly.clock,
            &org,
            admin::Owner {
                email: &email,
                name: ORG,
                key: ORG,
                password: password.clone(),
            },
        )
        .await?;
        let api_key = SecretString::from(made.api_key);
        let secret = SecretString::from(token::new_secret()?);
        let api = Api {
            http: reqwest::Client::new(),
            server,
            key: &api_key,
        };

        let whatsapp = json!({"connector": "whatsapp", "name": "WhatsApp (sandbox)", "settings": {"sandbox": true}, "secrets": {}});
        let whatsapp = api.make("api/v1/connections", &whatsapp).await?;
        let shop = json!({
            "connector": "shopify",
            "name": "Tienda Demo",
            "settings": {"shop": "tienda-demo.myshopify.com", "country": "AR", "currency": "ARS"},
            "secrets": {"client_secret": secret.expose_secret()},
        });
        let shop = api.make("api/v1/connections", &shop).await?;

        let (span, answer_time) = (format_span(patience), format_span(patience * 24));
        let carts = json!({"patience": span, "answer_time": answer_time, "whatsapp": whatsapp});
        api.publish(CARTS, &carts).await?;
        let fridge = json!({
            "patience": span, "answer_time": answer_time, "whatsapp": whatsapp, "owner": OWNER, "second": SECOND,
            "night": SECOND,
        });
        api.publish(FRIDGE, &fridge).await?;
        Ok(Self {
            email,
            password,
            api_key,
            shop,
            secret,
        })
    }
}

struct Api<'a> {
    http: reqwest::Client,
    server: &'a Url,
    key: &'a SecretString,
}

impl Api<'_> {
    fn request(
        &self,
        method: reqwest::Method,
        path: &str,
    ) -> anyhow::Result<reqwest::RequestBuilder> {
        Ok(self
            .http
            .request(method, self.server.join(path)?)
            .bearer_auth(self.key.expose_secret()))
    }

    /// Installs a workflow with its inputs, and lets it run.
    async fn publish(&self, yaml: &'static str, inputs: &Value) -> anyhow::Result<()> {
        let stored = self
            .request(reqwest::Method::POST, "api/v1/workflows")?
            .header("content-type", "application/yaml");
        let workflow = id(&answer(stored.body(yaml)).await?)?;
        let path = format!("api/v1/workflows/{workflow}");
        let put = self.request(reqwest::Method::PUT, &format!("{path}/inputs"))?;
        answer(put.json(&json!({ "inputs": inputs }))).await?;
        answer(self.request(reqwest::Method::POST, &format!("{path}/publish"))?).await?;
        Ok(())
    }

    async fn make(&self, path: &str, body: &Value) -> anyhow::Result<String> {
        id(&answer(self.request(reqwest::Method::POST, path)?.json(body)).await?)
    }
}

fn id(body: &Value) -> anyhow::Result<String> {
    Ok(body["id"]
        .as_str()
        .context("the server gave no id")?
        .to_owned())
}

async fn answer(request: reqwest::RequestBuilder) -> anyhow::Result<Value> {
    let answer = request
        .send()
        .await
        .context("the demo's own server does not answer")?;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    if !status.is_success() {
        bail!("the demo could not be set up: {status} {body}");
    }
    Ok(body)
}
