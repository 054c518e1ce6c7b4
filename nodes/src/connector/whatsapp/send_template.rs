//! Sends an approved WhatsApp template.

use std::{collections::BTreeMap, sync::Arc};

use operandi_dsl::{
    catalog::Promise,
    phrase::{Phrase, say},
};
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    NAME,
    error::REFUSALS,
    messaging::{Sending, Sent},
};
use crate::{
    node::{Card, Deed, Done, Scalar},
    services::Services,
    words::{help, titles, words},
};

/// The most variables a template has.
const VARIABLES_MAX: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The WhatsApp number it leaves from.
    #[schemars(extend(
        "x-widget" = "connection", "x-connector" = "whatsapp",
        "x-titles" = titles("Conexión", "Connection", "Conexão"),
        "x-help" = help("El número de WhatsApp desde el que sale.", "O número de WhatsApp de onde sai."),
    ))]
    pub connection: String,
    /// Who it goes to: a contact, a phone or a WhatsApp id.
    #[schemars(extend(
        "x-widget" = "contact",
        "x-titles" = titles("Para", "To", "Para"),
        "x-help" = help("A quién va: un contacto, un teléfono o un id de WhatsApp.", "Para quem vai: um contato, um telefone ou um id do WhatsApp."),
    ))]
    pub to: Scalar,
    /// The template's name as it was approved.
    #[schemars(length(min = 1, max = 512), extend(
        "x-titles" = titles("Plantilla", "Template", "Modelo"),
        "x-help" = help("El nombre de la plantilla tal como fue aprobada.", "O nome do modelo como foi aprovado."),
    ))]
    pub template: String,
    /// The template's language, such as `es`, `es_AR` or `pt_BR`.
    #[serde(default = "default_language")]
    #[schemars(extend(
        "x-titles" = titles("Idioma", "Language", "Idioma"),
        "x-help" = help("El idioma de la plantilla, como `es`, `es_AR` o `pt_BR`.", "O idioma do modelo, como `es`, `es_AR` ou `pt_BR`."),
    ))]
    pub language: Scalar,
    /// What stands in the text's gaps: a list in order, or an object by name.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "variables",
        "x-titles" = titles("Variables", "Variables", "Variáveis"),
        "x-help" = help("Lo que va en los huecos del texto: una lista en orden, o un objeto por nombre.", "O que vai nas lacunas do texto: uma lista em ordem, ou um objeto por nome."),
    ))]
    pub variables: Variables,
    /// The address of the picture above the text.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "url",
        "x-titles" = titles("Imagen", "Image", "Imagem"),
        "x-help" = help("La dirección de la imagen que va sobre el texto.", "O endereço da imagem acima do texto."),
    ))]
    pub header_image: Option<Scalar>,
    /// What each button carries, in order: the end of its link, the word it gives back, or nothing.
    #[serde(default)]
    #[schemars(length(max = 10), extend(
        "x-titles" = titles("Botones", "Buttons", "Botões"),
        "x-help" = help("Lo que lleva cada botón, en orden: el final de su enlace, la palabra que devuelve, o nada.", "O que cada botão leva, em ordem: o fim do link, a palavra que devolve, ou nada."),
    ))]
    pub buttons: Vec<Option<Button>>,
}

fn default_language() -> Scalar {
    Scalar("es".to_owned())
}

/// The values of a template's gaps.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Variables {
    InOrder(Vec<Scalar>),
    ByName(BTreeMap<String, Scalar>),
}

impl Default for Variables {
    fn default() -> Self {
        Self::InOrder(Vec::new())
    }
}

/// What one button carries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum Button {
    /// The end of the button's link.
    Url(Scalar),
    /// The word that comes back when it is tapped.
    Payload(Scalar),
    /// A code to be copied.
    Code(Scalar),
}

/// Sends an approved template.
pub(crate) struct SendTemplate(Arc<Services>);

impl Deed for SendTemplate {
    type Params = Params;
    type Output = Sent;

    const CARD: Card = Card {
        kind: "whatsapp.send_template",
        title: words(
            "Enviar plantilla de WhatsApp",
            "Send WhatsApp template",
            "Enviar modelo do WhatsApp",
        ),
        summary: words(
            "Envía un mensaje aprobado; llega también fuera de las 24 horas.",
            "Sends an approved message; it arrives outside the 24 hours too.",
            "Envia uma mensagem aprovada; chega também fora das 24 horas.",
        ),
        channel: Some(NAME),
        promise: Promise::Once,
        refusals: REFUSALS,
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Sent>, Failure> {
        let count = params.variables.len();
        if count > VARIABLES_MAX {
            return Err(Failure::Params {
                detail: Phrase::new(say!(
                    "{count} variables, y una plantilla tiene como mucho {most}",
                    "{count} variables; a template has at most {most}",
                    "{count} variáveis, e um modelo tem no máximo {most}",
                ))
                .with("count", count)
                .with("most", VARIABLES_MAX)
                .into(),
            });
        }
        let sending = Sending::prepare(&self.0, call, &params.connection, &params.to.0).await?;
        let text = preview(&params);
        sending
            .send(&self.0, call, "template", content(&params), text)
            .await
    }
}

impl Variables {
    fn len(&self) -> usize {
        match self {
            Self::InOrder(values) => values.len(),
            Self::ByName(values) => values.len(),
        }
    }

    fn parameters(&self) -> Vec<Value> {
        let text = |value: &Scalar| json!(one_line(&value.0));
        match self {
            Self::InOrder(values) => {
                values.iter().map(|value| json!({ "type": "text", "text": text(value) })).collect()
            }
            Self::ByName(values) => values
                .iter()
                .map(|(name, value)| json!({ "type": "text", "parameter_name": name, "text": text(value) }))
                .collect(),
        }
    }
}

/// WhatsApp refuses line breaks, tabs and long gaps in a variable.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn content(params: &Params) -> Value {
    let mut components = Vec::new();
    if let Some(link) = &params.header_image {
        let image = json!({ "type": "image", "image": { "link": link.0 } });
        components.push(json!({ "type": "header", "parameters": [image] }));
    }
    if params.variables.len() > 0 {
        components.push(json!({ "type": "body", "parameters": params.variables.parameters() }));
    }
    for (index, button) in params.buttons.iter().enumerate() {
        let Some(button) = button else { continue };
        let (kind, parameter) = match button {
            Button::Url(end) => ("url", json!({ "type": "text", "text": end.0 })),
            Button::Payload(word) => (
                "quick_reply",
                json!({ "type": "payload", "payload": word.0 }),
            ),
            Button::Code(code) => (
                "copy_code",
                json!({ "type": "coupon_code", "coupon_code": code.0 }),
            ),
        };
        components.push(json!({
            "type": "button", "sub_type": kind, "index": index.to_string(), "parameters": [parameter],
        }));
    }
    let mut template = Map::new();
    template.insert("name".to_owned(), json!(params.template));
    template.insert("language".to_owned(), json!({ "code": params.language.0 }));
    if !components.is_empty() {
        template.insert("components".to_owned(), Value::Array(components));
    }
    Value::Object(template)
}

/// What a sandbox shows: the template's own text is known to WhatsApp alone.
fn preview(params: &Params) -> String {
    let values: Vec<String> = match &params.variables {
        Variables::InOrder(values) => values.iter().map(|value| one_line(&value.0)).collect(),
        Variables::ByName(values) => values
            .iter()
            .map(|(name, value)| format!("{name}: {}", one_line(&value.0)))
            .collect(),
    };
    format!("[{}] {}", params.template, values.join(" · "))
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(more: Value) -> Params {
        let mut params =
            json!({ "connection": "c", "to": "+5491155551234", "template": "cart_reminder" });
        if let (Some(params), Value::Object(more)) = (params.as_object_mut(), more) {
            params.extend(more);
        }
        serde_json::from_value(params).expect("params")
    }

    #[test]
    fn templates_are_written_as_meta_wants_them() {
        for (more, expected) in [
            (
                json!({}),
                json!({ "name": "cart_reminder", "language": { "code": "es" } }),
            ),
            (
                json!({ "language": "pt_BR", "variables": ["Ana\n María", 3, true] }),
                json!({ "name": "cart_reminder", "language": { "code": "pt_BR" }, "components": [{
                    "type": "body",
                    "parameters": [
                        { "type": "text", "text": "Ana María" },
                        { "type": "text", "text": "3" },
                        { "type": "text", "text": "true" },
                    ],
                }] }),
            ),
            (
                json!({
                    "variables": { "name": "Ana" }, "header_image": "https://x.cl/a.png",
                    "buttons": [null, { "url": "c0ffee" }, { "payload": "yes" }],
                }),
                json!({ "name": "cart_reminder", "language": { "code": "es" }, "components": [
                    { "type": "header", "parameters": [{ "type": "image", "image": { "link": "https://x.cl/a.png" } }] },
                    { "type": "body", "parameters": [{ "type": "text", "parameter_name": "name", "text": "Ana" }] },
                    { "type": "button", "sub_type": "url", "index": "1", "parameters": [{ "type": "text", "text": "c0ffee" }] },
                    { "type": "button", "sub_type": "quick_reply", "index": "2", "parameters": [{ "type": "payload", "payload": "yes" }] },
                ] }),
            ),
        ] {
            assert_eq!(content(&params(more)), expected);
        }
    }

    #[test]
    fn a_sandbox_shows_name_and_values() {
        assert_eq!(
            preview(&params(json!({ "variables": ["Ana", "https://x.cl"] }))),
            "[cart_reminder] Ana · https://x.cl"
        );
        assert_eq!(preview(&params(json!({}))), "[cart_reminder]");
    }
}
