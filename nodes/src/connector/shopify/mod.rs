//! Shopify: carts, checkouts, orders and customers as records and events.

mod buyer;
mod convert;
mod parse;
mod payload;

#[cfg(feature = "fakes")]
pub mod fake;

use operandi_dsl::{
    catalog::{ConnectorSpec, EventSpec},
    time::Timestamp,
};
use operandi_engine::event::Ingest;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::{
    Connection, Connector, HookError, HookRequest, SecretList, Verified, schema,
    verified::{Encoding, by_hmac},
};
use crate::{
    domain::RecordKind,
    words::{help, titles, words},
};

/// The connector's name.
pub(crate) const NAME: &str = "shopify";

/// The open settings of a connection.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The shop's own domain, such as `my-shop.myshopify.com`; deliveries of other shops are refused.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Dominio de la tienda", "Shop domain", "Domínio da loja"),
        "x-help" = help("El dominio propio de la tienda, como `mi-tienda.myshopify.com`; se rechaza lo que llega de otras.", "O domínio próprio da loja, como `minha-loja.myshopify.com`; o que chega de outras é recusado."),
    ))]
    pub shop: Option<String>,
    /// Where the Admin API is; the shop's own domain when absent.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Dirección de la API", "Address of the API", "Endereço da API"),
        "x-help" = help("Dónde está la API de administración; el dominio de la tienda si falta.", "Onde está a API de administração; o domínio da loja se faltar."),
    ))]
    pub base_url: Option<String>,
    /// The country of phones written without a prefix, in two letters.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("País", "Country", "País"),
        "x-help" = help("El país de los teléfonos escritos sin prefijo, en dos letras.", "O país dos telefones escritos sem prefixo, em duas letras."),
    ))]
    pub country: Option<String>,
    /// The currency of carts that name none.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Moneda", "Currency", "Moeda"),
        "x-help" = help("La moneda de los carritos que no dicen ninguna.", "A moeda dos carrinhos que não dizem nenhuma."),
    ))]
    pub currency: Option<String>,
    /// The note attribute whose value 1 means that the buyer agreed to WhatsApp messages.
    #[serde(default = "default_opt_in")]
    #[schemars(extend(
        "x-titles" = titles("Atributo de consentimiento", "Consent attribute", "Atributo de consentimento"),
        "x-help" = help("El atributo de la nota cuyo valor 1 dice que el comprador aceptó mensajes de WhatsApp.", "O atributo da nota cujo valor 1 diz que o comprador aceitou mensagens de WhatsApp."),
    ))]
    pub whatsapp_opt_in_attribute: String,
}

fn default_opt_in() -> String {
    "wa_opt_in".to_owned()
}

/// The secrets of a connection.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The app's client secret, which signs what arrives; two while one replaces the other.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Clave secreta de la app", "Client secret", "Chave secreta do app"),
        "x-help" = help("La clave secreta de la app, que firma lo que llega; dos mientras una reemplaza a la otra.", "A chave secreta do app, que assina o que chega; duas enquanto uma substitui a outra."),
    ))]
    pub client_secret: SecretList,
    /// The token of the Admin API.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Token de acceso", "Access token", "Token de acesso"),
        "x-help" = help("El token de la API de administración.", "O token da API de administração."),
    ))]
    pub access_token: SecretList,
}

/// The connector.
pub struct Shopify;

/// What a delivery's headers say; both families of names are in use.
struct Head<'a>(&'a HookRequest);

impl Head<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .header(&format!("x-shopify-{name}"))
            .or_else(|| self.0.header(&format!("shopify-{name}")))
    }
}

impl Connector for Shopify {
    fn name(&self) -> &'static str {
        NAME
    }

    fn spec(&self) -> ConnectorSpec {
        ConnectorSpec {
            name: NAME,
            title: words("Shopify", "Shopify", "Shopify"),
            settings: schema::<Settings>(),
            secrets: schema::<Secrets>(),
        }
    }

    fn events(&self) -> Vec<(&'static str, EventSpec)> {
        let order = |title| EventSpec {
            title,
            data: RecordKind::event_schema("order"),
            sample: RecordKind::event_sample("order"),
        };
        vec![
            (
                parse::ORDER_PAID,
                order(words("Pedido pagado", "Order paid", "Pedido pago")),
            ),
            (
                parse::ORDER_CANCELLED,
                order(words(
                    "Pedido cancelado",
                    "Order cancelled",
                    "Pedido cancelado",
                )),
            ),
            (
                parse::ORDER_FULFILLED,
                order(words(
                    "Pedido despachado",
                    "Order fulfilled",
                    "Pedido enviado",
                )),
            ),
            (
                parse::NOTICE,
                EventSpec {
                    title: words("Aviso de Shopify", "Shopify notice", "Aviso do Shopify"),
                    data: json!({
                        "type": "object",
                        "properties": { "topic": { "type": "string" }, "payload": true, "connection": { "type": "string" } },
                    }),
                    sample: json!({ "topic": "app/uninstalled", "payload": { "id": 1 } }),
                },
            ),
        ]
    }

    fn check(&self, connection: &Connection) -> Result<(), HookError> {
        let _: Settings = connection.settings()?;
        let secrets: Secrets = connection.secrets()?;
        secrets.client_secret.configured().map(|_| ())
    }

    fn verify(
        &self,
        connection: &Connection,
        request: HookRequest,
    ) -> Result<Verified<HookRequest>, HookError> {
        let secrets: Secrets = connection.secrets()?;
        let settings: Settings = connection.settings()?;
        let signature = Head(&request).get("hmac-sha256").map(str::to_owned);
        let verified = by_hmac(
            request,
            signature.as_deref(),
            Encoding::Base64,
            &secrets.client_secret,
        )?;
        let domain = Head(verified.get()).get("shop-domain").map(str::to_owned);
        // One app's secret signs for all its shops.
        match (settings.shop, domain) {
            (Some(shop), Some(domain)) if !shop.trim().eq_ignore_ascii_case(&domain) => {
                Err(HookError::Forged)
            }
            _ => Ok(verified),
        }
    }

    fn parse(
        &self,
        connection: &Connection,
        delivery: &Verified<HookRequest>,
        now: Timestamp,
    ) -> Result<Vec<Ingest>, HookError> {
        let settings: Settings = connection.settings()?;
        let head = Head(delivery.get());
        let topic = head
            .get("topic")
            .ok_or_else(|| HookError::Malformed("the topic is missing".to_owned()))?;
        let delivered = parse::Delivered {
            topic: &topic.to_lowercase().replace('_', "/"),
            id: head.get("webhook-id"),
            shop: head
                .get("shop-domain")
                .map(str::to_owned)
                .or(settings.shop.clone()),
            triggered_at: head.get("triggered-at").and_then(convert::moment),
            now,
        };
        Ok(vec![parse::parse(
            connection,
            &settings,
            &delivered,
            delivery.get().json()?,
        )?])
    }
}

#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
