//! NOR flash in memory: what a node keeps through a loss of power.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Bytes of a sector and of a word, as on an ESP32-C3.
pub(crate) const SECTOR_BYTES: u32 = 4_096;
const WORD_BYTES: usize = 4;
const ERASED: u8 = 0xff;

/// A handle to the bytes: the node that boots anew opens the same ones.
#[derive(Clone, Debug)]
pub(crate) struct Flash(Arc<Mutex<Vec<u8>>>);

impl Flash {
    /// An erased one.
    pub(crate) fn new(sectors: u32) -> Self {
        let bytes = vec![ERASED; (sectors * SECTOR_BYTES) as usize];
        Self(Arc::new(Mutex::new(bytes)))
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ErrorType for Flash {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = WORD_BYTES;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        let at = offset as usize;
        bytes.copy_from_slice(&self.bytes()[at..at + bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes().len()
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = WORD_BYTES;
    const ERASE_SIZE: usize = SECTOR_BYTES as usize;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        self.bytes()[from as usize..to as usize].fill(ERASED);
        Ok(())
    }

    /// A write only clears bits.
    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let mut kept = self.bytes();
        for (cell, byte) in kept[offset as usize..].iter_mut().zip(bytes) {
            *cell &= byte;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_obeys_the_rules_of_nor_and_outlives_its_handle() {
        let mut flash = Flash::new(2);
        flash.write(8, &[0xf0; 4]).unwrap();
        flash.write(8, &[0x3f; 4]).unwrap();
        let mut read = [0; 4];
        flash.clone().read(8, &mut read).unwrap();
        assert_eq!(read, [0x30; 4]);
        flash.erase(0, SECTOR_BYTES).unwrap();
        flash.read(8, &mut read).unwrap();
        assert_eq!(read, [0xff; 4]);
        assert!(flash.write(2, &[0; 4]).is_err());
        assert!(flash.erase(0, SECTOR_BYTES + 4).is_err());
        assert!(flash.read(2 * SECTOR_BYTES, &mut read).is_err());
    }
}
