//! `operandi check`: every problem of a document, for people or programs.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use operandi_dsl::{
    catalog::Lang,
    expr::Language,
    problem::{Problem, Report, Severity},
};
use serde_json::json;

use super::{Outcome, say};

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The workflow, in YAML or JSON.
    file: PathBuf,
    /// How problems are printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The language of the sentences: es, en or pt.
    #[arg(long, env = "LANG", value_parser = parse_lang, default_value = "es")]
    lang: Lang,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// A locale such as `C` says nothing about the language; then it is Spanish.
#[allow(clippy::unnecessary_wraps, reason = "the form of a parser")]
pub(super) fn parse_lang(text: &str) -> Result<Lang, std::convert::Infallible> {
    Ok(Lang::parse(text).unwrap_or(Lang::Es))
}

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let text = std::fs::read(&args.file)
        .with_context(|| format!("{} cannot be read; check the path", args.file.display()))?;
    let text = String::from_utf8(text).with_context(|| {
        format!(
            "{} is not UTF-8; save it as UTF-8 text",
            args.file.display()
        )
    })?;
    let checked = operandi_dsl::check(
        &text,
        &operandi_nodes::catalog::catalog(),
        &Language::untimed(),
    );
    let problems = match &checked {
        Ok(workflow) => workflow.warnings(),
        Err(problems) => problems,
    };
    match args.format {
        Format::Json => say(json!({"problems": reports(problems, args.lang)}))?,
        Format::Text => {
            for report in reports(problems, args.lang) {
                say(line(&args.file.display().to_string(), &report))?;
            }
        }
    }
    Ok(if checked.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn reports(problems: &[Problem], lang: Lang) -> Vec<Report> {
    problems
        .iter()
        .map(|problem| problem.report(lang))
        .collect()
}

fn line(file: &str, report: &Report) -> String {
    let word = match report.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    format!(
        "{file}:{}:{}: {word}[{}]: {}\n  {} ({})",
        report.line, report.column, report.code, report.message, report.hint, report.path
    )
}
