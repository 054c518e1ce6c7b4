//! Computes a value with a script.

use std::sync::Arc;

use operandi_dsl::{
    catalog::Promise,
    expr::{Expr, Language, Scope},
    phrase::{Phrase, say},
};
use operandi_engine::node::{Call, Failure};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Card, Deed, Done};
use crate::{
    services::Services,
    words::{help, titles, words},
};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// The code in Rhai; its last value is the step's output.
    #[schemars(extend(
        "x-widget" = "code",
        "x-titles" = titles("Código", "Code", "Código"),
        "x-help" = help("El código en Rhai; su último valor es el resultado del paso.", "O código em Rhai; seu último valor é o resultado do passo."),
    ))]
    pub code: String,
    /// What the code sees, by name.
    #[serde(default)]
    #[schemars(extend(
        "x-widget" = "fields",
        "x-titles" = titles("Variables", "Variables", "Variáveis"),
        "x-help" = help("Lo que ve el código, por nombre.", "O que o código vê, por nome."),
    ))]
    pub vars: Map<String, Value>,
}

/// Computes a value with a script.
pub(crate) struct Script(Arc<Language>);

impl Deed for Script {
    type Params = Params;
    type Output = Value;

    const CARD: Card = Card {
        kind: "script",
        title: words("Script", "Script", "Script"),
        summary: words(
            "Calcula un valor con unas líneas de código.",
            "Computes a value with a few lines of code.",
            "Calcula um valor com algumas linhas de código.",
        ),
        channel: None,
        promise: Promise::Pure,
        refusals: &[],
    };

    fn build(services: &Arc<Services>) -> Self {
        Self(services.language.clone())
    }

    async fn perform(&self, _: &Call, params: Params) -> Result<Done<Value>, Failure> {
        let language = self.0.clone();
        // A script may compute for a while, which would hold up everything else on this thread.
        let value = tokio::task::spawn_blocking(move || run(&language, &params)).await;
        match value {
            Ok(result) => result.map(Done::with),
            Err(error) => Err(Failure::Params {
                detail: Phrase::new(say!(
                    "el script no terminó: {error}",
                    "the script did not end: {error}",
                    "o script não terminou: {error}",
                ))
                .with("error", error)
                .into(),
            }),
        }
    }
}

fn run(language: &Arc<Language>, params: &Params) -> Result<Value, Failure> {
    let failed = |error: operandi_dsl::expr::ExprError| Failure::Params {
        detail: match error.position {
            Some((line, column)) => Phrase::new(say!(
                "línea {line}, columna {column}: {why}",
                "line {line}, column {column}: {why}",
                "linha {line}, coluna {column}: {why}",
            ))
            .with("line", line)
            .with("column", column)
            .with_sentence("why", error.sentence())
            .into(),
            None => error.sentence(),
        },
    };
    let script = Expr::compile_script(language, &params.code).map_err(failed)?;
    let mut scope = Scope::new(language);
    for (name, value) in &params.vars {
        scope.set(name, value);
    }
    script.eval(&mut scope).map_err(failed)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::node::tests::call;

    #[tokio::test]
    async fn the_last_value_is_the_output() {
        let node = Script(Language::untimed());
        for (code, vars, expected) in [
            (
                "let a = event.n + 1; a * 2",
                json!({ "event": { "n": 2 } }),
                Some(json!(6)),
            ),
            (
                "#{ total: items.len() }",
                json!({ "items": [1, 2] }),
                Some(json!({ "total": 2 })),
            ),
            ("let a = ;", json!({}), None),
            ("nobody + 1", json!({}), None),
            ("loop {}", json!({}), None),
        ] {
            let params =
                serde_json::from_value(json!({ "code": code, "vars": vars })).expect("params");
            let done = node.perform(&call(), params).await;
            match (done, expected) {
                (Ok(done), Some(expected)) => assert_eq!(done.output, expected, "{code}"),
                (Err(Failure::Params { .. }), None) => {}
                (done, _) => panic!("{code}: {:?}", done.map(|done| done.output)),
            }
        }
    }
}
