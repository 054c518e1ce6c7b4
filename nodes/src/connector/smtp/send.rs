//! Sends an email.

use std::sync::Arc;

use operandi_dsl::{catalog::Promise, catalog::Words, phrase::say};
use operandi_engine::node::{Call, Failure, Receipt};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    CHANNEL, NAME, Secrets, Settings,
    deliver::deliver,
    letter::{Letter, mailbox},
};
use crate::{
    connector::incomplete,
    domain::identity::Address,
    node::{Card, Deed, Done, Scalar},
    sandbox,
    services::Services,
    words::{help, titles, words},
};

/// The reasons a letter may be refused for.
pub(super) mod reason {
    pub(in super::super) const NO_ADDRESS: &str = "no_address";
    pub(in super::super) const REJECTED: &str = "rejected";
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The mail server it leaves by.
    #[schemars(extend(
        "x-widget" = "connection", "x-connector" = "smtp",
        "x-titles" = titles("Conexión", "Connection", "Conexão"),
        "x-help" = help("El servidor de correo por el que sale.", "O servidor de e-mail por onde sai."),
    ))]
    pub connection: String,
    /// Who it goes to: a contact or an email address.
    #[schemars(extend(
        "x-widget" = "contact",
        "x-titles" = titles("Para", "To", "Para"),
        "x-help" = help("A quién va: un contacto o un correo electrónico.", "Para quem vai: um contato ou um e-mail."),
    ))]
    pub to: Scalar,
    /// The subject line.
    #[schemars(extend(
        "x-titles" = titles("Asunto", "Subject", "Assunto"),
        "x-help" = help("La línea del asunto.", "A linha do assunto."),
    ))]
    pub subject: Scalar,
    /// What it says, in plain text.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "textarea",
        "x-titles" = titles("Texto", "Text", "Texto"),
        "x-help" = help("Lo que dice, en texto simple.", "O que diz, em texto simples."),
    ))]
    pub text: Option<Scalar>,
    /// What it says, in HTML.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "html",
        "x-titles" = titles("HTML", "HTML", "HTML"),
        "x-help" = help("Lo que dice, en HTML.", "O que diz, em HTML."),
    ))]
    pub html: Option<Scalar>,
    /// Where answers go, when not to the sender.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Responder a", "Reply to", "Responder para"),
        "x-help" = help("Adónde van las respuestas, si no al remitente.", "Para onde vão as respostas, se não ao remetente."),
    ))]
    pub reply_to: Option<Scalar>,
    /// The https address where the person ends such letters; the connection's when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "url",
        "x-titles" = titles("Dirección de baja", "Unsubscribe address", "Endereço de descadastro"),
        "x-help" = help("La dirección https donde la persona se da de baja; la de la conexión si falta.", "O endereço https onde a pessoa se descadastra; o da conexão se faltar."),
    ))]
    pub unsubscribe_url: Option<Scalar>,
}

/// What a sent letter gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sent {
    /// The letter's Message-ID.
    message_id: String,
    /// Who it went to.
    recipient: String,
}

/// Sends an email.
pub(crate) struct EmailSend(Arc<Services>);

impl Deed for EmailSend {
    type Params = Params;
    type Output = Sent;

    const CARD: Card = Card {
        kind: "email.send",
        title: words("Enviar correo", "Send email", "Enviar e-mail"),
        summary: words(
            "Envía un correo por tu servidor.",
            "Sends an email by your server.",
            "Envia um e-mail pelo seu servidor.",
        ),
        channel: Some(CHANNEL),
        promise: Promise::Once,
        refusals: &[reason::NO_ADDRESS, reason::REJECTED],
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Sent>, Failure> {
        let connection = self
            .0
            .connection_of(call.org, &params.connection, NAME)
            .await?;
        let settings: Settings = connection.settings().map_err(incomplete)?;
        let secrets: Secrets = connection.secrets().map_err(incomplete)?;
        let (recipient, contact) = self.recipient(call, &params.to.0).await?;
        let who = contact.map_or_else(|| recipient.clone(), |contact| contact.to_string());
        let unsubscribe = params.unsubscribe_url.map(|url| url.0).or_else(|| {
            settings
                .unsubscribe_url
                .as_ref()
                .map(|url| url.replace("{contact}", &encode(&who)))
        });
        let letter = Letter {
            from: &settings.from,
            to: &recipient,
            reply_to: params.reply_to.as_ref().map(|reply_to| reply_to.0.as_str()),
            subject: &params.subject.0,
            text: params.text.as_ref().map(|text| text.0.as_str()),
            html: params.html.as_ref().map(|html| html.0.as_str()),
            unsubscribe_url: unsubscribe.as_deref(),
            purpose: call.purpose,
            intent: &call.intent,
            now: call.now,
        };
        let message = letter.compose()?;
        let message_id = letter.message_id()?;
        if settings.sandbox {
            let text = params
                .text
                .or(params.html)
                .map(|text| text.0)
                .unwrap_or_default();
            let request = json!({ "subject": params.subject.0, "letter": String::from_utf8_lossy(&message.formatted()) });
            let kept = sandbox::Message {
                channel: CHANNEL,
                recipient: recipient.clone(),
                contact,
                text,
                request,
            };
            sandbox::keep(&self.0, &connection, call, kept).await?;
        } else {
            deliver(&self.0.http, &settings, &secrets, &message).await?;
        }
        let receipt = Receipt {
            channel: CHANNEL.to_owned(),
            recipient: recipient.clone(),
            provider_id: message_id.clone(),
        };
        Ok(Done {
            output: Sent {
                message_id,
                recipient,
            },
            events: Vec::new(),
            receipt: Some(receipt),
        })
    }
}

impl EmailSend {
    /// The address a letter goes to, and whose it is when that is known.
    async fn recipient(
        &self,
        call: &Call,
        to: &str,
    ) -> Result<(String, Option<operandi_engine::ids::RecordId>), Failure> {
        let none = |detail: Words| Failure::Refused {
            reason: reason::NO_ADDRESS,
            detail: detail.into(),
        };
        let Some(address) = Address::parse(to) else {
            // A name may stand before the address: `Ana <ana@example.com>`.
            return match mailbox(to) {
                Ok(mailbox) => Ok((mailbox.email.to_string(), None)),
                Err(_) => Err(none(NEITHER)),
            };
        };
        let person = self.0.person(call.org, &address).await?;
        let known = person.as_ref().map(|person| person.id);
        match (address, person) {
            (Address::Email(email), _) => Ok((email, known)),
            (_, Some(person)) => person
                .contact
                .email
                .map(|email| (email, known))
                .ok_or_else(|| none(NO_EMAIL)),
            (_, None) => Err(none(NO_CONTACT)),
        }
    }
}

const NEITHER: Words = say!(
    "el destinatario no es un contacto ni un correo electrónico",
    "the recipient is neither a contact nor an email address",
    "o destinatário não é um contato nem um e-mail",
);
const NO_EMAIL: Words = say!(
    "el contacto no tiene correo electrónico",
    "the contact has no email address",
    "o contato não tem e-mail",
);
const NO_CONTACT: Words = say!(
    "no existe ese contacto",
    "there is no such contact",
    "não existe esse contato",
);

fn encode(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
