mod sentences;

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::Map;

use super::*;
use crate::{
    catalog::Lang,
    problem::Severity,
    program::compile,
    testing::{CART, catalog},
    text::{DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, DOCUMENT_NODES_MAX},
};

static LANGUAGE: LazyLock<Arc<Language>> = LazyLock::new(Language::untimed);
static CATALOG: LazyLock<Catalog> = LazyLock::new(catalog);

fn problems(source: &str) -> Vec<Problem> {
    match check(source, &CATALOG, &LANGUAGE) {
        Ok(workflow) => {
            // What passes the check compiles.
            let program = compile(workflow.document(), &Map::new(), &CATALOG, &LANGUAGE);
            assert!(program.is_ok(), "{source}\n{program:?}");
            workflow.warnings().to_vec()
        }
        Err(problems) => problems,
    }
}

fn codes(source: &str) -> Vec<&'static str> {
    problems(source).iter().map(Problem::code).collect()
}

/// A document around some steps, each line of which is indented by two.
fn with_steps(steps: &str) -> String {
    format!(
        "operandi: 1\nname: Test\npurpose: marketing\ninputs:\n  whatsapp: {{ type: connection, \
         connector: whatsapp }}\n  email: {{ type: connection, connector: email }}\n  patience: {{ type: \
         duration, default: 1h }}\ntrigger: {{ event: cart.updated }}\nsteps:\n{steps}\n"
    )
}

/// A document around some header lines.
fn with_header(header: &str) -> String {
    format!("operandi: 1\n{header}\nsteps: []\n")
}

#[test]
fn the_cart_recovery_document_is_clean() {
    let found = problems(CART);
    assert_eq!(
        found,
        [],
        "{:#?}",
        found.iter().map(|p| p.report(Lang::En)).collect::<Vec<_>>()
    );
}

/// Every code with documents that have exactly that problem.
fn fixtures() -> Vec<(&'static str, String)> {
    let step = with_steps;
    let header = with_header;
    let manual = "name: Test\ntrigger: { manual: true }";
    let many_steps = "  - log: x\n"
        .replace("log: x", "set: { a: 1 }")
        .repeat(1001);
    let deep = "[".repeat(DOCUMENT_DEPTH_MAX + 1);
    let wide = format!("a: [{}]", "1,".repeat(DOCUMENT_NODES_MAX + 1));
    vec![
        ("too_large", " ".repeat(DOCUMENT_BYTES_MAX + 1)),
        ("too_deep", deep.clone()),
        ("too_deep", format!("a: {deep}")),
        ("too_many_nodes", wide),
        ("syntax", "a: b: c".into()),
        ("syntax", "{\"a\": 1,}".into()),
        ("syntax", "{\"a\": \"\\ud800\"}".into()),
        ("syntax", String::new()),
        ("not_supported", "a: &b 1".into()),
        ("not_supported", "a: !!str 1".into()),
        ("not_supported", "<<: { a: 1 }".into()),
        ("not_supported", "a: 1\n---\nb: 1".into()),
        ("not_supported", "[a]: 1".into()),
        ("duplicate_key", "a: 1\na: 2".into()),
        ("duplicate_key", "{\"a\": 1, \"a\": 2}".into()),
        ("wrong_format", header(manual).replace("operandi: 1", "operandi: 2")),
        ("wrong_type", header("name: 5\ntrigger: { manual: true }")),
        ("wrong_type", step("  - id: a\n    action: log\n    with: { message: 5 }")),
        ("wrong_type", step("  - id: a\n    wait: { for: '${inputs.whatsapp}' }")),
        ("missing_field", header("trigger: { manual: true }")),
        ("missing_field", header(&format!("{manual}\ninputs: {{ a: {{ type: connection }} }}"))),
        ("unknown_field", header(&format!("{manual}\ntriger: 1"))),
        ("unknown_value", header(&format!("{manual}\npurpose: sell"))),
        ("unknown_value", step("  - id: a\n    action: log\n    with: { message: x, level: loud }")),
        ("out_of_range", step("  - id: a\n    repeat: { limit: 0 }\n    steps: [{ set: { x: 1 } }]")),
        ("out_of_range", step("  - id: a\n    retry: { attempts: 0 }\n    set: { x: 1 }")),
        ("out_of_range", step("  - id: a\n    retry: { attempts: 2, factor: 0.5 }\n    set: { x: 1 }")),
        ("out_of_range", step("  - id: a\n    repeat: { limit: -1 }\n    steps: []")),
        ("empty_text", header("name: ''\ntrigger: { manual: true }")),
        ("empty_text", step("  - id: a\n    stop: ''")),
        ("empty_text", step("  - id: a\n    wait_for: { event: '', match: {}, timeout: 1d }")),
        ("bad_name", step("  - id: A-1\n    set: { x: 1 }")),
        ("bad_name", step("  - id: a\n    set: { X: 1 }")),
        ("bad_name", header(&format!("{manual}\ninputs: {{ Uno: {{ type: text }} }}"))),
        ("reserved_name", step("  - id: a\n    each: event.items\n    as: event\n    steps: []")),
        ("reserved_name", step("  - id: a\n    each: event.items\n    as: loop\n    steps: []")),
        ("reserved_name", step("  - id: a\n    each: event.items\n    as: \"true\"\n    steps: []")),
        ("step_without_block", step("  - id: a\n    waitfor: { event: order.paid }")),
        ("step_with_several_blocks", step("  - id: a\n    stop: x\n    goto: b")),
        ("missing_step_id", step("  - set: { x: 1 }")),
        ("duplicate_step_id", step("  - { id: a, set: { x: 1 } }\n  - { id: a, set: { x: 1 } }")),
        ("too_many_steps", step(&many_steps)),
        ("missing_translation", header("name: { es: Uno, en: One }\ntrigger: { manual: true }")),
        ("wrong_default", header(&format!("{manual}\ninputs: {{ a: {{ type: duration, default: x }} }}"))),
        ("wrong_default", header(&format!("{manual}\ninputs: {{ a: {{ type: number, max: 3, default: 4 }} }}"))),
        ("wrong_default", header(&format!("{manual}\ninputs: {{ a: {{ type: choice, options: [x], default: y }} }}"))),
        ("choice_without_options", header(&format!("{manual}\ninputs: {{ a: {{ type: choice }} }}"))),
        ("unknown_connector", header(&format!("{manual}\ninputs: {{ a: {{ type: connection, connector: x }} }}"))),
        (
            "wrong_connection",
            step("  - id: a\n    action: email.send\n    with: { connection: '${inputs.whatsapp}', to: a, subject: b, text: c }"),
        ),
        ("trigger_source", header("name: Test\ntrigger: {}")),
        ("trigger_source", header("name: Test\ntrigger: { manual: true, event: order.paid }")),
        ("never_starts", header("name: Test\ntrigger: { event: order.paid, where: 1 > 2 }")),
        ("unknown_event", header("name: Test\ntrigger: { event: [order.payed] }")),
        ("bad_cron", header("name: Test\ntrigger: { schedule: { cron: '99 * * * *' } }")),
        ("impossible_cron", header("name: Test\ntrigger: { schedule: { cron: '0 0 30 2 *' } }")),
        ("bad_zone", header("name: Test\ntrigger: { schedule: { cron: '0 9 * * *', zone: America/Buenos_Aire } }")),
        ("bad_zone", step("  - id: a\n    wait: { window: { from: '09:00', to: '21:00', zone: Mars } }")),
        ("bad_duration", step("  - id: a\n    wait: { for: soon }")),
        ("bad_duration", step("  - id: a\n    timeout: soon\n    set: { x: 1 }")),
        ("bad_window", step("  - id: a\n    wait: { window: { from: '9', to: '25:00' } }")),
        (
            "bad_sensor_rule",
            header("name: Test\ntrigger: { sensor: { metric: temperature } }"),
        ),
        (
            "bad_sensor_rule",
            header(
                "name: Test\ninputs: { most: { type: text, default: hot } }\n\
                 trigger: { sensor: { metric: temperature, above: '${inputs.most}' } }",
            ),
        ),
        ("wait_shape", step("  - id: a\n    wait: {}")),
        ("wait_shape", step("  - id: a\n    wait: { for: 1h, until: now }")),
        ("wait_for_shape", step("  - id: a\n    wait_for: { timeout: 1h }")),
        ("missing_match", step("  - id: a\n    wait_for: { event: order.paid }")),
        ("missing_match", header(&format!("{manual}\nexit: [{{ event: order.paid, match: {{}} }}]"))),
        ("unknown_action", step("  - id: a\n    action: http.requst\n    with: { url: x }")),
        ("unknown_parameter", step("  - id: a\n    action: log\n    with: { message: x, lvel: info }")),
        ("missing_parameter", step("  - id: a\n    action: log")),
        ("bad_parameter", step("  - id: a\n    action: http.request\n    with: { url: x, timeout_secs: 61 }")),
        (
            "send_without_consent",
            step("  - id: a\n    action: email.send\n    with: { connection: '${inputs.email}', to: a, subject: b, text: c }")
                .replace("purpose: marketing\n", ""),
        ),
        ("fallback_never_used", step("  - id: a\n    action: log\n    with: { message: x }\n    fallback: [{ set: { x: 1 } }]")),
        ("empty_split", step("  - id: a\n    split: { a: 0 }\n    paths: { a: [] }")),
        ("path_without_weight", step("  - id: a\n    split: { a: 1 }\n    paths: { a: [], b: [] }")),
        ("weight_without_path", step("  - id: a\n    split: { a: 1, b: 1 }\n    paths: { a: [] }")),
        ("empty_parallel", step("  - id: a\n    parallel: {}")),
        ("ask_without_answers", step("  - id: a\n    ask: { question: Yes?, answers: {} }")),
        ("unknown_answer", step("  - id: a\n    ask: { question: Yes?, answers: { yes: Si } }\n    on: { yse: [] }")),
        ("bad_expression", step("  - id: a\n    if: event.total >")),
        ("bad_expression", step("  - id: a\n    set: { x: '${event.total' }")),
        ("unknown_name", step("  - id: a\n    if: evnt.total > 1")),
        ("unknown_function", step("  - id: a\n    if: fooo(event.total)")),
        ("unknown_function", step("  - id: a\n    if: event.contact.nonexistent()")),
        ("unknown_function", step("  - id: a\n    set: { x: '${event.items.filter(|i| nope(i))}' }")),
        ("unknown_function", step("  - id: a\n    script: 'fn f(x) { nope(x) } f(1)'")),
        ("unknown_function", step("  - id: a\n    if: m::f(1)")),
        ("unknown_function", step("  - id: a\n    if: event.total.timestamp() > 1")),
        ("unknown_function", step("  - id: a\n    set: { x: '${event.total.print()}' }")),
        ("wrong_value_count", step("  - id: a\n    if: default(event.total) > 1")),
        ("wrong_value_count", step("  - id: a\n    if: event.contact.to_upper(1) == ()")),
        ("wrong_value_count", step("  - id: a\n    script: 'fn f(x) { x } f(1, 2)'")),
        ("not_in_scope", header("name: Test\ntrigger: { event: order.paid, where: contact.id != () }")),
        ("not_in_scope", step("  - id: a\n    if: incoming.text == 'x'")),
        ("not_in_scope", step("  - id: a\n    if: error.code == \"x\"")),
        ("unknown_property", step("  - id: a\n    if: event.totl > 1")),
        ("unknown_property", step("  - id: a\n    if: contact.frist_name == \"x\"")),
        (
            "unknown_property",
            step(
                "  - { id: a, wait_for: { event: message.received, match: { contact: 1 } } }\n  - { id: b, set: { x: '${steps.a.event.txt}' } }",
            ),
        ),
        (
            "unreachable_step",
            step(
                "  - { id: a, wait: { for: 1h } }\n  - { id: b, goto: a, limit: 3 }\n  - { id: c, set: { y: 1 } }",
            ),
        ),
        (
            "unknown_property",
            step("  - { id: r, action: http.request, with: { url: x } }\n  - { id: a, if: steps.r.statsu == 200 }"),
        ),
        ("unknown_property", step("  - id: a\n    wait_for: { event: order.paid, match: { cart: 1 } }")),
        ("unknown_property", step("  - id: a\n    each: event.items\n    as: line\n    steps: [{ set: { x: '${line.skuu}' } }]")),
        ("unknown_input", step("  - id: a\n    set: { x: '${inputs.pateince}' }")),
        ("unknown_step", step("  - id: a\n    set: { x: '${steps.b.c}' }")),
        ("step_not_run", step("  - { id: a, set: { x: '${steps.b}' } }\n  - { id: b, set: { x: 1 } }")),
        (
            "step_not_run",
            step("  - id: s\n    if: event.total > 1\n    then: [{ id: a, set: { x: 1 } }]\n    else: [{ id: b, set: { x: '${steps.a}' } }]"),
        ),
        ("no_output", step("  - { id: a, if: event.total > 1, then: [{ id: b, set: { x: 1 } }] }\n  - { id: c, set: { y: '${steps.a}' } }")),
        ("no_output", step("  - { id: a, switch: [{ when: event.total > 1, steps: [] }] }\n  - { id: c, if: steps.a.path == \"x\" }")),
        ("no_output", step("  - { id: a, wait: { for: 1h } }\n  - { id: c, set: { y: '${steps.a.until}' } }")),
        ("no_output", step("  - { id: a, parallel: { x: [] } }\n  - { id: c, set: { y: '${steps.a}' } }")),
        ("no_output", step("  - { id: a, call: other, wait: false }\n  - { id: c, set: { y: '${steps.a.run}' } }")),
        // A failure that nobody catches ends the run, and one that is caught leaves nothing else.
        ("no_output", step("  - { id: a, if: event.total > 1, on_error: fail }\n  - { id: c, set: { y: '${steps.a.error}' } }")),
        ("unknown_property", step("  - { id: a, if: event.total > 1, on_error: continue }\n  - { id: c, set: { y: '${steps.a.path}' } }")),
        ("unknown_property", step("  - { id: a, set: { x: 1 }, on_error: fail }\n  - { id: c, set: { y: '${steps.a.error}' } }")),
        ("unknown_property", step("  - { id: a, call: other }\n  - { id: c, set: { y: '${steps.a.result}' } }")),
        ("variable_not_set", step("  - { id: a, set: { x: '${vars.y}' } }\n  - { id: b, set: { y: 1 } }")),
        ("unreachable_step", step("  - { id: a, stop: x }\n  - { id: b, set: { y: 1 } }\n  - { id: c, set: { y: 1 } }")),
        ("unreachable_step", step("  - { id: a, if: 1 > 2, then: [{ id: b, set: { y: 1 } }] }")),
        ("unknown_target", step("  - { id: a, goto: b }")),
        (
            "disabled_target",
            step("  - { id: a, enabled: false, if: event.total > 1, then: [{ id: b, set: { y: 1 } }] }\n  - { id: c, if: event.total > 1, then: [{ id: d, goto: b, limit: 1 }] }"),
        ),
        (
            "goto_across_lanes",
            step("  - { id: a, parallel: { x: [{ id: b, goto: c }], y: [{ id: c, set: { y: 1 } }] } }"),
        ),
        (
            "loop_without_wait",
            step("  - { id: a, set: { x: 1 } }\n  - { id: b, if: event.total > 1, then: [{ id: c, goto: a, limit: 3 }] }"),
        ),
        (
            "goto_without_limit",
            step("  - { id: a, wait: { for: 1h } }\n  - { id: b, if: event.total > 1, then: [{ id: c, goto: a }] }"),
        ),
    ]
}

#[test]
fn every_kind_of_problem_has_a_document_that_shows_it_alone() {
    let mut shown = BTreeSet::new();
    for (code, source) in fixtures() {
        let found = problems(&source);
        let codes: BTreeSet<&str> = found.iter().map(Problem::code).collect();
        assert_eq!(
            codes,
            BTreeSet::from([code]),
            "{}\n{:#?}",
            source.chars().take(2000).collect::<String>(),
            found
                .iter()
                .take(5)
                .map(|p| p.report(Lang::En))
                .collect::<Vec<_>>()
        );
        shown.insert(code);
        for problem in &found {
            for lang in Lang::ALL {
                for sentence in [problem.message(lang), problem.hint(lang)] {
                    let left = [
                        "{name}", "{known}", "{found}", "{detail}", "{action}", "{limit}",
                    ];
                    assert!(
                        !left.iter().any(|hole| sentence.contains(hole)),
                        "{code}: {sentence}"
                    );
                }
            }
        }
    }
    let all: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(shown, all, "codes without a document");
}

#[test]
fn problems_say_where_they_are_and_what_was_meant() {
    for (source, expected) in [
        (
            with_steps("  - id: a\n    action: http.requst\n    with: { url: x }"),
            "unknown_action /steps/0/action 11:13 Did you mean `http.request`?",
        ),
        (
            with_steps("  - id: a\n    if: \"true && evnt.total > 1\""),
            "unknown_name /steps/0/if 11:9 Did you mean `event`?",
        ),
        (
            with_steps("  - id: a\n    set:\n      x: \"né ${ event.total + }\""),
            "bad_expression /steps/0/set/x 12:31 Complete it, or close the open bracket or quote.",
        ),
        (
            with_steps("  - id: a\n    script: |\n      let x = 1;\n      x + * 2\n"),
            "bad_expression /steps/0/script 13:11 Look at this place; texts take double quotes, and conditions are joined by `&&` and `||`.",
        ),
        (
            with_steps("  - id: a\n    action: log\n    with: { mesage: x }"),
            "missing_parameter /steps/0/with 12:5 Did you mean `mesage`?",
        ),
        (
            with_steps("  - id: a\n    set:\n      x: \"né ${ event.total + defualt(1, 2) }\""),
            "unknown_function /steps/0/set/x 12:31 Did you mean `default`?",
        ),
        (
            with_steps("  - id: a\n    script: |\n      let x = 1;\n      x.to_uper()\n"),
            "unknown_function /steps/0/script 13:9 Did you mean `to_upper`?",
        ),
        (
            with_steps("  - id: a\n    script: |\n      fn twice(n) { n * 2 }\n      twise(2)\n"),
            "unknown_function /steps/0/script 13:7 Did you mean `twice`?",
        ),
        (
            with_steps("  - id: a\n    if: span() > 1"),
            "wrong_value_count /steps/0/if 11:9 Write it as in `span(\"1h30m\")`.",
        ),
    ] {
        let problem = problems(&source).swap_remove(0);
        let said = format!(
            "{} {} {}:{} {}",
            problem.code(),
            problem.path(),
            problem.line(),
            problem.column(),
            problem.hint(Lang::En)
        );
        assert_eq!(said, expected);
    }
}

#[test]
fn all_problems_come_at_once() {
    let source = "operandi: 1\nnme: x\ntrigger: { event: 5 }\nsteps:\n  - foo: 1\n  - { action: log, whit: {} }\n";
    assert_eq!(
        codes(source),
        [
            "missing_field",
            "unknown_field",
            "wrong_type",
            "step_without_block",
            "unknown_field"
        ]
    );
    let source = with_steps(
        "  - { id: a, action: nope }\n  - { id: b, if: 1 + }\n  - { id: c, goto: nowhere }\n  - { id: d, wait: { for: x } }",
    );
    let found = codes(&source);
    assert_eq!(
        found,
        [
            "unknown_action",
            "bad_expression",
            "unknown_target",
            "unreachable_step",
            "bad_duration"
        ]
    );
}

#[test]
fn what_is_right_is_left_alone() {
    for steps in [
        // A branch's result is seen after it, by whoever may have come that way.
        "  - { id: a, if: event.total > 1, then: [{ id: b, set: { x: 1 } }] }\n  - { id: c, set: { y: '${steps.b} ${vars.x}' } }",
        // An answer is known inside its own branch.
        "  - { id: a, ask: { question: Ok?, answers: { yes: Si } }, on: { yes: [{ id: b, set: { y: '${steps.a.answer}' } }] } }",
        // A later step is seen after a loop back.
        "  - { id: a, wait: { for: 1h } }\n  - { id: b, set: { x: '${steps.c}' } }\n  - { id: c, set: { y: 1 } }\n  - { id: d, if: event.total > 1, then: [{ id: e, goto: a, limit: 3 }] }",
        // The failure and the elements of a list are seen where they are.
        "  - { id: a, set: { y: 1 }, on_error: [{ id: b, set: { x: '${error.message} ${steps.a.error.code}' } }] }",
        "  - { id: a, each: event.items, as: line, steps: [{ id: b, set: { x: '${line.sku} ${index}' } }] }",
        "  - { id: a, each: '[1, 2]', steps: [{ id: b, set: { x: '${item + 1}' } }] }",
        // Expressions satisfy any type of a parameter, inside alternatives too.
        "  - { id: a, action: http.request, with: { url: x, timeout_secs: '${event.total}' } }",
        "  - { id: a, action: whatsapp.send_template, with: { connection: '${inputs.whatsapp}', to: { phone: '${event.contact}' }, template: t } }",
        // A forward jump needs neither wait nor limit, and a step may be left out by switching it off.
        "  - { id: a, if: event.total > 1, then: [{ id: b, goto: d }] }\n  - { id: c, set: { y: 1 } }\n  - { id: d, set: { y: 1 } }",
        "  - { id: a, enabled: false, stop: x }\n  - { id: b, set: { y: 1 } }",
        "  - { id: a, wait: { for: '${inputs.patience}', window: { from: '09:00', to: '21:00', zone: contact } } }",
        "  - { id: a, call: other, wait: false }",
        "  - { id: a, wait_for: { any: [{ event: custom.thing, match: { a: 1 } }, { event: order.paid, match: { cart_id: 1 }, where: incoming.total > 1.0 }] } }",
        "  - { id: a, repeat: { until: 'steps.b.status == 200', limit: 3 }, steps: [{ id: b, action: http.request, with: { url: x } }] }",
        // The words of expressions are names like others where they follow a dot.
        "  - { id: loop, set: { if: 1 } }\n  - { id: this, set: { fn: '${steps.loop.if + vars.if}' } }\n  - { id: call, if: steps.this.fn > 1 }",
        // What the engine leaves behind is known.
        "  - { id: a, wait_for: { event: message.received, match: { contact: 1 }, timeout: 1h } }\n  - { id: b, set: { x: '${steps.a.timed_out} ${steps.a.event.text}' } }",
        "  - { id: a, parallel: { x: [{ id: b, set: { y: '${way}' } }] } }",
        "  - { id: a, call: other }\n  - { id: b, set: { y: '${steps.a.status} ${steps.a.output.x}' } }",
        "  - { id: a, if: event.total > 1, on_error: continue }\n  - { id: b, set: { y: '${steps.a.error.code}' } }",
        // A failure is told by the step that failed, however far out it is caught.
        "  - { id: a, if: event.total > 1, then: [{ id: b, set: { x: 1 } }], on_error: [{ id: c, set: { y: '${steps.b.error.code}' } }] }",
        "  - { id: a, each: event.items, steps: [{ id: b, set: { x: 1 }, on_error: fail }], on_error: continue }\n  - { id: c, set: { y: '${steps.b.error.code}' } }",
        // When nobody saw how a send ended, a person or a callback tells.
        "  - { id: a, action: email.send, with: { connection: '${inputs.email}', to: a, subject: b, text: c } }\n  - { id: b, if: steps.a.settled == () }",
        "  - { id: a, action: http.request, with: { url: x }, fallback: [{ id: b, set: { y: '${error.code}' } }] }",
        "  - { id: a, set: { sum: 0 } }\n  - { id: b, each: event.items, steps: [{ id: c, set: { sum: '${vars.sum + item.quantity}' } }] }\n  - { id: d, set: { y: '${steps.b.count}' } }",
    ] {
        let found = problems(&with_steps(steps));
        assert!(
            found.is_empty(),
            "{steps}\n{:#?}",
            found.iter().map(|p| p.report(Lang::En)).collect::<Vec<_>>()
        );
    }
}

#[test]
fn ids_that_nobody_gave_are_stable_and_unique() {
    let source = with_steps(
        "  - wait: { for: 1h }\n  - id: t\n    split: { a: 1, b: 1 }\n    paths:\n      a: [{ set: { x: 1 } }, { id: wait_1, set: { x: 1 } }]\n      b: [{ set: { x: 1 } }]",
    );
    let workflow = check(&source, &CATALOG, &LANGUAGE).expect("only warnings");
    let mut ids = Vec::new();
    fn gather(steps: &[Step], ids: &mut Vec<String>) {
        for step in steps {
            ids.push(step.id.to_string());
            step.branches()
                .into_iter()
                .for_each(|(_, inner)| gather(inner, ids));
        }
    }
    gather(&workflow.document().steps, &mut ids);
    assert_eq!(ids, ["wait_1_2", "t", "t_a_1", "wait_1", "t_b_1"]);
    assert_eq!(codes(&source), ["missing_step_id"]);
    assert!(
        workflow
            .warnings()
            .iter()
            .all(|p| p.severity() == Severity::Warning)
    );
}

#[test]
fn a_long_document_is_checked_in_time() {
    let mut steps = String::new();
    for n in 0..500 {
        steps.push_str(&format!(
            "  - id: s{n}\n    action: http.request\n    with: {{ url: 'https://x.example/${{event.cart_id}}', json: {{ a: '${{contact.first_name}}' }} }}\n"
        ));
    }
    assert_eq!(codes(&with_steps(&steps)), [""; 0]);
}

#[test]
fn blocks_may_be_nested_to_the_limit_of_depth() {
    let mut step = "{ set: { x: 1 } }".to_owned();
    for _ in 0..(DOCUMENT_DEPTH_MAX - 4) / 2 {
        step = format!("{{ if: event.total > 1, then: [{step}] }}");
    }
    let found = codes(&with_steps(&format!("  - {step}")));
    assert_eq!(found, ["missing_step_id"]);
}

#[test]
fn a_hostile_document_costs_little() {
    let texts = "'${steps.nowhere.x + vars.y}', ".repeat(20_000);
    let mut steps: String = (0..900)
        .map(|n| format!("  - {{ id: s{n}, wait: {{ for: 1h }} }}\n"))
        .collect();
    steps.push_str(&format!("  - {{ id: a, set: {{ x: [{texts}] }} }}"));
    let found = problems(&with_steps(&steps));
    assert!(
        found
            .iter()
            .all(|p| matches!(p.code(), "unknown_step" | "variable_not_set"))
    );
    assert!(
        (PROBLEMS_MAX..PROBLEMS_MAX + 10).contains(&found.len()),
        "{}",
        found.len()
    );
}

/// A change to the bytes of a text, as a tired hand or a broken merge makes it.
fn damaged(source: &str, seeds: &[(usize, usize)]) -> String {
    const PIECES: [&str; 16] = [
        "\n", "  ", "- ", ": ", "{", "}", "[", "]", "\"", "${", "'", "#", "steps.", "null", "|\n",
        "goto: ",
    ];
    let mut text: Vec<char> = source.chars().collect();
    for (at, kind) in seeds {
        let at = at % text.len().max(1);
        match kind % 4 {
            0 => drop(text.drain(at..(at + kind % 7).min(text.len()))),
            1 => drop(text.splice(at..at, PIECES[kind / 4 % PIECES.len()].chars())),
            2 => text.rotate_left(kind % 3),
            _ => {
                let end = (at + kind % 40).min(text.len());
                let copy = text[at..end].to_vec();
                let to = kind * 31 % (text.len() + 1);
                drop(text.splice(to..to, copy));
            }
        }
    }
    text.into_iter().collect()
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None, ..Default::default()
    })]

    #[test]
    fn damaged_documents_never_panic(
        seeds in proptest::collection::vec((0..2000_usize, 0..1000_usize), 1..6)
    ) {
        let source = damaged(CART, &seeds);
        for problem in problems(&source) {
            for lang in Lang::ALL {
                assert!(!problem.report(lang).message.is_empty());
            }
        }
        let _ = crate::text::format(&source);
    }

    #[test]
    fn arbitrary_texts_never_panic(source in proptest::prelude::any::<String>()) {
        problems(&source);
    }
}
