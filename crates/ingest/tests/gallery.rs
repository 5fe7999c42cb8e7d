//! Layouts of the field, each in a folder of `gallery/`: a file as an agency has it, what it was asked and answered
//! (`answers.toml`), and what must lie where at its end (`expected.txt`, written by hand from the file). A folder may hold
//! a mapping instead of answers: then somebody had to write one.
//!
//! The position is added up here, from the quantities of the commands alone, and not by the books.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use answers::Problem;
use ingest::report::{Cover, ReportMapping};
use ingest::{Answers, Column, Date, Mapping, Memory, Reading, Registry, Step, Was};
use serde_json::{Map, Value};

/// Books in which nothing ever happened.
struct Nothing;

impl Memory for Nothing {
    fn event_count(&self) -> u64 {
        0
    }

    fn is_registered(&self, _: &Map<String, Value>) -> bool {
        true
    }

    fn levels(&self, _: &Column, _: Date) -> Result<BTreeMap<Date, String>, Problem> {
        Ok(BTreeMap::new())
    }

    fn opened(&self, _: &Column) -> Result<Option<(Date, String)>, Problem> {
        Ok(None)
    }

    fn find(&self, _: uuid::Uuid, _: Option<&Column>) -> Result<Option<Was>, Problem> {
        Ok(None)
    }

    fn registry(&self) -> Option<Registry> {
        None
    }
}

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .expect("the gallery")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file of a folder: the one that says nothing about it.
fn source(folder: &Path) -> PathBuf {
    let is_about = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        ["answers.toml", "mapping.toml", "expected.txt", "report.toml"].contains(&name.as_str())
    };
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| !is_about(path));
    assert_eq!(files.len(), 1, "{}", folder.display());
    files.remove(0)
}

/// A decimal as millionths, so that sums are exact.
fn millionths(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 6, "{text}");
    format!("{whole}{fraction:0<6}").parse().expect("a decimal")
}

fn shown(millionths: i128) -> String {
    let (whole, fraction) = (millionths / 1_000_000, (millionths % 1_000_000).abs());
    let text = format!("{whole}.{fraction:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What lies where at the end, or what cannot be read.
fn position(mapping: &Mapping, bytes: &[u8]) -> Vec<String> {
    let items = match Reading::new(mapping.clone(), &Nothing).read(bytes) {
        Ok(items) => items,
        Err(error) => return vec![format!("not read: {}", causes::told(&error))],
    };
    let mut held: BTreeMap<(String, String), i128> = BTreeMap::new();
    let mut flaws = Vec::new();
    for item in items {
        match item.step {
            Step::Post { command, .. } => {
                let json = command.to_json();
                let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
                let Some((figure, unit)) = json["quantity"].as_str().and_then(|quantity| quantity.split_once(' '))
                else {
                    continue;
                };
                let way = if text("act") == "draw" { -1 } else { 1 };
                let account = format!("{} {}", text("site"), text("lot"));
                *held.entry((account, unit.to_owned())).or_default() += way * millionths(figure);
            }
            Step::Nothing(_) => {}
            Step::Differs { difference, is_rounding } => {
                assert!(is_rounding, "{difference}");
            }
            Step::Unreadable(malformed) => flaws.push(format!("line {}: {}", item.line, malformed.code())),
        }
    }
    let lines = held.into_iter().map(|((account, unit), figure)| format!("{account} {} {unit}", shown(figure)));
    lines.chain(flaws).collect()
}

/// Layouts that come out wrong so far: whoever mends one takes it off the list, and nobody adds one.
const NOT_YET: [(&str, &str); 0] = [];

#[test]
fn every_layout_loads_what_its_figures_say() {
    let (mut count, mut guessed, mut wrong) = (0, 0, Vec::new());
    for folder in folders() {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let file = source(&folder);
        let bytes = fs::read(&file).expect("a file");
        let expected: Vec<String> = read(&folder.join("expected.txt"))
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        count += 1;
        let found = if folder.join("mapping.toml").exists() {
            let mapping =
                Mapping::parse(&read(&folder.join("mapping.toml"))).unwrap_or_else(|error| panic!("{name}: {error}"));
            position(&mapping, &bytes)
        } else if folder.join("report.toml").exists() {
            report(&read(&folder.join("report.toml")), &bytes)
        } else {
            let answers: Answers = toml::from_str(&read(&folder.join("answers.toml"))).expect("answers");
            let file = file.file_name().expect("a name").to_string_lossy().into_owned();
            match ingest::guess(&bytes, &file, &answers) {
                Err(error) => vec![format!("not read: {}", causes::told(&error))],
                Ok(guess) if !guess.open.is_empty() => {
                    guess.open.iter().map(|open| format!("open: {}: {}", open.setting, open.question)).collect()
                }
                Ok(guess) => {
                    let text = match answers.get("day") {
                        Some(day) => ingest::dated(&guess.mapping, day).expect("no day in it"),
                        None => guess.mapping.clone(),
                    };
                    let found = position(&Mapping::parse(&text).expect("a mapping"), &bytes);
                    guessed += usize::from(found == expected);
                    if found != expected {
                        eprintln!("{name}:\n{}\n{:?}", guess.mapping, guess.proven);
                    }
                    found
                }
            }
        };
        let is_known = NOT_YET.iter().any(|(known, _)| *known == name);
        assert!(!is_known || found != expected, "{name} comes out right: take it off the list");
        if found != expected && !is_known {
            wrong.push(format!("{name}\n  found    {found:#?}\n  expected {expected:#?}"));
        }
    }
    println!("{guessed} of {count} load with no script and no hand-written mapping");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A report's lines and balances.
fn report(mapping: &str, bytes: &[u8]) -> Vec<String> {
    let cover = Cover { number: 1, first: "2026-01-01".into(), last: "2026-12-31".into(), ..Cover::default() };
    match ReportMapping::parse(mapping).expect("a mapping").read(bytes, &cover, None) {
        Err(flaws) => flaws.iter().map(ToString::to_string).collect(),
        Ok(report) => {
            let line = |line: &wire::acts::ReportLine| {
                format!(
                    "{} {} {} {}",
                    line.effective,
                    if line.way == wire::acts::words::Way::In { "in" } else { "out" },
                    line.quantity,
                    line.material
                )
            };
            report.lines.iter().flatten().map(line).collect()
        }
    }
}
