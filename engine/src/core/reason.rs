//! Why something happened to a run or did not, in the engine's own words.

use std::{fmt, time::Duration};

use operandi_dsl::{
    Sentence, StepId,
    catalog::Words,
    expr::{ExprError, kind_of},
    phrase::{Phrase, say},
    time::format_span,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why something happened or did not: a stable word for programs, a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: String,
    pub says: Sentence,
}

impl Reason {
    /// A code with the sentence it is told as.
    pub fn new(code: impl Into<String>, says: impl Into<Sentence>) -> Self {
        Self {
            code: code.into(),
            says: says.into(),
        }
    }

    /// An expression that could not be evaluated.
    #[must_use]
    pub fn expression(error: &ExprError) -> Self {
        Self::new("expression", error.sentence())
    }
}

/// In English, for logs.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.says.fmt(f)
    }
}

/// What a provider says of a message that it took and could not deliver.
pub const DELIVERY_FAILED: &str = "delivery_failed";

/// A value that should have been another.
pub(super) fn wrong_kind(wanted: Words, found: &Value) -> Reason {
    let words = Phrase::new(wanted).with_words("found", &[kind_of(found)]);
    Reason::new("expression", words)
}

pub(super) const NO_MOMENT: Words = say!(
    "`until` necesita un momento, y esto es {found}",
    "`until` needs a moment, and this is {found}",
    "`until` precisa de um momento, e isto é {found}",
);

pub(super) const NO_LIST: Words = say!(
    "`each` necesita una lista, y esto es {found}",
    "`each` needs a list, and this is {found}",
    "`each` precisa de uma lista, e isto é {found}",
);

pub(super) fn disabled() -> Reason {
    let words = say!("está desactivado", "it is disabled", "está desativado");
    Reason::new("disabled", words)
}

pub(super) fn outside_window() -> Reason {
    let words = say!(
        "fuera del horario permitido",
        "outside the allowed window",
        "fora do horário permitido",
    );
    Reason::new("outside_window", words)
}

pub(super) fn window_never_opens() -> Reason {
    let words = say!(
        "este horario no se abre nunca",
        "this window never opens",
        "este horário nunca abre",
    );
    Reason::new("window", words)
}

pub(super) fn endless(steps: usize) -> Reason {
    let words = say!(
        "{steps} pasos sin una espera: el flujo da vueltas en círculo",
        "{steps} steps without a wait: the flow goes in circles",
        "{steps} passos sem uma espera: o fluxo anda em círculos",
    );
    Reason::new("endless", Phrase::new(words).with("steps", steps))
}

pub(super) fn too_many(found: usize, most: usize) -> Reason {
    let words = say!(
        "la lista tiene {found} elementos, y puede tener como mucho {most}",
        "the list has {found} elements; at most {most} are allowed",
        "a lista tem {found} elementos, e pode ter no máximo {most}",
    );
    let words = Phrase::new(words).with("found", found).with("most", most);
    Reason::new("too_many", words)
}

pub(super) fn jumps_spent(limit: u32) -> Reason {
    let words = say!(
        "este salto ya se dio {limit} veces, que es su límite",
        "this jump was taken {limit} times, which is its limit",
        "este salto já foi dado {limit} vezes, que é o seu limite",
    );
    Reason::new("limit", Phrase::new(words).with("limit", limit))
}

/// A passing fault that the step's retry policy answers with another try.
pub(super) fn tried_again(detail: Sentence, pause: Duration) -> Reason {
    let words = say!(
        "{detail}; se intenta de nuevo en {pause}",
        "{detail}; tried again in {pause}",
        "{detail}; nova tentativa em {pause}",
    );
    let words = Phrase::new(words)
        .with_sentence("detail", detail)
        .with("pause", format_span(pause));
    Reason::new("tried_again", words)
}

pub(super) fn exhausted(detail: Sentence, tries: u32) -> Reason {
    let words = say!(
        "{detail} ({tries} intentos)",
        "{detail} (tried {tries} times)",
        "{detail} ({tries} tentativas)",
    );
    let words = Phrase::new(words)
        .with_sentence("detail", detail)
        .with("tries", tries);
    Reason::new("exhausted", words)
}

/// The process that performed an effect is gone, and the effect may not be repeated.
pub(super) fn lost() -> Reason {
    let words = say!(
        "el proceso se cortó antes de conocer el resultado; no se repite, para que nadie lo reciba dos veces",
        "the process ended before the result was known; it is not repeated so that nobody gets it twice",
        "o processo terminou antes de conhecer o resultado; não se repete, para que ninguém o receba duas vezes",
    );
    Reason::new("lost", words)
}

pub(super) fn nothing_to_match() -> Reason {
    let words = say!(
        "falta el valor con el que comparar y no hay un tiempo máximo: esperaría para siempre",
        "the value to match is missing, and there is no timeout: this would wait for ever",
        "falta o valor a comparar e não há um tempo máximo: esperaria para sempre",
    );
    Reason::new("no_match", words)
}

/// An exit or a goal that this run cannot listen for.
pub(super) fn not_listening(slot: &str, event: &str, error: Option<&ExprError>) -> Reason {
    let words = Phrase::new(say!(
        "{slot} por {event}: {why}",
        "{slot} on {event}: {why}",
        "{slot} por {event}: {why}",
    ));
    let words = words.with("slot", slot).with("event", event);
    match error {
        Some(error) => Reason::new("expression", words.with_sentence("why", error.sentence())),
        None => {
            let missing = say!(
                "falta el valor con el que comparar",
                "the value to match is missing",
                "falta o valor a comparar",
            );
            Reason::new("no_match", words.with_words("why", &[missing]))
        }
    }
}

pub(super) fn passed_over(error: &ExprError) -> Reason {
    let words = Phrase::new(say!(
        "no se tuvo en cuenta un evento: {why}",
        "an event was passed over: {why}",
        "um evento não foi considerado: {why}",
    ));
    Reason::new("passed_over", words.with_sentence("why", error.sentence()))
}

pub(super) fn called_failed() -> Reason {
    let words = say!(
        "la ejecución llamada falló",
        "the called run failed",
        "a execução chamada falhou",
    );
    Reason::new("child_failed", words)
}

pub(super) fn called_cancelled() -> Reason {
    let words = say!(
        "la ejecución llamada se canceló",
        "the called run was cancelled",
        "a execução chamada foi cancelada",
    );
    Reason::new("child_failed", words)
}

/// A run that was called ended with its caller, and is called again when the caller is tried again.
pub(super) fn called_ended() -> Reason {
    let words = say!(
        "la ejecución llamada terminó cuando falló esta",
        "the called run ended when this one failed",
        "a execução chamada terminou quando esta falhou",
    );
    Reason::new("caller_failed", words)
}

pub(super) fn other_way_first() -> Reason {
    let words = say!(
        "otro camino llegó primero",
        "another way was first",
        "outro caminho chegou primeiro",
    );
    Reason::new("other_way_first", words)
}

pub(super) fn other_way_failed() -> Reason {
    let words = say!(
        "falló otro camino",
        "another way failed",
        "outro caminho falhou",
    );
    Reason::new("other_way_failed", words)
}

pub(super) fn run_ended() -> Reason {
    let words = say!(
        "la ejecución terminó",
        "the run ended",
        "a execução terminou"
    );
    Reason::new("run_ended", words)
}

pub(super) fn moved(to: &StepId) -> Reason {
    let words = Phrase::new(say!(
        "se publicó otra versión; sigue en {to}",
        "another version was published; it goes on at {to}",
        "outra versão foi publicada; continua em {to}",
    ));
    Reason::new("moved", words.with("to", to))
}

/// An event ended the run.
#[must_use]
pub fn arrived(event: &str) -> Reason {
    let words = Phrase::new(say!("llegó {event}", "{event} arrived", "chegou {event}"));
    Reason::new("arrived", words.with("event", event))
}

/// A run of the same key took this one's place.
#[must_use]
pub fn restarted() -> Reason {
    let words = say!(
        "empezó una nueva ejecución con la misma clave",
        "a new run of the same key began",
        "começou uma nova execução com a mesma chave",
    );
    Reason::new("restarted", words)
}

/// The run that called this one waits for it no longer.
#[must_use]
pub fn caller_gone() -> Reason {
    let words = say!(
        "la ejecución que la llamó ya no la espera",
        "the run that called it waits for it no longer",
        "a execução que a chamou já não a espera",
    );
    Reason::new("caller_gone", words)
}
