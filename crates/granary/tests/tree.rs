//! Documents and generated files agree with the code.

mod ships;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("read {path}: {error}"))
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    serde_json::from_slice(&output.stdout).expect("cargo metadata")
}

/// Crates and the crates of the workspace they depend on (not for tests alone).
fn crates() -> Vec<(String, BTreeSet<String>)> {
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    let name = |package: &Value| package["name"].as_str().expect("a name").to_owned();
    let members: BTreeSet<String> = packages.iter().map(name).collect();
    let depends = |package: &Value| {
        let dependencies = package["dependencies"].as_array().expect("dependencies");
        let normal = dependencies.iter().filter(|dependency| dependency["kind"].is_null());
        normal.map(name).filter(|dependency| members.contains(dependency)).collect()
    };
    packages.iter().map(|package| (name(package), depends(package))).collect()
}

#[test]
fn the_crate_table_of_the_architecture_is_that_of_cargo() {
    let text = read("ARCHITECTURE.md");
    let table = text.lines().skip_while(|line| !line.starts_with("| crate | depends on |")).skip(2);
    let mut written = Vec::new();
    for line in table.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let names = cells[2].split(',').map(|name| name.trim().trim_matches('`').to_owned());
        let names: BTreeSet<String> = names.filter(|name| name != "-").collect();
        written.push((cells[1].trim_matches('`').to_owned(), names));
    }
    written.sort();
    let mut found = crates();
    found.sort();
    assert_eq!(written, found, "the crate table in ARCHITECTURE.md (left) differs from cargo metadata (right)");
}

#[test]
fn every_direct_dependency_is_argued_for() {
    let text = read("ARCHITECTURE.md");
    let section = text.split("## Why each dependency is there").nth(1).expect("the section");
    let manifest = read("Cargo.toml");
    let table = manifest.split("[workspace.dependencies]").nth(1).expect("the table");
    let table = table.split("\n[").next().expect("its end");
    for line in table.lines().filter(|line| line.contains('=') && !line.contains("path =")) {
        let name = line.split('=').next().expect("a name").trim();
        assert!(section.contains(&format!("`{name}`")), "ARCHITECTURE.md does not say why `{name}` is there");
    }
}

#[test]
fn generated_schemas_are_up_to_date() {
    for (file, schema) in [
        ("schemas/command.json", wire::schema::command()),
        ("schemas/verdict.json", wire::schema::verdict()),
        ("schemas/event.json", wire::schema::event()),
        ("schemas/questions.json", answers::schemas()),
        ("schemas/openapi.json", web::openapi::openapi()),
        ("schemas/asyncapi.json", web::asyncapi::asyncapi()),
    ] {
        let written: Value = serde_json::from_str(&read(file)).expect("JSON");
        assert!(written == schema, "{file} is out of date; run `just schemas`");
    }
}

/// What no longer is as it was released, and why nothing else was possible. Each has a line in CHANGELOG.md.
const BROKEN_ON_PURPOSE: [(&str, &str, &str); 4] = [
    ("questions/dependence", "hhi", "an index of shares that are withheld is no number"),
    ("questions/dependence", "hhi_min", "an index of shares that are withheld is no number"),
    ("questions/members", "weight", "by pledges or figures a weight is what another member pledged or stated"),
    ("questions/share_limits", "breached", "of a part of the stock nobody can say whether a limit on all of it holds"),
];

/// `schemas/released/` holds the schemas of the last release. What its readers and writers rely on must still be so; a
/// release replaces the folder (`just release-schemas`).
#[test]
fn schemas_changed_only_as_they_may_since_the_last_release() {
    for (name, side) in
        [("command", Side::Sent), ("verdict", Side::Received), ("event", Side::Received), ("questions", Side::Either)]
    {
        let before: Value = serde_json::from_str(&read(&format!("schemas/released/{name}.json"))).expect("JSON");
        let now: Value = serde_json::from_str(&read(&format!("schemas/{name}.json"))).expect("JSON");
        let mut broken = Vec::new();
        match side {
            Side::Either => {
                for (question, shapes) in before.as_object().expect("questions") {
                    let at = format!("{name}/{question}");
                    compare(&at, Side::Sent, &shapes["request"], &now[question]["request"], &mut broken);
                    compare(&at, Side::Received, &shapes["answer"], &now[question]["answer"], &mut broken);
                }
            }
            side => compare(name, side, &before, &now, &mut broken),
        }
        broken.retain(|change| {
            let is_meant = |(at, field, _): &(&str, &str, &str)| change.starts_with(at) && change.contains(field);
            !BROKEN_ON_PURPOSE.iter().any(is_meant)
        });
        assert!(broken.is_empty(), "incompatible changes since the last release:\n{}", broken.join("\n"));
    }
}

#[test]
fn incompatible_changes_of_a_schema_are_noticed() {
    let before = serde_json::json!({ "required": ["a"], "properties": { "a": { "type": "string" }, "b": { "enum": ["x", "y"] } } });
    let change = |side: Side, change: &dyn Fn(&mut Value)| {
        let mut now = before.clone();
        change(&mut now);
        let mut broken = Vec::new();
        compare("it", side, &before, &now, &mut broken);
        broken.len()
    };
    let remove = |now: &mut Value| drop(now["properties"].as_object_mut().expect("fields").remove("b"));
    let retype = |now: &mut Value| now["properties"]["a"]["type"] = "integer".into();
    let narrow = |now: &mut Value| now["properties"]["b"]["enum"] = serde_json::json!(["x"]);
    let widen = |now: &mut Value| now["properties"]["b"]["enum"] = serde_json::json!(["x", "y", "z"]);
    let demand = |now: &mut Value| now["required"] = serde_json::json!(["a", "b"]);
    let relax = |now: &mut Value| now["required"] = serde_json::json!([]);
    let add = |now: &mut Value| now["properties"]["c"] = serde_json::json!({ "type": "string" });
    for side in [Side::Sent, Side::Received] {
        assert_eq!([change(side, &remove), change(side, &retype), change(side, &add)], [1, 1, 0]);
    }
    // Whoever sends may say less than before only where it was not asked for; whoever receives may count on what was always there.
    assert_eq!(
        [
            change(Side::Sent, &narrow),
            change(Side::Sent, &widen),
            change(Side::Sent, &demand),
            change(Side::Sent, &relax)
        ],
        [1, 0, 1, 0]
    );
    assert_eq!(
        [change(Side::Received, &demand), change(Side::Received, &relax), change(Side::Received, &narrow)],
        [0, 1, 0]
    );
}

/// Who writes what a schema describes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    /// Our users: what they could say before they can still say.
    Sent,
    /// We: what our users could count on they still can.
    Received,
    /// Both, in its parts.
    Either,
}

/// Names what an old user would stumble over.
fn compare(at: &str, side: Side, before: &Value, now: &Value, broken: &mut Vec<String>) {
    let words = |schema: &Value, field: &str| -> BTreeSet<String> {
        match &schema[field] {
            Value::Array(words) => words.iter().map(ToString::to_string).collect(),
            Value::Null => BTreeSet::new(),
            word => BTreeSet::from([word.to_string()]),
        }
    };
    let (types_before, types_now) = (words(before, "type"), words(now, "type"));
    let fits = match side {
        Side::Received => types_now.is_subset(&types_before),
        _ => types_before.is_subset(&types_now),
    };
    if !types_before.is_empty() && !fits {
        broken.push(format!("{at}: the type changed from {types_before:?} to {types_now:?}"));
    }
    for closed in ["enum", "const"] {
        let gone: Vec<String> = words(before, closed).difference(&words(now, closed)).cloned().collect();
        if side == Side::Sent && !gone.is_empty() {
            broken.push(format!("{at}: {} may no longer be said", gone.join(", ")));
        }
    }
    let (required_before, required_now) = (words(before, "required"), words(now, "required"));
    let demanded = match side {
        Side::Received => required_before.difference(&required_now),
        _ => required_now.difference(&required_before),
    };
    for field in demanded {
        broken.push(match side {
            Side::Received => format!("{at}: {field} is no longer always there"),
            _ => format!("{at}: {field} is required now"),
        });
    }
    for group in ["properties", "$defs"] {
        for (field, schema) in before[group].as_object().into_iter().flatten() {
            match now[group].get(field) {
                Some(still) => compare(&format!("{at}/{field}"), side, schema, still, broken),
                None => broken.push(format!("{at}/{field} is gone")),
            }
        }
    }
    if let (items @ Value::Object(_), still) = (&before["items"], &now["items"]) {
        compare(&format!("{at}/items"), side, items, still, broken);
    }
}

#[test]
fn the_cddl_names_every_act_by_its_number() {
    let text = read("schemas/event.cddl");
    let acts = text.split("\nact = ").nth(1).expect("the acts").split("\n\n").next().expect("their end");
    // Numbers are given out in blocks, so that some are not used yet.
    let numbered: Vec<(String, String)> = read("crates/books/src/acts.rs")
        .lines()
        .filter(|line| line.ends_with("\";"))
        .filter_map(|line| {
            let (number, rest) = line.trim().split_once(' ')?;
            let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| (number.to_owned(), rest.split('"').nth(1).unwrap_or_default().replace('_', "-")))
        })
        .collect();
    assert_eq!(numbered.len(), books::Act::WORDS.len(), "{numbered:?}");
    for (number, word) in &numbered {
        assert!(acts.contains(&format!("[{number}, ")), "act {number}, `{word}`, is not in event.cddl");
    }
    assert_eq!(acts.matches(", ").count(), numbered.len(), "event.cddl has an act too many");
}

/// A judge that nobody here wrote: every event of the demo has to be what the CDDL says, byte for byte.
#[test]
fn the_events_of_the_demo_are_what_the_cddl_says() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let dir = folder.path().join("demo");
    let ran = Command::new(env!("CARGO_BIN_EXE_granary")).arg("demo").arg("--dir").arg(&dir).output().expect("it runs");
    assert!(ran.status.success());
    let cddl = read("schemas/event.cddl");
    let mut acts = BTreeSet::new();
    let bundles = dir.join("tiles/tile/entries");
    for (index, entry) in demo_entries(&bundles).into_iter().enumerate() {
        let event = wire::event::decode(&entry).expect("an event");
        let Some(act) = event.outcome.word() else { continue };
        // Thousands of deposits and draws are alike: a few of each act do.
        if !acts.insert(act) && index % 400 != 0 {
            continue;
        }
        cddl::validate_cbor_from_slice(&cddl, &entry, None)
            .unwrap_or_else(|error| panic!("event {} ({}) is not what event.cddl says: {error}", index + 1, act));
    }
    assert!(acts.len() >= 10, "{acts:?}");
}

/// The same judge on frames: every act as a command in CBOR.
#[test]
fn frames_are_what_the_cddl_says() {
    let cddl = read("schemas/frame.cddl");
    let text = read("crates/granary/demo/shared_reserve.jsonl");
    let mut count = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let command = wire::Command::from_json(line.as_bytes()).expect("a command");
        let mut item = Vec::new();
        wire::frame::Form::Cbor.push_command(&mut item, &command);
        cddl::validate_cbor_from_slice(&cddl, &item, None).unwrap_or_else(|error| panic!("{line}: {error}"));
        count += 1;
    }
    assert!(count >= 10, "{count}");
}

fn demo_entries(bundles: &Path) -> Vec<Vec<u8>> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![bundles.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut entries = Vec::new();
    for file in files {
        let bytes = fs::read(file).expect("a bundle");
        entries.extend(chain::decode_entries(&bytes).expect("a bundle").into_iter().map(<[u8]>::to_vec));
    }
    entries
}

#[test]
fn the_schemas_say_how_many_acts_there_are() {
    let said = format!("{} acts", books::Act::WORDS.len());
    assert!(read("schemas/README.md").contains(&said), "schemas/README.md does not say that there are {said}");
}

#[test]
fn the_commands_of_the_readme_are_there() {
    let text = read("README.md");
    assert!(text.contains("cargo run --release -- demo"));
    assert!(text.contains("cargo test --workspace"));
    let ci = read(".ci/run");
    assert!(ci.contains("cargo test --workspace"), "CI runs the test command of the README");
    assert!(
        ci.contains("--run-ignored all") && ci.contains("--include-ignored"),
        "CI runs what that command leaves out"
    );
    // Every tool that a document names exists.
    let mut named: BTreeMap<String, &str> = BTreeMap::new();
    for document in ["README.md", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "schemas/README.md"] {
        let text = read(document);
        for (index, _) in text.match_indices("granary ") {
            let word: String = text[index + 8..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            if text[..index].ends_with(['`', '\n']) && !word.is_empty() {
                named.insert(word, document);
            }
        }
    }
    for (word, document) in named {
        let asked =
            Command::new(env!("CARGO_BIN_EXE_granary")).args([word.as_str(), "--help"]).output().expect("it runs");
        assert!(asked.status.success(), "{document} names `granary {word}`, which is no tool");
    }
}

#[test]
fn nothing_of_a_machine_is_committed() {
    let files = Command::new("git").args(["ls-files"]).current_dir(root()).output().expect("git runs");
    let home = ["/ro", "ot/"].concat();
    let work = ["/wo", "rk/"].concat();
    for file in String::from_utf8(files.stdout).expect("UTF-8").lines() {
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        for path in [&home, &work] {
            assert!(!text.contains(path.as_str()), "{file} names the path {path} of a machine");
        }
    }
}
