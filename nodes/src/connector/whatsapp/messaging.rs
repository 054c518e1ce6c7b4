//! What both message nodes share: who it goes to, and the way out.

use operandi_dsl::{
    Sentence,
    catalog::Words,
    phrase::{Phrase, say},
};
use std::sync::Arc;

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

/// A message on its way.
pub(super) struct Sending {
    connection: Arc<Connection>,
    settings: Settings,
    recipient: Recipient,
    pub(super) person: Option<Person>,
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
