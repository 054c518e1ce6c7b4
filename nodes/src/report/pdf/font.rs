//! The two fonts that every reader of PDF has, in Windows' western letters: how wide a text is, and where it
//! breaks.

use pdf_writer::Name;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Font {
    Plain,
    Bold,
}

/// What letters are shown as that these fonts do not have.
const UNKNOWN: u8 = b'?';
/// Letters from 0x80 on that are not those of Latin-1; the places that have none are blank.
const WESTERN: [char; 32] = [
    '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
];
/// The first letter whose width is known.
const FIRST: u8 = b' ';

impl Font {
    pub(super) const ALL: [Self; 2] = [Self::Plain, Self::Bold];

    /// What pages call it.
    pub(super) const fn name(self) -> Name<'static> {
        match self {
            Self::Plain => Name(b"P"),
            Self::Bold => Name(b"B"),
        }
    }

    /// What readers of PDF call it.
    pub(super) const fn base(self) -> Name<'static> {
        match self {
            Self::Plain => Name(b"Helvetica"),
            Self::Bold => Name(b"Helvetica-Bold"),
        }
    }

    /// How wide a text is at a size.
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        let widths = match self {
            Self::Plain => &PLAIN,
            Self::Bold => &BOLD,
        };
        let width = |byte: u8| {
            let place = byte.saturating_sub(FIRST);
            f32::from(widths[usize::from(place)])
        };
        encode(text).into_iter().map(width).sum::<f32>() * size / 1_000.0
    }

    /// A text in lines that are no wider than this; a word that is wider is broken.
    pub(super) fn wrap(self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let last = lines.len() - 1;
            let gap = if lines[last].is_empty() { "" } else { " " };
            let longer = format!("{}{gap}{word}", lines[last]);
            if self.width(&longer, size) <= width {
                lines[last] = longer;
                continue;
            }
            if !lines[last].is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let last = lines.len() - 1;
                let longer = format!("{}{letter}", lines[last]);
                if self.width(&longer, size) <= width || lines[last].is_empty() {
                    lines[last] = longer;
                } else {
                    lines.push(letter.to_string());
                }
            }
        }
        lines
    }
}

/// A text in the letters of the fonts.
pub(super) fn encode(text: &str) -> Vec<u8> {
    text.chars().map(letter).collect()
}

fn letter(letter: char) -> u8 {
    let code = u32::from(letter);
    match code {
        0x20..=0x7e | 0xa0..=0xff => u8::try_from(code).unwrap_or(UNKNOWN),
        _ => WESTERN
            .iter()
            .position(|western| *western == letter)
            .and_then(|place| u8::try_from(place).ok())
            .map_or(UNKNOWN, |place| 0x80 + place),
    }
}

/// Widths in thousandths of the size, from the space on, as the fonts' own tables have them.
#[rustfmt::skip]
const PLAIN: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];
#[rustfmt::skip]
const BOLD: [u16; 224] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 350,
    556, 350, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
];

#[cfg(test)]
mod tests {
    use super::{Font, encode};

    #[test]
    fn letters_of_our_languages_are_there() {
        for (text, bytes) in [
            (
                "ñÑáéíóú¿¡°",
                b"\xf1\xd1\xe1\xe9\xed\xf3\xfa\xbf\xa1\xb0".as_slice(),
            ),
            ("ãõçÇâêôà", b"\xe3\xf5\xe7\xc7\xe2\xea\xf4\xe0"),
            ("€“”–", b"\x80\x93\x94\x96"),
            ("a\u{1f9ca}\n", b"a??"),
        ] {
            assert_eq!(encode(text), bytes, "{text}");
        }
    }

    #[test]
    fn lines_are_no_wider_than_they_may_be() {
        assert_eq!(Font::Plain.width("Wi", 10.0), 11.66);
        assert_eq!(Font::Bold.width("ñ", 10.0), 6.11);
        let text = "La heladera estuvo abierta mientras se cargaba mercadería recién llegada";
        let lines = Font::Plain.wrap(text, 9.0, 100.0);
        assert!(lines.len() > 2, "{lines:?}");
        assert_eq!(lines.join(" "), text);
        let long = "x".repeat(60);
        let broken = Font::Bold.wrap(&format!("a {long} b"), 9.0, 100.0);
        assert_eq!(broken.concat().replace(' ', ""), format!("a{long}b"));
        for line in lines.iter().chain(&broken) {
            assert!(Font::Bold.width(line, 9.0) <= 110.0, "{line}");
        }
        assert_eq!(Font::Plain.wrap("", 9.0, 100.0), [""]);
    }
}
