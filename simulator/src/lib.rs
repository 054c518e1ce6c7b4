//! Simulated sensors: a shop's fridges, ovens, beds, tanks, doors and scales, the sensors on them, and
//! nodes that speak to a real broker.
//!
//! Physics, faults and networks are simulated; what a node decides and says is not: that is the firmware's own
//! core and protocol. Everything follows from a [`scenario::Scenario`] and a seed. It knows nothing of a server.

mod dice;
mod hull;
pub mod link;
pub mod load;
pub mod model;
mod node;
mod pace;
mod run;
pub mod scenario;
pub mod sensor;
mod tale;
#[cfg(test)]
mod testing;
mod time;
pub mod transport;
mod world;

pub use dice::Dice;
pub use run::{Run, RunError, SPEED_MAX, run};
pub use tale::{Tale, What};
pub use time::{Hours, LocalTime, Moment};
pub use world::{NodeError, Setup, Summary, World};
