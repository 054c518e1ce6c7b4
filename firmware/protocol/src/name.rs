//! Ids and names: short ASCII words, kept in place so that a reading needs no heap.

use core::fmt;

use crate::limits::{ID_BYTES_MAX, NAME_BYTES_MAX, VERSION_BYTES_MAX};

/// What is wrong with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameProblem {
    #[error("is empty")]
    Empty,
    #[error("has {bytes} bytes, more than {max}")]
    TooLong { bytes: usize, max: usize },
    #[error("has something other than a-z, A-Z, 0-9, `-`, `_` and `.` at byte {at}")]
    Character { at: usize },
}

/// At most `N` bytes of `a-z A-Z 0-9 - _ .`, at least one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Word<const N: usize> {
    /// Zero after the word's end, so that comparing bytes compares words.
    bytes: [u8; N],
    length: u8,
}

impl<const N: usize> Word<N> {
    pub(crate) fn new(text: &str) -> Result<Self, NameProblem> {
        if text.is_empty() {
            return Err(NameProblem::Empty);
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if let Some(at) = text.bytes().position(|byte| !allowed(byte)) {
            return Err(NameProblem::Character { at });
        }
        let too_long = NameProblem::TooLong {
            bytes: text.len(),
            max: N,
        };
        let mut bytes = [0; N];
        bytes
            .get_mut(..text.len())
            .ok_or(too_long)?
            .copy_from_slice(text.as_bytes());
        let length = u8::try_from(text.len()).map_err(|_| too_long)?;
        Ok(Self { bytes, length })
    }

    pub(crate) fn as_str(&self) -> &str {
        // Only `new` makes one, of ASCII.
        core::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }
}

impl<const N: usize> fmt::Debug for Word<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// Types of their own over [`Word`], each with the field name its errors carry.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident $max:ident $field:literal)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Word<$max>);

        impl $name {
            /// One of `text`.
            ///
            /// # Errors
            /// `Error::Name`: empty, too long, or with a character that names cannot have.
            pub fn new(text: &str) -> Result<Self, crate::Error> {
                Word::new(text)
                    .map(Self)
                    .map_err(|problem| crate::Error::Name { field: $field, problem })
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}

names! {
    /// An organisation, as its topics name it.
    OrgId ID_BYTES_MAX "org"
    /// A device, unique in its organisation.
    DeviceId ID_BYTES_MAX "device"
    /// A command, chosen by the server; a repeated id is the same command.
    CommandId ID_BYTES_MAX "id"
    /// What is measured: `temperature`.
    MetricName NAME_BYTES_MAX "metric"
    /// What can be switched: `valve.1`.
    ActuatorName NAME_BYTES_MAX "actuator"
    /// One setting of a device: `temperature.interval`.
    SettingName NAME_BYTES_MAX "setting"
    /// `1.4.0-rc.2`.
    FirmwareVersion VERSION_BYTES_MAX "firmware"
}

#[cfg(test)]
mod tests {
    use std::string::String;

    use super::*;
    use crate::Error;

    #[test]
    fn names_are_short_ascii_words() {
        let long = "x".repeat(33);
        let cases: &[(&str, Option<NameProblem>)] = &[
            ("temperature", None),
            ("Valve.1_b-2", None),
            (&long[..32], None),
            ("", Some(NameProblem::Empty)),
            (&long, Some(NameProblem::TooLong { bytes: 33, max: 32 })),
            ("a/b", Some(NameProblem::Character { at: 1 })),
            ("a+", Some(NameProblem::Character { at: 1 })),
            ("#", Some(NameProblem::Character { at: 0 })),
            ("año", Some(NameProblem::Character { at: 1 })),
            ("a\0", Some(NameProblem::Character { at: 1 })),
        ];
        for (text, problem) in cases {
            let name = MetricName::new(text);
            match problem {
                None => assert_eq!(name.unwrap().as_str(), *text),
                Some(problem) => assert_eq!(
                    name,
                    Err(Error::Name {
                        field: "metric",
                        problem: *problem
                    })
                ),
            }
        }
    }

    #[test]
    fn a_problem_reads_as_a_sentence() {
        let error = DeviceId::new("a b").unwrap_err();
        let told: String = std::format!("{error}");
        assert_eq!(
            told,
            "`device` has something other than a-z, A-Z, 0-9, `-`, `_` and `.` at byte 1"
        );
    }
}
