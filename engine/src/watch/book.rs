//! The rules there are: what enabled workflows say of sensors, by the metric they are about.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use operandi_dsl::{
    document::{AlertLevel, SensorRule, SensorTrigger},
    program::Source,
};
use sha2::{Digest as _, Sha256};

use super::profile::Profile;
use crate::{
    ids::{OrgId, RecordId, WorkflowId},
    sensor::{Calendar, Metric, Rule},
    store::{
        StoreError,
        workflows::{Catalog, Programs},
    },
};

/// A rule of a workflow, with its levels.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) org: OrgId,
    pub(super) workflow: WorkflowId,
    pub(super) version: i64,
    pub(super) trigger: SensorTrigger,
    pub(super) rungs: Vec<(Option<AlertLevel>, SensorRule)>,
    /// What it says of the world around it, in short: another one begins anew.
    pub(super) calendar: Calendar,
    /// Each rung's rule in short, whichever metric it is compiled for.
    shorts: Vec<String>,
}

/// All rules by organisation and metric.
#[derive(Debug, Default)]
pub(super) struct Book {
    revision: i64,
    pages: BTreeMap<(OrgId, WorkflowId), Arc<Page>>,
    by_metric: BTreeMap<(OrgId, String), Vec<Arc<Page>>>,
}

impl Book {
    /// Reads it again if the catalog has changed; gives the organisations and metrics whose rules are others.
    pub(super) async fn read(
        &mut self,
        programs: &Programs,
        catalog: &Catalog,
    ) -> Result<HashSet<(OrgId, String)>, StoreError> {
        let mut news = HashSet::new();
        if catalog.revision() == self.revision {
            return Ok(news);
        }
        let mut pages = BTreeMap::new();
        for listener in catalog.sensors() {
            let key = (listener.org, listener.workflow);
            if let Some(page) = self
                .pages
                .get(&key)
                .filter(|page| page.version == listener.version)
            {
                pages.insert(key, Arc::clone(page));
                continue;
            }
            if let Some(page) = page(programs, key, listener.version).await? {
                news.insert((key.0, page.trigger.rule.metric.clone()));
                pages.insert(key, Arc::new(page));
            }
        }
        for (key, page) in &self.pages {
            if !pages.contains_key(key) {
                news.insert((key.0, page.trigger.rule.metric.clone()));
            }
        }
        self.by_metric.clear();
        for page in pages.values() {
            let key = (page.org, page.trigger.rule.metric.clone());
            self.by_metric
                .entry(key)
                .or_default()
                .push(Arc::clone(page));
        }
        self.pages = pages;
        self.revision = catalog.revision();
        Ok(news)
    }

    /// The rules about a metric.
    pub(super) fn about(&self, org: OrgId, metric: &str) -> &[Arc<Page>] {
        if self.by_metric.is_empty() {
            return &[];
        }
        let key = (org, metric.to_owned());
        self.by_metric.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Which organisations and metrics there are rules about.
    pub(super) fn metrics(&self) -> impl Iterator<Item = &(OrgId, String)> {
        self.by_metric.keys()
    }
}

async fn page(
    programs: &Programs,
    (org, workflow): (OrgId, WorkflowId),
    version: i64,
) -> Result<Option<Page>, StoreError> {
    let program = match programs.get(org, workflow, version).await {
        Ok(program) => program,
        Err(StoreError::Bug { what, .. }) => {
            tracing::error!(workflow.id = %workflow, what, "a rule over sensors cannot be run; publish it again");
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let Source::Sensor(trigger) = &program.trigger.source else {
        return Ok(None);
    };
    let context = programs.org(org).await?;
    let rungs = trigger.rungs();
    let shorts = rungs.iter().map(|(_, rule)| short(rule)).collect();
    Ok(Some(Page {
        org,
        workflow,
        version,
        trigger: SensorTrigger::clone(trigger),
        rungs,
        calendar: Calendar {
            zone: context.zone,
            holidays: context.holidays.clone(),
        },
        shorts,
    }))
}

impl Page {
    /// Whether a device is meant.
    pub(super) fn is_for(&self, device: RecordId, profile: &Profile) -> bool {
        profile.is_meant(device, self.trigger.devices.as_ref())
    }

    /// Its rungs as rules over a metric; `None` when they do not fit it.
    pub(super) fn rules(&self, metric: Metric) -> Option<Vec<(Arc<Rule>, String)>> {
        let compiled = self
            .rungs
            .iter()
            .zip(&self.shorts)
            .map(|((_, rule), short)| {
                let compiled = Rule::compile(rule, metric, self.calendar.clone());
                compiled.map(|rule| (Arc::new(rule), format!("{short}/{}", of_metric(metric))))
            });
        compiled
            .collect::<Result<_, _>>()
            .inspect_err(|faults| {
                let fault = faults.first().map(ToString::to_string).unwrap_or_default();
                tracing::warn!(workflow.id = %self.workflow, fault, "a rule does not fit a device's metric");
            })
            .ok()
    }
}

/// A rule in short: what it says decides, not which version says it.
fn short(rule: &SensorRule) -> String {
    let text = serde_json::to_string(rule).unwrap_or_default();
    hex::encode(&Sha256::digest(text.as_bytes())[..8])
}

fn of_metric(metric: Metric) -> String {
    hex::encode(&Sha256::digest(format!("{metric:?}").as_bytes())[..4])
}
