//! A verified delivery of Meta as changes to commit. Each message and each status is deduplicated on its
//! own, since Meta batches them anew on every repetition.

use operandi_dsl::time::Timestamp;
use operandi_engine::{
    event::{Delivery, Ingest, RecordWrite, SendStatus},
    ids::IntentId,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{
    NAME, Settings,
    error::OPTED_OUT,
    events::{
        MESSAGE_FAILED, MESSAGE_RECEIVED, MessageFailed, MessageReceived, NOTICE, TEMPLATE_UPDATED,
        TemplateUpdated,
    },
    payload::{
        Change, Envelope, Message, Messages, Preference, Preferences, Sender, Status,
        TemplateStatus,
    },
    said::Said,
};
use crate::{
    connector::{Connection, HookError, event},
    domain::{
        contact::{Consent, ConsentStatus},
        identity::{Identity, phone_key},
    },
};

/// The contact a delivery writes first; events name it so before its id is known.
const CONTACT: &str = "$record:0";

/// The changes a delivery brings, one per message and status.
pub(super) fn parse(
    connection: &Connection,
    settings: &Settings,
    body: Value,
    now: Timestamp,
) -> Result<Vec<Ingest>, HookError> {
    let envelope: Envelope = read(body)?;
    if envelope.object != "whatsapp_business_account" {
        return Err(HookError::Malformed(
            "`object` is not `whatsapp_business_account`".to_owned(),
        ));
    }
    let reader = Reader {
        connection,
        settings,
        now,
    };
    Ok(envelope
        .entry
        .into_iter()
        .flat_map(|entry| entry.changes)
        .flat_map(|change| reader.change(change))
        .collect())
}

fn read<T: DeserializeOwned>(value: Value) -> Result<T, HookError> {
    serde_json::from_value(value).map_err(|error| HookError::Malformed(error.to_string()))
}

struct Reader<'a> {
    connection: &'a Connection,
    settings: &'a Settings,
    now: Timestamp,
}

impl Reader<'_> {
    fn change(&self, change: Change) -> Vec<Ingest> {
        match change.field.as_str() {
            "messages" => match read::<Messages>(change.value.clone()) {
                Ok(messages) if messages.is_silent() => {
                    vec![self.notice(&change.field, change.value)]
                }
                Ok(messages) => self.messages(messages),
                Err(_) => vec![self.notice(&change.field, change.value)],
            },
            "user_preferences" => match read::<Preferences>(change.value.clone()) {
                Ok(Preferences { user_preferences }) => {
                    self.each(&change.field, user_preferences, Self::preference)
                }
                Err(_) => vec![self.notice(&change.field, change.value)],
            },
            "message_template_status_update" => {
                self.each(&change.field, vec![change.value], Self::template)
            }
            _ => vec![self.notice(&change.field, change.value)],
        }
    }

    fn messages(&self, value: Messages) -> Vec<Ingest> {
        let ours = &self.settings.phone_number_id;
        let theirs = &value.metadata.phone_number_id;
        // One account may have several numbers, each with its own connection.
        if !ours.is_empty() && !theirs.is_empty() && ours != theirs {
            return Vec::new();
        }
        let senders = value.contacts;
        let mut ingests = self.each("messages", value.messages, |reader, message| {
            reader.message(message, &senders)
        });
        ingests.extend(self.each("statuses", value.statuses, Self::status));
        ingests
    }

    /// Reads each item for itself; what cannot be read is kept as a notice.
    fn each<T: DeserializeOwned>(
        &self,
        field: &str,
        items: Vec<Value>,
        take: impl Fn(&Self, T) -> Option<Ingest>,
    ) -> Vec<Ingest> {
        items
            .into_iter()
            .map(|item| {
                read::<T>(item.clone())
                    .ok()
                    .and_then(|item| take(self, item))
                    .unwrap_or_else(|| self.notice(field, item))
            })
            .collect()
    }

    fn message(&self, message: Message, senders: &[Sender]) -> Option<Ingest> {
        let at = seconds(&message.timestamp)?;
        let sender = sender_of(&message, senders);
        let identity = self.identity(
            sender
                .user_id
                .as_deref()
                .or(message.from_user_id.as_deref()),
            message.from.as_deref().or(sender.wa_id.as_deref()),
        );
        if identity.is_empty() {
            return None;
        }
        let said = Said::of(&message);
        let mut patch = self.who(&sender, &message);
        patch.insert("last_inbound_at".to_owned(), json!({ NAME: at.0 }));
        if said.is_stop() {
            patch.insert("consent".to_owned(), consent(ConsentStatus::Revoked, at));
        }
        let data = MessageReceived {
            contact: CONTACT.to_owned(),
            channel: NAME.to_owned(),
            connection: self.connection.id.to_string(),
            message_id: message.id.clone(),
            kind: message.kind,
            text: said.text,
            payload: said.payload,
            reply_to: message.context.and_then(|context| context.id),
            media: said.media,
            referral: message.referral,
            details: said.details,
        };
        let mut ingest = self.connection.ingest(Some(message.id));
        ingest.records.push(contact(identity, patch, at));
        ingest.events.push(event(
            MESSAGE_RECEIVED,
            serde_json::to_value(data).ok()?,
            at,
        ));
        Some(ingest)
    }

    fn status(&self, status: Status) -> Option<Ingest> {
        let at = seconds(&status.timestamp)?;
        let delivery = match status.status.as_str() {
            "sent" => Delivery::Sent,
            "delivered" => Delivery::Delivered,
            "read" | "played" => Delivery::Read,
            "failed" => Delivery::Failed,
            _ => return None,
        };
        let error = status.errors.first();
        let mut ingest = self
            .connection
            .ingest(Some(format!("{}:{}", status.id, status.status)));
        ingest.statuses.push(SendStatus {
            intent: status
                .biz_opaque_callback_data
                .as_deref()
                .and_then(IntentId::parse),
            provider_id: status.id.clone(),
            status: delivery,
            at,
            error: error.map(|error| error.code.to_string()),
        });
        let identity = self.identity(
            status.recipient_user_id.as_deref(),
            status.recipient_id.as_deref(),
        );
        if let (Some(error), false) = (error, identity.is_empty()) {
            let mut patch = Map::new();
            if error.code == OPTED_OUT {
                patch.insert("consent".to_owned(), consent(ConsentStatus::Revoked, at));
            }
            ingest.records.push(contact(identity, patch, at));
            let detail = error
                .error_data
                .as_ref()
                .and_then(|data| data.details.clone());
            let data = MessageFailed {
                contact: CONTACT.to_owned(),
                channel: NAME.to_owned(),
                message_id: status.id,
                code: error.code.to_string(),
                detail: detail.or_else(|| error.title.clone()),
            };
            ingest
                .events
                .push(event(MESSAGE_FAILED, serde_json::to_value(data).ok()?, at));
        }
        Some(ingest)
    }

    fn preference(&self, preference: Preference) -> Option<Ingest> {
        if preference.category != "marketing_messages" {
            return None;
        }
        let at = seconds(&preference.timestamp)?;
        let status = match preference.value.as_str() {
            "stop" => ConsentStatus::Revoked,
            "resume" => ConsentStatus::Granted,
            _ => return None,
        };
        let identity = self.identity(preference.user_id.as_deref(), preference.wa_id.as_deref());
        if identity.is_empty() {
            return None;
        }
        let who = preference.user_id.or(preference.wa_id).unwrap_or_default();
        let mut ingest = self.connection.ingest(Some(format!(
            "preference:{who}:{}:{}",
            preference.value, at.0
        )));
        let patch = Map::from_iter([("consent".to_owned(), consent(status, at))]);
        ingest.records.push(contact(identity, patch, at));
        Some(ingest)
    }

    fn template(&self, template: TemplateStatus) -> Option<Ingest> {
        let data = TemplateUpdated {
            template: template.message_template_name,
            language: template.message_template_language,
            status: template.event,
            category: template.message_template_category,
            reason: template.reason.filter(|reason| reason != "NONE"),
        };
        let data = serde_json::to_value(data).ok()?;
        // The status has no id or time of its own, and may well return to an earlier one.
        let mut ingest = self.connection.ingest(None);
        ingest.events.push(event(TEMPLATE_UPDATED, data, self.now));
        Some(ingest)
    }

    /// Keeps what cannot be read otherwise; the same words again are the same notice.
    fn notice(&self, field: &str, value: Value) -> Ingest {
        let print = hex::encode(Sha256::digest(value.to_string()));
        let mut ingest = self
            .connection
            .ingest(Some(format!("notice:{field}:{print}")));
        let data =
            json!({ "field": field, "value": value, "connection": self.connection.id.to_string() });
        ingest.events.push(event(NOTICE, data, self.now));
        ingest
    }

    fn identity(&self, user: Option<&str>, phone: Option<&str>) -> Identity {
        let identity = Identity::default().whatsapp(user.unwrap_or_default());
        match phone {
            Some(phone) => identity.phone(&international(phone), None),
            None => identity,
        }
    }

    /// What the sender says of who they are.
    fn who(&self, sender: &Sender, message: &Message) -> Map<String, Value> {
        let phone = message.from.as_deref().or(sender.wa_id.as_deref());
        let name = sender
            .profile
            .as_ref()
            .and_then(|profile| profile.name.clone());
        [
            (
                "phone",
                phone.and_then(|phone| phone_key(&international(phone), None)),
            ),
            ("profile_name", name.filter(|name| !name.trim().is_empty())),
            (
                "whatsapp_user_id",
                sender
                    .user_id
                    .clone()
                    .or_else(|| message.from_user_id.clone()),
            ),
        ]
        .into_iter()
        .filter_map(|(field, value)| Some((field.to_owned(), Value::String(value?))))
        .collect()
    }
}

/// WhatsApp writes phones in full but without the plus sign.
fn international(phone: &str) -> String {
    if phone.starts_with('+') {
        phone.to_owned()
    } else {
        format!("+{phone}")
    }
}

fn contact(identity: Identity, patch: Map<String, Value>, as_of: Timestamp) -> RecordWrite {
    RecordWrite {
        kind: "contact".to_owned(),
        keys: identity.into_keys(),
        patch,
        as_of,
    }
}

fn consent(status: ConsentStatus, at: Timestamp) -> Value {
    json!({ NAME: Consent { status, at: Some(at), source: Some(NAME.to_owned()) } })
}

fn sender_of(message: &Message, senders: &[Sender]) -> Sender {
    let by_user = senders
        .iter()
        .find(|sender| sender.user_id.is_some() && sender.user_id == message.from_user_id);
    let by_phone = || {
        senders
            .iter()
            .find(|sender| sender.wa_id.is_some() && sender.wa_id == message.from)
    };
    // With one sender there is nobody else it could be.
    let only = || senders.first().filter(|_| senders.len() == 1);
    by_user
        .or_else(by_phone)
        .or_else(only)
        .cloned()
        .unwrap_or_default()
}

/// An instant from seconds since 1970, as a text or a number.
fn seconds(value: &Value) -> Option<Timestamp> {
    let seconds = match value {
        Value::String(text) => text.trim().parse().ok()?,
        Value::Number(number) => number.as_i64()?,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (0..=253_402_300_799)
        .contains(&seconds)
        .then(|| Timestamp(seconds * 1000))
}
