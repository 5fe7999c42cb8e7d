//! Readers of one folder, beside each other and beside the ledger at work.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use books::{AccountNo, CommandId, Day, Seq};
use ledger::{Answer, Known as _, Ledger, Opened, Options, Reader, Request};
use serde_json::{Value, json};
use store::Folder;
use tempfile::TempDir;

fn command(id: u128, day: u32, act: Value) -> Request {
    // An owner's stock is moved by the owner alone.
    let party = act.get("owner").and_then(Value::as_str).unwrap_or("ledger");
    let mut command = json!({"id": uuid::Uuid::from_u128(id).to_string(), "party": party,
        "effective": format!("2026-03-{day:02}")});
    let fields = command.as_object_mut().expect("an object");
    fields.extend(act.as_object().expect("an act is an object").clone());
    Request::Named(Box::new(wire::Command::from_json(command.to_string().as_bytes()).expect("a command")))
}

fn post(ledger: &Ledger, frame: Vec<Request>) -> Seq {
    let answers = ledger.submit(frame).expect("sent").wait().expect("answered");
    let seq = |answer: &Answer| match answer {
        Answer::Accepted(seq) => *seq,
        other => panic!("{other:?}"),
    };
    answers.iter().map(seq).max().expect("one at least")
}

fn create(dir: &Path) -> Ledger {
    let ledger = Ledger::create(dir, "example.org/test", "a test", &Options::default()).expect("made");
    let setup = [
        json!({"act": "register_party", "code": "A", "name": "A", "role": "agency"}),
        json!({"act": "register_site", "code": "S", "name": "S", "custodian": "A", "country": "JP", "area": "item"}),
        json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "form": "oxide"}),
    ];
    post(&ledger, (1..).zip(setup).map(|(id, act)| command(id, 1, act)).collect());
    ledger
}

fn deposits(from: u128, count: u128) -> Vec<Request> {
    let deposit = |id: u128| {
        let (lot, day) = (format!("L{}", id % 7), id as u32 * 5 % 28 + 1);
        command(
            1_000 + id,
            day,
            json!({"act": "deposit", "lot": lot, "site": "S", "owner": "A", "material": "M",
            "quantity": format!("{} mg", id % 9 + 1)}),
        )
    };
    (from..from + count).map(deposit).collect()
}

/// Every balance of every account by two times.
fn told(known: &dyn ledger::Known) -> Vec<i64> {
    let (accounts, head) = (known.books().accounts().len() as u32, known.books().head().0);
    let days = (20_512..20_545).step_by(4).chain([i32::MAX]);
    let times: Vec<(i32, u64)> =
        days.flat_map(|day| (0..=head).step_by(97).chain([head]).map(move |at| (day, at))).collect();
    (0..accounts)
        .flat_map(|account| times.iter().map(move |(day, at)| (account, *day, *at)))
        .map(|(account, day, at)| known.at(AccountNo(account), Day(day), Seq(at)).expect("it reads").on_hand)
        .collect()
}

fn check_same(dir: &Path, reader: &Reader) {
    let opened = Opened::open(dir, &Options::default()).expect("nobody holds it");
    assert_eq!(reader.books().head(), opened.books().head());
    assert_eq!(reader.log().root(), opened.store().head().root());
    assert_eq!(told(reader), told(&opened));
    let latest = |known: &dyn ledger::Known| -> Vec<i64> {
        known.books().accounts().iter().map(|account| account.days.latest().on_hand).collect()
    };
    assert_eq!(latest(reader), latest(&opened));
    for id in [1, 2, 1_000, 1_250, 1_499, 77] {
        let id = CommandId(uuid::Uuid::from_u128(id).into_bytes());
        assert_eq!(reader.find(id, None).expect("it reads"), ledger::Known::find(&opened, id, None).expect("it reads"));
    }
    for seq in [1, 3, 300] {
        assert_eq!(
            reader.event(Seq(seq)).expect("it reads"),
            ledger::Known::event(&opened, Seq(seq)).expect("it reads")
        );
    }
}

fn left(dir: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(dir.join("views/reading-2")).into_iter().flatten().flatten();
    let mut left: Vec<PathBuf> = files.map(|file| file.path()).collect();
    left.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("books-")));
    left
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

#[test]
fn a_reader_tells_what_the_holder_of_the_folder_tells() {
    let folder = TempDir::new().expect("a folder");
    let ledger = create(folder.path());
    for part in 0..10 {
        post(&ledger, deposits(part * 50, 50));
    }
    ledger.close().expect("closed");
    let one = Reader::open(folder.path(), &Options::default()).expect("opened");
    let two = Reader::open(folder.path(), &Options::default()).expect("opened beside it");
    assert_eq!(Folder::at(folder.path()).holder(), None, "nobody holds the folder");
    assert!(one.behind().is_none() && two.behind().is_none());
    check_same(folder.path(), &one);
    check_same(folder.path(), &two);
}

#[test]
fn what_a_reader_left_is_used_only_where_it_is_sound_and_of_this_log() {
    let folder = TempDir::new().expect("a folder");
    let dir = folder.path();
    let ledger = create(dir);
    post(&ledger, deposits(0, 300));
    ledger.close().expect("closed");
    let frugal = Options { leave_after: Some(100), ..Options::default() };
    let open = || Reader::open(dir, &frugal).expect("opened");
    drop(Reader::open(dir, &Options::default()).expect("opened"));
    assert_eq!(left(dir), [] as [PathBuf; 0], "it is not worth it");
    check_same(dir, &open());
    let books = left(dir);
    assert_eq!(books, [dir.join("views/reading-2/books-304")]);
    check_same(dir, &open());
    // A little more is folded behind it; much more is left anew.
    let ledger = Ledger::open(dir, &Options::default()).expect("opened");
    post(&ledger, deposits(300, 60));
    ledger.close().expect("closed");
    check_same(dir, &open());
    assert_eq!(left(dir), books);
    let ledger = Ledger::open(dir, &Options::default()).expect("opened");
    post(&ledger, deposits(360, 140));
    ledger.close().expect("closed");
    check_same(dir, &open());
    let newer = dir.join("views/reading-2/books-504");
    assert_eq!(left(dir), std::slice::from_ref(&newer));
    check_same(dir, &open());
    // Damaged: folded anew, and left anew.
    let whole = fs::read(&newer).expect("readable");
    for place in [0, 6, 20, whole.len() / 2, whole.len() - 1] {
        let mut damaged = whole.clone();
        damaged[place] ^= 4;
        fs::write(&newer, damaged).expect("written");
        check_same(dir, &open());
        assert_eq!(fs::read(&newer).expect("readable"), whole);
    }
    // Of another log, which has as many events.
    let other = TempDir::new().expect("a folder");
    let ledger = create(other.path());
    post(&ledger, deposits(50, 600));
    ledger.close().expect("closed");
    copy(&dir.join("views/reading-2"), &other.path().join("views/reading-2"));
    check_same(other.path(), &Reader::open(other.path(), &frugal).expect("opened"));
    assert_eq!(left(other.path()), [other.path().join("views/reading-2/books-604")]);
}

#[test]
fn a_reader_beside_the_ledger_at_work_sees_whole_states_and_what_was_acknowledged() {
    let folder = TempDir::new().expect("a folder");
    let ledger = create(folder.path());
    let (acknowledged, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Two movements a command frame: a state between them is none that was published.
            for frame in 0.. {
                if is_over.load(Ordering::Relaxed) {
                    break;
                }
                let seq = post(&ledger, deposits(frame * 20, 20));
                acknowledged.store(seq.0, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(if frame % 50 == 0 { 400 } else { 3 }));
            }
        });
        let read = || {
            for _ in 0..4 {
                let before = acknowledged.load(Ordering::Relaxed);
                let reader = Reader::open(folder.path(), &Options { leave_after: Some(200), ..Options::default() })
                    .expect("opened");
                assert!(reader.behind().is_none(), "a ledger at work publishes in time");
                let head = reader.books().head().0;
                assert!(head >= before, "{head} of {before}");
                assert_eq!(reader.log().size(), head);
                let total: i64 = told(&reader).iter().sum();
                assert_eq!(total, 0, "what is on hand came from outside, at any time");
            }
        };
        let two = scope.spawn(read);
        read();
        two.join().expect("it reads");
        is_over.store(true, Ordering::Relaxed);
    });
    ledger.close().expect("closed");
    check_same(folder.path(), &Reader::open(folder.path(), &Options::default()).expect("opened"));
}

#[test]
fn after_a_crash_a_reader_brings_the_static_files_up_first() {
    let folder = TempDir::new().expect("a folder");
    let ledger = create(folder.path());
    let seq = post(&ledger, deposits(0, 500));
    // Recorded and acknowledged; whether a checkpoint covers it is chance.
    let crashed = TempDir::new().expect("a folder");
    copy(folder.path(), crashed.path());
    drop(ledger);
    let reader = Reader::open(crashed.path(), &Options::default()).expect("opened");
    assert_eq!((reader.books().head(), Folder::at(crashed.path()).holder()), (seq, None));
    check_same(crashed.path(), &reader);
    // A mark that cannot be read says nothing: it is written anew.
    fs::write(crashed.path().join("recorded"), "nonsense").expect("written");
    assert_eq!(Reader::open(crashed.path(), &Options::default()).expect("opened").books().head(), seq);
    assert_ne!(fs::read(crashed.path().join("recorded")).expect("readable"), b"nonsense");
}

#[test]
fn where_nobody_signs_the_log_itself_is_read() {
    let folder = TempDir::new().expect("a folder");
    let ledger = create(folder.path());
    let seq = post(&ledger, deposits(0, 100));
    ledger.close().expect("closed");
    // As a copy without the key is left: no checkpoint at all.
    for file in ["tiles", "published"] {
        let path = folder.path().join(file);
        if path.is_dir() { fs::remove_dir_all(path).expect("removed") } else { fs::remove_file(path).expect("removed") }
    }
    let store = store::Store::open(folder.path(), store::OpenOptions::default()).expect("opened").0;
    store.commit(store::Commit { note: Some(Vec::new()), ..store::Commit::default() }).expect("committed");
    drop(store);
    let reader = Reader::open(folder.path(), &Options::default()).expect("opened");
    assert_eq!(reader.books().head(), seq);
    assert!(Folder::at(folder.path()).holder().is_some(), "it holds the folder meanwhile");
    assert!(Reader::open(folder.path(), &Options::default()).is_err(), "and says so");
    let found = told(&reader);
    drop(reader);
    assert_eq!(found, told(&Opened::open(folder.path(), &Options::default()).expect("opened")));
}
