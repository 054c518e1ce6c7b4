//! What the watch knows of one device: its profile, how its times are to be read, and its series.

use std::{collections::BTreeMap, sync::Arc};

use operandi_dsl::time::Timestamp;

use super::profile::{MetricProfile, Profile};
use crate::{
    ids::{OrgId, RecordId},
    store::readings::{At, Born, DeviceWord, SeriesId, Told},
};

/// How far a device's clock may be off before its times are corrected, in milliseconds.
const SKEW_MAX: i64 = 60_000;

/// One device.
pub(super) struct Device {
    pub(super) profile: Arc<Profile>,
    /// When the profile was read.
    pub(super) read_at: Timestamp,
    pub(super) told: Told,
    pub(super) series: BTreeMap<String, SeriesId>,
    /// What became known since the last fold.
    word: Option<DeviceWord>,
}

/// When something was measured, as far as that can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placed {
    At(i64),
    /// By an uptime of a boot that nothing is known of.
    Unknown,
}

impl Device {
    pub(super) fn new(profile: Arc<Profile>, told: Told, read_at: Timestamp) -> Self {
        Self {
            profile,
            read_at,
            told,
            series: BTreeMap::new(),
            word: None,
        }
    }

    /// It has told of itself after it connected.
    pub(super) fn born(
        &mut self,
        (org, device): (OrgId, RecordId),
        born: &Born,
        received: Timestamp,
    ) {
        let boot = i64::try_from(born.boot).ok();
        if self.told.boot != boot {
            self.told.boot = boot;
            self.told.anchor = None;
            self.told.highest = None;
            self.told.skew = 0;
        }
        if let Some(at) = born.at {
            let behind = received.0 - at;
            self.told.skew = if behind.abs() > SKEW_MAX { behind } else { 0 };
            let uptime = i64::try_from(born.uptime).unwrap_or(i64::MAX);
            // The first one holds: the same reading must have the same time whenever it comes.
            self.told
                .anchor
                .get_or_insert((at + self.told.skew).saturating_sub(uptime));
        }
        self.told.metrics.clone_from(&born.metrics);
        let word = self.word((org, device), received);
        word.firmware = Some(born.firmware.clone());
        word.reset = Some(born.reset.clone());
        word.lost = i64::try_from(born.lost).ok();
        word.metrics = serde_json::to_string(&born.metrics).ok();
        word.actuators = serde_json::to_string(&born.actuators).ok();
    }

    /// It has sent readings of a boot, `sent` milliseconds after that.
    pub(super) fn heard(
        &mut self,
        whose: (OrgId, RecordId),
        (boot, sent): (Option<u64>, Option<u64>),
        received: Timestamp,
    ) {
        let boot = boot.and_then(|boot| i64::try_from(boot).ok());
        if let (Some(_), Some(sent)) = (boot, sent) {
            if self.told.boot != boot {
                self.told.boot = boot;
                self.told.anchor = None;
                self.told.highest = None;
                self.told.skew = 0;
            }
            let sent = i64::try_from(sent).unwrap_or(i64::MAX);
            self.told
                .anchor
                .get_or_insert(received.0.saturating_sub(sent));
        }
        self.word(whose, received);
    }

    /// When a reading of a boot was measured. What has not been yet was measured at this moment.
    pub(super) fn place(&self, boot: Option<i64>, at: At, received: Timestamp) -> Placed {
        let is_current = boot.is_some() && boot == self.told.boot;
        let at = match at {
            At::Time(at) if is_current => at.saturating_add(self.told.skew),
            At::Time(at) => at,
            At::Now => received.0,
            At::Uptime(uptime) => {
                let uptime = i64::try_from(uptime).unwrap_or(i64::MAX);
                let Some(anchor) = self.told.anchor.filter(|_| is_current) else {
                    return Placed::Unknown;
                };
                anchor.saturating_add(uptime)
            }
        };
        let is_ahead = at > received.0.saturating_add(SKEW_MAX);
        Placed::At(if is_ahead { received.0 } else { at })
    }

    /// Whether a reading may have come before: all but those with a number higher than any.
    pub(super) fn may_be_again(&mut self, boot: Option<i64>, seq: Option<u64>) -> bool {
        let seq = seq.and_then(|seq| i64::try_from(seq).ok());
        let (Some(boot), Some(seq)) = (boot, seq) else {
            return true;
        };
        if self.told.boot != Some(boot) || self.told.highest.is_some_and(|highest| seq <= highest) {
            return true;
        }
        self.told.highest = Some(seq);
        false
    }

    /// The name of a metric, which may be told by its place in the birth.
    pub(super) fn metric<'a>(&'a self, told: &'a str) -> Option<&'a str> {
        match told.strip_prefix('#') {
            None => Some(told),
            Some(place) => {
                let place: usize = place.parse().ok()?;
                self.told
                    .metrics
                    .get(place)
                    .map(|metric| metric.name.as_str())
            }
        }
    }

    /// What a metric is like: as its owner says, else as the device does.
    pub(super) fn describe(&self, metric: &str) -> MetricProfile {
        self.profile.describe(metric, &self.told.metrics)
    }

    /// What is to be written of it, once.
    pub(super) fn take_word(&mut self) -> Option<DeviceWord> {
        let mut word = self.word.take()?;
        word.boot = self.told.boot;
        word.anchor = self.told.anchor;
        word.skew = self.told.skew;
        word.highest = self.told.highest;
        Some(word)
    }

    fn word(&mut self, (org, device): (OrgId, RecordId), seen_at: Timestamp) -> &mut DeviceWord {
        let word = self.word.get_or_insert(DeviceWord {
            org,
            device,
            seen_at,
            boot: None,
            anchor: None,
            skew: 0,
            highest: None,
            firmware: None,
            reset: None,
            lost: None,
            metrics: None,
            actuators: None,
        });
        word.seen_at = word.seen_at.max(seen_at);
        word
    }
}
