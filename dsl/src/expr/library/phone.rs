//! Phone numbers in one canonical form, so that one person is one contact however a shop, a form or
//! a chat writes the number.
//!
//! Argentine numbers carry the 9 (`+549…`), Mexican ones no 1 (`+52…`), Brazilian mobile ones the
//! ninth digit. It says nothing of whether a number is in use.

/// Digits of an international number, country code included (E.164).
const DIGITS_MAX: usize = 15;
const DIGITS_MIN: usize = 8;
/// Letters of what may be a phone number at all.
const TEXT_MAX: usize = 64;

/// A country and its calling code. Codes are tried in this order; none begins another here.
const CODES: [(&str, &str); 13] = [
    ("AR", "54"),
    ("BO", "591"),
    ("BR", "55"),
    ("CL", "56"),
    ("CO", "57"),
    ("EC", "593"),
    ("ES", "34"),
    ("MX", "52"),
    ("PE", "51"),
    ("PY", "595"),
    ("US", "1"),
    ("UY", "598"),
    // Canada and others share the plan of the United States.
    ("CA", "1"),
];

/// Argentine area codes of three digits; Buenos Aires is `11` and all others have four.
const AR_AREAS: [&str; 38] = [
    "220", "221", "223", "230", "236", "237", "249", "260", "261", "263", "264", "266", "280",
    "291", "294", "297", "298", "299", "336", "341", "342", "343", "345", "348", "351", "353",
    "358", "362", "364", "370", "376", "379", "380", "381", "383", "385", "387", "388",
];

/// The one E.164 form of a phone number, such as `+5491155551234`; `None` when it is none.
///
/// `default_country` (two letters) is used for numbers written the national way. A number without
/// `+` that fits the national way is national; else it is read as international.
#[must_use]
pub fn normalize(text: &str, default_country: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut digits = String::new();
    let mut plus = false;
    for letter in text.chars() {
        match letter {
            '0'..='9' => digits.push(letter),
            '+' if digits.is_empty() && !plus => plus = true,
            ' ' | '\u{a0}' | '-' | '\u{2010}'..='\u{2014}' | '.' | '/' | '(' | ')' => {}
            _ => return None,
        }
    }
    if plus {
        return international(&digits);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return international(rest);
    }
    let country = default_country.trim().to_uppercase();
    CODES
        .iter()
        .find(|(name, _)| *name == country)
        .and_then(|(name, code)| Some(format!("+{code}{}", national(name, &digits, false)?)))
        .or_else(|| known(&digits).flatten())
}

/// A number with its country code; an unknown country's is taken as it stands.
fn international(digits: &str) -> Option<String> {
    known(digits).unwrap_or_else(|| {
        let fits = (DIGITS_MIN..=DIGITS_MAX).contains(&digits.len()) && !digits.starts_with('0');
        fits.then(|| format!("+{digits}"))
    })
}

/// `None` when the country is not one of ours; `Some(None)` when the number is none of that country.
fn known(digits: &str) -> Option<Option<String>> {
    let (name, code) = CODES.iter().find(|(_, code)| digits.starts_with(code))?;
    let rest = digits.strip_prefix(code)?;
    Some(national(name, rest, true).map(|number| format!("+{code}{number}")))
}

/// What follows the country code in the canonical form.
fn national(country: &str, digits: &str, international: bool) -> Option<String> {
    // The trunk zero of national dialling; some write it after the country code, too.
    let rest = digits.strip_prefix('0').unwrap_or(digits);
    match country {
        "AR" => argentina(rest),
        "MX" => mexico(digits, international),
        "BR" => brazil(rest, rest.len() < digits.len()),
        "CL" => match (rest.len(), rest.as_bytes().first()?) {
            (9, b'2'..=b'9') => Some(rest.to_owned()),
            // Mobile numbers before 2017.
            (8, b'5'..=b'9') => Some(format!("9{rest}")),
            _ => None,
        },
        "UY" => plain(rest, &[8], "249"),
        "PY" => plain(rest, &[8, 9], "23456789"),
        "PE" => match rest.as_bytes().first()? {
            b'9' => plain(rest, &[9], "9"),
            _ => plain(rest, &[8], "145678"),
        },
        "CO" => plain(rest, &[10], "36"),
        "BO" => plain(rest, &[8], "23467"),
        "EC" => match rest.as_bytes().first()? {
            b'9' => plain(rest, &[9], "9"),
            _ => plain(rest, &[8], "234567"),
        },
        "ES" => plain(digits, &[9], "6789"),
        "US" | "CA" => {
            let rest = if international {
                digits
            } else {
                digits
                    .strip_prefix('1')
                    .filter(|rest| rest.len() == 10)
                    .unwrap_or(digits)
            };
            let exchange = rest.as_bytes().get(3)?;
            plain(rest, &[10], "23456789").filter(|_| (b'2'..=b'9').contains(exchange))
        }
        _ => None,
    }
}

/// A number of one of these lengths that begins with one of these digits.
fn plain(digits: &str, lengths: &[usize], first: &str) -> Option<String> {
    let fits = lengths.contains(&digits.len())
        && digits
            .chars()
            .next()
            .is_some_and(|digit| first.contains(digit));
    fits.then(|| digits.to_owned())
}

/// Ten digits, area code and subscriber, behind a 9. Locally a mobile number has `15` after the
/// area code instead of the 9 before it.
fn argentina(digits: &str) -> Option<String> {
    let digits = match digits.strip_prefix('9') {
        // The 9, and the zero of the area code behind it.
        Some(rest) if rest.len() >= 10 => rest.strip_prefix('0').unwrap_or(rest),
        _ => digits,
    };
    let number = match digits.len() {
        // Without an area code only Buenos Aires has eight digits after the 15.
        10 if digits.starts_with("15") => format!("11{}", &digits[2..]),
        10 => digits.to_owned(),
        12 => {
            let area = area_length(digits);
            let at = [area, 2, 3, 4]
                .into_iter()
                .find(|at| digits.get(*at..*at + 2) == Some("15"))?;
            format!("{}{}", &digits[..at], &digits[at + 2..])
        }
        _ => return None,
    };
    let fits = number.starts_with("11") || number.starts_with('2') || number.starts_with('3');
    fits.then(|| format!("9{number}"))
}

fn area_length(digits: &str) -> usize {
    if digits.starts_with("11") {
        2
    } else if AR_AREAS.iter().any(|area| digits.starts_with(area)) {
        3
    } else {
        4
    }
}

/// Ten digits. Old forms put a 1 behind the country code, or `01`, `044`, `045` before the number.
fn mexico(digits: &str, international: bool) -> Option<String> {
    let rest = ["044", "045", "01"]
        .iter()
        .find_map(|prefix| digits.strip_prefix(prefix).filter(|rest| rest.len() == 10))
        .or_else(|| {
            digits
                .strip_prefix('1')
                .filter(|rest| international && rest.len() == 10)
        })
        .unwrap_or(digits);
    plain(rest, &[10], "23456789")
}

/// Area code and subscriber; mobile subscribers have nine digits, the first a 9, which numbers
/// written before 2016 lack.
fn brazil(digits: &str, trunk: bool) -> Option<String> {
    // Behind the trunk zero may stand the two digits of a carrier.
    let digits = if trunk && matches!(digits.len(), 12 | 13) {
        digits.get(2..)?
    } else {
        digits
    };
    let area = digits.get(..2)?;
    if area.contains('0') {
        return None;
    }
    let subscriber = digits.get(2..)?;
    match (subscriber.len(), subscriber.as_bytes().first()?) {
        (9, b'9') => Some(digits.to_owned()),
        (8, b'6'..=b'9') => Some(format!("{area}9{subscriber}")),
        (8, b'2'..=b'5') => Some(digits.to_owned()),
        _ => None,
    }
}
