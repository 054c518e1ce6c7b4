//! How the engine is doing.

use axum::{Json, extract::State};
use operandi_engine::{store::maintenance::Fault, worker::DEAD_AFTER};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Access, CanAdminister},
    problem::Result,
};

/// What the self-check found with this look: a bounded share of the data, going on where the one before
/// stopped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"checked": 500, "sound": true, "round_complete": false, "faults": []}))]
pub(crate) struct SelfCheckView {
    /// Rows looked at.
    checked: u64,
    /// Whether nothing was found that could not be mended.
    sound: bool,
    /// Whether with this look all open runs have been looked at.
    round_complete: bool,
    faults: Vec<FaultView>,
}

/// One kind of fault.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FaultView {
    /// Such as `no_way_to_wake`.
    #[schema(value_type = String)]
    fault: Fault,
    found: u64,
    repaired: u64,
}

/// Check the engine.
///
/// Looks whether every waiting run has a way to wake and every enabled schedule a next time, over all
/// organisations of this server; only counts are told.
#[utoipa::path(get, path = "/api/v1/self-check", operation_id = "selfCheck", tag = "operations",
    responses((status = 200, body = SelfCheckView)))]
pub(crate) async fn self_check(
    State(app): State<App>,
    _access: Access<CanAdminister>,
) -> Result<Json<SelfCheckView>> {
    let mut check = app.self_check.lock().await;
    let report = check
        .pass(&app.programs, app.clock.now(), DEAD_AFTER)
        .await?;
    let sound = report
        .faults
        .values()
        .all(|found| found.found == found.repaired);
    let faults = report.faults.into_iter();
    let faults = faults.map(|(fault, found)| FaultView {
        fault,
        found: found.found,
        repaired: found.repaired,
    });
    Ok(Json(SelfCheckView {
        checked: report.checked,
        sound,
        round_complete: report.round_complete,
        faults: faults.collect(),
    }))
}
