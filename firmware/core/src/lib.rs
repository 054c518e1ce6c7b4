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
mod backoff;
mod calibration;
mod channel;
pub mod claim;
mod clock;
mod debounce;
pub mod filter;
pub mod http;
pub mod keep;
pub mod ota;
mod outbox;
pub mod portal;
pub mod probe;
mod record;
pub mod ring;
mod rounds;
mod sampler;
mod schedule;
mod settings;
pub mod setup;
pub mod sntp;
mod vigil;
mod worth;

pub use actuators::{Act, Actuators, Delivery, Now, Output, Return};
pub use backlog::Backlog;
pub use backoff::Backoff;
pub use calibration::{Calibration, CalibrationError, POINTS_MAX, Point};
pub use channel::{Channel, DECIMALS_MAX, Range};
pub use clock::Clock;
pub use debounce::Debounce;
pub use outbox::{Outbox, Owed};
pub use record::Record;
pub use rounds::Rounds;
pub use sampler::Sampler;
pub use schedule::Schedule;
pub use settings::{Settings, TUNED_MAX, Tuning};
pub use vigil::Vigil;
pub use worth::{Reason, Rules, Worth};
