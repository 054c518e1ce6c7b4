//! The watch over a real database: what devices say in, readings, alerts and runs out.

mod rig;
mod rules;
mod survival;

use rig::{Rig, T0, at_minute};
