//! Runs as they are read: by workers one by one, by the sweeper when due, by people in lists.

mod due;
mod history;
mod list;
mod load;
#[cfg(test)]
mod tests;

pub(super) use self::load::load;
pub use self::{
    due::{Due, due},
    history::history,
    list::{About, Counts, Filter, PAGE_MAX, Run, counts, get, list, started_with},
};
