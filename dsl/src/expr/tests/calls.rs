use super::untimed;
use crate::expr::{Expr, library};

/// What is wrong with the calls of a script: name, values given, values taken.
fn misfits(source: &str) -> Vec<String> {
    let expr = Expr::compile_script(&untimed(), source)
        .unwrap_or_else(|error| panic!("{source}: {error}"));
    let show = |m: &crate::expr::Misfit| format!("{} {} {:?}", m.name, m.given, m.taken);
    expr.misfits().iter().map(show).collect()
}

#[test]
fn calls_that_nothing_answers_are_found() {
    for (source, expected) in [
        ("fooo(event.total)", "fooo 1 []"),
        ("event.x.nonexistent()", "nonexistent 0 []"),
        ("event.x?.nonexistent(1)", "nonexistent 1 []"),
        ("event.items.map(|i| nope(i))", "nope 1 []"),
        ("`a ${nope(1)} b`", "nope 1 []"),
        ("if true { [#{ a: nope() }] } else { 1 }", "nope 0 []"),
        ("fn f() { nope() } f()", "nope 0 []"),
        ("let f = |x| nope(x); f.call(1)", "nope 1 []"),
        ("let x = 1; x = nope(x);", "nope 1 []"),
        ("switch nope(1) { _ => 1 }", "nope 1 []"),
        ("switch 1 { 1 if nope() => 1, _ => 2 }", "nope 0 []"),
        ("for i in nope() { }", "nope 0 []"),
        ("while nope() { }", "nope 0 []"),
        ("return nope();", "nope 0 []"),
        ("try { nope() } catch { 1 }", "nope 0 []"),
        ("event[nope()]", "nope 0 []"),
        ("-nope() + 1", "nope 0 []"),
        ("() ?? nope()", "nope 0 []"),
        ("default(1)", "default 1 [2]"),
        ("event.name.to_upper(1)", "to_upper 1 [0]"),
        ("fn f(x) { x } f()", "f 0 [1]"),
        ("fn f(x) { this + x } 1.f()", "f 0 [1]"),
        ("timestamp()", "timestamp 0 []"),
        ("event.print()", "print 0 []"),
        ("m::f(1)", "f 1 []"),
        // A closure in a variable is called with `call`.
        ("let f = |x| x; f(1)", "f 1 []"),
        ("nope(1); nope(1); nope(1)", "nope 1 []"),
    ] {
        assert_eq!(misfits(source), [expected], "{source}");
    }
}

#[test]
fn calls_that_something_may_answer_are_left_alone() {
    for source in [
        "fn twice(x) { x * 2 } twice(21)",
        "fn twice() { this * 2 } 21.twice()",
        "fn f(n) { if n > 0 { g(n - 1) } } fn g(n) { f(n) } f(3)",
        "let f = |x| x + 1; f.call(2)",
        "let f = |x, y| x + y; let g = f.curry(1); g.call(2)",
        "let n = 2; let f = |x| x + n; f.call(2)",
        "let f = Fn(\"twice\"); fn twice(x) { x * 2 } call(f, 2)",
        "let m = #{ double: |x| x * 2 }; m.double(2)",
        "let m = #{}; m.double = |x| x * 2; m.double(2)",
        "let m = #{ a: #{} }; m.a.double = |x| x * 2; m.a.double(2)",
        "let m = #{}; m[\"double\"] = |x| x * 2; m.double(2)",
        "let m = #{}; let k = \"dou\" + \"ble\"; m[k] = |x| x * 2; m.double(2)",
        "let m = #{}; m.set(\"double\", |x| x * 2); m.double(2)",
        "let f = |x| x; let m = #{ same: f }; m.same(2)",
        "event.total.type_of()",
        "type_of(event)",
        "is_def_var(\"x\")",
        "is_def_fn(\"f\", 1)",
        "let x = 1; x.is_shared()",
        "[1, 2].len() + len([1])",
        "1 + 2 == 3 && !false || \"a\" in [\"a\"] && -1 < +1",
        "for i in 0..3 { } for i in range(0, 9, 3) { }",
        "event.items.filter(|i| i.qty > 1).map(|i| i.sku).join(\", \")",
    ] {
        assert_eq!(misfits(source), [""; 0], "{source}");
    }
}

#[test]
fn every_documented_call_is_known() {
    for doc in library() {
        assert_eq!(misfits(doc.example), [""; 0], "{}", doc.name);
    }
}

/// The words that are answered without being registered are answered by the engine itself.
#[test]
fn the_engine_answers_what_is_never_judged() {
    let scope = &mut super::sample();
    for source in [
        "Fn(\"len\").call([1]) == 1",
        "call(|x| x, true)",
        "(|x| x).curry(true).call()",
        "!is_def_fn(\"f\", 1)",
        "is_def_var(\"event\")",
        "!is_shared(1)",
        "type_of(true) == \"bool\"",
    ] {
        let expr = Expr::compile(&untimed(), source).unwrap_or_else(|e| panic!("{source}: {e}"));
        assert_eq!(expr.eval(scope), Ok(true.into()), "{source}");
    }
}
