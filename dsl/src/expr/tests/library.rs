use serde_json::{Value, json};

use super::{check, eval, script};
use crate::{
    catalog::Lang,
    expr::{as_timestamp, library},
    time::Timestamp,
};

#[test]
fn every_example_gives_what_it_says() {
    assert!(library().len() > 50);
    for doc in library() {
        let expected: Value =
            serde_json::from_str(doc.gives).unwrap_or_else(|error| panic!("{}: {error}", doc.name));
        assert_eq!(eval(doc.example), Ok(expected), "{}", doc.example);
        assert!(doc.example.contains(doc.name), "{}", doc.name);
        for text in [doc.doc.es, doc.doc.en, doc.doc.pt] {
            assert!(
                text.ends_with('.') || text.ends_with('`') || text.ends_with('…'),
                "{}: {text}",
                doc.name
            );
        }
    }
}

#[test]
fn names_are_listed_once() {
    let mut names: Vec<&str> = library().iter().map(|doc| doc.name).collect();
    names.sort_unstable();
    let all = names.len();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn money_reads_as_its_country_does() {
    for (amount, currency, locale, expected) in [
        (1999, "ARS", "es-AR", "$ 19,99"),
        (123_456_789, "ARS", "es-AR", "$ 1.234.567,89"),
        (-5, "ARS", "es-AR", "-$ 0,05"),
        (1990, "CLP", "es-CL", "$1.990"),
        (1999, "MXN", "es-MX", "$19.99"),
        (199_950, "BRL", "pt-BR", "R$ 1.999,50"),
        (1999, "EUR", "es-ES", "19,99 €"),
        (1999, "USD", "en-US", "$19.99"),
        (1999, "USD", "es-AR", "US$ 19,99"),
        (1999, "ARS", "en-US", "ARS 19.99"),
        (100, "USD", "es_MX", "US$ 1.00"),
        (i64::MIN, "CLP", "es-CL", "-$9.223.372.036.854.775.808"),
    ] {
        check(
            &format!("format_money(money({amount}, \"{currency}\"), \"{locale}\")").replace(
                "money(-9223372036854775808",
                "money(-9223372036854775807 - 1",
            ),
            json!(expected),
        );
    }
}

#[test]
fn money_rounds_half_away_from_zero() {
    for (source, expected) in [
        ("percent(105, 50)", 53),
        ("percent(-105, 50)", -53),
        ("percent(1000, 12.5)", 125),
        ("percent(9223372036854775807, 100)", i64::MAX),
        ("money_times(money(5, \"ARS\"), 0.5).amount", 3),
        ("parse_money(\"19.995\", \"ARS\").amount", 2000),
        ("parse_money(19.99, \"ARS\").amount", 1999),
        ("parse_money(\"-0.5\", \"ARS\").amount", -50),
        ("parse_money(\"1990\", \"CLP\").amount", 1990),
        ("parse_money(\"1990.00\", \"CLP\").amount", 1990),
    ] {
        check(source, json!(expected));
    }
    for source in [
        "parse_money(\"1.999,50\", \"ARS\")",
        "parse_money(\"\", \"ARS\")",
        "money(1, \"pesos\")",
        "percent(9223372036854775807, 200)",
        "format_money(#{ amount: 1.5, currency: \"ARS\" }, \"es-AR\")",
    ] {
        assert!(eval(source).is_err(), "{source}");
    }
}

#[test]
fn numbers_round_and_convert() {
    for (source, expected) in [
        ("round(2.5)", json!(3.0)),
        ("round(-2.5)", json!(-3.0)),
        ("round(2.345, 2)", json!(2.35)),
        ("round(-2.345, 2)", json!(-2.35)),
        ("round(9.999, 2)", json!(10.0)),
        ("round(1.1, 5)", json!(1.1)),
        ("to_int(\" 42 \")", json!(42)),
        ("to_int(-3.9)", json!(-3)),
        ("to_int(\"3.9\")", json!(3)),
        ("to_float(3)", json!(3.0)),
    ] {
        check(source, expected);
    }
    for source in [
        "to_int(\"x\")",
        "to_int(1e300)",
        "to_int(())",
        "to_float(\"1,5\")",
        "to_float(\"nan\")",
    ] {
        assert!(eval(source).is_err(), "{source}");
    }
}

#[test]
fn texts_are_shaped() {
    for (source, expected) in [
        ("first_name(\"  maría josé pérez\")", json!("María")),
        ("first_name(\"GARCÍA, ANA\")", json!("Ana")),
        ("first_name(\"JEAN-LUC PICARD\")", json!("Jean-Luc")),
        ("first_name(\"\")", json!(null)),
        ("first_name(())", json!(null)),
        ("first_name(\"123 456\")", json!(null)),
        ("title(\"juan de la cruz\")", json!("Juan de la Cruz")),
        ("truncate(\"abc\", 3)", json!("abc")),
        ("truncate(\"abcd\", 3)", json!("ab…")),
        ("truncate(\"abcd\", 0)", json!("")),
        ("slug(\"  ¡Ñoño!  \")", json!("nono")),
        ("plural(1, \"día\", \"días\")", json!("1 día")),
        ("\"a b\".split(\" \").len()", json!(2)),
        ("event.name.trim()", json!("Ana")),
    ] {
        check(source, expected);
    }
}

#[test]
fn lists_are_shaped() {
    for (source, expected) in [
        ("event.items.pluck(\"sku\").join(\"-\")", json!("A-B")),
        ("event.items.sum(\"qty\")", json!(4)),
        ("sum([1, 0.5, ()])", json!(1.5)),
        ("sum([])", json!(0)),
        ("first([])", json!(null)),
        ("event.nobody.first()", json!(null)),
        ("max([\"a\", \"b\"])", json!("b")),
        ("min([])", json!(null)),
        ("min(3, 5)", json!(3)),
        ("event.items.sort_by(\"qty\").last().sku", json!("B")),
        ("sorted([2, 1.5, 1])", json!([1, 1.5, 2])),
        ("sort_by([#{ n: () }, #{ n: 1 }], \"n\")[0].n", json!(1)),
        ("[3, 1, 2].order(|a, b| b - a)", json!([3, 2, 1])),
        (
            "unique([#{ a: 1, b: 1 }, #{ a: 1, b: 2 }], \"a\").len()",
            json!(1),
        ),
        ("unique([1, 1.0, \"1\"]).len()", json!(2)),
        ("limit([1, 2], 9)", json!([1, 2])),
        ("[1, [2, #{ a: 3 }]] == [1, [2, #{ a: 3 }]]", json!(true)),
        ("#{ a: 1 } == #{ a: 2 }", json!(false)),
        ("event.items.contains(#{ sku: \"A\", qty: 1 })", json!(true)),
        (
            "event.items.is_empty() || is_empty(event.nobody) && is_empty(\"\")",
            json!(true),
        ),
    ] {
        check(source, expected);
    }
    assert!(eval("sum([\"a\"])").is_err());
    assert!(eval("sorted([1, \"a\"])").is_err());
}

#[test]
fn times_follow_their_zone() {
    for (source, expected) in [
        (
            "iso(parse_time(\"2026-03-01\", \"America/Santiago\"))",
            json!("2026-03-01T03:00:00Z"),
        ),
        (
            "iso(parse_time(\"2026-03-01 10:30\", \"Europe/Madrid\"))",
            json!("2026-03-01T09:30:00Z"),
        ),
        (
            "iso(parse_time(\"2026-03-01T10:30:00Z\", \"Europe/Madrid\"))",
            json!("2026-03-01T10:30:00Z"),
        ),
        (
            "iso(now, \"America/Sao_Paulo\")",
            json!("2026-03-01T06:00:00-03:00"),
        ),
        ("in_zone(now, \"Europe/Madrid\").hour", json!(10)),
        (
            "in_zone(\"2026-03-01T09:00:00Z\", \"UTC\").weekday",
            json!(7),
        ),
        // The clocks of Madrid go forward on 2026-03-29: the same time is 23 hours later.
        (
            "diff(parse_time(\"2026-03-28 12:00\", \"Europe/Madrid\"), add_days(parse_time(\"2026-03-28 12:00\", \
             \"Europe/Madrid\"), 1, \"Europe/Madrid\"), \"h\")",
            json!(23),
        ),
        // Santiago skips midnight on 2026-09-06.
        (
            "iso(start_of_day(\"2026-09-06T15:00:00Z\", \"America/Santiago\"))",
            json!("2026-09-06T04:00:00Z"),
        ),
        (
            "format_time(now, \"d MMM yyyy\", \"UTC\", \"en-US\")",
            json!("1 Mar 2026"),
        ),
        (
            "format_time(now, \"EEEE, d 'de' MMMM\", \"UTC\", \"pt-BR\")",
            json!("domingo, 1 de março"),
        ),
        (
            "format_time(now, \"h:mm a 'o''clock'\", \"UTC\", \"en\")",
            json!("9:00 AM oclock"),
        ),
        (
            "format_time(now, \"dd/MM/yy HH:mm:ss\", \"UTC\", \"es\")",
            json!("01/03/26 09:00:00"),
        ),
        ("diff(now, now - span(\"90m\"), \"h\")", json!(-1)),
        ("span_text(span(\"2w\"))", json!("2w")),
    ] {
        check(source, expected);
    }
    for source in [
        "in_zone(now, \"Mars/Olympus\")",
        "format_time(now, \"QQQ\", \"UTC\", \"es\")",
        "format_time(now, \"d 'de\", \"UTC\", \"es\")",
        "parse_time(\"yesterday\")",
        "parse_time(())",
        "add_days(now, 9223372036854775807, \"UTC\")",
        "diff(now, now, \"years\")",
        "at_time(now, \"25:00\", \"UTC\")",
    ] {
        assert!(eval(source).is_err(), "{source}");
    }
}

/// One failing call of every sentence that a function of the library may fail with.
const FAILING: &[&str] = &[
    "to_int(\"x\")",
    "to_float(\"x\")",
    "to_int([])",
    "to_int(1e30)",
    "parse_json(\"{\")",
    "[1, \"a\"].sum()",
    "[9223372036854775807, 1].sum()",
    "[1, \"a\"].order()",
    "1 < \"a\"",
    "money(1, \"pesos\")",
    "money_add(money(1, \"ARS\"), money(1, \"USD\"))",
    "money_add(#{}, #{})",
    "money_add(money(9223372036854775807, \"ARS\"), money(1, \"ARS\"))",
    "percent(10, \"a\")",
    "parse_money(\"x\", \"ARS\")",
    "parse_time(\"tomorrow\")",
    "parse_time(\"2026-03-01 09:00\")",
    "parse_time([])",
    "span(\"soon\")",
    "at_time(0, \"25:00\", \"UTC\")",
    "start_of_day(0, \"Mars\")",
    "add_months(0, 9223372036854775807, \"UTC\")",
    "diff(0, 1, \"moons\")",
    "format_time(0, \"QQ\", \"UTC\", \"es\")",
    "format_time(0, \"d 'de\", \"UTC\", \"es\")",
    "1.0 / 0.0",
    "|x| x",
];

#[test]
fn functions_say_in_every_language_why_they_fail() {
    for source in FAILING {
        let error = eval(source).expect_err(source);
        let words = [Lang::Es, Lang::En, Lang::Pt].map(|lang| error.words(lang));
        assert_ne!(words[0], words[1], "{source}");
        assert_ne!(words[2], words[1], "{source}");
        assert_eq!(error.sentence().get(Lang::En), error.message, "{source}");
    }
}

#[test]
fn what_is_caught_reads_as_a_text() {
    let said = "`x` is not a whole number; write digits only, such as 42";
    for (answer, expected) in [
        ("e", said.to_owned()),
        ("\"no: \" + e", format!("no: {said}")),
        ("e + \"!\"", format!("{said}!")),
        ("`${e}.`", format!("{said}.")),
    ] {
        let code =
            format!("let said = (); try {{ to_int(\"x\") }} catch (e) {{ said = {answer} }} said");
        assert_eq!(script(&code).expect(&code), json!(expected), "{code}");
    }
}

#[test]
fn results_become_moments() {
    assert_eq!(
        as_timestamp(&json!(1_772_355_600_000_i64)),
        Some(Timestamp(1_772_355_600_000))
    );
    assert_eq!(
        as_timestamp(&json!(1_772_355_600_000.0)),
        Some(Timestamp(1_772_355_600_000))
    );
    assert_eq!(
        as_timestamp(&json!("2026-03-01T06:00:00-03:00")),
        Some(Timestamp(1_772_355_600_000))
    );
    for value in [
        json!(null),
        json!("soon"),
        json!(1.5),
        json!([1]),
        json!(true),
    ] {
        assert_eq!(as_timestamp(&value), None, "{value}");
    }
}
