use serde_json::{Value, json};

use super::document_schema;
use crate::{
    testing::{CART, catalog},
    text::value,
};

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&document_schema(&catalog())).expect("a schema")
}

#[test]
fn the_published_schema_takes_what_the_checker_takes() {
    let validator = validator();
    let document = value(CART).expect("readable");
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|e| e.to_string())
        .collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn the_published_schema_knows_actions_and_fields() {
    let validator = validator();
    let with_step = |step: Value| json!({ "operandi": 1, "name": "x", "trigger": { "manual": true }, "steps": [step] });
    for (step, right) in [
        (json!({ "action": "log", "with": { "message": "x" } }), true),
        (
            json!({ "action": "log", "with": { "message": "x", "level": "${event.level}" } }),
            true,
        ),
        (
            json!({ "action": "log", "with": { "message": "x", "level": "loud" } }),
            false,
        ),
        (json!({ "action": "log", "with": { "mesage": "x" } }), false),
        (json!({ "action": "log" }), false),
        (json!({ "action": "lgo", "with": {} }), false),
        (
            json!({ "action": "http.request", "with": { "url": "x", "timeout_secs": "${1 + 1}" } }),
            true,
        ),
        (
            json!({ "action": "http.request", "with": { "url": "x", "timeout_secs": "soon" } }),
            false,
        ),
        (
            json!({ "wait": { "for": "1h" }, "retry": { "attempts": 2 } }),
            true,
        ),
        (json!({ "wait": { "fro": "1h" } }), false),
        (
            json!({ "if": "true", "then": [{ "stop": "x" }], "esle": [] }),
            false,
        ),
        (json!({ "call": "x", "wait": false }), true),
        (json!({ "stop": "x", "goto": "y" }), false),
        (json!({}), false),
    ] {
        assert_eq!(
            validator.is_valid(&with_step(step.clone())),
            right,
            "{step}"
        );
    }
}

#[test]
fn known_events_and_connectors_are_offered() {
    let schema = document_schema(&catalog());
    for pointer in [
        "/definitions/Listen/properties/event/examples",
        "/definitions/WaitFor/properties/event/examples",
        "/definitions/Exit/properties/event/examples",
        "/definitions/Goal/properties/event/examples",
        "/definitions/Input/properties/connector/examples",
    ] {
        let offered = schema
            .pointer(pointer)
            .and_then(Value::as_array)
            .map(Vec::len);
        assert!(offered.is_some_and(|count| count > 0), "{pointer}");
    }
}
