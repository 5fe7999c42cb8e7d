//! In which language people are answered at the shell: a language is a file, which a translator tries without building.

use std::fs;

use crate::run::{Ledger, Ran, granary_within, movement};

const CATALOGUE: &str = "\
refused-exceeds_balance = ẞalance of { $lot } ïs { $quantity }
    .hint = łook
unread-not_an_id = `{ $text }` ïs no UUID
why-not_registered = ño { $kind } `{ $code }`
    .hint = łook
said-meant = mëant `{ $meant }`?
flaw-not_a_figure = `{ $text }` ïs no figure
table-nothing = nöthing
column-lot = Löt
";

/// A ledger with a lot, and the file of a language that is none.
fn with_catalogue() -> (Ledger, String) {
    let ledger = Ledger::with_agency();
    assert_eq!(ledger.post(&movement(1, "deposit", "L1", "10 t", "2026-03-10")).exit, 0);
    let path = ledger.dir().parent().expect("a folder").join("en-XA.ftl");
    fs::write(&path, CATALOGUE).expect("written");
    let path = path.to_str().expect("UTF-8").to_owned();
    (ledger, path)
}

fn run(ledger: &Ledger, environment: &[(&str, &str)], args: &[&str], input: &str) -> Ran {
    let dir = ledger.dir().to_str().expect("UTF-8");
    let all: Vec<&str> = [args[0], args.get(1).copied().unwrap_or_default()]
        .into_iter()
        .chain(["--dir", dir])
        .chain(args.iter().skip(2).copied())
        .collect();
    granary_within(environment, &all, input.as_bytes())
}

#[test]
fn the_shell_speaks_the_language_that_is_said_or_the_systems_own() {
    let (ledger, path) = with_catalogue();
    let catalogue = ("GRANARY_CATALOGUE", path.as_str());
    let asked = |environment: &[(&str, &str)], more: &[&str]| {
        let args = [&["ask", "positions", "--material", "NdPrr"], more].concat();
        let ran = run(&ledger, environment, &args, "");
        assert_eq!(ran.exit, 1, "{}", ran.err);
        ran.err
    };
    let told = "ño material `NdPrr`";
    for (environment, more) in [
        (&[catalogue][..], &["--lang", "en-XA"][..]),
        (&[catalogue], &["--lang=en_XA"]),
        (&[catalogue, ("GRANARY_LANG", "en-xa")], &[]),
        (&[catalogue, ("LC_ALL", ""), ("LANG", "en_XA.UTF-8")], &[]),
        (&[catalogue, ("LC_ALL", "en_XA.UTF-8"), ("LANG", "tlh")], &[]),
    ] {
        let said = asked(environment, more);
        assert!(said.contains(told) && said.contains("mëant `NdPr`? łook"), "{environment:?} {more:?}: {said}");
    }
    // English is spoken where it is said, and where nobody has the words.
    for (environment, more) in [
        (&[catalogue][..], &["--lang", "en"][..]),
        (&[catalogue, ("GRANARY_LANG", "en-XA")], &["--lang", "tlh"]),
        (&[catalogue, ("LC_ALL", "C")], &[]),
        (&[], &["--lang", "en-XA"]),
    ] {
        let said = asked(environment, more);
        assert!(said.contains("no material `NdPrr` is registered"), "{environment:?} {more:?}: {said}");
    }
}

#[test]
fn verdicts_headings_and_what_is_wrong_with_a_line_are_told_in_it() {
    let (ledger, path) = with_catalogue();
    let environment = [("GRANARY_CATALOGUE", path.as_str()), ("GRANARY_LANG", "en-XA")];
    let file = movement(2, "draw", "L1", "30 t", "2026-03-12") + "{\"id\":\"x\"}\n";
    let posted = run(&ledger, &environment, &["post", "-"], &file);
    let verdicts = posted.lines();
    assert_eq!(verdicts[0]["message"], "ẞalance of L1 ïs 10 t net", "{}", posted.out);
    assert_eq!(verdicts[1]["message"], "`id`: `x` ïs no UUID", "{}", posted.out);
    let done = ["do", "draw", "--lot", "L1", "--site", "North", "--quantity", "30 t", "--as", "AGENCY"];
    let done = run(&ledger, &environment, &done, "");
    assert!(done.err.contains("ẞalance of L1 ïs 10 t net") && done.err.contains("łook"), "{}", done.err);
    let table = run(&ledger, &environment, &["ask", "positions", "--by", "lot"], "");
    assert!(table.out.contains(" Löt "), "{}", table.out);
}

#[test]
fn a_catalogue_that_is_none_is_told() {
    let (ledger, path) = with_catalogue();
    fs::write(&path, "not a catalogue").expect("written");
    let ran = run(&ledger, &[("GRANARY_CATALOGUE", &path)], &["ask", "positions"], "");
    assert_eq!(ran.exit, 64, "{}", ran.err);
    assert!(ran.err.contains("en-XA.ftl"), "{}", ran.err);
}
