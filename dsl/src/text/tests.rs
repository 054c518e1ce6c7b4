use proptest::prelude::*;
use serde_json::{Map, json};

use super::*;
use crate::testing::CART;

/// Any value a document may hold, with the texts that make trouble in YAML.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(|number| json!(number)),
        any::<u64>().prop_map(|number| json!(number)),
        (-1.0e9..1.0e9_f64).prop_map(|number| json!(number)),
        any_text().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::vec((any_text(), inner), 0..5)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,8}",
        "[ -~]{0,12}",
        "[a-z:#'\"{}\\[\\],&*!|>%@`$ \n\t-]{0,16}",
        "([a-z]{0,5} ?\n){1,4}[a-z]{0,3}",
        any::<String>(),
        prop::sample::select(vec![
            "",
            "~",
            "null",
            "true",
            "No",
            "1",
            "-1",
            "1e3",
            "0x1f",
            "007",
            "+549112",
            "1:30",
            ".5",
            ".inf",
            "---",
            "...",
            "- a",
            "? a",
            "a: b",
            "a #b",
            "<<",
            "=",
            "\u{feff}",
            "\u{2028}",
            "\u{85}",
            "a\r\nb",
            " a",
            "a ",
            "\n",
            "a\n",
            "a\n\n",
            "a\n\nb\n",
            "\ta",
            "${x}",
            "2026-11-20",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Pieces of YAML and JSON in any order.
fn any_source() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "a",
        "b: ",
        ":",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\n    ",
        " ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        "\"",
        "|\n",
        ">-\n",
        "#c",
        " # d",
        "&x ",
        "*x",
        "!t ",
        "? ",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "\t",
        "\r\n",
        "é",
        "\\u00e9",
        "1",
        "true",
        "\u{feff}",
        "<<: ",
        "|2\n",
        "\"a\": ",
        "null",
        "\u{0}",
    ]);
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// The comments of a text without their places.
fn comments_of(source: &str) -> Vec<String> {
    let tree = parse(source).expect("readable");
    let mut found: Vec<_> = comments::gather(&tree)
        .into_iter()
        .map(|comment| comment.text)
        .collect();
    found.sort();
    found
}

fn read(source: &str) -> Value {
    match value(source) {
        Ok(value) => value,
        Err(problems) => panic!("{source}\n{problems:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_rendered_is_read_back(value in any_value()) {
        prop_assert_eq!(&read(&to_yaml(&value)), &value, "{}", to_yaml(&value));
        let line = format!("x: {}", render::flow(&value));
        prop_assert_eq!(&read(&line)["x"], &value, "{}", line);
        let boxed = json!({ "x": value });
        prop_assert_eq!(&read(&to_json(&boxed)), &boxed);
    }

    #[test]
    fn any_text_is_read_or_refused(source in any_source()) {
        if let Ok(tree) = parse(&source) {
            let value = tree.value();
            prop_assert_eq!(&read(&to_yaml(&value)), &value);
            let formatted = format(&source).expect("readable");
            prop_assert_eq!(&read(&formatted), &value, "{:?}", formatted);
            prop_assert_eq!(&format(&formatted).expect("readable"), &formatted, "of {:?}", source);
            prop_assert_eq!(comments_of(&formatted), comments_of(&source));
        }
    }

    #[test]
    fn arbitrary_characters_never_panic(source in any::<String>()) {
        let _ = parse(&source);
        let _ = format(&source);
    }

    #[test]
    fn an_edit_means_what_it_says(
        before in any_value(),
        value in any_value(),
        pick in any::<prop::sample::Index>(),
        kind in 0..3,
        flow in any::<bool>(),
    ) {
        let before = json!({ "x": before, "y": [1, { "z": 2 }] });
        let mut places = Vec::new();
        all_places(&before, "", &mut places);
        let path = pick.get(&places).clone();
        let change = match kind {
            0 => Change::Set(value),
            1 => Change::Remove,
            _ => Change::Insert(value),
        };
        let source = if flow { to_json(&before) } else { to_yaml(&before) };
        let edits = [Edit { path: path.clone(), change: change.clone() }];
        if let Ok(text) = edit(&source, &edits) {
            let after = read(&text);
            match &change {
                Change::Set(value) => prop_assert_eq!(after.pointer(&path), Some(value)),
                Change::Insert(value) | Change::InsertBefore(value, _) => prop_assert_eq!(after.pointer(&path), Some(value)),
                Change::Remove => {}
            }
            // Setting everything back gives the value again.
            let undone = edit(&text, &[Edit { path: "/x".into(), change: Change::Set(before["x"].clone()) },
                Edit { path: "/y".into(), change: Change::Set(before["y"].clone()) }]).expect("readable");
            prop_assert_eq!(read(&undone), before);
        }
    }
}

fn all_places(value: &Value, path: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = join(path, name);
                all_places(value, &path, places);
                places.push(path);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                let path = join(path, index);
                all_places(value, &path, places);
                places.push(path);
            }
        }
        _ => {}
    }
}

#[test]
fn every_edit_of_the_cart_document_keeps_its_comments() {
    let before = read(CART);
    let comments = comments_of(CART);
    let mut places = Vec::new();
    all_places(&before, "", &mut places);
    for path in places {
        for value in [
            json!("new"),
            json!({ "a": [1, { "b": 2 }], "c": "x" }),
            json!(["x", { "y": 1 }]),
        ] {
            let text = edit(
                CART,
                &[Edit {
                    path: path.clone(),
                    change: Change::Set(value.clone()),
                }],
            )
            .expect(&path);
            assert_eq!(read(&text).pointer(&path), Some(&value), "{path}\n{text}");
            // Only comments and lines inside of what was replaced may go.
            let tree = parse(CART).expect("readable");
            let names = split(&path).expect("a pointer");
            let (node, key) = tree.find(&names).expect("a place");
            let replaced = key.map_or(node.span.start, |key| key.end)..node.span.end;
            let own = comments::gather(&tree)
                .iter()
                .filter(|c| replaced.contains(&c.at))
                .count();
            assert!(
                comments_of(&text).len() + own >= comments.len(),
                "{path}\n{text}"
            );
            let was = |line: &&str| CART.lines().any(|old| old == *line);
            let same = text.lines().filter(was).count();
            let changed = CART[replaced].matches('\n').count() + 1;
            assert!(same + changed >= CART.lines().count(), "{path}\n{text}");
        }
        let text = edit(
            CART,
            &[Edit {
                path: path.clone(),
                change: Change::Remove,
            }],
        )
        .expect(&path);
        assert!(read(&text) != before, "{path}");
    }
}

#[test]
fn an_edit_changes_only_what_it_should() {
    let set = |path: &str, value: Value| Edit {
        path: path.into(),
        change: Change::Set(value),
    };
    let remove = |path: &str| Edit {
        path: path.into(),
        change: Change::Remove,
    };
    let insert = |path: &str, value: Value| Edit {
        path: path.into(),
        change: Change::Insert(value),
    };
    for (source, change, expected) in [
        (
            "a: 1 # one\nb: 2\n",
            set("/a", json!("x: y")),
            "a: \"x: y\" # one\nb: 2\n",
        ),
        (
            "a: 1 # one\nb: 2\n",
            set("/a", json!({ "c": 1 })),
            "a: # one\n  c: 1\nb: 2\n",
        ),
        (
            "a: # one\n  c: 1\nb: 2\n",
            set("/a", json!(5)),
            "a: 5 # one\nb: 2\n",
        ),
        (
            "a:\n- 1\n- 2 # two\n",
            set("/a/0", json!("x")),
            "a:\n- x\n- 2 # two\n",
        ),
        ("a:\nb: 2\n", set("/a", json!("x")), "a: x\nb: 2\n"),
        ("a: 1\nb: 2", set("/c", json!([1])), "a: 1\nb: 2\nc:\n  - 1"),
        (
            "a: 1 # one\n# two\nb: 2 # x\n",
            remove("/b"),
            "a: 1 # one\n# two\n",
        ),
        (
            "a: 1\nb: { c: 1, d: 2 } # x\n",
            remove("/b/c"),
            "a: 1\nb: { d: 2 } # x\n",
        ),
        (
            "a: 1\nb: { c: 1, d: 2 } # x\n",
            remove("/b/d"),
            "a: 1\nb: { c: 1 } # x\n",
        ),
        (
            "a: 1\nb: { c: 1 } # x\n",
            set("/b/d", json!([1])),
            "a: 1\nb: { c: 1, d: [1] } # x\n",
        ),
        (
            "s:\n  # first\n  - id: a # x\n    b: 1\n  - id: c\n",
            remove("/s/0/id"),
            "s:\n  # first\n  -\n    b: 1\n  - id: c\n",
        ),
        (
            "s:\n  - id: a\n    b: 1\n  - id: c\n",
            remove("/s/0/id"),
            "s:\n  - b: 1\n  - id: c\n",
        ),
        (
            "s:\n  - id: a\n    b: 1\n  - id: c\n",
            remove("/s/0"),
            "s:\n  - id: c\n",
        ),
        (
            "s:\n  # first\n  - id: a\n  - id: c\n",
            insert("/s/0", json!({ "id": "z", "l": [1, 2] })),
            "s:\n  - id: z\n    l:\n      - 1\n      - 2\n  # first\n  - id: a\n  - id: c\n",
        ),
        (
            "s:\n  - id: a # x\n  # c\n  - id: c\n",
            insert("/s/1", json!(1)),
            "s:\n  - id: a # x\n  - 1\n  # c\n  - id: c\n",
        ),
        (
            "s:\n  - a\nt: 1\n",
            insert("/s/-", json!({ "b": 1 })),
            "s:\n  - a\n  - b: 1\nt: 1\n",
        ),
        (
            "s: [] # x\nt: 1\n",
            insert("/s/0", json!({ "b": 1 })),
            "s: # x\n  - b: 1\nt: 1\n",
        ),
        ("s:\n  - a\nt: 1\n", remove("/s/0"), "s: []\nt: 1\n"),
        (
            "{\"a\": 1, \"b\": [1,  2]}",
            set("/b/1", json!({ "x": 1 })),
            "{\"a\": 1, \"b\": [1,  {\"x\":1}]}",
        ),
        (
            "{\n  \"a\": 1\n}\n",
            set("/b", json!(["x"])),
            "{\n  \"a\": 1,\n  \"b\": [\n    \"x\"\n  ]\n}\n",
        ),
        (
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            remove("/a"),
            "{\n  \"b\": 2\n}\n",
        ),
        (
            "t: |\n  x\n  y\nu: 1\n",
            set("/t", json!("one\ntwo\n")),
            "t: |\n  one\n  two\nu: 1\n",
        ),
        (
            "t: |\n  x\n  y\nu: 1\n",
            set("/t", json!("one")),
            "t: one\nu: 1\n",
        ),
    ] {
        let path = change.path.clone();
        let text = edit(source, &[change]).expect("possible");
        assert_eq!(text, expected, "{path} in\n{source}");
    }
}

#[test]
fn impossible_edits_are_refused() {
    for path in ["/b/c", "b", "/a/5", "/n/x"] {
        let change = Edit {
            path: path.into(),
            change: Change::Remove,
        };
        let refused = edit("a: [1]\nn: 1\n", &[change]);
        assert!(
            matches!(refused, Err(EditError::NoSuchPlace { .. })),
            "{path}"
        );
    }
    let change = Edit {
        path: "/a".into(),
        change: Change::Remove,
    };
    assert!(matches!(
        edit("a: [", &[change]),
        Err(EditError::Unreadable(_))
    ));
}

#[test]
fn the_layout_is_one() {
    let source = "# head\n\n\na:   1   # one\nb:\n    - x\n    -   y: 1\n        z: [ 1,2 ]   # list\n\n\n    # last\nc: {d: 1, # in\n  e: 2}\nt: |\n     x\n      y\n# end\n";
    let expected = "# head\n\na: 1 # one\nb:\n  - x\n  - y: 1\n    z: [1, 2] # list\n\n  # last\nc:\n  d: 1 # in\n  e: 2\nt: |\n  x\n   y\n# end\n";
    assert_eq!(format(source).expect("readable"), expected);
    for (source, expected) in [
        ("#c\n- - #c", "#c\n- - #c\n"),
        (
            "- # one\n  a: 1\n-  # two\n  - x\n",
            "- # one\n  a: 1\n- # two\n  - x\n",
        ),
        ("-\n  # about\n  a: 1\n", "-\n  # about\n  a: 1\n"),
        ("a: # nothing\nb: 1\n", "a: # nothing\nb: 1\n"),
        (
            "a: >-\n    x\n     y\n\nb: 1\n",
            "a: >-\n  x\n   y\n\nb: 1\n",
        ),
    ] {
        let once = format(source).expect("readable");
        assert_eq!(once, expected, "of {source:?}");
        assert_eq!(format(&once).expect("readable"), once, "of {source:?}");
    }
    let cart = format(CART).expect("readable");
    assert_eq!(cart, CART, "the example is laid out already");
}

#[test]
fn words_mean_what_they_look_like() {
    let source =
        "a: +5491122334455\nb: 007\nc: 1e3\nd: yes\ne: ~\nf: True\ng: 0x10\nh: -1.5\ni: 12:30\n";
    let expected = json!({
        "a": "+5491122334455", "b": "007", "c": 1000.0, "d": "yes", "e": null, "f": true, "g": "0x10",
        "h": -1.5, "i": "12:30",
    });
    assert_eq!(read(source), expected);
    assert_eq!(read("{\"a\": \"\\ud83d\\ude00\"}"), json!({ "a": "😀" }));
}

#[test]
fn places_are_lines_and_columns() {
    let tree = parse("a: 1\nü:\n  - é: [x, \"y\"]\n").expect("readable");
    let at = |line, column| Position { line, column };
    for (path, key, value) in [
        ("", None, at(1, 1)),
        ("/a", Some(at(1, 1)), at(1, 4)),
        ("/ü", Some(at(2, 1)), at(3, 3)),
        ("/ü/0/é", Some(at(3, 5)), at(3, 8)),
        ("/ü/0/é/1", None, at(3, 12)),
    ] {
        assert_eq!(tree.place(path), Some(Place { key, value }), "{path}");
    }
    assert_eq!(tree.place("/b"), None);
    assert_eq!(tree.value_position("/ü/7/x"), at(3, 3));
}
