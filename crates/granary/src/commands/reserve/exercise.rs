//! `granary reserve exercise FILE`: shocks played through on a fork of the books, day by day.
//!
//! The file says all that is not in the books. So the same file on the same log gives the same bytes on any machine, and two
//! capitals compare one hash to know that they ran the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use answers::Viewer;
use answers::exercise::{Curve, Plan, Played, Point, ShareOf, Shock, play};
use books::base::BaseKind;
use books::{Books, Day, MaterialNo, PartyNo};
use ledger::{Fork, Known as _, Options, Reader};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use shell::{Exit, Failure};
use uuid::Uuid;
use wire::Command;
use wire::value::show_number;
use wire::verdict::Verdict;

use crate::cli::reserve::Exercise;
use crate::commands::query::opening;
use crate::commands::replay::base64_of;
use crate::language;
use crate::opened_view::OpenedView;
use crate::output::{Align, Column, Grid, show};

/// A year, twice: longer exercises say little and cost much.
const DAY_COUNT_MAX: i32 = 3_660;

/// What is in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// What it is about.
    about: String,
    reserve: String,
    first: String,
    days: i32,
    /// `consumption 2025` or `net_imports 2025`.
    need: String,
    #[serde(default)]
    lead_days: i32,
    #[serde(default, rename = "share")]
    shares: Vec<Share>,
    #[serde(default, rename = "shock")]
    shocks: Vec<Stop>,
    #[serde(default, rename = "call")]
    calls: Vec<Call>,
    /// Any act, as a command without its id.
    #[serde(default, rename = "act")]
    acts: Vec<Map<String, Value>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    member: String,
    material: Option<String>,
    country: String,
    share: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stop {
    /// It supplies no more, or less.
    country: Option<String>,
    /// Nothing that lies there leaves it.
    host: Option<String>,
    #[serde(default)]
    materials: Vec<String>,
    cut: Option<String>,
    first: String,
    last: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    day: String,
    material: String,
    total: String,
    #[serde(default)]
    lead_days: i32,
}

/// An act of the file on its day, and the call that it is.
type Act<'f> = (Day, Map<String, Value>, Option<&'f Call>);

/// What came of it, for programs.
#[derive(Debug, Serialize)]
struct Told {
    about: String,
    reserve: String,
    first: String,
    last: String,
    /// The head that it rests on.
    size: u64,
    root: String,
    /// Of file, head and curve together.
    hash: String,
    lines: Vec<Line>,
    /// Of which nothing can be said, and why.
    unknown: Vec<[String; 3]>,
}

#[derive(Debug, Serialize)]
struct Line {
    material: String,
    member: String,
    unit: String,
    need: String,
    lost: String,
    unmet_alone: String,
    depleted_alone: Option<String>,
    unmet_shared: String,
    depleted_shared: Option<String>,
    drawn: String,
    given: String,
    got: String,
}

pub(crate) fn run(args: &Exercise) -> Result<Exit, Failure> {
    let Some(path) = args.file.as_ref().filter(|_| !args.example) else { return crate::commands::print(EXAMPLE) };
    let text = fs::read_to_string(path).map_err(|error| {
        Failure::wrong_use(format!("read `{}`: {error}", path.display()))
            .hint("`--example` prints a file to begin with")
    })?;
    let file: File = toml::from_str(&text).map_err(|error| {
        let hint = "`granary reserve exercise --example` prints a file that is right";
        Failure::wrong_use(format!("`{}`: {}", path.display(), error.to_string().trim())).hint(hint)
    })?;
    let folder =
        args.dir.local().map_err(|failure| failure.hint("name the folder with --dir: it is read beside a server"))?;
    let reader = Reader::open(folder, &Options::default()).map_err(|error| opening(folder, error))?;
    let (size, root) = (reader.log().size(), reader.log().root());
    let mut fork = Fork::from(reader);
    let plan = file.plan(&mut fork, folder)?;
    let view = OpenedView { opened: &fork, viewer: Viewer::Operator };
    let played = play(&view, &plan).map_err(crate::commands::query::failure)?;
    let books = fork.books();
    let curve = curve(books, &plan, &played);
    let mut hasher = Sha256::new();
    hasher.update(b"granary exercise 1\n");
    hasher.update(size.to_be_bytes());
    hasher.update(root);
    hasher.update((text.len() as u64).to_be_bytes());
    hasher.update(&text);
    hasher.update(&curve);
    let hash: [u8; 32] = hasher.finalize().into();
    if let Some(path) = &args.curve {
        fs::write(path, &curve)
            .map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())).hint("name another file"))?;
        eprintln!("written: {}", path.display());
    }
    let told = Told {
        about: file.about,
        reserve: file.reserve,
        first: wire::date::show_day(plan.first),
        last: wire::date::show_day(Day(plan.first.0 + plan.day_count - 1)),
        size,
        root: base64_of(&root),
        hash: base64_of(&hash),
        lines: played.curves.iter().map(|curve| line(books, &plan, curve)).collect(),
        unknown: played.unknown.iter().map(|(party, material, why)| unknown(books, *party, *material, why)).collect(),
    };
    tell(args, &told)?;
    Ok(Exit::Done)
}

impl File {
    /// What is played, once the acts of the file are done on the fork, in the order of their days.
    fn plan(&self, fork: &mut Fork, folder: &Path) -> Result<Plan, Failure> {
        let first = day("first", &self.first)?;
        if !(1..=DAY_COUNT_MAX).contains(&self.days) {
            return Err(wrong(format!("`days`: {} is not between 1 and {DAY_COUNT_MAX}", self.days)));
        }
        let last = Day(first.0 + self.days - 1);
        let known =
            |books: &Books, code: &str| books.reserve_no(code).ok_or_else(|| wrong(format!("`reserve`: no `{code}`")));
        let reserve = known(fork.books(), &self.reserve)?;
        let mut acts: Vec<Act<'_>> = Vec::new();
        for act in &self.acts {
            let text = act.get("effective").and_then(Value::as_str).unwrap_or(&self.first).to_owned();
            acts.push((day("effective", &text)?, act.clone(), None));
        }
        let runner = fork.books().party_code(fork.books().reserve(reserve).secretariat).to_owned();
        for (number, call) in (1..).zip(&self.calls) {
            let said = json!({"party": runner, "act": "call", "call": format!("EXERCISE-{number}"), "effective": call.day,
                "reserve": self.reserve, "material": call.material, "total": call.total});
            let said = said.as_object().expect("an object").clone();
            acts.push((day("day", &call.day)?, said, Some(call)));
        }
        acts.sort_by_key(|(day, ..)| *day);
        let mut calls = Vec::new();
        for (number, (day, act, call)) in (1u128..).zip(acts) {
            attempt(fork, folder, number, day, act)?;
            if let Some(asked) = call {
                let call = fork.books().calls().last().expect("it was called");
                let parts = call.parts.iter().map(|part| (part.member, i128::from(part.quantity.units()))).collect();
                calls.push((Day(day.0.saturating_add(asked.lead_days)), call.material, parts));
            }
        }
        let books = fork.books();
        Ok(Plan {
            reserve,
            first,
            day_count: self.days,
            need: need(&self.need)?,
            lead_days: self.lead_days,
            shocks: self.shocks.iter().map(|stop| stop.shock(books, last)).collect::<Result<_, _>>()?,
            shares: self.shares.iter().map(|share| share.read(books)).collect::<Result<_, _>>()?,
            calls,
        })
    }
}

impl Stop {
    fn shock(&self, books: &Books, end: Day) -> Result<Shock, Failure> {
        let (is_host, country) = match (&self.country, &self.host) {
            (Some(country), None) => (false, country),
            (None, Some(host)) if self.cut.is_none() => (true, host),
            _ => return Err(wrong("a shock is of a `country`, with a `cut` or wholly; or of a `host`".into())),
        };
        let cut = self.cut.as_ref().map_or(Ok(1_000_000), |cut| millionths("cut", cut))?;
        Ok(Shock {
            is_host,
            country: country.clone(),
            materials: self.materials.iter().map(|code| material(books, code)).collect::<Result<_, _>>()?,
            cut,
            first: day("first", &self.first)?,
            last: self.last.as_ref().map_or(Ok(end), |last| day("last", last))?,
        })
    }
}

impl Share {
    fn read(&self, books: &Books) -> Result<ShareOf, Failure> {
        let member = books.party_no(&self.member).ok_or_else(|| wrong(format!("no party `{}`", self.member)))?;
        let material = self.material.as_ref().map(|code| material(books, code)).transpose()?;
        Ok((member, material, self.country.clone(), millionths("share", &self.share)?))
    }
}

fn wrong(problem: String) -> Failure {
    Failure::wrong_use(problem).hint("`granary reserve exercise --example` prints a file that is right")
}

fn day(field: &str, text: &str) -> Result<Day, Failure> {
    wire::date::parse_day(text).map_err(|_| wrong(format!("`{field}`: `{text}` is no day; write it as 2026-12-01")))
}

fn material(books: &Books, code: &str) -> Result<MaterialNo, Failure> {
    books.material_no(code).ok_or_else(|| wrong(format!("no material `{code}`")))
}

fn millionths(field: &str, text: &str) -> Result<i128, Failure> {
    let ppb = wire::value::parse_fraction(text)
        .map_err(|_| wrong(format!("`{field}`: `{text}` is no part of a whole; write it as 60%")))?;
    Ok(i128::from(ppb) / 1_000)
}

fn need(text: &str) -> Result<(BaseKind, u16), Failure> {
    let (kind, year) = text.split_once(' ').unwrap_or((text, ""));
    let kind = match kind {
        "consumption" => Some(BaseKind::Consumption),
        "net_imports" => Some(BaseKind::NetImports),
        _ => None,
    };
    let read = kind.zip(year.parse().ok());
    read.ok_or_else(|| wrong(format!("`need`: `{text}` is neither `consumption 2025` nor `net_imports 2025`")))
}

/// Does an act on the fork at the end of its day, under an id that is the same on every machine.
fn attempt(fork: &mut Fork, folder: &Path, number: u128, day: Day, act: Map<String, Value>) -> Result<(), Failure> {
    let mut whole = Map::new();
    whole.insert("id".into(), Uuid::from_u128(number).to_string().into());
    whole.extend(act);
    let shown = wire::date::show_day(day);
    whole.insert("effective".into(), shown.clone().into());
    let command = Command::from_json(Value::Object(whole).to_string().as_bytes())
        .map_err(|malformed| wrong(format!("act {number}: {}", language::now().tell(&malformed.saying).message)))?;
    let moment = wire::date::parse_moment(&shown).expect("a day is a moment");
    let attempted = fork.attempt(&command, moment).map_err(|error| opening(folder, error))?;
    let Err(refused) = attempted else { return Ok(()) };
    let verdict = language::told(Verdict::refused(command.id, None, &refused));
    let message = format!(
        "act {number}, {} of {shown}, would be refused: {}",
        command.act.word(),
        verdict.message.unwrap_or_default()
    );
    Err(Failure { exit: Exit::Refused, ..Failure::new(message) }.hint(verdict.hint.unwrap_or_default()))
}

/// Day by day, as comma-separated values: the same bytes anywhere.
fn curve(books: &Books, plan: &Plan, played: &Played) -> String {
    let mut out =
        String::from("material,member,day,unit,need,lost,in_reach_alone,unmet_alone,in_reach_shared,unmet_shared\n");
    for Curve { member, material, points, .. } in &played.curves {
        let facts = books.material(*material);
        let (party, unit) = (books.party_code(*member), format!("{} {}", facts.shown, facts.basis));
        for (step, point) in (0..).zip(points) {
            let Point { need, lost, alone, unmet_alone, shared, unmet_shared } = *point;
            let day = wire::date::show_day(Day(plan.first.0 + step));
            let _ = write!(out, "{},{party},{day},{unit}", facts.code);
            for units in [need, lost, alone, unmet_alone, shared, unmet_shared] {
                let _ = write!(out, ",{}", show_number(facts, units));
            }
            out.push('\n');
        }
    }
    out
}

fn line(books: &Books, plan: &Plan, curve: &Curve) -> Line {
    let facts = books.material(curve.material);
    let show = |units: i128| show_number(facts, units);
    let sum = |of: fn(&Point) -> i128| curve.points.iter().map(of).sum::<i128>();
    let depleted = |of: fn(&Point) -> i128| {
        let step = (0..).zip(&curve.points).find(|(_, point)| of(point) > 0)?.0;
        Some(wire::date::show_day(Day(plan.first.0 + step)))
    };
    Line {
        material: facts.code.clone(),
        member: books.party_code(curve.member).to_owned(),
        unit: format!("{} {}", facts.shown, facts.basis),
        need: show(sum(|point| point.need)),
        lost: show(sum(|point| point.lost)),
        unmet_alone: show(sum(|point| point.unmet_alone)),
        depleted_alone: depleted(|point| point.unmet_alone),
        unmet_shared: show(sum(|point| point.unmet_shared)),
        depleted_shared: depleted(|point| point.unmet_shared),
        drawn: show(curve.drawn),
        given: show(curve.given),
        got: show(curve.got),
    }
}

fn unknown(books: &Books, party: PartyNo, material: MaterialNo, why: &str) -> [String; 3] {
    [books.party_code(party).to_owned(), books.material(material).code.clone(), why.to_owned()]
}

fn tell(args: &Exercise, told: &Told) -> Result<(), Failure> {
    let columns = [
        ("material", Align::Left),
        ("member", Align::Left),
        ("need", Align::Right),
        ("lost", Align::Right),
        ("unmet alone", Align::Right),
        ("depleted alone", Align::Left),
        ("unmet with reserve", Align::Right),
        ("depleted with reserve", Align::Left),
        ("drawn", Align::Right),
        ("given", Align::Right),
        ("got", Align::Right),
        ("unit", Align::Left),
    ];
    if args.shown.format.is_table() {
        println!("{}: {}, {} to {}", told.reserve, told.about, told.first, told.last);
        println!("rests on: {} events, root {}", told.size, told.root);
        println!("hash:     {}\n", told.hash);
    }
    let row = |line: &Line| {
        let of = |day: &Option<String>| day.clone().unwrap_or_default();
        vec![
            line.material.clone(),
            line.member.clone(),
            line.need.clone(),
            line.lost.clone(),
            line.unmet_alone.clone(),
            of(&line.depleted_alone),
            line.unmet_shared.clone(),
            of(&line.depleted_shared),
            line.drawn.clone(),
            line.given.clone(),
            line.got.clone(),
            line.unit.clone(),
        ]
    };
    let columns: Vec<Column<'_>> = columns.into_iter().map(|(name, align)| Column(name, align)).collect();
    show(args.shown.format, told, || Grid { columns, rows: told.lines.iter().map(row).collect(), seen_by: None })?;
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for [member, material, why] in &told.unknown {
        by_reason.entry(why).or_default().push(format!("{member} {material}"));
    }
    for (why, of) in by_reason {
        eprintln!("nothing can be said ({why}): {}", of.join(", "));
    }
    Ok(())
}

/// A file to begin with.
pub(crate) const EXAMPLE: &str = r#"about = "China sends half for six months, then Korea lets nothing out"
reserve = "G7"
first = "2026-12-01"
days = 365
# The need of a day is a part of this figure of a year.
need = "consumption 2025"
# Days until what lies abroad is there.
lead_days = 30

# What of a member's supply comes from where: of one material, or of all that have no share of their own.
[[share]]
member = "JP"
country = "CN"
share = "60%"

[[shock]]
country = "CN"
cut = "50%"
first = "2026-12-01"
last = "2027-05-31"

[[shock]]
host = "KR"
first = "2027-03-01"

# A call of the reserve, by the key in force. What members give of it is there after so many days.
[[call]]
day = "2027-01-15"
material = "NdPr"
total = "100 t"
lead_days = 30

# Any act, as a command without its id.
[[act]]
party = "SEC"
act = "restrict"
restriction = "EXERCISE-BAN"
origin = "CN"
destination = "JP"
effective = "2026-12-15"
first = "2026-12-15"
"#;
