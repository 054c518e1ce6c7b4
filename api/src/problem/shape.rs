//! What a decoder says of a value of another shape, for people. Programs read its own words.

use operandi_dsl::{
    Sentence,
    phrase::{Phrase, say},
};

/// A decoder's message: the fields and values it names in the reader's language, anything else as it stands.
pub(crate) fn shape(message: &str) -> Sentence {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (name, known) = names.split_first().unwrap_or((&"", &[]));
    let words = if message.starts_with("unknown field") && known.is_empty() {
        say!(
            "no existe el campo `{name}`; acá no va ninguno",
            "{message}",
            "não existe o campo `{name}`; aqui não vai nenhum",
        )
    } else if message.starts_with("unknown field") {
        say!(
            "no existe el campo `{name}`; los que hay: {known}",
            "{message}",
            "não existe o campo `{name}`; os que há: {known}",
        )
    } else if message.starts_with("missing field") {
        say!(
            "falta el campo `{name}`",
            "{message}",
            "falta o campo `{name}`",
        )
    } else if message.starts_with("duplicate field") {
        say!(
            "el campo `{name}` está dos veces",
            "{message}",
            "o campo `{name}` está duas vezes",
        )
    } else if message.starts_with("unknown variant") {
        say!(
            "`{name}` no es un valor posible; los que hay: {known}",
            "{message}",
            "`{name}` não é um valor possível; os que há: {known}",
        )
    } else {
        say!(
            "el valor no sirve: {message}",
            "{message}",
            "o valor não serve: {message}",
        )
    };
    let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    Phrase::new(words)
        .with("message", message)
        .with("name", name)
        .with("known", known.join(", "))
        .into()
}

#[cfg(test)]
mod tests {
    use operandi_dsl::catalog::Lang;

    use super::shape;

    #[test]
    fn people_read_of_fields_in_their_language_and_programs_the_decoder() {
        for (message, es, pt) in [
            (
                "unknown field `nmae`, expected `name` or `data`",
                "no existe el campo `nmae`; los que hay: `name`, `data`",
                "não existe o campo `nmae`; os que há: `name`, `data`",
            ),
            (
                "unknown field `a`, there are no fields",
                "no existe el campo `a`; acá no va ninguno",
                "não existe o campo `a`; aqui não vai nenhum",
            ),
            (
                "missing field `count`",
                "falta el campo `count`",
                "falta o campo `count`",
            ),
            (
                "unknown variant `x`, expected one of `a`, `b`, `c`",
                "`x` no es un valor posible; los que hay: `a`, `b`, `c`",
                "`x` não é um valor possível; os que há: `a`, `b`, `c`",
            ),
            (
                "invalid type: string \"1\", expected u32",
                "el valor no sirve: invalid type: string \"1\", expected u32",
                "o valor não serve: invalid type: string \"1\", expected u32",
            ),
        ] {
            let said = shape(message);
            assert_eq!(said.get(Lang::Es), es);
            assert_eq!(said.get(Lang::En), message);
            assert_eq!(said.get(Lang::Pt), pt);
        }
    }
}
