//! Records of every kind through one door; the kinds come from their list.

mod query;

use std::sync::LazyLock;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use operandi_dsl::phrase::{Phrase, say};
use operandi_engine::{
    clock,
    ids::{OrgId, RecordId},
    store::{
        commit::{ChangeRequest, Changed, Claimed},
        records::{self, Command, Deed, KeyChange, Record},
    },
};
use operandi_nodes::domain;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use self::query::RecordsQuery;
use crate::{
    app::App,
    auth::{Access, CanRecord, CanView, Identity},
    extract::{Body, Ids, Moment, Page, Rev},
    idempotency::{Created, IdempotencyKey},
    problem::{Code, Error, FieldError, Missing, Result, shape},
};

/// One record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "01936a6c-5d7e-7b3a-9c1f-3f1f0f2f4a55", "kind": "contact", "rev": 3,
    "data": {"first_name": "Ana", "phone": "+5491155551234"},
    "created_at": "2026-11-20T18:00:00Z", "updated_at": "2026-11-20T18:00:00Z"
}))]
pub(crate) struct RecordView {
    #[schema(value_type = String, format = "uuid")]
    id: RecordId,
    kind: String,
    /// The document: see the schemas `Record_<kind>`.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Rises with every change.
    rev: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// A record to be made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"data": {"first_name": "Ana", "phone": "+5491155551234"}}))]
pub(crate) struct NewRecord {
    /// The document: see the schemas `Record_<kind>`.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Unique aliases by name; those of a contact's phone and email are made from the document.
    #[serde(default)]
    #[schema(value_type = Object)]
    keys: Map<String, Value>,
}

/// A change; fields that are null are cleared, those left out stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"data": {"first_name": "Anita", "email": null}}))]
pub(crate) struct PatchRecord {
    #[serde(default)]
    #[schema(value_type = Object)]
    data: Map<String, Value>,
    /// Unique aliases by name; null takes one away.
    #[serde(default)]
    #[schema(value_type = Object)]
    keys: Map<String, Value>,
}

/// A record that was made.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(crate) struct MadeRecord {
    #[schema(value_type = String, format = "uuid")]
    id: RecordId,
}

impl From<Record> for RecordView {
    fn from(record: Record) -> Self {
        Self {
            id: record.id,
            kind: record.kind,
            data: record.data,
            rev: record.version,
            created_at: Moment(record.created_at),
            updated_at: Moment(record.updated_at),
        }
    }
}

/// The schemas of all kinds, for the OpenAPI document.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = domain::RECORDS.iter().map(|kind| {
        let mut schema = kind.schema();
        if let Some(fields) = schema.as_object_mut() {
            fields.remove("$schema");
            fields.insert("examples".to_owned(), json!([kind.sample()]));
        }
        (format!("Record_{}", kind.name()), schema)
    });
    schemas.collect()
}

/// List records.
///
/// Any other query parameter is a filter on a field the kind declares, or on an alias: `status=open`,
/// `total[gte]=100`, with eq, lt, lte, gt, gte, prefix or absent.
#[utoipa::path(get, path = "/api/v1/records/{kind}", operation_id = "listRecords", tag = "records",
    params(("kind" = String, Path, example = "contact"),
        ("sort" = Option<String>, Query, description = "A declared field, `created_at` or `updated_at`; `-` before it turns the order round."),
        ("limit" = Option<u32>, Query, description = "Items on the page: 1 to 200, 50 when absent."),
        ("cursor" = Option<String>, Query, description = "`next_cursor` of the page before.")),
    responses((status = 200, body = Page<RecordView>)))]
pub(crate) async fn list(
    State(app): State<App>,
    access: Access<CanView>,
    Ids(kind): Ids<String>,
    RecordsQuery(query): RecordsQuery,
) -> Result<Json<Page<RecordView>>> {
    let page = records::list(&app.db, &app.kinds, access.org, &kind, &query).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next_cursor: page.next_cursor,
    }))
}

/// Get a record.
///
/// The id of a record that was merged into another leads to that one.
#[utoipa::path(get, path = "/api/v1/records/{kind}/{record_id}", operation_id = "getRecord", tag = "records",
    params(("kind" = String, Path, example = "contact"), ("record_id" = String, Path, format = "uuid")),
    responses((status = 200, body = RecordView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
    Ids((kind, id)): Ids<(String, RecordId)>,
) -> Result<Response> {
    let record = find(&app, access.org, &kind, id).await?;
    Ok((
        [(header::ETAG, format!("\"{}\"", record.version))],
        Json(RecordView::from(record)),
    )
        .into_response())
}

async fn find(app: &App, org: OrgId, kind: &str, id: RecordId) -> Result<Record> {
    app.kinds.get(kind).map_err(records::RecordError::from)?;
    records::get(&app.db, org, kind, id)
        .await?
        .ok_or_else(|| Error::not_found(Missing::Record))
}

/// Make a record.
#[utoipa::path(post, path = "/api/v1/records/{kind}", operation_id = "makeRecord", tag = "records",
    params(("kind" = String, Path, example = "contact")), request_body = NewRecord,
    responses((status = 201, body = MadeRecord)))]
pub(crate) async fn make(
    State(app): State<App>,
    access: Access<CanRecord>,
    key: IdempotencyKey,
    Ids(kind): Ids<String>,
    Body(body): Body<NewRecord>,
) -> Result<Created<MadeRecord>> {
    app.kinds.get(&kind).map_err(records::RecordError::from)?;
    check(&kind, &body.data, "data.")?;
    let id = RecordId::from_uuid(clock::new_uuid());
    let made = MadeRecord { id };
    let claim = key.claimed(&format!("record.{kind}"), &body, &made)?;
    let keys = aliases(&kind, &body.data, &body.keys)?;
    let keys = keys
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    let deed = Deed::Create {
        id,
        keys,
        document: body.data,
    };
    let fingerprint = claim.as_ref().map(|claim| claim.fingerprint.clone());
    match perform(&app, &access, &kind, deed, claim).await? {
        Changed::Done(_) => Ok(Created::first(made)),
        Changed::Refused(refused) => Err(refused.into()),
        Changed::Repeated {
            fingerprint: before,
            answer,
        } => Created::again(fingerprint.as_deref(), &before, answer),
    }
}

/// Change a record.
#[utoipa::path(patch, path = "/api/v1/records/{kind}/{record_id}", operation_id = "changeRecord", tag = "records",
    params(("kind" = String, Path, example = "contact"), ("record_id" = String, Path, format = "uuid"), Rev),
    request_body = PatchRecord, responses((status = 200, body = RecordView)))]
pub(crate) async fn change(
    State(app): State<App>,
    access: Access<CanRecord>,
    Ids((kind, id)): Ids<(String, RecordId)>,
    rev: Rev,
    Body(body): Body<PatchRecord>,
) -> Result<Json<RecordView>> {
    check(&kind, &body.data, "data.")?;
    let keys = aliases(&kind, &body.data, &body.keys)?;
    let deed = Deed::Patch {
        id,
        keys,
        patch: body.data,
        version: rev.0,
    };
    done(perform(&app, &access, &kind, deed, None).await?)?;
    Ok(Json(find(&app, access.org, &kind, id).await?.into()))
}

/// Delete a record.
#[utoipa::path(delete, path = "/api/v1/records/{kind}/{record_id}", operation_id = "deleteRecord", tag = "records",
    params(("kind" = String, Path, example = "contact"), ("record_id" = String, Path, format = "uuid"), Rev),
    responses((status = 204, description = "Deleted.")))]
pub(crate) async fn delete(
    State(app): State<App>,
    access: Access<CanRecord>,
    Ids((kind, id)): Ids<(String, RecordId)>,
    rev: Rev,
) -> Result<StatusCode> {
    let deed = Deed::Delete { id, version: rev.0 };
    done(perform(&app, &access, &kind, deed, None).await?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Commits a change with its events, its line in the audit log and its answer.
pub(super) async fn perform(
    app: &App,
    who: &Identity,
    kind: &str,
    deed: Deed,
    claim: Option<Claimed>,
) -> Result<Changed> {
    let (action, detail) = match &deed {
        Deed::Create { document, .. } => ("record.create", fields(document)),
        Deed::Patch { patch, .. } => ("record.change", fields(patch)),
        Deed::Replace { document, .. } => ("record.replace", fields(document)),
        Deed::Merge { from, .. } => ("record.merge", json!({ "from": from })),
        Deed::Delete { .. } => ("record.delete", json!({})),
    };
    let command = Command {
        org: who.org,
        kind: kind.to_owned(),
        deed,
    };
    let audit = who.deed(action, (kind, command.record()), detail);
    let change = ChangeRequest {
        command,
        claim,
        audit,
    };
    Ok(app.engine.committer().change(change).await?)
}

/// What the audit log says of a document: which fields, never what is in them.
fn fields(document: &Map<String, Value>) -> Value {
    json!({ "fields": document.keys().collect::<Vec<_>>() })
}

pub(super) fn done(changed: Changed) -> Result<()> {
    match changed {
        Changed::Done(_) => Ok(()),
        Changed::Refused(refused) => Err(refused.into()),
        Changed::Repeated { .. } => Err(Error::new(Code::IdempotencyConflict)),
    }
}

/// Fields must be of the kind's own and hold what they may; its custom ones live under `custom`. `at` stands
/// before the path of each that does not.
pub(super) fn check(kind: &str, data: &Map<String, Value>, at: &str) -> Result<()> {
    let Some(known) = domain::find(kind) else {
        return Err(Error::not_found(Missing::Kind));
    };
    let schema = known.schema();
    let unknown: Vec<FieldError> = data
        .keys()
        .filter(|field| schema["properties"].get(field.as_str()).is_none())
        .map(|field| {
            let what = Phrase::new(say!(
                "un registro `{kind}` no tiene ese campo",
                "a {kind} has no such field",
                "um registro `{kind}` não tem esse campo",
            ))
            .with("kind", kind);
            FieldError::new(format!("{at}{field}"), what).hint(say!(
                "corregí su nombre, o ponelo en `custom`",
                "correct its name, or put it under `custom`",
                "corrija o nome, ou coloque-o em `custom`",
            ))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::new(Code::InvalidBody).fields(unknown));
    }
    let present: Map<String, Value> = data
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let present = Value::Object(present);
    Validators::errors(kind, &present, at)?;
    let faults: Vec<FieldError> = known
        .faults(&present)
        .into_iter()
        .map(|fault| {
            let path = format!("{at}{}", fault.path);
            FieldError::new(path, fault.problem.message()).hint(fault.problem.hint())
        })
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Error::new(Code::InvalidBody).fields(faults))
    }
}

/// The aliases a change brings: those given, and those that follow from the document.
fn aliases(
    kind: &str,
    data: &Map<String, Value>,
    given: &Map<String, Value>,
) -> Result<Vec<KeyChange>> {
    let mut keys: Vec<KeyChange> = domain::derived_keys(kind, data);
    for (name, value) in given {
        let value = match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                let what = say!("no es un texto", "is not a text", "não é um texto");
                let hint = say!(
                    "mandá un texto, o null",
                    "send a text, or null",
                    "envie um texto, ou null",
                );
                let field = FieldError::new(format!("keys.{name}"), what).hint(hint);
                return Err(Error::new(Code::InvalidBody).field(field));
            }
        };
        keys.retain(|(known, _)| known != name);
        keys.push((name.clone(), value));
    }
    Ok(keys)
}

/// The compiled schemas of all kinds.
struct Validators;

impl Validators {
    fn errors(kind: &str, document: &Value, at: &str) -> Result<()> {
        static ALL: LazyLock<Vec<(&'static str, jsonschema::Validator)>> = LazyLock::new(|| {
            let compiled = |kind: &domain::RecordKind| {
                Some((kind.name(), jsonschema::validator_for(&kind.schema()).ok()?))
            };
            domain::RECORDS.iter().filter_map(compiled).collect()
        });
        let Some((_, validator)) = ALL.iter().find(|(name, _)| *name == kind) else {
            return Ok(());
        };
        let errors: Vec<FieldError> = validator
            .iter_errors(document)
            .map(|error| {
                let path = error.instance_path().to_string().replace('/', ".");
                let path = format!("{at}{}", path.trim_start_matches('.'));
                let path = path.trim_end_matches('.');
                FieldError::new(path, shape(&error.to_string()))
            })
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Error::new(Code::InvalidBody).fields(errors))
        }
    }
}
