//! The examples of `docs/counting.md`, typed one after the other: what is answered is what the page says. With
//! `GRANARY_BLESS_PAGE=1` the answers are written into the page.

use std::fmt::Write as _;
use std::path::Path;

use crate::run::{granary, granary_with};

#[test]
fn the_page_on_counting_says_what_is_answered() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/counting.md");
    let page = std::fs::read_to_string(&file).expect("the page");
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("count");
    let dir = dir.to_str().expect("a path in UTF-8");
    assert_eq!(granary(&["init", "--dir", dir, "--origin", "example.org/count"]).exit, 0);
    let mut said = String::new();
    // Text and blocks take turns.
    for (place, part) in page.split("```").enumerate() {
        if place > 0 {
            said.push_str("```");
        }
        match part.split_once('\n') {
            Some(("json", lines)) if place % 2 == 1 => {
                let posted = granary_with(&["post", "--dir", dir], lines.as_bytes());
                assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
                said.push_str(part);
            }
            Some(("console", lines)) if place % 2 == 1 => {
                said.push_str("console\n");
                for command in lines.lines().filter_map(|line| line.strip_prefix("$ granary ")) {
                    let mut args: Vec<&str> = command.split(' ').collect();
                    args.extend(["--dir", dir]);
                    let ran = granary(&args);
                    assert_eq!(ran.exit, 0, "{command}: {}", ran.err);
                    let lines: Vec<&str> = ran.out.lines().map(str::trim_end).collect();
                    let _ = writeln!(said, "$ granary {command}\n{}\n", lines.join("\n").trim_end());
                }
                said.truncate(said.trim_end().len());
                said.push('\n');
            }
            _ => said.push_str(part),
        }
    }
    if std::env::var_os("GRANARY_BLESS_PAGE").is_some() {
        std::fs::write(&file, &said).expect("the page is written");
        return;
    }
    assert_eq!(said, page, "the page says what is answered: GRANARY_BLESS_PAGE=1 writes it");
}
