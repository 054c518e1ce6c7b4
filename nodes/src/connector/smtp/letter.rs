//! A letter as it travels: addresses, headers and parts.

use chrono::DateTime;
use lettre::{
    Message,
    address::AddressError,
    message::{
        Mailbox, MultiPart,
        header::{ContentType, Header, HeaderName, HeaderValue},
    },
};
use operandi_dsl::{
    catalog::Words,
    document::Purpose,
    phrase::{Phrase, say},
    time::Timestamp,
};
use operandi_engine::{ids::IntentId, node::Failure};

/// What a letter says and how it is addressed.
pub(super) struct Letter<'a> {
    pub from: &'a str,
    pub to: &'a str,
    pub reply_to: Option<&'a str>,
    pub subject: &'a str,
    pub text: Option<&'a str>,
    pub html: Option<&'a str>,
    pub unsubscribe_url: Option<&'a str>,
    pub purpose: Option<Purpose>,
    pub intent: &'a IntentId,
    pub now: Timestamp,
}

/// Reads an address with or without a name.
pub(super) fn mailbox(text: &str) -> Result<Mailbox, AddressError> {
    text.trim().parse()
}

impl Letter<'_> {
    /// The same intent always gives the same id, so that a second copy can be told from a second letter.
    pub(super) fn message_id(&self) -> Result<String, Failure> {
        let from = mailbox(self.from).map_err(|error| reconnect(&error))?;
        Ok(format!("<{}@{}>", self.intent, from.email.domain()))
    }

    /// The letter in the form of RFC 5322.
    pub(super) fn compose(&self) -> Result<Message, Failure> {
        let wrong = |what: Words, error: &dyn std::fmt::Display| Failure::Params {
            detail: Phrase::new(what).with("error", error).into(),
        };
        let at = DateTime::from_timestamp_millis(self.now.0).unwrap_or_default();
        let mut builder = Message::builder()
            .from(mailbox(self.from).map_err(|error| reconnect(&error))?)
            .to(mailbox(self.to).map_err(|error| wrong(NO_RECIPIENT, &error))?)
            .subject(one_line(self.subject))
            .date(at.into())
            .message_id(Some(self.message_id()?));
        if let Some(reply_to) = self.reply_to {
            builder =
                builder.reply_to(mailbox(reply_to).map_err(|error| wrong(NO_REPLY_TO, &error))?);
        }
        if self.needs_unsubscribe() {
            let url = self.unsubscribe_url.ok_or_else(|| Failure::Params {
                detail: NEEDS_UNSUBSCRIBE.into(),
            })?;
            if !url.starts_with("https://")
                || url
                    .chars()
                    .any(|c| c.is_whitespace() || c.is_control() || "<>".contains(c))
            {
                return Err(Failure::Params {
                    detail: UNSUBSCRIBE_BY_HTTPS.into(),
                });
            }
            builder = builder
                .header(ListUnsubscribe(format!("<{url}>")))
                .header(ListUnsubscribePost);
        }
        let message = match (self.text, self.html) {
            (Some(text), Some(html)) => builder.multipart(MultiPart::alternative_plain_html(
                text.to_owned(),
                html.to_owned(),
            )),
            (Some(text), None) => builder
                .header(ContentType::TEXT_PLAIN)
                .body(text.to_owned()),
            (None, Some(html)) => builder.header(ContentType::TEXT_HTML).body(html.to_owned()),
            (None, None) => {
                return Err(Failure::Params {
                    detail: EMPTY.into(),
                });
            }
        };
        message.map_err(|error| wrong(NOT_WRITTEN, &error))
    }

    /// Whoever did not say why a letter is sent is taken to promote.
    fn needs_unsubscribe(&self) -> bool {
        match self.purpose {
            Some(Purpose::Marketing) | None => true,
            Some(Purpose::Transactional | Purpose::Service | Purpose::Internal) => false,
        }
    }
}

fn reconnect(error: &AddressError) -> Failure {
    Failure::Reconnect {
        detail: Phrase::new(NO_SENDER).with("error", error).into(),
    }
}

const NO_RECIPIENT: Words = say!(
    "el destinatario no es una dirección: {error}",
    "the recipient is no address: {error}",
    "o destinatário não é um endereço: {error}",
);
const NO_REPLY_TO: Words = say!(
    "`reply_to` no es una dirección: {error}",
    "`reply_to` is no address: {error}",
    "`reply_to` não é um endereço: {error}",
);
const NO_SENDER: Words = say!(
    "el `from` de la conexión no es una dirección: {error}",
    "the connection's `from` is no address: {error}",
    "o `from` da conexão não é um endereço: {error}",
);
const NOT_WRITTEN: Words = say!(
    "el correo no se puede escribir: {error}",
    "the letter cannot be written: {error}",
    "o e-mail não pode ser escrito: {error}",
);
const NEEDS_UNSUBSCRIBE: Words = say!(
    "un correo promocional necesita un `unsubscribe_url`, acá o en la conexión",
    "a marketing letter needs an `unsubscribe_url`, here or on the connection",
    "um e-mail promocional precisa de um `unsubscribe_url`, aqui ou na conexão",
);
const UNSUBSCRIBE_BY_HTTPS: Words = say!(
    "`unsubscribe_url` tiene que ser una dirección https",
    "`unsubscribe_url` must be an https address",
    "`unsubscribe_url` tem que ser um endereço https",
);
const EMPTY: Words = say!(
    "un correo necesita un `text` o un `html`",
    "a letter needs a `text` or an `html`",
    "um e-mail precisa de um `text` ou um `html`",
);

/// A header cannot hold a line break; one in a subject would start a new header.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control())
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned()
}

#[derive(Clone)]
struct ListUnsubscribe(String);

impl Header for ListUnsubscribe {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

#[derive(Clone)]
struct ListUnsubscribePost;

impl Header for ListUnsubscribePost {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("List-Unsubscribe-Post")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "List-Unsubscribe=One-Click".to_owned())
    }
}
