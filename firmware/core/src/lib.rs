//! Everything a node decides, apart from any chip: inputs and times in, decisions out.
//!
//! It reads no clock, draws no dice and drives no pin. Drivers hand in what they measured; `main`
//! does what comes out. Flash is reached only through the trait of `embedded-storage`.
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod actuators;
mod backlog;
mod calibration;
mod channel;
mod clock;
pub mod filter;
pub mod ota;
pub mod probe;
mod record;
pub mod ring;
mod schedule;
mod worth;

pub use actuators::{Act, Actuators, Delivery, Now, Output, Return};
pub use backlog::Backlog;
pub use calibration::{Calibration, CalibrationError, POINTS_MAX, Point};
pub use channel::{Channel, DECIMALS_MAX, Range};
pub use clock::Clock;
pub use record::Record;
pub use schedule::Schedule;
pub use worth::{Reason, Rules, Worth};
