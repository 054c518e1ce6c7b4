//! What devices measured: the log in which it is kept first, and the tables it is folded into.
//!
//! Rules are judged elsewhere; here are rows.

mod account;
mod age;
mod fold;
mod history;
mod lease;
mod log;
mod memory;
mod rollup;
mod series;

pub(in crate::store) use self::memory::remember;
pub use self::{
    account::{Detail, account},
    age::retain,
    fold::{DeviceWord, Fold, Folded, Last, Reading, fold, known},
    history::{History, Order, Resolution, Row, export, history, latest},
    lease::{Claim, LEASE, claim, release},
    log::{
        At, Backlog, Bite, Born, BornActuator, BornMetric, Logged, Said, Spoken, What, append,
        backlog, read,
    },
    memory::{Kept, memories},
    rollup::{HOUR, MINUTE, Rollup, roll_up},
    series::{METRICS_MAX, Series, SeriesId, Told, add, last_id, of_devices, of_metric, statuses},
};
