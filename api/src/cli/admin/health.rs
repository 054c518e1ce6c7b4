//! `operandi admin retention` and `self-check`.

use std::{process::ExitCode, sync::Arc, time::Duration};

use clap::Args;
use operandi_dsl::{expr::Language, time::parse_span};
use operandi_engine::{
    clock::Clock,
    store::{
        maintenance::{self, Ages, Report, SelfCheck},
        workflows::Programs,
    },
    worker::DEAD_AFTER,
};

use crate::{
    assembly::{compiler, open_database},
    cli::{Outcome, say},
    settings::DataArgs,
};

#[derive(Debug, Args)]
pub(crate) struct RetentionArgs {
    #[command(flatten)]
    data: DataArgs,
    /// How long ended runs are kept, such as 90d.
    #[arg(long, value_parser = span)]
    runs: Option<Duration>,
    /// How long events are kept.
    #[arg(long, value_parser = span)]
    events: Option<Duration>,
    /// How long messages are kept.
    #[arg(long, value_parser = span)]
    sends: Option<Duration>,
}

#[derive(Debug, Args)]
pub(crate) struct SelfCheckArgs {
    #[command(flatten)]
    data: DataArgs,
}

fn span(text: &str) -> Result<Duration, String> {
    parse_span(text).map_err(|error| error.to_string())
}

pub(super) async fn retention(args: RetentionArgs) -> Outcome {
    let db = open_database(&args.data).await?;
    let mut ages = Ages::default();
    ages.runs = args.runs.unwrap_or(ages.runs);
    ages.events = args.events.unwrap_or(ages.events);
    ages.sends = args.sends.unwrap_or(ages.sends);
    let removed = maintenance::retain(&db, Clock::system().now(), &ages).await?;
    db.close().await;
    say(serde_json::to_string(&removed)?)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn self_check(args: SelfCheckArgs) -> Outcome {
    let db = open_database(&args.data).await?;
    let compiler = compiler(
        Arc::new(operandi_nodes::catalog::catalog()),
        Language::untimed(),
    );
    let programs = Programs::load(db.clone(), compiler).await?;
    let (mut check, mut report) = (SelfCheck::default(), Report::default());
    while !report.round_complete {
        report.merge(
            check
                .pass(&programs, Clock::system().now(), DEAD_AFTER)
                .await?,
        );
    }
    db.close().await;
    say(serde_json::to_string(&report)?)?;
    let sound = report
        .faults
        .values()
        .all(|found| found.found == found.repaired);
    Ok(if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
