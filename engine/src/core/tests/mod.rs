//! Tables: a document, a script of inputs, and how the run stands after each.

mod blocks;
mod carts;
mod failures;
mod moves;
mod rig;
mod waits;
