use super::*;
use crate::block::{bundle_entries, push_entry};
use crate::page::PageKey;
use crate::sealer::Sealer;
use chain::{Frontier, leaf_hash};

const ORIGIN: &str = "reserve.example/ledger1";

fn small() -> OpenOptions {
    OpenOptions { cache_bytes: 16 << 20, reopen_bytes: 64 << 10, holder: "test".into(), url: None }
}

fn create(dir: &Path) -> Store {
    Store::create(dir, ORIGIN, "2026-11-21T12:00:00Z", small()).unwrap().0
}

fn open(dir: &Path) -> Result<(Store, Recovered), OpenError> {
    Store::open(dir, small())
}

fn entry(index: u64) -> Vec<u8> {
    let mut bytes = index.to_be_bytes().to_vec();
    bytes.extend_from_slice(&index.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    bytes.resize(40 + (index % 90) as usize, 7);
    bytes
}

fn append(store: &Store, count: u64) -> Arc<Head> {
    let head = store.head();
    let mut bundle = vec![];
    (head.size()..head.size() + count).for_each(|index| push_entry(&mut bundle, &entry(index)));
    let sealed = Sealer::new(&head.tree).seal(bundle, count as usize);
    store.commit(Commit { sealed: vec![sealed], ..Commit::default() }).unwrap().head
}

fn root_of(count: u64) -> chain::Hash {
    let mut tree = Frontier::default();
    (0..count).for_each(|index| tree.append(leaf_hash(&entry(index))));
    tree.root()
}

#[test]
fn what_is_recorded_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    for count in [1, 2, 300, 1, 5_000, 77] {
        append(&store, count);
    }
    let head = store.head();
    drop(store);
    let (store, recovered) = open(dir.path()).unwrap();
    assert_eq!(recovered.head, *head);
    assert_eq!((recovered.head.size(), recovered.head.root()), (5_381, root_of(5_381)));
    assert_eq!(recovered.marker.origin, ORIGIN);
    assert!(!recovered.mark_lost);
    for from in [0, 1, 2, 3, 302, 303, 304, 1_000, 5_303, 5_304, 5_380, 5_381] {
        let entries: Vec<_> = store.entries(from).unwrap().map(Result::unwrap).collect();
        assert_eq!(entries.len() as u64, 5_381 - from);
        assert!((from..).zip(entries).all(|(index, found)| found == (index, entry(index))));
        let mut next = from;
        store
            .scan_blocks(from, |block| {
                assert_eq!(block.first, next);
                block.entries().for_each(|found| {
                    assert_eq!(found, entry(next));
                    next += 1;
                });
                assert_eq!(next, block.first + block.count);
            })
            .unwrap();
        assert_eq!(next, 5_381);
    }
    for index in (0..5_381).step_by(13).chain([0, 1, 2, 5_380]) {
        assert_eq!(store.entry(index).unwrap(), Some(entry(index)), "{index}");
    }
    assert_eq!(store.entry(5_381).unwrap(), None);
}

#[test]
fn a_folder_is_held_by_one_and_says_by_whom() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let error = open(dir.path()).err().unwrap();
    assert!(
        matches!(&error, OpenError::Held { by } if by.name == "test" && by.process == Some(std::process::id())),
        "{error}"
    );
    drop(store);
    open(dir.path()).unwrap();
}

#[test]
fn no_ledger_is_ever_made_or_emptied_by_accident() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("nowhere");
    assert!(matches!(open(&missing), Err(OpenError::NotALedger(_))));
    assert!(!missing.exists());
    let store = create(dir.path());
    append(&store, 10);
    drop(store);
    let again = |dir: &Path| Store::create(dir, ORIGIN, "", small()).err().unwrap();
    assert!(matches!(again(dir.path()), CreateError::Occupied(_)));
    std::fs::remove_file(dir.path().join("granary.json")).unwrap();
    assert!(matches!(again(dir.path()), CreateError::Occupied(_)));
}

#[test]
fn an_interrupted_creation_can_be_repeated() {
    let dir = tempfile::tempdir().unwrap();
    drop(create(dir.path()));
    std::fs::remove_file(dir.path().join("granary.json")).unwrap();
    let store = create(dir.path());
    append(&store, 3);
    assert_eq!(store.head().size(), 3);
}

#[test]
fn a_missing_or_shortened_log_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    append(&store, 500);
    drop(store);
    let copy = |name: &str| {
        let to = dir.path().parent().unwrap().join(format!("{}-{name}", dir.path().file_name().unwrap().display()));
        let from = dir.path().display();
        let status = std::process::Command::new("cp").arg("-r").arg(from.to_string()).arg(&to).status().unwrap();
        assert!(status.success());
        to
    };
    let early = copy("early");
    let (store, _) = open(dir.path()).unwrap();
    append(&store, 500);
    drop(store);
    // The log of yesterday, put back.
    std::fs::remove_dir_all(dir.path().join("log")).unwrap();
    std::fs::rename(early.join("log"), dir.path().join("log")).unwrap();
    std::fs::remove_dir_all(&early).unwrap();
    let error = open(dir.path()).err().unwrap();
    assert!(matches!(error, OpenError::Shortened { found: 500, expected: 1_000, .. }), "{error}");
    std::fs::remove_dir_all(dir.path().join("log")).unwrap();
    assert!(matches!(open(dir.path()), Err(OpenError::LogMissing)));
}

#[test]
fn pages_of_a_snapshot_may_trickle_and_older_ones_stay() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let page = |number: u32, seq: u64, bytes: usize| Page {
        key: PageKey { table: 3, page: number },
        seq,
        bytes: vec![(seq + u64::from(number)) as u8; bytes],
    };
    let read = |store: &Store, seq| {
        let mut found = vec![];
        store.read_pages(3, seq, |page| found.push((page.key.page, page.seq, page.bytes.len()))).unwrap();
        found
    };
    append(&store, 100);
    let commit = |pages, snapshot| store.commit(Commit { pages, snapshot, ..Commit::default() }).unwrap();
    commit(vec![page(0, 50, 4_000), page(7, 50, 20_000)], None);
    commit(vec![page(9, 50, 0)], Some(50));
    assert_eq!(read(&store, 50), [(0, 50, 4_000), (7, 50, 20_000), (9, 50, 0)]);
    append(&store, 100);
    commit(vec![page(7, 150, 100)], None);
    // Unfinished: the valid snapshot still reads as before.
    assert_eq!(store.head().snapshot, Some(50));
    assert_eq!(read(&store, 50), [(0, 50, 4_000), (7, 50, 20_000), (9, 50, 0)]);
    drop(store);
    let (store, recovered) = open(dir.path()).unwrap();
    assert_eq!(recovered.head.snapshot, Some(50));
    assert_eq!(read(&store, 50), [(0, 50, 4_000), (7, 50, 20_000), (9, 50, 0)]);
    let commit = |pages, snapshot| store.commit(Commit { pages, snapshot, ..Commit::default() }).unwrap();
    commit(vec![page(7, 150, 100), page(12, 150, 7_000)], Some(150));
    assert_eq!(read(&store, 150), [(0, 50, 4_000), (7, 150, 100), (9, 50, 0), (12, 150, 7_000)]);
    assert_eq!(read(&store, 149), [(0, 50, 4_000), (7, 50, 20_000), (9, 50, 0)]);
    assert_eq!(read(&store, 49), []);
    assert!(store.read_pages(4, 150, |_| panic!("no such table")).is_ok());
}

#[test]
fn a_page_that_fell_back_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    append(&store, 10);
    let page = |seq| Page { key: PageKey { table: 1, page: 4 }, seq, bytes: vec![seq as u8] };
    store.commit(Commit { pages: vec![page(5)], snapshot: Some(5), ..Commit::default() }).unwrap();
    let old = store.engine().get(&keys::HEAD).unwrap().unwrap();
    let mut head = Head::decode(&old).unwrap();
    // What a page lost by sled looks like: the head speaks of a version that is not there.
    head.tables.get_mut(&1).unwrap().sum ^= 1;
    store.engine().apply(vec![(Bytes::from(&keys::HEAD), head.encode().into())]).unwrap();
    drop(store);
    let (store, _) = open(dir.path()).unwrap();
    let error = store.read_pages(1, 5, drop).unwrap_err();
    assert!(matches!(error, ReadError::Page { fault: crate::PageFault::NotNewest, .. }), "{error}");
}

#[test]
fn cursors_notes_and_index_pairs_travel_with_the_commit() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    let commit = Commit {
        cursors: vec![("bus".into(), vec![1, 2]), ("views".into(), vec![])],
        note: Some(b"note".to_vec()),
        extra: vec![(vec![keys::INDEX_TAG, 9], vec![5]), (vec![keys::INDEX_TAG, 8], vec![6])],
        ..Commit::default()
    };
    store.commit(commit).unwrap();
    store.commit(Commit { cursors: vec![("bus".into(), vec![3])], ..Commit::default() }).unwrap();
    drop(store);
    let (store, recovered) = open(dir.path()).unwrap();
    assert_eq!(recovered.head.note, b"note");
    assert_eq!(store.cursor("bus").unwrap(), Some(vec![3]));
    assert_eq!(store.cursor("views").unwrap(), Some(vec![]));
    assert_eq!(store.cursor("else").unwrap(), None);
    assert_eq!(store.index_get(&[keys::INDEX_TAG, 9]).unwrap(), Some(vec![5]));
    let all = store.index_range(&[keys::INDEX_TAG], &[keys::INDEX_TAG + 1], 10).unwrap();
    assert_eq!(all, [(vec![4, 8], vec![6]), (vec![4, 9], vec![5])]);
}

#[test]
fn a_failed_commit_stops_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    append(&store, 10);
    let too_long = Commit { extra: vec![(vec![keys::INDEX_TAG], vec![0; 7_000])], ..Commit::default() };
    assert!(crate::guard::guarded(|| store.commit(too_long).is_ok()).is_err());
    assert!(matches!(store.commit(Commit::default()), Err(StoreFailed::Stopped)));
    assert_eq!(store.entry(9).unwrap(), Some(entry(9)));
}

#[test]
fn readers_go_on_while_the_log_is_closed_and_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    let store = create(dir.path());
    append(&store, 1_000);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut sizes = vec![];
            while sizes.last() < Some(&40_000) {
                let mut next = 0;
                let end = store.scan_blocks(0, |block| next = block.first + block.count).unwrap();
                assert_eq!(next, end);
                sizes.push(end);
            }
            sizes
        });
        for _ in 0..40 {
            append(&store, 1_000);
        }
        assert!(reader.join().unwrap().is_sorted());
    });
    let mut all = vec![];
    store.scan_blocks(0, |block| all.extend_from_slice(block.bundle)).unwrap();
    assert_eq!(bundle_entries(&all).count(), 41_000);
}
