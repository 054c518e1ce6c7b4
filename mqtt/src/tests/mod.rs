//! The listener from outside: bytes and real clients against a desk that can be held.

mod desk;
mod raw;
mod recorder;

mod acks;
mod clients;
mod endings;
mod hostile;
mod limits;
mod outbound;
mod takeover;
