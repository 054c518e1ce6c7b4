//! Readings over HTTP: the third door of devices, and what charts, exports and rehearsals of rules read.

mod history;
mod preview;
mod report;

use operandi_dsl::time::Timestamp;
use operandi_engine::{
    ids::{OrgId, RecordId},
    store::readings::Order,
    watch::{Profile, described},
};

pub(crate) use self::{
    history::{__path_export, __path_history, export, history},
    preview::{__path_preview, preview},
    report::{__path_report, report},
};
use crate::{
    app::App,
    problem::{Error, Missing, Result},
};

/// The longest name of a metric, in bytes.
const METRIC_BYTES_MAX: usize = 32;

fn order(
    org: OrgId,
    device: RecordId,
    metric: &str,
    (from, until): (Timestamp, Timestamp),
) -> Order {
    Order {
        org,
        device,
        metric: metric.to_owned(),
        from,
        until,
    }
}

/// What is known of a device.
async fn profile(app: &App, org: OrgId, id: RecordId) -> Result<Profile> {
    let profiles = &**app.engine.watch().profiles();
    let found = described(&app.db, profiles, vec![(org, id)]).await?;
    let found = found.into_iter().next().flatten();
    found.ok_or_else(|| Error::not_found(Missing::Record))
}
