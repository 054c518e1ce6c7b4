//! `operandi admin`: looking after the data. All but `backup` want the data folder to themselves.

mod backup;
mod create_key;
mod create_org;
mod health;
mod rotate_key;

use clap::Subcommand;

use super::Outcome;

pub(super) use self::create_org::{Owner, create};

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make an organisation with its first owner and API key; prints them as JSON.
    CreateOrg(create_org::CreateOrgArgs),
    /// Make an API key for an organisation; prints it as JSON.
    CreateKey(create_key::CreateKeyArgs),
    /// Seal all secrets with a new key; the older ones stay for copies made before.
    RotateKey(rotate_key::RotateKeyArgs),
    /// Copy the embedded database to a file, while the server runs or not.
    Backup(backup::BackupArgs),
    /// Put a copy in the place of the embedded database, which is kept beside it.
    Restore(backup::RestoreArgs),
    /// Forget what is older than its age, and give the disk back.
    Retention(health::RetentionArgs),
    /// Verify that every waiting run has exactly one way to wake.
    SelfCheck(health::SelfCheckArgs),
}

pub(super) async fn run(command: AdminCommand) -> Outcome {
    match command {
        AdminCommand::CreateOrg(args) => create_org::run(args).await,
        AdminCommand::CreateKey(args) => create_key::run(args).await,
        AdminCommand::RotateKey(args) => rotate_key::run(args).await,
        AdminCommand::Backup(args) => backup::run(args).await,
        AdminCommand::Restore(args) => backup::restore(args).await,
        AdminCommand::Retention(args) => health::retention(args).await,
        AdminCommand::SelfCheck(args) => health::self_check(args).await,
    }
}
