//! What the message nodes share: who it goes to, whether they may be answered freely, and the way out.

use operandi_dsl::{
    Sentence,
    catalog::Words,
    phrase::{Phrase, say},
    time::Timestamp,
};
use std::{sync::Arc, time::Duration};

use operandi_engine::node::{Call, Failure, Receipt};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{
    NAME, Secrets, Settings,
    api::{self, Recipient},
    error::reason,
};
use crate::{
    connector::{Connection, incomplete},
    domain::identity::{Address, phone_key},
    node::Done,
    sandbox,
    services::{Person, Services},
};

/// How long after the person's last message they may be answered freely.
const WINDOW: Duration = Duration::from_secs(24 * 60 * 60);

/// A message on its way.
pub(super) struct Sending {
    connection: Arc<Connection>,
    settings: Settings,
    recipient: Recipient,
    person: Option<Person>,
}

/// What a sent message gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Sent {
    /// The provider's id of the message.
    message_id: String,
    /// Who it went to.
    recipient: String,
}

impl Sending {
    /// Opens the connection and finds the recipient.
    pub(super) async fn prepare(
        services: &Services,
        call: &Call,
        connection: &str,
        to: &str,
    ) -> Result<Self, Failure> {
        let connection = services.connection_of(call.org, connection, NAME).await?;
        let settings: Settings = connection.settings().map_err(incomplete)?;
        let address = Address::parse(to)
            .or_else(|| phone_key(to, settings.country.as_deref()).map(Address::Phone))
            .ok_or_else(|| no_address(NEITHER))?;
        let person = services.person(call.org, &address).await?;
        let recipient = recipient(&address, person.as_ref(), settings.country.as_deref())?;
        Ok(Self {
            connection,
            settings,
            recipient,
            person,
        })
    }

    /// Whether the person wrote recently enough for an answer in free words.
    pub(super) fn answers_within_window(&self, now: Timestamp) -> Result<(), Failure> {
        if window_is_open(self.person.as_ref(), now) {
            return Ok(());
        }
        Err(Failure::Refused {
            reason: reason::WINDOW_CLOSED,
            detail: CLOSED.into(),
        })
    }

    /// Sends `content`; `text` is what a sandbox shows.
    pub(super) async fn send(
        self,
        services: &Services,
        call: &Call,
        kind: &str,
        content: Value,
        text: String,
    ) -> Result<Done<Sent>, Failure> {
        let body = api::body(&self.recipient, kind, content, &call.intent);
        let recipient = self.recipient.as_str().to_owned();
        let message_id = if self.settings.sandbox {
            let contact = self.person.as_ref().map(|person| person.id);
            let message = sandbox::Message {
                channel: NAME,
                recipient: recipient.clone(),
                contact,
                text,
                request: body,
            };
            sandbox::keep(services, &self.connection, call, message).await?
        } else {
            let secrets: Secrets = self.connection.secrets().map_err(incomplete)?;
            let token = secrets.access_token.ok_or_else(|| Failure::Reconnect {
                detail: NO_TOKEN.into(),
            })?;
            api::send(&services.http, &self.settings, &token, &body, call.attempt).await?
        };
        Ok(done(message_id, recipient))
    }
}

fn window_is_open(person: Option<&Person>, now: Timestamp) -> bool {
    person
        .and_then(|person| person.contact.last_inbound_at.get(NAME))
        .is_some_and(|last| now < last.after(WINDOW))
}

fn done(message_id: String, recipient: String) -> Done<Sent> {
    let receipt = Receipt {
        channel: NAME.to_owned(),
        recipient: recipient.clone(),
        provider_id: message_id.clone(),
    };
    Done {
        output: Sent {
            message_id,
            recipient,
        },
        events: Vec::new(),
        receipt: Some(receipt),
    }
}

/// A contact is reached by phone where one is known: some messages are refused to a WhatsApp id.
fn recipient(
    address: &Address,
    person: Option<&Person>,
    country: Option<&str>,
) -> Result<Recipient, Failure> {
    let contact = person.map(|person| &person.contact);
    let phone = || {
        let contact = contact?;
        phone_key(
            contact.phone.as_deref()?,
            contact.country.as_deref().or(country),
        )
        .map(Recipient::Phone)
    };
    let user = || contact?.whatsapp_user_id.clone().map(Recipient::User);
    match address {
        Address::Phone(phone) => Ok(Recipient::Phone(phone.clone())),
        Address::WhatsAppUser(user) => Ok(phone().unwrap_or_else(|| Recipient::User(user.clone()))),
        Address::Contact(id) if contact.is_none() => {
            Err(no_address(Phrase::new(NO_CONTACT).with("id", id)))
        }
        Address::Contact(_) | Address::Email(_) => {
            phone().or_else(user).ok_or_else(|| no_address(UNREACHABLE))
        }
    }
}

fn no_address(detail: impl Into<Sentence>) -> Failure {
    Failure::Refused {
        reason: reason::NO_ADDRESS,
        detail: detail.into(),
    }
}

const CLOSED: Words = say!(
    "la persona no escribió en las últimas 24 horas: solo se puede mandar una plantilla",
    "the person has not written within the last 24 hours; only a template may be sent",
    "a pessoa não escreveu nas últimas 24 horas: só se pode enviar um modelo",
);
const NO_TOKEN: Words = say!(
    "la conexión no tiene un token de acceso",
    "the connection has no access token",
    "a conexão não tem um token de acesso",
);
const NEITHER: Words = say!(
    "el destinatario no es un contacto, un teléfono ni un id de WhatsApp",
    "the recipient is neither a contact, a phone nor a WhatsApp id",
    "o destinatário não é um contato, um telefone nem um id do WhatsApp",
);
const NO_CONTACT: Words = say!(
    "no existe el contacto {id}",
    "there is no contact {id}",
    "não existe o contato {id}",
);
const UNREACHABLE: Words = say!(
    "el contacto no tiene teléfono ni id de WhatsApp",
    "the contact has neither a phone nor a WhatsApp id",
    "o contato não tem telefone nem id do WhatsApp",
);

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
