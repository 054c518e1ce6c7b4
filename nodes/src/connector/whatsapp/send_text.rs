//! Sends a free text on WhatsApp, which is allowed for 24 hours after the person last wrote.

use std::{sync::Arc, time::Duration};

use operandi_dsl::{
    catalog::Promise,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    NAME,
    error::{REFUSALS, reason},
    messaging::{Sending, Sent},
};
use crate::{
    node::{Card, Deed, Done, Scalar},
    services::{Person, Services},
    words::{help, titles, words},
};

/// How long after the person's last message a free text may be sent.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest text, in characters.
const TEXT_CHARS_MAX: usize = 4096;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The WhatsApp number it leaves from.
    #[schemars(extend(
        "x-widget" = "connection", "x-connector" = "whatsapp",
        "x-titles" = titles("Conexión", "Connection", "Conexão"),
        "x-help" = help("El número de WhatsApp desde el que sale.", "O número de WhatsApp de onde sai."),
    ))]
    pub connection: String,
    /// Who it goes to: a contact, a phone or a WhatsApp id.
    #[schemars(extend(
        "x-widget" = "contact",
        "x-titles" = titles("Para", "To", "Para"),
        "x-help" = help("A quién va: un contacto, un teléfono o un id de WhatsApp.", "Para quem vai: um contato, um telefone ou um id do WhatsApp."),
    ))]
    pub to: Scalar,
    /// What it says, in at most 4096 characters.
    #[schemars(extend(
        "x-widget" = "textarea",
        "x-titles" = titles("Texto", "Text", "Texto"),
        "x-help" = help("Lo que dice, en 4096 caracteres como máximo.", "O que diz, em no máximo 4096 caracteres."),
    ))]
    pub text: Scalar,
    /// Shows a preview of the first link.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Vista previa del enlace", "Link preview", "Prévia do link"),
        "x-help" = help("Muestra una vista previa del primer enlace.", "Mostra uma prévia do primeiro link."),
    ))]
    pub preview_url: bool,
}

/// Sends a free text.
pub(crate) struct SendText(Arc<Services>);

impl Deed for SendText {
    type Params = Params;
    type Output = Sent;

    const CARD: Card = Card {
        kind: "whatsapp.send_text",
        title: words(
            "Enviar texto por WhatsApp",
            "Send WhatsApp text",
            "Enviar texto pelo WhatsApp",
        ),
        summary: words(
            "Responde con texto libre, hasta 24 horas después del último mensaje de la persona.",
            "Answers in free text, up to 24 hours after the person's last message.",
            "Responde com texto livre, até 24 horas após a última mensagem da pessoa.",
        ),
        channel: Some(NAME),
        promise: Promise::Once,
        refusals: REFUSALS,
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Sent>, Failure> {
        let text = params.text.0;
        let length = text.chars().count();
        if text.trim().is_empty() || length > TEXT_CHARS_MAX {
            return Err(Failure::Params {
                detail: Phrase::new(say!(
                    "el texto tiene {length} caracteres, y puede tener de 1 a {most}",
                    "the text has {length} characters; 1 to {most} are allowed",
                    "o texto tem {length} caracteres, e pode ter de 1 a {most}",
                ))
                .with("length", length)
                .with("most", TEXT_CHARS_MAX)
                .into(),
            });
        }
        let sending = Sending::prepare(&self.0, call, &params.connection, &params.to.0).await?;
        if !window_is_open(sending.person.as_ref(), call.now) {
            return Err(Failure::Refused {
                reason: reason::WINDOW_CLOSED,
                detail: say!(
"la persona no escribió en las últimas 24 horas: solo se puede mandar una plantilla",
"the person has not written within the last 24 hours; only a template may be sent",
"a pessoa não escreveu nas últimas 24 horas: só se pode enviar um modelo",
).into(),
            });
        }
        let content = json!({ "body": text, "preview_url": params.preview_url });
        sending.send(&self.0, call, "text", content, text).await
    }
}

fn window_is_open(person: Option<&Person>, now: Timestamp) -> bool {
    person
        .and_then(|person| person.contact.last_inbound_at.get(NAME))
        .is_some_and(|last| now < last.after(WINDOW))
}

#[cfg(test)]
mod tests {
    use operandi_engine::ids::RecordId;

    use super::*;
    use crate::domain::Contact;

    #[test]
    fn the_window_closes_a_day_after_the_last_word() {
        let person = |last: Option<i64>| Person {
            id: "01990000-0000-7000-8000-000000000001"
                .parse::<RecordId>()
                .expect("an id"),
            contact: Contact {
                last_inbound_at: last
                    .map(|at| (NAME.to_owned(), Timestamp(at)))
                    .into_iter()
                    .collect(),
                ..Contact::default()
            },
        };
        let day = 24 * 60 * 60 * 1000;
        for (person, now, open) in [
            (None, 0, false),
            (Some(person(None)), 0, false),
            (Some(person(Some(0))), 0, true),
            (Some(person(Some(0))), day - 1, true),
            (Some(person(Some(0))), day, false),
            (Some(person(Some(5))), 0, true),
        ] {
            assert_eq!(
                window_is_open(person.as_ref(), Timestamp(now)),
                open,
                "{person:?} {now}"
            );
        }
    }
}
