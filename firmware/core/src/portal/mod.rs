//! The captive page: what a node that knows no network answers to the phone that found it.
//!
//! The phone gets an address (`dhcp`), asks for any name and is led here (`dns`), and shows the form (`page`).

mod dhcp;
mod dns;
mod page;

pub use dhcp::{DHCP_BYTES_MAX, Leases};
pub use dns::{DNS_BYTES_MAX, lead};
pub use page::{form, saved};

/// The node's own address while it is its own network, and its mask.
pub const PORTAL_ADDRESS: [u8; 4] = [192, 168, 4, 1];
pub const PORTAL_MASK: [u8; 4] = [255, 255, 255, 0];
