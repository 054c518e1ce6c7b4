//! A measured value: exact in both formats, and short in CBOR.

use minicbor::{
    Decode, Decoder, Encode, Encoder,
    data::{Tag, Type},
    decode, encode,
};
use serde::{Deserialize, Serialize};

use crate::error::Error;

/// The tag of a decimal fraction (RFC 8949, 3.4.4): `[exponent, mantissa]`.
const DECIMAL: Tag = Tag::new(4);
const TENS: [f64; 10] = [1., 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
/// Decimals that are looked for; sensors give no more.
const DECIMALS_WRITTEN_MAX: usize = 6;
/// Beyond it, not every whole number is a float.
const EXACT_MAX: f64 = (1u64 << 53) as f64;

/// A finite number. Zero has no sign.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Value(f64);

impl Value {
    /// # Errors
    /// `Error::Range`: infinite or not a number.
    pub fn new(value: f64) -> Result<Self, Error> {
        if !value.is_finite() {
            return Err(Error::Range { field: "value" });
        }
        // Adding zero turns minus zero into zero.
        Ok(Self(value + 0.0))
    }

    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }

    /// As a whole number, if it is one that floats hold exactly.
    fn whole(self) -> Option<i64> {
        let whole = self.0 as i64;
        (self.0.abs() < EXACT_MAX && whole as f64 == self.0).then_some(whole)
    }

    /// As (decimals, mantissa), if dividing gives back this very float.
    fn decimal(self) -> Option<(i8, i32)> {
        (1..=DECIMALS_WRITTEN_MAX).find_map(|decimals| {
            let scaled = self.0 * TENS[decimals];
            let mantissa = (scaled + 0.5_f64.copysign(scaled)) as i32;
            let exact = f64::from(mantissa) / TENS[decimals] == self.0;
            exact.then_some((decimals as i8, mantissa))
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::new(f64::deserialize(from)?).map_err(serde::de::Error::custom)
    }
}

/// The shortest of: whole number, single float, decimal fraction, double float. All are exact.
impl<C> Encode<C> for Value {
    fn encode<W: encode::Write>(
        &self,
        to: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        if let Some(whole) = self.whole() {
            to.i64(whole)?.ok()
        } else if f64::from(self.0 as f32) == self.0 {
            to.f32(self.0 as f32)?.ok()
        } else if let Some((decimals, mantissa)) = self.decimal() {
            to.tag(DECIMAL)?
                .array(2)?
                .i8(-decimals)?
                .i32(mantissa)?
                .ok()
        } else {
            to.f64(self.0)?.ok()
        }
    }
}

impl<'b, C> Decode<'b, C> for Value {
    fn decode(from: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        let at = from.position();
        let number = match from.datatype()? {
            Type::F16 => from.f16()?.into(),
            Type::F32 => from.f32()?.into(),
            Type::F64 => from.f64()?,
            Type::Tag => decimal(from)?,
            // What is not a number at all is refused by this, too.
            _ => from.i64()? as f64,
        };
        Self::new(number).map_err(|_| decode::Error::message("not a finite number").at(at))
    }
}

fn decimal(from: &mut Decoder<'_>) -> Result<f64, decode::Error> {
    let at = from.position();
    let wrong = || decode::Error::message("not a decimal fraction of at most 9 decimals").at(at);
    if from.tag()? != DECIMAL || from.array()? != Some(2) {
        return Err(wrong());
    }
    let exponent = from.i64()?;
    let ten = usize::try_from(exponent.unsigned_abs())
        .ok()
        .and_then(|tens| TENS.get(tens))
        .ok_or_else(wrong)?;
    let mantissa = from.i64()? as f64;
    Ok(if exponent < 0 {
        mantissa / ten
    } else {
        mantissa * ten
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(value: f64) -> usize {
        let value = Value::new(value).unwrap();
        let bytes = minicbor::to_vec(value).unwrap();
        assert_eq!(decode::<Value>(&bytes).unwrap(), value);
        let json = serde_json::to_vec(&value).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&json).unwrap(), value);
        bytes.len()
    }

    #[test]
    fn usual_values_are_short() {
        let cases: &[(f64, usize)] = &[
            (0.0, 1),
            (-0.0, 1),
            (85.0, 2),
            (-18.5, 5),
            (4.1, 5),
            (21.37, 6),
            (-127.0, 2),
            (1013.25, 5),
            (1013.26, 8),
            (0.1 + 0.2, 9),
            (9_007_199_254_740_992.0, 5),
            (f64::MAX, 9),
            (f64::MIN_POSITIVE, 9),
        ];
        for (value, bytes) in cases {
            assert_eq!(check(*value), *bytes, "{value}");
        }
    }

    /// Other encoders choose otherwise; what they mean is the same.
    #[test]
    fn any_encoding_of_a_number_is_read() {
        let cases: &[(&str, f64)] = &[
            ("f93e00", 1.5),
            ("fa3fc00000", 1.5),
            ("fb3ff8000000000000", 1.5),
            ("c482200f", 1.5),
            ("c4820202", 200.0),
            ("1b0000000000000001", 1.0),
            ("20", -1.0),
            ("f98000", 0.0),
        ];
        for (bytes, value) in cases {
            let read: Value = decode(&hex::decode(bytes).unwrap()).unwrap();
            assert_eq!(read.get().to_bits(), value.to_bits(), "{bytes}");
        }
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        for bytes in [
            "fb7ff0000000000000",
            "fb7ff8000000000000",
            "fa7f800000",
            "f97e00",
            "f4",
            "f6",
            "6131",
            "c48200",
            "c483010203",
            "c482290a01",
            "c4823903e701",
            "c2820001",
        ] {
            let bytes = hex::decode(bytes).unwrap();
            assert!(decode::<Value>(&bytes).is_err(), "{bytes:x?}");
        }
        assert!(serde_json::from_slice::<Value>(b"1e999").is_err());
    }

    proptest! {
        #[test]
        fn any_value_comes_back(value in proptest::num::f64::NORMAL | proptest::num::f64::SUBNORMAL) {
            check(value);
        }

        #[test]
        fn decimals_take_at_most_eight_bytes(mantissa in -2_000_000_000_i32.., decimals in 1_usize..=6) {
            prop_assert!(check(f64::from(mantissa) / TENS[decimals]) <= 8);
        }
    }
}
