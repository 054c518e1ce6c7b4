//! WhatsApp Cloud API: messages out, messages, delivery statuses and opt-outs in.

mod api;
mod error;
mod events;
pub(crate) mod messaging;
mod parse;
mod payload;
mod said;
pub(crate) mod send_buttons;
pub(crate) mod send_template;
pub(crate) mod send_text;

#[cfg(feature = "fakes")]
pub mod fake;

use operandi_dsl::{
    catalog::{ConnectorSpec, EventSpec},
    phrase::say,
    time::Timestamp,
};
use operandi_engine::event::Ingest;
use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Connection, Connector, HookError, HookRequest, SecretList, Verified, schema,
    verified::{Encoding, by_hmac, token_fits},
};
use crate::words::{help, titles, words};

/// The connector's and the channel's name.
pub(crate) const NAME: &str = "whatsapp";

/// The open settings of a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The id of the number messages leave from, in Meta's panel.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Id del número", "Phone number id", "Id do número"),
        "x-help" = help("El id del número desde el que salen los mensajes, en el panel de Meta.", "O id do número de onde saem as mensagens, no painel da Meta."),
    ))]
    pub phone_number_id: String,
    /// The id of the WhatsApp Business account.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Id de la cuenta", "Account id", "Id da conta"),
        "x-help" = help("El id de la cuenta de WhatsApp Business.", "O id da conta do WhatsApp Business."),
    ))]
    pub waba_id: Option<String>,
    /// Where the API is.
    #[serde(default = "default_base_url")]
    #[schemars(extend(
        "x-titles" = titles("Dirección de la API", "Address of the API", "Endereço da API"),
        "x-help" = help("Dónde está la API.", "Onde está a API."),
        "format" = "uri",
    ))]
    pub base_url: String,
    /// The version of the API.
    #[serde(default = "default_version")]
    #[schemars(extend(
        "x-titles" = titles("Versión de la API", "Version of the API", "Versão da API"),
        "x-help" = help("La versión de la API.", "A versão da API."),
        "pattern" = "^v[0-9]+\\.[0-9]+$",
    ))]
    pub api_version: String,
    /// Keeps messages to be looked at instead of sending them.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Modo de prueba", "Sandbox", "Modo de teste"),
        "x-help" = help("Guarda los mensajes para verlos en vez de enviarlos.", "Guarda as mensagens para vê-las em vez de enviá-las."),
    ))]
    pub sandbox: bool,
    /// The country of phones written without a prefix, in two letters.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("País", "Country", "País"),
        "x-help" = help("El país de los teléfonos escritos sin prefijo, en dos letras.", "O país dos telefones escritos sem prefixo, em duas letras."),
    ))]
    pub country: Option<String>,
}

fn default_base_url() -> String {
    "https://graph.facebook.com/".to_owned()
}

fn default_version() -> String {
    "v25.0".to_owned()
}

/// The secrets of a connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The access token of a system user.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend(
        "x-widget" = "secret",
        "x-titles" = titles("Token de acceso", "Access token", "Token de acesso"),
        "x-help" = help("El token de acceso de un usuario del sistema.", "O token de acesso de um usuário do sistema."),
    ))]
    pub access_token: Option<SecretString>,
    /// The app's secret, which signs what arrives; two while one replaces the other.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Clave secreta de la app", "App secret", "Chave secreta do app"),
        "x-help" = help("La clave secreta de la app, que firma lo que llega; dos mientras una reemplaza a la otra.", "A chave secreta do app, que assina o que chega; duas enquanto uma substitui a outra."),
    ))]
    pub app_secret: SecretList,
    /// The word Meta repeats when it tests the webhook's address.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Token de verificación", "Verify token", "Token de verificação"),
        "x-help" = help("La palabra que Meta repite al probar la dirección del webhook.", "A palavra que a Meta repete ao testar o endereço do webhook."),
    ))]
    pub verify_token: SecretList,
}

/// The connector.
pub struct WhatsApp;

impl Connector for WhatsApp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec {
            name: NAME,
            title: words("WhatsApp", "WhatsApp", "WhatsApp"),
            settings: schema::<Settings>(),
            secrets: schema::<Secrets>(),
        }
    }

    fn events(&self) -> Vec<(&'static str, EventSpec)> {
        vec![
            (
                events::MESSAGE_RECEIVED,
                EventSpec {
                    title: words("Mensaje recibido", "Message received", "Mensagem recebida"),
                    data: schema::<events::MessageReceived>(),
                    sample: events::MessageReceived::sample(),
                },
            ),
            (
                events::MESSAGE_FAILED,
                EventSpec {
                    title: words(
                        "Mensaje no entregado",
                        "Message failed",
                        "Mensagem não entregue",
                    ),
                    data: schema::<events::MessageFailed>(),
                    sample: events::MessageFailed::sample(),
                },
            ),
            (
                events::TEMPLATE_UPDATED,
                EventSpec {
                    title: words(
                        "Plantilla de WhatsApp revisada",
                        "WhatsApp template reviewed",
                        "Modelo do WhatsApp revisado",
                    ),
                    data: schema::<events::TemplateUpdated>(),
                    sample: events::TemplateUpdated::sample(),
                },
            ),
            (
                events::NOTICE,
                EventSpec {
                    title: words("Aviso de WhatsApp", "WhatsApp notice", "Aviso do WhatsApp"),
                    data: json!({
                        "type": "object",
                        "properties": { "field": { "type": "string" }, "value": true, "connection": { "type": "string" } },
                    }),
                    sample: json!({ "field": "account_update", "value": { "event": "ACCOUNT_RESTRICTION" } }),
                },
            ),
        ]
    }

    fn check(&self, connection: &Connection) -> Result<(), HookError> {
        let settings: Settings = connection.settings()?;
        let secrets: Secrets = connection.secrets()?;
        api::endpoint(&settings).map_err(HookError::Settings)?;
        if settings.sandbox {
            return Ok(());
        }
        if settings.phone_number_id.trim().is_empty() {
            return Err(HookError::Settings(
                say!(
                    "falta `phone_number_id`",
                    "`phone_number_id` is missing",
                    "falta `phone_number_id`",
                )
                .into(),
            ));
        }
        if secrets.access_token.is_none() {
            return Err(HookError::Settings(
                say!(
                    "falta `access_token`",
                    "`access_token` is missing",
                    "falta `access_token`",
                )
                .into(),
            ));
        }
        Ok(())
    }

    fn handshake(
        &self,
        connection: &Connection,
        request: &HookRequest,
    ) -> Result<Option<String>, HookError> {
        if request.method != "GET" {
            return Ok(None);
        }
        if request.query("hub.mode") != Some("subscribe") {
            return Err(HookError::Malformed(
                "`hub.mode` is not `subscribe`".to_owned(),
            ));
        }
        let secrets: Secrets = connection.secrets()?;
        if !token_fits(request.query("hub.verify_token"), &secrets.verify_token)? {
            return Err(HookError::Forged);
        }
        match request.query("hub.challenge") {
            Some(challenge) => Ok(Some(challenge.to_owned())),
            None => Err(HookError::Malformed(
                "`hub.challenge` is missing".to_owned(),
            )),
        }
    }

    fn verify(
        &self,
        connection: &Connection,
        request: HookRequest,
    ) -> Result<Verified<HookRequest>, HookError> {
        let secrets: Secrets = connection.secrets()?;
        let signature = request.header("x-hub-signature-256").map(str::to_owned);
        by_hmac(
            request,
            signature.as_deref(),
            Encoding::Hex { prefix: "sha256=" },
            &secrets.app_secret,
        )
    }

    fn parse(
        &self,
        connection: &Connection,
        delivery: &Verified<HookRequest>,
        now: Timestamp,
    ) -> Result<Vec<Ingest>, HookError> {
        let settings: Settings = connection.settings()?;
        let body: Value = delivery.get().json()?;
        parse::parse(connection, &settings, body, now)
    }
}

#[cfg(test)]
pub(in crate::connector) mod tests;
