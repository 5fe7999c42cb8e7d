//! A deterministic ledger: entry `i` is always the same bytes, so that a test can say what must be there.

#![allow(dead_code, reason = "each test file uses its part")]

use base64::Engine;
use chain::{Frontier, Hash, leaf_hash};
use std::path::Path;
use store::{Commit, OpenOptions, Page, PageKey, Sealer, Store, TileWriter, push_entry};

pub(crate) const ORIGIN: &str = "reserve.example/ledger1";
pub(crate) const TABLE: u8 = 1;
pub(crate) const PAGES: u32 = 40;

/// Reopens often, so that crashes meet it.
pub(crate) fn options() -> OpenOptions {
    OpenOptions { cache_bytes: 16 << 20, reopen_bytes: 1 << 20, holder: "test".into(), url: None }
}

pub(crate) fn create(dir: &Path) -> Store {
    Store::create(dir, ORIGIN, "2026-11-21T12:00:00Z", options()).expect("created").0
}

/// One step of splitmix64.
pub(crate) fn mix(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(1);
        mix(self.0) % bound
    }
}

/// Entry number `index`: 30 to 120 bytes, and now and then a big one that no packing makes small.
pub(crate) fn entry(index: u64) -> Vec<u8> {
    let bytes = if index % 20_011 == 7 { 20_000 } else { 30 + (mix(index) % 90) as usize };
    let mut entry = index.to_be_bytes().to_vec();
    let noisy = if bytes > 1_000 { bytes } else { 40.min(bytes) };
    let mut state = mix(index ^ 0xabcd);
    while entry.len() < noisy {
        state = mix(state);
        entry.extend_from_slice(&state.to_be_bytes());
    }
    entry.resize(bytes, b'.');
    entry
}

pub(crate) fn bundle(first: u64, count: u64) -> Vec<u8> {
    let mut bundle = vec![];
    (first..first + count).for_each(|index| push_entry(&mut bundle, &entry(index)));
    bundle
}

pub(crate) fn root(size: u64) -> Hash {
    let mut tree = Frontier::default();
    (0..size).for_each(|index| tree.append(leaf_hash(&entry(index))));
    tree.root()
}

/// Content of a state page as of `seq`.
pub(crate) fn page(page: u32, seq: u64) -> Page {
    let bytes = (mix(u64::from(page) ^ seq) % 9_000) as usize;
    let bytes = (0..bytes as u64 / 8).flat_map(|word| mix(seq ^ u64::from(page) ^ word).to_be_bytes()).collect();
    Page { key: PageKey { table: TABLE, page }, seq, bytes }
}

/// A checkpoint without a signature: signing is the caller's.
pub(crate) fn note(size: u64, root: Hash) -> Vec<u8> {
    let root = base64::engine::general_purpose::STANDARD.encode(root);
    format!("{ORIGIN}\n{size}\n{root}\n\n").into_bytes()
}

/// Appends `count` entries and gives them to the tiles.
pub(crate) fn append(store: &Store, tiles: &mut TileWriter, count: u64, commit: Commit) {
    let head = store.head();
    let sealed = Sealer::new(&head.tree).seal(bundle(head.size(), count), count as usize);
    let note = Some(note(head.size() + count, sealed.root));
    let recorded = store.commit(Commit { sealed: vec![sealed], note, ..commit }).expect("recorded");
    recorded.sealed.iter().for_each(|sealed| tiles.take(sealed).expect("tiles written"));
}

/// All that must hold for a ledger that acknowledged `acknowledged` entries. Returns its size.
pub(crate) fn verify(dir: &Path, acknowledged: u64) -> Result<u64, String> {
    let text = |error: &dyn std::error::Error| {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        text
    };
    let (store, recovered) = Store::open(dir, options()).map_err(|error| text(&error))?;
    let size = recovered.head.size();
    if size < acknowledged {
        return Err(format!("{acknowledged} were acknowledged and {size} are there"));
    }
    let (mut next, mut tree, mut differs) = (0, Frontier::default(), None);
    store
        .scan_blocks(0, |block| {
            for found in block.entries() {
                if found != entry(next) {
                    differs.get_or_insert(next);
                }
                tree.append(leaf_hash(found));
                next += 1;
            }
        })
        .map_err(|error| text(&error))?;
    if let Some(differs) = differs {
        return Err(format!("entry {differs} has other bytes"));
    }
    if (next, tree.root()) != (size, recovered.head.root()) {
        return Err(format!("{next} entries were read and {size} are in the head, or the roots differ"));
    }
    if let Some(seq) = recovered.head.snapshot {
        let mut count = 0;
        let mut wrong = None;
        store
            .read_pages(TABLE, seq, |found| {
                count += 1;
                if found.seq > seq || found != page(found.key.page, found.seq) {
                    wrong.get_or_insert(found.key.page);
                }
            })
            .map_err(|error| text(&error))?;
        if wrong.is_some() || count != PAGES {
            return Err(format!("{count} pages, wrong {wrong:?}"));
        }
    }
    let tiles = TileWriter::open(&store).map_err(|error| text(&error))?;
    if tiles.root() != recovered.head.root() {
        return Err("the tiles have another root".into());
    }
    Ok(size)
}
