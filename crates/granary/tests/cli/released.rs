//! A ledger that an earlier release made opens for ever, gives its old answers, and replays to the same bytes.
//!
//! `tests/released/DAY` holds the folder as the release of that day left it, and what that release answered about it, question
//! by question. An answer of now says all that was said then, and may say more. Where it says something else on purpose it is
//! listed in [`MEANT`], with the reason. Neither the folder nor the answers are ever written again.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::run::{granary, granary_with};

/// The releases of which a ledger is kept.
const RELEASES: [&str; 1] = ["2026-11-22"];

/// A difference that is meant.
struct Meant {
    /// Of which questions: how they begin.
    ask: &'static str,
    /// Where in the answer: how the path of the field ends.
    field: &'static str,
    /// Why the old answer was wrong, or is told otherwise.
    because: &'static str,
}

const MEANT: &[Meant] = &[
    Meant {
        ask: "position --by country,class",
        field: "/class",
        because: "the site was amended later: its facts were those of now on every day",
    },
    Meant {
        ask: "position --by origin,source",
        field: "",
        because: "what was merged was of no origin: a heap has a part of each of those that went in",
    },
    Meant {
        ask: "position --by material --basis REO",
        field: "/assays",
        because: "what was split off cited an assay of its own: it goes by that of the lot it came from",
    },
    Meant {
        ask: "cover --as-of 2026-02-28",
        field: "",
        because: "need and goal were amended in March: they were those of now on every day",
    },
    Meant {
        ask: "dependence",
        field: "",
        because: "what no assay states was left out of it: it may be nothing, or all that it weighs; and what was kept in another unit is converted",
    },
    Meant { ask: "reserve limits", field: "/share", because: "a heap counts by what went in" },
    Meant { ask: "reserve stress", field: "/share", because: "a heap counts by what went in" },
    Meant { ask: "reserve stress", field: "/days", because: "it follows from the share" },
    Meant { ask: "reserve stress", field: "/days_with_reserve", because: "it follows from the share" },
    Meant {
        ask: "reconcile balance",
        field: "",
        because: "paper that came late before a count had moved what was found; (f) is what was found, and (g) follows",
    },
    Meant { ask: "replay", field: "/seconds", because: "it takes its time" },
    Meant { ask: "replay", field: "/events_per_s", because: "it takes its time" },
];

/// A copy of the folder of a release.
fn copy_of(release: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = folder.path().join("ledger");
    copy(&kept(release).join("ledger"), &ledger);
    (folder, ledger)
}

fn kept(release: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released").join(release)
}

/// Copies a folder; what is kept compressed is written as it was.
fn copy(source: &Path, target: &Path) {
    fs::create_dir_all(target).expect("a folder");
    for entry in fs::read_dir(source).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy(&path, &target.join(name));
            continue;
        }
        let bytes = fs::read(&path).expect("a file");
        let (name, bytes) = match path.extension().is_some_and(|extension| extension == "zst") {
            true => (path.file_stem().expect("a name"), zstd::decode_all(&bytes[..]).expect("it is whole")),
            false => (name, bytes),
        };
        let file = target.join(name);
        fs::write(&file, bytes).expect("written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("ours");
        }
    }
}

/// What was said then and is not said now, each by its path.
fn lost(then: &Value, now: &Value, path: &str, found: &mut Vec<String>) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (key, value) in then {
                lost(value, now.get(key).unwrap_or(&Value::Null), &format!("{path}/{key}"), found);
            }
        }
        (Value::Array(then), Value::Array(now)) if then.len() == now.len() => {
            for (index, (then, now)) in then.iter().zip(now).enumerate() {
                lost(then, now, &format!("{path}/{index}"), found);
            }
        }
        // More lines may be told, in the same order.
        (Value::Array(then), Value::Array(now)) => {
            let mut lines = now.iter();
            let says = |then: &Value, now: &Value| {
                let mut found = Vec::new();
                lost(then, now, "", &mut found);
                found.is_empty()
            };
            let is_kept = then.iter().all(|then| lines.any(|now| says(then, now)));
            if !is_kept {
                found.push(format!("{path}: {} lines are now {}", then.len(), now.len()));
            }
        }
        // What was a list alone has got something beside it.
        (Value::Array(_), Value::Object(now)) => {
            let list = now.values().find(|value| value.is_array()).unwrap_or(&Value::Null);
            lost(then, list, path, found);
        }
        _ if then == now => {}
        _ => found.push(format!("{path}: {then} is now {now}")),
    }
}

#[test]
fn a_ledger_of_an_earlier_release_gives_its_old_answers() {
    for release in RELEASES {
        let (_folder, ledger) = copy_of(release);
        let dir = ledger.to_str().expect("a path");
        let answers = fs::read_to_string(kept(release).join("answers.jsonl")).expect("the answers");
        let (mut count, mut unmeant) = (0, Vec::new());
        let mut unused: Vec<&Meant> = MEANT.iter().collect();
        for line in answers.lines() {
            let then: Value = serde_json::from_str(line).expect("JSON");
            let ask = then["ask"].as_str().expect("a question");
            let args: Vec<&str> = ask.split(' ').chain(["--format", "json", "--dir", dir]).collect();
            let ran = granary(&args);
            assert_eq!(ran.exit, 0, "{ask}: {}", ran.err);
            let mut found = Vec::new();
            lost(&then["answer"], &ran.json(), "", &mut found);
            let is_meant = |difference: &String| {
                let path = difference.split(':').next().expect("a path");
                let fits = |meant: &&Meant| ask.starts_with(meant.ask) && path.ends_with(meant.field);
                unused.retain(|meant| !fits(meant));
                MEANT.iter().any(|meant| fits(&meant))
            };
            found.retain({
                let mut is_meant = is_meant;
                move |difference| !is_meant(difference)
            });
            unmeant.extend(found.into_iter().map(|difference| format!("{ask}{difference}")));
            count += 1;
        }
        assert!(count >= 70, "{count} questions were asked");
        assert!(unmeant.is_empty(), "of {release}:\n{}", unmeant.join("\n"));
        let unused: Vec<&str> = unused.iter().map(|meant| meant.because).collect();
        assert!(unused.is_empty(), "no longer differs: {unused:?}");
    }
}

#[test]
fn a_ledger_of_an_earlier_release_is_what_its_auditors_know_and_goes_on() {
    for release in RELEASES {
        let (_folder, ledger) = copy_of(release);
        let path = |name: &str| ledger.join(name).to_str().expect("a path").to_owned();
        let (dir, tiles, key) = (path(""), path("tiles"), path("keys/log.pub"));
        let checked = granary(&["audit", "verify", &tiles, "--key", &key]);
        assert_eq!(checked.exit, 0, "{}{}", checked.out, checked.err);
        let command = r#"{"id": "00000000-0000-4000-8003-000000000001", "party": "JP", "maker": "Sato", "effective": "2026-03-12",
            "act": "draw", "lot": "D1", "site": "North", "quantity": "1 t"}"#
            .replace('\n', " ");
        let posted = granary_with(&["post", "--dir", &dir, "-"], command.as_bytes());
        assert_eq!(posted.exit, 0, "{}{}", posted.out, posted.err);
        let replayed = granary(&["replay", "--verify", "--dir", &dir, "--format", "json"]).json();
        for what in ["balances_match", "root_matches", "checkpoint_matches"] {
            assert_eq!(replayed[what], Value::Bool(true), "{what}: {replayed}");
        }
        let checked = granary(&["audit", "verify", &tiles, "--key", &key]);
        assert_eq!(checked.exit, 0, "{}{}", checked.out, checked.err);
    }
}
