//! State pages in the tree: finding the newest version of each at or before a seq, and knowing that none fell back.
//!
//! sled can lose a page of its own and show an older one without a word. A block lost from the log leaves a gap that
//! shows; a state page lost shows its older version, with a checksum that holds. So the head sums up the newest version
//! of every page, and every version names the one before it.

use crate::engine::{Bytes, Engine, EngineError};
use crate::head::TableSum;
use crate::keys;
use crate::page::{self, Page, PageFault, PageKey, Read};
use crate::read::ReadError;
use rustc_hash::FxHashMap;

/// The newest version of one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Newest {
    pub(crate) seq: u64,
    pub(crate) crc: u32,
    pub(crate) previous: Option<u64>,
}

/// The newest version of each page of one table.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    newest: FxHashMap<u32, Newest>,
    sum: u64,
}

impl Table {
    pub(crate) fn sum(&self) -> TableSum {
        TableSum { page_count: self.newest.len() as u32, sum: self.sum }
    }

    pub(crate) fn note(&mut self, key: PageKey, newest: Newest) {
        if let Some(old) = self.newest.insert(key.page, newest) {
            self.sum = self.sum.wrapping_sub(page::fingerprint(key, old.seq, old.crc));
        }
        self.sum = self.sum.wrapping_add(page::fingerprint(key, newest.seq, newest.crc));
    }

    pub(crate) fn holds(&self, page: u32) -> bool {
        self.newest.contains_key(&page)
    }

    /// Encodes a new version of a page and takes it up.
    pub(crate) fn write(&mut self, page: &Page, to: &mut Vec<(Bytes, Bytes)>) {
        let previous = self.newest.get(&page.key.page).and_then(|newest| {
            assert!(newest.seq <= page.seq, "snapshots are written in order of their seq");
            // A snapshot that a crash left unfinished may be written again at the same seq.
            if newest.seq == page.seq { newest.previous } else { Some(newest.seq) }
        });
        let crc = page::encode(page, previous, to);
        self.note(page.key, Newest { seq: page.seq, crc, previous });
    }
}

impl Read {
    /// The version as the newest of its page.
    pub(crate) fn newest(&self) -> Newest {
        Newest { seq: self.page.seq, crc: self.crc, previous: self.previous }
    }
}

/// Walks the pages of a table; calls `each` with the newest version of each page at or before `seq`. Returns what the
/// newest versions of all are, for comparison with the head.
pub(crate) fn walk(engine: &Engine, table: u8, seq: u64, mut each: impl FnMut(Page)) -> Result<Table, ReadError> {
    let mut found = Table::default();
    let mut from = Some(0u32);
    while let Some(next) = from {
        let start = keys::page(table, next, u64::MAX);
        let Some(newest) = read_first(engine, &start, &table_end(table))? else { break };
        let key = newest.page.key;
        found.note(key, newest.newest());
        if newest.page.seq <= seq {
            each(newest.page);
        } else if let Some(previous) = newest.previous {
            let older = read_first(engine, &keys::page(table, key.page, seq), &page_end(key))?;
            match older {
                // The version just before the newest is known by name: it must be the one found.
                Some(older) if previous > seq || older.page.seq == previous => each(older.page),
                None if previous > seq => {}
                _ => return Err(ReadError::Page { key, fault: PageFault::VersionMissing(previous) }),
            }
        }
        from = key.page.checked_add(1);
    }
    Ok(found)
}

/// Reads the first page of a range of keys, with all its parts.
pub(crate) fn read_first(engine: &Engine, from: &[u8], to: &[u8]) -> Result<Option<Read>, ReadError> {
    let mut pairs = engine.scan(from, to, 1)?;
    let Some((key, value)) = pairs.first().cloned() else { return Ok(None) };
    let parts = page::part_count(&value);
    if parts > 0 {
        pairs.extend(engine.scan(&after(&key), to, parts)?);
    }
    let named = keys::read_page(&key).map(|(table, page, ..)| PageKey { table, page });
    let named = named.unwrap_or(PageKey { table: 0, page: 0 });
    page::decode(&pairs).map(Some).map_err(|fault| ReadError::Page { key: named, fault })
}

/// The least key greater than `key`.
pub(crate) fn after(key: &[u8]) -> Vec<u8> {
    [key, &[0u8][..]].concat()
}

fn page_end(key: PageKey) -> Vec<u8> {
    // Seq 0 is the last version there can be, and its parts follow it.
    [&keys::page(key.table, key.page, 0)[..], &[0xff, 0xff]].concat()
}

pub(crate) fn table_end(table: u8) -> Vec<u8> {
    [&keys::page(table, u32::MAX, 0)[..], &[0xff, 0xff]].concat()
}

/// Tables that have pages in the tree.
pub(crate) fn tables(engine: &Engine) -> Result<Vec<u8>, EngineError> {
    let mut found = vec![];
    let mut from = vec![keys::PAGE_TAG];
    while let Some((key, _)) = engine.scan(&from, &[keys::PAGE_TAG + 1], 1)?.pop() {
        let table = key.get(1).copied().unwrap_or(u8::MAX);
        found.push(table);
        from = table_end(table);
    }
    Ok(found)
}
