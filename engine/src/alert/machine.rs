//! What an act makes of an alert.

use operandi_dsl::time::Timestamp;

use super::{
    Act, Alert, AlertRefusal, AlertState, NOTE_CHARS_MAX, Opening, SNOOZE_MAX, SNOOZE_STEP_MIN,
    Told,
};
use crate::ids::{OrgId, WorkflowId};

impl Alert {
    /// An alert that begins.
    #[must_use]
    pub fn open(
        org: OrgId,
        (workflow, subject): (WorkflowId, String),
        opening: &Opening,
        now: Timestamp,
    ) -> Self {
        Self {
            id: opening.id,
            org,
            workflow,
            subject,
            device: opening.device,
            metric: opening.metric.clone(),
            level: opening.level,
            state: AlertState::Active,
            latches: opening.latches,
            cause: opening.cause,
            value: opening.value,
            unit: opening.unit.clone(),
            since: opening.since,
            opened_at: now,
            acknowledged_at: None,
            acknowledged_by: None,
            snoozed_until: None,
            recovered_at: None,
            closed_at: None,
            solved_by: None,
            solved_note: None,
        }
    }

    /// Whether it is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.state == AlertState::Cleared
    }

    /// Does something to it; `None` when that changes nothing.
    ///
    /// # Errors
    /// Why it cannot be done; the alert is as before.
    pub fn apply(&mut self, act: &Act, now: Timestamp) -> Result<Option<Told>, AlertRefusal> {
        if self.is_over() {
            return Err(AlertRefusal::Over);
        }
        match act {
            Act::Open(opening) => Ok(self.wrong_again(opening)),
            Act::Rise { level, value } => {
                if *level <= self.level {
                    return Ok(None);
                }
                self.level = *level;
                self.value = value.or(self.value);
                // What was seen was less than this.
                self.unsee();
                Ok(Some(Told::Raised))
            }
            Act::Recover { value } => Ok(self.recover(*value, now)),
            Act::Join { .. } => Ok(Some(Told::Joined)),
            Act::Explain { cause } => {
                if self.cause == Some(*cause) {
                    return Ok(None);
                }
                self.cause = Some(*cause);
                Ok(Some(Told::Explained))
            }
            Act::Acknowledge { who, note } => {
                short(note.as_deref())?;
                self.acknowledge(who, now)
            }
            Act::Snooze { until, .. } => {
                if *until <= now || *until > now.after(SNOOZE_MAX) {
                    return Err(AlertRefusal::SnoozeRange);
                }
                if self
                    .snoozed_until
                    .is_some_and(|set| same_snooze(set, *until))
                {
                    return Ok(None);
                }
                self.snoozed_until = Some(*until);
                Ok(Some(Told::Snoozed))
            }
            Act::Wake => {
                let is_over = self.snoozed_until.is_some_and(|until| until <= now);
                if is_over {
                    self.snoozed_until = None;
                }
                Ok(is_over.then_some(Told::Woke))
            }
            Act::Solve { who, note } => {
                short(note.as_deref())?;
                let is_solved = self.state == AlertState::Acknowledged && self.solved_by.is_some();
                if is_solved && note.is_none() {
                    return Ok(None);
                }
                self.solved_by = Some(who.clone());
                self.solved_note.clone_from(note);
                self.acknowledge(who, now)?;
                Ok(Some(Told::Solved))
            }
            Act::Note { note, .. } => {
                short(Some(note))?;
                Ok(Some(Told::Note))
            }
        }
    }

    /// Somebody has seen it: what is right again is over.
    fn acknowledge(&mut self, who: &str, now: Timestamp) -> Result<Option<Told>, AlertRefusal> {
        if self.state == AlertState::Acknowledged {
            return Ok(None);
        }
        self.acknowledged_at = Some(now);
        self.acknowledged_by = Some(who.to_owned());
        self.snoozed_until = None;
        if self.state == AlertState::Latched {
            self.close(now);
            return Ok(Some(Told::Cleared));
        }
        self.state = AlertState::Acknowledged;
        Ok(Some(Told::Acknowledged))
    }

    fn recover(&mut self, value: Option<f64>, now: Timestamp) -> Option<Told> {
        if self.state == AlertState::Latched {
            return None;
        }
        self.value = value.or(self.value);
        self.recovered_at = Some(now);
        if self.latches && self.state == AlertState::Active {
            self.state = AlertState::Latched;
            return Some(Told::Recovered);
        }
        self.close(now);
        Some(Told::Cleared)
    }

    /// What had recovered, and nobody has seen, is wrong again.
    fn wrong_again(&mut self, opening: &Opening) -> Option<Told> {
        let rises = opening.level > self.level;
        let returns = self.state == AlertState::Latched;
        if !rises && !returns {
            return None;
        }
        self.level = self.level.max(opening.level);
        self.value = opening.value.or(self.value);
        self.recovered_at = None;
        self.unsee();
        Some(Told::Raised)
    }

    fn unsee(&mut self) {
        self.state = AlertState::Active;
        self.acknowledged_at = None;
        self.acknowledged_by = None;
        self.snoozed_until = None;
        self.solved_by = None;
        self.solved_note = None;
    }

    fn close(&mut self, now: Timestamp) {
        self.state = AlertState::Cleared;
        self.snoozed_until = None;
        self.closed_at = Some(now);
        self.recovered_at.get_or_insert(now);
    }
}

/// Whether putting it off until then says nothing beyond what was said: a button tapped twice.
fn same_snooze(set: Timestamp, until: Timestamp) -> bool {
    set <= until && until < set.after(SNOOZE_STEP_MIN)
}

fn short(note: Option<&str>) -> Result<(), AlertRefusal> {
    let fits = note.is_none_or(|note| note.chars().count() <= NOTE_CHARS_MAX);
    fits.then_some(()).ok_or(AlertRefusal::NoteTooLong)
}
