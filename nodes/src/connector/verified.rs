//! The check of a delivery, and the proof it leaves.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use super::{HookError, HookRequest, SecretList};

/// Something whose origin was checked. Only this module can make one.
#[derive(Clone, Debug)]
pub struct Verified<T>(T);

impl<T> Verified<T> {
    /// What was checked.
    #[must_use]
    pub fn get(&self) -> &T {
        &self.0
    }
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Hexadecimal after this prefix, in either case.
    Hex {
        prefix: &'static str,
    },
    Base64,
}

/// Checks an HMAC-SHA256 over the raw body against each of the secrets. No secret means refused.
pub(crate) fn by_hmac(
    request: HookRequest,
    signature: Option<&str>,
    encoding: Encoding,
    secrets: &SecretList,
) -> Result<Verified<HookRequest>, HookError> {
    let secrets = secrets.configured()?;
    let signature =
        decode(signature.ok_or(HookError::Unsigned)?, encoding).ok_or(HookError::Forged)?;
    let mut matches = false;
    // Every secret is tried, so the time tells nothing about which one fits.
    for secret in secrets {
        matches |= bool::from(hmac_sha256(secret, &request.body).ct_eq(&signature[..]));
    }
    if matches {
        Ok(Verified(request))
    } else {
        Err(HookError::Forged)
    }
}

/// Checks a plain token against each of the secrets. No secret means refused.
pub(crate) fn by_token(
    request: HookRequest,
    token: Option<&str>,
    secrets: &SecretList,
) -> Result<Verified<HookRequest>, HookError> {
    let matches = token_fits(token, secrets)?;
    if matches {
        Ok(Verified(request))
    } else {
        Err(HookError::Forged)
    }
}

/// Whether a token is one of the secrets.
pub(crate) fn token_fits(token: Option<&str>, secrets: &SecretList) -> Result<bool, HookError> {
    let secrets = secrets.configured()?;
    let token = token.ok_or(HookError::Unsigned)?;
    let mut matches = false;
    for secret in secrets {
        matches |= bool::from(secret.expose_secret().as_bytes().ct_eq(token.as_bytes()));
    }
    Ok(matches)
}

/// Says that the owner of the connection chose to take deliveries from anybody.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChosenOpen;

/// Takes a delivery unchecked, because the connection's owner chose so in as many words.
pub(crate) fn by_choice(request: HookRequest, _: ChosenOpen) -> Verified<HookRequest> {
    Verified(request)
}

/// The MAC of a body under a secret.
pub(crate) fn hmac_sha256(secret: &SecretString, body: &Bytes) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            mac.finalize().into_bytes().into()
        }
        Err(never) => unreachable!("HMAC takes keys of any length: {never}"),
    }
}

fn decode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    match encoding {
        Encoding::Hex { prefix } => hex::decode(text.strip_prefix(prefix)?).ok(),
        Encoding::Base64 => STANDARD.decode(text).ok(),
    }
}
