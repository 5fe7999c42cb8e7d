//! Tables, lists, reports and frames taken in by a ledger at work: over HTTP, and from the folder of files.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wire::frame::Form;

use crate::run::{Ledger, granary, granary_with, movement};
use crate::serve::Server;

fn data(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ingest/data").join(file);
    path.to_str().expect("a path in UTF-8").to_owned()
}

fn on_hand(ledger: &Ledger, args: &[&str]) -> String {
    let asked = ledger.run(&[&["position", "--format", "json"], args].concat()).json();
    asked["positions"][0]["on_hand"].as_str().unwrap_or("none").to_owned()
}

#[test]
fn a_table_imported_at_a_server_comes_out_as_into_a_folder() {
    let ledger = Ledger::new();
    let server = Server::start(ledger.dir(), &[]);
    let file = data("us_crude_stocks_weekly.csv");
    let at_server = |mapping: &str, text: &[u8]| {
        granary_with(&["import", "--server", &server.url, "--mapping", mapping, "-"], text)
    };
    let text = std::fs::read(&file).expect("part of the tree");
    let ran = at_server("us-crude-weekly", &text);
    assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
    let summary = "accepted 3348, loaded before 0, refused 0, unreadable 0\nfigures without a movement: 164, revised: 0\n\
         lines whose parts do not add up: 271 by rounding, 0 by more\nlines: ";
    assert!(ran.out.starts_with(summary), "{}", ran.out);
    // Once more, by the folder that the server holds: nothing changes.
    let again = ledger.run(&["import", "--mapping", "us-crude-weekly", &file]);
    assert!(again.exit == 0 && again.out.starts_with("accepted 0, loaded before 0, refused 0"), "{}", again.out);
    assert!(again.out.contains("figures without a movement: 3504"), "{}", again.out);
    assert_eq!(on_hand(&ledger, &["--site", "SPR", "--as-of", "2023-07-07"]), "346758");
    // A revised figure: read against what the live books hold.
    let revised = "week_ending,spr,commercial,total,padd1,padd2,padd3,padd4,padd5,cushing\n2023-07-07,346759,,,,,,,,\n";
    let ran = at_server("us-crude-weekly", revised.as_bytes());
    assert!(ran.exit == 0 && ran.out.contains("revised: 1"), "{}{}", ran.out, ran.err);
    assert_eq!(on_hand(&ledger, &["--site", "SPR", "--as-of", "2023-07-07"]), "346759");
    assert_eq!(on_hand(&ledger, &["--site", "SPR", "--as-of", "2026-02-27"]), "415441");
    // What cannot be read is named as into a folder, and as one verdict a line for programs.
    let damaged = b"week_ending,spr,commercial,total,padd1,padd2,padd3,padd4,padd5,cushing\n2026-03-06,oops,,,,,,,,\n2026-03-13,415000,,,,,,,,\n";
    let ran = at_server("us-crude-weekly", damaged);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.out.contains("line 2, column `spr`: `oops` is not a figure"), "{}", ran.out);
    let args = ["import", "--server", &server.url, "--mapping", "us-crude-weekly", "--format", "json", "-"];
    let ran = granary_with(&args, damaged);
    let verdicts = ran.lines();
    let said = |verdict: &Value| (verdict["line"].clone(), verdict["column"].clone(), verdict["outcome"].clone());
    let (invalid, skipped) = (json!("invalid"), json!("skipped"));
    let expected = [(json!(2), json!("spr"), invalid), (json!(3), json!("spr"), skipped)];
    assert_eq!(verdicts[..2].iter().map(said).collect::<Vec<_>>(), expected);
    assert_eq!(verdicts[2]["import"]["lines"]["unreadable"], 1, "{}", ran.out);
    let ran = at_server("no-such", b"a,b\n");
    assert!(ran.exit == 2 && ran.err.contains("no-such"), "{}", ran.err);
    let ran = at_server("us-crude-weekly", b"a,b\n1,2\n");
    assert!(ran.exit == 64 && ran.err.contains("the file has no column `week_ending`"), "{}{}", ran.exit, ran.err);
}

/// Two servers' tools at once: what one posts, the other has to know.
#[test]
fn imports_at_the_same_time_do_not_double_the_stock() {
    let ledger = Ledger::new();
    let server = Server::start(ledger.dir(), &[]);
    let file = data("jp_oil_stockpile_days.json");
    let import = || granary(&["import", "--server", &server.url, "--mapping", "jp-oil-days", &file]);
    let outs: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3).map(|_| scope.spawn(import)).collect();
        running.into_iter().map(|ran| ran.join().expect("it ends").out).collect()
    });
    assert_eq!(outs.iter().filter(|out| out.starts_with("accepted 0,")).count(), 2, "{outs:?}");
    assert_eq!(on_hand(&ledger, &["--site", "JP-joint", "--as-of", "2026-08-04"]), "4");
}

fn frame(lines: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    Form::Cbor.begin(&mut bytes);
    for line in lines.lines() {
        let command = wire::Command::from_json(line.as_bytes()).expect("a command");
        Form::Cbor.push_command(&mut bytes, &command);
    }
    bytes
}

#[test]
fn frames_of_cbor_are_posted_as_lines_are() {
    let ledger = Ledger::with_agency();
    let lines = movement(1, "deposit", "L1", "5 t", "2026-03-10") + &movement(2, "draw", "L1", "9 t", "2026-03-11");
    let ran = ledger.run_with(&["post", "-"], &frame(&lines));
    let outcomes: Vec<Value> = ran.lines().iter().map(|verdict| verdict["outcome"].clone()).collect();
    assert_eq!((outcomes, ran.exit), (vec![json!("accepted"), json!("refused")], 1), "{}", ran.err);
    let ran = ledger.run_with(&["post", "-"], lines.as_bytes());
    assert_eq!(ran.lines()[0]["outcome"], "duplicate", "the same commands in the other form: {}", ran.out);
    let mut cut = frame(&lines);
    cut.truncate(cut.len() - 7);
    let ran = ledger.run_with(&["post", "-"], &cut);
    assert_eq!(ran.lines().last().expect("a verdict")["outcome"], "invalid", "{}", ran.out);
}

const WEEKLY: &str = "name = \"weekly\"\nsource = \"made up\"\nformat = \"csv\"\nparty = \"AGENCY\"\ndate = \"day\"\n\
    [[column]]\ncolumn = \"stock\"\nkind = \"stock\"\nunit = \"t\"\nsite = \"South\"\nlot = \"STOCK\"\nmaterial = \"NdPr\"\n";

const REPORTS: &str = "source = \"made up\"\nformat = \"csv\"\nkind = \"transactions\"\nsender = \"AGENCY\"\nunit = \"t\"\n\
    material = \"NdPr\"\n[column]\ndate = \"day\"\nway = \"way\"\nquantity = \"tonnes\"\n\
    [cover]\nnumber = 1\nfirst = \"2026-03-01\"\nlast = \"2026-03-31\"\n";

fn verdicts(drop: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(drop.join("verdicts").join(name)).expect("verdicts");
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn whatever_lies_in_the_drop_folder_is_read_by_its_mapping() {
    let ledger = Ledger::with_agency();
    let folder = ledger.dir().to_owned();
    let (drop, mappings) = (folder.join("drop"), folder.join("mappings"));
    let write = |path: PathBuf, bytes: &[u8]| {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    };
    let week = |day: &str, stock: &str| format!("day,stock\n{day},{stock}\n");
    let put = |name: &str, bytes: &[u8]| write(drop.join("in").join(name), bytes);
    write(mappings.join("depot.toml"), WEEKLY.as_bytes());
    put("depot/1.csv", week("2026-03-06", "100").as_bytes());
    put("depot/2.csv", week("2026-03-13", "lots").as_bytes());
    put("eu-gas-daily/no.json", b"{}");
    put("nowhere/1.csv", b"a,b\n");
    put("own.csv", week("2026-03-20", "90").as_bytes());
    put("own.csv.toml", WEEKLY.as_bytes());
    put("alone.csv", b"a table without a mapping");
    put("frame.cbor", &frame(&movement(1, "deposit", "L1", "5 t", "2026-03-10")));
    put("march.csv", b"day,way,tonnes\n2026-03-10,in,5\n");
    put("march.csv.toml", REPORTS.as_bytes());
    put("bad.txt", b"granary-report: 1\nsender: AGENCY\n");
    let text = |path: &Path| json!(path.to_str().expect("UTF-8"));
    let settings =
        format!("[ingest]\ndrop = {}\nmappings = {}\ndrop_party = \"operator\"\n", text(&drop), text(&mappings));
    std::fs::write(folder.join("settings.toml"), settings).expect("written");
    let server = Server::start(&folder, &[]);
    let expected = [
        "done/depot/1.csv",
        "refused/depot/2.csv",
        "refused/eu-gas-daily/no.json",
        "refused/nowhere/1.csv",
        "done/own.csv",
        "done/own.csv.toml",
        "done/frame.cbor",
        "done/march.csv",
        "refused/bad.txt",
        "refused/alone.csv",
    ];
    let until = Instant::now() + Duration::from_secs(30);
    while let Some(missing) = expected.iter().find(|name| !drop.join(name).exists()) {
        assert!(Instant::now() < until, "{missing} is not there");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(verdicts(&drop, "alone.csv")[0]["code"], "bad_mapping", "nothing lies there for good");
    assert_eq!(on_hand(&ledger, &["--lot", "STOCK", "--as-of", "2026-03-13"]), "100");
    assert_eq!(on_hand(&ledger, &["--lot", "STOCK", "--as-of", "2026-03-20"]), "90");
    assert_eq!(on_hand(&ledger, &["--lot", "L1"]), "5");
    let wrong = &verdicts(&drop, "depot/2.csv")[0];
    assert_eq!((&wrong["line"], &wrong["column"], &wrong["code"]), (&json!(2), &json!("stock"), &json!("bad_figure")));
    assert_eq!(verdicts(&drop, "nowhere/1.csv")[0]["code"], "bad_mapping");
    assert!(verdicts(&drop, "bad.txt")[0]["message"].is_string());
    let asked = granary(&[
        "reconcile",
        "run",
        "--party",
        "AGENCY",
        "--dir",
        folder.to_str().expect("UTF-8"),
        "--format",
        "json",
    ]);
    let run = asked.json();
    assert_eq!((&run["their_lines"], &run["movements_told"]), (&json!(1), &json!(true)), "the report is here: {run}");
    // The same file again changes nothing.
    std::fs::rename(drop.join("done/depot/1.csv"), drop.join("in/depot/1.csv")).expect("moved back");
    while drop.join("in/depot/1.csv").exists() {
        assert!(Instant::now() < until, "not taken in again");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(on_hand(&ledger, &["--lot", "STOCK", "--as-of", "2026-03-20"]), "90");
    assert_eq!(server.stop(), Some(0));
}
