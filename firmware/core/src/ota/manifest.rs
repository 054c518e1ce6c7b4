//! What is signed: which image this is, for which board, of which length and hash.
//!
//! Signing these 60 bytes and not the image lets a node refuse before it erases anything, and check
//! the image in chunks by its hash alone.

use ed25519_dalek::{Signature, VerifyingKey};

/// Bytes of a manifest: `OPFW` (4), board (16), build (4), size (4), SHA-256 (32); little end first.
pub const MANIFEST_BYTES: usize = 60;
/// Bytes of its signature (Ed25519).
pub const SIGNATURE_BYTES: usize = 64;

const MAGIC: &[u8; 4] = b"OPFW";

/// A kind of board in ASCII, with zeros at its end: `esp32c3-relay`.
pub type Board = [u8; 16];

/// An image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manifest {
    pub board: Board,
    /// Rises with every release.
    pub build: u32,
    /// Bytes.
    pub size: u32,
    pub sha256: [u8; 32],
}

impl Manifest {
    /// The bytes to sign.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; MANIFEST_BYTES] {
        let mut bytes = [0; MANIFEST_BYTES];
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..20].copy_from_slice(&self.board);
        bytes[20..24].copy_from_slice(&self.build.to_le_bytes());
        bytes[24..28].copy_from_slice(&self.size.to_le_bytes());
        bytes[28..].copy_from_slice(&self.sha256);
        bytes
    }

    fn from_bytes(bytes: &[u8; MANIFEST_BYTES]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (board, rest) = rest.split_first_chunk()?;
        let (build, rest) = rest.split_first_chunk()?;
        let (size, rest) = rest.split_first_chunk()?;
        (magic == MAGIC).then_some(Self {
            board: *board,
            build: u32::from_le_bytes(*build),
            size: u32::from_le_bytes(*size),
            sha256: *rest.first_chunk()?,
        })
    }
}

/// A manifest that one of our keys signed; only the check makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedManifest(Manifest);

impl SignedManifest {
    /// Checks a manifest as it is published beside its image: its bytes, then its signature.
    #[must_use]
    pub fn check_file(file: &[u8], keys: &[[u8; 32]]) -> Option<Self> {
        let (bytes, rest) = file.split_first_chunk()?;
        let (signature, rest) = rest.split_first_chunk()?;
        rest.is_empty()
            .then(|| Self::check(bytes, signature, keys))?
    }

    /// Checks the signature with each of `keys`; without keys nothing is signed. More than one lets a
    /// key be replaced.
    #[must_use]
    pub fn check(
        bytes: &[u8; MANIFEST_BYTES],
        signature: &[u8; SIGNATURE_BYTES],
        keys: &[[u8; 32]],
    ) -> Option<Self> {
        let signature = Signature::from_bytes(signature);
        let signed = keys
            .iter()
            .filter_map(|key| VerifyingKey::from_bytes(key).ok())
            .any(|key| key.verify_strict(bytes, &signature).is_ok());
        if !signed {
            return None;
        }
        Manifest::from_bytes(bytes).map(Self)
    }

    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.0
    }
}
