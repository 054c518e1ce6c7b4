//! A person the shop knows: one record however many names the outside has for them.

use std::collections::BTreeMap;

use operandi_dsl::time::Timestamp;
use operandi_engine::store::records::{FieldKind, Merge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Card, Changes, Record, field, identity::Identity};
use crate::words::{titles, words};

/// The id of the person in samples, whom those of carts and orders name, too.
pub const SAMPLE_ID: &str = "01990000-0000-7000-8000-000000000001";

/// A person the shop knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct Contact {
    /// The first name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Nombre", "First name", "Nome")))]
    pub first_name: Option<String>,
    /// The last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Apellido", "Last name", "Sobrenome")))]
    pub last_name: Option<String>,
    /// What the person calls themself in chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Nombre en el chat", "Name in chat", "Nome no chat")))]
    pub profile_name: Option<String>,
    /// The phone in E.164, such as `+5491155551234`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Teléfono", "Phone", "Telefone"), "x-widget" = "phone"))]
    pub phone: Option<String>,
    /// The email address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Correo electrónico", "Email", "E-mail"), "x-widget" = "email"))]
    pub email: Option<String>,
    /// WhatsApp's own id of the person, which is there when the phone is hidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Id de WhatsApp", "WhatsApp id", "Id do WhatsApp")))]
    pub whatsapp_user_id: Option<String>,
    /// The language, such as `es` or `pt-BR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Idioma", "Language", "Idioma")))]
    pub language: Option<String>,
    /// The time zone, such as `America/Argentina/Buenos_Aires`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("Zona horaria", "Time zone", "Fuso horário"), "x-widget" = "zone"))]
    pub zone: Option<String>,
    /// The country's two letters, such as `AR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-titles" = titles("País", "Country", "País")))]
    pub country: Option<String>,
    /// Words the shop sorts its people by.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-titles" = titles("Etiquetas", "Tags", "Etiquetas"), "x-widget" = "tags"))]
    pub tags: Vec<String>,
    /// Whether the person agreed to be written to, per channel.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-titles" = titles("Consentimientos", "Consents", "Consentimentos")))]
    pub consent: BTreeMap<String, Consent>,
    /// Never write to this person, on any channel.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schemars(extend("x-titles" = titles("No contactar", "Do not contact", "Não contatar")))]
    pub suppressed: bool,
    /// When the person last wrote to us, per channel, in milliseconds since 1970.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(
        with = "BTreeMap<String, i64>",
        extend("x-titles" = titles("Último mensaje recibido", "Last message received", "Última mensagem recebida"), "x-widget" = "moments")
    )]
    pub last_inbound_at: BTreeMap<String, Timestamp>,
    /// The person's ids in stores and other systems, by connection.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(extend("x-titles" = titles("Ids externos", "External ids", "Ids externos")))]
    pub external_ids: BTreeMap<String, String>,
    /// What the shop itself adds.
    #[serde(skip_serializing_if = "Map::is_empty")]
    #[schemars(extend("x-titles" = titles("Campos propios", "Custom fields", "Campos próprios")))]
    pub custom: Map<String, Value>,
}

/// A person's word on one channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    pub status: ConsentStatus,
    /// When it was given or taken back, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<i64>")]
    pub at: Option<Timestamp>,
    /// Where it was given, such as `shopify` or `whatsapp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// Whether the person agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentStatus {
    Granted,
    Revoked,
}

impl Contact {
    /// What a message calls the person, when anything is known.
    #[must_use]
    pub fn greeting_name(&self) -> Option<&str> {
        self.first_name.as_deref().or(self.profile_name.as_deref())
    }
}

impl Record for Contact {
    const CARD: Card = Card {
        name: "contact",
        title: words("Contacto", "Contact", "Contato"),
        plural: words("Contactos", "Contacts", "Contatos"),
        changes: Changes {
            created: words("Contacto creado", "Contact created", "Contato criado"),
            updated: words(
                "Contacto modificado",
                "Contact updated",
                "Contato atualizado",
            ),
            deleted: words("Contacto eliminado", "Contact deleted", "Contato excluído"),
        },
        keys: &[
            super::identity::EXTERNAL,
            super::identity::WHATSAPP,
            super::identity::PHONE,
            super::identity::EMAIL,
        ],
        fields: &[
            field("first_name", FieldKind::Text),
            field("last_name", FieldKind::Text),
            field("phone", FieldKind::Text),
            field("email", FieldKind::Text),
            field("language", FieldKind::Text),
            field("country", FieldKind::Text),
            field("tags", FieldKind::Tags),
            field("suppressed", FieldKind::Boolean),
        ],
        maps: &["consent", "last_inbound_at", "external_ids"],
        merge: Merge::IntoOldest,
        listed: true,
    };

    fn aliases(&self) -> Vec<(String, String)> {
        let mut identity = Identity::default()
            .whatsapp(self.whatsapp_user_id.as_deref().unwrap_or_default())
            .phone(
                self.phone.as_deref().unwrap_or_default(),
                self.country.as_deref(),
            )
            .email(self.email.as_deref().unwrap_or_default());
        for (connection, id) in &self.external_ids {
            if let Ok(connection) = connection.parse() {
                identity = identity.external(connection, id);
            }
        }
        identity.into_keys()
    }

    fn sample() -> Value {
        json!({
            "first_name": "Ana", "last_name": "García", "phone": "+5491155551234", "email": "ana@example.com",
            "language": "es", "country": "AR", "zone": "America/Argentina/Buenos_Aires", "tags": ["vip"],
            "consent": {
                "whatsapp": { "status": "granted", "at": 1_767_225_600_000_i64, "source": "shopify" },
                "email": { "status": "granted", "at": 1_767_225_600_000_i64, "source": "shopify" },
            },
            "last_inbound_at": { "whatsapp": 1_767_225_600_000_i64 },
        })
    }
}
