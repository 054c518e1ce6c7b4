//! The organisation's own settings.

use axum::{Json, extract::State};
use chrono::NaiveDate;
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    ids::OrgId,
    store::accounts::{self, Org, OrgPatch},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, Anyone, CanAdminister},
    extract::{Body, Moment, Rev},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The organisation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "name": "Tienda Sol", "zone": "America/Argentina/Buenos_Aires",
    "locale": "es-AR", "country": "AR", "currency": "ARS", "holidays": ["2026-12-25"], "settings": {}, "rev": 1,
    "created_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct OrgView {
    #[schema(value_type = String, format = "uuid")]
    id: OrgId,
    name: String,
    /// An IANA time zone.
    zone: String,
    /// A language and region, such as `es-AR`.
    locale: String,
    /// Two letters, ISO 3166.
    country: String,
    /// Three letters, ISO 4217.
    currency: String,
    /// Days without business.
    #[schema(value_type = Vec<String>)]
    holidays: Vec<NaiveDate>,
    /// Quiet hours, caps and what else is set.
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    /// Rises with every change; name it in `If-Match` to change only what you saw.
    rev: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// A change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"zone": "America/Sao_Paulo", "holidays": ["2026-12-25"]}))]
pub(crate) struct PatchOrg {
    name: Option<String>,
    zone: Option<String>,
    locale: Option<String>,
    country: Option<String>,
    currency: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    holidays: Option<Vec<NaiveDate>>,
    #[schema(value_type = Option<Object>)]
    settings: Option<Map<String, Value>>,
}

impl From<Org> for OrgView {
    fn from(org: Org) -> Self {
        Self {
            id: org.id,
            name: org.name,
            zone: org.zone,
            locale: org.locale,
            country: org.country,
            currency: org.currency,
            holidays: org.holidays,
            settings: org.settings,
            rev: org.version,
            created_at: Moment(org.created_at),
            updated_at: Moment(org.updated_at),
        }
    }
}

/// Get the organisation.
#[utoipa::path(get, path = "/api/v1/organisation", operation_id = "getOrganisation", tag = "organisation",
    responses((status = 200, body = OrgView)))]
pub(crate) async fn get(State(app): State<App>, access: Access<Anyone>) -> Result<Json<OrgView>> {
    let org = accounts::org(&app.db, access.org)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Organisation))?;
    Ok(Json(org.into()))
}

/// Change the organisation.
#[utoipa::path(patch, path = "/api/v1/organisation", operation_id = "changeOrganisation", tag = "organisation",
    params(Rev), request_body = PatchOrg, responses((status = 200, body = OrgView)))]
pub(crate) async fn change(
    State(app): State<App>,
    access: Access<CanAdminister>,
    rev: Rev,
    Body(body): Body<PatchOrg>,
) -> Result<Json<OrgView>> {
    check(&body)?;
    let fields: Vec<&str> = [
        ("name", body.name.is_some()),
        ("zone", body.zone.is_some()),
        ("locale", body.locale.is_some()),
        ("country", body.country.is_some()),
        ("currency", body.currency.is_some()),
        ("holidays", body.holidays.is_some()),
        ("settings", body.settings.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    let patch = OrgPatch {
        name: body.name,
        zone: body.zone,
        locale: body.locale,
        country: body.country,
        currency: body.currency,
        holidays: body.holidays,
        settings: body.settings,
    };
    let mut tx = app.db.begin_write().await?;
    let org = accounts::update_org(&mut tx, app.clock.now(), access.org, &patch, rev.0).await?;
    app.audit(
        &mut tx,
        &access,
        "organisation.change",
        ("organisation", access.org),
        json!({"fields": fields}),
    )
    .await?;
    tx.commit().await?;
    Ok(Json(org.into()))
}

fn check(body: &PatchOrg) -> Result<()> {
    let mut errors = Vec::new();
    if body
        .name
        .as_ref()
        .is_some_and(|name| name.trim().is_empty())
    {
        let empty = FieldError::new("name", say!("está vacío", "is empty", "está vazio"));
        errors.push(empty.hint(say!(
            "decí cómo se llama la organización",
            "say what the organisation is called",
            "diga como se chama a organização",
        )));
    }
    if body
        .zone
        .as_ref()
        .is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err())
    {
        let what = say!(
            "no es una zona horaria",
            "is not a time zone",
            "não é um fuso horário",
        );
        errors.push(FieldError::new("zone", what).hint(say!(
            "usá un nombre IANA, como America/Argentina/Buenos_Aires",
            "use an IANA name such as America/Argentina/Buenos_Aires",
            "use um nome IANA, como America/Argentina/Buenos_Aires",
        )));
    }
    for (path, value, letters) in [
        ("country", &body.country, 2),
        ("currency", &body.currency, 3),
    ] {
        if value.as_ref().is_some_and(|code| {
            code.len() != letters || !code.bytes().all(|b| b.is_ascii_uppercase())
        }) {
            let what = say!("no es un código", "is not a code", "não é um código");
            let hint = Phrase::new(say!(
                "usá {letters} letras mayúsculas",
                "use {letters} capital letters",
                "use {letters} letras maiúsculas",
            ));
            errors.push(FieldError::new(path, what).hint(hint.with("letters", letters)));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Error::new(Code::InvalidBody).fields(errors))
    }
}
