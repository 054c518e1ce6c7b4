//! Who is asking, looked up by the hash of what was presented and kept for a moment.

use std::{
    collections::HashMap,
    fmt,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use operandi_engine::{
    clock,
    ids::{OrgId, UserId},
    store::{
        Db, StoreError,
        accounts::{self, ApiKeyId, NewAudit},
    },
};
use serde_json::Value;

use super::{Role, token::TokenHash};
use crate::{
    app::App,
    problem::{Error, Result},
};

/// How long an answer is kept: a key revoked in another process works at most so much longer.
const KEPT: Duration = Duration::from_secs(3);
/// How many answers are kept; unknown tokens are not, so that guessing fills nothing.
const KEPT_MAX: usize = 4096;

/// A person or a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    User(UserId),
    Key(ApiKeyId),
}

/// Who is asking, in which organisation, as what.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    pub org: OrgId,
    pub role: Role,
    pub actor: Actor,
}

impl Identity {
    /// What they are called: a person's name, or email without one, or a key's name; `None` when neither is there any more.
    pub(crate) async fn name(&self, db: &Db) -> std::result::Result<Option<String>, StoreError> {
        Ok(match self.actor {
            Actor::User(user) => accounts::user(db, user).await?.map(|user| {
                let is_named = !user.name.trim().is_empty();
                if is_named { user.name } else { user.email }
            }),
            Actor::Key(key) => {
                let keys = accounts::api_keys(db, self.org).await?;
                let own = keys.into_iter().find(|own| own.id == key);
                own.map(|own| own.name)
            }
        })
    }

    /// A deed of theirs, as the audit log keeps it.
    #[must_use]
    pub fn deed(
        &self,
        action: &str,
        (object_kind, object_id): (&str, impl ToString),
        detail: Value,
    ) -> NewAudit {
        NewAudit {
            actor: self.actor.to_string(),
            action: action.to_owned(),
            object_kind: object_kind.to_owned(),
            object_id: object_id.to_string(),
            detail,
        }
    }
}

impl Actor {
    /// The person, when it is one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(user) => Some(user),
            Self::Key(_) => None,
        }
    }
}

/// As the audit log writes it.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) => write!(f, "user:{user}"),
            Self::Key(key) => write!(f, "key:{key}"),
        }
    }
}

/// Answers of the last moments, by the hash of the token.
#[derive(Debug, Default)]
pub struct Identities(RwLock<HashMap<TokenHash, (Duration, Identity)>>);

impl Identities {
    /// Who holds an API key.
    pub(super) async fn by_key(&self, app: &App, hash: &TokenHash) -> Result<Option<Identity>> {
        if let Some(known) = self.kept(hash) {
            return Ok(Some(known));
        }
        let Some(holder) =
            accounts::api_key_by_hash(&app.db, app.clock.now(), hash.as_str()).await?
        else {
            return Ok(None);
        };
        let who = Identity {
            org: holder.org,
            role: role(&holder.role)?,
            actor: Actor::Key(holder.id),
        };
        self.keep(hash, who);
        Ok(Some(who))
    }

    /// Whose session it is.
    pub(super) async fn by_session(&self, app: &App, hash: &TokenHash) -> Result<Option<Identity>> {
        if let Some(known) = self.kept(hash) {
            return Ok(Some(known));
        }
        let Some(session) =
            accounts::session_by_hash(&app.db, app.clock.now(), hash.as_str()).await?
        else {
            return Ok(None);
        };
        let who = Identity {
            org: session.org,
            role: role(&session.role)?,
            actor: Actor::User(session.user),
        };
        self.keep(hash, who);
        Ok(Some(who))
    }

    /// Forgets everybody: a key, a session or a role was changed here.
    pub fn forget_all(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    fn kept(&self, hash: &TokenHash) -> Option<Identity> {
        let now = clock::monotonic();
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.get(hash)
            .filter(|(until, _)| now < *until)
            .map(|(_, who)| *who)
    }

    fn keep(&self, hash: &TokenHash, who: Identity) {
        let now = clock::monotonic();
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.retain(|_, (until, _)| now < *until);
        }
        if kept.len() < KEPT_MAX {
            kept.insert(hash.clone(), (now + KEPT, who));
        }
    }
}

fn role(word: &str) -> Result<Role> {
    Role::parse(word).ok_or_else(|| {
        Error::internal(anyhow::anyhow!(
            "the database holds an unknown role `{word}`"
        ))
    })
}
