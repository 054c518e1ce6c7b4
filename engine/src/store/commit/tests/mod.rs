//! The commit path on every database: what one write does, and what many at once never do.

mod changes;
mod children;
mod effects;
mod fold;
mod modes;
mod races;
mod waits;
mod world;
