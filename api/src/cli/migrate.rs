//! `operandi migrate`: brings the database to this version's form.

use std::process::ExitCode;

use clap::Args;

use super::{Outcome, say};
use crate::{assembly::open_database, settings::DataArgs};

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    #[command(flatten)]
    data: DataArgs,
}

pub(super) async fn run(args: MigrateArgs) -> Outcome {
    // Opening migrates.
    let db = open_database(&args.data).await?;
    db.close().await;
    say("the database is up to date")?;
    Ok(ExitCode::SUCCESS)
}
