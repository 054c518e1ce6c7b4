//! `operandi admin create-org`.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use operandi_engine::{
    clock::Clock,
    ids::{OrgId, UserId},
    store::{
        Db,
        accounts::{self, NewApiKey, NewAudit, NewOrg, NewUser},
    },
};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;

use crate::{
    assembly::{open_database, open_keyring},
    auth::{Role, password, token},
    cli::{Outcome, say},
    settings::DataArgs,
};

#[derive(Debug, Args)]
pub(crate) struct CreateOrgArgs {
    #[command(flatten)]
    data: DataArgs,
    /// What the organisation is called.
    #[arg(long)]
    name: String,
    /// The owner's email.
    #[arg(long)]
    email: String,
    /// The owner's password, at least ten characters.
    #[arg(long, env = "OPERANDI_PASSWORD", hide_env_values = true)]
    password: SecretString,
    /// The time zone.
    #[arg(long, default_value = "America/Argentina/Buenos_Aires")]
    zone: chrono_tz::Tz,
}

/// What was made. The key is shown now and never again.
#[derive(Debug, Serialize)]
pub(crate) struct CreatedOrg {
    pub org_id: OrgId,
    pub user_id: UserId,
    pub api_key: String,
}

pub(super) async fn run(args: CreateOrgArgs) -> Outcome {
    password::judge(&args.password)
        .map_err(|error| anyhow::anyhow!("the password {error}; choose another one"))?;
    let db = open_database(&args.data).await?;
    // Made here, the key file is there before several processes look for it at once.
    open_keyring(&args.data)?;
    let org = NewOrg {
        zone: args.zone.name().to_owned(),
        ..NewOrg::named(args.name)
    };
    let owner = Owner {
        email: &args.email,
        name: "",
        key: "first key",
        password: args.password,
    };
    let created = create(&db, &Clock::system(), &org, owner).await?;
    db.close().await;
    say(serde_json::to_string(&created)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Who owns a new organisation.
pub(crate) struct Owner<'a> {
    pub email: &'a str,
    /// What the owner is called; by the email when empty.
    pub name: &'a str,
    /// What the key for programs is called.
    pub key: &'a str,
    pub password: SecretString,
}

/// Makes an organisation with its owner and a key for programs.
pub(crate) async fn create(
    db: &Db,
    clock: &Clock,
    org: &NewOrg,
    owner: Owner<'_>,
) -> anyhow::Result<CreatedOrg> {
    let Owner {
        email,
        name,
        key,
        password,
    } = owner;
    let password_hash = password::hash(password).await?;
    let api_key = token::new_key()?;
    let now = clock.now();
    let mut tx = db.begin_write().await?;
    let org_id = accounts::create_org(&mut tx, now, org).await?;
    let user = NewUser {
        email: email.to_owned(),
        name: name.to_owned(),
        password_hash,
    };
    let user_id = accounts::create_user(&mut tx, now, &user)
        .await
        .with_context(|| format!("no account can be made for {email}; give another email"))?;
    accounts::add_member(&mut tx, now, org_id, user_id, Role::Owner.as_str()).await?;
    let key = NewApiKey {
        name: key.to_owned(),
        hash: token::TokenHash::of(&api_key).as_str().to_owned(),
        prefix: token::shown_part(&api_key).to_owned(),
        role: Role::Owner.as_str().to_owned(),
        created_by: Some(user_id),
    };
    accounts::create_api_key(&mut tx, now, org_id, &key).await?;
    let deed = NewAudit {
        actor: "system".to_owned(),
        action: "organisation.create".to_owned(),
        object_kind: "organisation".to_owned(),
        object_id: org_id.to_string(),
        detail: json!({}),
    };
    accounts::write_audit(&mut tx, now, org_id, &deed).await?;
    tx.commit().await?;
    Ok(CreatedOrg {
        org_id,
        user_id,
        api_key,
    })
}
