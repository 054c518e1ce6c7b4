//! What a rehearsal says of itself, and of events that start nothing in it.

use operandi_dsl::{
    expr::ExprError,
    phrase::{Phrase, say},
};
use operandi_engine::core::Reason;

pub(super) fn made_up() -> Reason {
    let words = say!(
        "se ensaya con un cliente inventado que aceptó recibir mensajes",
        "it is played with a made-up customer who agreed to messages",
        "é ensaiado com um cliente inventado que aceitou receber mensagens",
    );
    Reason::new("made_up", words)
}

pub(super) fn condition_false() -> Reason {
    let words = say!(
        "no se cumple la condición del disparador",
        "the trigger's condition does not hold",
        "a condição do gatilho não se cumpre",
    );
    Reason::new("condition_false", words)
}

pub(super) fn condition_failed(error: &ExprError) -> Reason {
    let words = Phrase::new(say!(
        "falla la condición del disparador: {why}",
        "the trigger's condition fails: {why}",
        "a condição do gatilho falha: {why}",
    ));
    Reason::new(
        "condition_failed",
        words.with_sentence("why", error.sentence()),
    )
}

pub(super) fn key_failed(error: &ExprError) -> Reason {
    let words = Phrase::new(say!(
        "falla la clave del disparador: {why}",
        "the trigger's key fails: {why}",
        "a chave do gatilho falha: {why}",
    ));
    Reason::new(
        "condition_failed",
        words.with_sentence("why", error.sentence()),
    )
}

pub(super) fn active_already(key: &str) -> Reason {
    let words = Phrase::new(say!(
        "{key} ya tiene una ejecución",
        "{key} has a run already",
        "{key} já tem uma execução",
    ));
    Reason::new("active_already", words.with("key", key))
}

pub(super) fn too_many_runs(most: usize) -> Reason {
    let words = Phrase::new(say!(
        "un ensayo tiene como mucho {most} ejecuciones",
        "a rehearsal has at most {most} runs",
        "um ensaio tem no máximo {most} execuções",
    ));
    Reason::new("too_many_runs", words.with("most", most))
}

pub(super) fn not_along(workflow: &str) -> Reason {
    let words = Phrase::new(say!(
        "el flujo {workflow} no se ensaya junto con este: no está publicado o no está activo",
        "the workflow {workflow} is not run along: it is not published, or not enabled",
        "o fluxo {workflow} não é ensaiado junto: não está publicado ou não está ativo",
    ));
    Reason::new("workflow_not_found", words.with("workflow", workflow))
}

pub(super) fn not_judged(slot: &str, error: &ExprError) -> Reason {
    let words = Phrase::new(say!(
        "la condición de {slot} no se puede evaluar: {why}",
        "the condition of {slot} cannot be evaluated: {why}",
        "a condição de {slot} não pode ser avaliada: {why}",
    ));
    let words = words.with("slot", slot);
    Reason::new(
        "condition_failed",
        words.with_sentence("why", error.sentence()),
    )
}

pub(super) fn called(by: usize) -> Phrase {
    let words = say!(
        "una llamada de la ejecución {by}",
        "a call of run {by}",
        "uma chamada da execução {by}",
    );
    Phrase::new(words).with("by", by)
}
