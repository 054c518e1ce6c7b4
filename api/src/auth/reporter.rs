//! Who may report readings: a program with a key, or the device itself by its password.

use axum::{extract::FromRequestParts, http::request::Parts};
use operandi_dsl::phrase::say;
use operandi_engine::{
    ids::{OrgId, RecordId},
    store::devices,
};
use sha2::{Digest as _, Sha256};

use super::{Access, CanOperate, access::bearer};
use crate::{
    app::App,
    problem::{Code, Error, Result},
};

/// Somebody who reports readings.
#[derive(Debug)]
pub enum Reporter {
    /// For any device of the organisation.
    Program(OrgId),
    /// For itself alone.
    Device(OrgId, RecordId),
}

impl Reporter {
    /// The organisation of a device it may speak for.
    ///
    /// # Errors
    /// When it is another's.
    pub fn may_speak_for(&self, device: RecordId) -> Result<OrgId> {
        match self {
            Self::Program(org) => Ok(*org),
            Self::Device(org, own) if *own == device => Ok(*org),
            Self::Device(..) => Err(Error::new(Code::Forbidden).detail(say!(
                "La contraseña es de otro dispositivo; usá la de este.",
                "The password is another device's; use this one's.",
                "A senha é de outro dispositivo; use a deste.",
            ))),
        }
    }
}

impl FromRequestParts<App> for Reporter {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        if let Some(secret) = bearer(&parts.headers)? {
            let hash = hex::encode(Sha256::digest(secret.as_bytes()));
            if let Some(holder) = devices::key_by_hash(&app.db, app.clock.now(), &hash).await? {
                return Ok(Self::Device(holder.org, holder.device));
            }
        }
        let access = Access::<CanOperate>::from_request_parts(parts, app).await?;
        Ok(Self::Program(access.org))
    }
}
