//! The encryption of one message for one browser: a key agreed on with a pair made for this message alone,
//! and one record of `aes128gcm` (RFC 8188).

use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Prk, Salt},
    rand::{SecureRandom, SystemRandom},
};

use super::{AUTH_BYTES, POINT_BYTES, PushError};

const SALT_BYTES: usize = 16;
const KEY_BYTES: usize = 16;
const NONCE_BYTES: usize = 12;
const SECRET_BYTES: usize = 32;
/// The size of a record, of which a message has one.
const RECORD_BYTES: u32 = 4_096;
/// What ends the last record.
const LAST: u8 = 2;

/// What both sides know, and nobody else.
pub(super) struct Agreed<'a> {
    /// The point both arrive at.
    pub(super) secret: &'a [u8],
    /// The browser's public key and its other secret.
    pub(super) theirs: &'a [u8; POINT_BYTES],
    pub(super) auth: &'a [u8; AUTH_BYTES],
    /// Our public key for this message.
    pub(super) ours: &'a [u8],
    pub(super) salt: [u8; SALT_BYTES],
}

/// Encrypts a text for a browser.
pub(super) fn encrypt(
    text: &[u8],
    theirs: &[u8; POINT_BYTES],
    auth: &[u8; AUTH_BYTES],
) -> Result<Vec<u8>, PushError> {
    let random = SystemRandom::new();
    let mut salt = [0; SALT_BYTES];
    random.fill(&mut salt).map_err(broken)?;
    let pair = EphemeralPrivateKey::generate(&ECDH_P256, &random).map_err(broken)?;
    let ours = pair.compute_public_key().map_err(broken)?;
    let point = UnparsedPublicKey::new(&ECDH_P256, theirs);
    let sealed = agree_ephemeral(pair, &point, |secret| {
        let agreed = Agreed {
            secret,
            theirs,
            auth,
            ours: ours.as_ref(),
            salt,
        };
        agreed.seal(text)
    });
    // A point that is not on the curve is the browser's fault.
    sealed.map_err(|_| PushError::Key)?.map_err(broken)
}

fn broken(_: Unspecified) -> PushError {
    PushError::Signer
}

impl Agreed<'_> {
    /// The message as it travels: salt, size of a record, our key, and the record.
    pub(super) fn seal(&self, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
        let (key, nonce) = self.keys()?;
        let mut record = text.to_vec();
        record.push(LAST);
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)?;
        let length = u8::try_from(self.ours.len()).map_err(|_| Unspecified)?;
        let mut body = self.salt.to_vec();
        body.extend(RECORD_BYTES.to_be_bytes());
        body.push(length);
        body.extend(self.ours);
        body.extend(record);
        Ok(body)
    }

    /// The key and nonce of the one record.
    pub(super) fn keys(&self) -> Result<(LessSafeKey, [u8; NONCE_BYTES]), Unspecified> {
        let info: [&[u8]; 3] = [b"WebPush: info\0", self.theirs, self.ours];
        let first = Salt::new(HKDF_SHA256, self.auth).extract(self.secret);
        let material: [u8; SECRET_BYTES] = expand(&first, &info)?;
        let second = Salt::new(HKDF_SHA256, &self.salt).extract(&material);
        let key: [u8; KEY_BYTES] = expand(&second, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce = expand(&second, &[b"Content-Encoding: nonce\0"])?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
        Ok((key, nonce))
    }
}

/// As many bytes as are asked for.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(from: &Prk, info: &[&[u8]]) -> Result<[u8; N], Unspecified> {
    let mut bytes = [0; N];
    from.expand(info, Length(N))?.fill(&mut bytes)?;
    Ok(bytes)
}
