//! Random tokens: API keys and session cookies. Only their SHA-256 is ever stored.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRng as _, rngs::SysRng};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// How API keys begin, so that leaked ones are found by scanners.
pub const KEY_PREFIX: &str = "opk_";

/// Bytes of randomness in a token.
const TOKEN_BYTES: usize = 32;

/// Characters of a key kept in the clear so that people can tell keys apart.
const SHOWN_CHARS: usize = 10;

/// The SHA-256 of a token, as it is stored: lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl TokenHash {
    /// The hash of a token as it was presented.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(hex::encode(Sha256::digest(token.as_bytes())))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time.
    #[must_use]
    pub fn matches(&self, stored: &str) -> bool {
        self.0.as_bytes().ct_eq(stored.as_bytes()).into()
    }
}

/// The system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the system gave no random bytes")]
pub struct NoRandomness(#[source] pub(super) rand::rngs::SysError);

/// A new secret with 256 random bits, as URL-safe text.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_secret() -> Result<String, NoRandomness> {
    let mut bytes = [0_u8; TOKEN_BYTES];
    SysRng.try_fill_bytes(&mut bytes).map_err(NoRandomness)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// A new API key; it is shown once.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_key() -> Result<String, NoRandomness> {
    Ok(format!("{KEY_PREFIX}{}", new_secret()?))
}

/// The part of a key that lists may show.
#[must_use]
pub fn shown_part(key: &str) -> &str {
    key.get(..SHOWN_CHARS).unwrap_or(KEY_PREFIX)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{KEY_PREFIX, TokenHash, new_key, shown_part};

    #[test]
    fn keys_differ_and_carry_the_prefix() {
        let keys: HashSet<String> = (0..64).map(|_| new_key().unwrap()).collect();
        assert_eq!(keys.len(), 64);
        for key in &keys {
            assert!(key.starts_with(KEY_PREFIX));
            assert_eq!(key.len(), KEY_PREFIX.len() + 43, "32 bytes in base64");
            assert!(shown_part(key).len() < key.len() / 2);
        }
    }

    #[test]
    fn only_the_same_token_matches_its_hash() {
        let stored = TokenHash::of("opk_a").as_str().to_owned();
        assert!(TokenHash::of("opk_a").matches(&stored));
        assert!(!TokenHash::of("opk_b").matches(&stored));
        assert!(!TokenHash::of("opk_a").matches(""));
    }
}
