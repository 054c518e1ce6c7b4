use serde_json::{Value, json};

use super::{sample, untimed};
use crate::expr::Template;

#[track_caller]
fn renders(template: Value, expected: Value) {
    let compiled = Template::compile(&untimed(), &template)
        .unwrap_or_else(|errors| panic!("{template}: {errors:?}"));
    assert_eq!(compiled.render(&mut sample()), Ok(expected), "{template}");
}

#[test]
fn strings_hold_expressions() {
    renders(json!("Hola ${event.name}!"), json!("Hola Ana!"));
    renders(json!("${event.name}, ${event.total}"), json!("Ana, 1500"));
    renders(json!("${event.rate} ${event.total > 0}"), json!("0.5 true"));
    renders(json!("[${event.nobody}]"), json!("[]"));
    renders(
        json!("a ${event.customer.tags} ${#{ x: 1 }}"),
        json!("a [\"vip\"] {\"x\":1}"),
    );
    renders(json!("plain $ {event} $5"), json!("plain $ {event} $5"));
}

#[test]
fn one_expression_keeps_its_type() {
    renders(json!("${event.total}"), json!(1500));
    renders(
        json!("${ event.items[0] }"),
        json!({ "sku": "A", "qty": 1 }),
    );
    renders(json!("${event.nobody}"), json!(null));
    renders(json!(" ${event.total}"), json!(" 1500"));
}

#[test]
fn values_are_rendered_throughout() {
    renders(
        json!({ "to": "${event.name}", "n": 5, "deep": [{ "x": "${event.total + 1}" }, null, true] }),
        json!({ "to": "Ana", "n": 5, "deep": [{ "x": 1501 }, null, true] }),
    );
}

#[test]
fn the_scanner_knows_braces_texts_and_escapes() {
    renders(json!("$${event.name}"), json!("${event.name}"));
    renders(json!("$${a} ${event.name} $${b}"), json!("${a} Ana ${b}"));
    renders(json!("$$5"), json!("$$5"));
    renders(json!("$$${event.name}"), json!("$${event.name}"));
    renders(json!("${ #{ a: #{ b: 1 } }.a.b }"), json!(1));
    renders(json!("${ \"}\" }"), json!("}"));
    renders(json!("${ \"\\\"}\" }x"), json!("\"}x"));
    renders(json!("${ '}' }"), json!("}"));
    renders(json!("${ `a${ \"}\" + event.name }b` }"), json!("a}Anab"));
    renders(json!("${ event.total /* } */ }"), json!(1500));
    renders(
        json!("${ if event.total > 0 { \"yes\" } else { \"no\" } }!"),
        json!("yes!"),
    );
    renders(json!("ñ${event.name}ñ"), json!("ñAnañ"));
}

#[test]
fn constants_are_known() {
    let constant = |value: Value| {
        Template::compile(&untimed(), &value)
            .ok()
            .and_then(|template| template.constant().cloned())
    };
    assert_eq!(
        constant(json!({ "a": [1, "x", "$${y}"] })),
        Some(json!({ "a": [1, "x", "${y}"] }))
    );
    assert_eq!(constant(json!("")), Some(json!("")));
    assert_eq!(constant(json!({ "a": "${1}" })), None);
}

#[test]
fn all_errors_come_at_once_with_their_paths() {
    let template = json!({ "a": "${1 +}", "b": ["ok", "x ${"], "c/d": "y\n ${nofn(} z", "e": "${event.total}" });
    let errors = Template::compile(&untimed(), &template).expect_err("three are wrong");
    let paths: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    assert_eq!(paths, ["/a", "/b/1", "/c~1d"]);
    assert_eq!(errors[1].position, Some((1, 5)));
}

#[test]
fn evaluation_errors_name_path_and_position() {
    let template = json!({ "list": ["fine", "Hola\n ${ totl }"] });
    let compiled = Template::compile(&untimed(), &template).expect("compiles");
    let error = compiled
        .render(&mut sample())
        .expect_err("no such variable");
    assert_eq!(error.path, "/list/1");
    assert_eq!(error.position, Some((2, 5)));
}

#[test]
fn reads_are_gathered() {
    let template = json!(["${event.total}", "x ${steps.offer.code} ${event.total}"]);
    let compiled = Template::compile(&untimed(), &template).expect("compiles");
    assert_eq!(
        compiled.reads(),
        [
            ["event", "total"].as_slice(),
            ["steps", "offer", "code"].as_slice()
        ]
    );
}

mod properties {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::{sample, untimed};
    use crate::expr::{Expr, Template};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn any_text_compiles_or_says_why(text in "[ -~ñ${}`\"'\\\\\n]{0,60}") {
            match Template::compile(&untimed(), &json!(text)) {
                Ok(template) => drop(template.render(&mut sample())),
                Err(errors) => prop_assert!(!errors.is_empty()),
            }
            if let Ok(expr) = Expr::compile_script(&untimed(), &text) {
                drop(expr.eval(&mut sample()));
            }
        }

        #[test]
        fn text_without_expressions_is_kept(text in "[a-z{} ñ]{0,40}") {
            let template = Template::compile(&untimed(), &json!(text));
            prop_assert_eq!(template.ok().and_then(|template| template.constant().cloned()), Some(json!(text)));
        }

        #[test]
        fn escaped_text_comes_back(text in "[a-z${} ]{0,40}") {
            let escaped = text.replace("${", "$${");
            // Behind another dollar the escape itself would be read differently.
            prop_assume!(!text.contains("$${"));
            let template = Template::compile(&untimed(), &json!(escaped));
            prop_assert_eq!(template.ok().and_then(|template| template.constant().cloned()), Some(json!(text)));
        }
    }
}
