use std::{collections::BTreeSet, time::Duration};

use operandi_dsl::{catalog::Lang, phrase::say};

use super::{Code, Error, FieldError, whole_seconds};

#[test]
fn every_code_is_one_word_with_an_error_status_and_a_sentence_in_each_language() {
    let mut seen = BTreeSet::new();
    for code in Code::ALL {
        let word = code.as_str();
        assert!(
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{word}"
        );
        assert!(seen.insert(word), "{word} stands twice");
        assert!(
            code.status().is_client_error() || code.status().is_server_error(),
            "{word}"
        );
        let titles = Lang::ALL.map(|lang| code.title().get(lang));
        for title in titles {
            assert!(title.len() > 1 && title.ends_with('.'), "{word}: {title}");
        }
        assert_eq!(BTreeSet::from(titles).len(), 3, "{word}: {titles:?}");
    }
}

#[test]
fn a_cause_is_kept_and_never_sent() {
    let error = Error::internal(anyhow::anyhow!("password=hunter2"));
    for lang in Lang::ALL {
        let sent = serde_json::to_string(&error.problem("r1", lang)).unwrap();
        assert!(!sent.contains("hunter2"), "{sent}");
    }
    assert!(error.source().is_some());
}

#[test]
fn the_first_field_speaks_when_nothing_else_does() {
    let missing = FieldError::new("name", say!("falta", "is missing", "falta"));
    let error =
        Error::new(Code::InvalidBody).field(missing.hint(say!("agregalo", "add it", "adicione-o")));
    for (lang, want) in [
        (Lang::Es, "name: falta; agregalo"),
        (Lang::En, "name: is missing; add it"),
        (Lang::Pt, "name: falta; adicione-o"),
    ] {
        assert_eq!(error.problem("r", lang).detail.as_deref(), Some(want));
    }
}

#[test]
fn retry_after_rounds_up_and_is_never_zero() {
    for (given, want) in [(0, 1), (1, 1), (999, 1), (1000, 1), (1001, 2), (60_000, 60)] {
        assert_eq!(
            whole_seconds(Duration::from_millis(given)),
            want,
            "{given} ms"
        );
    }
}
