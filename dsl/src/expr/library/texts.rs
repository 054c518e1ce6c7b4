//! Functions on texts. Each gives a new text.

use rhai::{Array, Dynamic, Engine, INT, ImmutableString};

use super::{Answer, FunctionDoc, Group, phone};
use crate::{
    catalog::Words,
    expr::{
        TEXT_BYTES_MAX,
        budget::{charge, charge_text},
        convert,
    },
    phrase::{Fault, say},
};

const fn doc(
    name: &'static str,
    args: &'static [&'static str],
    example: &'static str,
    gives: &'static str,
    doc: Words,
) -> FunctionDoc {
    FunctionDoc {
        name,
        args,
        group: Group::Text,
        doc,
        example,
        gives,
    }
}

pub(super) const DOCS: &[FunctionDoc] = &[
    doc(
        "upper",
        &["text"],
        r#"upper("ñandú")"#,
        r#""ÑANDÚ""#,
        Words {
            es: "El texto en mayúsculas.",
            en: "The text in capitals.",
            pt: "O texto em maiúsculas.",
        },
    ),
    doc(
        "lower",
        &["text"],
        r#"lower("ÁREA")"#,
        r#""área""#,
        Words {
            es: "El texto en minúsculas.",
            en: "The text in small letters.",
            pt: "O texto em minúsculas.",
        },
    ),
    doc(
        "title",
        &["text"],
        r#"title("MARÍA DE LOS ÁNGELES")"#,
        r#""María de los Ángeles""#,
        Words {
            es: "Cada palabra con mayúscula inicial, como un nombre propio.",
            en: "Each word with a capital, like a person's name.",
            pt: "Cada palavra com maiúscula inicial, como um nome próprio.",
        },
    ),
    doc(
        "first_name",
        &["text"],
        r#"first_name("ANA GARCÍA")"#,
        r#""Ana""#,
        Words {
            es: "El nombre de pila, bien escrito; `()` si no hay nombre.",
            en: "The first name, properly written; `()` when there is none.",
            pt: "O primeiro nome, bem escrito; `()` se não houver nome.",
        },
    ),
    doc(
        "trim",
        &["text"],
        r#"trim("  hola ")"#,
        r#""hola""#,
        Words {
            es: "El texto sin espacios al principio ni al final.",
            en: "The text without spaces at its ends.",
            pt: "O texto sem espaços no começo nem no fim.",
        },
    ),
    doc(
        "truncate",
        &["text", "letters"],
        r#"truncate("zapatillas rojas", 11)"#,
        r#""zapatillas…""#,
        Words {
            es: "Como mucho tantas letras; si se corta, termina en `…`.",
            en: "At most so many letters; when cut, it ends in `…`.",
            pt: "No máximo tantas letras; se cortado, termina em `…`.",
        },
    ),
    doc(
        "slug",
        &["text"],
        r#"slug("Año Nuevo: 50% off!")"#,
        r#""ano-nuevo-50-off""#,
        Words {
            es: "El texto como parte de una dirección web.",
            en: "The text as a part of a web address.",
            pt: "O texto como parte de um endereço web.",
        },
    ),
    doc(
        "replace",
        &["text", "part", "with"],
        r#"replace("a-b-c", "-", "+")"#,
        r#""a+b+c""#,
        Words {
            es: "El texto con cada aparición de una parte cambiada por otra.",
            en: "The text with each occurrence of a part replaced.",
            pt: "O texto com cada ocorrência de uma parte trocada por outra.",
        },
    ),
    doc(
        "split",
        &["text", "by"],
        r#"split("a,b", ",")"#,
        r#"["a","b"]"#,
        Words {
            es: "Las partes de un texto entre los separadores.",
            en: "The parts of a text between the separators.",
            pt: "As partes de um texto entre os separadores.",
        },
    ),
    doc(
        "starts_with",
        &["text", "part"],
        r#""hola".starts_with("ho")"#,
        "true",
        Words {
            es: "Si el texto empieza así.",
            en: "Whether the text begins so.",
            pt: "Se o texto começa assim.",
        },
    ),
    doc(
        "ends_with",
        &["text", "part"],
        r#""hola".ends_with("la")"#,
        "true",
        Words {
            es: "Si el texto termina así.",
            en: "Whether the text ends so.",
            pt: "Se o texto termina assim.",
        },
    ),
    doc(
        "sub_string",
        &["text", "start", "length?"],
        r#""hola".sub_string(1, 2)"#,
        r#""ol""#,
        Words {
            es: "Una parte del texto, contando desde 0.",
            en: "A part of the text, counted from 0.",
            pt: "Uma parte do texto, contando desde 0.",
        },
    ),
    doc(
        "digits",
        &["text"],
        r#"digits("30.111-222")"#,
        r#""30111222""#,
        Words {
            es: "Solo las cifras del texto.",
            en: "Only the digits of the text.",
            pt: "Só os algarismos do texto.",
        },
    ),
    doc(
        "plural",
        &["count", "one", "many"],
        r#"plural(2, "producto", "productos")"#,
        r#""2 productos""#,
        Words {
            es: "La cantidad con su palabra en singular o plural.",
            en: "The count with its word in singular or plural.",
            pt: "A quantidade com sua palavra no singular ou plural.",
        },
    ),
    doc(
        "url_encode",
        &["text"],
        r#"url_encode("hola, ¿qué tal?")"#,
        r#""hola%2C%20%C2%BFqu%C3%A9%20tal%3F""#,
        Words {
            es: "El texto escrito para una dirección web.",
            en: "The text written for a web address.",
            pt: "O texto escrito para um endereço web.",
        },
    ),
    doc(
        "phone_e164",
        &["text", "country"],
        r#"phone_e164("011 15-5555-1234", "AR")"#,
        r#""+5491155551234""#,
        Words {
            es: "El teléfono en su única forma internacional; `()` si no es un teléfono.",
            en: "The phone number in its one international form; `()` when it is none.",
            pt: "O telefone em sua única forma internacional; `()` se não for um telefone.",
        },
    ),
];

pub(super) fn register(engine: &mut Engine) {
    for name in ["upper", "to_upper"] {
        engine.register_fn(name, |text: &str| -> Answer<String> {
            charge_text(text.len())?;
            Ok(text.to_uppercase())
        });
    }
    for name in ["lower", "to_lower"] {
        engine.register_fn(name, |text: &str| -> Answer<String> {
            charge_text(text.len())?;
            Ok(text.to_lowercase())
        });
    }
    engine.register_fn("title", |text: &str| -> Answer<String> {
        charge_text(text.len())?;
        Ok(title(text))
    });
    engine.register_fn("first_name", first_name);
    engine.register_fn("first_name", |_: ()| ());
    engine.register_fn("trim", |text: &str| -> String { text.trim().to_owned() });
    engine.register_fn("truncate", |text: &str, letters: INT| {
        truncate(text, letters)
    });
    engine.register_fn("slug", |text: &str| -> Answer<String> {
        charge_text(text.len())?;
        Ok(slug(text))
    });
    engine.register_fn("contains", |text: &str, part: &str| -> Answer<bool> {
        charge_text(text.len())?;
        Ok(text.contains(part))
    });
    engine.register_fn("replace", replace);
    engine.register_fn("split", |text: &str, by: &str| -> Answer<Array> {
        charge_text(text.len())?;
        let of = |part: &str| Dynamic::from(ImmutableString::from(part));
        // An empty separator means each letter.
        if by.is_empty() {
            return Ok(text
                .chars()
                .map(|letter| of(letter.encode_utf8(&mut [0; 4])))
                .collect());
        }
        Ok(text.split(by).map(of).collect())
    });
    engine.register_fn("digits", |text: &str| -> String {
        text.chars().filter(char::is_ascii_digit).collect()
    });
    engine.register_fn("plural", |count: INT, one: &str, many: &str| -> String {
        format!(
            "{count} {}",
            if count.unsigned_abs() == 1 { one } else { many }
        )
    });
    engine.register_fn("url_encode", |value: Dynamic| -> Answer<String> {
        let text = convert::to_text(&value)?;
        charge(text.len())?;
        Ok(url_encode(&text))
    });
    engine.register_fn("phone_e164", |text: &str, country: &str| -> Dynamic {
        phone::normalize(text, country).map_or(Dynamic::UNIT, Dynamic::from)
    });
    engine.register_fn("phone_e164", |_: (), _: &str| ());
}

/// Small words inside names keep small letters.
const PARTICLES: [&str; 11] = [
    "de", "del", "la", "las", "los", "y", "e", "da", "do", "dos", "das",
];

fn title(text: &str) -> String {
    let mut words = Vec::new();
    for (index, word) in text.split(' ').enumerate() {
        let lower = word.to_lowercase();
        if index > 0 && PARTICLES.contains(&lower.as_str()) {
            words.push(lower);
        } else {
            words.push(lower.split('-').map(capital).collect::<Vec<_>>().join("-"));
        }
    }
    words.join(" ")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn first_name(text: &str) -> Dynamic {
    // Shops often hold `GARCÍA, ANA`.
    let given = text.split_once(',').map_or(text, |(_, given)| given);
    let name = given
        .split_whitespace()
        .find(|word| word.chars().any(char::is_alphabetic));
    name.map_or(Dynamic::UNIT, |name| Dynamic::from(title(name)))
}

fn truncate(text: &str, letters: INT) -> Answer<String> {
    charge_text(text.len())?;
    let letters = usize::try_from(letters).unwrap_or(0);
    if text.chars().nth(letters).is_none() {
        return Ok(text.to_owned());
    }
    let Some(kept) = letters.checked_sub(1) else {
        return Ok(String::new());
    };
    let cut: String = text.chars().take(kept).collect();
    Ok(format!("{}…", cut.trim_end()))
}

fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        let plain = match letter {
            'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'í' | 'ì' | 'î' | 'ï' => 'i',
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
            'ú' | 'ù' | 'û' | 'ü' => 'u',
            'ñ' => 'n',
            'ç' => 'c',
            other => other,
        };
        if plain.is_ascii_alphanumeric() {
            slug.push(plain);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn replace(text: &str, part: &str, with: &str) -> Answer<String> {
    charge_text(text.len())?;
    if part.is_empty() {
        return Ok(text.to_owned());
    }
    let grown = text
        .matches(part)
        .count()
        .saturating_mul(with.len())
        .saturating_add(text.len());
    if grown > TEXT_BYTES_MAX {
        return Err(Fault::new(
            say!(
                "replace haría un texto demasiado grande",
                "replace would make this text too large",
                "replace faria um texto grande demais",
            ),
            say!("acortalo antes", "shorten it first", "encurte-o antes",),
        )
        .into());
    }
    Ok(text.replace(part, with))
}

fn url_encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
