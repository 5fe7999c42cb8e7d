//! The worked examples of `docs/changes.md` and `docs/groups.md` come out as they are written: every command of its blocks is run, in order, on one
//! fresh folder, and what it prints is what the page shows. `GRANARY_BLESS=1` writes the page anew.

use std::path::Path;
use std::process::Command;

/// Runs a line in a shell, in a folder that looks like the tree.
fn run(folder: &Path, line: &str) -> String {
    let tools = Path::new(env!("CARGO_BIN_EXE_granary")).parent().expect("a folder");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = Command::new("sh");
    shell.args(["-c", line]).current_dir(folder).env("PATH", path).env("GRANARY_DIR", "t");
    for name in ["GRANARY_SERVER", "GRANARY_TOKEN"] {
        shell.env_remove(name);
    }
    let ran = shell.output().expect("a shell");
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{line}: {err}");
    let out = String::from_utf8_lossy(&ran.stdout);
    out.lines().map(|line| format!("{}\n", at_nine(line.trim_end()))).collect()
}

/// A line in which every moment of recording is the same: that of the page.
fn at_nine(line: &str) -> String {
    let is_moment = |text: &str| {
        let shape = "dddd-dd-dd dd:dd:dd";
        let fits = |(own, wanted): (char, char)| if wanted == 'd' { own.is_ascii_digit() } else { own == wanted };
        text.chars().count() == shape.len() && text.chars().zip(shape.chars()).all(fits)
    };
    let mut made = line.to_owned();
    for (at, _) in line.char_indices() {
        if line.get(at..at + 19).is_some_and(is_moment) {
            made.replace_range(at..at + 19, "2026-03-12 09:00:00");
        }
    }
    made
}

/// A page as it is written, and how many commands of it were run.
fn page(name: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("a folder");
    std::os::unix::fs::symlink(root.join("crates"), folder.path().join("crates")).expect("a link");
    let page = std::fs::read_to_string(root.join(name)).expect("the page");
    let (mut made, mut is_block, mut count) = (String::new(), false, 0);
    for line in page.lines() {
        match line {
            "```console" => is_block = true,
            "```" => is_block = false,
            _ => {}
        }
        let command = line.strip_prefix("$ ").filter(|_| is_block);
        if !is_block || command.is_some() || line == "```console" {
            made.push_str(line);
            made.push('\n');
        }
        if let Some(command) = command {
            made.push_str(&run(folder.path(), command));
            count += 1;
        }
    }
    if std::env::var_os("GRANARY_BLESS").is_some() {
        std::fs::write(root.join(name), &made).expect("the page is written");
    }
    assert_eq!(made, page, "{name}; GRANARY_BLESS=1 writes it anew");
    count
}

#[test]
fn the_worked_examples_of_what_can_still_change_come_out() {
    assert!(page("docs/changes.md") >= 12);
}

#[test]
fn the_worked_examples_of_groups_and_dry_runs_come_out() {
    assert!(page("docs/groups.md") >= 8);
}
