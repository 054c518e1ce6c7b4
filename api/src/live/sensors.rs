//! Devices and alerts for whoever follows them: looked at every so often, since they change in other
//! processes too, and many times a second.

use std::time::Duration;

use operandi_dsl::{catalog::Lang, time::Timestamp};
use operandi_engine::{
    ids::OrgId,
    store::{StoreError, alerts, devices},
};
use serde_json::json;

use crate::{app::App, routes::device_changes};

/// How often devices and alerts are looked at.
pub(super) const LOOK: Duration = Duration::from_secs(1);
/// By how much a look goes back over the one before: commits of other processes come late.
const OVERLAP: Duration = Duration::from_secs(2);
/// What one look tells at most; more is told as `resync`.
const CHANGES_MAX: u32 = 500;

/// What a client follows besides runs.
pub(super) struct Sensors {
    pub(super) org: OrgId,
    pub(super) lang: Lang,
    pub(super) devices: bool,
    pub(super) alerts: bool,
    since: Timestamp,
    /// What was told of late: an overlap must not tell it again.
    told: Vec<(String, i64)>,
}

impl Sensors {
    pub(super) fn new(app: &App, org: OrgId, lang: Lang, (devices, alerts): (bool, bool)) -> Self {
        Self {
            org,
            lang,
            devices,
            alerts,
            since: app.clock.now(),
            told: Vec::new(),
        }
    }

    /// Whether anything is followed.
    pub(super) fn any(&self) -> bool {
        self.devices || self.alerts
    }

    /// What changed since the last look, as clients read it.
    pub(super) async fn look(&mut self, app: &App) -> Result<Vec<String>, StoreError> {
        let now = app.clock.now();
        let since = self.since.before(OVERLAP);
        let mut messages = Vec::new();
        if self.alerts {
            for (id, at) in alerts::changed_since(&app.db, self.org, since, CHANGES_MAX).await? {
                if self.is_news(format!("alert/{id}"), at) {
                    messages.push(json!({ "type": "alert.changed", "id": id }).to_string());
                }
            }
        }
        if self.devices {
            let changed = devices::changed_since(&app.db, self.org, since, CHANGES_MAX).await?;
            if changed.len() >= CHANGES_MAX as usize {
                messages.push(r#"{"type":"resync"}"#.to_owned());
            } else {
                let news = changed
                    .into_iter()
                    .filter(|(id, at)| self.is_news(format!("device/{id}"), *at));
                let ids: Vec<_> = news.map(|(id, _)| id).collect();
                messages.extend(device_changes(app, self.org, &ids, self.lang).await?);
            }
        }
        self.since = now;
        let old = since.0;
        self.told.retain(|(_, at)| *at >= old);
        Ok(messages)
    }

    fn is_news(&mut self, what: String, at: Timestamp) -> bool {
        let told = (what, at.0);
        if self.told.contains(&told) {
            return false;
        }
        self.told.push(told);
        true
    }
}
