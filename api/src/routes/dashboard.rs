//! The dashboard: what an organisation looks at first.

use std::collections::BTreeSet;

use axum::{Json, extract::State};
use operandi_dsl::{
    catalog::Words,
    phrase::{Phrase, say},
};
use operandi_engine::{ids::RecordId, store::dashboard};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanEdit, CanView},
    extract::{Body, Rev},
    problem::{Code, Error, FieldError, Result},
};

/// The most widgets.
const WIDGETS_MAX: usize = 60;
/// Columns of the page.
const COLUMNS: u32 = 12;
/// Rows of the page.
const ROWS_MAX: u32 = 1_000;
/// The tallest widget, in rows.
const TALL_MAX: u32 = 40;
/// The longest id, in characters.
const ID_CHARS_MAX: usize = 64;
/// The longest title, place or metric, in characters.
const WORDS_CHARS_MAX: usize = 120;
/// How far back a chart may reach, in hours: a year.
const HOURS_MAX: u32 = 366 * 24;

/// What a widget shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WidgetKind {
    /// The last value of a metric.
    Last,
    /// A metric over time.
    Chart,
    /// Whether devices are heard.
    State,
    /// The open alerts.
    Alerts,
    /// Devices where they are.
    Map,
    /// What happened lately.
    Activity,
    /// How many there are of something.
    Counter,
}

/// One widget: what it shows, and where on the page. The page has 12 columns.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "id": "w1", "kind": "chart", "x": 0, "y": 0, "w": 6, "h": 4, "title": "Heladera 1",
    "device": "01936a6c-2222-7b3a-9c1f-3f1f0f2f4a55", "metric": "temperature", "from": 24
}))]
pub(crate) struct Widget {
    /// Any word, once on the page; at most 64 characters.
    id: String,
    kind: WidgetKind,
    /// The first of its columns, from 0.
    #[schema(maximum = 11)]
    x: u32,
    /// The first of its rows, from 0.
    #[schema(maximum = 1000)]
    y: u32,
    /// How many columns it takes.
    #[schema(minimum = 1, maximum = 12)]
    w: u32,
    /// How many rows it takes.
    #[schema(minimum = 1, maximum = 40)]
    h: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The device it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    device: Option<RecordId>,
    /// The metric it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    /// The place it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// How many hours it looks back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 8784)]
    from: Option<u32>,
}

/// The dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DashboardView {
    /// Rises with every change, 0 before the first; name it in `If-Match` to change only what you saw.
    rev: i64,
    widgets: Vec<Widget>,
}

/// The widgets as they shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"widgets": [{"id": "w1", "kind": "alerts", "x": 0, "y": 0, "w": 4, "h": 3}]}))]
pub(crate) struct SaveDashboard {
    /// At most 60.
    widgets: Vec<Widget>,
}

/// Get the dashboard.
#[utoipa::path(get, path = "/api/v1/dashboard", operation_id = "getDashboard", tag = "dashboard",
    responses((status = 200, body = DashboardView)))]
pub(crate) async fn get(
    State(app): State<App>,
    access: Access<CanView>,
) -> Result<Json<DashboardView>> {
    let found = dashboard::get(&app.db, access.org).await?;
    let widgets = serde_json::from_value(found.widgets).map_err(Error::internal)?;
    Ok(Json(DashboardView {
        rev: found.rev,
        widgets,
    }))
}

/// Save the dashboard.
#[utoipa::path(put, path = "/api/v1/dashboard", operation_id = "saveDashboard", tag = "dashboard",
    params(Rev), request_body = SaveDashboard, responses((status = 200, body = DashboardView),
    (status = 409, body = crate::problem::Problem, content_type = "application/problem+json", description = "It has another revision by now.")))]
pub(crate) async fn save(
    State(app): State<App>,
    access: Access<CanEdit>,
    rev: Rev,
    Body(body): Body<SaveDashboard>,
) -> Result<Json<DashboardView>> {
    check(&body.widgets)?;
    let mut tx = app.db.begin_write().await?;
    let widgets = json!(body.widgets);
    let saved = dashboard::save(&mut tx, app.clock.now(), access.org, &widgets, rev.0).await?;
    let Some(rev) = saved else {
        drop(tx);
        let found = dashboard::get(&app.db, access.org).await?;
        let words = say!(
            "El tablero va por la revisión {rev}.",
            "The dashboard has revision {rev}.",
            "O painel está na revisão {rev}.",
        );
        return Err(
            Error::new(Code::RevisionMismatch).detail(Phrase::new(words).with("rev", found.rev))
        );
    };
    let (object, detail) = (("dashboard", access.org), json!({ "rev": rev }));
    app.audit(&mut tx, &access, "dashboard.save", object, detail)
        .await?;
    tx.commit().await?;
    Ok(Json(DashboardView {
        rev,
        widgets: body.widgets,
    }))
}

/// What no page can hold.
fn check(widgets: &[Widget]) -> Result<()> {
    let refuse = |field: String, words: Words, most: usize| {
        let what = Phrase::new(words).with("max", most);
        Err(Error::new(Code::InvalidBody).field(FieldError::new(field, what)))
    };
    if widgets.len() > WIDGETS_MAX {
        return refuse("widgets".to_owned(), TOO_MANY, WIDGETS_MAX);
    }
    let mut ids = BTreeSet::new();
    for (place, widget) in widgets.iter().enumerate() {
        let path = |field: &str| format!("widgets/{place}/{field}");
        let id_fits = (1..=ID_CHARS_MAX).contains(&widget.id.chars().count());
        if !id_fits || !ids.insert(&widget.id) {
            return refuse(path("id"), NO_ID, ID_CHARS_MAX);
        }
        for (field, value, least, most) in [
            ("x", widget.x, 0, COLUMNS - 1),
            ("y", widget.y, 0, ROWS_MAX),
            ("w", widget.w, 1, COLUMNS),
            ("h", widget.h, 1, TALL_MAX),
            ("from", widget.from.unwrap_or(1), 1, HOURS_MAX),
        ] {
            if !(least..=most).contains(&value) {
                return refuse(path(field), OUTSIDE, most as usize);
            }
        }
        if widget.x + widget.w > COLUMNS {
            return refuse(path("w"), TOO_WIDE, COLUMNS as usize);
        }
        for (field, text) in [
            ("title", &widget.title),
            ("metric", &widget.metric),
            ("place", &widget.place),
        ] {
            let length = text.as_ref().map_or(0, |text| text.chars().count());
            if length > WORDS_CHARS_MAX {
                return refuse(path(field), TOO_LONG, WORDS_CHARS_MAX);
            }
        }
    }
    Ok(())
}

const TOO_MANY: Words = say!(
    "tiene más de {max} elementos",
    "has more than {max} items",
    "tem mais de {max} itens",
);
const NO_ID: Words = say!(
    "está vacío, se repite o tiene más de {max} caracteres",
    "is empty, stands there twice or has more than {max} characters",
    "está vazio, se repete ou tem mais de {max} caracteres",
);
const OUTSIDE: Words = say!(
    "es demasiado chico, o más que {max}",
    "is too small, or more than {max}",
    "é pequeno demais, ou mais que {max}",
);
const TOO_WIDE: Words = say!(
    "se sale de la página, que tiene {max} columnas",
    "leaves the page, which has {max} columns",
    "sai da página, que tem {max} colunas",
);
const TOO_LONG: Words = say!(
    "tiene más de {max} caracteres",
    "has more than {max} characters",
    "tem mais de {max} caracteres",
);

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn widget(change: Value) -> Widget {
        let mut widget = json!({ "id": "w", "kind": "last", "x": 0, "y": 0, "w": 1, "h": 1 });
        if let (Value::Object(widget), Value::Object(change)) = (&mut widget, change) {
            widget.extend(change);
        }
        serde_json::from_value(widget).expect("a widget")
    }

    #[test]
    fn a_page_holds_what_fits() {
        let long = "x".repeat(121);
        for (change, fits) in [
            (json!({}), true),
            (json!({ "x": 11, "y": 1000, "h": 40, "from": 8784 }), true),
            (json!({ "w": 12 }), true),
            (json!({ "x": 11, "w": 2 }), false),
            (json!({ "x": 12 }), false),
            (json!({ "x": u32::MAX, "w": u32::MAX }), false),
            (json!({ "w": 0 }), false),
            (json!({ "h": 41 }), false),
            (json!({ "y": 1001 }), false),
            (json!({ "from": 0 }), false),
            (json!({ "from": 8785 }), false),
            (json!({ "id": "" }), false),
            (json!({ "title": long }), false),
        ] {
            assert_eq!(check(&[widget(change.clone())]).is_ok(), fits, "{change}");
        }
        assert!(check(&[widget(json!({})), widget(json!({}))]).is_err());
        let many = |count: usize| -> Vec<Widget> {
            (0..count)
                .map(|n| widget(json!({ "id": n.to_string() })))
                .collect()
        };
        assert!(check(&many(60)).is_ok());
        assert!(check(&many(61)).is_err());
    }
}
