//! A NOR flash that forgets nothing, obeys its rules, and loses power when told.

use std::{vec, vec::Vec};

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read,
    check_write,
};

pub(crate) const SECTOR: usize = 256;
const WORD: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cut;

impl NorFlashError for Cut {
    fn kind(&self) -> NorFlashErrorKind {
        NorFlashErrorKind::Other
    }
}

/// Of so many sectors of 256 bytes.
#[derive(Clone, Debug)]
pub(crate) struct Flash {
    bytes: Vec<u8>,
    /// Words written and sectors erased before the power goes; `None`: it stays.
    pub(crate) power: Option<u32>,
    /// Words written and sectors erased so far.
    pub(crate) work: u32,
    /// What a cut leaves of the word or sector it hits: bits of this pattern.
    pub(crate) wreck: u32,
}

impl Flash {
    pub(crate) fn new(sectors: usize) -> Self {
        Self {
            // What was there before: anything.
            bytes: vec![0x5a; sectors * SECTOR],
            power: None,
            work: 0,
            wreck: 0,
        }
    }

    /// Spoils the bytes at these places.
    pub(crate) fn spoil(&mut self, blows: &[(usize, u8)]) {
        let length = self.bytes.len();
        for (at, byte) in blows {
            self.bytes[at % length] = *byte;
        }
    }

    /// Counts one word or sector; tells whether the power goes now. Afterwards nothing works.
    fn goes(&mut self) -> Result<bool, Cut> {
        match &mut self.power {
            Some(0) => return Err(Cut),
            Some(left) => {
                *left -= 1;
                if *left == 0 {
                    return Ok(true);
                }
            }
            None => {}
        }
        self.work += 1;
        Ok(false)
    }

    /// The next bits of the pattern.
    fn noise(&mut self) -> u8 {
        self.wreck = self
            .wreck
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.wreck >> 24) as u8
    }
}

impl ErrorType for Flash {
    type Error = Cut;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = WORD;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Cut> {
        check_read(self, offset, bytes.len()).unwrap();
        if self.power == Some(0) {
            return Err(Cut);
        }
        let at = offset as usize;
        bytes.copy_from_slice(&self.bytes[at..at + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD;
    const ERASE_SIZE: usize = SECTOR;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), Cut> {
        check_erase(self, from, to).unwrap();
        assert_eq!((to - from) as usize, SECTOR);
        let cut = self.goes()?;
        for at in from as usize..to as usize {
            let noise = self.noise();
            // A sector cut while it is erased holds whatever: some old bytes, some blank, some between.
            self.bytes[at] |= if cut { noise } else { 0xff };
        }
        if cut { Err(Cut) } else { Ok(()) }
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Cut> {
        check_write(self, offset, bytes.len()).unwrap();
        for (index, word) in bytes.chunks(WORD).enumerate() {
            let cut = self.goes()?;
            let at = offset as usize + index * WORD;
            for (at, byte) in (at..).zip(word) {
                assert_eq!(
                    self.bytes[at], 0xff,
                    "a word is written once after an erase"
                );
                let noise = self.noise();
                self.bytes[at] = if cut { byte | noise } else { *byte };
            }
            if cut {
                return Err(Cut);
            }
        }
        Ok(())
    }
}
