//! `operandi import`: workflows from files into a running server.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::{Outcome, say};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// Workflows, in YAML or JSON.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The server.
    #[arg(long, env = "OPERANDI_SERVER", default_value = "http://127.0.0.1:8080")]
    server: Url,
    /// A key that may edit workflows.
    #[arg(long, env = "OPERANDI_API_KEY", hide_env_values = true)]
    api_key: SecretString,
    /// Publish each one too.
    #[arg(long)]
    publish: bool,
}

pub(super) async fn run(args: ImportArgs) -> Outcome {
    let http = reqwest::Client::new();
    for file in &args.files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read; check the path", file.display()))?;
        let kind = if file.extension().is_some_and(|end| end == "json") {
            "application/json"
        } else {
            "application/yaml"
        };
        let stored = post(&http, &args, "api/v1/workflows", kind, text).await;
        let stored = stored.with_context(|| format!("{} was not stored", file.display()))?;
        let id = stored["id"].as_str().unwrap_or_default().to_owned();
        let mut line = json!({"file": file, "id": id});
        if args.publish {
            let path = format!("api/v1/workflows/{id}/publish");
            let published = post(&http, &args, &path, "application/json", String::new()).await;
            line["version"] = published
                .with_context(|| format!("{} was not published", file.display()))?["version"]
                .clone();
        }
        say(line)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn post(
    http: &reqwest::Client,
    args: &ImportArgs,
    path: &str,
    kind: &str,
    body: String,
) -> anyhow::Result<Value> {
    let answer = http
        .post(args.server.join(path)?)
        .bearer_auth(args.api_key.expose_secret())
        .header("content-type", kind)
        .body(body)
        .send()
        .await
        .with_context(|| format!("{} does not answer; does the server run?", args.server))?;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    if !status.is_success() {
        bail!(
            "{status}: {}",
            body["detail"]
                .as_str()
                .or(body["title"].as_str())
                .unwrap_or("no reason given")
        );
    }
    Ok(body)
}
