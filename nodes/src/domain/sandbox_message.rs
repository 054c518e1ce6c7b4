//! A message of a sandbox connection: kept to be looked at instead of leaving.

use operandi_dsl::time::Timestamp;
use operandi_engine::store::records::{FieldKind, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Card, Changes, Record, field};
use crate::words::{titles, words};

/// A message of a sandbox connection: kept to be looked at instead of leaving.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct SandboxMessage {
    /// The channel it would have left on.
    #[schemars(extend("x-titles" = titles("Canal", "Channel", "Canal")))]
    pub channel: String,
    /// The connection it was sent with.
    #[schemars(extend("x-titles" = titles("Conexión", "Connection", "Conexão")))]
    pub connection: String,
    /// Who would have received it.
    #[schemars(extend("x-titles" = titles("Destinatario", "Recipient", "Destinatário")))]
    pub recipient: String,
    /// The id of the contact, when it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Contacto", "Contact", "Contato"), "x-record" = "contact"))]
    pub contact: Option<String>,
    /// What a reader would see.
    #[schemars(extend("x-titles" = titles("Texto", "Text", "Texto")))]
    pub text: String,
    /// The request exactly as the vendor would have received it.
    #[schemars(extend("x-titles" = titles("Pedido al proveedor", "Request to the vendor", "Requisição ao fornecedor")))]
    pub request: Value,
    /// The idempotency key of the send.
    #[schemars(extend("x-titles" = titles("Clave del envío", "Key of the send", "Chave do envio")))]
    pub intent: String,
    /// When it was sent, in milliseconds since 1970.
    #[schemars(with = "i64", extend("x-titles" = titles("Enviado", "Sent", "Enviado"), "x-widget" = "moment"))]
    pub sent_at: Timestamp,
}

/// The alias of a message by its idempotency key: the same send is one message.
pub const INTENT: &str = "intent";

impl Record for SandboxMessage {
    const CARD: Card = Card {
        name: "sandbox_message",
        title: words("Mensaje de prueba", "Sandbox message", "Mensagem de teste"),
        plural: words(
            "Mensajes de prueba",
            "Sandbox messages",
            "Mensagens de teste",
        ),
        changes: Changes {
            created: words(
                "Mensaje de prueba guardado",
                "Sandbox message kept",
                "Mensagem de teste guardada",
            ),
            updated: words(
                "Mensaje de prueba modificado",
                "Sandbox message updated",
                "Mensagem de teste atualizada",
            ),
            deleted: words(
                "Mensaje de prueba eliminado",
                "Sandbox message deleted",
                "Mensagem de teste excluída",
            ),
        },
        keys: &[INTENT],
        fields: &[
            field("channel", FieldKind::Text),
            field("recipient", FieldKind::Text),
            field("contact", FieldKind::Text),
            field("sent_at", FieldKind::Time),
        ],
        maps: &[],
        merge: Merge::FirstKey,
        listed: false,
    };

    fn sample() -> Value {
        json!({
            "channel": "whatsapp", "connection": "01990000-0000-7000-8000-000000000002",
            "recipient": "+5491155551234", "text": "Hola Ana, tu carrito te espera",
            "request": { "type": "text" }, "intent": "01990000-0000-7000-8000-000000000003.1",
            "sent_at": 1_767_225_600_000_i64,
        })
    }
}
