//! Blocks that hold a lane until time, an event, a person or another run moves it.

use operandi_dsl::{
    expr::{ExprError, Template, as_timestamp},
    program::{Ask, Await, Listen, Pc, Wait as WaitSpec},
    time::{Timestamp, Whose, parse_span},
};
use serde_json::{Value, json};

use super::{
    Command, Wait, WaitKind,
    history::{Entry, EntryStatus},
    machine::{Flow, Machine, text_of},
    push_key,
    reason::{self, Reason},
    state::Place,
};

impl Machine<'_> {
    pub(super) fn wait(&mut self, lane: u32, pc: Pc, wait: &WaitSpec) -> Flow {
        let (until, reason) = match self.moment(lane, wait) {
            Ok(found) => found,
            Err(why) => return self.fail(lane, pc, "wait", why),
        };
        self.open(
            lane,
            "wait",
            EntryStatus::Waiting,
            json!({ "until": until.to_rfc3339() }),
        );
        if until <= self.env.now {
            self.close(lane, EntryStatus::Completed, |_| Value::Null);
            return Flow::Next(pc + 1);
        }
        self.mark(lane, EntryStatus::Waiting, reason);
        self.place(lane, Place::Sleeping { until });
        Flow::Blocked
    }

    /// The moment a wait ends, and why it is later than asked.
    fn moment(
        &mut self,
        lane: u32,
        wait: &WaitSpec,
    ) -> Result<(Timestamp, Option<Reason>), Reason> {
        let mut until = self.env.now;
        if let Some(span) = &wait.span {
            until = self.after(lane, span)?;
        }
        if let Some(expr) = &wait.until {
            let value = self
                .eval(lane, expr)
                .map_err(|error| Reason::expression(&error))?;
            until = as_timestamp(&value)
                .ok_or_else(|| reason::wrong_kind(reason::NO_MOMENT, &value))?;
        }
        let Some(window) = &wait.window else {
            return Ok((until, None));
        };
        let zone = match window.whose() {
            Whose::Contact => self.env.contact_zone.unwrap_or(self.env.org_zone),
            Whose::Org => self.env.org_zone,
            Whose::Zone(zone) => zone,
        };
        let open = window
            .next_open(until, zone, self.env.holidays)
            .ok_or_else(reason::window_never_opens)?;
        let reason = (open > until).then(reason::outside_window);
        Ok((open, reason))
    }

    /// Now plus a duration that a template gives.
    fn after(&mut self, lane: u32, span: &Template) -> Result<Timestamp, Reason> {
        let value = self
            .render(lane, span)
            .map_err(|error| Reason::expression(&error))?;
        let span = parse_span(&text_of(&value))
            .map_err(|error| Reason::new("duration", error.sentence()))?;
        Ok(self.env.now.after(span))
    }

    pub(super) fn wait_for(&mut self, lane: u32, pc: Pc, wait: &Await) -> Flow {
        let until = match wait
            .timeout
            .as_ref()
            .map(|span| self.after(lane, span))
            .transpose()
        {
            Ok(until) => until,
            Err(why) => return self.fail(lane, pc, "wait_for", why),
        };
        let ordinal = self.state.next_wait;
        self.state.next_wait += 1;
        let since = self
            .state
            .lane(lane)
            .map_or(self.env.now, |lane| lane.since);
        let mut waits = Vec::with_capacity(wait.any.len());
        for (index, listen) in wait.any.iter().enumerate() {
            let key = match self.listen_key(lane, listen) {
                Ok(key) => key,
                Err(error) => return self.fail_expression(lane, pc, "wait_for", &error),
            };
            let Some(key) = key else { continue };
            waits.push(Wait {
                slot: format!("w{ordinal}.{index}"),
                kind: WaitKind::Step,
                event: listen.event.clone(),
                fields: listen
                    .fields
                    .iter()
                    .map(|(field, _)| field.clone())
                    .collect(),
                key,
                conditional: listen.filter.is_some(),
                until,
                since,
            });
        }
        if waits.is_empty() && until.is_none() {
            return self.fail(lane, pc, "wait_for", reason::nothing_to_match());
        }
        let input = json!({
            "events": wait.any.iter().map(|listen| listen.event.as_str()).collect::<Vec<_>>(),
            "until": until.map(Timestamp::to_rfc3339),
        });
        self.open(lane, "wait_for", EntryStatus::Waiting, input);
        self.place(lane, Place::Awaiting { waits, until });
        Flow::Blocked
    }

    /// The canonical text of the values an arriving event must have; `None` when one is missing.
    fn listen_key(&mut self, lane: u32, listen: &Listen) -> Result<Option<String>, ExprError> {
        let mut key = String::new();
        for (_, template) in &listen.fields {
            let value = self.render(lane, template)?;
            if push_key(&mut key, &value).is_none() {
                return Ok(None);
            }
        }
        Ok(Some(key))
    }

    /// Computes what exits and the goal match, once, at the start.
    pub(super) fn stand(&mut self, root: u32) {
        let program = self.program;
        let now = self.env.now;
        let exits = program
            .exits
            .iter()
            .enumerate()
            .map(|(index, exit)| (format!("exit.{index}"), WaitKind::Exit, &exit.listen, None));
        let goal = program.goal.iter().map(|goal| {
            (
                "goal".to_owned(),
                WaitKind::Goal,
                &goal.listen,
                Some(now.after(goal.within)),
            )
        });
        for (slot, kind, listen, until) in exits.chain(goal) {
            let why = match self.listen_key(root, listen) {
                Ok(Some(key)) => {
                    self.state.standing.push(Wait {
                        slot,
                        kind,
                        event: listen.event.clone(),
                        fields: listen
                            .fields
                            .iter()
                            .map(|(field, _)| field.clone())
                            .collect(),
                        key,
                        conditional: listen.filter.is_some(),
                        until,
                        since: now,
                    });
                    continue;
                }
                Ok(None) => reason::not_listening(&slot, &listen.event, None),
                Err(error) => reason::not_listening(&slot, &listen.event, Some(&error)),
            };
            self.state.history.push(Entry {
                step: operandi_dsl::StepId::new("trigger"),
                kind: "listen".to_owned(),
                status: EntryStatus::Skipped,
                started_at: now,
                ended_at: Some(now),
                input: Value::Null,
                output: Value::Null,
                reason: Some(why),
                attempt: 1,
            });
        }
    }

    pub(super) fn ask(&mut self, lane: u32, pc: Pc, ask: &Ask) -> Flow {
        let until = match ask
            .timeout
            .as_ref()
            .map(|span| self.after(lane, span))
            .transpose()
        {
            Ok(until) => until,
            Err(why) => return self.fail(lane, pc, "ask", why),
        };
        let mut answers = serde_json::Map::new();
        for (name, button) in &ask.answers {
            match self.render(lane, button) {
                Ok(text) => answers.insert(name.clone(), text),
                Err(error) => return self.fail_expression(lane, pc, "ask", &error),
            };
        }
        let question = match self.render(lane, &ask.question) {
            Ok(question) => question,
            Err(error) => return self.fail_expression(lane, pc, "ask", &error),
        };
        let input = json!({
            "question": question,
            "answers": answers,
            "until": until.map(Timestamp::to_rfc3339),
        });
        self.open(lane, "ask", EntryStatus::Waiting, input);
        self.place(lane, Place::Asking { until });
        Flow::Blocked
    }

    pub(super) fn call(&mut self, lane: u32, pc: Pc, of: (&Template, &Template, bool)) -> Flow {
        let (workflow, with, wait) = of;
        let rendered = self
            .render(lane, workflow)
            .and_then(|workflow| self.render(lane, with).map(|event| (workflow, event)));
        let (workflow, event) = match rendered {
            Ok((workflow, event)) => (text_of(&workflow), event),
            Err(error) => return self.fail_expression(lane, pc, "call", &error),
        };
        let slot = format!("c{}", self.state.next_wait);
        self.state.next_wait += 1;
        let input = json!({ "workflow": workflow, "event": event });
        self.open(lane, "call", EntryStatus::Waiting, input);
        self.commands.push(Command::StartChild {
            slot: slot.clone(),
            workflow,
            event,
            wait,
        });
        if !wait {
            self.close(lane, EntryStatus::Completed, |_| Value::Null);
            return Flow::Next(pc + 1);
        }
        self.place(lane, Place::Calling { slot });
        Flow::Blocked
    }
}
