//! What people read: whole sentences, for documents as somebody who has never programmed breaks them.

use super::{Lang, problems, with_header, with_steps};

/// The first problem's message and hint.
fn said(source: &str, lang: Lang) -> String {
    let found = problems(source);
    let first = found
        .first()
        .unwrap_or_else(|| panic!("nothing wrong: {source}"));
    let report = first.report(lang);
    format!("{} {}", report.message, report.hint)
}

#[test]
fn plausible_mistakes_are_told_plainly() {
    let step = |step: &str| with_steps(&format!("  - id: a\n    {step}"));
    let header = |header: &str| with_header(&format!("name: Test\n{header}"));
    for (source, es, en, pt) in [
        (
            step("wait: { for: 1 hora }"),
            "La duración no sirve: en `1 hora` no existe la unidad `hora`. Las unidades son `s` segundos, `m` minutos, `h` horas, `d` días, `w` semanas y `ms` milisegundos.",
            "The duration will not do: in `1 hora` there is no unit `hora`. The units are `s` seconds, `m` minutes, `h` hours, `d` days, `w` weeks and `ms` milliseconds.",
            "A duração não serve: em `1 hora` não existe a unidade `hora`. As unidades são `s` segundos, `m` minutos, `h` horas, `d` dias, `w` semanas e `ms` milissegundos.",
        ),
        (
            step("wait: { for: -5m }"),
            "La duración no sirve: `-5m` es negativa, y no se puede esperar hacia atrás. Quitá el signo; para actuar antes de un momento, usá `until`, como `until: now + span(\"2d\") - span(\"1h\")`.",
            "The duration will not do: `-5m` is negative, and nothing waits backwards. Leave the sign out; to act before a moment, use `until`, as in `until: now + span(\"2d\") - span(\"1h\")`.",
            "A duração não serve: `-5m` é negativa, e não se pode esperar para trás. Retire o sinal; para agir antes de um momento, use `until`, como `until: now + span(\"2d\") - span(\"1h\")`.",
        ),
        (
            step("wait: 5m"),
            "Aquí va un grupo de campos, y hay un texto. Escribí sus campos debajo, uno por línea: `for`, `until`, `window`.",
            "This must be a group of fields, and is a text. Write its fields below, one per line: `for`, `until`, `window`.",
            "Aqui vai um grupo de campos, e há um texto. Escreva seus campos abaixo, um por linha: `for`, `until`, `window`.",
        ),
        (
            with_header("name: Test"),
            "Falta el campo `trigger`. Agregá `trigger`.",
            "The field `trigger` is missing. Add `trigger`.",
            "Falta o campo `trigger`. Adicione `trigger`.",
        ),
        (
            step("action: whatsap.send_template\n    with: {}"),
            "No existe la acción `whatsap.send_template`. ¿Quisiste decir `whatsapp.send_template`?",
            "There is no action `whatsap.send_template`. Did you mean `whatsapp.send_template`?",
            "Não existe a ação `whatsap.send_template`. Você quis dizer `whatsapp.send_template`?",
        ),
        (
            step("action: http.request\n    with: { url: x, timeout_secs: treinta }"),
            "Aquí va un número entero, y hay un texto. Escribilo en cifras, como `30`.",
            "This must be a whole number, and is a text. Write it in digits, such as `30`.",
            "Aqui vai um número inteiro, e há um texto. Escreva-o em algarismos, como `30`.",
        ),
        (
            step(
                "action: whatsapp.send_template\n    with: { connection: '${inputs.whatsapp}', to: 5, template: x }",
            ),
            "Aquí va un texto / un grupo de campos, y hay un número. Cambiá el valor, o quitá el campo si no hace falta.",
            "This must be a text / a group of fields, and is a number. Change the value, or leave the field out when it is not needed.",
            "Aqui vai um texto / um grupo de campos, e há um número. Mude o valor, ou retire o campo se não for necessário.",
        ),
        (
            step("action: http.request\n    with: { url: x, timeout_secs: 90 }"),
            "El parámetro `timeout_secs` de `http.request` no sirve: 90 pasa de 60, que es lo máximo. Corregilo según la descripción de la acción.",
            "The parameter `timeout_secs` of `http.request` will not do: 90 is more than 60, which is the most. Correct it by the action's description.",
            "O parâmetro `timeout_secs` de `http.request` não serve: 90 passa de 60, que é o máximo. Corrija-o conforme a descrição da ação.",
        ),
        (
            step("wiat: { for: 5m }"),
            "El paso no dice qué hacer. ¿Quisiste decir `wait`?",
            "The step does not say what to do. Did you mean `wait`?",
            "O passo não diz o que fazer. Você quis dizer `wait`?",
        ),
        (
            step("if: event.total = 5"),
            "La expresión no se entiende: `=` no compara. Usá `==` para comparar, como en `event.status == \"paid\"`.",
            "The expression cannot be understood: `=` does not compare. Use `==` to compare, as in `event.status == \"paid\"`.",
            "A expressão não pode ser entendida: `=` não compara. Use `==` para comparar, como em `event.status == \"paid\"`.",
        ),
        (
            step("set: { x: 'Hola ${contact.first_name' }"),
            "La expresión no se entiende: a `${` le falta el cierre. Agregá `}` después de la expresión, o escribí `$${` si querés esos caracteres.",
            "The expression cannot be understood: `${` is not closed. Add `}` after the expression, or write `$${` for the characters themselves.",
            "A expressão não pode ser entendida: falta fechar `${`. Adicione `}` depois da expressão, ou escreva `$${` se quer esses caracteres.",
        ),
        (
            step("set: { x: ${event.total} }"),
            "El texto no es YAML ni JSON válido: entre llaves falta una coma o `}`. Agregala; un valor con `${...}` va entre comillas, como `\"${event.total}\"`.",
            "The text is not valid YAML or JSON: between braces a comma or `}` is missing. Add it; a value with `${...}` goes in quotes, as in `\"${event.total}\"`.",
            "O texto não é YAML nem JSON válido: entre chaves falta uma vírgula ou `}`. Adicione-a; um valor com `${...}` vai entre aspas, como `\"${event.total}\"`.",
        ),
        (
            step(
                "if: event.total > 1\n    then: [{ id: b, goto: c }, { id: d, set: { x: 1 } }]\n  - { id: c, set: { x: 1 } }",
            ),
            "El paso `d` nunca se ejecuta. Quitalo, o corregí el `stop`, `goto` o la condición que lo deja afuera.",
            "The step `d` never runs. Leave it out, or correct the `stop`, `goto` or condition that cuts it off.",
            "O passo `d` nunca é executado. Retire-o, ou corrija o `stop`, `goto` ou a condição que o exclui.",
        ),
        (
            header("trigger: { schedule: { cron: '0 0 9 * * *' } }"),
            "La línea cron no sirve: `0 0 9 * * *` tiene 6 campos, y una línea cron tiene cinco. Si el primero son los segundos, quitalo: se empieza por los minutos, como `0 9 * * mon-fri`.",
            "The cron line will not do: `0 0 9 * * *` has 6 fields, and a cron line has five. If the first is seconds, leave it out: a line begins with the minutes, such as `0 9 * * mon-fri`.",
            "A linha cron não serve: `0 0 9 * * *` tem 6 campos, e uma linha cron tem cinco. Se o primeiro são os segundos, retire-o: começa-se pelos minutos, como `0 9 * * mon-fri`.",
        ),
        (
            header("trigger: { schedule: { cron: '0 25 * * *' } }"),
            "La línea cron no sirve: `25` no sirve para la hora. La hora va en 0-23; también sirven `*`, `*/2`, `1,3` y `1-5`.",
            "The cron line will not do: `25` will not do for the hour. The hour takes 0-23; `*`, `*/2`, `1,3` and `1-5` will do, too.",
            "A linha cron não serve: `25` não serve para a hora. A hora vai em 0-23; também servem `*`, `*/2`, `1,3` e `1-5`.",
        ),
    ] {
        for (lang, expected) in [(Lang::Es, es), (Lang::En, en), (Lang::Pt, pt)] {
            assert_eq!(said(&source, lang), expected, "{source}");
        }
    }
}

/// Asserts that a problem is told in each language by itself, and not in general terms.
#[track_caller]
fn told_apart(source: &str, general: &str) {
    let [es, en, pt] = Lang::ALL.map(|lang| said(source, lang));
    assert!(es != en && pt != en && es != pt, "{source}: {en}");
    assert!(!en.contains(general), "{source}: {en}");
    for (foreign, lang) in [(&es, Lang::Es), (&pt, Lang::Pt)] {
        for word in [
            " the ",
            " is ",
            " not ",
            " expected ",
            "Expecting",
            "Unexpected",
        ] {
            assert!(
                !foreign.contains(word),
                "{source} in {}: {foreign}",
                lang.code()
            );
        }
    }
}

#[test]
fn broken_expressions_are_told_in_every_language() {
    for source in [
        "event.total >",
        "event.total = 5",
        "event.total === 5",
        "event.total !== 5",
        "event.total <> 5",
        "event.total => 5",
        "event.total > 1 and true",
        "event.total > 1 o true",
        "event.contact == null",
        "event.contact == 'x",
        "event.cart_id == 'abc'",
        "event.cart_id == \"abc",
        "\"\\q\"",
        "(1",
        "[1",
        "#{ a: 1",
        "event.",
        "event[]",
        "event.total)",
        "1 2",
        "0x",
        "@",
        "1 ~ 2",
        "timestamp()",
        "sleep(1)",
        "import",
        "loop",
        "let x = 1",
        "f(,)",
        "#{ a: 1, a: 2 }",
        "1 +* 2",
        "$",
        "event.total > 1.5.5",
        "if true",
        "\u{1F600}",
        "switch event.total { _ => 1, 2 => 3 }",
    ] {
        let source = with_steps(&format!("  - id: a\n    if: {}", serde_json::json!(source)));
        told_apart(&source, "something at this place");
    }
    for script in [
        "fn f( { }",
        "fn (x) { }",
        "fn f(x, x) { x }",
        "fn f(x) { x } fn f(y) { y }",
        "{ fn f() { } }",
        "break;",
        "let = 5;",
        "for in [] {}",
        "const a = 1; a = 2;",
        "1 = 2;",
        "let loop = 1;",
        "while { }",
        "let x 5;",
        "switch 1 { 0..5 => 1, 7 => 2 }",
        "x + ;",
    ] {
        let source = with_steps(&format!(
            "  - id: a\n    script: {}",
            serde_json::json!(script)
        ));
        told_apart(&source, "something at this place");
    }
}

#[test]
fn unreadable_texts_are_told_in_every_language() {
    for source in [
        "a: b: c",
        "a:\n\t- b",
        "a: \"b",
        "a: 'b",
        "a: [1, 2",
        "a: {b: 1",
        "a: [1, 2}",
        "a: \"\\q\"",
        "a: \"b\" c",
        "a:\n - 1\n  - 2\n- 3",
        "a: - b",
        "a: 1\n b: 2",
        "a: @b",
        "a: `b`",
        "",
        "  ",
        "a: 1\nb\n",
        "a\nb: 1",
        "{\"a\": 1,}",
        "{\"a\" 1}",
        "{\"a\": 1 \"b\": 2}",
        "{\"a\": 1",
        "{\"a\": \"b}",
        "{\"a\": \"\\q\"}",
        "{\"a\": b}",
        "{\"a\": 1} x",
        "{\"a\":",
        "[\"a\"",
    ] {
        told_apart(source, "something at this place");
    }
}

#[test]
fn bounds_of_parameters_are_told_in_every_language() {
    for with in [
        "{ url: x, timeout_secs: 0 }",
        "{ url: x, timeout_secs: 61 }",
        "{ url: '' }",
        "{ url: x, headers: 5 }",
    ] {
        let source = with_steps(&format!(
            "  - id: a\n    action: http.request\n    with: {with}"
        ));
        told_apart(&source, "breaks the rule");
    }
}
