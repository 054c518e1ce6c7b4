//! The events that deliveries of WhatsApp become.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

pub(super) const MESSAGE_RECEIVED: &str = "message.received";
pub(super) const MESSAGE_FAILED: &str = "message.failed";
pub(super) const TEMPLATE_UPDATED: &str = "whatsapp.template_updated";
/// What Meta says that no other event carries, so that nothing it says is lost.
pub(super) const NOTICE: &str = "whatsapp.notice";

/// A message a person sent us.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MessageReceived {
    /// The id of the contact who wrote.
    pub(super) contact: String,
    /// The channel it came by.
    pub(super) channel: String,
    /// The connection it came by.
    pub(super) connection: String,
    /// The provider's id of the message.
    pub(super) message_id: String,
    /// What kind of message it is, such as `text`, `image` or `button`.
    pub(super) kind: String,
    /// What it says, or the caption of what it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    /// For a tapped button or list row: the name it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payload: Option<String>,
    /// The provider's id of our message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reply_to: Option<String>,
    /// The attached file, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) media: Option<Value>,
    /// The ad or page the person came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) referral: Option<Value>,
    /// What else the provider said of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) details: Option<Value>,
}

impl MessageReceived {
    pub(super) fn sample() -> Value {
        json!({
            "contact": "01990000-0000-7000-8000-000000000001", "channel": "whatsapp",
            "connection": "01990000-0000-7000-8000-000000000002", "message_id": "wamid.AAA", "kind": "text",
            "text": "Sí, lo quiero",
        })
    }
}

/// A message of ours that was not delivered.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct MessageFailed {
    /// The id of the contact who did not get it.
    pub(super) contact: String,
    /// The channel it left by.
    pub(super) channel: String,
    /// The provider's id of the message.
    pub(super) message_id: String,
    /// The provider's error code.
    pub(super) code: String,
    /// The provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) detail: Option<String>,
}

impl MessageFailed {
    pub(super) fn sample() -> Value {
        json!({
            "contact": "01990000-0000-7000-8000-000000000001", "channel": "whatsapp",
            "message_id": "wamid.OUT", "code": "131026", "detail": "Message undeliverable",
        })
    }
}

/// A template whose review moved on.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct TemplateUpdated {
    /// The template's name.
    pub(super) template: String,
    /// Its language.
    pub(super) language: String,
    /// How it stands, such as `APPROVED`.
    pub(super) status: String,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) category: Option<String>,
    /// Why it was rejected or paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<String>,
}

impl TemplateUpdated {
    pub(super) fn sample() -> Value {
        json!({ "template": "cart_reminder", "language": "es_AR", "status": "APPROVED", "category": "MARKETING" })
    }
}
