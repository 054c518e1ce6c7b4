//! The workflows that come with this build, to begin with.

use axum::{
    Json,
    http::header,
    response::{IntoResponse as _, Response},
};
use operandi_dsl::text;
use rust_embed::Embed;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::auth::{Access, CanView};

/// The folder of templates: `<trade>/<name>.yaml`.
#[derive(Embed)]
#[folder = "../workflows"]
struct Shipped;

/// All templates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Templates {
    items: Vec<Template>,
}

/// A workflow to begin with.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "online-shop/cart-recovery", "name": {"es": "Recuperar carritos", "en": "Win back carts"},
    "description": {"en": "Reminds shoppers of the carts they left."}, "rubros": ["general"], "source": "operandi: 1 ..."
}))]
pub(crate) struct Template {
    id: String,
    /// The document's name, per language or plain.
    #[schema(value_type = Object)]
    name: Value,
    #[schema(value_type = Option<Object>, required)]
    description: Value,
    /// The trades it is for.
    #[schema(value_type = Vec<String>)]
    rubros: Value,
    /// The document, to be stored with `POST /api/v1/workflows`.
    source: String,
}

/// List templates.
#[utoipa::path(get, path = "/api/v1/templates", operation_id = "listTemplates", tag = "catalog",
    responses((status = 200, body = Templates)))]
pub(crate) async fn list(_access: Access<CanView>) -> Response {
    let mut items: Vec<Template> = Shipped::iter().filter_map(|path| template(&path)).collect();
    items.sort_by(|one, other| one.id.cmp(&other.id));
    let kept = [(header::CACHE_CONTROL, "private, max-age=300")];
    (kept, Json(Templates { items })).into_response()
}

/// The template of a file; `None` when it is none.
fn template(path: &str) -> Option<Template> {
    let id = path.strip_suffix(".yaml")?.to_owned();
    let source = String::from_utf8(Shipped::get(path)?.data.into_owned()).ok()?;
    let document = text::value(&source).ok()?;
    let field = |name: &str| document.get(name).cloned().unwrap_or_default();
    Some(Template {
        id,
        name: field("name"),
        description: field("description"),
        rubros: match field("rubros") {
            Value::Null => Value::Array(Vec::new()),
            rubros => rubros,
        },
        source,
    })
}

#[cfg(test)]
mod tests {
    use operandi_dsl::expr::Language;

    use super::*;

    #[test]
    fn every_template_that_is_shipped_passes_the_checker() {
        let catalog = operandi_nodes::catalog::catalog();
        let mut shipped = 0;
        for path in Shipped::iter() {
            let Some(template) = template(&path) else {
                continue;
            };
            shipped += 1;
            let checked = operandi_dsl::check(&template.source, &catalog, &Language::untimed());
            let problems = match &checked {
                Ok(workflow) => workflow.warnings(),
                Err(problems) => problems,
            };
            assert!(problems.is_empty(), "{path}: {problems:#?}");
        }
        assert!(shipped >= 2, "{shipped} templates");
    }
}
