//! The pair of keys by which browsers know this installation: made once, by whoever needs it first.

use anyhow::Context as _;
use operandi_dsl::time::Timestamp;
use operandi_engine::store::{Db, push};
use operandi_nodes::{
    push::Signer,
    seal::{INSTALLATION, Keyring},
};
use url::Url;

/// Whom push services may turn to when nobody said where this installation is.
const CONTACT: &str = "https://operandi.invalid";

/// The pair, opened.
///
/// # Errors
/// When the store or the keys that seal cannot be used.
pub(crate) async fn signer(
    db: &Db,
    keyring: &Keyring,
    now: Timestamp,
    contact: String,
) -> anyhow::Result<Signer> {
    let (org, place) = INSTALLATION;
    let sealed = match push::key(db).await? {
        Some(sealed) => sealed,
        None => {
            let pair = keyring.seal(org, place, &Signer::make()?)?;
            push::keep_key(db, now, &pair).await?;
            push::key(db)
                .await?
                .context("the key of notifications was not kept")?
        }
    };
    let pair = keyring
        .open(org, place, &sealed)
        .context("the key of notifications cannot be opened with the keys of this server")?;
    Ok(Signer::open(&pair, contact)?)
}

/// Whom push services may turn to.
pub(crate) fn contact(public_url: Option<&Url>) -> String {
    public_url
        .filter(|url| url.scheme() == "https")
        .map_or_else(
            || CONTACT.to_owned(),
            |url| url.origin().ascii_serialization(),
        )
}
