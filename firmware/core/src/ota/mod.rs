//! New firmware over the air: only a signed image, tried before it is kept, and taken back if it fails.

mod download;
mod keys;
mod manifest;
#[cfg(test)]
mod tests;
mod trial;

pub use download::{Download, Refused, Running, Step, Verified};
pub use keys::{KEYS_MAX, keys};
pub use manifest::{Board, MANIFEST_BYTES, Manifest, SIGNATURE_BYTES, SignedManifest};
pub use trial::{Input, Order, TRIAL_BOOTS_MAX, TRIAL_BYTES, TRIAL_MS, Trial};
