//! The number of a card, piece by piece as the anticollision gives it (ISO/IEC 14443-3).

use crc::{CRC_16_ISO_IEC_14443_3_A, Crc};

const CRC: Crc<u16> = Crc::<u16>::new(&CRC_16_ISO_IEC_14443_3_A);
/// The first byte of a part that is not the last one.
const CASCADE: u8 = 0x88;
/// Levels: numbers of 4 and of 7 bytes. Those of 10 are not used by any card one can buy.
const LEVELS: [u8; 2] = [0x93, 0x95];
const ANTICOLLISION: u8 = 0x20;
const SELECT: u8 = 0x70;

/// One level of the anticollision.
#[derive(Clone, Copy, Debug)]
pub(super) struct Level(u8);

impl Level {
    pub(super) const fn anticollision(self) -> [u8; 2] {
        [self.0, ANTICOLLISION]
    }

    /// Chooses the card with this part, so that it tells the next.
    pub(super) fn select(self, part: &Part) -> [u8; 9] {
        let [a, b, c, d] = part.0;
        let mut bytes = [self.0, SELECT, a, b, c, d, check(part.0), 0, 0];
        let sum = CRC.checksum(&bytes[..7]);
        bytes[7..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }
}

/// Four bytes whose check byte (BCC) is right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part([u8; 4]);

impl Part {
    pub(super) fn read(answer: &[u8]) -> Option<Self> {
        let [a, b, c, d, bcc] = *answer else {
            return None;
        };
        let bytes = [a, b, c, d];
        (check(bytes) == bcc).then_some(Self(bytes))
    }
}

const fn check([a, b, c, d]: [u8; 4]) -> u8 {
    a ^ b ^ c ^ d
}

/// What is known of a card's number.
#[derive(Debug, Default)]
pub(super) struct Uid {
    parts: [Option<Part>; LEVELS.len()],
}

impl Uid {
    /// The level at which the next part is asked for; `None` once the number is whole.
    pub(super) fn next_level(&self) -> Option<Level> {
        match self.parts {
            [None, _] => Some(Level(LEVELS[0])),
            [Some(Part([CASCADE, ..])), None] => Some(Level(LEVELS[1])),
            [Some(_), _] => None,
        }
    }

    /// Takes a part. Whether the card has more; `None` if there is no room for it.
    pub(super) fn push(&mut self, part: Part) -> Option<bool> {
        let free = self.parts.iter_mut().find(|part| part.is_none())?;
        *free = Some(part);
        Some(self.next_level().is_some())
    }

    /// The number as readings carry it: the four bytes as they are, or the last six of seven. The first of
    /// seven names the maker of the chip, and 48 bits are exact in any format.
    pub(super) fn number(&self) -> Option<u64> {
        let bytes = match self.parts {
            [Some(Part([CASCADE, _, b, c])), Some(Part([d, e, f, g]))] => [0, 0, b, c, d, e, f, g],
            [Some(Part([a, b, c, d])), None] => [0, 0, 0, 0, a, b, c, d],
            [Some(_), Some(_)] | [None, _] => return None,
        };
        Some(u64::from_be_bytes(bytes))
    }
}
