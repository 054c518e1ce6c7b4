//! Lists of records: filtered and sorted by what the kind declares, page by page.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::{
    RecordError,
    index::{ABSENT, AFTER_PREFIX, encode_asked, encode_prefix, hex, unhex},
    kinds::{FieldKind, KindSpec, Kinds},
    read::{COLUMNS, Record},
};
use crate::{
    ids::OrgId,
    store::sql::{Db, Param},
};

/// The most records of one page.
pub const PAGE_MAX: u32 = 200;
/// The most filters of one list.
const FILTERS_MAX: usize = 8;
/// The longest text of a filter, in bytes.
const ASKED_BYTES_MAX: usize = 512;

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// All of them must hold.
    pub filters: Vec<Filter>,
    pub sort: Sort,
    pub order: Order,
    /// How many records; [`PAGE_MAX`] at most.
    pub limit: u32,
    /// Where the page before ended; belongs to the same sort and order.
    pub cursor: Option<String>,
}

/// A condition on a declared field, or equality with an alias.
#[derive(Clone, Debug)]
pub struct Filter {
    pub field: String,
    pub test: Test,
    /// As a person writes it: `12`, `true`, `2026-11-20T00:00:00Z`. Unused by [`Test::Absent`].
    pub value: String,
}

/// How a field is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Equals,
    Less,
    AtMost,
    Greater,
    AtLeast,
    /// Begins with it.
    Prefix,
    /// Has no value.
    Absent,
}

/// By what a list is sorted; the id decides between equals.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    #[default]
    Created,
    Updated,
    Field(String),
}

/// In which direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    Ascending,
    #[default]
    Descending,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next_cursor: Option<String>,
}

/// The place of the last record of a page in the order.
#[derive(Serialize, Deserialize)]
struct Place {
    /// The sort and order it belongs to.
    of: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time: Option<i64>,
    id: String,
}

/// One page of an organisation's records of one kind.
pub async fn list(
    db: &Db,
    kinds: &Kinds,
    org: OrgId,
    kind: &str,
    query: &ListQuery,
) -> Result<Page<Record>, RecordError> {
    let kind = kinds.get(kind)?;
    let limit = query.limit.clamp(1, PAGE_MAX);
    let (sql, params) = Statement::new(org, kind).write(kind, query, limit)?;
    let mut rows = db.fetch_all(&sql, &params).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let items = rows
        .iter()
        .map(Record::read)
        .collect::<Result<Vec<_>, _>>()?;
    let next_cursor = match (more, rows.last(), items.last()) {
        (true, Some(row), Some(last)) => {
            let place = Place {
                of: order_name(query),
                text: if matches!(query.sort, Sort::Field(_)) {
                    Some(row.text("place")?)
                } else {
                    None
                },
                time: (query.sort == Sort::Updated).then_some(last.updated_at.0),
                id: last.id.to_string(),
            };
            Some(write_cursor(&place))
        }
        _ => None,
    };
    Ok(Page { items, next_cursor })
}

/// A statement while it is being written.
struct Statement {
    joins: String,
    conditions: String,
    params: Vec<Param>,
}

impl Statement {
    fn new(org: OrgId, kind: &KindSpec) -> Self {
        Self {
            joins: String::new(),
            conditions: "t.org_id = $1 and t.kind = $2 and t.merged_into is null".to_owned(),
            params: vec![org.into(), kind.name.as_str().into()],
        }
    }

    /// Adds a parameter; gives its number.
    fn param(&mut self, param: impl Into<Param>) -> usize {
        self.params.push(param.into());
        self.params.len()
    }

    fn write(
        mut self,
        kind: &KindSpec,
        query: &ListQuery,
        limit: u32,
    ) -> Result<(String, Vec<Param>), RecordError> {
        if query.filters.len() > FILTERS_MAX {
            return Err(RecordError::BadQuery(format!(
                "a list takes at most {FILTERS_MAX} filters"
            )));
        }
        for (number, filter) in query.filters.iter().enumerate() {
            self.filter(kind, number, filter)?;
        }
        let place = query
            .cursor
            .as_deref()
            .map(|cursor| read_cursor(cursor, query))
            .transpose()?;
        let column = self.sort(kind, query)?;
        let (beyond, direction) = match query.order {
            Order::Ascending => (">", "asc"),
            Order::Descending => ("<", "desc"),
        };
        if let Some(place) = place {
            self.beyond(column, beyond, place)?;
        }
        let limit = self.param(i64::from(limit) + 1);
        let mut sql = format!("select {COLUMNS}");
        if let Some(column) = column {
            let _ = write!(sql, ", {column} as place");
        }
        let _ = write!(
            sql,
            " from record t{} where {} order by ",
            self.joins, self.conditions
        );
        if let Some(column) = column {
            let _ = write!(sql, "{column} {direction}, ");
        }
        let id = if matches!(query.sort, Sort::Field(_)) {
            "s.record_id"
        } else {
            "t.id"
        };
        let _ = write!(sql, "{id} {direction} limit ${limit}");
        Ok((sql, self.params))
    }

    fn filter(
        &mut self,
        kind: &KindSpec,
        number: usize,
        filter: &Filter,
    ) -> Result<(), RecordError> {
        if filter.value.len() > ASKED_BYTES_MAX {
            return Err(RecordError::BadQuery(format!(
                "the filter on `{}` is too long",
                filter.field
            )));
        }
        let alias = format!("f{number}");
        let Some(field) = kind.field(&filter.field) else {
            return self.key_filter(kind, &alias, filter);
        };
        if field.kind == FieldKind::Tags && filter.test != Test::Equals {
            return Err(RecordError::BadQuery(format!(
                "`{}` is a list: ask for one of its texts",
                field.path
            )));
        }
        let asked = || {
            encode_asked(field.kind, &filter.value).ok_or_else(|| {
                RecordError::BadQuery(format!(
                    "`{}` cannot be compared with `{}`",
                    field.path, filter.value
                ))
            })
        };
        let name = self.param(field.path.as_str());
        let _ = write!(
            self.joins,
            " join record_field {alias} on {alias}.org_id = $1 and {alias}.kind = $2 and {alias}.name = ${name} \
             and {alias}.record_id = t.id"
        );
        let mut compare = |operator: &str, value: String| {
            let value = self.param(value);
            let _ = write!(self.conditions, " and {alias}.value {operator} ${value}");
        };
        match filter.test {
            Test::Equals => compare("=", asked()?),
            Test::Absent => compare("=", ABSENT.to_owned()),
            Test::Greater => compare(">", asked()?),
            Test::AtLeast => compare(">=", asked()?),
            Test::Less | Test::AtMost => {
                compare(if filter.test == Test::Less { "<" } else { "<=" }, asked()?);
                compare(">", ABSENT.to_owned());
            }
            Test::Prefix if field.kind == FieldKind::Text => {
                let prefix = encode_prefix(&filter.value);
                compare("<", format!("{prefix}{AFTER_PREFIX}"));
                compare(">=", prefix);
            }
            Test::Prefix => {
                return Err(RecordError::BadQuery(format!(
                    "`{}` is not a text and has no beginning",
                    field.path
                )));
            }
        }
        Ok(())
    }

    /// A filter on a unique alias.
    fn key_filter(
        &mut self,
        kind: &KindSpec,
        alias: &str,
        filter: &Filter,
    ) -> Result<(), RecordError> {
        if !kind.keys.contains(&filter.field) {
            return Err(RecordError::BadQuery(format!(
                "`{}` cannot be filtered by",
                filter.field
            )));
        }
        if filter.test != Test::Equals {
            return Err(RecordError::BadQuery(format!(
                "`{}` can only be asked for whole",
                filter.field
            )));
        }
        let name = self.param(filter.field.as_str());
        let value = self.param(filter.value.as_str());
        let _ = write!(
            self.joins,
            " join record_key {alias} on {alias}.org_id = $1 and {alias}.kind = $2 and {alias}.name = ${name} \
             and {alias}.value = ${value} and {alias}.record_id = t.id"
        );
        Ok(())
    }

    /// The column sorted by before the id, if any.
    fn sort(
        &mut self,
        kind: &KindSpec,
        query: &ListQuery,
    ) -> Result<Option<&'static str>, RecordError> {
        match &query.sort {
            // Ids ascend with time.
            Sort::Created => Ok(None),
            Sort::Updated => Ok(Some("t.updated_at")),
            Sort::Field(path) => {
                kind.field(path)
                    .filter(|field| field.kind != FieldKind::Tags)
                    .ok_or_else(|| {
                        RecordError::BadQuery(format!("`{path}` cannot be sorted by"))
                    })?;
                let name = self.param(path.as_str());
                let _ = write!(
                    self.joins,
                    " join record_field s on s.org_id = $1 and s.kind = $2 and s.name = ${name} and s.record_id = t.id"
                );
                Ok(Some("s.value"))
            }
        }
    }

    /// Only what comes after a place.
    fn beyond(
        &mut self,
        column: Option<&str>,
        beyond: &str,
        place: Place,
    ) -> Result<(), RecordError> {
        let id = self.param(place.id);
        let Some(column) = column else {
            let _ = write!(self.conditions, " and t.id {beyond} ${id}");
            return Ok(());
        };
        let value = match (place.text, place.time) {
            (Some(text), _) => self.param(text),
            (None, Some(time)) => self.param(time),
            (None, None) => return Err(bad_cursor()),
        };
        let key = if column == "s.value" {
            "s.record_id"
        } else {
            "t.id"
        };
        let _ = write!(
            self.conditions,
            " and ({column}, {key}) {beyond} (${value}, ${id})"
        );
        Ok(())
    }
}

fn order_name(query: &ListQuery) -> String {
    let direction = match query.order {
        Order::Ascending => "+",
        Order::Descending => "-",
    };
    match &query.sort {
        Sort::Created => format!("{direction}@created"),
        Sort::Updated => format!("{direction}@updated"),
        Sort::Field(path) => format!("{direction}{path}"),
    }
}

fn write_cursor(place: &Place) -> String {
    hex(serde_json::to_string(place).unwrap_or_default().as_bytes())
}

fn read_cursor(cursor: &str, query: &ListQuery) -> Result<Place, RecordError> {
    let bytes = unhex(cursor).ok_or_else(bad_cursor)?;
    let place: Place = serde_json::from_slice(&bytes).map_err(|_| bad_cursor())?;
    let clean = |text: &str| !text.contains('\0');
    let right = place.of == order_name(query)
        && clean(&place.id)
        && place.text.as_deref().is_none_or(clean)
        && place.text.is_some() == matches!(query.sort, Sort::Field(_))
        && place.time.is_some() == (query.sort == Sort::Updated);
    if right { Ok(place) } else { Err(bad_cursor()) }
}

fn bad_cursor() -> RecordError {
    RecordError::BadQuery("the cursor belongs to another list; begin again without it".to_owned())
}
