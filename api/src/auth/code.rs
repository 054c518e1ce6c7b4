//! Codes that people type: short, and without characters that look alike.

use rand::{TryRng as _, rngs::SysRng};

use super::token::NoRandomness;

/// What a code is made of: neither 0 and O, nor 1, I and L.
const ALPHABET: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
/// Characters of a code, in two groups.
const LENGTH: usize = 8;
/// Bytes drawn at once: more than enough for a code, with those that are passed over.
const DRAWN: usize = 32;

/// A new code such as `ABCD-2345`, with 39 random bits.
///
/// # Errors
/// When the system has no randomness to give.
pub fn new_code() -> Result<String, NoRandomness> {
    let mut code = String::with_capacity(LENGTH + 1);
    loop {
        let mut drawn = [0_u8; DRAWN];
        SysRng.try_fill_bytes(&mut drawn).map_err(NoRandomness)?;
        for byte in drawn {
            // Each of 32 values is as likely; the one without a letter is passed over.
            let Some(letter) = ALPHABET.get(usize::from(byte & 31)) else {
                continue;
            };
            code.push(char::from(*letter));
            if code.len() == LENGTH + 1 {
                return Ok(code);
            }
            if code.len() == LENGTH / 2 {
                code.push('-');
            }
        }
    }
}

/// A code as it was meant: whatever its case, with or without spaces and the dash; `None` when it cannot
/// be one.
#[must_use]
pub fn meant(text: &str) -> Option<String> {
    let mut code = String::with_capacity(LENGTH + 1);
    for letter in text.chars() {
        if letter == '-' || letter.is_whitespace() {
            continue;
        }
        let letter = letter.to_ascii_uppercase();
        if code.len() > LENGTH || !ALPHABET.iter().any(|known| char::from(*known) == letter) {
            return None;
        }
        code.push(letter);
        if code.len() == LENGTH / 2 {
            code.push('-');
        }
    }
    (code.len() == LENGTH + 1).then_some(code)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ALPHABET, meant, new_code};

    #[test]
    fn codes_differ_and_use_every_character() {
        let codes: HashSet<String> = (0..400).map(|_| new_code().unwrap()).collect();
        assert_eq!(codes.len(), 400);
        let used: HashSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
        assert_eq!(used.len(), ALPHABET.len() + 1, "all of them, and the dash");
        for code in &codes {
            assert_eq!(meant(code).as_ref(), Some(code));
        }
    }

    #[test]
    fn a_code_is_understood_however_it_is_typed() {
        for (text, want) in [
            ("ABCD-2345", Some("ABCD-2345")),
            (" abcd 2345 ", Some("ABCD-2345")),
            ("abcd2345", Some("ABCD-2345")),
            ("A-B-C-D-2-3-4-5", Some("ABCD-2345")),
            ("ABCD-234", None),
            ("ABCD-23456", None),
            ("ABCD-O345", None),
            ("ÁBCD-2345", None),
            ("", None),
        ] {
            assert_eq!(meant(text).as_deref(), want, "{text}");
        }
    }
}
