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

/// The layouts: those of the tree, or of the folder that `GRANARY_GALLERY` names.
fn folders() -> Vec<PathBuf> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let root = std::env::var_os("GRANARY_GALLERY").map_or_else(own, PathBuf::from);
    let mut folders: Vec<PathBuf> = fs::read_dir(root)
        .expect("the gallery")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("expected.txt").exists())
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

/// A decimal as trillionths, so that sums are exact.
fn trillionths(text: &str) -> i128 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    assert!(fraction.len() <= 12, "{text}");
    format!("{whole}{fraction:0<12}").parse().expect("a decimal")
}

fn shown(trillionths: i128) -> String {
    let (whole, fraction) = (trillionths / 1_000_000_000_000, (trillionths % 1_000_000_000_000).abs());
    let text = format!("{whole}.{fraction:012}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Units that are thousands of others, so that `1 kt` and `1000 t` are one.
fn plain(figure: i128, unit: &str) -> (i128, &str) {
    const THOUSANDS: [(&str, &str, i128); 8] = [
        ("kt", "t", 1_000),
        ("Mt", "t", 1_000_000),
        ("kbbl", "bbl", 1_000),
        ("MMbbl", "bbl", 1_000_000),
        ("kL", "m3", 1),
        ("kg", "t", 0),
        ("GWh", "MWh", 1_000),
        ("TWh", "MWh", 1_000_000),
    ];
    match THOUSANDS.iter().find(|(own, _, _)| *own == unit) {
        Some((_, other, 0)) => (figure / 1_000, other),
        Some((_, other, factor)) => (figure * factor, other),
        None => (figure, unit),
    }
}

/// A line of what is expected, in plain units.
fn expected_line(line: &str) -> String {
    let Some((head, unit)) = line.rsplit_once(' ') else { return line.to_owned() };
    let Some((account, figure)) = head.rsplit_once(' ') else { return line.to_owned() };
    if !figure.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-') {
        return line.to_owned();
    }
    let (figure, unit) = plain(trillionths(figure), unit);
    format!("{account} {} {unit}", shown(figure))
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
                let text =
                    |json: &Value, name: &str| json.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                let whole = Value::Object(json);
                // Of a note, each line.
                let lines =
                    whole.get("lines").and_then(Value::as_array).cloned().unwrap_or_else(|| vec![whole.clone()]);
                let (act, site) = (text(&whole, "act"), text(&whole, "site"));
                let site = if act == "dispatch" || act == "arrive" { act.clone() } else { site };
                for line in lines {
                    let quantity = ["quantity", "received"].map(|name| text(&line, name)).concat();
                    let Some((figure, unit)) = quantity.split_once(' ') else { continue };
                    let way = if act == "draw" { -1 } else { 1 };
                    let account = format!("{site} {}", text(&line, "lot"));
                    let (figure, unit) = plain(trillionths(figure), unit);
                    *held.entry((account, unit.to_owned())).or_default() += way * figure;
                }
            }
            Step::Nothing(_) => {}
            Step::Differs { is_rounding: true, .. } => {}
            Step::Differs { difference, .. } => flaws.push(format!("line {}: off by {difference}", item.line)),
            Step::Unreadable(malformed) => flaws.push(format!("line {}: {}", item.line, malformed.code())),
        }
    }
    let held = held.into_iter().filter(|(_, figure)| *figure != 0);
    let lines = held.map(|((account, unit), figure)| format!("{account} {} {unit}", shown(figure)));
    lines.chain(flaws).collect()
}

/// Asks as `--guess` does, and answers what is asked and nothing else.
fn clerk(bytes: &[u8], file: &str, known: &Answers) -> (Vec<String>, String) {
    let mut given = Answers::new();
    loop {
        let guess = match ingest::guess(bytes, file, &given) {
            Ok(guess) => guess,
            Err(error) => return (vec![format!("not read: {}", causes::told(&error))], String::new()),
        };
        if guess.open.is_empty() {
            let text = match given.get("day") {
                Some(day) if guess.mapping.contains("@date") => {
                    ingest::dated(&guess.mapping, day).expect("no day in it")
                }
                _ => guess.mapping.clone(),
            };
            return match Mapping::parse(&text) {
                Ok(mapping) => (position(&mapping, bytes), text),
                Err(error) => (vec![format!("not read: {}", causes::told(&error))], text),
            };
        }
        let answer = guess.open.iter().find_map(|open| {
            let answer = known.get(&open.setting).filter(|_| !given.contains_key(&open.setting))?;
            Some((open.setting.clone(), answer.clone()))
        });
        match answer {
            Some((setting, answer)) => drop(given.insert(setting, answer)),
            None => {
                let open = |open: &ingest::Open| format!("open: {}: {}", open.setting, open.question);
                return (guess.open.iter().map(open).collect(), guess.mapping);
            }
        }
    }
}

/// Layouts that come out wrong so far: whoever mends one takes it off the list, and nobody adds one.
const NOT_YET: [(&str, &str); 13] = [
    ("02-comex", "sums of one kind within a section each, and a grand total of each kind"),
    ("03-shfe-json", "sums of regions in the column of regions, and of houses in that of houses"),
    ("26-japan-customs", "months as columns, each with quantity and value"),
    ("30-usgs-across", "years as headings with marks (`2025e`)"),
    ("31-usgs-mis", "the year in a row above its months"),
    ("33-shfe-weekly", "three columns of one heading for last week, this week and the change"),
    ("51-fixed", "no widths are looked for: `widths` has to be said"),
    ("83-percent-format", "a cell shown as per cents is a number below one in its workbook"),
    ("93-month-year-grid", "months down, years across"),
    ("95-html-xls", "a page saved as a workbook"),
    ("95b-xml2003", "a workbook of 2003 in XML"),
    ("A25-dmy-time", "times with seconds and without in one column"),
    ("A26l-month-only", "months whose year stands in the title"),
];

#[test]
fn every_layout_loads_what_its_figures_say() {
    let (mut count, mut guessed, mut wrong) = (0, 0, Vec::new());
    for folder in folders() {
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let file = source(&folder);
        let bytes = fs::read(&file).expect("a file");
        let text = read(&folder.join("expected.txt"));
        let is_refused = text.contains("must be refused");
        let mut expected: Vec<String> = text.lines().filter(|line| !line.starts_with('#')).map(expected_line).collect();
        count += 1;
        let found = if folder.join("mapping.toml").exists() {
            let mapping =
                Mapping::parse(&read(&folder.join("mapping.toml"))).unwrap_or_else(|error| panic!("{name}: {error}"));
            position(&mapping, &bytes)
        } else if folder.join("report.toml").exists() {
            report(&read(&folder.join("report.toml")), &bytes)
        } else {
            let known: Answers = toml::from_str(&read(&folder.join("answers.toml"))).expect("answers");
            let file = file.file_name().expect("a name").to_string_lossy().into_owned();
            let (found, mapping) = clerk(&bytes, &file, &known);
            guessed += usize::from(found == expected);
            if found != expected {
                eprintln!("{name}:\n{mapping}");
            }
            found
        };
        if is_refused
            && found.iter().any(|line| ["not read", "open", "line "].iter().any(|word| line.starts_with(word)))
        {
            expected.clone_from(&found);
        }
        if std::env::var_os("GRANARY_GALLERY").is_some() {
            let verdict = match () {
                () if found == expected => "right",
                () if found
                    .iter()
                    .any(|line| ["not read", "open", "line "].iter().any(|word| line.starts_with(word))) =>
                {
                    "stuck"
                }
                () => "WRONG",
            };
            println!("{verdict:6} {name} {}", if verdict == "right" { String::new() } else { format!("{found:?}") });
        }
        let is_known = NOT_YET.iter().any(|(known, _)| *known == name);
        assert!(!is_known || found != expected, "{name} comes out right: take it off the list");
        if found != expected && !is_known {
            wrong.push(format!("{name}\n  found    {found:#?}\n  expected {expected:#?}"));
        }
    }
    println!("{guessed} of {count} load with no script and no hand-written mapping");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    if std::env::var_os("GRANARY_GALLERY").is_none() {
        let page = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md"));
        assert!(page.contains(&format!("{guessed} of {count}")), "the README says how many: {guessed} of {count}");
    }
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

/// Which layout of the gallery each mapping that comes with the program reads.
const SHIPPED: [(&str, &str); 18] = [
    ("jodi-oil-stocks", "01-jodi"),
    ("jodi-gas-stocks", "21-jodi-gas"),
    ("eurostat-oil-stocks", "02-eurostat"),
    ("eurostat-gas-stocks", "23-sdmx"),
    ("gie-alsi", "34-alsi"),
    ("eia-petroleum-stocks", "19-eia-api"),
    ("un-comtrade", "25-comtrade"),
    ("uk-oil-stocks", "21b-desnz"),
    ("lme-stocks", "05-lme"),
    ("sap-mb51", "11-sap"),
    ("sap-mb52", "44-mb52"),
    ("odoo-moves", "13-odoo"),
    ("odoo-quants", "46-odoo-quant"),
    ("erpnext-stock-ledger", "05-erpnext"),
    ("inventree-stock", "08-inventree"),
    ("jp-customs", "26b-japan-customs"),
    ("cn-customs", "04-china-customs"),
    ("kr-customs", "18-korea"),
];

#[test]
fn every_shipped_mapping_reads_the_layout_that_it_is_for() {
    let figures = |lines: &[String]| {
        let figure = |line: &String| line.rsplitn(3, ' ').take(2).map(str::to_owned).collect::<Vec<_>>();
        let mut all: Vec<_> = lines.iter().filter(|line| !line.starts_with('#')).map(figure).collect();
        all.sort();
        all
    };
    let mut wrong = Vec::new();
    for (name, layout) in SHIPPED {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery").join(layout);
        let bytes = fs::read(source(&folder)).expect("a file");
        let text = ingest::shipped(name).expect("it ships");
        let text =
            if text.contains("@date") { ingest::dated(text, "2026-03-31").expect("a day") } else { text.to_owned() };
        let found = position(&Mapping::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}")), &bytes);
        let expected: Vec<String> = read(&folder.join("expected.txt")).lines().map(expected_line).collect();
        if figures(&found) != figures(&expected) {
            wrong.push(format!("{name}\n  found    {found:#?}\n  expected {expected:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
