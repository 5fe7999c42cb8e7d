//! Any bytes as a source, read by each shipped mapping and by none, and any text as a mapping.
#![no_main]

use std::collections::BTreeMap;

use answers::Problem;
use ingest::{Answers, Column, Date, Mapping, Memory, Reading, Registry, SHIPPED, Was};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Books in which nothing ever happened.
struct Nothing;

impl Memory for Nothing {
    fn event_count(&self) -> u64 {
        0
    }

    fn is_registered(&self, _: &Map<String, Value>) -> bool {
        false
    }

    fn levels(&self, _: &Column, _: Date) -> Result<BTreeMap<Date, String>, Problem> {
        Ok(BTreeMap::new())
    }

    fn opened(&self, _: &Column) -> Result<Option<(Date, String)>, Problem> {
        Ok(None)
    }

    fn find(&self, _: Uuid, _: Option<&Column>) -> Result<Option<Was>, Problem> {
        Ok(None)
    }

    fn registry(&self) -> Option<Registry> {
        None
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for (_, text) in SHIPPED {
        let mapping = Mapping::parse(text).expect("shipped");
        let _ = Reading::new(mapping, &Nothing).read(bytes);
    }
    let _ = ingest::guess(bytes, "file", &Answers::new());
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Mapping::parse(text);
    }
});
