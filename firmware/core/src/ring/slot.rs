//! One slot of the ring: what it holds, and its seal.

use crc::{CRC_32_ISO_HDLC, Crc};

use super::Body;

/// Bytes of a slot: kind (1), body (27), CRC-32 of both (4).
pub(super) const SLOT_BYTES: usize = 32;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
const HEADER: u8 = b'H';
const READING: u8 = b'R';
const ACKNOWLEDGED: u8 = b'A';

/// The first slot of a sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// Counts the sectors since the ring was made.
    pub(super) number: u32,
    pub(super) tail: u32,
    pub(super) dropped: u32,
}

/// What a slot holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Header(Header),
    Reading(Body),
    /// Up to this position.
    Acknowledged(u32),
    /// Never written since the last erase.
    Blank,
    /// Its writing was cut short, or the flash forgets.
    Torn,
}

impl Slot {
    pub(super) fn open(bytes: &[u8; SLOT_BYTES]) -> Self {
        if bytes.iter().all(|byte| *byte == 0xff) {
            return Self::Blank;
        }
        let (sealed, seal) = bytes.split_at(SLOT_BYTES - 4);
        if CRC.checksum(sealed).to_le_bytes() != seal {
            return Self::Torn;
        }
        match (sealed[0], Body::try_from(&sealed[1..])) {
            (HEADER, Ok(body)) => Self::Header(Header {
                number: number(&body, 0),
                tail: number(&body, 4),
                dropped: number(&body, 8),
            }),
            (READING, Ok(body)) => Self::Reading(body),
            (ACKNOWLEDGED, Ok(body)) => Self::Acknowledged(number(&body, 0)),
            _ => Self::Torn,
        }
    }

    pub(super) fn seal(&self) -> [u8; SLOT_BYTES] {
        let mut body = Body::default();
        let kind = match self {
            Self::Header(header) => {
                body[..4].copy_from_slice(&header.number.to_le_bytes());
                body[4..8].copy_from_slice(&header.tail.to_le_bytes());
                body[8..12].copy_from_slice(&header.dropped.to_le_bytes());
                HEADER
            }
            Self::Reading(reading) => {
                body = *reading;
                READING
            }
            Self::Acknowledged(position) => {
                body[..4].copy_from_slice(&position.to_le_bytes());
                ACKNOWLEDGED
            }
            Self::Blank | Self::Torn => return [0xff; SLOT_BYTES],
        };
        let mut bytes = [0; SLOT_BYTES];
        bytes[0] = kind;
        bytes[1..28].copy_from_slice(&body);
        let seal = CRC.checksum(&bytes[..28]);
        bytes[28..].copy_from_slice(&seal.to_le_bytes());
        bytes
    }
}

fn number(body: &Body, at: usize) -> u32 {
    u32::from_le_bytes([body[at], body[at + 1], body[at + 2], body[at + 3]])
}
