//! `operandi admin backup` and `restore`.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use operandi_engine::{clock::Clock, store::maintenance};
use serde_json::json;

use crate::{
    cli::{Outcome, say},
    settings::DataArgs,
};

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The file to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The copy to put in place.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
}

pub(super) async fn run(args: BackupArgs) -> Outcome {
    refuse_postgres(&args.data)?;
    let copied = maintenance::backup_folder(&args.data.data, &args.to).await?;
    say(json!({"file": args.to, "bytes": copied.bytes}))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(args: RestoreArgs) -> Outcome {
    refuse_postgres(&args.data)?;
    let copied = maintenance::restore(&args.data.data, &args.from, Clock::system().now()).await?;
    say(json!({"bytes": copied.bytes, "kept": copied.kept}))?;
    Ok(ExitCode::SUCCESS)
}

fn refuse_postgres(data: &DataArgs) -> anyhow::Result<()> {
    if data.database_url.is_some() {
        return Err(maintenance::BackupError::Postgres.into());
    }
    Ok(())
}
