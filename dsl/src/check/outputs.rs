//! What steps leave behind for later expressions, as the engine keeps it.

use super::{Checker, types::Type};
use crate::document::Block;

impl<'a> Checker<'a> {
    /// What `steps.<id>` holds, as far as it is known.
    pub(super) fn output_type(&self, id: &str) -> Type<'a> {
        let step = self
            .flow
            .number(id)
            .and_then(|number| self.order.get(number));
        let Some(step) = step else {
            return Type::any();
        };
        let output = self.block_output(&step.block);
        let fails = step.common.on_error.is_some();
        let refused = matches!(&step.block, Block::Action(block) if !block.fallback.is_empty());
        if fails || refused {
            output.or(Type::record([("error", error_type())]))
        } else {
            output
        }
    }

    fn block_output(&self, block: &Block) -> Type<'a> {
        let catalog = self.catalog;
        match block {
            Block::Action(block) => catalog
                .nodes
                .get(&block.action)
                .map_or_else(Type::any, |spec| Type::of(&spec.output)),
            Block::WaitFor(block) => {
                let listened = block.wait_for.event.iter();
                let listened = listened.chain(block.wait_for.any.iter().map(|any| &any.event));
                let data: Vec<_> = listened
                    .map(|event| catalog.events.get(event).map(|spec| &spec.data))
                    .collect();
                Type::record([
                    ("timed_out", Type::any()),
                    ("type", Type::any()),
                    ("event_id", Type::any()),
                    ("event", Type::any_of(&data)),
                ])
            }
            Block::Ask(_) => known(&["timed_out", "answer", "by"]),
            Block::Split(_) => known(&["path"]),
            Block::Repeat(_) => known(&["rounds", "done"]),
            Block::Each(_) => known(&["count"]),
            Block::Set(block) => {
                Type::record(block.set.keys().map(|name| (name.clone(), Type::any())))
            }
            Block::Call(_)
            | Block::Script(_)
            | Block::Parallel(_)
            | Block::If(_)
            | Block::Switch(_)
            | Block::Wait(_)
            | Block::Goto(_)
            | Block::Stop(_) => Type::any(),
        }
    }
}

/// What `error` holds.
pub(super) fn error_type<'a>() -> Type<'a> {
    known(&["code", "message", "step"])
}

fn known<'a>(names: &[&str]) -> Type<'a> {
    Type::record(names.iter().map(|name| (*name, Type::any())))
}
