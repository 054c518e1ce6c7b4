//! What the rules remember of a series, as it is written and read.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::live::{Group, Live};
use crate::{
    event::Memory,
    ids::WorkflowId,
    sensor::{Order, State},
};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Remembered<'a> {
    order: Cow<'a, Order>,
    rules: Vec<OfRule<'a>>,
}

#[derive(Serialize, Deserialize)]
struct OfRule<'a> {
    workflow: WorkflowId,
    /// 0 for the rule itself, else which of its levels.
    rung: usize,
    /// The rule it belongs to, in short.
    rule: Cow<'a, str>,
    state: Cow<'a, State>,
}

impl Live {
    /// What is to be written of it.
    pub(super) fn memory(&self) -> Memory {
        let remembered = Remembered {
            order: Cow::Borrowed(&self.order),
            rules: self.groups.iter().flat_map(Group::remembered).collect(),
        };
        Memory {
            org: self.org,
            series: self.id,
            pos: self.pos,
            memory: serde_json::to_string(&remembered).unwrap_or_default(),
        }
    }

    /// Remembers what was written. What is of a rule that is gone, or another by now, is forgotten.
    pub(super) fn recall(&mut self, memory: &Memory) {
        let remembered: Remembered<'_> = match serde_json::from_str(&memory.memory) {
            Ok(remembered) => remembered,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                let series = memory.series;
                tracing::warn!(
                    error,
                    series,
                    "what rules remembered cannot be read; they begin anew"
                );
                return;
            }
        };
        (self.order, self.pos) = (remembered.order.into_owned(), memory.pos);
        for of in remembered.rules {
            let mut rungs = self
                .groups
                .iter_mut()
                .filter(|group| group.page.workflow == of.workflow);
            let rung = rungs.next().and_then(|group| group.rungs.get_mut(of.rung));
            match rung.filter(|rung| rung.short == of.rule) {
                Some(rung) => rung.state = of.state.into_owned(),
                None => self.dirty = true,
            }
        }
    }
}

impl Group {
    fn remembered(&self) -> impl Iterator<Item = OfRule<'_>> {
        self.rungs.iter().enumerate().map(|(number, rung)| OfRule {
            workflow: self.page.workflow,
            rung: number,
            rule: Cow::Borrowed(&rung.short),
            state: if self.held {
                Cow::Owned(rung.state.lowered())
            } else {
                Cow::Borrowed(&rung.state)
            },
        })
    }
}
