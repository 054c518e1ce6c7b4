//! What holds for every record, whichever they are.

use super::*;

#[test]
fn records_declare_only_what_they_have() {
    for record in RECORDS {
        let (schema, spec) = (record.schema(), record.spec());
        let properties = schema["properties"].as_object().expect("properties");
        for field in &spec.fields {
            let first = field.path.split('.').next().unwrap_or_default();
            assert!(
                properties.contains_key(first),
                "{}.{}",
                spec.name,
                field.path
            );
        }
        for map in &spec.maps {
            assert!(properties.contains_key(map), "{}.{map}", spec.name);
        }
        assert!(!spec.keys.is_empty(), "{}", spec.name);
        assert_eq!(schema["additionalProperties"], false, "{}", spec.name);
    }
}

#[test]
fn every_field_is_told_in_three_languages() {
    for record in RECORDS {
        let schema = record.schema();
        for (name, property) in schema["properties"].as_object().expect("properties") {
            assert!(
                property["description"].is_string(),
                "{}.{name}",
                record.name()
            );
            for language in ["es", "en", "pt"] {
                let title = property["x-titles"][language].as_str().unwrap_or_default();
                assert!(!title.is_empty(), "{}.{name} {language}", record.name());
            }
        }
        let changes = record.changes();
        for words in [
            record.title(),
            record.plural(),
            changes.created,
            changes.updated,
            changes.deleted,
        ] {
            assert!(
                [words.es, words.en, words.pt]
                    .iter()
                    .all(|text| !text.is_empty()),
                "{}",
                record.name()
            );
        }
    }
}

#[test]
fn samples_are_documents_of_their_kind() {
    fn survives<R: Record>() {
        let sample = R::sample();
        let read: R = serde_json::from_value(sample.clone()).expect(R::CARD.name);
        let mut written = patch(&read);
        for (field, value) in sample.as_object().expect("an object") {
            assert_eq!(
                written.remove(field).as_ref(),
                Some(value),
                "{}.{field}",
                R::CARD.name
            );
        }
        assert_eq!(written, Map::new(), "{}", R::CARD.name);
    }
    survives::<Cart>();
    survives::<Contact>();
    survives::<Device>();
    survives::<Order>();
    survives::<SandboxMessage>();
}

#[test]
fn a_contact_is_found_by_what_its_document_says() {
    let contact = find("contact").expect("contact");
    let document = json!({
        "phone": "11 5555-1234", "country": "AR", "email": "Ana@X.cl", "whatsapp_user_id": "AR.1",
        "external_ids": { "01990000-0000-7000-8000-000000000002": "7", "not a connection": "8" },
    });
    let aliases = contact.aliases(&document);
    let aliases: Vec<(&str, &str)> = aliases
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        aliases,
        [
            ("external", "01990000-0000-7000-8000-000000000002:7"),
            ("whatsapp", "AR.1"),
            ("phone", "+5491155551234"),
            ("email", "ana@x.cl"),
        ]
    );
    assert_eq!(contact.aliases(&json!({ "phone": 5 })), []);
    assert_eq!(find("cart").expect("cart").aliases(&Cart::sample()), []);
}

#[test]
fn a_device_is_found_by_its_serial_number() {
    let kind = find("device").expect("device");
    let serial = |document: Value| kind.aliases(&document);
    assert_eq!(
        serial(json!({ "serial": " c3-0042 " })),
        [("serial".to_owned(), "C3-0042".to_owned())]
    );
    assert_eq!(serial(json!({ "name": "x" })), []);
    let derived =
        |document: Value| derived_keys("device", document.as_object().expect("an object"));
    for (document, keys) in [
        (
            json!({ "serial": "c3" }),
            vec![("serial".to_owned(), Some("C3".to_owned()))],
        ),
        (json!({ "serial": null }), vec![("serial".to_owned(), None)]),
        (json!({ "name": "x" }), vec![]),
    ] {
        assert_eq!(derived(document.clone()), keys, "{document}");
    }
    let faults = kind.faults(&json!({ "profile": { "metrics": [{ "name": "a b" }] } }));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(kind.faults(&Device::sample()), []);
    assert_eq!(
        kind.faults(&json!({ "profile": 1 })),
        [],
        "the schema says this"
    );
}
