//! `operandi admin create-key`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use operandi_engine::{
    clock::Clock,
    ids::OrgId,
    store::accounts::{self, NewApiKey, NewAudit},
};
use serde_json::json;

use crate::{
    assembly::open_database,
    auth::{Role, token},
    cli::{Outcome, say},
    settings::DataArgs,
};

#[derive(Debug, Args)]
pub(crate) struct CreateKeyArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The organisation's id.
    #[arg(long)]
    org: OrgId,
    /// What the key is for.
    #[arg(long)]
    name: String,
    /// What it may do: owner, admin, marketing, support or viewer.
    #[arg(long, default_value = "admin", value_parser = parse_role)]
    role: Role,
}

fn parse_role(word: &str) -> Result<Role, String> {
    Role::parse(word).ok_or_else(|| "use owner, admin, marketing, support or viewer".to_owned())
}

pub(super) async fn run(args: CreateKeyArgs) -> Outcome {
    let db = open_database(&args.data).await?;
    accounts::org(&db, args.org).await?.with_context(|| {
        format!(
            "there is no organisation {}; see what create-org printed",
            args.org
        )
    })?;
    let key = token::new_key()?;
    let new = NewApiKey {
        name: args.name,
        hash: token::TokenHash::of(&key).as_str().to_owned(),
        prefix: token::shown_part(&key).to_owned(),
        role: args.role.as_str().to_owned(),
        created_by: None,
    };
    let now = Clock::system().now();
    let mut tx = db.begin_write().await?;
    let id = accounts::create_api_key(&mut tx, now, args.org, &new).await?;
    let deed = NewAudit {
        actor: "system".to_owned(),
        action: "key.make".to_owned(),
        object_kind: "key".to_owned(),
        object_id: id.to_string(),
        detail: json!({"name": new.name, "role": new.role}),
    };
    accounts::write_audit(&mut tx, now, args.org, &deed).await?;
    tx.commit().await?;
    db.close().await;
    say(json!({"id": id, "api_key": key}))?;
    Ok(ExitCode::SUCCESS)
}
