//! Sends a text with reply buttons on WhatsApp, which is allowed for 24 hours after the person last wrote.
//! What a button carries comes back as the payload of the message that its tap is.

use std::{collections::BTreeSet, sync::Arc};

use operandi_dsl::{
    Sentence,
    catalog::{Lang, Promise},
    phrase::{Phrase, say},
};
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    NAME,
    error::REFUSALS,
    messaging::{Sending, Sent},
};
use crate::{
    alert::Answer,
    node::{Card, Deed, Done, Scalar},
    services::Services,
    words::{help, titles, words},
};

/// The longest text above buttons, in characters.
const TEXT_CHARS_MAX: usize = 1024;
/// The most buttons.
const BUTTONS_MAX: usize = 3;
/// The longest title, in characters.
const TITLE_CHARS_MAX: usize = 20;
/// The longest payload, in characters.
const PAYLOAD_CHARS_MAX: usize = 256;

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
    /// What it says, in at most 1024 characters.
    #[schemars(extend(
        "x-widget" = "textarea",
        "x-titles" = titles("Texto", "Text", "Texto"),
        "x-help" = help("Lo que dice, en 1024 caracteres como máximo.", "O que diz, em no máximo 1024 caracteres."),
    ))]
    pub text: Scalar,
    /// One to three buttons; those that answer the alert, when there is one and none stands here.
    #[serde(default)]
    #[schemars(length(max = 3), extend(
        "x-titles" = titles("Botones", "Buttons", "Botões"),
        "x-help" = help("De uno a tres botones; los que responden a la alerta, si hay una y aquí no hay ninguno.", "De um a três botões; os que respondem ao alerta, se houver um e aqui não houver nenhum."),
    ))]
    pub buttons: Vec<Button>,
    /// The alert that the person can answer, such as `${event.alert}`.
    #[serde(default)]
    #[schemars(extend(
        "x-titles" = titles("Alerta", "Alert", "Alerta"),
        "x-help" = help("La alerta a la que la persona puede responder, como `${event.alert}`.", "O alerta a que a pessoa pode responder, como `${event.alert}`."),
    ))]
    pub alert: Option<Scalar>,
}

/// One button.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Button {
    /// What stands on it, in at most 20 characters.
    #[schemars(extend(
        "x-titles" = titles("Título", "Title", "Título"),
        "x-help" = help("Lo que dice el botón, en 20 caracteres como máximo.", "O que diz o botão, em no máximo 20 caracteres."),
    ))]
    pub title: Scalar,
    /// The word that comes back when it is tapped, in at most 256 characters.
    #[schemars(extend(
        "x-titles" = titles("Palabra", "Payload", "Palavra"),
        "x-help" = help("La palabra que vuelve al tocarlo, en 256 caracteres como máximo.", "A palavra que volta ao tocá-lo, em no máximo 256 caracteres."),
    ))]
    pub payload: Scalar,
}

/// Sends a text with reply buttons.
pub(crate) struct SendButtons(Arc<Services>);

impl Deed for SendButtons {
    type Params = Params;
    type Output = Sent;

    const CARD: Card = Card {
        kind: "whatsapp.send_buttons",
        title: words(
            "Enviar botones por WhatsApp",
            "Send WhatsApp buttons",
            "Enviar botões pelo WhatsApp",
        ),
        summary: words(
            "Pregunta con hasta tres botones, hasta 24 horas después del último mensaje de la persona; con una alerta, se la responde desde el chat.",
            "Asks with up to three buttons, up to 24 hours after the person's last message; with an alert, it is answered from the chat.",
            "Pergunta com até três botões, até 24 horas após a última mensagem da pessoa; com um alerta, ele é respondido pelo chat.",
        ),
        channel: Some(NAME),
        promise: Promise::Once,
        refusals: REFUSALS,
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.clone())
    }

    async fn perform(&self, call: &Call, params: Params) -> Result<Done<Sent>, Failure> {
        let buttons = buttons(params.buttons, params.alert.as_ref(), call.lang)?;
        let text = params.text.0;
        let fault = fault(&text, &buttons);
        if let Some(detail) = fault {
            return Err(Failure::Params { detail });
        }
        let sending = Sending::prepare(&self.0, call, &params.connection, &params.to.0).await?;
        sending.answers_within_window(call.now)?;
        let content = content(&text, &buttons);
        let titles: Vec<String> = buttons
            .iter()
            .map(|button| format!("[{}]", button.title))
            .collect();
        let shown = format!("{text}\n{}", titles.join(" "));
        sending
            .send(&self.0, call, "interactive", content, shown)
            .await
    }
}

/// The buttons that were given, or those that answer the alert.
fn buttons(given: Vec<Button>, alert: Option<&Scalar>, lang: Lang) -> Result<Vec<Button>, Failure> {
    let Some(alert) = alert.filter(|_| given.is_empty()) else {
        return Ok(given);
    };
    let alert = alert.0.trim().parse().map_err(|_| Failure::Params {
        detail: Phrase::new(say!(
            "`{alert}` no es el id de una alerta",
            "`{alert}` is no id of an alert",
            "`{alert}` não é o id de um alerta",
        ))
        .with("alert", alert)
        .into(),
    })?;
    let button = |answer: Answer| Button {
        title: Scalar(answer.title(lang)),
        payload: Scalar(answer.payload(alert)),
    };
    Ok(Answer::ALL.map(button).into())
}

/// What WhatsApp would not take, said before anything is sent.
fn fault(text: &str, buttons: &[Button]) -> Option<Sentence> {
    let outside = |text: &str, most: usize| {
        let length = text.chars().count();
        (text.trim().is_empty() || length > most).then_some(length)
    };
    let most = TEXT_CHARS_MAX;
    if let Some(length) = outside(text, most) {
        let told = Phrase::new(say!(
            "el texto tiene {length} caracteres, y puede tener de 1 a {most}",
            "the text has {length} characters; 1 to {most} are allowed",
            "o texto tem {length} caracteres, e pode ter de 1 a {most}",
        ));
        return Some(told.with("length", length).with("most", most).into());
    }
    if !(1..=BUTTONS_MAX).contains(&buttons.len()) {
        let told = Phrase::new(say!(
            "hay {count} botones, y puede haber de 1 a {most}; o falta la alerta",
            "there are {count} buttons; 1 to {most} are allowed, or name an alert",
            "há {count} botões, e pode haver de 1 a {most}; ou falta o alerta",
        ));
        let told = told.with("count", buttons.len());
        return Some(told.with("most", BUTTONS_MAX).into());
    }
    for button in buttons {
        let title = (&button.title, TITLE_CHARS_MAX);
        for (words, most) in [title, (&button.payload, PAYLOAD_CHARS_MAX)] {
            if outside(&words.0, most).is_some() {
                let told = Phrase::new(say!(
                    "`{words}` está vacío o es más largo que {most} caracteres, y el botón no puede llevarlo",
                    "`{words}` is empty or longer than {most} characters, which no button may carry",
                    "`{words}` está vazio ou é mais longo que {most} caracteres, e o botão não pode levá-lo",
                ));
                return Some(told.with("words", words).with("most", most).into());
            }
        }
    }
    let words: BTreeSet<&str> = buttons
        .iter()
        .map(|button| button.payload.0.as_str())
        .collect();
    (words.len() < buttons.len()).then(|| {
        say!(
            "dos botones devuelven la misma palabra: no se sabría cuál se tocó",
            "two buttons give back the same word; nobody could tell which was tapped",
            "dois botões devolvem a mesma palavra: não se saberia qual foi tocado",
        )
        .into()
    })
}

fn content(text: &str, buttons: &[Button]) -> Value {
    let buttons: Vec<Value> = buttons
        .iter()
        .map(|Button { title, payload }| {
            json!({ "type": "reply", "reply": { "id": payload.0, "title": title.0 } })
        })
        .collect();
    json!({ "type": "button", "body": { "text": text }, "action": { "buttons": buttons } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALERT: &str = "01990000-0000-7000-8000-000000000009";

    fn button(title: &str, payload: &str) -> Button {
        Button {
            title: Scalar(title.to_owned()),
            payload: Scalar(payload.to_owned()),
        }
    }

    #[test]
    fn what_whatsapp_would_not_take_is_refused_before() {
        let long = "x".repeat(1025);
        let yes = || button("Sí", "yes");
        for (text, buttons, fits) in [
            ("¿Vas?", vec![yes()], true),
            (&long[..1024], vec![yes()], true),
            (&long, vec![yes()], false),
            (" ", vec![yes()], false),
            ("¿Vas?", vec![], false),
            (
                "¿Vas?",
                vec![button("Sí", "1"), button("No", "2"), button("Quizá", "3")],
                true,
            ),
            (
                "¿Vas?",
                (0..4).map(|n| button("Sí", &n.to_string())).collect(),
                false,
            ),
            ("¿Vas?", vec![button(&long[..20], &long[..256])], true),
            ("¿Vas?", vec![button(&long[..21], "yes")], false),
            ("¿Vas?", vec![button("Sí", &long[..257])], false),
            ("¿Vas?", vec![button("", "yes")], false),
            ("¿Vas?", vec![yes(), button("No", "yes")], false),
        ] {
            assert_eq!(fault(text, &buttons).is_none(), fits, "{text} {buttons:?}");
        }
    }

    #[test]
    fn an_alert_brings_its_own_buttons() {
        let alert = Scalar(ALERT.to_owned());
        let own = buttons(Vec::new(), Some(&alert), Lang::Es).expect("buttons");
        let told: Vec<_> = own
            .iter()
            .map(|one| (one.title.0.as_str(), one.payload.0.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("Me ocupo", &*format!("alert:{ALERT}:acknowledge")),
                ("Posponer 30 min", &*format!("alert:{ALERT}:snooze:30")),
                ("Resuelto", &*format!("alert:{ALERT}:solve")),
            ]
        );
        for lang in Lang::ALL {
            let own = buttons(Vec::new(), Some(&alert), lang).expect("buttons");
            assert_eq!(fault("Hola", &own), None, "{lang:?}");
        }
        let given = buttons(vec![button("Sí", "yes")], Some(&alert), Lang::Es);
        assert_eq!(given.expect("buttons").len(), 1);
        let wrong = buttons(Vec::new(), Some(&Scalar("7".to_owned())), Lang::Es);
        assert!(matches!(wrong, Err(Failure::Params { .. })));
    }
}
