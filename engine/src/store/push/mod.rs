//! Browsers that hear of alerts when nobody looks: the pair of keys they know us by, who they are, and what
//! each is still to be told.
//!
//! It never opens the pair, and must never know how a browser is reached.

mod browsers;
mod due;
mod key;
#[cfg(test)]
mod tests;

pub use self::{
    browsers::{
        NewSubscription, Subscription, forget, listening, of_person, subscribe, unsubscribe,
    },
    due::{Due, due, put_off, take, told},
    key::{keep_key, key, reseal_key},
};
pub(in crate::store) use self::{
    browsers::{forget_member, forget_person},
    due::note,
};
