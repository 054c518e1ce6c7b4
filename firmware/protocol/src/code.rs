//! Closed sets of words: a word in JSON, a small number in CBOR.

use core::fmt;

use serde::de::{Deserializer, Visitor};

/// An enum whose variants have a number and a word. What a newer peer says and this side does not
/// know reads as the variant after `else`.
macro_rules! codes {
    (
        $(#[$doc:meta])*
        $vis:vis $name:ident {
            $($(#[$about:meta])* $variant:ident = $code:literal $word:literal,)*
        } else $other:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $vis enum $name { $($(#[$about])* $variant,)* }

        impl $name {
            $vis const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// In CBOR.
            #[must_use]
            $vis const fn code(self) -> u8 {
                match self { $(Self::$variant => $code,)* }
            }

            /// In JSON.
            #[must_use]
            $vis const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The one with this code.
            #[must_use]
            $vis fn of_code(code: u64) -> Self {
                Self::of(|known| u64::from(known.code()) == code)
            }

            /// The one with this word.
            #[must_use]
            $vis fn of_word(word: &str) -> Self {
                Self::of(|known| known.word() == word)
            }

            fn of(is: impl Fn(&Self) -> bool) -> Self {
                Self::ALL.iter().copied().find(is).unwrap_or(Self::$other)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                crate::code::read_word(from, Self::of_word)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                to: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                to.u8(self.code())?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                from: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                from.u64().map(Self::of_code)
            }
        }
    };
}

/// Reads a text and makes something of it, without keeping the text.
pub(crate) fn read_word<'de, D: Deserializer<'de>, T>(
    from: D,
    make: fn(&str) -> T,
) -> Result<T, D::Error> {
    struct Reader<T>(fn(&str) -> T);

    impl<T> Visitor<'_> for Reader<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a word")
        }

        fn visit_str<E>(self, word: &str) -> Result<T, E> {
            Ok((self.0)(word))
        }
    }

    from.deserialize_str(Reader(make))
}
