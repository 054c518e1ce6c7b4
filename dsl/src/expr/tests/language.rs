use serde_json::{Value, json};

use super::{check, eval, message, sample, script, untimed};
use crate::expr::{Expr, Language, Scope};

#[test]
fn expressions_give_json() {
    check("event.total > 0 && steps.offer.code != ()", json!(true));
    check("event.total * 2", json!(3000));
    check("event.total * event.rate", json!(750.0));
    check("event.total > 1499.5", json!(true));
    check(r#""Hola " + event.name"#, json!("Hola Ana"));
    check("`Hola ${event.name}`", json!("Hola Ana"));
    check(
        "event.items.filter(|i| i.qty > 1).map(|i| i.sku)",
        json!(["B"]),
    );
    check(
        "if event.total > 1000 { \"big\" } else { \"small\" }",
        json!("big"),
    );
    check("#{ a: [1, (), true] }", json!({ "a": [1, null, true] }));
    check("\"vip\" in event.customer.tags", json!(true));
    check("\"name\" in event", json!(true));
    check(
        "parse_time(event.starts_at) - span(\"24h\") < now",
        json!(true),
    );
}

#[test]
fn what_is_missing_is_nothing() {
    check("event.nobody", Value::Null);
    check("event.nobody.name.first", Value::Null);
    check("event.none.name", Value::Null);
    check("event.nobody[0].sku", Value::Null);
    check("event[\"nobody\"]", Value::Null);
    check("event.nobody == ()", json!(true));
    check("event.nobody != ()", json!(false));
    check("event.nobody ?? 5", json!(5));
    check("event.nobody > 5 || event.nobody <= 5", json!(false));
    check("event.nobody == 0 || event.nobody == \"\"", json!(false));
    check("default(event.nobody, \"x\")", json!("x"));
}

#[test]
fn closures_may_read_what_they_are_called_on() {
    check("event.items.filter(|i| i.qty >= event.min).len()", json!(1));
    check(
        "event.items.map(|i| event.items.len() + i.qty)",
        json!([3, 5]),
    );
    check(
        "event.items.filter(|i| event.customer.tags.contains(\"vip\") && i.qty > 1).len()",
        json!(1),
    );
    assert_eq!(
        script(
            "let min = event.min; let items = event.items; items.filter(|i| i.qty >= min).len()"
        ),
        Ok(json!(1))
    );
}

#[test]
fn json_survives_the_way_in_and_out() {
    let language = untimed();
    for value in [
        json!(null),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(0.1),
        json!(-0.0),
        json!(1e300),
        json!("ñandú 🦤"),
        json!([[], {}, [null]]),
        json!({ "a b": { "": 1 } }),
    ] {
        let mut scope = Scope::new(&language);
        scope.set("event", &value);
        let result = Expr::compile(&language, "event").and_then(|expr| expr.eval(&mut scope));
        assert_eq!(result, Ok(value));
    }
    let mut scope = Scope::new(&language);
    scope.set("event", &json!(u64::MAX));
    let result = Expr::compile(&language, "event").and_then(|expr| expr.eval(&mut scope));
    assert_eq!(result, Ok(json!(u64::MAX as f64)));
}

#[test]
fn only_true_and_false_are_conditions() {
    let test =
        |source: &str| Expr::compile(&untimed(), source).and_then(|expr| expr.test(&mut sample()));
    assert_eq!(test("event.total > 0"), Ok(true));
    assert_eq!(test("event.total < 0"), Ok(false));
    for (source, found) in [
        ("event.total", "whole number"),
        ("event.name", "text"),
        ("event.nobody", "nothing"),
    ] {
        let error = test(source).expect_err(source);
        assert!(error.message.contains(found), "{}", error.message);
    }
}

#[test]
fn messages_name_the_remedy() {
    let mut wrong = Vec::new();
    for (source, part) in [
        (
            "totl > 0",
            "there is no variable `totl` here, only event, now, steps",
        ),
        ("event.starts_at > now", "parse_time"),
        ("event.name < 0.5", "no order"),
        ("nothing_like_it(1)", "no function `nothing_like_it`"),
        ("spam(\"1h\")", "did you mean `span`"),
        ("span(5)", "write it like span(\"1h30m\")"),
        ("span(\"1 year\")", "there is no unit"),
        (
            "event.name - 1",
            "does not work between text and whole number",
        ),
        ("event.nobody + 1", "missing"),
        ("event.items[7].sku", "counted from 0"),
        ("event.total / 0", "division by zero"),
        ("event.total.cents", "no field `cents`"),
        ("event.total >", "too early"),
        ("event.total = 5", "`==`"),
        ("event.items.push(1)", "copy it first"),
        ("1 +* 2", "`*` is out of place"),
        ("", "empty"),
        ("|x| x", "function"),
        ("0.0 / 0.0", "not a finite number"),
        (
            "money_add(money(1, \"ARS\"), money(1, \"CLP\"))",
            "cannot be put together",
        ),
        ("parse_time(\"2026-03-01\")", "give its zone"),
        ("event.customer.name.sort()", "no function `sort`"),
    ] {
        let message = message(source);
        if !message.contains(part) {
            wrong.push(format!("{source}: {message}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every word that Rhai keeps for itself, in use or not.
const WORDS: &[&str] = &[
    "as",
    "async",
    "await",
    "break",
    "call",
    "case",
    "catch",
    "const",
    "continue",
    "curry",
    "debug",
    "default",
    "do",
    "else",
    "eval",
    "exit",
    "export",
    "false",
    "fn",
    "for",
    "global",
    "go",
    "goto",
    "if",
    "import",
    "in",
    "is",
    "is_def_fn",
    "is_def_var",
    "is_shared",
    "let",
    "loop",
    "match",
    "module",
    "new",
    "nil",
    "null",
    "package",
    "print",
    "private",
    "protected",
    "public",
    "return",
    "shared",
    "sleep",
    "spawn",
    "static",
    "super",
    "switch",
    "sync",
    "this",
    "thread",
    "throw",
    "timestamp",
    "true",
    "try",
    "type_of",
    "until",
    "use",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

#[test]
fn words_of_rhai_are_names_after_a_dot() {
    let language = untimed();
    for word in WORDS {
        let mut scope = Scope::new(&language);
        scope.set(
            "steps",
            &json!({ "s": { *word: 5 }, *word: { "status": 200, *word: [7] } }),
        );
        for (source, gives) in [
            (format!("steps.{word}.status"), json!(200)),
            (format!("steps.{word}.{word}[0] + 1"), json!(8)),
            (format!("steps.{word}.status + 1"), json!(201)),
            (format!("steps.s.{word} + 1 - steps.s.{word}"), json!(1)),
            (format!("-steps.s.{word}"), json!(-5)),
            (
                format!("steps.s.{word} != 5 || !(steps.s.{word} > 5)"),
                json!(true),
            ),
            (format!("steps?.{word}?.status == 200"), json!(true)),
            (format!("`${{steps.{word}.status}}`"), json!("200")),
            (
                format!("[1].map(|n| steps.{word}.status + n)"),
                json!([201]),
            ),
        ] {
            let expr = Expr::compile(&language, &source)
                .unwrap_or_else(|error| panic!("{source}: {error}"));
            assert_eq!(expr.eval(&mut scope), Ok(gives), "{source}");
            assert!(expr.reads()[0].contains(&(*word).to_owned()), "{source}");
        }
    }
}

#[test]
fn words_of_rhai_do_what_they_did_elsewhere() {
    check("if event.total > 0 { 1 } else { 2 }", json!(1));
    assert_eq!(script("let f = |x| x + 1; f.call(2)"), Ok(json!(3)));
    assert_eq!(
        script("let n = 2; let f = |x| x + n; f.call(2)"),
        Ok(json!(4))
    );
    check("event.total.type_of()", json!("i64"));
    // What an earlier source broke off with means nothing to the next one.
    assert!(eval("event.").is_err());
    check("if true { 1 } else { 2 }", json!(1));
    for source in [
        "\"1\".eval()",
        "\"1 + 1\".eval(1)",
        "10.sleep()",
        "1.timestamp()",
        "event.timestamp()",
        "1.import()",
        "loop",
        "1.exit()",
    ] {
        assert!(eval(source).is_err(), "{source}");
    }
}

#[test]
fn positions_count_from_one() {
    let error = eval("1 +\n  totl").expect_err("no such variable");
    assert_eq!(error.position, Some((2, 3)));
    let error = eval("event.total +").expect_err("incomplete");
    assert!(error.position.is_some() || error.message.contains("too early"));
}

#[test]
fn nothing_an_expression_does_outlives_it() {
    let language = untimed();
    let mut scope = sample();
    let first = Expr::compile_script(
        &language,
        "let total = 5; let e = event; e.total = 7; e.total + total",
    );
    assert_eq!(first.and_then(|expr| expr.eval(&mut scope)), Ok(json!(12)));
    let second = Expr::compile(&language, "event.total").and_then(|expr| expr.eval(&mut scope));
    assert_eq!(second, Ok(json!(1500)));
    assert!(
        Expr::compile(&language, "total")
            .and_then(|expr| expr.eval(&mut scope))
            .is_err()
    );
    assert!(script("event.total = 7").is_err());
    assert!(script("event = 7").is_err());
}

#[test]
fn a_scope_replaces_fills_and_forgets() {
    let language = untimed();
    let mut scope = Scope::new(&language);
    let read = |scope: &mut Scope, source: &str| {
        Expr::compile(&language, source).and_then(|expr| expr.eval(scope))
    };
    scope.set("a", &json!(1));
    scope.set("a", &json!(2));
    scope.set_in("steps", "one", &json!({ "x": 1 }));
    scope.set_in("steps", "two", &json!(5));
    assert_eq!(
        read(&mut scope, "[a, steps.one.x, steps.two]"),
        Ok(json!([2, 1, 5]))
    );
    scope.set_in("steps", "one", &json!(9));
    assert_eq!(read(&mut scope, "steps"), Ok(json!({ "one": 9, "two": 5 })));
    assert_eq!(
        read(&mut scope, "[1].map(|x| steps.one + x)"),
        Ok(json!([10]))
    );
    scope.set_in("steps", "three", &json!(3));
    assert_eq!(read(&mut scope, "steps.two + steps.three"), Ok(json!(8)));
    scope.remove("a");
    assert!(read(&mut scope, "a").is_err());
}

#[test]
fn scripts_hold_statements_and_expressions_do_not() {
    assert_eq!(
        script("let n = 0; for i in event.items { n += i.qty; } n"),
        Ok(json!(4))
    );
    assert_eq!(script("fn twice(x) { x * 2 } twice(21)"), Ok(json!(42)));
    assert_eq!(
        script("if event.total > 5 { return \"early\"; } \"late\""),
        Ok(json!("early"))
    );
    for source in ["let n = 0; n", "while true {}", "event.total; 5", "{ 5 }"] {
        assert!(eval(source).is_err(), "{source}");
    }
}

#[test]
fn a_clock_ends_what_ticks_would_allow() {
    use std::{
        sync::atomic::{AtomicU64, Ordering},
        time::Duration,
    };
    static MILLIS: AtomicU64 = AtomicU64::new(0);
    // Each look at this clock takes a second.
    fn slow() -> Duration {
        Duration::from_secs(MILLIS.fetch_add(1, Ordering::Relaxed))
    }
    let timed = Language::new(slow);
    let source = "let n = 0; for i in 0..1000 { n += i; } n";
    let result =
        Expr::compile_script(&timed, source).and_then(|expr| expr.eval(&mut Scope::new(&timed)));
    assert!(
        result
            .expect_err("the time is over")
            .message
            .contains("too long")
    );
    assert!(script(source).is_ok());
}
