use super::*;
use crate::block::push_entry;
use crate::sealer::Sealer;
use crate::store::{Commit, OpenOptions, Store};
use crate::tiles::TileWriter;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

struct Written {
    dir: tempfile::TempDir,
    store: Store,
    tiles: TileWriter,
}

impl Written {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::create(dir.path(), "reserve.example/a", "", OpenOptions::default()).unwrap().0;
        let tiles = TileWriter::open(&store).unwrap();
        Self { dir, store, tiles }
    }

    fn append(&mut self, count: u64) {
        let head = self.store.head();
        let mut bundle = vec![];
        (head.size()..head.size() + count).for_each(|index| push_entry(&mut bundle, &entry(index)));
        let sealed = vec![Sealer::new(&head.tree).seal(bundle, count as usize)];
        let recorded = self.store.commit(Commit { sealed, ..Commit::default() }).unwrap();
        recorded.sealed.iter().for_each(|sealed| self.tiles.take(sealed).unwrap());
    }

    fn publish(&mut self) {
        let (size, root) = (self.tiles.size(), STANDARD.encode(self.tiles.root()));
        self.tiles.publish(format!("reserve.example/a\n{size}\n{root}\n\n").as_bytes()).unwrap();
    }

    fn open(&self) -> TileLog {
        TileLog::open(self.dir.path()).unwrap()
    }

    fn file(&self, path: &str) -> PathBuf {
        self.store.folder().tiles().join(path)
    }
}

fn entry(index: u64) -> Vec<u8> {
    let mut bytes = index.to_be_bytes().to_vec();
    bytes.resize(8 + (index % 30) as usize, 7);
    bytes
}

fn scanned(log: &dyn ReadLog, from: u64) -> Vec<(u64, Vec<u8>)> {
    let mut found = vec![];
    log.scan(from, &mut |block| {
        assert_eq!(block.entries().count() as u64, block.count);
        found.extend((block.first..).zip(block.entries().map(<[u8]>::to_vec)));
        true
    })
    .unwrap();
    found
}

fn check_same(log: &TileLog, store: &Store) {
    assert_eq!((log.size(), log.root()), (ReadLog::size(store), ReadLog::root(store)));
    for size in [0, 1, 256, 300, log.size()] {
        let found = log.root_at(size).unwrap();
        assert!(found == store.root_at(size).unwrap() || store.root_at(size).unwrap().is_none(), "root at {size}");
        assert_eq!(found.is_some(), size <= log.size());
    }
    for from in [0, 1, 255, 256, 700, log.size().saturating_sub(1), log.size(), log.size() + 5] {
        assert_eq!(scanned(log, from), scanned(store, from), "from {from}");
    }
    for index in (0..log.size() + 3).step_by(1 + log.size() as usize / 97) {
        assert_eq!(log.entry(index).unwrap(), store.entry(index).unwrap(), "{index}");
    }
}

#[test]
fn static_files_read_as_the_log_does() {
    let mut written = Written::new();
    check_same(&written.open(), &written.store);
    // Batches of any size, at and around the ends of bundles and of hash tiles.
    let mut size = 0;
    for count in [1, 254, 1, 1, 255, 3_000, 62_024, 1, 70_000, 511] {
        written.append(count);
        written.publish();
        size += count;
        assert_eq!(written.open().size(), size);
        check_same(&written.open(), &written.store);
    }
}

#[test]
fn a_reader_ends_where_it_began_while_the_log_goes_on() {
    let mut written = Written::new();
    written.append(300);
    written.publish();
    let log = written.open();
    let folder = written.store.folder().clone();
    let progress = |published, recorded| Progress { published: Some(published), recorded: Some(recorded) };
    assert_eq!((Progress::of(&folder), Progress::of(&folder).is_level()), (progress(300, 300), true));
    written.append(400);
    assert_eq!((Progress::of(&folder), Progress::of(&folder).is_level()), (progress(300, 700), false));
    assert_eq!(written.open().size(), 300, "what no checkpoint covers is not there yet");
    written.publish();
    // The partial files it began with are gone.
    assert_eq!(scanned(&log, 250), (250..300).map(|index| (index, entry(index))).collect::<Vec<_>>());
    assert_eq!((log.size(), log.entry(300).unwrap(), written.open().size()), (300, None, 700));
}

#[test]
fn the_holder_is_told_and_does_not_keep_readers_away() {
    let mut written = Written::new();
    written.append(10);
    written.publish();
    let folder = written.store.folder().clone();
    assert_eq!(folder.holder().and_then(|holder| holder.process), Some(std::process::id()));
    assert_eq!((written.open().size(), written.open().size()), (10, 10));
    let Written { dir, store, tiles } = written;
    drop((store, tiles));
    assert_eq!(folder.holder(), None);
    assert_eq!(TileLog::open(dir.path()).unwrap().size(), 10);
}

#[test]
fn archived_bundles_are_read_where_they_are() {
    let mut written = Written::new();
    written.append(1_000);
    written.publish();
    let archive = written.dir.path().join("archive");
    fs::create_dir_all(archive.join("tile/entries")).unwrap();
    fs::write(written.file(chain::ARCHIVE), "minimum-index 512\nfolder ../archive\n").unwrap();
    for bundle in ["tile/entries/000", "tile/entries/001"] {
        fs::rename(written.file(bundle), archive.join(bundle)).unwrap();
    }
    check_same(&written.open(), &written.store);
    fs::remove_file(archive.join("tile/entries/001")).unwrap();
    let log = written.open();
    assert_eq!(log.entry(600).unwrap(), Some(entry(600)));
    let error = causes::told(&log.entry(300).unwrap_err());
    assert!(error.contains("`tile/entries/001` is not there"), "{error}");
}

#[test]
fn a_flipped_byte_is_an_error_or_changes_nothing() {
    let mut written = Written::new();
    // A full hash tile of level 1, so that bundles hang on one that is not at the edge.
    written.append(66_000);
    written.publish();
    let files = [
        ("tile/entries/000", Some(5)),
        ("tile/entries/256", Some(65_540)),
        ("tile/entries/257.p/208", Some(65_900)),
        ("tile/1/000", Some(9)),
        ("tile/0/257.p/208", None),
        ("tile/1/001.p/1", None),
        ("tile/2/000.p/1", None),
    ];
    for (file, entry_in) in files {
        let whole = fs::read(written.file(file)).unwrap();
        for place in [0, 1, whole.len() / 2, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[place] ^= 1 << (place % 8);
            fs::write(written.file(file), damaged).unwrap();
            let read = TileLog::open(written.dir.path()).map(|log| {
                let entry = entry_in.map(|index| log.entry(index));
                (entry, log.scan(0, &mut |_| true))
            });
            match (read, entry_in) {
                // What lies at the edge is read at opening.
                (Err(_), _) if file.contains(".p/") => {}
                (Ok((Some(Err(_)), Err(_))), Some(_)) => {}
                (read, _) => panic!("{file} at {place}: {read:?}"),
            }
        }
        fs::write(written.file(file), whole).unwrap();
    }
    check_same(&written.open(), &written.store);
}
