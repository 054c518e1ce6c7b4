//! Each way out of Rhai's own limits that is known, tried.

use std::time::{Duration, Instant};

use super::{sample, script, untimed};
use crate::expr::Expr;

/// Longer than any bounded evaluation takes in an unoptimised build on a busy machine.
const BOUND: Duration = Duration::from_secs(60);

/// Runs a script in the untimed language; it must fail, and soon.
#[track_caller]
fn held(source: &str) -> String {
    let begin = Instant::now();
    let result = script(source);
    let took = begin.elapsed();
    assert!(took < BOUND, "{source} took {took:?}");
    match result {
        Ok(value) => panic!(
            "{source} gave {}",
            value.to_string().chars().take(200).collect::<String>()
        ),
        Err(error) => error.message,
    }
}

#[test]
fn what_reaches_outside_is_closed() {
    for source in [
        "sleep(10)",
        "sleep(10.0)",
        "Fn(\"sleep\").call(10)",
        "timestamp()",
        "print(1)",
        "debug(1)",
        "eval(\"1\")",
        "Fn(\"eval\").call(\"1\")",
        "import \"x\" as x;",
        "import \"/etc/passwd\" as x; x::y",
        "export let x = 1;",
        "open_file(\"/etc/passwd\")",
        "exit()",
        "blob(1000000000)",
        "get_fn_metadata_list()",
    ] {
        let begin = Instant::now();
        assert!(script(source).is_err(), "{source}");
        assert!(begin.elapsed() < Duration::from_secs(5), "{source}");
    }
}

#[test]
fn loops_and_recursion_end() {
    assert!(held("loop {}").contains("too many operations"));
    assert!(held("while true { let x = 1; }").contains("too many operations"));
    assert!(held("for i in 0..9000000000 {}").contains("too many operations"));
    assert!(held("fn f(n) { f(n + 1) } f(0)").contains("too deeply"));
    assert!(held("fn f(n) { g(n) } fn g(n) { f(n) } f(0)").contains("too deeply"));
    assert!(
        held("let f = |n| this; fn a(f) { f.call(f) } let g = |h| h.call(h); g.call(g)")
            .contains("too deeply")
    );
}

#[test]
fn recursion_fits_a_small_stack() {
    // Worker threads have two megabytes.
    let deep = format!(
        "fn f(n) {{ {}f(n + 1){} }} f(0)",
        "(1 + ".repeat(20),
        ")".repeat(20)
    );
    let result = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || script(&deep))
        .map(std::thread::JoinHandle::join);
    assert!(matches!(result, Ok(Ok(Err(_)))));
}

#[test]
fn closures_cost_what_loops_cost() {
    const LIST: &str = "let a = []; a.pad(5000, 1); let b = a;";
    for body in [
        "a.map(|x| b.map(|y| y))",
        "a.filter(|x| b.some(|y| y > 5))",
        "for i in 0..1000 { a.sort(|x, y| x - y); }",
        "a.reduce(|s, x| { for i in 0..1000 { s += 1; } s }, 0)",
        "a.for_each(|i| { for j in 0..1000 {} })",
        "a.all(|x| b.all(|y| true))",
        "for i in 0..1000 { a.retain(|x| true); }",
        "for i in 0..1000 { a.index_of(|x| x == 7); }",
    ] {
        let message = held(&format!("{LIST} {body}"));
        assert!(message.contains("too many operations"), "{body}: {message}");
    }
}

#[test]
fn natives_that_compare_cost_ticks() {
    const LIST: &str = "let a = []; a.pad(9000, 1);";
    for body in [
        "for i in 0..100000 { a.index_of(2); }",
        "for i in 0..100000 { a.contains(2); }",
        "for i in 0..100000 { let b = a == a; }",
        "for i in 0..100000 { if 2 in a { } }",
        "for i in 0..100000 { let b = a; b.dedup(); }",
        "for i in 0..100000 { a.sort(); }",
        "for i in 0..100000 { a.order(); }",
        "for i in 0..100000 { a.sum(); }",
        "for i in 0..100000 { a.unique(); }",
        "for i in 0..100000 { a.join(\",\"); }",
        "let b = []; for i in 0..9000 { b.push(i); } b.unique()",
    ] {
        let message = held(&format!("{LIST} {body}"));
        assert!(message.contains("too many operations"), "{body}: {message}");
    }
}

#[test]
fn texts_cost_by_their_length() {
    const TEXT: &str = "let s = \"\"; s.pad(200000, 'x');";
    for body in [
        "for i in 0..100000 { s.to_upper(); }",
        "for i in 0..100000 { s.contains(\"y\"); }",
        "for i in 0..100000 { s.replace(\"y\", \"z\"); }",
        "for i in 0..100000 { hash(s); }",
        "for i in 0..100000 { url_encode(s); }",
    ] {
        let message = held(&format!("{TEXT} {body}"));
        assert!(
            message.contains("too many operations") || message.contains("too large"),
            "{body}: {message}"
        );
    }
}

#[test]
fn sizes_are_bounded() {
    for source in [
        "let s = \"x\"; loop { s += s; }",
        "let s = \"x\"; for i in 0..100 { s = `${s}${s}`; } s",
        "let a = [1]; loop { a += a; }",
        "let a = [1]; loop { a.append(a); }",
        "let a = [1]; loop { a = [a, a]; }",
        "let m = #{}; for i in 0..20000 { m[`k${i}`] = i; } m",
        "let m = #{}; let s = \"x\"; s.pad(200000, 'x'); for i in 0..20000 { m[`k${i}`] = s + i; } 1",
        "let a = []; a.pad(9000, ()); let b = a; for i in 0..9000 { a[i] = b; } 1",
        "let m = #{}; let s = \"x\"; s.pad(200000, 'x'); loop { m = #{ a: m, s: s + 1 }; }",
        "let m = #{ x: #{} }; for i in 0..200000 { m.x[`k${i}`] = i; } 1",
        "fn f() { for i in 0..200000 { this[`k${i}`] = i; } } let m = #{}; m.f(); 1",
        "let f = |a| a; let s = \"x\"; s.pad(200000, 'x'); for i in 0..1000 { f = f.curry(s + i); } 1",
        "let x = 1; let f = || x; let a = [f]; loop { a.push(f); a.push(x); }",
        "let s = \"\"; s.pad(1000000000, 'x'); s",
        "let a = []; a.pad(1000000000, 1); a",
        "let s = \"x\"; s.pad(200000, 'x'); s.replace(\"x\", s)",
        "let s = \"x\"; s.pad(200000, 'x'); let a = []; loop { a.push(s + a.len()); }",
        "let a = [\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"]; a.pad(9999, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"); join(a, \"yyyyyyyyyyyyyyyyy\")",
    ] {
        let message = held(source);
        assert!(
            message.contains("too large") || message.contains("too many operations"),
            "{source}: {message}"
        );
    }
}

#[test]
fn sources_are_bounded() {
    let language = untimed();
    for source in [
        "(".repeat(5000),
        format!("{}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("{}1", "-".repeat(5000)),
        format!("1{}", "+1".repeat(5000)),
        format!("a{}", ".b".repeat(5000)),
        "[".repeat(5000),
        "x".repeat(100_000),
    ] {
        let begin = Instant::now();
        // What compiles all the same must evaluate to an end.
        if let Ok(expr) = Expr::compile(&language, &source) {
            assert!(
                expr.eval(&mut sample()).is_err() || source.contains('+'),
                "{}",
                &source[..20]
            );
        }
        assert!(begin.elapsed() < BOUND);
    }
}

#[test]
fn a_contradictory_comparison_is_borne() {
    let result = script(
        "let a = []; for i in 0..500 { a.push((i * 7919) % 500); } a.sort(|x, y| 1); a.len()",
    );
    assert_eq!(result, Ok(serde_json::json!(500)));
    assert!(script("[1, \"a\", (), 2].sorted()").is_err());
}
