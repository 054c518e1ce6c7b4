//! Runs from start to end, by hand and by themselves.

mod alone;
mod crashes;
mod effects;
mod rig;
mod storms;
mod versions;
