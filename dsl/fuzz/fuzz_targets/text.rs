//! `cargo +nightly fuzz run text`: laying out keeps the meaning and is done once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use operandi_dsl::text::{format, to_yaml, value};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    let Ok(meaning) = value(source) else { return };
    let laid_out = format(source).expect("a readable text");
    assert_eq!(value(&laid_out).as_ref(), Ok(&meaning));
    assert_eq!(format(&laid_out).expect("a readable text"), laid_out);
    assert_eq!(value(&to_yaml(&meaning)), Ok(meaning));
});
