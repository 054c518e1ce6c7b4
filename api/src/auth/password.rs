//! Passwords: argon2id, off the async threads.

use argon2::{
    Argon2,
    password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Semaphore;

/// The shortest password accepted, in characters.
pub const LENGTH_MIN: usize = 10;
/// The longest, in bytes: hashing must not become a lever.
pub const LENGTH_MAX: usize = 1024;

/// Hashes computed at once: each takes about 20 MB and a core.
const AT_ONCE: usize = 2;
static PERMITS: Semaphore = Semaphore::const_new(AT_ONCE);

/// What stands in for the hash of an account that does not exist, so that a refusal takes as long.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$b3BlcmFuZGktbm9ib2R5$\
    W1pGcFRtM3F2d2VQSlR5eFZQb2NnT0V2Y3p5Q1h3b0E";

/// Why a password was not taken.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Weak {
    #[error("is shorter than {LENGTH_MIN} characters")]
    Short,
    #[error("is longer than {LENGTH_MAX} bytes")]
    Long,
}

/// Judges a new password by its length only; composition rules make worse passwords.
///
/// # Errors
/// When it is too short or too long.
pub fn judge(password: &SecretString) -> Result<(), Weak> {
    let text = password.expose_secret();
    if text.len() > LENGTH_MAX {
        return Err(Weak::Long);
    }
    if text.chars().count() < LENGTH_MIN {
        return Err(Weak::Short);
    }
    Ok(())
}

/// The PHC text to store.
///
/// # Errors
/// When hashing itself fails, which no password can cause.
pub async fn hash(password: SecretString) -> anyhow::Result<String> {
    let _permit = PERMITS.acquire().await?;
    tokio::task::spawn_blocking(move || {
        Argon2::default()
            .hash_password(password.expose_secret().as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| anyhow::anyhow!("argon2: {error}"))
    })
    .await?
}

/// Whether a password is the one behind `stored`. With no account it takes as long and says no.
///
/// # Errors
/// When the hashing thread is gone.
pub async fn verify(password: SecretString, stored: Option<String>) -> anyhow::Result<bool> {
    if password.expose_secret().len() > LENGTH_MAX {
        return Ok(false);
    }
    let _permit = PERMITS.acquire().await?;
    Ok(tokio::task::spawn_blocking(move || {
        let known = stored.is_some();
        let text = stored.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(hash) = PasswordHash::new(&text) else {
            return false;
        };
        let right = Argon2::default()
            .verify_password(password.expose_secret().as_bytes(), &hash)
            .is_ok();
        known && right
    })
    .await?)
}

#[cfg(test)]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::{NOBODY, Weak, hash, judge, verify};

    #[tokio::test]
    async fn a_password_opens_only_its_own_hash() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(
            verify("correct horse".into(), Some(stored.clone()))
                .await
                .unwrap()
        );
        assert!(!verify("correct hors".into(), Some(stored)).await.unwrap());
        assert!(!verify("correct horse".into(), None).await.unwrap());
        assert!(
            !verify("correct horse".into(), Some("rubbish".into()))
                .await
                .unwrap()
        );
    }

    #[test]
    fn nobody_has_a_hash_that_can_be_computed() {
        PasswordHash::new(NOBODY).unwrap();
    }

    #[test]
    fn only_length_is_judged() {
        assert_eq!(judge(&"short".into()), Err(Weak::Short));
        assert_eq!(judge(&"x".repeat(1025).into()), Err(Weak::Long));
        assert_eq!(judge(&"aaaaaaaaaa".into()), Ok(()));
    }
}
