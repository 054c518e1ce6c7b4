use super::untimed;
use crate::expr::Expr;

#[track_caller]
fn reads(source: &str, expected: &[&str]) {
    let expr = Expr::compile(&untimed(), source)
        .or_else(|_| Expr::compile_script(&untimed(), source))
        .unwrap_or_else(|error| panic!("{source}: {error}"));
    let paths: Vec<String> = expr.reads().iter().map(|path| path.join(".")).collect();
    assert_eq!(paths, expected, "{source}");
}

#[test]
fn paths_are_found() {
    reads(
        "event.total > 0 && steps.offer.code != ()",
        &["event.total", "steps.offer.code"],
    );
    reads("event", &["event"]);
    reads("steps[\"offer\"].code", &["steps.offer.code"]);
    reads("steps[\"offer\"][\"code\"]", &["steps.offer.code"]);
    reads("event?.customer?.name", &["event.customer.name"]);
    reads("event.items[0].sku", &["event.items"]);
    reads(
        "event.items[event.index].sku",
        &["event.items", "event.index"],
    );
    reads("event.items.len()", &["event.items"]);
    reads("event.name.trim().len()", &["event.name"]);
    reads("(event.a).b", &["event.a.b"]);
    reads("`x ${event.name} ${now}`", &["event.name", "now"]);
    reads(
        "[event.a, #{ x: event.b, y: [inputs.c] }]",
        &["event.a", "event.b", "inputs.c"],
    );
    reads(
        "default(event.a ?? event.b, contact.first_name)",
        &["event.a", "event.b", "contact.first_name"],
    );
    reads(
        "if event.a { event.b } else { event.c }",
        &["event.a", "event.b", "event.c"],
    );
    reads(
        "switch event.a { 1 => event.b, _ => event.c }",
        &["event.a", "event.b", "event.c"],
    );
    reads("event.a in steps.b", &["steps.b", "event.a"]);
    reads("false && event.a", &["event.a"]);
    reads("1 + 2", &[]);
}

#[test]
fn what_is_declared_inside_is_not_read() {
    reads("event.items.filter(|i| i.qty > 0)", &["event.items"]);
    reads(
        "event.items.filter(|i| i.qty >= event.min)",
        &["event.items", "event.min"],
    );
    reads("event.items.map(|event| event.sku)", &["event.items"]);
    reads(
        "event.a.map(|x| x.b.map(|y| y + x.c + inputs.d))",
        &["event.a", "inputs.d"],
    );
    reads("let event = 5; event + now", &["now"]);
    reads("{ let event = 5; } event", &["event"]);
    reads("let x = event.a; x.b.c", &["event.a"]);
    reads(
        "for i in event.items { let s = i.sku + org.name; } i",
        &["event.items", "org.name", "i"],
    );
    reads("fn f(event) { event.a } f(now)", &["now"]);
    reads(
        "try { event.a } catch (e) { e + event.b }",
        &["event.a", "event.b"],
    );
    reads(
        "let x = 1; x = event.a; x += event.b; x",
        &["event.a", "event.b"],
    );
    reads(
        "let min = event.min; event.items.filter(|i| i.qty > min)",
        &["event.min", "event.items"],
    );
    reads(
        "while event.a { break; } return event.b;",
        &["event.a", "event.b"],
    );
}
