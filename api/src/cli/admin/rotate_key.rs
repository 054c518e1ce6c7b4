//! `operandi admin rotate-key`: every secret is sealed with the newest key.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use operandi_engine::store::{Db, connections, push};
use operandi_nodes::seal::{INSTALLATION, Keyring};
use serde_json::json;

use crate::{
    assembly::{open_database, open_keyring},
    cli::{Outcome, say},
    settings::DataArgs,
};

#[derive(Debug, Args)]
pub(crate) struct RotateKeyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// Remove the older keys of the data folder; copies made before can then no longer be opened.
    #[arg(long)]
    forget_old: bool,
}

pub(super) async fn run(args: RotateKeyArgs) -> Outcome {
    let db = open_database(&args.data).await?;
    let keyring = if args.data.master_key.is_some() {
        // The operator has put the new key in front of OPERANDI_MASTER_KEY.
        open_keyring(&args.data)?
    } else {
        Keyring::load_or_create(&args.data.data)?;
        Keyring::add_key(&args.data.data)
            .context("the new key cannot be written to the data folder")?
    };
    let sealed = reseal_connections(&db, &keyring).await? + reseal_push_key(&db, &keyring).await?;
    if args.forget_old && args.data.master_key.is_none() {
        Keyring::keep_newest(&args.data.data)
            .context("the old keys cannot be removed from the data folder")?;
    }
    db.close().await;
    say(json!({"key_id": keyring.key_id(), "sealed_again": sealed}))?;
    Ok(ExitCode::SUCCESS)
}

/// Seals with the first key what another sealed; gives how many connections that were.
async fn reseal_connections(db: &Db, keyring: &Keyring) -> anyhow::Result<u64> {
    let mut sealed = 0;
    let mut after = None;
    loop {
        let page = connections::sealed_by_other_keys(db, keyring.key_id(), after).await?;
        let Some(last) = page.last() else {
            return Ok(sealed);
        };
        after = Some(last.id);
        for connection in &page {
            let Some(old) = &connection.secrets else {
                continue;
            };
            let new = keyring
                .reseal(connection.org, connection.id, old)
                .with_context(|| {
                    format!(
                        "the secrets of connection {} cannot be opened; no key was removed",
                        connection.id
                    )
                })?;
            if connections::reseal(db, connection.org, connection.id, old, &new).await? {
                sealed += 1;
            }
        }
    }
}

/// The same for the pair by which browsers know this installation; gives whether it was sealed again.
async fn reseal_push_key(db: &Db, keyring: &Keyring) -> anyhow::Result<u64> {
    let Some(old) = push::key(db).await? else {
        return Ok(0);
    };
    if old.key_id == keyring.key_id() {
        return Ok(0);
    }
    let (org, place) = INSTALLATION;
    let new = keyring
        .reseal(org, place, &old)
        .context("the key of notifications cannot be opened; no key was removed")?;
    Ok(push::reseal_key(db, &old, &new).await?.into())
}
