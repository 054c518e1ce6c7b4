//! The extractor that stands in the signature of every handler that needs somebody.

use std::{marker::PhantomData, ops::Deref};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use operandi_dsl::phrase::{Phrase, say};

use super::{Identity, Permission, cookie, cross_site, token::TokenHash};
use crate::{
    app::App,
    problem::{Code, Error},
};

/// What a handler needs.
pub trait Needs: Send + Sync {
    /// The permission; `None` when being somebody is enough.
    const PERMISSION: Option<Permission>;
}

macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $permission:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;
        impl Needs for $name {
            const PERMISSION: Option<Permission> = $permission;
        }
    )+};
}

needs! {
    /// Somebody who is signed in or holds a key.
    Anyone = None;
    /// [`Permission::View`].
    CanView = Some(Permission::View);
    /// [`Permission::EditWorkflows`].
    CanEdit = Some(Permission::EditWorkflows);
    /// [`Permission::Operate`].
    CanOperate = Some(Permission::Operate);
    /// [`Permission::EditRecords`].
    CanRecord = Some(Permission::EditRecords);
    /// [`Permission::ManageConnections`].
    CanConnect = Some(Permission::ManageConnections);
    /// [`Permission::Administer`].
    CanAdminister = Some(Permission::Administer);
}

/// Somebody known, with the permission `N` names.
#[derive(Debug)]
pub struct Access<N> {
    who: Identity,
    needs: PhantomData<N>,
}

impl<N> Deref for Access<N> {
    type Target = Identity;

    fn deref(&self) -> &Identity {
        &self.who
    }
}

impl<N: Needs> FromRequestParts<App> for Access<N> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let who = identify(parts, app).await?;
        match N::PERMISSION {
            Some(permission) if !who.role.may(permission) => Err(Error::new(Code::Forbidden)
                .detail(
                    Phrase::new(say!(
                        "El rol «{role}» no puede hacer esto; pedíselo a un titular o a la administración.",
                        "The role `{role}` may not do this; ask an owner or admin.",
                        "O papel «{role}» não pode fazer isso; peça a um titular ou à administração.",
                    ))
                    .with_words("role", &[who.role.title()]),
                )),
            Some(_) | None => Ok(Self {
                who,
                needs: PhantomData,
            }),
        }
    }
}

/// A key goes before a cookie; a cookie alone may change things only from our own pages.
async fn identify(parts: &Parts, app: &App) -> Result<Identity, Error> {
    if let Some(key) = bearer(&parts.headers)? {
        return app
            .identities
            .by_key(app, &TokenHash::of(key))
            .await?
            .ok_or_else(|| Error::new(Code::Unauthenticated));
    }
    let Some(session) = cookie::read(&parts.headers) else {
        return Err(Error::new(Code::Unauthenticated));
    };
    let who = app
        .identities
        .by_session(app, &TokenHash::of(session))
        .await?;
    let who = who.ok_or_else(|| Error::new(Code::Unauthenticated))?;
    if cross_site::is_own(&parts.method, &parts.headers) {
        Ok(who)
    } else {
        Err(Error::new(Code::CrossSite))
    }
}

/// The key of an `Authorization` header, when there is one.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let key = value.to_str().ok().and_then(|text| {
        let (scheme, key) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
    });
    key.map(Some).ok_or_else(|| {
        Error::new(Code::Unauthenticated).detail(say!(
            "Escribí el encabezado así: `Authorization: Bearer opk_...`.",
            "Write the header as `Authorization: Bearer opk_...`.",
            "Escreva o cabeçalho assim: `Authorization: Bearer opk_...`.",
        ))
    })
}
