//! The lists of steps inside a step, with their paths: the one place that knows where blocks nest.

use crate::{
    document::{Block, OnError, Step},
    text::join,
};

impl Step {
    /// The lists of steps inside this one, each with its path from the step, such as `/paths/a`.
    #[must_use]
    pub fn branches(&self) -> Vec<(String, &[Step])> {
        let mut found: Vec<(String, &[Step])> = Vec::new();
        let mut add = |path: &str, steps| found.push((path.to_owned(), steps));
        match &self.block {
            Block::Action(block) => add("/fallback", block.fallback.as_slice()),
            Block::WaitFor(block) => add("/on_timeout", &block.on_timeout),
            Block::If(block) => {
                add("/then", &block.then);
                add("/else", &block.otherwise);
            }
            Block::Switch(block) => {
                for (index, case) in block.switch.iter().enumerate() {
                    add(&format!("/switch/{index}/steps"), &case.steps);
                }
                add("/else", &block.otherwise);
            }
            Block::Split(block) => {
                block
                    .paths
                    .iter()
                    .for_each(|(name, steps)| add(&join("/paths", name), steps));
            }
            Block::Each(block) => add("/steps", &block.steps),
            Block::Parallel(block) => {
                block
                    .parallel
                    .iter()
                    .for_each(|(name, steps)| add(&join("/parallel", name), steps));
            }
            Block::Repeat(block) => add("/steps", &block.steps),
            Block::Ask(block) => {
                block
                    .on
                    .iter()
                    .for_each(|(name, steps)| add(&join("/on", name), steps));
                add("/on_timeout", &block.on_timeout);
            }
            Block::Wait(_)
            | Block::Script(_)
            | Block::Set(_)
            | Block::Call(_)
            | Block::Goto(_)
            | Block::Stop(_) => {}
        }
        match &self.common.on_error {
            Some(OnError::Steps(steps)) => add("/on_error", steps),
            Some(OnError::Word(_)) | None => {}
        }
        found
    }

    /// As [`Step::branches`], to change them.
    pub fn branches_mut(&mut self) -> Vec<(String, &mut Vec<Step>)> {
        let mut found: Vec<(String, &mut Vec<Step>)> = Vec::new();
        let mut add = |path: &str, steps| found.push((path.to_owned(), steps));
        match &mut self.block {
            Block::Action(block) => add("/fallback", &mut block.fallback),
            Block::WaitFor(block) => add("/on_timeout", &mut block.on_timeout),
            Block::If(block) => {
                add("/then", &mut block.then);
                add("/else", &mut block.otherwise);
            }
            Block::Switch(block) => {
                for (index, case) in block.switch.iter_mut().enumerate() {
                    add(&format!("/switch/{index}/steps"), &mut case.steps);
                }
                add("/else", &mut block.otherwise);
            }
            Block::Split(block) => {
                block
                    .paths
                    .iter_mut()
                    .for_each(|(name, steps)| add(&join("/paths", name), steps));
            }
            Block::Each(block) => add("/steps", &mut block.steps),
            Block::Parallel(block) => {
                let ways = block.parallel.iter_mut();
                ways.for_each(|(name, steps)| add(&join("/parallel", name), steps));
            }
            Block::Repeat(block) => add("/steps", &mut block.steps),
            Block::Ask(block) => {
                block
                    .on
                    .iter_mut()
                    .for_each(|(name, steps)| add(&join("/on", name), steps));
                add("/on_timeout", &mut block.on_timeout);
            }
            Block::Wait(_)
            | Block::Script(_)
            | Block::Set(_)
            | Block::Call(_)
            | Block::Goto(_)
            | Block::Stop(_) => {}
        }
        match &mut self.common.on_error {
            Some(OnError::Steps(steps)) => add("/on_error", steps),
            Some(OnError::Word(_)) | None => {}
        }
        found
    }
}
