//! An image on its way: judged before its first byte, and hashed with each.

use sha2::{Digest, Sha256};

use super::manifest::{Board, Manifest, SignedManifest};

/// What runs on this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    pub board: Board,
    pub build: u32,
    /// Bytes of the slot that is not running.
    pub slot_bytes: u32,
    /// A build that was tried and taken back.
    pub failed: Option<u32>,
}

/// Why an image is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the image is for another board")]
    Board,
    #[error("the image is not newer than what runs")]
    NotNewer,
    #[error("the image was tried before and failed")]
    FailedBefore,
    #[error("the image does not fit into its slot")]
    Size,
    #[error("more bytes came than the image has")]
    TooLong,
    #[error("the image ends before its last byte")]
    TooShort,
    #[error("the image is not the one that was signed")]
    Hash,
}

/// What a chunk means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It was the next one; the image is complete up to here.
    Taken(u32),
    /// It was not: ask again from here.
    Resume(u32),
}

/// An image that arrived whole and is the one that was signed; only [`Download::finish`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified(Manifest);

impl Verified {
    #[must_use]
    pub const fn build(&self) -> u32 {
        self.0.build
    }
}

/// An image that is being taken.
#[derive(Clone, Debug)]
pub struct Download {
    manifest: Manifest,
    hash: Sha256,
    taken: u32,
}

impl Download {
    /// Judges an image by its manifest, before anything is erased.
    ///
    /// # Errors
    /// Why it is not for this node.
    pub fn begin(signed: &SignedManifest, running: &Running) -> Result<Self, Refused> {
        let manifest = *signed.manifest();
        if manifest.board != running.board {
            return Err(Refused::Board);
        }
        if manifest.build <= running.build {
            return Err(Refused::NotNewer);
        }
        if running.failed == Some(manifest.build) {
            return Err(Refused::FailedBefore);
        }
        if manifest.size == 0 || manifest.size > running.slot_bytes {
            return Err(Refused::Size);
        }
        Ok(Self {
            manifest,
            hash: Sha256::new(),
            taken: 0,
        })
    }

    /// Takes the bytes at `offset`, as they were read back from the slot after they were written: so
    /// the hash is of what will run.
    ///
    /// # Errors
    /// `TooLong`: they reach beyond the image.
    pub fn chunk(&mut self, offset: u32, bytes: &[u8]) -> Result<Step, Refused> {
        if offset != self.taken {
            return Ok(Step::Resume(self.taken));
        }
        let left = self.manifest.size - self.taken;
        let length = u32::try_from(bytes.len()).map_err(|_| Refused::TooLong)?;
        if length > left {
            return Err(Refused::TooLong);
        }
        self.hash.update(bytes);
        self.taken += length;
        Ok(Step::Taken(self.taken))
    }

    /// Judges the whole.
    ///
    /// # Errors
    /// It is not whole, or not what was signed.
    pub fn finish(self) -> Result<Verified, Refused> {
        if self.taken < self.manifest.size {
            return Err(Refused::TooShort);
        }
        if self.hash.finalize()[..] != self.manifest.sha256 {
            return Err(Refused::Hash);
        }
        Ok(Verified(self.manifest))
    }
}
