//! The OpenAPI description: what the handlers say of themselves, completed by rules that hold for all
//! of them. The checked-in `openapi.json` is this, printed.

use serde_json::{Map, Value, json};

use crate::{auth::cookie, problem::Code};

/// Operations of one path item that may carry a description.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

const ABOUT: &str = "Workflows, runs, events, records and connections of one organisation. \
Every error is `application/problem+json` (RFC 9457) with a stable `code`. Lists are cut into pages: pass \
`next_cursor` as `cursor`. A POST that creates honours `Idempotency-Key`: repeated with the same key and body, \
it gives the first answer again.";

const TAGS: [(&str, &str); 19] = [
    ("sessions", "Signing in and out."),
    ("organisation", "The organisation's own settings."),
    ("members", "People and their roles."),
    ("keys", "API keys for programs."),
    ("workflows", "Documents, their versions and inputs."),
    ("runs", "Executions of workflows, step by step."),
    ("events", "What happened, and what it led to."),
    ("connections", "Accounts of the outside world."),
    ("sends", "Messages to people."),
    ("readings", "What devices measured."),
    ("alerts", "What is wrong, and who sees to it."),
    ("push", "Browsers that hear of alerts when nobody looks."),
    ("reports", "What a shop shows to others."),
    ("dashboard", "What the organisation looks at first."),
    (
        "records",
        "Contacts, carts, orders and whatever else there is.",
    ),
    (
        "devices",
        "What measures and switches: credentials, settings, commands.",
    ),
    (
        "catalog",
        "Nodes, events and connectors a workflow may name.",
    ),
    (
        "operations",
        "How the engine is doing, and who changed what.",
    ),
    ("live", "Updates as they happen."),
];

/// Completes what the handlers gave.
pub(super) fn complete(mut document: Value, schemas: Map<String, Value>) -> Value {
    document["openapi"] = json!("3.1.0");
    document["info"] = json!({
        "title": "operandi",
        "version": env!("CARGO_PKG_VERSION"),
        "description": ABOUT,
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/"}]);
    document["tags"] = TAGS
        .iter()
        .map(|(name, text)| json!({"name": name, "description": text}))
        .collect();
    document["security"] = json!([{"api_key": []}, {"session": []}]);
    let components = &mut document["components"];
    components["securitySchemes"] = json!({
        "api_key": {"type": "http", "scheme": "bearer", "bearerFormat": "opk_...", "description": "An API key."},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie::NAME, "description": "The session of a person."},
    });
    components["responses"] = problem_responses();
    components["parameters"] = json!({"IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Names this request; repeated with the same key and body it counts once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "0d9f2f8e-6f0a-4a43-8a3b-3b7a4b8f6c11",
    }});
    if let Some(known) = components["schemas"].as_object_mut() {
        known.extend(schemas);
    }
    let Some(paths) = document["paths"].as_object_mut() else {
        return document;
    };
    for (path, item) in paths {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method) {
                complete_operation(path, method, operation);
            }
        }
    }
    document
}

/// Adds the refusals that follow from what an operation is, and the header of those that create.
fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    let open = operation["security"]
        .as_array()
        .is_some_and(|ways| ways.iter().all(|way| way == &json!({})));
    let creates = method == "post"
        && ["201", "202"]
            .iter()
            .any(|status| operation["responses"].get(status).is_some());
    let takes_body = operation.get("requestBody").is_some();
    let rules: [(&[&str], bool); 6] = [
        (&["500", "503"], true),
        (&["409"], method != "get" && path.contains('{')),
        (&["401", "403"], !open),
        (&["404"], path.contains('{')),
        (
            &["400"],
            takes_body || operation.get("parameters").is_some(),
        ),
        (&["413", "415", "422"], takes_body),
    ];
    for (statuses, holds) in rules {
        for status in statuses.iter().filter(|_| holds) {
            add_problem(operation, status);
        }
    }
    if creates && !open {
        add_problem(operation, "409");
        add_problem(operation, "429");
        let header = json!({"$ref": "#/components/parameters/IdempotencyKey"});
        match operation["parameters"].as_array_mut() {
            Some(parameters) => parameters.push(header),
            None => operation["parameters"] = json!([header]),
        }
    }
}

fn add_problem(operation: &mut Value, status: &str) {
    if operation["responses"].get(status).is_none() {
        operation["responses"][status] =
            json!({"$ref": format!("#/components/responses/Problem{status}")});
    }
}

/// One response per status that the table of codes knows, naming its codes.
fn problem_responses() -> Value {
    let mut responses = Map::new();
    for code in Code::ALL {
        let status = code.status().as_u16();
        let response = responses.entry(format!("Problem{status}")).or_insert_with(|| {
            json!({
                "description": "",
                "content": {crate::problem::MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            })
        });
        let known = response["description"].as_str().unwrap_or_default();
        let gap = if known.is_empty() { "" } else { " " };
        response["description"] = json!(format!(
            "{known}{gap}`{}`: {}",
            code.as_str(),
            code.title().en
        ));
        if *code == Code::Busy {
            response["headers"] = json!({"Retry-After": {
                "description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1},
            }});
        }
    }
    Value::Object(responses)
}
