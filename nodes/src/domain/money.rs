//! Money as integer minor units of a currency, read exactly from decimal texts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An exact amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Money {
    /// In minor units: cents, or whole pesos where there are none.
    pub amount: i64,
    /// The ISO 4217 code, such as `ARS`.
    pub currency: String,
}

/// Currencies whose minor unit is not a hundredth, with their number of decimals.
const EXPONENTS: [(&str, u32); 27] = [
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
    ("XXX", 0),
];

/// How many decimals a currency has.
#[must_use]
pub fn exponent(currency: &str) -> u32 {
    EXPONENTS
        .iter()
        .find(|(code, _)| *code == currency)
        .map_or(2, |(_, exponent)| *exponent)
}

impl Money {
    /// Reads a decimal text such as `1234.50`. `None` when it is no number, has a part finer than the
    /// currency's minor unit, does not fit, or the currency is no three-letter code.
    #[must_use]
    pub fn parse(text: &str, currency: &str) -> Option<Self> {
        let currency = currency.trim().to_ascii_uppercase();
        if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let text = text.trim();
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty()
            || !whole
                .bytes()
                .chain(fraction.bytes())
                .all(|byte| byte.is_ascii_digit())
        {
            return None;
        }
        let places = exponent(&currency) as usize;
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > places {
            return None;
        }
        let amount: i64 = format!("{whole}{fraction:0<places$}").parse().ok()?;
        Some(Self {
            amount: if negative { -amount } else { amount },
            currency,
        })
    }

    /// The amount in whole units, for conditions and display; exact up to 15 digits.
    #[must_use]
    pub fn units(&self) -> f64 {
        let text = self.to_string();
        text.parse().unwrap_or_default()
    }
}

impl std::fmt::Display for Money {
    /// The decimal text, without the currency.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scale = 10_u64.pow(exponent(&self.currency));
        let (sign, size) = (
            if self.amount < 0 { "-" } else { "" },
            self.amount.unsigned_abs(),
        );
        match exponent(&self.currency) as usize {
            0 => write!(f, "{sign}{size}"),
            places => write!(f, "{sign}{}.{:0places$}", size / scale, size % scale),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_read_exactly() {
        for (text, currency, amount) in [
            ("0", "ARS", Some(0)),
            ("1234.50", "ARS", Some(123_450)),
            ("1234.5", "ars", Some(123_450)),
            ("0.1", "USD", Some(10)),
            ("0.29", "USD", Some(29)),
            ("-5.00", "BRL", Some(-500)),
            ("19990", "CLP", Some(19990)),
            ("19990.00", "CLP", Some(19990)),
            ("1.234", "KWD", Some(1234)),
            ("92233720368547758.07", "USD", Some(i64::MAX)),
            ("19990.50", "CLP", None),
            ("1.005", "USD", None),
            ("92233720368547758.08", "USD", None),
            ("", "USD", None),
            (".5", "USD", None),
            ("1,5", "USD", None),
            ("1e3", "USD", None),
            ("NaN", "USD", None),
            ("--1", "USD", None),
            ("1", "US", None),
            ("1", "U$D", None),
        ] {
            assert_eq!(
                Money::parse(text, currency).map(|money| money.amount),
                amount,
                "{text} {currency}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(amount: i64, currency in "ARS|CLP|KWD|CLF") {
            let money = Money { amount, currency };
            prop_assume!(amount != i64::MIN);
            prop_assert_eq!(Money::parse(&money.to_string(), &money.currency), Some(money));
        }
    }
}
