//! Any bytes as a source, read by each shipped mapping, and any text as a mapping.
#![no_main]

use ingest::{Known, Mapping, Reading, SHIPPED};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (_, text) in SHIPPED {
        let mapping = Mapping::parse(text).expect("shipped");
        let _ = Reading::new(mapping, Known::default()).read(bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Mapping::parse(text);
    }
});
