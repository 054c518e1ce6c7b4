//! Devices: records with a profile, and beside them how they do, what they last said and what they know
//! us by.

mod commands;
mod keys;
mod sheet;
mod view;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use operandi_dsl::{catalog::Lang, phrase::say};
use operandi_engine::{
    clock,
    ids::{OrgId, RecordId},
    store::{
        commit::Changed,
        devices,
        records::{self, Deed, Filter, ListQuery, Order, Record, Sort, Test, fold},
    },
};
use operandi_nodes::{device::State as Doing, domain};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use self::view::{DeviceView, views};
pub(crate) use self::{
    commands::{
        __path_command, __path_commands, __path_set_desired, command, commands, set_desired,
    },
    keys::{
        __path_begin_claim, __path_claim, __path_make_key, __path_revoke_key, begin_claim, claim,
        make_key, revoke_key,
    },
    sheet::{__path_export, __path_import, export, import},
};
use super::records::{check, done, perform};
use crate::{
    app::App,
    auth::{Access, CanRecord, CanView},
    extract::{Body, Ids, Language, Page, Query, Rev, page_size},
    idempotency::{Created, IdempotencyKey},
    problem::{Code, Error, FieldError, Missing, Result},
};

/// The kind of record a device is.
const KIND: &str = "device";
/// Pages that are looked through for one page of those that are asked for.
const SCANS_MAX: usize = 40;

/// A device as it is written; see the schema `Record_device`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Object, example = json!({
    "name": "Heladera 2", "place": "Local", "tags": ["cocina"],
    "profile": {"metrics": [{"name": "temperature", "unit": "°C", "every": 60}],
        "actuators": [{"name": "valve", "safe": 0, "max_on": 3600}]},
}))]
pub(crate) struct DeviceDocument(Map<String, Value>);

/// A device that was made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MadeDevice {
    #[schema(value_type = String, format = "uuid")]
    id: RecordId,
}

/// Which devices to list, by name.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DevicesQuery {
    /// Only those of this place.
    place: Option<String>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those that do so: `online`, `quiet`, `sleeping`, `offline` or `never`.
    state: Option<String>,
    /// Only those whose name, place, model, serial number or a tag holds this.
    q: Option<String>,
    /// Items on the page: 1 to 200, 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next_cursor` of the page before. A page may hold fewer items than asked for and still not be the last.
    cursor: Option<String>,
}

/// What is asked of a list.
struct Wanted {
    doing: Option<Doing>,
    /// As texts are compared.
    text: Option<String>,
}

impl DevicesQuery {
    fn wanted(&self) -> Result<Wanted> {
        let doing = match self.state.as_deref() {
            None => None,
            Some(word) => Some(Doing::parse(word).ok_or_else(|| {
                let what = say!(
                    "no es un estado de dispositivos",
                    "is no state of devices",
                    "não é um estado de dispositivos",
                );
                let hint = say!(
                    "usá online, quiet, sleeping, offline o never",
                    "use online, quiet, sleeping, offline or never",
                    "use online, quiet, sleeping, offline ou never",
                );
                Error::new(Code::InvalidQuery).field(FieldError::new("state", what).hint(hint))
            })?),
        };
        let text = self.q.as_deref().map(fold);
        Ok(Wanted {
            doing,
            text: text.filter(|text| !text.is_empty()),
        })
    }

    fn filters(&self) -> Vec<Filter> {
        [("place", &self.place), ("tags", &self.tag)]
            .into_iter()
            .filter_map(|(field, value)| {
                Some(Filter {
                    field: field.to_owned(),
                    test: Test::Equals,
                    value: value.clone()?,
                })
            })
            .collect()
    }
}

impl Wanted {
    /// Whether a device's texts hold what is asked for.
    fn names(&self, record: &Record) -> bool {
        let Some(asked) = &self.text else {
            return true;
        };
        let texts = ["name", "place", "model", "serial"];
        let texts = texts.into_iter().filter_map(|field| record.data.get(field));
        let tags = record.data.get("tags").and_then(Value::as_array);
        texts
            .chain(tags.into_iter().flatten())
            .filter_map(Value::as_str)
            .any(|text| fold(text).contains(asked))
    }
}

/// List devices.
#[utoipa::path(get, path = "/api/v1/devices", operation_id = "listDevices", tag = "devices", params(DevicesQuery),
    responses((status = 200, body = Page<DeviceView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Query(query): Query<DevicesQuery>,
) -> Result<Json<Page<DeviceView>>> {
    let limit = page_size(query.limit)? as usize;
    let wanted = query.wanted()?;
    let filters = query.filters();
    let (mut items, mut cursor) = (Vec::new(), query.cursor);
    // State and text are no columns: pages are looked through until enough fits, or it has been enough.
    for _ in 0..SCANS_MAX {
        let asked = ListQuery {
            filters: filters.clone(),
            sort: Sort::Field("name".to_owned()),
            order: Order::Ascending,
            limit: u32::try_from(limit - items.len()).unwrap_or(u32::MAX),
            cursor,
        };
        let page = records::list(&app.db, &app.kinds, access.org, KIND, &asked).await?;
        let named = page.items.into_iter().filter(|one| wanted.names(one));
        let shown = views(&app, access.org, named.collect(), lang).await?;
        items.extend(
            shown
                .into_iter()
                .filter(|view| wanted.doing.is_none_or(|doing| view.does(doing))),
        );
        cursor = page.next_cursor;
        if cursor.is_none() || items.len() >= limit {
            break;
        }
    }
    Ok(Json(Page {
        items,
        next_cursor: cursor,
    }))
}

/// Get a device.
#[utoipa::path(get, path = "/api/v1/devices/{device_id}", operation_id = "getDevice", tag = "devices",
    params(("device_id" = String, Path, format = "uuid")), responses((status = 200, body = DeviceView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Language(lang): Language,
    Ids(id): Ids<RecordId>,
) -> Result<Response> {
    let view = shown(&app, access.org, id, lang).await?;
    let etag = [(header::ETAG, format!("\"{}\"", view.rev()))];
    Ok((etag, Json(view)).into_response())
}

async fn shown(app: &App, org: OrgId, id: RecordId, lang: Lang) -> Result<DeviceView> {
    let record = find(app, org, id).await?;
    let mut views = views(app, org, vec![record], lang).await?;
    views.pop().ok_or_else(|| Error::not_found(Missing::Device))
}

/// A device's record.
async fn find(app: &App, org: OrgId, id: RecordId) -> Result<Record> {
    records::get(&app.db, org, KIND, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Device))
}

/// Make a device.
#[utoipa::path(post, path = "/api/v1/devices", operation_id = "makeDevice", tag = "devices",
    request_body = DeviceDocument, responses((status = 201, body = MadeDevice)))]
pub(crate) async fn make(
    State(app): State<App>,
    access: Access<CanRecord>,
    key: IdempotencyKey,
    Body(DeviceDocument(document)): Body<DeviceDocument>,
) -> Result<Created<MadeDevice>> {
    check(KIND, &document, "")?;
    if document.get("name").is_none_or(Value::is_null) {
        let what = say!("falta", "is missing", "está faltando");
        let hint = say!(
            "decí cómo se llama el dispositivo",
            "say what the device is called",
            "diga como o dispositivo se chama",
        );
        return Err(Error::new(Code::InvalidBody).field(FieldError::new("name", what).hint(hint)));
    }
    let made = MadeDevice {
        id: RecordId::from_uuid(clock::new_uuid()),
    };
    let claim = key.claimed("device", &document, &made)?;
    let fingerprint = claim.as_ref().map(|claim| claim.fingerprint.clone());
    match perform(&app, &access, KIND, creation(made.id, document), claim).await? {
        Changed::Done(_) => Ok(Created::first(made)),
        Changed::Refused(refused) => Err(refused.into()),
        Changed::Repeated {
            fingerprint: before,
            answer,
        } => Created::again(fingerprint.as_deref(), &before, answer),
    }
}

/// What makes a device.
fn creation(id: RecordId, document: Map<String, Value>) -> Deed {
    let keys = domain::derived_keys(KIND, &document);
    Deed::Create {
        id,
        keys: keys
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        document,
    }
}

/// What changes a device.
fn change_of(id: RecordId, patch: Map<String, Value>, version: Option<i64>) -> Deed {
    Deed::Patch {
        id,
        keys: domain::derived_keys(KIND, &patch),
        patch,
        version,
    }
}

/// Change a device.
///
/// Fields that are null are cleared, those left out stay. A profile is replaced as a whole.
#[utoipa::path(patch, path = "/api/v1/devices/{device_id}", operation_id = "changeDevice", tag = "devices",
    params(("device_id" = String, Path, format = "uuid"), Rev), request_body = DeviceDocument,
    responses((status = 200, body = DeviceView)))]
pub(crate) async fn change(
    State(app): State<App>,
    access: Access<CanRecord>,
    Language(lang): Language,
    Ids(id): Ids<RecordId>,
    rev: Rev,
    Body(DeviceDocument(patch)): Body<DeviceDocument>,
) -> Result<Json<DeviceView>> {
    check(KIND, &patch, "")?;
    if patch.get("name").is_some_and(Value::is_null) {
        let what = say!(
            "no se puede vaciar",
            "cannot be cleared",
            "não pode ser esvaziado",
        );
        return Err(Error::new(Code::InvalidBody).field(FieldError::new("name", what)));
    }
    find(&app, access.org, id).await?;
    let deed = change_of(id, patch, rev.0);
    done(perform(&app, &access, KIND, deed, None).await?)?;
    Ok(Json(shown(&app, access.org, id, lang).await?))
}

/// Delete a device.
///
/// Its credentials stop working at once.
#[utoipa::path(delete, path = "/api/v1/devices/{device_id}", operation_id = "deleteDevice", tag = "devices",
    params(("device_id" = String, Path, format = "uuid"), Rev),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(
    State(app): State<App>,
    access: Access<CanRecord>,
    Ids(id): Ids<RecordId>,
    rev: Rev,
) -> Result<StatusCode> {
    let record = find(&app, access.org, id).await?;
    let deed = Deed::Delete {
        id: record.id,
        version: rev.0,
    };
    done(perform(&app, &access, KIND, deed, None).await?)?;
    // Without its record none of it means anything; what a crash leaves here is swept away later.
    let mut tx = app.db.begin_write().await?;
    devices::forget(&mut tx, access.org, record.id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
