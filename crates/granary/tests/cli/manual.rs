//! Every command of `docs/reserves.md` runs on the ledger of that page, and has something to say. What the other pages say to
//! type works as it is written.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

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
        let is_dated = ["--as-of", "--quarter", "trace", "receipts", "recompute", "allocation"]
            .iter()
            .any(|word| args.contains(word));
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

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name)).expect("the page")
}

/// The lines that a page says to type, below a heading; below none, those before the first.
fn typed(page: &str, heading: &str) -> String {
    let (_, below) = page.split_once(heading).expect("the page has the heading");
    let section = below.split("\n## ").next().unwrap_or_default();
    section.lines().filter_map(|line| line.strip_prefix("    ")).fold(String::new(), |all, line| all + line + "\n")
}

/// Runs lines in a shell, in a folder that looks like the tree.
fn type_in(folder: &Path, lines: &str) -> String {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !folder.join("crates").exists() {
        std::os::unix::fs::symlink(crates, folder.join("crates")).expect("a link");
    }
    let tools = Path::new(env!("CARGO_BIN_EXE_granary")).parent().expect("a folder");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-euc", lines]).current_dir(folder).env("PATH", path);
    for name in ["GRANARY_DIR", "GRANARY_SERVER", "GRANARY_TOKEN"] {
        shell.env_remove(name);
    }
    let ran = shell.output().expect("a shell");
    let (out, err) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "{lines}\n{out}{err}");
    out.into_owned()
}

#[test]
fn what_the_pages_say_to_try_works_as_it_is_written() {
    let folder = tempfile::tempdir().expect("a folder");
    type_in(folder.path(), &typed(&page("docs/reconciliation.md"), "# Reconciliation"));
    let audit = page("docs/audit.md");
    let sections = ["# Audit", "## Single facts between ledgers", "## Another key"];
    type_in(folder.path(), &sections.map(|heading| typed(&audit, heading)).concat());
}

/// What stands in fences is what the commands above it say, however wide the columns are.
#[test]
fn the_page_about_origin_shows_what_its_commands_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = page("docs/origin.md");
    let lines = page.lines().filter_map(|line| line.strip_prefix("    ")).collect::<Vec<_>>().join("\n");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let out = words(&type_in(folder.path(), &lines));
    let shown: Vec<&str> =
        page.split("```").skip(1).step_by(2).flat_map(str::lines).filter(|line| !line.is_empty()).collect();
    assert!(shown.len() > 4, "{shown:?}");
    for line in shown {
        assert!(out.contains(&words(line)), "{line}\n{out}");
    }
}

/// The first reserve: what is typed below its heading works as it is written, and says what the page shows.
#[test]
fn the_first_reserve_is_started_as_the_page_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let page = page("docs/reserves.md");
    let (_, section) = page.split_once("## Your first reserve").expect("the page has the heading");
    let section = section.split("\n## ").next().unwrap_or_default();
    let first = section.split("```").next().unwrap_or_default();
    let commands = first.lines().filter(|line| line.starts_with("    granary ")).count();
    assert!(commands <= 6 && !first.contains('{'), "six commands and no JSON: {commands}");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let out = words(&type_in(folder.path(), &typed(&page, "## Your first reserve")));
    let shown = section.split("```").skip(1).step_by(2).flat_map(str::lines).filter(|line| !line.is_empty());
    for line in shown {
        assert!(out.contains(&words(line)), "{line}\n{out}");
    }
}

#[test]
fn the_commands_of_the_readme_work_on_the_demos_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    type_in(folder.path(), "granary demo --dir my-ledger");
    let tools = [
        "position",
        "explain",
        "cover",
        "dependence",
        "trace",
        "history",
        "list",
        "reconcile balance",
        "reconcile close-period",
        "audit prove-balance",
        "key rotate",
    ];
    let readme = page("README.md");
    let is_tried = |command: &&str| tools.iter().any(|tool| command.starts_with(&format!("granary {tool}")));
    let tried: Vec<&str> = commands(&readme).into_iter().filter(is_tried).collect();
    for tool in tools {
        assert!(tried.iter().any(|command| command.starts_with(&format!("granary {tool}"))), "{tool} in {tried:?}");
    }
    // A close has to be recorded before a balance of it is proven, and no key is kept while others are tried.
    type_in(folder.path(), &format!("export GRANARY_DIR=my-ledger\n{}\n", tried.join("\n")));
}
