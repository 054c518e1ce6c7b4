//! Words that sentences about problems are filled with.

use serde_json::Value;

use crate::catalog::Words;

pub(crate) const A_MAP: Words = Words {
    es: "un grupo de campos",
    en: "a group of fields",
    pt: "um grupo de campos",
};
pub(crate) const A_LIST: Words = Words {
    es: "una lista",
    en: "a list",
    pt: "uma lista",
};
pub(crate) const A_TEXT: Words = Words {
    es: "un texto",
    en: "a text",
    pt: "um texto",
};
pub(crate) const A_WHOLE_NUMBER: Words = Words {
    es: "un número entero",
    en: "a whole number",
    pt: "um número inteiro",
};
pub(crate) const A_NUMBER: Words = Words {
    es: "un número",
    en: "a number",
    pt: "um número",
};
pub(crate) const TRUE_OR_FALSE: Words = Words {
    es: "verdadero o falso (`true`, `false`)",
    en: "true or false",
    pt: "verdadeiro ou falso (`true`, `false`)",
};
pub(crate) const NOTHING: Words = Words {
    es: "nada",
    en: "nothing",
    pt: "nada",
};
pub(crate) const A_VALUE: Words = Words {
    es: "un valor",
    en: "a value",
    pt: "um valor",
};
pub(crate) const A_STEP: Words = Words {
    es: "un paso",
    en: "a step",
    pt: "um passo",
};
pub(crate) const A_DURATION: Words = Words {
    es: "una duración como `1h30m`",
    en: "a duration such as `1h30m`",
    pt: "uma duração como `1h30m`",
};
pub(crate) const A_TIME: Words = Words {
    es: "una hora como `09:00`",
    en: "a time such as `09:00`",
    pt: "uma hora como `09:00`",
};
pub(crate) const A_PHONE: Words = Words {
    es: "un teléfono como `+5491122334455`",
    en: "a phone such as `+5491122334455`",
    pt: "um telefone como `+5511987654321`",
};
pub(crate) const AN_EMAIL: Words = Words {
    es: "una dirección de correo",
    en: "an email address",
    pt: "um endereço de e-mail",
};
pub(crate) const AN_AMOUNT: Words = Words {
    es: "un monto como `{ amount: 150000, currency: ARS }`, en centavos",
    en: "an amount such as `{ amount: 150000, currency: ARS }`, in minor units",
    pt: "um valor como `{ amount: 150000, currency: BRL }`, em centavos",
};
pub(crate) const AN_OPTION: Words = Words {
    es: "una de las opciones",
    en: "one of the options",
    pt: "uma das opções",
};
pub(crate) const IN_RANGE: Words = Words {
    es: "un número entre `min` y `max`",
    en: "a number between `min` and `max`",
    pt: "um número entre `min` e `max`",
};
pub(crate) const NO_DEFAULT: Words = Words {
    es: "posible: una conexión se elige al instalar",
    en: "possible: a connection is chosen at installation",
    pt: "possível: uma conexão é escolhida na instalação",
};
pub(crate) const NO_CONNECTION: Words = Words {
    es: "de otro tipo",
    en: "of another type",
    pt: "de outro tipo",
};
pub(crate) const AN_ALIAS: Words = Words {
    es: "un alias (`*`)",
    en: "an alias (`*`)",
    pt: "um alias (`*`)",
};
pub(crate) const AN_ANCHOR: Words = Words {
    es: "un ancla (`&`)",
    en: "an anchor (`&`)",
    pt: "uma âncora (`&`)",
};
pub(crate) const A_TAG: Words = Words {
    es: "una etiqueta de YAML (`!`)",
    en: "a YAML tag (`!`)",
    pt: "uma etiqueta de YAML (`!`)",
};
pub(crate) const A_MERGE_KEY: Words = Words {
    es: "una clave de fusión (`<<`)",
    en: "a merge key (`<<`)",
    pt: "uma chave de fusão (`<<`)",
};
pub(crate) const A_SECOND_DOCUMENT: Words = Words {
    es: "un segundo documento (`---`)",
    en: "a second document (`---`)",
    pt: "um segundo documento (`---`)",
};
pub(crate) const A_COMPLEX_KEY: Words = Words {
    es: "una lista o un mapa como clave",
    en: "a list or map as a key",
    pt: "uma lista ou mapa como chave",
};
pub(crate) const A_CONNECTION: Words = Words {
    es: "una conexión",
    en: "a connection",
    pt: "uma conexão",
};

/// What a value is, in words.
pub(crate) fn of_value(value: &Value) -> Words {
    match value {
        Value::Null => NOTHING,
        Value::Bool(_) => TRUE_OR_FALSE,
        Value::Number(_) => A_NUMBER,
        Value::String(_) => A_TEXT,
        Value::Array(_) => A_LIST,
        Value::Object(_) => A_MAP,
    }
}
