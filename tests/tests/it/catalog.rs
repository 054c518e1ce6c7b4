//! What people read of the product: every node, event and connector has its words in every language, and
//! every template we ship is without a problem.

use operandi_tests::{
    install::{Install, Mode},
    process::run,
    source::files,
};
use serde_json::Value;

/// The languages of the product.
const LANGUAGES: [&str; 3] = ["es", "en", "pt"];

#[tokio::test(flavor = "multi_thread")]
async fn everything_has_its_words() {
    let (_install, _process, api) = Install::running(Mode::Sqlite).await;
    let catalog = api.get("/api/v1/catalog").await.expect(200);
    let mut missing = Vec::new();
    for (sort, parts) in [
        ("nodes", &["title", "summary"][..]),
        ("events", &["title"]),
        ("connectors", &["title"]),
    ] {
        let things = catalog[sort].as_object().unwrap();
        assert!(!things.is_empty(), "no {sort}");
        for (name, thing) in things {
            for part in parts {
                words(&mut missing, &format!("{sort} {name} {part}"), &thing[part]);
            }
        }
    }
    let functions = catalog["functions"].as_array().unwrap();
    assert!(!functions.is_empty(), "no functions");
    for function in functions {
        words(
            &mut missing,
            &format!("function {}", function["name"]),
            &function["doc"],
        );
    }
    for (kind, node) in catalog["nodes"].as_object().unwrap() {
        fields(&mut missing, kind, &node["params"]);
    }
    for (name, connector) in catalog["connectors"].as_object().unwrap() {
        fields(&mut missing, name, &connector["settings"]);
        fields(&mut missing, name, &connector["secrets"]);
    }
    assert!(
        missing.is_empty(),
        "without words:\n  {}",
        missing.join("\n  ")
    );
}

fn words(missing: &mut Vec<String>, what: &str, words: &Value) {
    for language in LANGUAGES {
        if words[language]
            .as_str()
            .is_none_or(|text| text.trim().is_empty())
        {
            missing.push(format!("{what} in {language}"));
        }
    }
}

/// The fields of a form.
fn fields(missing: &mut Vec<String>, of: &str, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else {
        return;
    };
    for (name, property) in properties {
        words(missing, &format!("{of}: {name}"), &property["x-titles"]);
        if property["description"].as_str().is_none_or(str::is_empty) {
            missing.push(format!("{of}: {name} says nothing of itself"));
        }
    }
}

#[test]
fn every_template_is_clean() {
    let templates = files("workflows", &[".yaml", ".yml", ".json"]);
    assert!(!templates.is_empty(), "no template is shipped");
    for template in templates {
        let path = operandi_tests::services::workspace().join(&template.path);
        let (code, out, err) = run(&["check", &path.display().to_string()], &[]);
        assert_eq!(code, 0, "{}: {out}{err}", template.path);
    }
}
