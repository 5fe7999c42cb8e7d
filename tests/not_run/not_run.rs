//! Says which groups of tests `cargo test` did not run, and how to run them. A group is what its tests say they need:
//! `#[ignore = "group download"]`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Each group, and what it needs.
const GROUPS: [(&str, &str); 2] = [
    ("download", "python3 with pip, and packages of others: a NATS server, judges that nobody here wrote"),
    ("root", "root, a loop device and mount: power cuts and full disks"),
];

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    // Who lists tests, or asks for all of them, is told nothing.
    if asked.iter().any(|word| ["--list", "--ignored", "--include-ignored"].contains(&word.as_str())) {
        return;
    }
    let mut counted = BTreeMap::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for folder in ["crates", "tests"] {
        count(&root.join(folder), &mut counted);
    }
    println!("\nNot run, because nobody asked for it:");
    for (group, needs) in GROUPS {
        let tests = counted.remove(group).unwrap_or_default();
        println!("  group {group:8}  {tests:3} tests; needs {needs}");
    }
    assert!(counted.is_empty(), "tests are of groups that nobody knows: {counted:?}");
    println!("All of it: `.ci/run`, or `cargo test --workspace -- --include-ignored`\n");
}

fn count(folder: &Path, counted: &mut BTreeMap<String, usize>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            count(&path, counted);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            for line in text.lines().map(str::trim) {
                let group = line.strip_prefix("#[ignore = \"group ").and_then(|rest| rest.strip_suffix("\"]"));
                if let Some(group) = group {
                    *counted.entry(group.to_owned()).or_default() += 1;
                }
            }
        }
    }
}
