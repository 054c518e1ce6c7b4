//! The offline ring: readings in NOR flash, oldest dropped first, through any loss of power.
//!
//! The region is a circle of sectors. Sector number `n` lies at place `n` modulo their count, and all
//! but one of the newest live: the dead one is erased just before it becomes the newest. A sector is
//! slots of 32 bytes, each written once and sealed by a CRC; its first tells its number, how far
//! the server has acknowledged, and how many readings were dropped, those of the sector that dies by
//! it included. So dropping is one write, and no cut can lose the count.
//!
//! Once `push` has returned, the reading survives a cut at any later write until it is acknowledged or
//! dropped. A cut within `push` keeps it or not, and harms no other. A cut within `acknowledge` may
//! have readings sent again: their ids tell.

mod slot;
#[cfg(test)]
pub(crate) mod tests;

use alloc::vec::Vec;
use core::ops::Range;

use embedded_storage::nor_flash::NorFlash;
use slot::{Header, SLOT_BYTES, Slot};

/// Sectors of the smallest ring: one dead, one being filled, one kept.
pub const SECTORS_MIN: u32 = 3;

/// What a slot keeps: a packed `Record`.
pub type Body = [u8; 27];

/// Why the ring cannot do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError<E> {
    /// The flash itself. What was being written may be lost; the ring can be used on.
    #[error("the flash failed: {0:?}")]
    Flash(E),
    /// The region or the flash does not suit.
    #[error("no ring fits here: {0}")]
    Layout(&'static str),
}

impl<E> From<E> for RingError<E> {
    fn from(error: E) -> Self {
        Self::Flash(error)
    }
}

/// A place in the ring, counted in slots since it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position(u32);

/// A kept reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub body: Body,
    /// To acknowledge it, and all before it.
    pub through: Position,
}

/// The ring over a region of `flash`.
#[derive(Debug)]
pub struct Ring<F> {
    flash: F,
    /// The address of the region.
    start: u32,
    sectors: u32,
    /// Number of the newest sector.
    newest: u32,
    /// The slot that is written next; at the end of the newest sector when that is full.
    head: Position,
    /// Everything before is acknowledged or dropped.
    tail: Position,
    dropped: u32,
    kept: u32,
}

impl<F: NorFlash> Ring<F> {
    /// Slots of a sector.
    const SLOTS: u32 = (F::ERASE_SIZE / SLOT_BYTES) as u32;

    /// Opens the ring in the addresses of `region`, or makes one if there is none.
    ///
    /// # Errors
    /// The region does not suit, or the flash fails.
    pub fn open(flash: F, region: Range<u32>) -> Result<Self, RingError<F::Error>> {
        let mut ring = Self {
            sectors: sectors::<F>(&flash, &region).map_err(RingError::Layout)?,
            flash,
            start: region.start,
            newest: 0,
            head: Position(0),
            tail: Position(0),
            dropped: 0,
            kept: 0,
        };
        match ring.find_newest()? {
            Some(header) => ring.recover(header)?,
            None => ring.begin(0)?,
        }
        Ok(ring)
    }

    /// Keeps a reading. If the ring is full, its oldest sector is dropped first.
    ///
    /// # Errors
    /// The flash fails: this reading may be lost.
    pub fn push(&mut self, body: &Body) -> Result<(), RingError<F::Error>> {
        if self.is_sector_full() {
            self.begin(self.newest + 1)?;
        }
        self.append(&Slot::Reading(*body))?;
        self.kept += 1;
        Ok(())
    }

    /// The oldest readings, `max` at most.
    ///
    /// # Errors
    /// The flash fails.
    pub fn peek(&mut self, max: usize) -> Result<Vec<Entry>, RingError<F::Error>> {
        let mut entries = Vec::new();
        let mut at = self.tail;
        while at < self.head && entries.len() < max {
            let body = self.reading(at)?;
            at.0 += 1;
            entries.extend(body.map(|body| Entry { body, through: at }));
        }
        Ok(entries)
    }

    /// Forgets what was peeked up to `through`: the server has it.
    ///
    /// # Errors
    /// The flash fails: after a restart, readings may be sent again.
    pub fn acknowledge(&mut self, through: Position) -> Result<(), RingError<F::Error>> {
        let through = through.min(self.head);
        if through <= self.tail {
            return Ok(());
        }
        self.kept = self.kept.saturating_sub(self.readings(self.tail, through)?);
        self.tail = through;
        if self.is_sector_full() {
            // Its header tells the tail.
            self.begin(self.newest + 1)
        } else {
            self.append(&Slot::Acknowledged(through.0))
        }
    }

    /// Readings that are neither acknowledged nor dropped.
    #[must_use]
    pub const fn len(&self) -> u32 {
        self.kept
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.kept == 0
    }

    /// Readings dropped since the ring was made.
    #[must_use]
    pub const fn dropped(&self) -> u32 {
        self.dropped
    }

    /// Readings that surely fit before one is dropped, if nothing is acknowledged meanwhile.
    #[must_use]
    pub const fn capacity(&self) -> u32 {
        (self.sectors - 2) * (Self::SLOTS - 1)
    }

    /// Makes sector `number` the newest. By its header the oldest one dies, and what it held is dropped.
    fn begin(&mut self, number: u32) -> Result<(), RingError<F::Error>> {
        let live = self.first_live(number);
        let lost = self.readings(self.tail, live)?;
        let header = Header {
            number,
            tail: self.tail.max(live).0,
            dropped: self.dropped.saturating_add(lost),
        };
        let at = Position(number * Self::SLOTS);
        let address = self.address(at);
        self.flash.erase(address, address + F::ERASE_SIZE as u32)?;
        self.flash.write(address, &Slot::Header(header).seal())?;
        self.newest = number;
        self.head = Position(at.0 + 1);
        self.tail = Position(header.tail);
        self.dropped = header.dropped;
        self.kept = self.kept.saturating_sub(lost);
        Ok(())
    }

    /// Writes the next slot. A failed write may have left anything there: it is passed over.
    fn append(&mut self, slot: &Slot) -> Result<(), RingError<F::Error>> {
        let address = self.address(self.head);
        self.head.0 += 1;
        Ok(self.flash.write(address, &slot.seal())?)
    }

    fn find_newest(&mut self) -> Result<Option<Header>, RingError<F::Error>> {
        let mut newest: Option<Header> = None;
        for place in 0..self.sectors {
            if let Slot::Header(header) = self.slot(Position(place * Self::SLOTS))?
                && header.number % self.sectors == place
                && newest.is_none_or(|newest| newest.number < header.number)
            {
                newest = Some(header);
            }
        }
        Ok(newest)
    }

    /// Finds head, tail and count again by reading the live slots.
    fn recover(&mut self, newest: Header) -> Result<(), RingError<F::Error>> {
        let first = Position(newest.number * Self::SLOTS);
        let end = Position(first.0 + Self::SLOTS);
        let live = self.first_live(newest.number);
        self.newest = newest.number;
        self.dropped = newest.dropped;
        self.tail = Position(newest.tail).max(live);
        self.head = Position(first.0 + 1);
        for at in (live.0..end.0).map(Position) {
            let slot = self.slot(at)?;
            if let Slot::Acknowledged(tail) = slot
                && self.is_live(at)?
            {
                self.tail = self.tail.max(Position(tail));
            }
            if at > first && slot != Slot::Blank {
                self.head = Position(at.0 + 1);
            }
        }
        self.tail = self.tail.min(self.head);
        self.kept = self.readings(self.tail, self.head)?;
        Ok(())
    }

    /// The first slot that lives while `newest` is the newest sector.
    fn first_live(&self, newest: u32) -> Position {
        Position(newest.saturating_sub(self.sectors - 2) * Self::SLOTS)
    }

    fn is_sector_full(&self) -> bool {
        self.head.0 == (self.newest + 1) * Self::SLOTS
    }

    fn readings(&mut self, from: Position, to: Position) -> Result<u32, RingError<F::Error>> {
        let mut count = 0;
        for at in (from.0..to.0).map(Position) {
            count += u32::from(self.reading(at)?.is_some());
        }
        Ok(count)
    }

    fn reading(&mut self, at: Position) -> Result<Option<Body>, RingError<F::Error>> {
        match self.slot(at)? {
            Slot::Reading(body) if self.is_live(at)? => Ok(Some(body)),
            Slot::Reading(_) | Slot::Header(_) | Slot::Acknowledged(_) => Ok(None),
            Slot::Blank | Slot::Torn => Ok(None),
        }
    }

    /// Whether the sector at this place is really the one that should be there, and no older one.
    fn is_live(&mut self, at: Position) -> Result<bool, RingError<F::Error>> {
        let number = at.0 / Self::SLOTS;
        let header = self.slot(Position(number * Self::SLOTS))?;
        Ok(matches!(header, Slot::Header(header) if header.number == number))
    }

    fn slot(&mut self, at: Position) -> Result<Slot, RingError<F::Error>> {
        let mut bytes = [0; SLOT_BYTES];
        let address = self.address(at);
        self.flash.read(address, &mut bytes)?;
        Ok(Slot::open(&bytes))
    }

    fn address(&self, at: Position) -> u32 {
        let (number, slot) = (at.0 / Self::SLOTS, at.0 % Self::SLOTS);
        let place = number % self.sectors;
        self.start + place * F::ERASE_SIZE as u32 + slot * SLOT_BYTES as u32
    }
}

/// The sectors of a region, or why it makes no ring.
fn sectors<F: NorFlash>(flash: &F, region: &Range<u32>) -> Result<u32, &'static str> {
    let sector = F::ERASE_SIZE as u32;
    if !SLOT_BYTES.is_multiple_of(F::WRITE_SIZE) || !SLOT_BYTES.is_multiple_of(F::READ_SIZE) {
        return Err("words are larger than a slot of 32 bytes");
    }
    if !F::ERASE_SIZE.is_multiple_of(SLOT_BYTES) || F::ERASE_SIZE < 2 * SLOT_BYTES {
        return Err("a sector must be some slots of 32 bytes");
    }
    if !region.start.is_multiple_of(sector) || !region.end.is_multiple_of(sector) {
        return Err("the region must begin and end with a sector");
    }
    if region.end as usize > flash.capacity() {
        return Err("the region ends beyond the flash");
    }
    let sectors = region.end.saturating_sub(region.start) / sector;
    if sectors < SECTORS_MIN {
        return Err("the region has less than 3 sectors");
    }
    Ok(sectors)
}
