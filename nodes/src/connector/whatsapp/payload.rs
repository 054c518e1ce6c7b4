//! What Meta posts to a webhook, as far as it is read. Every field may be absent: one odd message must
//! not spoil its batch.

use serde::Deserialize;
use serde_json::Value;

/// The envelope. The parts are read one by one, each for itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Envelope {
    pub object: String,
    pub entry: Vec<Entry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    pub changes: Vec<Change>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Change {
    pub field: String,
    pub value: Value,
}

/// The value of a `messages` change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Messages {
    pub metadata: Metadata,
    pub contacts: Vec<Sender>,
    pub messages: Vec<Value>,
    pub statuses: Vec<Value>,
}

impl Messages {
    /// Whether it brings neither messages nor statuses, but errors perhaps.
    pub(super) fn is_silent(&self) -> bool {
        self.messages.is_empty() && self.statuses.is_empty()
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub phone_number_id: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sender {
    pub profile: Option<Profile>,
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub name: Option<String>,
}

/// One message of a person. What depends on its type stays open.
#[derive(Debug, Deserialize)]
pub(super) struct Message {
    pub id: String,
    #[serde(default)]
    pub from: Option<String>,
    #[serde(default)]
    pub from_user_id: Option<String>,
    /// Seconds since 1970, as a text.
    pub timestamp: Value,
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub context: Option<Context>,
    #[serde(default)]
    pub referral: Option<Value>,
    #[serde(flatten)]
    pub body: serde_json::Map<String, Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Context {
    /// The message this one answers.
    pub id: Option<String>,
}

/// What became of a message of ours.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub id: String,
    pub status: String,
    pub timestamp: Value,
    #[serde(default)]
    pub recipient_id: Option<String>,
    #[serde(default)]
    pub recipient_user_id: Option<String>,
    /// What we sent along: the intent.
    #[serde(default)]
    pub biz_opaque_callback_data: Option<String>,
    #[serde(default)]
    pub errors: Vec<StatusError>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct StatusError {
    pub code: i64,
    pub title: Option<String>,
    pub error_data: Option<ErrorData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ErrorData {
    pub details: Option<String>,
}

/// The value of a `user_preferences` change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Preferences {
    pub user_preferences: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Preference {
    #[serde(default)]
    pub wa_id: Option<String>,
    #[serde(default)]
    pub user_id: Option<String>,
    pub category: String,
    pub value: String,
    pub timestamp: Value,
}

/// The value of a `message_template_status_update` change.
#[derive(Debug, Deserialize)]
pub(super) struct TemplateStatus {
    pub event: String,
    #[serde(default)]
    pub message_template_name: String,
    #[serde(default)]
    pub message_template_language: String,
    #[serde(default)]
    pub reason: Option<String>,
    #[serde(default)]
    pub message_template_category: Option<String>,
}
