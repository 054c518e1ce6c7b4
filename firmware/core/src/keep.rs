//! One small record in flash that a loss of power cannot take away: identity, settings, the state of a trial.
//!
//! Two sectors take turns. A write goes to the one that is not the newest, so a cut leaves the former.

use alloc::{vec, vec::Vec};

use crc::{CRC_32_ISO_HDLC, Crc};
use embedded_storage::nor_flash::NorFlash;

/// Sectors of one record.
pub const KEEP_SECTORS: u32 = 2;

const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
/// Bytes before the record: number (4), length (4), CRC-32 of both and the record (4).
const HEAD_BYTES: usize = 12;
/// What is written is filled up to a multiple of it: no flash of ours has larger words.
const WORD_BYTES: usize = 16;

/// Why a record cannot be kept or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeepError<E> {
    /// What was kept before still is.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    #[error("the record does not fit into a sector")]
    TooLong,
}

impl<E> From<E> for KeepError<E> {
    fn from(error: E) -> Self {
        Self::Flash(error)
    }
}

/// The record kept in two sectors of `flash`.
#[derive(Debug)]
pub struct Keep<F> {
    flash: F,
    /// The address of the first of the two sectors.
    start: u32,
}

impl<F: NorFlash> Keep<F> {
    /// The record in the two sectors from `start`, which is the address of a sector.
    pub const fn new(flash: F, start: u32) -> Self {
        Self { flash, start }
    }

    /// What was saved last; `None` if nothing ever was.
    ///
    /// # Errors
    /// The flash fails.
    pub fn load(&mut self) -> Result<Option<Vec<u8>>, KeepError<F::Error>> {
        Ok(self.newest()?.map(|newest| newest.record))
    }

    /// Keeps `record` in place of the former. Until this returns, the former may still be read after a cut.
    ///
    /// # Errors
    /// The record is too long, or the flash fails.
    pub fn save(&mut self, record: &[u8]) -> Result<(), KeepError<F::Error>> {
        let newest = self.newest()?;
        if newest
            .as_ref()
            .is_some_and(|newest| newest.record == record)
        {
            return Ok(());
        }
        let (place, number) = newest.map_or((0, 0), |newest| (1 - newest.place, newest.number));
        let length = u32::try_from(record.len()).map_err(|_| KeepError::TooLong)?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES + record.len() + WORD_BYTES);
        bytes.extend((number.wrapping_add(1)).to_le_bytes());
        bytes.extend(length.to_le_bytes());
        bytes.extend(seal(&bytes, record).to_le_bytes());
        bytes.extend(record);
        bytes.resize(bytes.len().next_multiple_of(WORD_BYTES), 0xff);
        if bytes.len() > F::ERASE_SIZE {
            return Err(KeepError::TooLong);
        }
        let address = self.start + place * F::ERASE_SIZE as u32;
        self.flash.erase(address, address + F::ERASE_SIZE as u32)?;
        Ok(self.flash.write(address, &bytes)?)
    }

    /// Forgets the record.
    ///
    /// # Errors
    /// The flash fails; the record may still be there.
    pub fn erase(&mut self) -> Result<(), KeepError<F::Error>> {
        for place in 0..KEEP_SECTORS {
            let address = self.start + place * F::ERASE_SIZE as u32;
            self.flash.erase(address, address + F::ERASE_SIZE as u32)?;
        }
        Ok(())
    }

    fn newest(&mut self) -> Result<Option<Kept>, KeepError<F::Error>> {
        let (one, other) = (self.read(0)?, self.read(1)?);
        Ok(match (one, other) {
            // Numbers go round after 2^32 saves.
            (Some(one), Some(other)) if other.number.wrapping_sub(one.number) == 1 => Some(other),
            (Some(one), _) => Some(one),
            (None, other) => other,
        })
    }

    fn read(&mut self, place: u32) -> Result<Option<Kept>, KeepError<F::Error>> {
        let mut bytes = vec![0; F::ERASE_SIZE];
        self.flash
            .read(self.start + place * F::ERASE_SIZE as u32, &mut bytes)?;
        Ok(Kept::open(place, &bytes))
    }
}

/// A record as one of the sectors holds it.
struct Kept {
    place: u32,
    number: u32,
    record: Vec<u8>,
}

impl Kept {
    fn open(place: u32, bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (sealed, rest) = rest.split_first_chunk::<4>()?;
        let record = rest.get(..u32::from_le_bytes(*length) as usize)?;
        let head = bytes.get(..8)?;
        (seal(head, record) == u32::from_le_bytes(*sealed)).then(|| Self {
            place,
            number: u32::from_le_bytes(*number),
            record: record.to_vec(),
        })
    }
}

fn seal(head: &[u8], record: &[u8]) -> u32 {
    let mut digest = CRC.digest();
    digest.update(head);
    digest.update(record);
    digest.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::tests::flash::{Cut, Flash, SECTOR};

    #[test]
    fn the_last_record_is_read_and_the_first_flash_has_none() {
        let mut keep = Keep::new(Flash::new(4), SECTOR as u32);
        assert_eq!(keep.load(), Ok(None));
        for record in [&b"one"[..], b"", b"three", &[7; SECTOR - 12]] {
            keep.save(record).unwrap();
            assert_eq!(keep.load(), Ok(Some(record.to_vec())));
        }
        assert_eq!(keep.save(&[0; SECTOR - 11]), Err(KeepError::TooLong));
        assert_eq!(keep.load(), Ok(Some(vec![7; SECTOR - 12])));
        keep.erase().unwrap();
        assert_eq!(keep.load(), Ok(None));
    }

    #[test]
    fn saving_the_same_again_wears_nothing() {
        let mut keep = Keep::new(Flash::new(2), 0);
        keep.save(b"same").unwrap();
        let work = keep.flash.work;
        keep.save(b"same").unwrap();
        assert_eq!(keep.flash.work, work);
    }

    /// The power goes at every word and every erase: the record is the former or the new one.
    #[test]
    fn a_cut_leaves_the_former_or_the_new_record() {
        for wreck in 0..20 {
            for power in 1..12 {
                let mut keep = Keep::new(Flash::new(2), 0);
                keep.save(b"before before before").unwrap();
                keep.save(b"former former former").unwrap();
                (keep.flash.power, keep.flash.wreck) = (Some(power), wreck);
                let saved = keep.save(b"newest newest newest");
                keep.flash.power = None;
                let kept = keep.load().unwrap().unwrap();
                match saved {
                    Ok(()) => assert_eq!(kept, b"newest newest newest"),
                    Err(error) => {
                        assert_eq!(error, KeepError::Flash(Cut));
                        assert!(
                            kept == b"former former former" || kept == b"newest newest newest",
                            "power {power}, wreck {wreck}: {kept:?}"
                        );
                    }
                }
            }
        }
    }
}
