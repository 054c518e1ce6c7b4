//! The HTTP API: one file per resource, and one line per endpoint here.
#![allow(
    unused_qualifications,
    reason = "the macros that describe the endpoints write some"
)]

mod alerts;
mod audit;
mod catalog;
mod connections;
mod dashboard;
mod describe;
mod devices;
mod events;
mod keys;
mod members;
mod operations;
mod organisation;
mod previews;
mod push;
mod readings;
mod records;
mod reports;
mod runs;
mod sandbox;
mod sends;
mod sessions;
mod templates;
mod workflows;

pub(crate) use self::devices::device_changes;
use axum::{Json, Router};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, live, problem};

/// All endpoints under `/api/v1`.
fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::default()
        .routes(routes!(sessions::login))
        .routes(routes!(sessions::logout))
        .routes(routes!(sessions::switch))
        .routes(routes!(sessions::me))
        .routes(routes!(organisation::get, organisation::change))
        .routes(routes!(members::list, members::add))
        .routes(routes!(members::change, members::remove))
        .routes(routes!(keys::list, keys::make))
        .routes(routes!(keys::revoke))
        .routes(routes!(workflows::list, workflows::create))
        .routes(routes!(workflows::check))
        .routes(routes!(
            workflows::get,
            workflows::save,
            workflows::edit,
            workflows::delete
        ))
        .routes(routes!(workflows::check_draft))
        .routes(routes!(workflows::set_inputs))
        .routes(routes!(workflows::publish))
        .routes(routes!(workflows::publication))
        .routes(routes!(workflows::undo))
        .routes(routes!(workflows::numbers))
        .routes(routes!(workflows::rehearse))
        .routes(routes!(workflows::rehearse_over_past))
        .routes(routes!(workflows::presence))
        .routes(routes!(previews::expression))
        .routes(routes!(previews::schedule))
        .routes(routes!(workflows::enable))
        .routes(routes!(workflows::disable))
        .routes(routes!(workflows::versions))
        .routes(routes!(workflows::version))
        .routes(routes!(workflows::export))
        .routes(routes!(runs::start))
        .routes(routes!(runs::list))
        .routes(routes!(runs::get))
        .routes(routes!(runs::steps))
        .routes(routes!(runs::cancel))
        .routes(routes!(runs::retry))
        .routes(routes!(runs::resolve))
        .routes(routes!(runs::answer))
        .routes(routes!(events::list, events::deliver))
        .routes(routes!(events::get))
        .routes(routes!(connections::list, connections::make))
        .routes(routes!(
            connections::get,
            connections::change,
            connections::delete
        ))
        .routes(routes!(connections::test))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::get))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(alerts::snooze))
        .routes(routes!(alerts::solve))
        .routes(routes!(alerts::note))
        .routes(routes!(push::key))
        .routes(routes!(push::list, push::subscribe))
        .routes(routes!(push::unsubscribe))
        .routes(routes!(push::test))
        .routes(routes!(dashboard::get, dashboard::save))
        .routes(routes!(readings::report, readings::history))
        .routes(routes!(readings::export))
        .routes(routes!(readings::preview))
        .routes(routes!(reports::cold_chain))
        .routes(routes!(sends::list))
        .routes(routes!(sandbox::list))
        .routes(routes!(records::list, records::make))
        .routes(routes!(records::get, records::change, records::delete))
        .routes(routes!(devices::list, devices::make))
        .routes(routes!(devices::export))
        .routes(routes!(devices::import))
        .routes(routes!(devices::get, devices::change, devices::delete))
        .routes(routes!(devices::make_key))
        .routes(routes!(devices::revoke_key))
        .routes(routes!(devices::begin_claim))
        .routes(routes!(devices::claim))
        .routes(routes!(devices::set_desired))
        .routes(routes!(devices::commands, devices::command))
        .routes(routes!(catalog::catalog))
        .routes(routes!(catalog::workflow_schema))
        .routes(routes!(templates::list))
        .routes(routes!(operations::self_check))
        .routes(routes!(audit::list))
        .routes(routes!(live::live))
        .routes(routes!(description))
}

/// The router of the API.
pub fn router() -> Router<App> {
    endpoints().split_for_parts().0
}

/// The OpenAPI 3.1 description of the API.
#[must_use]
pub fn openapi() -> Value {
    let (_, mut api) = endpoints().split_for_parts();
    let components = api.components.get_or_insert_default();
    components.schemas.extend(problem::schemas());
    let document = serde_json::to_value(api).unwrap_or_default();
    describe::complete(document, records::schemas())
}

/// Get this description.
#[utoipa::path(get, path = "/api/v1/openapi.json", operation_id = "getOpenapi", tag = "catalog", security(()),
    responses((status = 200, body = Object, description = "The OpenAPI 3.1 description of this API.")))]
async fn description() -> Json<Value> {
    Json(openapi())
}

#[cfg(test)]
mod tests;
