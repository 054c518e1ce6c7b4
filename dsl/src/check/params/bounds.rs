//! What a schema asks of a parameter besides its type, in every language.

use jsonschema::{ValidationError, error::ValidationErrorKind};

use crate::{
    catalog::Words,
    phrase::{Phrase, say},
};

/// Why a parameter of the right type will not do, as part of a sentence.
pub(super) fn detail(error: &ValidationError<'_>) -> Phrase {
    let found = error.instance();
    let limit = |words: Words, limit: &dyn ToString| {
        Phrase::new(words)
            .with("found", found)
            .with("limit", limit.to_string())
    };
    match error.kind() {
        ValidationErrorKind::Maximum { limit: max } => limit(AT_MOST, max),
        ValidationErrorKind::Minimum { limit: min } => limit(AT_LEAST, min),
        ValidationErrorKind::ExclusiveMaximum { limit: max } => limit(LESS, max),
        ValidationErrorKind::ExclusiveMinimum { limit: min } => limit(MORE, min),
        ValidationErrorKind::MultipleOf { multiple_of } => limit(MULTIPLE, multiple_of),
        ValidationErrorKind::MinLength { .. } if found.as_str() == Some("") => Phrase::new(EMPTY),
        ValidationErrorKind::MinLength { limit: min } => limit(LONGER, min),
        ValidationErrorKind::MaxLength { limit: max } => limit(SHORTER, max),
        ValidationErrorKind::MinItems { limit: min }
        | ValidationErrorKind::MinProperties { limit: min } => limit(MORE_ITEMS, min),
        ValidationErrorKind::MaxItems { limit: max }
        | ValidationErrorKind::MaxProperties { limit: max } => limit(FEWER_ITEMS, max),
        ValidationErrorKind::UniqueItems => Phrase::new(REPEATED),
        ValidationErrorKind::Constant { expected_value } => limit(EXACTLY, expected_value),
        ValidationErrorKind::Pattern { .. } => limit(PATTERN, &""),
        ValidationErrorKind::Format { format } => limit(FORMAT, format),
        ValidationErrorKind::AnyOf { .. }
        | ValidationErrorKind::OneOfNotValid { .. }
        | ValidationErrorKind::OneOfMultipleValid { .. } => limit(NO_SHAPE, &""),
        other => limit(OTHERWISE, &other.keyword()),
    }
}

const AT_MOST: Words = say!(
    "{found} pasa de {limit}, que es lo máximo",
    "{found} is more than {limit}, which is the most",
    "{found} passa de {limit}, que é o máximo",
);
const AT_LEAST: Words = say!(
    "{found} es menos que {limit}, que es lo mínimo",
    "{found} is less than {limit}, which is the least",
    "{found} é menos que {limit}, que é o mínimo",
);
const LESS: Words = say!(
    "{found} debe ser menor que {limit}",
    "{found} must be less than {limit}",
    "{found} deve ser menor que {limit}",
);
const MORE: Words = say!(
    "{found} debe ser mayor que {limit}",
    "{found} must be more than {limit}",
    "{found} deve ser maior que {limit}",
);
const MULTIPLE: Words = say!(
    "{found} debe ser múltiplo de {limit}",
    "{found} must be a multiple of {limit}",
    "{found} deve ser múltiplo de {limit}",
);
const EMPTY: Words = say!("está vacío", "it is empty", "está vazio");
const LONGER: Words = say!(
    "{found} debe tener al menos {limit} caracteres",
    "{found} must have at least {limit} characters",
    "{found} deve ter pelo menos {limit} caracteres",
);
const SHORTER: Words = say!(
    "tiene más de {limit} caracteres",
    "it has more than {limit} characters",
    "tem mais de {limit} caracteres",
);
const MORE_ITEMS: Words = say!(
    "debe tener al menos {limit} elementos",
    "it must have at least {limit} elements",
    "deve ter pelo menos {limit} elementos",
);
const FEWER_ITEMS: Words = say!(
    "tiene más de {limit} elementos",
    "it has more than {limit} elements",
    "tem mais de {limit} elementos",
);
const REPEATED: Words = say!(
    "un elemento se repite",
    "an element is repeated",
    "um elemento se repete",
);
const EXACTLY: Words = say!(
    "debe ser {limit}, y es {found}",
    "it must be {limit}, and is {found}",
    "deve ser {limit}, e é {found}",
);
const PATTERN: Words = say!(
    "{found} no tiene la forma que se pide",
    "{found} does not have the form that is asked for",
    "{found} não tem a forma que se pede",
);
const FORMAT: Words = say!(
    "{found} no tiene la forma `{limit}`",
    "{found} does not have the form `{limit}`",
    "{found} não tem a forma `{limit}`",
);
const NO_SHAPE: Words = say!(
    "{found} no es ninguna de las formas posibles",
    "{found} is none of the possible forms",
    "{found} não é nenhuma das formas possíveis",
);
const OTHERWISE: Words = say!(
    "{found} no cumple la regla `{limit}`",
    "{found} breaks the rule `{limit}`",
    "{found} não cumpre a regra `{limit}`",
);
