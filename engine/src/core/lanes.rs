//! Lines of execution: opened by blocks that do several things at once, and joined again.

use operandi_dsl::{
    StepId,
    document::Join,
    expr::Expr,
    program::{Op, Pc},
};
use serde_json::{Map, Value, json};

use super::{
    Command,
    history::EntryStatus,
    machine::{Flow, Machine},
    reason::{self, Reason},
    state::{EachState, Place},
};

/// The most elements one `each` may go through.
const EACH_ITEMS_MAX: usize = 10_000;

impl Machine<'_> {
    /// Opens a lane for each way of a `parallel`.
    pub(super) fn fork(&mut self, lane: u32, pc: Pc, ways: &[(String, Pc)]) -> Flow {
        if ways.is_empty() {
            return Flow::Next(pc + 1);
        }
        let step = &self.program.code[pc].step;
        self.open(lane, "parallel", EntryStatus::Waiting, Value::Null);
        self.place(lane, Place::Joining { each: None });
        for (name, to) in ways {
            let child = self.open_child(lane, step);
            self.set_local(child, "way", Value::String(name.clone()));
            self.ready.push_back((child, *to));
        }
        Flow::Blocked
    }

    /// Begins to go through a list.
    pub(super) fn each(&mut self, lane: u32, pc: Pc, list: &Expr) -> Flow {
        let items = match self.eval(lane, list) {
            Ok(Value::Array(items)) if items.len() <= EACH_ITEMS_MAX => items,
            Ok(Value::Array(items)) => {
                let why = reason::too_many(items.len(), EACH_ITEMS_MAX);
                return self.fail(lane, pc, "each", why);
            }
            Ok(Value::Null) => Vec::new(),
            Ok(other) => {
                let why = reason::wrong_kind(reason::NO_LIST, &other);
                return self.fail(lane, pc, "each", why);
            }
            Err(error) => return self.fail_expression(lane, pc, "each", &error),
        };
        let input = json!({ "count": items.len() });
        self.open(lane, "each", EntryStatus::Waiting, input);
        let each = Some(EachState { items, next: 0 });
        self.place(lane, Place::Joining { each });
        self.each_on(lane, pc)
    }

    /// Opens lanes for the next elements, as many as may run at once; goes on when all are done.
    fn each_on(&mut self, lane: u32, pc: Pc) -> Flow {
        let program = self.program;
        let Op::Each {
            name,
            concurrency,
            body,
            next,
            ..
        } = &program.code[pc].op
        else {
            return Flow::Blocked;
        };
        let mut running = self
            .state
            .lanes
            .iter()
            .filter(|l| l.parent == Some(lane))
            .count();
        while running < *concurrency {
            let Some(Place::Joining { each: Some(each) }) =
                self.state.lane_mut(lane).map(|lane| &mut lane.place)
            else {
                return Flow::Blocked;
            };
            let Some(item) = each.items.get(each.next).cloned() else {
                break;
            };
            let index = each.next;
            each.next += 1;
            let child = self.open_child(lane, &program.code[pc].step);
            self.set_local(child, name, item);
            self.set_local(child, "index", json!(index));
            self.ready.push_back((child, *body));
            running += 1;
        }
        if running > 0 {
            return Flow::Blocked;
        }
        self.place(lane, Place::Moving);
        let count = self.close(lane, EntryStatus::Completed, |entry| {
            entry.input["count"].clone()
        });
        self.keep(lane, &program.code[pc].step, json!({ "count": count }));
        Flow::Next(*next)
    }

    /// A child lane came to its end: its results become its parent's, and the parent may go on.
    pub(super) fn lane_ended(&mut self, lane: u32) -> Flow {
        let Some(index) = self.state.lanes.iter().position(|l| l.id == lane) else {
            return Flow::Blocked;
        };
        let child = self.state.lanes.remove(index);
        self.forget_scope();
        let Some(parent_id) = child.parent else {
            return Flow::Blocked;
        };
        let Some(parent) = self.state.lane_mut(parent_id) else {
            return Flow::Blocked;
        };
        parent.follow(child.stand());
        parent.steps.extend(child.steps);
        parent.vars.extend(child.vars);
        let Some(&pc) = self.program.main.get(&parent.at) else {
            return Flow::Blocked;
        };
        match &self.program.code[pc].op {
            Op::Each { .. } => match self.each_on(parent_id, pc) {
                Flow::Next(next) => self.ready.push_back((parent_id, next)),
                Flow::Blocked => {}
            },
            Op::Fork { join, next, .. } => {
                let open = self.state.lanes.iter().any(|l| l.parent == Some(parent_id));
                if open && *join == Join::All {
                    return Flow::Blocked;
                }
                self.drop_children(parent_id, &reason::other_way_first());
                self.place(parent_id, Place::Moving);
                let first = child.locals.get("way").cloned().unwrap_or_default();
                self.close(
                    parent_id,
                    EntryStatus::Completed,
                    |_| json!({ "last": first }),
                );
                self.ready.push_back((parent_id, *next));
            }
            _ => {}
        }
        Flow::Blocked
    }

    /// Opens a lane that goes on from where another stands.
    fn open_child(&mut self, parent: u32, at: &StepId) -> u32 {
        let (mut stand, mut locals) = ((self.env.now, Vec::new()), Map::new());
        if let Some(parent) = self.state.lane(parent) {
            stand = (parent.since, parent.taken.clone());
            locals = parent.locals.clone();
        }
        let child = self.state.open_lane(Some(parent), at.clone(), stand.0);
        child.taken = stand.1;
        child.locals = locals;
        child.id
    }

    /// Ends all lanes below one, with their open steps.
    pub(super) fn drop_children(&mut self, parent: u32, why: &Reason) {
        let children: Vec<u32> = self
            .state
            .lanes
            .iter()
            .filter(|lane| lane.parent == Some(parent))
            .map(|lane| lane.id)
            .collect();
        for child in children {
            self.drop_children(child, why);
            self.close_with(child, EntryStatus::Cancelled, Some(why.clone()), |_| {
                Value::Null
            });
            if let Some(Place::Calling { slot }) = self.state.lane(child).map(|lane| &lane.place) {
                let slot = slot.clone();
                self.commands.push(Command::EndChild { slot });
            }
            self.state.lanes.retain(|lane| lane.id != child);
            self.ready.retain(|(lane, _)| *lane != child);
        }
        self.forget_scope();
    }
}
