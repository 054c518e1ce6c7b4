//! What the worker says of effects that came to nothing by its own doing.

use std::{fmt, time::Duration};

use operandi_dsl::{
    Sentence,
    catalog::Words,
    phrase::{Phrase, say},
    time::format_span,
};

pub(super) const BUSY_LANE: Words = say!(
    "ya va otro en camino para la misma persona",
    "another one to the same person is on its way",
    "já há outro a caminho para a mesma pessoa",
);

pub(super) fn no_node(kind: &str) -> Sentence {
    let words = say!(
        "esta versión del programa no tiene {kind}",
        "this version of the program has no {kind}",
        "esta versão do programa não tem {kind}",
    );
    Phrase::new(words).with("kind", kind).into()
}

pub(super) fn panicked(words: &str) -> Sentence {
    let what = say!(
        "la acción se detuvo por un error del programa: {words}",
        "the action broke down by a fault of the program: {words}",
        "a ação parou por um erro do programa: {words}",
    );
    Phrase::new(what).with("words", words).into()
}

pub(super) fn no_answer(within: Duration) -> Sentence {
    let words = say!(
        "sin respuesta en {span}",
        "no answer within {span}",
        "sem resposta em {span}",
    );
    Phrase::new(words).with("span", format_span(within)).into()
}

pub(super) fn not_stored(error: &impl fmt::Display) -> Sentence {
    let words = say!(
        "su resultado no se pudo guardar: {error}",
        "its result could not be stored: {error}",
        "o seu resultado não pôde ser guardado: {error}",
    );
    Phrase::new(words).with("error", error).into()
}
