//! What is wrong with a rule, and what to do about it.

use operandi_dsl::{
    Sentence,
    catalog::Words,
    phrase::{Phrase, say},
};

/// One thing wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {says}")]
pub struct RuleFault {
    /// Where it stands in the rule, such as `clear` or `count.over`.
    pub field: &'static str,
    /// What is wrong and what to do, for people.
    pub says: Sentence,
}

impl RuleFault {
    pub(super) fn new(field: &'static str, words: Words) -> Self {
        Self::of(field, Phrase::new(words))
    }

    pub(super) fn of(field: &'static str, says: impl Into<Sentence>) -> Self {
        Self {
            field,
            says: says.into(),
        }
    }
}

pub(super) const NO_METRIC: Words = say!(
    "falta la métrica; escribí su nombre, como `temperature`",
    "there is no metric; write its name, such as `temperature`",
    "falta a métrica; escreva o nome dela, como `temperature`",
);
pub(super) const NO_INTERVAL: Words = say!(
    "se esperan lecturas sin pausa entre ellas; poné en el perfil del dispositivo un intervalo de `1ms` o más, o que la métrica avisa sus cambios",
    "readings are expected with no time between them; set an interval of `1ms` or more in the device's profile, or that the metric tells its changes",
    "esperam-se leituras sem pausa entre elas; defina no perfil do dispositivo um intervalo de `1ms` ou mais, ou que a métrica avisa as mudanças",
);
pub(super) const NO_BOUND: Words = say!(
    "no dice qué está mal; escribí uno de `above`, `below`, `outside`, `between` o `silence`",
    "nothing says what is wrong; write one of `above`, `below`, `outside`, `between` or `silence`",
    "nada diz o que está errado; escreva um de `above`, `below`, `outside`, `between` ou `silence`",
);
pub(super) const TWO_BOUNDS: Words = say!(
    "hay más de uno de `above`, `below`, `outside`, `between` y `silence`; dejá uno y hacé otra regla para el otro",
    "there is more than one of `above`, `below`, `outside`, `between` and `silence`; keep one and make another rule of the other",
    "há mais de um de `above`, `below`, `outside`, `between` e `silence`; deixe um e faça outra regra para o outro",
);
pub(super) const TWO_MEASURES: Words = say!(
    "hay más de uno de `rate`, `count`, `average`, `min`, `max`, `delta` y `exposure`; dejá uno",
    "there is more than one of `rate`, `count`, `average`, `min`, `max`, `delta` and `exposure`; keep one",
    "há mais de um de `rate`, `count`, `average`, `min`, `max`, `delta` e `exposure`; deixe um",
);
pub(super) const NOT_WITH_SILENCE: Words = say!(
    "no va con `silence`, que no compara valores; quitalo",
    "it does not go with `silence`, which compares no values; leave it out",
    "não vai com `silence`, que não compara valores; retire-o",
);
pub(super) const NO_NUMBER: Words = say!(
    "no es un número que un sensor pueda dar; escribí uno hasta {most}",
    "it is not a number that a sensor can give; write one up to {most}",
    "não é um número que um sensor possa dar; escreva um até {most}",
);
pub(super) const UPSIDE_DOWN: Words = say!(
    "`low` no es menor que `high`; escribí primero el nivel más bajo",
    "`low` is not less than `high`; write the lower level first",
    "`low` não é menor que `high`; escreva primeiro o nível mais baixo",
);
pub(super) const CLEAR_ABOVE: Words = say!(
    "{clear} es mayor que el límite {limit}, así que se apagaría estando mal; escribí {limit} o menos",
    "{clear} is greater than the limit {limit}, so it would clear while it is wrong; write {limit} or less",
    "{clear} é maior que o limite {limit}, então se apagaria estando errado; escreva {limit} ou menos",
);
pub(super) const CLEAR_BELOW: Words = say!(
    "{clear} es menor que el límite {limit}, así que se apagaría estando mal; escribí {limit} o más",
    "{clear} is less than the limit {limit}, so it would clear while it is wrong; write {limit} or more",
    "{clear} é menor que o limite {limit}, então se apagaria estando errado; escreva {limit} ou mais",
);
pub(super) const CLEAR_OUTSIDE: Words = say!(
    "pasa de los límites, así que se apagaría estando mal; escribí dos niveles entre {low} y {high}",
    "it reaches beyond the limits, so it would clear while it is wrong; write two levels between {low} and {high}",
    "passa dos limites, então se apagaria estando errado; escreva dois níveis entre {low} e {high}",
);
pub(super) const CLEAR_BETWEEN: Words = say!(
    "queda dentro de los límites, así que se apagaría estando mal; escribí {low} o menos y {high} o más",
    "it lies within the limits, so it would clear while it is wrong; write {low} or less and {high} or more",
    "fica dentro dos limites, então se apagaria estando errado; escreva {low} ou menos e {high} ou mais",
);
pub(super) const CLEAR_LEVEL: Words = say!(
    "con `above` y `below` es un solo nivel; escribí un número",
    "with `above` and `below` it is one level; write a number",
    "com `above` e `below` é um só nível; escreva um número",
);
pub(super) const CLEAR_RANGE: Words = say!(
    "con `outside` y `between` son dos niveles; escribí `low` y `high`",
    "with `outside` and `between` it is two levels; write `low` and `high`",
    "com `outside` e `between` são dois níveis; escreva `low` e `high`",
);
pub(super) const ONE_SIDE: Words = say!(
    "hace falta uno de `above` y `below`, y solo uno; escribí el lado que cuenta",
    "it takes one of `above` and `below`, and one only; write the side that counts",
    "é preciso um de `above` e `below`, e só um; escreva o lado que conta",
);
pub(super) const TOO_SHORT: Words = say!(
    "`{text}` es demasiado poco para esta métrica; escribí `{least}` o más",
    "`{text}` is too short for this metric; write `{least}` or more",
    "`{text}` é pouco demais para esta métrica; escreva `{least}` ou mais",
);
pub(super) const TOO_LONG: Words = say!(
    "`{text}` es demasiado; escribí `{most}` o menos",
    "`{text}` is too long; write `{most}` or less",
    "`{text}` é demais; escreva `{most}` ou menos",
);
pub(super) const NO_SHARE: Words = say!(
    "no es una parte de un todo; escribí un número mayor que 0 y hasta 1, como 0.8",
    "it is not a share of a whole; write a number greater than 0 and up to 1, such as 0.8",
    "não é uma parte de um todo; escreva um número maior que 0 e até 1, como 0.8",
);
pub(super) const NOTHING_TO_COVER: Words = say!(
    "no hay un tiempo que observar; agregá `for` o una ventana como `average`, o quitalo",
    "there is no time to observe; add `for` or a window such as `average`, or leave it out",
    "não há um tempo a observar; acrescente `for` ou uma janela como `average`, ou retire-o",
);
pub(super) const EXPOSURE_ABOVE: Words = say!(
    "los minutos de `exposure` solo pueden ser demasiados; escribí `above` con los minutos permitidos",
    "the minutes of `exposure` can only be too many; write `above` with the minutes that are allowed",
    "os minutos de `exposure` só podem ser demais; escreva `above` com os minutos permitidos",
);
pub(super) const EXPOSURE_MINUTES: Words = say!(
    "son minutos de un día; escribí un número de 0 a 1500",
    "these are minutes of a day; write a number from 0 to 1500",
    "são minutos de um dia; escreva um número de 0 a 1500",
);
pub(super) const EXPOSURE_COUNTS: Words = say!(
    "`exposure` ya cuenta tiempo; quitá `for` y escribí los minutos en `above`",
    "`exposure` counts time already; leave `for` out and write the minutes in `above`",
    "`exposure` já conta tempo; retire `for` e escreva os minutos em `above`",
);
pub(super) const NO_CONTACT: Words = say!(
    "un sensor no tiene contacto; escribí `org` o una zona IANA",
    "a sensor has no contact; write `org` or an IANA zone",
    "um sensor não tem contato; escreva `org` ou uma zona IANA",
);
