//! The flash and what lies where in it. It decides nothing: the ring and the records do.

use alloc::rc::Rc;
use core::{cell::RefCell, ops::Range};

use embedded_storage::nor_flash::{ErrorType, NorFlash, ReadNorFlash};
use esp_bootloader_esp_idf::{
    ota::OtaImageState,
    ota_updater::OtaUpdater,
    partitions::{
        AppPartitionSubType, Error, PARTITION_TABLE_MAX_LEN, PartitionType, read_partition_table,
    },
};
use esp_storage::{FlashStorage, FlashStorageError};
use operandi_node_core::keep::{KEEP_SECTORS, Keep};

const SECTOR_BYTES: u32 = FlashStorage::SECTOR_SIZE;

/// The one flash of the chip, shared. It is held for one call at a time and never across a wait.
#[derive(Clone, Debug)]
pub(crate) struct Flash(Rc<RefCell<FlashStorage<'static>>>);

/// Where everything lies.
#[derive(Clone, Debug)]
pub(crate) struct Map {
    pub(crate) ring: Range<u32>,
    keep: Range<u32>,
    /// The slot that does not run.
    pub(crate) spare: Range<u32>,
    running: AppPartitionSubType,
    spare_kind: AppPartitionSubType,
}

/// A record of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drawer {
    Identity,
    Settings,
    Trial,
}

impl Map {
    /// The two sectors of a record.
    pub(crate) fn drawer(&self, flash: &Flash, drawer: Drawer) -> Keep<Flash> {
        let place = match drawer {
            Drawer::Identity => 0,
            Drawer::Settings => 1,
            Drawer::Trial => 2,
        };
        let start = self.keep.start + place * KEEP_SECTORS * SECTOR_BYTES;
        Keep::new(flash.clone(), start)
    }
}

impl Flash {
    pub(crate) fn new(storage: FlashStorage<'static>) -> Self {
        Self(Rc::new(RefCell::new(storage)))
    }

    /// Reads the partition table.
    pub(crate) fn map(&self) -> Result<Map, Error> {
        let mut storage = self.0.borrow_mut();
        let mut buffer = [0; PARTITION_TABLE_MAX_LEN];
        let table = read_partition_table(&mut storage, &mut buffer)?;
        let named = |name: &str| {
            let mut entries = table.iter();
            let entry = entries.find(|entry| entry.label_as_str() == name);
            let entry = entry.ok_or(Error::Invalid)?;
            Ok::<_, Error>(entry.offset()..entry.offset() + entry.len())
        };
        let booted = table.booted_partition()?.ok_or(Error::Invalid)?;
        let (running, spare_kind, spare) = match booted.partition_type() {
            PartitionType::App(AppPartitionSubType::Ota1) => (
                AppPartitionSubType::Ota1,
                AppPartitionSubType::Ota0,
                "ota_0",
            ),
            _ => (
                AppPartitionSubType::Ota0,
                AppPartitionSubType::Ota1,
                "ota_1",
            ),
        };
        Ok(Map {
            ring: named("ring")?,
            keep: named("keep")?,
            spare: named(spare)?,
            running,
            spare_kind,
        })
    }

    /// Boots the spare slot from the next boot on.
    pub(crate) fn switch(&self, map: &Map) -> Result<(), Error> {
        self.with_updater(|updater| {
            let mut data = updater.ota_data()?;
            // Blank data boots the first slot, but counts as neither: what runs is written down first.
            data.set_current_app_partition(map.running)?;
            data.set_current_app_partition(map.spare_kind)?;
            // A bootloader that can roll back watches its first boot, too.
            data.set_current_ota_state(OtaImageState::New)
        })
    }

    /// Tells the bootloader that what runs is to stay.
    pub(crate) fn settle(&self) -> Result<(), Error> {
        self.with_updater(|updater| match updater.current_ota_state() {
            Ok(OtaImageState::Valid) | Err(Error::InvalidState) => Ok(()),
            Ok(_) => updater.set_current_ota_state(OtaImageState::Valid),
            Err(error) => Err(error),
        })
    }

    fn with_updater<T>(
        &self,
        deed: impl FnOnce(&mut OtaUpdater<'_, 'static>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut storage = self.0.borrow_mut();
        let mut buffer = [0; PARTITION_TABLE_MAX_LEN];
        deed(&mut OtaUpdater::new(&mut storage, &mut buffer)?)
    }
}

impl ErrorType for Flash {
    type Error = FlashStorageError;
}

impl ReadNorFlash for Flash {
    const READ_SIZE: usize = <FlashStorage<'static> as ReadNorFlash>::READ_SIZE;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), FlashStorageError> {
        ReadNorFlash::read(&mut *self.0.borrow_mut(), offset, bytes)
    }

    fn capacity(&self) -> usize {
        ReadNorFlash::capacity(&*self.0.borrow())
    }
}

impl NorFlash for Flash {
    const WRITE_SIZE: usize = <FlashStorage<'static> as NorFlash>::WRITE_SIZE;
    const ERASE_SIZE: usize = <FlashStorage<'static> as NorFlash>::ERASE_SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), FlashStorageError> {
        NorFlash::erase(&mut *self.0.borrow_mut(), from, to)
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), FlashStorageError> {
        NorFlash::write(&mut *self.0.borrow_mut(), offset, bytes)
    }
}
