use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Patch, PatchError, apply, patch};
use crate::{
    testing::CART,
    text::{comments, edit::identical, join, parse, to_json, to_yaml},
};

fn patches(value: Value) -> Vec<Patch> {
    serde_json::from_value(value).expect("patches")
}

fn read(source: &str) -> Value {
    parse(source)
        .unwrap_or_else(|problems| panic!("{source}\n{problems:?}"))
        .value()
}

fn comments_of(source: &str) -> Vec<String> {
    let tree = parse(source).expect("readable");
    let mut found: Vec<_> = comments::gather(&tree)
        .into_iter()
        .map(|comment| comment.text)
        .collect();
    found.sort();
    found
}

#[test]
fn a_patch_changes_the_lines_it_concerns() {
    for (source, patched, expected) in [
        (
            "a: 1 # one\nb: 2\n",
            json!([{ "op": "replace", "path": "/a", "value": 3 }]),
            "a: 3 # one\nb: 2\n",
        ),
        (
            "a: 1 # one\n# two\nb: 2\n",
            json!([{ "op": "add", "path": "/c", "value": [1], "before": "b" }]),
            "a: 1 # one\nc:\n  - 1\n# two\nb: 2\n",
        ),
        (
            "s:\n  - id: a # x\n",
            json!([{ "op": "add", "path": "/s/0/note", "value": "hi", "before": "id" }]),
            "s:\n  - note: hi\n    id: a # x\n",
        ),
        (
            "m: { a: 1, b: 2 } # m\n",
            json!([{ "op": "add", "path": "/m/c", "value": 3, "before": "b" }]),
            "m: { a: 1, c: 3, b: 2 } # m\n",
        ),
        (
            "a: 1\nb: 2 # b\n",
            json!([{ "op": "add", "path": "/a", "value": 3, "before": null }]),
            "b: 2 # b\na: 3\n",
        ),
        (
            "s:\n  # about a\n  - id: a # x\n    # in a\n    b: 1\n    # behind a\n  # about c\n  - id: c\n",
            json!([{ "op": "move", "from": "/s/0", "path": "/s/1" }]),
            "s:\n  # about c\n  - id: c\n  # about a\n  - id: a # x\n    # in a\n    b: 1\n    # behind a\n",
        ),
        (
            "s:\n  - if: x\n    then: []\n  # about c\n  - id: c # c\n    t: |\n      one\n        two\n  - id: d\n",
            json!([{ "op": "move", "from": "/s/1", "path": "/s/0/then/-" }]),
            "s:\n  - if: x\n    then:\n      # about c\n      - id: c # c\n        t: |\n          one\n            two\n  - id: d\n",
        ),
        (
            "s:\n  - then:\n      - id: c # c\n        # in c\n        d: 1\n  - id: d\n",
            json!([{ "op": "move", "from": "/s/0/then/0", "path": "/s/0" }]),
            "s:\n  - id: c # c\n    # in c\n    d: 1\n  - then: []\n  - id: d\n",
        ),
        (
            "m:\n  x: 1 # x\n  # about y\n  y:\n    z: 1 # z\nn: {}\n",
            json!([{ "op": "move", "from": "/m/y", "path": "/m/w", "before": "x" }]),
            "m:\n  # about y\n  w:\n    z: 1 # z\n  x: 1 # x\nn: {}\n",
        ),
        (
            "m:\n  x: 1 # x\n  z: 2 # z\n",
            json!([{ "op": "move", "from": "/m/z", "path": "/m/z", "before": "x" }]),
            "m:\n  z: 2 # z\n  x: 1 # x\n",
        ),
        (
            "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
            json!([{ "op": "move", "from": "/b", "path": "/c", "before": "a" }]),
            "{\n  \"c\": 2,\n  \"a\": 1\n}\n",
        ),
        (
            "# all\na:\n  - 1 # one\nb: 2\n",
            json!([{ "op": "remove", "path": "/a/0" }, { "op": "add", "path": "/a/-", "value": {} }]),
            "# all\na: # one\n  - {}\nb: 2\n",
        ),
    ] {
        let text = patch(source, &patches(patched.clone())).expect("possible");
        assert_eq!(text, expected, "{patched} on\n{source}");
    }
}

#[test]
fn impossible_patches_are_refused_and_named() {
    let source = "a: [1, { b: 2 }]\nm: { x: 1 }\n";
    for path in ["/a/2", "/a/-", "/a/01", "/a/+1", "a", "/x/y", ""] {
        let refused = patch(
            source,
            &patches(
                json!([{ "op": "add", "path": "/n", "value": 1 }, { "op": "remove", "path": path }]),
            ),
        );
        let expected = PatchError::NoSuchPlace {
            patch: 1,
            path: path.to_owned(),
        };
        assert_eq!(refused, Err(expected), "{path}");
    }
    for path in ["/a/1/x", "/a/0"] {
        let moved = json!([{ "op": "move", "from": "/a", "path": path }]);
        let expected = PatchError::IntoItself {
            patch: 0,
            path: path.to_owned(),
        };
        assert_eq!(patch(source, &patches(moved)), Err(expected));
    }
    for (op, path) in [
        ("add", "/a/3"),
        ("add", "/a/0/x"),
        ("replace", "/constructor"),
    ] {
        let one = json!([{ "op": op, "path": path, "value": 1 }]);
        assert!(patch(source, &patches(one)).is_err(), "{op} {path}");
    }
    let nothing = patch("a: [", &[]);
    assert!(matches!(nothing, Err(PatchError::Unreadable(_))));
}

#[test]
fn a_step_carries_its_comments_wherever_it_goes() {
    let lists = ["/steps", "/steps/1/fallback", "/steps/2/on_timeout"];
    let commented = CART
        .replace(
            "      - action: email.send\n",
            "      # by mail\n      - action: email.send # mail\n",
        )
        .replace("        split:", "        # half and half\n        split:");
    let before = read(&commented);
    let all = comments_of(&commented);
    for from in lists {
        let count = before
            .pointer(from)
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        for index in 0..count {
            let from = join(from, index);
            for list in lists {
                for at in 0..4 {
                    let path = join(list, at);
                    let moved = patches(json!([{ "op": "move", "from": from, "path": path }]));
                    let mut after = before.clone();
                    if apply(&mut after, &moved[0]).is_err() {
                        continue;
                    }
                    let text = patch(&commented, &moved).expect("possible");
                    assert!(identical(&read(&text), &after), "{from} {path}\n{text}");
                    assert_eq!(comments_of(&text), all, "{from} to {path}\n{text}");
                }
            }
        }
    }
}

#[test]
fn adding_anywhere_loses_no_comment() {
    let before = read(CART);
    let all = comments_of(CART);
    let mut places = Vec::new();
    all_places(&before, "", &mut places);
    for path in &places {
        let (parent, _) = path.rsplit_once('/').expect("a pointer");
        for path in [path.clone(), join(parent, "-")] {
            let fields: Vec<_> = match before.pointer(parent) {
                Some(Value::Object(fields)) => fields.keys().cloned().collect(),
                _ => vec![String::new()],
            };
            for field in fields {
                let path = if field.is_empty() {
                    path.clone()
                } else {
                    join(parent, "new_one")
                };
                let added = patches(json!([
                    { "op": "add", "path": path, "value": { "x": [1, "y"] }, "before": field }
                ]));
                let mut after = before.clone();
                assert!(apply(&mut after, &added[0]).is_ok(), "{path}");
                let text = patch(CART, &added).expect("possible");
                assert!(identical(&read(&text), &after), "{path}\n{text}");
                assert_eq!(comments_of(&text), all, "{path}\n{text}");
            }
        }
    }
}

fn all_places(value: &Value, path: &str, places: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (join(path, name), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(index, value)| (join(path, index), value))
            .collect(),
        _ => Vec::new(),
    };
    for (path, value) in children {
        places.push(path.clone());
        all_places(value, &path, places);
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<i16>().prop_map(|number| json!(number)),
        "[a-z]{0,4}".prop_map(Value::String),
        prop::sample::select(vec![
            "a\nb\n", "x\n\n y", "# no", "- a", "k: v", "\t", "..."
        ])
        .prop_map(|text| json!(text)),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
            prop::collection::vec(("[a-e/~]{1,2}", inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The value as a text with comments where they fit.
fn commented(value: &Value, spots: &[bool]) -> String {
    let mut lines: Vec<String> = to_yaml(value).lines().map(str::to_owned).collect();
    let mut spots = spots.iter().copied();
    for index in (0..lines.len()).rev() {
        let indent = lines[index].len() - lines[index].trim_start().len();
        for candidate in [
            vec![
                format!("{}# above {index}", " ".repeat(indent)),
                lines[index].clone(),
            ],
            vec![format!("{} # behind {index}", lines[index])],
        ] {
            if !spots.next().unwrap_or(false) {
                continue;
            }
            let mut tried = lines.clone();
            tried.splice(index..=index, candidate);
            let text = format!("{}\n", tried.join("\n"));
            if parse(&text).is_ok_and(|tree| identical(&tree.value(), value)) {
                lines = tried;
            }
        }
    }
    format!("{}\n", lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_text_means_what_the_patches_make_of_the_value(
        inside in any_value(),
        values in prop::collection::vec(any_value(), 6),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6, 0..4), 1..6),
        spots in prop::collection::vec(any::<bool>(), 40),
        as_json in any::<bool>(),
    ) {
        let mut value = json!({ "x": inside, "y": [1, { "z": 2, "w": [] }], "q": { "r": {} } });
        let mut text = if as_json { to_json(&value) } else { commented(&value, &spots) };
        for ((one, other, kind, before), new) in picks.into_iter().zip(values) {
            let mut places = vec!["/x".to_owned()];
            all_places(&value, "", &mut places);
            let from = one.get(&places).clone();
            let mut path = other.get(&places).clone();
            if kind % 2 == 0 {
                path = join(path.rsplit_once('/').map_or("", |(parent, _)| parent), if before == 0 { "-" } else { "fresh" });
            }
            let name = other.get(&places).rsplit('/').next().unwrap_or_default().to_owned();
            let before = match before { 0 | 1 => None, 2 => Some(None), _ => Some(Some(name)) };
            let patched = match kind {
                0 | 1 => Patch::Add { path, value: new, before },
                2 => Patch::Remove { path: from },
                3 => Patch::Replace { path, value: new },
                _ => Patch::Move { from, path, before },
            };
            let mut after = value.clone();
            match apply(&mut after, &patched) {
                Err(_) => prop_assert!(patch(&text, std::slice::from_ref(&patched)).is_err()),
                Ok(()) => {
                    let done = patch(&text, std::slice::from_ref(&patched));
                    let done = done.map_err(|error| TestCaseError::fail(format!("{error:?} {patched:?}\n{text}")))?;
                    prop_assert!(identical(&read(&done), &after), "{:?} on\n{}\ngave\n{}", patched, text, done);
                    value = after;
                    text = done;
                }
            }
        }
    }
}
