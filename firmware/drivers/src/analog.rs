//! What `embedded-hal` has no trait for: a voltage, measured once.

use core::fmt::Debug;

/// A pin of an analogue-to-digital converter.
pub trait AnalogIn {
    type Error: Debug;

    /// What the highest voltage reads as: 4,095 for twelve bits.
    const FULL_SCALE: u16;

    /// Measures, from 0 to `FULL_SCALE`.
    ///
    /// # Errors
    /// The converter cannot.
    fn sample(&mut self) -> Result<u16, Self::Error>;
}
