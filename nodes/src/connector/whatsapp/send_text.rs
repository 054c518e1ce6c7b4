//! Sends a free text on WhatsApp, which is allowed for 24 hours after the person last wrote.

use std::sync::Arc;

use operandi_dsl::{
    catalog::Promise,
    phrase::{Phrase, say},
};
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    NAME,
    error::REFUSALS,
    messaging::{Sending, Sent},
};
use crate::{
    node::{Card, Deed, Done, Scalar},
    services::Services,
    words::{help, titles, words},
};

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
        sending.answers_within_window(call.now)?;
        let content = json!({ "body": text, "preview_url": params.preview_url });
        sending.send(&self.0, call, "text", content, text).await
    }
}
