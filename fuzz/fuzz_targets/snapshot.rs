//! Any bytes as a page of the snapshot of the books.
#![no_main]

use books::Books;
use books::books::PageKey;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for table in Books::TABLES {
        let pages = [(PageKey { table, page: 0 }, bytes.to_vec())];
        let _ = Books::restore(pages.into_iter());
    }
});
