//! Secrets at rest: sealed with XChaCha20-Poly1305 under a ring of keys, bound to what they belong to.
//!
//! A sealed text is `v1.<base64 of nonce and ciphertext>`. The first key of the ring seals, all open; a
//! key is replaced by putting a new one in front and sealing again what other keys sealed.

use std::{
    fmt, fs, io,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use operandi_engine::{
    clock,
    ids::{ConnectionId, OrgId},
    store::connections::Sealed,
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The file of keys in the data folder: one base64 key per line, the newest first.
const KEY_FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const FORMAT: &str = "v1.";

/// What the installation's own secrets are sealed for: they belong to no organisation.
pub const INSTALLATION: (OrgId, ConnectionId) = (
    OrgId::from_uuid(Uuid::nil()),
    ConnectionId::from_uuid(Uuid::nil()),
);

/// All keys that are in use.
pub struct Keyring(Vec<Key>);

struct Key {
    /// The start of the key's hash: it tells keys apart and reveals nothing.
    id: String,
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|key| &key.id))
            .finish()
    }
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    #[error("a secret key must be 32 bytes in base64")]
    BadKey,
    #[error("there is no secret key")]
    NoKey,
    #[error("the secret was sealed with a key that is not in the ring")]
    UnknownKey,
    #[error("the sealed secret is damaged or belongs to something else")]
    Damaged,
    #[error("the key file {path} cannot be used")]
    File { path: String, source: io::Error },
    #[error("the key file {0} can be read by others: its mode must be 0600")]
    OpenFile(String),
}

impl Keyring {
    /// Reads keys in base64, separated by commas or white space, the sealing one first.
    ///
    /// # Errors
    /// When one is not a key, or there is none.
    pub fn parse(keys: &SecretString) -> Result<Self, SealError> {
        let keys = keys
            .expose_secret()
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter(|text| !text.is_empty())
            .map(Key::parse)
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            Err(SealError::NoKey)
        } else {
            Ok(Self(keys))
        }
    }

    /// Reads the key file of a data folder; makes it with a new key when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, is open to others, or holds no key.
    pub fn load_or_create(folder: &Path) -> Result<Self, SealError> {
        let path = folder.join(KEY_FILE);
        let failed = |source| SealError::File {
            path: path.display().to_string(),
            source,
        };
        match fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
        {
            Ok(mut file) => {
                file.write_all(new_key().expose_secret().as_bytes())
                    .map_err(failed)?;
                file.sync_all().map_err(failed)?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(failed(error)),
        }
        let mode = fs::metadata(&path).map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(SealError::OpenFile(path.display().to_string()));
        }
        Self::parse(&SecretString::from(
            fs::read_to_string(&path).map_err(failed)?,
        ))
    }

    /// Puts a new key in front of the key file of a data folder: it seals from here on.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn add_key(folder: &Path) -> Result<Self, SealError> {
        let path = folder.join(KEY_FILE);
        let known = fs::read_to_string(&path).map_err(|source| SealError::File {
            path: path.display().to_string(),
            source,
        })?;
        let keys = format!("{}\n{known}", new_key().expose_secret());
        write_keys(&path, &keys)?;
        Self::parse(&SecretString::from(keys))
    }

    /// Removes all keys of the key file but the one that seals.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn keep_newest(folder: &Path) -> Result<(), SealError> {
        let path = folder.join(KEY_FILE);
        let known = fs::read_to_string(&path).map_err(|source| SealError::File {
            path: path.display().to_string(),
            source,
        })?;
        let newest = known.split_whitespace().next().ok_or(SealError::NoKey)?;
        write_keys(&path, newest)
    }

    /// Seals a connection's secrets; only the same organisation and connection can open them.
    ///
    /// # Errors
    /// When the cipher refuses, which it does only for absurd lengths.
    pub fn seal(
        &self,
        org: OrgId,
        connection: ConnectionId,
        plain: &SecretString,
    ) -> Result<Sealed, SealError> {
        let key = self.0.first().ok_or(SealError::NoKey)?;
        let nonce = random::<NONCE_BYTES>();
        let aad = owner(org, connection);
        let payload = Payload {
            msg: plain.expose_secret().as_bytes(),
            aad: &aad,
        };
        let sealed = key
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| SealError::Damaged)?;
        let text = format!(
            "{FORMAT}{}",
            STANDARD.encode([&nonce[..], &sealed].concat())
        );
        Ok(Sealed {
            key_id: key.id.clone(),
            text,
        })
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// When the key is gone, the text is damaged, or it belongs to another connection.
    pub fn open(
        &self,
        org: OrgId,
        connection: ConnectionId,
        sealed: &Sealed,
    ) -> Result<SecretString, SealError> {
        let key = self
            .0
            .iter()
            .find(|key| key.id == sealed.key_id)
            .ok_or(SealError::UnknownKey)?;
        let text = sealed.text.strip_prefix(FORMAT).ok_or(SealError::Damaged)?;
        let bytes = STANDARD.decode(text).map_err(|_| SealError::Damaged)?;
        let (nonce, msg) = bytes
            .split_first_chunk::<NONCE_BYTES>()
            .ok_or(SealError::Damaged)?;
        let aad = owner(org, connection);
        let plain = key
            .cipher
            .decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad })
            .map_err(|_| SealError::Damaged)?;
        String::from_utf8(plain)
            .map(SecretString::from)
            .map_err(|_| SealError::Damaged)
    }

    /// The id of the key that seals: what any other key sealed should be sealed again.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.0.first().map_or("", |key| &key.id)
    }

    /// Opens a secret and seals it with the key that seals.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn reseal(
        &self,
        org: OrgId,
        connection: ConnectionId,
        sealed: &Sealed,
    ) -> Result<Sealed, SealError> {
        self.seal(org, connection, &self.open(org, connection, sealed)?)
    }
}

impl Key {
    fn parse(text: &str) -> Result<Self, SealError> {
        let bytes = STANDARD.decode(text).map_err(|_| SealError::BadKey)?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| SealError::BadKey)?;
        let id = hex::encode(&Sha256::digest(bytes)[..4]);
        Ok(Self {
            id,
            cipher: XChaCha20Poly1305::new(&bytes.into()),
        })
    }
}

/// Replaces the key file in one step: at any moment there is one whole file.
fn write_keys(path: &Path, keys: &str) -> Result<(), SealError> {
    let failed = |source| SealError::File {
        path: path.display().to_string(),
        source,
    };
    let draft = path.with_extension("new");
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
        Ok(()) | Err(_) => {}
    }
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .map_err(failed)?;
    file.write_all(keys.as_bytes()).map_err(failed)?;
    file.sync_all().map_err(failed)?;
    fs::rename(&draft, path).map_err(failed)
}

/// A new key in base64.
#[must_use]
pub fn new_key() -> SecretString {
    SecretString::from(STANDARD.encode(random::<KEY_BYTES>()))
}

fn owner(org: OrgId, connection: ConnectionId) -> Vec<u8> {
    [org.uuid().into_bytes(), connection.uuid().into_bytes()].concat()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&clock::dice().to_le_bytes()[..chunk.len()]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (OrgId, ConnectionId) {
        (
            OrgId::from_uuid(clock::new_uuid()),
            ConnectionId::from_uuid(clock::new_uuid()),
        )
    }

    fn ring(keys: &[&SecretString]) -> Keyring {
        let text: Vec<&str> = keys.iter().map(|key| key.expose_secret()).collect();
        Keyring::parse(&text.join(",").into()).expect("keys")
    }

    #[test]
    fn a_secret_opens_only_where_it_belongs() {
        let key = new_key();
        let ring = ring(&[&key]);
        let (org, connection) = ids();
        let (other_org, other_connection) = ids();
        let sealed = ring
            .seal(org, connection, &"hunter2".into())
            .expect("sealed");
        assert!(!sealed.text.contains("hunter2"));
        assert_ne!(
            sealed,
            ring.seal(org, connection, &"hunter2".into())
                .expect("sealed")
        );
        assert_eq!(
            ring.open(org, connection, &sealed)
                .expect("opened")
                .expose_secret(),
            "hunter2"
        );
        for (org, connection) in [(other_org, connection), (org, other_connection)] {
            assert!(matches!(
                ring.open(org, connection, &sealed),
                Err(SealError::Damaged)
            ));
        }
        let cut = &sealed.text[..sealed.text.len() - 8];
        for damaged in [
            "",
            "v1",
            "v1.",
            "v1.x",
            cut,
            &sealed.text.replace("v1", "v2"),
        ] {
            let damaged = Sealed {
                text: damaged.to_owned(),
                ..sealed.clone()
            };
            assert!(
                matches!(
                    ring.open(org, connection, &damaged),
                    Err(SealError::Damaged)
                ),
                "{}",
                damaged.text
            );
        }
    }

    #[test]
    fn keys_are_replaced_without_losing_what_was_sealed() {
        let (old, new) = (new_key(), new_key());
        let (org, connection) = ids();
        let sealed = ring(&[&old])
            .seal(org, connection, &"s".into())
            .expect("sealed");
        let both = ring(&[&new, &old]);
        assert_ne!(both.key_id(), sealed.key_id);
        let again = both.reseal(org, connection, &sealed).expect("sealed");
        assert_eq!(both.key_id(), again.key_id);
        let only_new = ring(&[&new]);
        assert!(only_new.open(org, connection, &again).is_ok());
        assert!(matches!(
            only_new.open(org, connection, &sealed),
            Err(SealError::UnknownKey)
        ));
    }

    #[test]
    fn the_key_file_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let (org, connection) = ids();
        let first = Keyring::load_or_create(folder.path()).expect("made");
        let sealed = first.seal(org, connection, &"s".into()).expect("sealed");
        let second = Keyring::load_or_create(folder.path()).expect("read");
        assert!(second.open(org, connection, &sealed).is_ok());
        let path = folder.path().join(KEY_FILE);
        assert_eq!(
            fs::metadata(&path).expect("a file").permissions().mode() & 0o777,
            0o600
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("chmod");
        assert!(matches!(
            Keyring::load_or_create(folder.path()),
            Err(SealError::OpenFile(_))
        ));
    }

    #[test]
    fn the_key_file_is_rotated_without_losing_what_was_sealed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (org, connection) = ids();
        let first = Keyring::load_or_create(folder.path()).expect("made");
        let sealed = first.seal(org, connection, &"s".into()).expect("sealed");
        let both = Keyring::add_key(folder.path()).expect("added");
        assert_ne!(both.key_id(), first.key_id());
        let again = both.reseal(org, connection, &sealed).expect("sealed again");
        Keyring::keep_newest(folder.path()).expect("kept");
        let newest = Keyring::load_or_create(folder.path()).expect("read");
        assert!(newest.open(org, connection, &again).is_ok());
        assert!(matches!(
            newest.open(org, connection, &sealed),
            Err(SealError::UnknownKey)
        ));
    }

    #[test]
    fn nothing_shows_a_key() {
        let key = new_key();
        let shown = format!("{:?} {key:?}", ring(&[&key]));
        assert!(!shown.contains(key.expose_secret()), "{shown}");
        for bad in ["", "short", "!!!"] {
            assert!(Keyring::parse(&bad.into()).is_err(), "{bad}");
        }
    }
}
