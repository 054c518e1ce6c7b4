//! What a sandbox connection does instead of sending: it keeps the message as a record, and reports it as
//! delivered the way the vendor would.

use operandi_engine::{
    event::{Delivery, RecordWrite, SendStatus},
    ids::RecordId,
    node::{Call, Failure},
};
use serde_json::Value;

use crate::{
    connector::Connection,
    domain::{SandboxMessage, patch, sandbox_message::INTENT},
    services::Services,
};

/// A message that stays here.
pub(crate) struct Message {
    pub channel: &'static str,
    pub recipient: String,
    pub contact: Option<RecordId>,
    /// What a reader would see.
    pub text: String,
    /// The request the vendor would have received.
    pub request: Value,
}

/// Keeps a message; gives the id it has here. The same intent again is the same message.
pub(crate) async fn keep(
    services: &Services,
    connection: &Connection,
    call: &Call,
    message: Message,
) -> Result<String, Failure> {
    let provider_id = format!("sandbox.{}", call.intent);
    let record = SandboxMessage {
        channel: message.channel.to_owned(),
        connection: connection.id.to_string(),
        recipient: message.recipient,
        contact: message.contact.map(|contact| contact.to_string()),
        text: message.text,
        request: message.request,
        intent: call.intent.to_string(),
        sent_at: call.now,
    };
    let mut ingest = connection.ingest(Some(provider_id.clone()));
    ingest.records.push(RecordWrite {
        kind: "sandbox_message".to_owned(),
        keys: vec![(INTENT.to_owned(), call.intent.to_string())],
        patch: patch(&record),
        as_of: call.now,
    });
    ingest.statuses.extend(
        [Delivery::Sent, Delivery::Delivered].map(|status| SendStatus {
            intent: Some(call.intent.clone()),
            provider_id: provider_id.clone(),
            status,
            at: call.now,
            error: None,
        }),
    );
    services.ingest(ingest).await?;
    Ok(provider_id)
}
