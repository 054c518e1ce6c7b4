//! `operandi rehearse`: a workflow on a clock that jumps, with nothing leaving the machine.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context as _, bail};
use chrono_tz::Tz;
use clap::{Args, ValueEnum};
use operandi_dsl::{catalog::Lang, document::Document, expr::Language, program::compile};
use serde_json::{Map, Value, json};

use super::{Outcome, check::parse_lang, say};
use crate::rehearsal::{Alone, Event, Pretender, Setting, rehearse};

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
    /// The language of problems and reasons: es, en or pt.
    #[arg(long, env = "LANG", value_parser = parse_lang, default_value = "es")]
    lang: Lang,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) async fn run(args: RehearseArgs) -> Outcome {
    let catalog = Arc::new(operandi_nodes::catalog::catalog());
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
    let setting = Setting {
        zone: args.zone,
        holidays: Vec::new(),
        org: json!({"name": "Rehearsal", "zone": args.zone.name()}),
    };
    let events = read_events(&read(&args.events)?)?;
    let pretender = Pretender::new(catalog, &language, None)?;
    let story = rehearse(Arc::new(program), &setting, &Alone { pretender }, events).await?;
    for line in &story.lines {
        match args.format {
            Format::Json => say(serde_json::to_string(&line.entry(args.lang))?)?,
            Format::Text => {
                let run = if line.run == 0 {
                    String::new()
                } else {
                    format!("run {} {} ", line.run, line.key)
                };
                say(format!("{}  {run}{}", line.at, line.text()))?;
            }
        }
    }
    for message in &story.messages {
        match args.format {
            Format::Json => say(serde_json::to_string(&json!({ "message": message }))?)?,
            Format::Text => say(format!(
                "{}  run {} would send by {} to {}: {}",
                message.at.0, message.run, message.channel, message.to, message.params
            ))?,
        }
    }
    if story.truncated {
        say("the rehearsal was cut short: too much happens")?;
    }
    Ok(ExitCode::SUCCESS)
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
