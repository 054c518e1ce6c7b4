//! The public keys that a build trusts, as they are given to it: hex digits, several apart by commas.

use alloc::vec::Vec;

/// Keys of a build: the one in use, and the next.
pub const KEYS_MAX: usize = 4;

/// Reads the keys. One that is none makes all of them none: a typing error must not leave fewer keys
/// than were meant.
#[must_use]
pub fn keys(text: &str) -> Option<Vec<[u8; 32]>> {
    let text = text.trim();
    if text.is_empty() {
        return Some(Vec::new());
    }
    let keys: Vec<[u8; 32]> = text.split(',').map(key).collect::<Option<_>>()?;
    (keys.len() <= KEYS_MAX).then_some(keys)
}

fn key(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u32> = text
        .trim()
        .chars()
        .map(|character| character.to_digit(16))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect();
    (digits.len() == 64).then_some(bytes)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_all_or_none() {
        let one = "00ff".repeat(16);
        let key: [u8; 32] = core::array::from_fn(|at| if at % 2 == 0 { 0 } else { 0xff });
        assert_eq!(keys(" "), Some(Vec::new()));
        assert_eq!(keys(&one), Some(Vec::from([key])));
        let two = std::format!("{one}, {}", one.to_uppercase());
        assert_eq!(keys(&two), Some(Vec::from([key, key])));
        for wrong in [
            &one[..62],
            &std::format!("{one},"),
            &std::format!("g{}", &one[1..]),
        ] {
            assert_eq!(keys(wrong), None, "{wrong}");
        }
        assert_eq!(keys(&[&*one; 5].join(",")), None);
    }
}
