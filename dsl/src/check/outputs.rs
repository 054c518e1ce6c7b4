//! What steps leave behind for later expressions, as the engine keeps it.

use super::{Checker, types::Type};
use crate::{catalog::Promise, document::Block};

impl<'a> Checker<'a> {
    /// What `steps.<id>` holds, as far as it is known; `None` when it never holds anything.
    pub(super) fn output(&self, number: usize) -> Option<Type<'a>> {
        let step = self.order.get(number)?;
        let output = self.block_output(&step.block);
        let refused = matches!(&step.block, Block::Action(block) if !block.fallback.is_empty());
        if !refused && !self.flow.is_caught(number) {
            return output;
        }
        let failed = Type::record([("error", error_type())]);
        Some(match output {
            Some(output) => output.or(failed),
            None => failed,
        })
    }

    /// What a block keeps when it ends well.
    fn block_output(&self, block: &Block) -> Option<Type<'a>> {
        let catalog = self.catalog;
        Some(match block {
            Block::Action(block) => match catalog.nodes.get(&block.action) {
                // When nobody saw how it ended, what a callback or a person says stands instead.
                Some(spec) if spec.promise == Promise::Once => {
                    Type::of(&spec.output).or(known(&["settled", "detail"]))
                }
                Some(spec) => Type::of(&spec.output),
                None => Type::any(),
            },
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
            Block::Call(block) if block.wait.unwrap_or(true) => {
                known(&["run", "status", "outcome", "output"])
            }
            Block::Script(_) => Type::any(),
            // The history tells of them; expressions see nothing.
            Block::Call(_)
            | Block::Parallel(_)
            | Block::If(_)
            | Block::Switch(_)
            | Block::Wait(_)
            | Block::Goto(_)
            | Block::Stop(_) => return None,
        })
    }
}

/// What `error` holds.
pub(super) fn error_type<'a>() -> Type<'a> {
    known(&["code", "message", "step"])
}

fn known<'a>(names: &[&str]) -> Type<'a> {
    Type::record(names.iter().map(|name| (*name, Type::any())))
}
