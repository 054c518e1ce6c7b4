//! Who sends: a token for each push service, signed with the pair of this installation (RFC 8292).

use std::{fmt, time::Duration};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use operandi_dsl::time::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use url::Url;

use super::PushError;

/// How long a token is good; services refuse more than a day.
const VALID: Duration = Duration::from_secs(12 * 60 * 60);

/// The pair of this installation. Browsers subscribe to its public key, so it stays the same for ever.
pub struct Signer {
    pair: EcdsaKeyPair,
    /// Whom a service may turn to.
    contact: String,
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("public", &self.public_key())
            .finish_non_exhaustive()
    }
}

impl Signer {
    /// A new pair as it is kept: PKCS #8 in base64.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn make() -> Result<SecretString, PushError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random);
        let pair = pair.map_err(|_| PushError::Signer)?;
        Ok(SecretString::from(STANDARD.encode(pair)))
    }

    /// Opens a pair that was made; `contact` is a `mailto:` or `https:` address.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(pair: &SecretString, contact: String) -> Result<Self, PushError> {
        let bytes = STANDARD.decode(pair.expose_secret());
        let bytes = bytes.map_err(|_| PushError::Signer)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, &bytes, &SystemRandom::new());
        let pair = pair.map_err(|_| PushError::Signer)?;
        Ok(Self { pair, contact })
    }

    /// The public key as browsers take it: base64url.
    #[must_use]
    pub fn public_key(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.pair.public_key())
    }

    /// The header that proves to the service of an endpoint who sends.
    ///
    /// # Errors
    /// When nothing can be signed.
    pub(super) fn authorization(&self, to: &Url, now: Timestamp) -> Result<String, PushError> {
        let head = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({
            "aud": to.origin().ascii_serialization(),
            "exp": now.after(VALID).0 / 1000,
            "sub": self.contact,
        });
        let part = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let said = format!("{}.{}", part(&head), part(&claims));
        let signature = self
            .pair
            .sign(&SystemRandom::new(), said.as_bytes())
            .map_err(|_| PushError::Signer)?;
        let signature = URL_SAFE_NO_PAD.encode(signature);
        Ok(format!(
            "vapid t={said}.{signature}, k={}",
            self.public_key()
        ))
    }
}
