//! What a person's message says, whatever its type.

use serde_json::Value;

use super::payload::Message;

/// Words that, alone in a message, mean that the person wants no more of ours.
const STOP_WORDS: [&str; 9] = [
    "baja",
    "stop",
    "parar",
    "sair",
    "cancelar suscripcion",
    "cancelar suscripción",
    "unsubscribe",
    "no más",
    "descadastrar",
];

/// What a message says, whatever its type.
#[derive(Default)]
pub(super) struct Said {
    pub(super) text: Option<String>,
    pub(super) payload: Option<String>,
    pub(super) media: Option<Value>,
    pub(super) details: Option<Value>,
}

impl Said {
    pub(super) fn of(message: &Message) -> Self {
        let body = message.body.get(&message.kind).unwrap_or(&Value::Null);
        let text = |value: &Value| value.as_str().map(str::to_owned);
        match message.kind.as_str() {
            "text" => Self {
                text: text(&body["body"]),
                ..Self::default()
            },
            "button" => Self {
                text: text(&body["text"]),
                payload: text(&body["payload"]),
                ..Self::default()
            },
            "interactive" => {
                let reply = match body["type"].as_str() {
                    Some(kind @ ("button_reply" | "list_reply" | "nfm_reply")) => &body[kind],
                    Some(_) | None => &Value::Null,
                };
                Self {
                    text: text(&reply["title"]).or_else(|| text(&reply["body"])),
                    payload: text(&reply["id"]).or_else(|| text(&reply["response_json"])),
                    ..Self::default()
                }
            }
            "reaction" => Self {
                text: text(&body["emoji"]),
                details: Some(body.clone()),
                ..Self::default()
            },
            "image" | "video" | "audio" | "document" | "sticker" => Self {
                text: text(&body["caption"]),
                media: Some(body.clone()),
                ..Self::default()
            },
            _ => Self {
                details: Some(body.clone()).filter(|body| !body.is_null()),
                ..Self::default()
            },
        }
    }

    pub(super) fn is_stop(&self) -> bool {
        self.text.as_deref().is_some_and(|text| {
            let text = text.trim().trim_end_matches(['.', '!']).to_lowercase();
            STOP_WORDS.contains(&text.as_str())
        })
    }
}
