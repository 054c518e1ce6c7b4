use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::text::{parse, to_json, to_yaml};

/// Steps of every block, nested, with and without ids; not all of them make sense.
fn any_steps() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({ "wait": { "for": "1h" } })),
        Just(
            json!({ "wait": { "window": { "days": ["mon-fri"], "from": "09:00", "to": "21:00" } } })
        ),
        Just(
            json!({ "action": "log", "with": { "message": "a: ${event.b} # c" }, "purpose": "service" })
        ),
        Just(
            json!({ "wait_for": { "any": [{ "event": "a.b", "match": { "x": 1 }, "where": "true" }] } })
        ),
        Just(json!({ "script": "let x = 1;\nx + 1\n", "retry": { "attempts": 2, "factor": 1.5 } })),
        Just(json!({ "set": { "x": [1, null, { "y": "z" }] }, "note": "a\nb", "enabled": false })),
        Just(json!({ "call": "other", "with": { "a": 1 }, "wait": false, "timeout": "5m" })),
        Just(json!({ "goto": "a", "limit": 3, "on_error": "continue" })),
        Just(json!({ "stop": "done ${event.x}" })),
    ];
    let step = leaf.prop_recursive(3, 24, 3, |inner| {
        let steps = prop::collection::vec(inner, 0..3).prop_map(Value::Array);
        (steps.clone(), steps, 0..8).prop_map(|(one, other, kind)| match kind {
            0 => json!({ "if": "event.x > 1", "then": one, "else": other }),
            1 => json!({ "switch": [{ "when": "true", "steps": one }], "else": other }),
            2 => json!({ "split": { "a": 1, "B b": 2 }, "paths": { "a": one, "B b": other } }),
            3 => json!({ "each": "event.items", "as": "line", "concurrency": 3, "steps": one }),
            4 => json!({ "parallel": { "x": one, "y": other }, "join": "any" }),
            5 => json!({ "repeat": { "until": "true", "limit": 3 }, "steps": one }),
            6 => json!({ "ask": { "question": "?", "answers": { "yes": "Sí", "no": "No" }, "timeout": "1h" },
                "on": { "yes": one }, "on_timeout": other }),
            _ => json!({ "action": "log", "fallback": one, "on_error": other }),
        })
    });
    prop::collection::vec((step, any::<bool>()), 0..5).prop_map(|steps| {
        let named = steps
            .into_iter()
            .enumerate()
            .map(|(index, (mut step, named))| {
                if named {
                    step["id"] = json!(format!("step_{index}"));
                }
                step
            });
        named.collect()
    })
}

fn document(steps: Value) -> Value {
    json!({
        "operandi": 1,
        "name": { "es": "Uno", "en": "One", "pt": "Um" },
        "description": "yes",
        "rubros": ["general"],
        "purpose": "marketing",
        "inputs": { "b": { "type": "number", "default": 1.5, "min": 1 }, "a": { "type": "text" } },
        "trigger": { "event": ["a.b", "c.d"], "where": "event.x != ()", "key": "event.id", "mode": "queue" },
        "exit": [{ "event": "a.b", "match": { "x": "${event.x}" }, "outcome": "bought" }],
        "goal": { "event": "a.b", "match": { "x": 1 }, "within": "5d" },
        "steps": steps,
    })
}

fn read(source: &str) -> Document {
    let tree = parse(source).expect("readable");
    match decode(&tree) {
        Ok(decoded) => decoded.document,
        Err(problems) => panic!("{source}\n{problems:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_and_document_are_the_same_thing(steps in any_steps()) {
        let first = read(&to_yaml(&document(steps)));
        let value = serde_json::to_value(&first).expect("a value");
        for text in [to_yaml(&value), to_json(&value)] {
            let again = read(&text);
            prop_assert_eq!(&again, &first);
            prop_assert_eq!(serde_json::to_value(&again).expect("a value"), value.clone());
        }
    }
}

#[test]
fn a_document_is_written_as_short_as_it_can_be() {
    let short = json!({
        "operandi": 1,
        "name": "x",
        "trigger": { "manual": true },
        "steps": [{ "id": "a", "parallel": { "x": [] } }],
    });
    let document = read(&to_json(&short));
    assert_eq!(serde_json::to_value(document).expect("a value"), short);
}

#[test]
fn unknown_fields_are_found_wherever_they_are() {
    for (path, known) in [
        ("/exit/0", "event"),
        ("/goal", "within"),
        ("/trigger", "where"),
        ("/inputs/a", "title"),
        ("/steps/0", "then"),
        ("/steps/0/then/0", "wait"),
        ("/steps/0/then/0/wait", "for"),
    ] {
        let mut value = document(json!([{ "if": "true", "then": [{ "wait": { "for": "1h" } }] }]));
        let place = value.pointer_mut(path).expect("a place");
        place[format!("{known}x")] = json!(1);
        let tree = parse(&to_yaml(&value)).expect("readable");
        let problems = decode(&tree).err().expect("refused");
        assert_eq!(problems.len(), 1, "{path} {problems:?}");
        assert_eq!(problems[0].path(), format!("{path}/{known}x"));
        assert_eq!(problems[0].code(), "unknown_field");
        let hint = problems[0].hint(crate::catalog::Lang::En);
        assert!(hint.contains(&format!("Did you mean `{known}`")), "{hint}");
    }
}
