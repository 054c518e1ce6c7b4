//! How an event and a wait find each other: one canonical text of type, fields and values, and its hash.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    core::{Wait, match_key},
    store::workflows::Shape,
};

/// What an event and a wait have in common when they match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Finds candidates by index.
    pub(super) hash: i64,
    /// Equal texts are a match; equal hashes may be chance.
    pub(super) text: String,
}

impl Match {
    /// What a wait listens for.
    pub(super) fn of_wait(wait: &Wait) -> Self {
        Self::new(&wait.event, &wait.fields, &wait.key)
    }

    /// What an event offers to waits of one shape; `None` when a field is missing.
    pub(super) fn of_event(kind: &str, shape: &Shape, data: &Value) -> Option<Self> {
        let key = match_key(shape.0.iter().map(String::as_str), data)?;
        Some(Self::new(kind, &shape.0, &key))
    }

    fn new(kind: &str, fields: &[String], key: &str) -> Self {
        let text = format!("{kind}\n{}\n{key}", fields.join(","));
        let text = clean(&text).into_owned();
        Self {
            hash: hash(&text),
            text,
        }
    }
}

/// A stable hash (FNV-1a, mixed): it is stored, so it must be the same in every build.
pub(super) fn hash(text: &str) -> i64 {
    let mut hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash ^= hash >> 33;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 33;
    i64::from_ne_bytes(hash.to_ne_bytes())
}

/// A text without NUL, which PostgreSQL cannot hold.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains('\0') {
        Cow::Owned(text.replace('\0', "\u{fffd}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_hash_is_the_same_in_every_build() {
        assert_eq!(hash(""), -1_388_729_422_223_754_158);
        assert_ne!(hash("a"), hash("b"));
    }

    #[test]
    fn an_event_matches_by_its_fields() {
        let shape = Shape(vec!["cart.id".to_owned(), "kind".to_owned()]);
        let offer = |data| Match::of_event("x", &shape, &data);
        assert_eq!(
            offer(json!({ "cart": { "id": 1 }, "kind": "a" })),
            offer(json!({ "cart": { "id": "1" }, "kind": "a", "z": 0 }))
        );
        assert_eq!(offer(json!({ "kind": "a" })), None);
        assert_eq!(clean("a\0b"), "a\u{fffd}b");
    }
}
