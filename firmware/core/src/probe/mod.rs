//! What sensors answer, and how to tell a measurement from their ways of failing.

mod dht22;
mod ds18b20;

pub use dht22::{Climate, DHT22_BITS, dht22_frame, read_dht22};
pub use ds18b20::Ds18b20;
