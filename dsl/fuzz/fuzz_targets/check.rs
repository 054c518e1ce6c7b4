//! `cargo +nightly fuzz run check`: any bytes are a workflow or a list of problems, never a panic.
#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use operandi_dsl::{
    catalog::{Catalog, Lang},
    check,
    expr::Language,
    testing::catalog,
};

static LANGUAGE: LazyLock<Arc<Language>> = LazyLock::new(Language::untimed);
static CATALOG: LazyLock<Catalog> = LazyLock::new(catalog);

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    if let Err(problems) = check(source, &CATALOG, &LANGUAGE) {
        for problem in problems {
            for lang in Lang::ALL {
                assert!(!problem.report(lang).message.is_empty());
            }
        }
    }
});
