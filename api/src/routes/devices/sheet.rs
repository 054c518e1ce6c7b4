//! Devices out to a spreadsheet and in again.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{FromRequest, Request, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use operandi_dsl::{Sentence, catalog::Lang, phrase::say};
use operandi_engine::{
    clock,
    ids::{OrgId, RecordId},
    store::{
        commit::Changed,
        records::{self, Deed, ListQuery, Order, PAGE_MAX, Record, Sort, fold},
    },
};
use operandi_nodes::{
    device::sheet::{self, Line, Sheet},
    domain::device::serial_key,
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{KIND, change_of, check, creation, perform};
use crate::{
    app::App,
    auth::{Access, CanRecord, CanView, Identity},
    extract::{BODY_BYTES_MAX, Language, read_bytes},
    problem::{Code, Error, FieldProblem, Result},
};

/// Lines that are written at once: they share a transaction.
const AT_ONCE: usize = 64;
/// The type of tables.
const CSV: &str = "text/csv";

/// What came of a table.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(example = json!({"created": 12, "updated": 3, "unchanged": 40,
    "problems": [{"line": 7, "field": "profile", "message": "is no JSON object"}]}))]
pub(crate) struct Imported {
    created: usize,
    updated: usize,
    /// Devices that were so already.
    unchanged: usize,
    /// Of lines that were left out, by line.
    problems: Vec<LineProblem>,
}

/// Something wrong in a line of a table.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineProblem {
    /// Which line of the file, from 1.
    line: u64,
    /// Which column or field; empty for the line as a whole.
    field: String,
    /// In the reader's language.
    message: String,
}

/// A table that was sent.
pub(crate) struct Table(String);

impl FromRequest<App> for Table {
    type Rejection = Error;

    async fn from_request(request: Request, _app: &App) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(CSV) {
            return Err(Error::new(Code::UnsupportedMediaType).detail(say!(
                "Mandá la tabla como `text/csv`.",
                "Send the table as `text/csv`.",
                "Envie a tabela como `text/csv`.",
            )));
        }
        let bytes = read_bytes(request, BODY_BYTES_MAX).await?;
        let table = String::from_utf8(bytes.into()).ok();
        table
            .filter(|table| !table.contains('\0'))
            .map(Self)
            .ok_or_else(|| {
                Error::new(Code::InvalidBody).detail(say!(
                    "La tabla no es UTF-8; guardala como «CSV UTF-8».",
                    "The table is not UTF-8; save it as \"CSV UTF-8\".",
                    "A tabela não é UTF-8; salve-a como «CSV UTF-8».",
                ))
            })
    }
}

/// Export all devices as a table.
#[utoipa::path(get, path = "/api/v1/devices.csv", operation_id = "exportDevices", tag = "devices",
    responses((status = 200, body = String, content_type = "text/csv", description = "One line per device, by name.")))]
pub(crate) async fn export(State(app): State<App>, access: Access<CanView>) -> Result<Response> {
    let mut sheet = Sheet::default();
    for device in &all(&app, access.org).await? {
        sheet.add(device);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"devices.csv\"",
        ),
    ];
    Ok((headers, sheet.finish()).into_response())
}

/// Every device of an organisation, by name.
async fn all(app: &App, org: OrgId) -> Result<Vec<Record>> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let query = ListQuery {
            sort: Sort::Field("name".to_owned()),
            order: Order::Ascending,
            limit: PAGE_MAX,
            cursor,
            ..ListQuery::default()
        };
        let page = records::list(&app.db, &app.kinds, org, KIND, &query).await?;
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// Import devices from a table.
///
/// A line is a device that is there already when its id, else its serial number, else its name says so. Sent again,
/// the same table changes nothing. A line with a problem is left out as a whole; the others are taken.
#[utoipa::path(post, path = "/api/v1/devices/import", operation_id = "importDevices", tag = "devices",
    request_body(content((String = "text/csv", example = json!("name,place,tags\nHeladera 2,Local,cocina\n"))),
        description = "The columns of the export, in any order; only `name` is needed. An empty cell clears."),
    responses((status = 200, body = Imported)))]
pub(crate) async fn import(
    State(app): State<App>,
    access: Access<CanRecord>,
    Language(lang): Language,
    Table(table): Table,
) -> Result<Json<Imported>> {
    let lines = sheet::read(&table)
        .map_err(|unreadable| Error::new(Code::InvalidBody).detail(unreadable.message()))?;
    let mut known = Known::of(all(&app, access.org).await?);
    let mut imported = Imported::default();
    let mut deeds = Vec::new();
    for line in lines {
        let line = match line {
            Ok(line) => line,
            Err(wrong) => {
                imported
                    .problems
                    .extend(wrong.into_iter().map(|one| LineProblem {
                        line: one.number,
                        field: one.field,
                        message: Sentence::from(one.message).get(lang).to_owned(),
                    }));
                continue;
            }
        };
        let number = line.number;
        match known.deed(line, lang) {
            Ok(Some(deed)) => deeds.push((number, deed)),
            Ok(None) => imported.unchanged += 1,
            Err(problems) => imported.problems.extend(problems),
        }
    }
    carry_out(&app, &access, deeds, lang, &mut imported).await?;
    imported.problems.sort_by_key(|problem| problem.line);
    Ok(Json(imported))
}

/// Does what lines ask for, several at once.
async fn carry_out(
    app: &App,
    who: &Identity,
    deeds: Vec<(u64, Deed)>,
    lang: Lang,
    imported: &mut Imported,
) -> Result<()> {
    let done: Vec<(u64, bool, Changed)> = stream::iter(deeds)
        .map(async |(line, deed)| {
            let creates = matches!(deed, Deed::Create { .. });
            let changed = perform(app, who, KIND, deed, None).await?;
            Ok::<_, Error>((line, creates, changed))
        })
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await?;
    for (line, creates, changed) in done {
        match changed {
            Changed::Done(_) if creates => imported.created += 1,
            Changed::Done(_) => imported.updated += 1,
            Changed::Refused(refused) => {
                let told = Error::from(refused).problem("", lang);
                imported.problems.push(LineProblem {
                    line,
                    field: String::new(),
                    message: told.detail.unwrap_or_else(|| told.title.to_owned()),
                });
            }
            Changed::Repeated { .. } => {}
        }
    }
    Ok(())
}

/// The devices there are, by what a line may know them by.
struct Known {
    devices: BTreeMap<RecordId, Map<String, Value>>,
    serials: BTreeMap<String, RecordId>,
    /// Names as they are compared; several devices may have one. With each, whether it has a serial number.
    names: BTreeMap<String, Vec<(RecordId, bool)>>,
    /// Which line was about which device.
    taken: BTreeMap<RecordId, u64>,
}

impl Known {
    fn of(records: Vec<Record>) -> Self {
        let mut known = Self {
            devices: BTreeMap::new(),
            serials: BTreeMap::new(),
            names: BTreeMap::new(),
            taken: BTreeMap::new(),
        };
        for record in records {
            known.remember(record.id, &record.data);
            known.devices.insert(record.id, record.data);
        }
        known
    }

    fn remember(&mut self, id: RecordId, data: &Map<String, Value>) {
        let text = |field: &str| data.get(field).and_then(Value::as_str);
        let serial = text("serial").and_then(serial_key);
        if let Some(name) = text("name") {
            let named = self.names.entry(fold(name)).or_default();
            named.push((id, serial.is_some()));
        }
        if let Some(serial) = serial {
            self.serials.insert(serial, id);
        }
    }

    /// What a line asks for; nothing when it is so already.
    fn deed(
        &mut self,
        line: Line,
        lang: Lang,
    ) -> std::result::Result<Option<Deed>, Vec<LineProblem>> {
        let number = line.number;
        let problem = |field: &str, words: operandi_dsl::catalog::Words| LineProblem {
            line: number,
            field: field.to_owned(),
            message: words.get(lang).to_owned(),
        };
        if line.fields.get("name").is_none_or(Value::is_null) {
            return Err(vec![problem(
                "name",
                say!("está vacío", "is empty", "está vazio"),
            )]);
        }
        if let Err(error) = check(KIND, &line.fields, "") {
            let told = error.problem("", lang).errors.into_iter();
            return Err(told.map(|field| of_field(number, field)).collect());
        }
        let found = self.find(&line).map_err(|()| {
            vec![problem(
                "name",
                say!(
                    "varios dispositivos se llaman así; agregá la columna `id` o `serial`",
                    "several devices are called so; add the column `id` or `serial`",
                    "vários dispositivos se chamam assim; acrescente a coluna `id` ou `serial`",
                ),
            )]
        })?;
        let id = found.unwrap_or_else(|| RecordId::from_uuid(clock::new_uuid()));
        if self.taken.insert(id, number).is_some() {
            return Err(vec![problem(
                "name",
                say!(
                    "otra línea es del mismo dispositivo",
                    "another line is about the same device",
                    "outra linha é do mesmo dispositivo",
                ),
            )]);
        }
        match self.devices.get(&id) {
            Some(stored) => {
                let patch = difference(stored, line.fields);
                Ok((!patch.is_empty()).then(|| change_of(id, patch, None)))
            }
            None => {
                let document = line.fields.into_iter();
                let document: Map<String, Value> =
                    document.filter(|(_, value)| !value.is_null()).collect();
                self.remember(id, &document);
                Ok(Some(creation(id, document)))
            }
        }
    }

    /// The device a line is about, if there is one; an error when its name leads to several. A line with a
    /// serial number is about no device that has another one.
    fn find(&self, line: &Line) -> std::result::Result<Option<RecordId>, ()> {
        if let Some(id) = line.id.filter(|id| self.devices.contains_key(id)) {
            return Ok(Some(id));
        }
        let text = |field: &str| line.fields.get(field).and_then(Value::as_str);
        let serial = text("serial").and_then(serial_key);
        let by_serial = serial.as_ref().and_then(|serial| self.serials.get(serial));
        if let Some(id) = by_serial {
            return Ok(Some(*id));
        }
        let named = text("name").and_then(|name| self.names.get(&fold(name)));
        let mut fitting = named
            .into_iter()
            .flatten()
            .filter(|(_, numbered)| serial.is_none() || !numbered);
        match (fitting.next(), fitting.next()) {
            (None, _) => Ok(None),
            (Some((only, _)), None) => Ok(Some(*only)),
            (Some(_), Some(_)) => Err(()),
        }
    }
}

fn of_field(line: u64, field: FieldProblem) -> LineProblem {
    let message = match field.hint {
        Some(hint) => format!("{}; {hint}", field.message),
        None => field.message,
    };
    LineProblem {
        line,
        field: field.path,
        message,
    }
}

/// The fields in which a line says another thing than what is stored.
fn difference(stored: &Map<String, Value>, fields: Map<String, Value>) -> Map<String, Value> {
    fields
        .into_iter()
        .filter(|(name, value)| stored.get(name).unwrap_or(&Value::Null) != value)
        .collect()
}
