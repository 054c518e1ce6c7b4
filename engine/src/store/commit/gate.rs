//! The gate that every send passes before it begins, in the transaction that begins it.

use futures::future::BoxFuture;
use operandi_dsl::time::Timestamp;

use super::types::{SendAsk, Verdict};
use crate::store::sql::{StoreError, Tx};

/// Judges sends: consent, quiet hours, caps and the channel's own rules.
pub trait Gate: Send + Sync {
    /// One verdict per ask, in order. The asks may be about the same person: those before count
    /// as sent. What the transaction wrote so far can be seen.
    fn check<'a>(
        &'a self,
        tx: &'a mut Tx,
        now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>>;
}

/// Lets everything pass.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenGate;

impl Gate for OpenGate {
    fn check<'a>(
        &'a self,
        _tx: &'a mut Tx,
        _now: Timestamp,
        asks: &'a [SendAsk],
    ) -> BoxFuture<'a, Result<Vec<Verdict>, StoreError>> {
        let verdict = |_: &SendAsk| Verdict::Send {
            channel: String::new(),
            recipient: String::new(),
            contact: None,
        };
        Box::pin(std::future::ready(Ok(asks.iter().map(verdict).collect())))
    }
}
