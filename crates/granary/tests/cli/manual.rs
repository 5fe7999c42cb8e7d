//! Every command of `docs/reserves.md` runs on the ledger of that page, and has something to say.

use std::fmt::Write as _;
use std::path::Path;

use crate::run::granary;

/// The commands of the page's tables.
fn commands(page: &str) -> Vec<&str> {
    let lines = page.lines().filter(|line| line.starts_with('|'));
    lines.flat_map(|line| line.split('`').skip(1).step_by(2)).filter(|span| span.starts_with("granary ")).collect()
}

#[test]
fn every_command_of_the_manual_answers() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("shared");
    let dir = dir.to_str().expect("a path in UTF-8");
    let init = granary(&["init", "--dir", dir, "--origin", "example.org/shared"]);
    assert_eq!(init.exit, 0, "{}", init.err);
    let file = root.join("demo/shared_reserve.jsonl");
    let posted = granary(&["post", "--dir", dir, file.to_str().expect("a path in UTF-8")]);
    assert_eq!(posted.exit, 0, "{}", posted.err);
    assert!(posted.lines().iter().all(|verdict| verdict["outcome"] == "accepted"), "{}", posted.out);
    let page = std::fs::read_to_string(root.join("../../docs/reserves.md")).expect("the page");
    let commands = commands(&page);
    assert!(commands.len() > 25, "the page has its tables: {commands:?}");
    let mut said = String::new();
    for command in commands {
        // What the page leaves to the day on which it is read would make the test depend on that day.
        let mut args: Vec<&str> = command.split(' ').skip(1).collect();
        args.extend(["--dir", dir]);
        let is_dated =
            ["--as-of", "trace", "receipts", "recompute", "allocation"].iter().any(|word| args.contains(word));
        if !is_dated {
            args.extend(["--as-of", "2026-04-20"]);
        }
        let ran = granary(&args);
        assert_eq!(ran.exit, 0, "{command}: {}", ran.err);
        assert!(!ran.out.contains("nothing to show"), "{command} has something to say");
        for format in ["json", "csv"] {
            let mut args = args.clone();
            args.extend(["--format", format]);
            let other = granary(&args);
            assert_eq!(other.exit, 0, "{command} as {format}: {}", other.err);
            assert!(!other.out.is_empty(), "{command} as {format}");
        }
        let _ = writeln!(said, "$ {command}\n{}", ran.out.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    }
    insta::assert_snapshot!("manual", said);
}
