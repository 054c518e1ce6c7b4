//! `operandi rehearse`: a workflow on a clock that jumps, with nothing leaving the machine.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context as _, bail};
use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use operandi_dsl::{
    catalog::{Catalog, Lang, Promise},
    document::Document,
    expr::Language,
    program::compile,
};
use operandi_engine::{
    clock::Clock,
    core::{EffectResult, Intent},
    event::Ingest,
    ids::{ConnectionId, OrgId, RecordId, RunId, WorkflowId},
    node::{Call, Registry},
    store::connections::Connection,
};
use operandi_nodes::{
    domain::identity::Address,
    seal::{Keyring, new_key},
    services::{Boxed, Services, Shelf, ShelfError},
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Outcome, check::parse_lang, say};
use crate::rehearsal::{Event, World, rehearse};

#[derive(Debug, Args)]
pub(super) struct RehearseArgs {
    /// The workflow, in YAML or JSON.
    file: PathBuf,
    /// Events: a JSON list, or one JSON object a line, of {"type","data","at"}.
    #[arg(long)]
    events: PathBuf,
    /// A value for an input, such as patience=10m; may be repeated.
    #[arg(long = "input", value_name = "NAME=VALUE")]
    inputs: Vec<String>,
    /// The shop's time zone.
    #[arg(long, default_value = "America/Argentina/Buenos_Aires")]
    zone: Tz,
    /// How the story is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The language of problems: es, en or pt.
    #[arg(long, env = "LANG", value_parser = parse_lang, default_value = "es")]
    lang: Lang,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) async fn run(args: RehearseArgs) -> Outcome {
    let catalog = operandi_nodes::catalog::catalog();
    let language = Language::untimed();
    let text = read(&args.file)?;
    let document = match operandi_dsl::check(&text, &catalog, &language) {
        Ok(workflow) => workflow.into_document(),
        Err(problems) => {
            let first = problems
                .first()
                .map(|problem| problem.message(args.lang))
                .unwrap_or_default();
            bail!(
                "{} has {} problems, the first: {first} (see `operandi check`)",
                args.file.display(),
                problems.len()
            );
        }
    };
    let answers = answers(&document, &args.inputs)?;
    let program = compile(&document, &answers, &catalog, &language)?;
    let contact = operandi_nodes::domain::find("contact")
        .map(|kind| kind.sample())
        .unwrap_or_default();
    let world = World {
        zone: args.zone,
        holidays: Vec::new(),
        org: json!({"name": "Rehearsal", "zone": args.zone.name()}),
        contact,
    };
    let events = read_events(&read(&args.events)?)?;
    let nodes = nodes(&language)?;
    let lines = rehearse(&program, &world, events, async |intent| {
        pretend(&catalog, &nodes, intent).await
    })
    .await;
    for line in &lines {
        match args.format {
            Format::Json => say(serde_json::to_string(line)?)?,
            Format::Text => {
                let run = if line.run == 0 {
                    String::new()
                } else {
                    format!("run {} {} ", line.run, line.key)
                };
                say(format!("{}  {run}{}", line.at, line.text))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What may be done without touching the world is done; of the rest an empty output is all there is, so
/// that what follows can be seen.
async fn pretend(catalog: &Catalog, nodes: &Registry, intent: &Intent) -> EffectResult {
    match (
        catalog.nodes.get(&intent.kind).map(|node| node.promise),
        nodes.get(&intent.kind),
    ) {
        (Some(Promise::Pure), Some(node)) => match node.perform(call(intent)).await {
            Ok(outcome) => EffectResult::Done {
                output: outcome.output,
            },
            Err(failure) => EffectResult::Params {
                detail: failure.to_string(),
            },
        },
        (Some(Promise::Pure | Promise::Keyed | Promise::Repeatable | Promise::Once), _) => {
            EffectResult::Done { output: json!({}) }
        }
        (None, _) => EffectResult::Params {
            detail: format!("there is no action {}", intent.kind),
        },
    }
}

/// The call of a rehearsal: it belongs to nobody.
fn call(intent: &Intent) -> Call {
    Call {
        org: OrgId::from_uuid(Uuid::nil()),
        workflow: WorkflowId::from_uuid(Uuid::nil()),
        run: intent.id.run().unwrap_or(RunId::from_uuid(Uuid::nil())),
        step: intent.step.clone(),
        intent: intent.id.clone(),
        attempt: intent.attempt,
        purpose: intent.purpose,
        now: Clock::system().now(),
        params: intent.params.clone(),
    }
}

/// A store with nothing in it.
struct Nothing;

impl Shelf for Nothing {
    fn connection(
        &self,
        _: OrgId,
        _: ConnectionId,
    ) -> Boxed<'_, Result<Option<Connection>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn contact(
        &self,
        _: OrgId,
        _: Address,
    ) -> Boxed<'_, Result<Option<(RecordId, Value)>, ShelfError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn ingest(&self, _: Ingest) -> Boxed<'_, Result<(), ShelfError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// The nodes of a rehearsal.
fn nodes(language: &Arc<Language>) -> anyhow::Result<Registry> {
    let keyring = Arc::new(Keyring::parse(&new_key())?);
    let settings = operandi_nodes::settings::Settings::default();
    let services = Services::over(
        settings,
        Clock::system(),
        Arc::clone(language),
        keyring,
        Arc::new(Nothing),
    )?;
    Ok(operandi_nodes::catalog::registry(&services))
}

/// The values of `--input`: JSON where it can be read as that, else text.
fn answers(document: &Document, given: &[String]) -> anyhow::Result<Map<String, Value>> {
    let mut answers = Map::new();
    for pair in given {
        let (name, value) = pair
            .split_once('=')
            .with_context(|| format!("`{pair}` is no input; write it like patience=10m"))?;
        if !document.inputs.contains_key(name) {
            bail!("the workflow has no input `{name}`");
        }
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
        answers.insert(name.to_owned(), value);
    }
    Ok(answers)
}

fn read(path: &std::path::Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read; check the path", path.display()))
}

fn read_events(text: &str) -> anyhow::Result<Vec<Event>> {
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text)
            .context("the events are no JSON list of {\"type\",\"data\",\"at\"}");
    }
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            serde_json::from_str(line).with_context(|| {
                format!(
                    "line {} of the events is no {{\"type\",\"data\",\"at\"}}",
                    number + 1
                )
            })
        })
        .collect()
}
