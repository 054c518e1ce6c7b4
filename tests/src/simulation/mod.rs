//! Seeded simulation: random workflows with crashes at every commit point, duplicate and late hints, events
//! racing waits, and a world that answers as chance decides. A reference interpretation then says whether
//! what happened could have happened.

mod assemble;
mod document;
pub mod drive;
pub mod family;
pub mod generate;
pub mod interpret;
pub mod judge;
pub mod model;
pub mod plan;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod world;
