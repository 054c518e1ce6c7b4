//! Tests of expressions, by what authors write.

mod calls;
#[allow(
    clippy::disallowed_methods,
    reason = "these tests measure how long an evaluation is held"
)]
mod holes;
mod language;
mod library;
mod phone;
mod reads;
mod template;

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Expr, ExprError, Language, Scope};

/// The language of all tests that need no clock of their own.
fn untimed() -> Arc<Language> {
    static LANGUAGE: std::sync::OnceLock<Arc<Language>> = std::sync::OnceLock::new();
    Arc::clone(LANGUAGE.get_or_init(Language::untimed))
}

fn sample() -> Scope {
    let mut scope = Scope::new(&untimed());
    scope.set(
        "event",
        &json!({
            "total": 1500, "rate": 0.5, "name": "Ana", "none": null, "min": 2,
            "customer": { "name": "ANA GARCÍA", "tags": ["vip"] },
            "items": [ { "sku": "A", "qty": 1 }, { "sku": "B", "qty": 3 } ],
            "starts_at": "2026-03-01T09:00:00Z",
        }),
    );
    scope.set("now", &json!(1_772_355_600_000_i64));
    scope.set("steps", &json!({}));
    scope.set_in("steps", "offer", &json!({ "code": "X1" }));
    scope
}

fn eval(source: &str) -> Result<Value, ExprError> {
    Expr::compile(&untimed(), source)?.eval(&mut sample())
}

fn script(source: &str) -> Result<Value, ExprError> {
    Expr::compile_script(&untimed(), source)?.eval(&mut sample())
}

#[track_caller]
fn check(source: &str, expected: Value) {
    assert_eq!(eval(source), Ok(expected), "{source}");
}

/// The message of an expression that must fail, when compiled or when evaluated.
#[track_caller]
fn message(source: &str) -> String {
    match eval(source) {
        Ok(value) => panic!("{source} gave {value}"),
        Err(error) => error.message,
    }
}
