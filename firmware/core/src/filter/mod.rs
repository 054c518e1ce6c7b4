//! Filters over the values of one sensor, in the order in which they came.

mod median;
mod smooth;
mod spike;
#[cfg(test)]
mod tests;

pub use median::{Median, WINDOW_MAX};
pub use smooth::Smooth;
pub use spike::Spike;
