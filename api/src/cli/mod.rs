//! The command line: one file per command. Results go to standard output, everything else to
//! standard error with a remedy.

mod admin;
mod check;
mod demo;
mod import;
mod migrate;
mod openapi;
mod rehearse;
mod serve;
mod simulate;

use std::{io::Write as _, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::telemetry::{self, LogFormat};

/// What is logged when nobody says otherwise.
const LOG_DEFAULT: &str = "info,sqlx=warn";

/// Automates shops: declarative workflows over events, sensors and schedules.
#[derive(Debug, Parser)]
#[command(name = "operandi", version, about, max_term_width = 100)]
struct Line {
    #[command(subcommand)]
    command: Command,
    /// What to log, in the syntax of RUST_LOG.
    #[arg(long, global = true, env = "OPERANDI_LOG", default_value = LOG_DEFAULT, value_name = "FILTER")]
    log: String,
    /// How log lines are written.
    #[arg(long, global = true, env = "OPERANDI_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve everything in one process: API, webhooks and workers.
    Serve(serve::ServeArgs),
    /// Serve API and webhooks; workers run elsewhere. Needs DATABASE_URL.
    Api(serve::ServeArgs),
    /// Perform runs. Needs DATABASE_URL; any number may run.
    Worker(serve::WorkerArgs),
    /// Bring the database to this version's form.
    Migrate(migrate::MigrateArgs),
    /// Check a workflow; succeeds only when it has no problem.
    Check(check::CheckArgs),
    /// Show what a workflow would do with a list of events, without doing it.
    Rehearse(rehearse::RehearseArgs),
    /// Store workflows from files as drafts, or publish them.
    Import(import::ImportArgs),
    /// Play a shop or its sensors against a running server.
    #[command(subcommand)]
    Simulate(simulate::SimulateCommand),
    /// Start a server with a small shop and tell what happens.
    Demo(demo::DemoArgs),
    /// Look after the data: organisations, keys, backups, retention.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Print the OpenAPI description of the HTTP API.
    Openapi,
}

/// How a command ended.
type Outcome = anyhow::Result<ExitCode>;

/// Reads the command line and does what it says.
#[must_use]
pub fn main() -> ExitCode {
    let line = Line::parse();
    match start(line) {
        Ok(code) => code,
        Err(error) => {
            let mut text = format!("error: {error}");
            for cause in error.chain().skip(1) {
                text.push_str(&format!("\n  because {cause}"));
            }
            // Nobody is left to tell when standard error is closed.
            drop(writeln!(std::io::stderr(), "{text}"));
            ExitCode::FAILURE
        }
    }
}

fn start(line: Line) -> Outcome {
    // Fails only when a provider is there already, which is as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    // The exporter of traces wants to be made outside of the runtime.
    let _telemetry = telemetry::start(line.log_format, quiet(&line))?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(perform(line.command))
}

/// Commands that answer and end say only what is wrong, and log lines would talk over the demo's story.
fn quiet(line: &Line) -> &str {
    if line.log != LOG_DEFAULT {
        return &line.log;
    }
    match &line.command {
        Command::Serve(_) | Command::Api(_) | Command::Worker(_) => LOG_DEFAULT,
        Command::Demo(_) => "error",
        Command::Migrate(_)
        | Command::Check(_)
        | Command::Rehearse(_)
        | Command::Import(_)
        | Command::Simulate(_)
        | Command::Admin(_)
        | Command::Openapi => "warn",
    }
}

async fn perform(command: Command) -> Outcome {
    match command {
        Command::Serve(args) => serve::all(args).await,
        Command::Api(args) => serve::api(args).await,
        Command::Worker(args) => serve::worker(args).await,
        Command::Migrate(args) => migrate::run(args).await,
        Command::Check(args) => check::run(&args),
        Command::Rehearse(args) => rehearse::run(args).await,
        Command::Import(args) => import::run(args).await,
        Command::Simulate(command) => simulate::run(command).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Admin(command) => admin::run(command).await,
        Command::Openapi => openapi::run(),
    }
}

/// One line on standard output. A reader that has gone away ends the command quietly.
fn say(text: impl std::fmt::Display) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Line::command().debug_assert();
    }
}
