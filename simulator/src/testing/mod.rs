//! What tests of connections need.

mod broker;

pub(crate) use self::broker::{Broker, Heard, PASSWORD};
