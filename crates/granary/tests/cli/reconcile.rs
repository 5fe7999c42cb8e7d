//! The workbench, as its users have it: a member's files in, differences listed, explained and closed, reports out.

use std::path::{Path, PathBuf};

use crate::run::granary;

fn demo(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/reconcile").join(file);
    path.to_str().expect("a path in UTF-8").to_owned()
}

struct Bench {
    _folder: tempfile::TempDir,
    dir: String,
}

impl Bench {
    /// The ledger of the manual.
    fn new() -> Self {
        let bench = Self::empty();
        let posted = granary(&["post", "--dir", &bench.dir, &demo("ledger.jsonl")]);
        assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
        bench
    }

    fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let dir = folder.path().join("ledger").to_str().expect("a path in UTF-8").to_owned();
        let init = granary(&["init", "--dir", &dir, "--origin", "example.org/reconcile"]);
        assert_eq!(init.exit, 0, "{}", init.err);
        Self { _folder: folder, dir }
    }

    fn run(&self, args: &[&str]) -> crate::run::Ran {
        let mut all = vec!["reconcile"];
        all.extend_from_slice(args);
        all.extend(["--dir", &self.dir]);
        granary(&all)
    }

    fn done(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.exit, 0, "{args:?}: {}{}", ran.out, ran.err);
        ran.out
    }

    fn json(&self, args: &[&str]) -> serde_json::Value {
        let mut all = args.to_vec();
        all.extend(["--format", "json"]);
        serde_json::from_str(&self.done(&all)).expect("JSON")
    }

    fn receive(&self, file: &str, mapping: &str, number: &str) -> String {
        let (file, mapping) = (demo(file), demo(mapping));
        let args = ["receive", &file, "--mapping", &mapping, "--number", number];
        self.done(&[&args[..], &["--first", "2026-03-01", "--last", "2026-03-31"]].concat())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = Path::new(&self.dir).parent().expect("a folder").join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    fn head(&self) -> u64 {
        self.json(&["run", "--party", "KOMIR"])["known_at"].as_u64().expect("a number")
    }
}

fn classes(run: &serde_json::Value) -> Vec<(String, String, String)> {
    let text = |group: &serde_json::Value, field: &str| group[field].as_str().unwrap_or_default().to_owned();
    let groups = run["groups"].as_array().expect("groups");
    groups.iter().map(|group| (text(group, "class"), text(group, "reason"), text(group, "difference"))).collect()
}

#[test]
fn a_difference_is_found_explained_and_closed() {
    let bench = Bench::new();
    assert!(bench.receive("komir-1.csv", "komir.toml", "1").contains("6 lines"));
    let head = bench.head();
    assert!(bench.receive("komir-1.csv", "komir.toml", "1").contains("here before, nothing changed"));
    assert_eq!(bench.head(), head, "the same file twice changes nothing");
    let run = bench.json(&["run", "--party", "KOMIR"]);
    let found = classes(&run);
    let expected = [
        ("quantity_differs", "unknown", "-0.2"),
        ("date_differs", "timing", "0"),
        ("basis_or_unit_differs", "unit_or_basis", "-1.998"),
        ("ours_only", "missing", "-1.5"),
        ("theirs_only", "missing", "4"),
    ];
    let expected = expected.map(|(class, reason, apart)| (class.to_owned(), reason.to_owned(), apart.to_owned()));
    assert_eq!(found, expected);
    let by = ["--as", "Secretariat", "--maker"];
    let record = [&["run", "--party", "KOMIR", "--record"], &by[..], &["Sato"]].concat();
    assert!(bench.done(&record).contains("5 breaks opened"));
    assert!(bench.done(&record).contains("0 breaks opened"), "a difference is one break");
    bench.done(&[&["assign", "B1", "--owner", "Sato"], &by[..], &["Sato"]].concat());
    bench.done(&[&["explain", "B1", "--reason", "moisture"], &by[..], &["Sato"]].concat());
    let same =
        bench.run(&[&["close", "B1", "--how", "write-off", "--authority", "WO-2026"], &by[..], &["sato "]].concat());
    assert_eq!(same.exit, 1, "who explained does not write off: {}", same.err);
    assert!(same.err.contains("the person who explained a break cannot write it off"), "{}", same.err);
    bench.done(&[&["close", "B1", "--how", "write-off", "--authority", "WO-2026"], &by[..], &["Kim"]].concat());
    let list = bench.json(&["list", "--status", "all", "--as-of", "2026-04-02"]);
    assert_eq!(list["breaks"][0]["status"], "written_off");
    assert_eq!(list["breaks"][1]["age"], "8-30");
    assert_eq!(list["ageing"], serde_json::json!([0, 1, 3, 0, 0]));
    let shown = bench.done(&["show", "B1"]);
    for part in ["out 5.2 t net", "out 5.0 t net", "written off by authority WO-2026", "explained: moisture"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
    let run = bench.json(&["run", "--party", "KOMIR"]);
    assert_eq!(run["groups"][0]["is_new"], false, "what is written off is not opened again");
}

#[test]
fn a_correction_carries_the_hash_of_what_it_replaces() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    let lines = bench.json(&["lines", "KOMIR/1"]);
    let hash = lines["lines"][1]["hash"].as_str().expect("a hash").to_owned();
    let head = "Date;Type;Tonnes;Unit;Depot;Lot;Document;Corrects report;line;hash\n";
    let correct = |hash: &str| format!("{head}05.03.2026;issue;5,2;t;GS;K1;IS-1;1;2;{hash}\n");
    let receive = |name: &str, text: &str, number: &str| {
        let file = bench.file(name, text);
        let mapping = demo("komir.toml");
        let file = file.to_str().expect("a path in UTF-8");
        let args = ["receive", file, "--mapping", &mapping, "--number", number];
        bench.done(&[&args[..], &["--first", "2026-03-01", "--last", "2026-03-31"]].concat())
    };
    receive("wrong.csv", &correct(&"0".repeat(64)), "2");
    let lines = bench.json(&["lines", "KOMIR/2"]);
    assert_eq!(lines["lines"][0]["state"], "changes nothing: the named line has another hash");
    receive("right.csv", &correct(&hash), "3");
    let lines = bench.json(&["lines", "--party", "KOMIR"]);
    assert_eq!(lines["lines"][1]["state"], "replaced");
    assert_eq!(lines["lines"][1]["replaced_by"], "KOMIR/3:1");
    let run = bench.json(&["run", "--party", "KOMIR"]);
    assert!(!classes(&run).iter().any(|(class, ..)| class == "quantity_differs"), "{run}");
}

#[test]
fn a_statement_that_does_not_go_on_is_flagged_and_not_compared() {
    let bench = Bench::new();
    let receive = |text: &str, number: &str, first: &str, last: &str| {
        let file = bench.file("holdings.csv", text);
        let mapping = demo("holdings.toml");
        let file = file.to_str().expect("a path in UTF-8");
        let args = ["receive", file, "--mapping", &mapping, "--number", number, "--first", first, "--last", last];
        bench.done(&args)
    };
    receive("Depot,Opening,Closing\nGunsan,0,100\n", "1", "2026-02-01", "2026-02-28");
    receive("Depot,Opening,Closing\nGunsan,99,98.3\n", "2", "2026-03-01", "2026-03-31");
    let statements = bench.json(&["statements"]);
    assert_eq!(statements["statements"][0]["difference"], "0");
    assert_eq!(statements["statements"][0]["flags"], "");
    assert_eq!(
        statements["statements"][1]["flags"],
        "the opening of 99 t net is not the last closing of 100 t net (KOMIR/1)"
    );
    let run = bench.json(&["run", "--party", "KOMIR"]);
    assert_eq!(run["flagged"][0]["balance"], "KOMIR/2:=1");
    assert!(run["groups"].as_array().is_some_and(|groups| groups.iter().all(|group| group["of"] == "movement")));
    let run = bench.json(&["run", "--party", "KOMIR", "--include-flagged", "--all"]);
    let closing = run["groups"].as_array().and_then(|groups| groups.iter().find(|group| group["of"] == "closing"));
    assert_eq!(closing.expect("compared")["class"], "matched");
}

#[test]
fn what_is_wrong_with_a_file_is_said_line_by_line_and_nothing_is_taken() {
    let bench = Bench::new();
    let head = "Date;Type;Tonnes;Unit;Depot;Lot;Document;Corrects report;line;hash\n";
    let rows = "31.02.2026;issue;5;t;GS;K1;A;-;-;-\n01.03.2026;gift;5;t;GS;K1;B;-;-;-\n01.03.2026;issue;5 or 6;t;GS;K1;C;-;-;-\n";
    let file = bench.file("bad.csv", &format!("{head}{rows}"));
    let mapping = demo("komir.toml");
    let args = ["receive", file.to_str().expect("a path"), "--mapping", &mapping, "--number", "1"];
    let ran = bench.run(&[&args[..], &["--first", "2026-03-01", "--last", "2026-03-31"]].concat());
    assert_eq!(ran.exit, 1);
    for part in [
        "line 2, `Date`: `31.02.2026` is not a date written as `%d.%m.%Y`",
        "line 3, `Type`: `gift` is neither in nor out",
        "line 4, `Tonnes`: `5 or 6` is not a figure",
        "has 3 flaws; nothing of it was taken",
    ] {
        assert!(ran.err.contains(part), "{part} in\n{}", ran.err);
    }
    assert_eq!(bench.json(&["reports"])["reports"], serde_json::json!([]));
}
