//! The workbench, as its users have it: a member's files in, differences listed, explained and closed, reports out.

mod balances;
mod reports;

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

    fn post(&self, command: &str) -> crate::run::Ran {
        let file = self.file("posted.jsonl", &format!("{command}\n"));
        granary(&["post", "--dir", &self.dir, file.to_str().expect("a path in UTF-8")])
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
    let record = [&["run", "--party", "KOMIR", "--record", "--effective", "2026-04-01"], &by[..], &["Sato"]].concat();
    assert!(bench.done(&record).contains("5 breaks opened"));
    assert!(bench.done(&record).contains("0 breaks opened"), "a difference is one break");
    let on = ["--effective", "2026-04-02"];
    bench.done(&[&["assign", "B1", "--owner", "Sato"], &on[..], &by[..], &["Sato"]].concat());
    bench.done(&[&["explain", "B1", "--reason", "moisture"], &on[..], &by[..], &["Sato"]].concat());
    let same =
        bench.run(&[&["close", "B1", "--how", "write-off", "--authority", "WO-2026"], &by[..], &["sato "]].concat());
    assert_eq!(same.exit, 1, "who explained does not write off: {}", same.err);
    assert!(same.err.contains("the person who explained a break cannot write it off"), "{}", same.err);
    let close = ["close", "B1", "--how", "write-off", "--authority", "WO-2026", "--effective", "2026-04-03"];
    bench.done(&[&close[..], &by[..], &["Kim"]].concat());
    // As of a day is as it stood then: not open yet, explained, written off.
    assert_eq!(bench.json(&["list", "--status", "all", "--as-of", "2026-03-31"])["breaks"], serde_json::json!([]));
    let list = bench.json(&["list", "--as-of", "2026-04-02"]);
    assert_eq!((&list["breaks"][0]["status"], &list["breaks"][0]["age_reported"]), (&"explained".into(), &"".into()));
    assert_eq!(list["ageing_reported"], serde_json::json!([0, 0, 0, 0, 0]), "no report had come by that day");
    let list = bench.json(&["list", "--status", "all", "--as-of", "2026-04-03"]);
    assert_eq!(list["breaks"][0]["status"], "written_off");
    let list = bench.json(&["list", "--status", "all", "--as-of", "2026-04-03"]);
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

/// What waits for a second person took effect unseen: a close that was approved was no close, a correction that was
/// approved restated nothing.
#[test]
fn what_was_approved_closes_and_restates() {
    let bench = Bench::new();
    let by = ["--as", "KOMIR", "--maker"];
    let close =
        ["close-period", "--owner", "KOMIR", "--through", "2026-03-31", "--acknowledge", "in_transit,uncounted"];
    let held = bench.done(&[&close[..], &by[..], &["Park"]].concat());
    let event =
        held.trim().strip_prefix("held as event ").and_then(|rest| rest.split(':').next()).expect("held").to_owned();
    assert_eq!(bench.run(&["restatements", "--owner", "KOMIR"]).exit, 64, "not closed before it is approved");
    bench.done(&[&["approve", &event], &by[..], &["Lee"]].concat());
    let schedule = bench.json(&["restatements", "--owner", "KOMIR"]);
    assert_eq!((&schedule["through"], &schedule["restatements"]), (&"2026-03-31".into(), &serde_json::json!([])));
    let amend = r#"{"id":"00000000-0000-0000-0009-000000000002","party":"Secretariat","effective":"2026-04-01","act":"amend_material","code":"NdPr","name":"Neodymium-praseodymium oxide","shown":"t","form":"oxide","dual_control_above":"1 t"}"#;
    let posted = bench.post(amend);
    assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
    let correct = r#"{"id":"00000000-0000-0000-0009-000000000003","party":"KOMIR","maker":"Park","effective":"2026-04-15","act":"correct","reverses":"00000000-0000-0000-0001-000000000010","reason":"issue IS-4 was never made"}"#;
    let posted = bench.post(correct);
    assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
    let verdict: serde_json::Value = serde_json::from_str(posted.out.lines().next().expect("a verdict")).expect("JSON");
    let event = verdict["seq"].to_string();
    bench.done(&[&["approve", &event], &by[..], &["Lee"]].concat());
    let schedule = bench.json(&["restatements", "--owner", "KOMIR"]);
    assert_eq!(schedule["restatements"][0]["act"], "correct", "{schedule}");
    assert_eq!(schedule["restatements"][0]["reason"], "issue IS-4 was never made");
}

/// Any event, even a registration, closed any break, and the party whose reports are compared could name it.
#[test]
fn a_break_ends_by_what_concerns_it_and_not_by_the_checked_party_alone() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    bench.done(&["run", "--party", "KOMIR", "--record", "--as", "Secretariat"]);
    let close = |code: &str, how: &str, piece: &str, party: &str| {
        bench.run(&["close", code, "--how", how, "--piece", piece, "--as", party])
    };
    let own = close("B1", "correction", "KOMIR/1:1", "KOMIR");
    assert!(own.err.contains("`KOMIR` does not settle alone what its own reports say"), "{}", own.err);
    let list = bench.json(&["list"]);
    let code = |class: &str| {
        let breaks = list["breaks"].as_array().expect("breaks");
        breaks.iter().find(|row| row["class"] == class).expect("one")["code"].as_str().expect("a code").to_owned()
    };
    let quantity = code("quantity_differs");
    let registration = close(&quantity, "correction", "event 3.0", "Secretariat");
    assert!(registration.err.contains("is no movement or reported line of the party"), "{}", registration.err);
    let shown = bench.json(&["show", &quantity]);
    let piece = shown["sides"][1]["piece"].as_str().expect("a piece").to_owned();
    let its_own = close(&quantity, "correction", &piece, "Secretariat");
    assert!(its_own.err.contains("is a piece of the break itself"), "{}", its_own.err);
    // Another line of the account is taken; but a difference that is still there is a new break.
    assert_eq!(close(&quantity, "correction", "KOMIR/1:1", "Secretariat").exit, 0);
    let again = bench.done(&["run", "--party", "KOMIR", "--record", "--as", "Secretariat"]);
    assert!(again.contains("1 breaks opened"), "{again}");
    let list = bench.json(&["list"]);
    let last = list["breaks"].as_array().and_then(|breaks| breaks.last()).expect("one").clone();
    assert_eq!((&last["class"], &last["follows"]), (&"quantity_differs".into(), &quantity.into()));
}

#[test]
fn a_match_by_hand_that_joins_nothing_here_is_said() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    let run = bench.json(&["run", "--party", "KOMIR"]);
    let groups = run["groups"].as_array().expect("groups").clone();
    let piece = |class: &str, side: &str| {
        let group = groups.iter().find(|group| group["class"] == class).expect("one");
        group[side][0].as_str().expect("a piece").to_owned()
    };
    let (ours, theirs) = (piece("ours_only", "ours"), piece("theirs_only", "theirs"));
    let by = ["--party", "KOMIR", "--note", "by phone", "--as", "Secretariat"];
    let nothing = bench.run(&[&["match", "--ours", "event 2.0", "--theirs", &theirs], &by[..]].concat());
    assert!(nothing.err.contains("`ours`: names an event that moves nothing there"), "{}", nothing.err);
    bench.done(&[&["match", "--ours", &ours, "--theirs", &theirs], &by[..]].concat());
    let again = bench.run(&[&["match", "--ours", &ours, "--theirs", &theirs], &by[..]].concat());
    assert!(again.err.contains("`granary reconcile unmatch` takes it back"), "{}", again.err);
    let day = groups.iter().find(|group| group["class"] == "ours_only").expect("one")["effective"].clone();
    let day = day.as_str().expect("a day").to_owned();
    let part = bench.json(&["run", "--party", "KOMIR", "--first", &day, "--last", &day]);
    assert_eq!(part["half_matched"], serde_json::json!(["M1"]));
    assert_eq!(bench.json(&["run", "--party", "KOMIR"])["half_matched"], serde_json::json!([]));
}

#[test]
fn a_table_without_rows_has_its_headings() {
    let bench = Bench::new();
    let list = bench.done(&["list", "--format", "csv"]);
    assert!(list.starts_with("code,class,reason,status,party,against,material,difference,unit,effective,"), "{list}");
    assert_eq!(list.lines().count(), 1);
    let folder = bench.file("tables", "").with_extension("d");
    bench.done(&["page", "--csv", folder.to_str().expect("a path"), "--json"]);
    let breaks = std::fs::read_to_string(folder.join("breaks.csv")).expect("written");
    assert_eq!(breaks, list);
}

/// The page says what to type; what it says works.
#[test]
fn every_command_of_the_page_on_reconciliation_answers() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    bench.receive("holdings-2.csv", "holdings.toml", "2");
    let on = ["--effective", "2026-04-01"];
    bench.done(&[&["run", "--party", "KOMIR", "--record", "--as", "Secretariat", "--maker", "Sato"], &on[..]].concat());
    let work = granary(&["post", "--dir", &bench.dir, &demo("work.jsonl")]);
    assert_eq!(work.exit, 0, "{}{}", work.out, work.err);
    assert!(work.lines().iter().all(|verdict| verdict["outcome"] == "accepted"), "{}", work.out);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reconciliation.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with('|'));
    let spans = rows.flat_map(|line| line.split('`').skip(1).step_by(2));
    let commands: Vec<&str> = spans.filter_map(|span| span.strip_prefix("granary reconcile ")).collect();
    assert!(commands.len() > 12, "the page has its table: {commands:?}");
    for command in commands {
        let args: Vec<&str> = command.split(' ').collect();
        let said = bench.done(&args);
        // There is no pool in this ledger.
        assert!(args[0] == "pools" || !said.contains("nothing to show"), "{command} has something to say");
        if !["export", "page"].contains(&args[0]) {
            for format in ["json", "csv"] {
                assert!(!bench.done(&[&args[..], &["--format", format]].concat()).is_empty(), "{command} as {format}");
            }
        }
    }
    // What is shown as done about a break can be done.
    let sees = |args: &[&str]| bench.done(args);
    let by = ["--as", "Secretariat"];
    sees(
        &[
            &["match", "--party", "KOMIR", "--ours", "event 13.0", "--theirs", "KOMIR/1:3", "--note", "by phone"],
            &by[..],
        ]
        .concat(),
    );
    let run = bench.json(&["run", "--party", "KOMIR", "--all"]);
    let groups = run["groups"].as_array().expect("groups");
    assert!(groups.iter().any(|group| group["found_by"] == "hand" && group["theirs"][0] == "KOMIR/1:3"), "{run}");
    sees(&[&["agree", "B6", "--note", "as we saw it"], &["--as", "KOMIR"][..]].concat());
    sees(&[&["agree", "B6"], &by[..]].concat());
    sees(&[&["close", "B6", "--how", "agreed"], &by[..]].concat());
    sees(&[&["reopen", "B6", "--note", "it came back"], &by[..]].concat());
    let list = bench.json(&["list", "--status", "all"]);
    assert_eq!(list["breaks"][6]["follows"], "B6");
}

#[test]
fn two_parties_are_compared_with_each_other() {
    let bench = Bench::new();
    bench.receive("komir-1.csv", "komir.toml", "1");
    let mapping = "source = \"made up\"\nformat = \"csv\"\nkind = \"transactions\"\nsender = \"JOGMEC\"\nunit = \"t\"\n\
        material = \"NdPr\"\n[column]\ndate = \"day\"\nway = \"way\"\nquantity = \"qty\"\nreference = \"doc\"\ncounterparty = \"with\"\n";
    let mapping = bench.file("jogmec.toml", mapping);
    let rows = "day,way,qty,doc,with\n2026-03-20,in,9.9,D-9,KOMIR\n2026-03-22,in,1,D-10,KOMIR\n2026-03-23,out,5,X-1,Secretariat\n";
    let file = bench.file("jogmec.csv", rows);
    let path = |path: &PathBuf| path.to_str().expect("a path in UTF-8").to_owned();
    let (file, mapping) = (path(&file), path(&mapping));
    let args =
        ["receive", &file, "--mapping", &mapping, "--number", "1", "--first", "2026-03-01", "--last", "2026-03-31"];
    bench.done(&args);
    // What KOMIR calls D-9 is meant, though it names no counterparty; what only it knows is not about JOGMEC.
    let expected = [("quantity_differs", "0.1"), ("theirs_only", "-1")];
    let run = bench.json(&["run", "--party", "JOGMEC", "--against", "KOMIR"]);
    let found: Vec<(String, String)> = classes(&run).into_iter().map(|(class, _, apart)| (class, apart)).collect();
    assert_eq!(found, expected.map(|(class, apart)| (class.to_owned(), apart.to_owned())));
    // Seen from the other side it is the same, turned around.
    let turned = bench.json(&["run", "--party", "KOMIR", "--against", "JOGMEC"]);
    let found: Vec<(String, String)> = classes(&turned).into_iter().map(|(class, _, apart)| (class, apart)).collect();
    let expected = [("quantity_differs", "0.1"), ("ours_only", "-1")];
    assert_eq!(found, expected.map(|(class, apart)| (class.to_owned(), apart.to_owned())));
    // A break with the books is not a break between the two.
    bench.done(&["run", "--party", "KOMIR", "--record", "--as", "Secretariat"]);
    // What a party reported is for itself and for whom it reported to: the other one learns nothing of it.
    let other = bench.run(&["run", "--party", "JOGMEC", "--against", "KOMIR", "--record", "--as", "JOGMEC"]);
    assert!(other.exit != 0 && other.err.contains("no report `KOMIR/1` is registered"), "{}", other.err);
    let opened = bench.done(&["run", "--party", "JOGMEC", "--against", "KOMIR", "--record", "--as", "Secretariat"]);
    assert!(opened.contains("2 breaks opened"), "{opened}");
}

/// Two parties' reports of the same movements with differences of every class put in: each is found, none is invented.
/// `lab bench --workload match-1m` does the same with a million lines a side.
#[test]
fn every_difference_put_in_is_found_through_the_tools() {
    let bench = Bench::new();
    let head = "day,way,qty,unit,basis,doc,with\n";
    let (mut ours, mut theirs) = (head.to_owned(), head.to_owned());
    let mut expected = std::collections::BTreeMap::<&str, u64>::new();
    for number in 0..3_000u64 {
        let (day, grams) = (1 + number % 25, 1_000_000 + number * 7_919 % 900_000);
        let row = |day: u64, way: &str, grams: u64, unit: &str, basis: &str, doc: &str, with: &str| {
            format!("2026-03-{day:02},{way},{grams},{unit},{basis},{doc},{with}\n")
        };
        let doc = format!("PO-{number}");
        let out = |day, grams, unit, basis, doc: &str| row(day, "out", grams, unit, basis, doc, "JOGMEC");
        let plain = out(day, grams, "g", "net", &doc);
        let come = |grams, doc: &str| row(day, "in", grams, "g", "net", doc, "KOMIR");
        let (ours_now, class) = match number % 100 {
            3 => (out(day, grams + 5_000, "g", "net", &doc), "quantity_differs"),
            13 => (out(day + 2, grams, "g", "net", &doc), "date_differs"),
            23 => (out(day, grams, "g", "gross", &doc), "basis_or_unit_differs"),
            33 => (out(day, grams, "kg", "net", &doc), "basis_or_unit_differs"),
            43 => (String::new(), "ours_only"),
            53 => (plain.clone() + &plain, "duplicate"),
            63 => (plain.clone(), "theirs_only"),
            73 => (
                out(day, grams - 300, "g", "net", &format!("{doc}/1"))
                    + &out(day, 300, "g", "net", &format!("{doc}/2")),
                "matched",
            ),
            83 => (out(day, grams + 1, "g", "net", &doc), "rounding"),
            93 => (out(day, grams + 50, "g", "net", &doc), "within_tolerance"),
            _ => (plain, "matched"),
        };
        ours += &ours_now;
        if class != "theirs_only" {
            theirs += &come(grams, &doc);
        }
        *expected.entry(class).or_default() += 1;
        // The copy stands beside the line that it copies.
        *expected.entry("matched").or_default() += u64::from(class == "duplicate");
    }
    let tolerance = r#"{"id":"00000000-0000-0000-0004-000000000001","party":"Secretariat","effective":"2026-03-01","act":"set_tolerance","material":"NdPr","ppm":100,"rounding":"1 g"}"#;
    let file = bench.file("tolerance.jsonl", tolerance);
    assert_eq!(granary(&["post", "--dir", &bench.dir, file.to_str().expect("a path")]).exit, 0);
    for (sender, text) in [("KOMIR", &ours), ("JOGMEC", &theirs)] {
        let mapping = format!(
            "source = \"made up\"\nformat = \"csv\"\nkind = \"transactions\"\nsender = \"{sender}\"\nmaterial = \"NdPr\"\n[column]\n\
             date = \"day\"\nway = \"way\"\nquantity = \"qty\"\nunit = \"unit\"\nbasis = \"basis\"\nreference = \"doc\"\ncounterparty = \"with\"\n"
        );
        let (mapping, file) = (bench.file("map.toml", &mapping), bench.file("report.csv", text));
        let [mapping, file] = [&mapping, &file].map(|path| path.to_str().expect("a path in UTF-8"));
        let args =
            ["receive", file, "--mapping", mapping, "--number", "1", "--first", "2026-03-01", "--last", "2026-03-31"];
        bench.done(&args);
    }
    // Theirs are KOMIR's.
    let run = bench.json(&["run", "--party", "KOMIR", "--against", "JOGMEC"]);
    let found: std::collections::BTreeMap<&str, u64> = run["counts"]
        .as_array()
        .expect("counts")
        .iter()
        .map(|count| (count["class"].as_str().expect("a class"), count["groups"].as_u64().expect("a number")))
        .filter(|(_, groups)| *groups > 0)
        .collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 9, "something of each class is put in");
    let breaks = run["groups"].as_array().expect("groups");
    assert_eq!(breaks.len(), 30 * 7, "seven kinds of difference, thirty of each, need an explanation");
    let record = ["run", "--party", "KOMIR", "--against", "JOGMEC", "--record", "--as", "Secretariat"];
    assert!(bench.done(&record).contains("210 breaks opened"));
}
