//! Drivers of sensors and relays.
#![no_std]
