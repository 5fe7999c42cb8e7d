//! Whatever the program and its manual tell people to type can be typed.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_wanted = path.extension().is_some_and(|ending| ending == "rs" || ending == "md");
        match path.is_dir() {
            true if !path.ends_with("target") && !path.ends_with("tests") => files(&path, found),
            false if is_wanted && !path.ends_with("tests.rs") => found.push(path),
            _ => {}
        }
    }
}

/// `granary ...` between backticks, within a line.
fn told(text: &str) -> Vec<&str> {
    let in_line = |line: &'_ str| -> Vec<(usize, usize)> {
        line.match_indices("`granary ")
            .filter_map(|(at, _)| line[at + 1..].find('`').map(|length| (at + 1, at + 1 + length)))
            .collect()
    };
    text.lines().flat_map(|line| in_line(line).into_iter().map(|(from, to)| &line[from..to])).collect()
}

/// What cannot be typed of a line, if anything.
fn fault(program: &Command, line: &str) -> Option<String> {
    let mut command = program;
    let mut is_path = true;
    for word in line.split_whitespace().skip(1) {
        let word = word.trim_end_matches([',', ';', '.', ':']);
        if let Some(option) = word.strip_prefix("--").filter(|option| !option.is_empty()) {
            is_path = false;
            let option = option.split('=').next().unwrap_or_default();
            let is_known = matches!(option, "help" | "version")
                || command.get_arguments().any(|arg| {
                    arg.get_long() == Some(option)
                        || arg.get_all_aliases().is_some_and(|aliases| aliases.contains(&option))
                });
            if !is_known {
                return Some(format!("`{}` has no --{option}", command.get_name()));
            }
            continue;
        }
        match command.find_subcommand(word).filter(|_| is_path) {
            Some(below) => command = below,
            None => {
                let is_word = !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                if is_path && is_word && command.has_subcommands() && word != "help" {
                    return Some(format!("`{}` has no `{word}`", command.get_name()));
                }
                is_path = false;
            }
        }
    }
    None
}

#[test]
fn every_command_that_people_are_told_to_type_exists_with_its_options() {
    let mut program = super::super::command();
    program.build();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = vec![root.join("README.md")];
    files(&root.join("docs"), &mut found);
    files(&root.join("crates"), &mut found);
    let mut faults = Vec::new();
    let mut count = 0;
    for path in found {
        let text = fs::read_to_string(&path).expect("a text");
        for line in told(&text) {
            count += 1;
            faults.extend(fault(&program, line).map(|fault| format!("{}: `{line}`: {fault}", path.display())));
        }
    }
    assert!(count > 150, "the texts tell commands: {count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_example_of_every_help_can_be_typed() {
    fn walk(command: &Command, program: &Command, faults: &mut Vec<String>) {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let told = help.lines().filter_map(|line| line.trim().strip_prefix("granary "));
        for line in told {
            let one = line.split(['&', '>', '|']).next().unwrap_or_default();
            faults.extend(fault(program, &format!("granary {one}")).map(|fault| format!("{line}: {fault}")));
        }
        command.get_subcommands().for_each(|below| walk(below, program, faults));
    }
    let mut program = super::super::command();
    program.build();
    let mut faults = Vec::new();
    walk(&program, &program, &mut faults);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
