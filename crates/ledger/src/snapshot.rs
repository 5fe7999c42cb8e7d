//! A snapshot of the books on its way into the log, some pages with each commit.

use books::Books;
use store::{Page, PageKey};

/// Pages of a snapshot that ride on one commit.
const PAGES_PER_COMMIT: usize = 64;
/// Events between two snapshots: what has to be folded again when the ledger is opened.
const SNAPSHOT_EVENTS_MIN: u64 = 1_000_000;
/// The same, for each page that changed, so that snapshots cost few bytes an event.
const SNAPSHOT_EVENTS_PER_PAGE: u64 = 256;

/// What rides on the next commit beside the events.
#[derive(Default)]
pub(crate) struct Rides {
    pub(crate) pages: Vec<Page>,
    pub(crate) snapshot: Option<u64>,
    /// Index pairs: ids, signed frames.
    pub(crate) extra: Vec<(Vec<u8>, Vec<u8>)>,
}

/// See the module.
#[derive(Default)]
pub(crate) struct Snapshot {
    pages: Vec<Page>,
    /// The event it stands for; none when there is no snapshot on its way.
    pub(crate) seq: Option<u64>,
}

impl Snapshot {
    /// The pages that changed since the last one.
    pub(crate) fn take(books: &mut Books) -> Self {
        let seq = books.head().0;
        let page = |(key, bytes): (books::books::PageKey, Vec<u8>)| {
            let key = PageKey { table: key.table, page: key.page };
            Page { key, seq, bytes }
        };
        Self { pages: books.take_pages().into_iter().map(page).collect(), seq: Some(seq) }
    }

    /// What rides on the next commit. The seq comes with the last pages, which makes the snapshot valid.
    pub(crate) fn ride(&mut self) -> (Vec<Page>, Option<u64>) {
        let riding = self.pages.split_off(self.pages.len().saturating_sub(PAGES_PER_COMMIT));
        (riding, if self.pages.is_empty() { self.seq.take() } else { None })
    }
}

/// Is a snapshot due, when the last one was that of an event?
pub(crate) fn is_due(books: &Books, snapshot_at: Option<u64>) -> bool {
    let since = books.head().0 - snapshot_at.unwrap_or(0);
    since >= SNAPSHOT_EVENTS_MIN && since >= u64::from(books.dirty_page_count()) * SNAPSHOT_EVENTS_PER_PAGE
}
