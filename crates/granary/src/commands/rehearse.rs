//! `granary reserve try ACT`: what would follow, worked out on a fork of the books in memory. The questions that are asked of
//! what stands are asked of the fork, too, and what differs is shown: now and then.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use answers::{Budget, Viewer};
use ledger::{Fork, Known, Options, Reader};
use serde_json::{Map, Value};
use shell::{Exit, Failure};
use wire::Command;
use wire::verdict::Verdict;

use super::act;
use super::query::opening;
use crate::cli::table::{Doing, Rehearsal};
use crate::language;
use crate::opened_view::{OpenedView, now};
use crate::output::{Align, Column, Format, Grid, show};

/// What is compared: a question, and the fields that name a line of its answer.
const COMPARED: [(&str, &[&str]); 9] = [
    ("reserve", &["reserve", "material"]),
    ("members", &["member"]),
    ("entitlements", &["reserve", "member", "material"]),
    ("debts", &["debt"]),
    ("promises", &["code"]),
    ("calls", &["call"]),
    ("call_board", &["member"]),
    ("cash", &["event"]),
    ("orders", &["order", "buyer"]),
];

/// Fields that say how a line is to be read, and not what stands in it.
const BESIDE: [&str; 4] = ["unit", "rules", "reserve", "material"];

/// Tries an act, shows what would follow, and records it or writes it down where that is wanted.
pub(super) fn run(doing: Doing, rehearsal: &Rehearsal) -> Result<Exit, Failure> {
    let Doing { act, fields, by, id, dir, shown, .. } = doing;
    let command = act::command(act, fields, &by, id)?;
    let folder = dir.local().map_err(|failure| {
        failure.hint("name the folder with --dir: it can be read beside the server; or try it there with `--dry-run` of the act itself")
    })?;
    let Rehearsed { fork, asked, is_held, changes } = rehearse(folder, &command)?;
    let sources = match command.act.word() {
        "call" => sources(&asked, &fork)?,
        _ => Vec::new(),
    };
    tell(shown.format, &changes, &sources, is_held)?;
    if let Some(file) = &rehearsal.out {
        fs::write(file, command.to_text() + "\n").map_err(|error| {
            Failure::new(format!("write `{}`: {error}", file.display())).hint("name another file with --out")
        })?;
        eprintln!("written into `{}`: `{}` signs and posts it", file.display(), command.party);
    }
    if !rehearsal.is_recorded {
        return Ok(Exit::Done);
    }
    let verdicts = act::post_all(&dir, vec![command])?;
    act::say(Format::Table, &verdicts)
}

/// What was found of an act that was tried.
struct Rehearsed {
    fork: Fork,
    asked: Asked,
    is_held: bool,
    changes: Vec<Change>,
}

fn rehearse(folder: &Path, command: &Command) -> Result<Rehearsed, Failure> {
    let open = || Reader::open(folder, &Options::default()).map_err(|error| opening(folder, error));
    let stands = open()?;
    let mut fork = Fork::from(open()?);
    let attempted = fork.attempt(command, now()).map_err(|error| opening(folder, error))?;
    let is_held = match attempted {
        Err(refused) => {
            let verdict = language::told(Verdict::refused(command.id, None, &refused));
            let message = format!("it would be refused: {}", verdict.message.unwrap_or_default());
            let failure = Failure { exit: Exit::Refused, ..Failure::new(message) };
            return Err(failure.hint(verdict.hint.unwrap_or_default()));
        }
        Ok(event) => matches!(event.outcome, books::Outcome::Held(_)),
    };
    let asked = Asked::of(command);
    let changes = differences(&asked.all(&stands)?, &asked.all(&fork)?);
    Ok(Rehearsed { fork, asked, is_held, changes })
}

/// What would change, a line each; nothing where the folder cannot be read.
pub(super) fn in_words(folder: &Path, command: &Command) -> Vec<String> {
    let changes = rehearse(folder, command).map(|rehearsed| rehearsed.changes).unwrap_or_default();
    let line = |change: &Change| {
        let Change { of, name, field, now, then } = change;
        let (of, name, field) = (of.replace('_', " "), name.join(" "), language::now().heading(field));
        let now = if now.is_empty() { "nothing".to_owned() } else { grouped(now) };
        let then = if then.is_empty() { "nothing".to_owned() } else { grouped(then) };
        format!("{of} of {}: {field}: {now}, then {then}", name.trim())
    };
    changes.iter().map(line).collect()
}

/// What is asked about an act: of which day, reserve, call and material.
struct Asked {
    day: String,
    said: Map<String, Value>,
}

/// Lines of an answer, each with what names it.
type Lines = BTreeMap<(usize, Vec<String>), Map<String, Value>>;

impl Asked {
    fn of(command: &Command) -> Self {
        let said = command.to_json();
        let effective = wire::date::show_day(command.effective);
        // What begins later is looked at on its first day.
        let first = said.get("first").and_then(Value::as_str).filter(|first| **first > *effective);
        Self { day: first.map_or_else(|| effective.clone(), str::to_owned), said }
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.said.get(field).and_then(Value::as_str)
    }

    /// All answers that are compared. What is not there yet has no lines; who is asked in a new call is told by itself.
    fn all(&self, known: &dyn Known) -> Result<Lines, Failure> {
        let mut lines = Lines::new();
        let is_new_call = self.text("act") == Some("call");
        for (place, (question, names)) in COMPARED.iter().enumerate() {
            if is_new_call && *question == "call_board" {
                continue;
            }
            for request in self.requests(question, known)? {
                // Some lines do not say of which reserve they are.
                let of = request.get("reserve").filter(|_| !names.contains(&"reserve")).map(|of| shown(Some(of)));
                let Some(Told { beside, list }) = answer(known, question, request)? else { continue };
                if !beside.is_empty() {
                    lines.insert((place, of.iter().cloned().collect()), beside);
                }
                for line in list {
                    let name = of.iter().cloned().chain(names.iter().map(|name| shown(line.get(*name))));
                    lines.insert((place, name.collect()), line);
                }
            }
        }
        Ok(lines)
    }

    /// How a question is asked: as of the day, and of each reserve or call where it wants one.
    fn requests(&self, question: &str, known: &dyn Known) -> Result<Vec<Map<String, Value>>, Failure> {
        let of = |pairs: &[(&str, &str)]| -> Map<String, Value> {
            let day = ("as_of", self.day.as_str());
            pairs.iter().chain([&day]).map(|(name, value)| ((*name).to_owned(), (*value).into())).collect()
        };
        Ok(match question {
            "members" | "cash" => {
                let reserves = match self.text("reserve") {
                    Some(reserve) => vec![reserve.to_owned()],
                    None => codes(known, "reserves")?,
                };
                let material = self.text("material").filter(|_| question == "members");
                let pairs = |reserve: &String| {
                    let material = material.map(|material| ("material", material));
                    of(&[("reserve", reserve.as_str())].into_iter().chain(material).collect::<Vec<_>>())
                };
                reserves.iter().map(pairs).collect()
            }
            "call_board" => self.text("call").map(|call| of(&[("call", call)])).into_iter().collect(),
            _ => match (self.text("reserve"), question) {
                (Some(reserve), "reserve" | "entitlements" | "debts" | "promises" | "calls") => {
                    vec![of(&[("reserve", reserve)])]
                }
                _ => vec![of(&[])],
            },
        })
    }
}

/// What an answer tells: its first list, and what it says beside it, but for the days it is of.
struct Told {
    beside: Map<String, Value>,
    list: Vec<Map<String, Value>>,
}

/// What a question is answered; none where it has no answer there.
fn answer(known: &dyn Known, question: &str, request: Map<String, Value>) -> Result<Option<Told>, Failure> {
    let entry = answers::find(question).expect("a test finds every question that is compared");
    let view = OpenedView { opened: known, viewer: Viewer::Operator };
    let Ok((_, answered)) = entry.ask(request.into(), &view, Budget::NONE) else { return Ok(None) };
    let whole: Map<String, Value> = serde_json::from_slice(&answered.to_json()?)?;
    let mut told = Told { beside: Map::new(), list: Vec::new() };
    for (name, value) in whole {
        match value {
            Value::Array(list) if told.list.is_empty() => {
                told.list = list.into_iter().filter_map(|line| serde_json::from_value(line).ok()).collect();
            }
            Value::String(_) | Value::Number(_) if !matches!(&*name, "as_of" | "known_at" | "next" | "call") => {
                told.beside.insert(name, value);
            }
            _ => {}
        }
    }
    Ok(Some(told))
}

/// The lines of an answer; none where there is none.
fn lines(known: &dyn Known, question: &str, request: Map<String, Value>) -> Result<Vec<Map<String, Value>>, Failure> {
    Ok(answer(known, question, request)?.map(|told| told.list).unwrap_or_default())
}

fn codes(known: &dyn Known, what: &str) -> Result<Vec<String>, Failure> {
    let request = [("what".to_owned(), what.into())].into_iter().collect();
    Ok(lines(known, "list", request)?.iter().map(|line| shown(line.get("code"))).collect())
}

/// Something that is another then than it is now.
struct Change {
    of: &'static str,
    name: Vec<String>,
    field: String,
    now: String,
    then: String,
}

fn differences(now: &Lines, then: &Lines) -> Vec<Change> {
    let mut changes = Vec::new();
    let empty = Map::new();
    let mut keys: Vec<_> = now.keys().chain(then.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (before, after) = (now.get(key).unwrap_or(&empty), then.get(key).unwrap_or(&empty));
        let (question, names) = COMPARED[key.0];
        let fields = if after.is_empty() { before } else { after };
        for field in fields.keys() {
            let (now, then) = (shown(before.get(field)), shown(after.get(field)));
            let is_nothing = |text: &String| text.is_empty() || text == "0" || text == "0.00";
            let is_new_nothing = is_nothing(&now) && is_nothing(&then);
            if names.contains(&field.as_str()) || BESIDE.contains(&field.as_str()) || now == then || is_new_nothing {
                continue;
            }
            changes.push(Change { of: question, name: key.1.clone(), field: field.clone(), now, then });
        }
    }
    changes
}

fn shown(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Bool(is)) => if *is { "yes" } else { "no" }.to_owned(),
        Some(other) => other.to_string(),
    }
}

/// A figure as people read it, by thousands; anything else as it is.
fn grouped(text: &str) -> String {
    let (whole, part) = text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    if whole.is_empty() || !whole.chars().all(|c| c.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut said = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            said.push(',');
        }
        said.push(digit);
    }
    part.map_or_else(|| said.clone(), |part| format!("{said}.{part}"))
}

/// From what a member could give what it is asked for.
struct Source {
    member: String,
    asked: String,
    due: String,
    lot: String,
    site: String,
    /// Set aside for the reserve.
    promised: String,
    /// Set aside for nobody.
    free: String,
    /// Restrictions that keep it from leaving.
    blocked: String,
}

/// For each member that would be asked: its lots, what of them is promised to the reserve, free, or blocked.
fn sources(asked: &Asked, fork: &Fork) -> Result<Vec<Source>, Failure> {
    let request = |pairs: &[(&str, Value)]| -> Map<String, Value> {
        let day = ("as_of".to_owned(), asked.day.as_str().into());
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).chain([day]).collect()
    };
    let text = |field: &str| Value::from(asked.text(field).unwrap_or_default());
    let get = |question: &str, pairs: &[(&str, Value)]| lines(fork, question, request(pairs));
    let call = get("calls", &[("reserve", text("reserve"))])?;
    let call = call.into_iter().find(|line| line.get("call") == Some(&text("call")));
    let due = call.map(|call| shown(call.get("due"))).unwrap_or_default();
    let promises = get("promises", &[("reserve", text("reserve"))])?;
    let blocked = get("blocked", &[])?;
    let mut sources = Vec::new();
    for part in get("call_board", &[("call", text("call"))])? {
        let member = shown(part.get("member"));
        let by = Value::from(vec!["party", "lot", "site"]);
        let held = get("positions", &[("material", text("material")), ("party", member.as_str().into()), ("by", by)])?;
        let empty = |lot: &str| Source {
            member: member.clone(),
            asked: shown(part.get("asked")),
            due: due.clone(),
            lot: lot.to_owned(),
            site: String::new(),
            promised: String::new(),
            free: String::new(),
            blocked: String::new(),
        };
        if held.is_empty() {
            sources.push(empty("has none of it"));
        }
        for position in held {
            let (lot, site) = (shown(position.get("lot")), shown(position.get("site")));
            let is_here = |line: &&Map<String, Value>, place: &str| {
                shown(line.get("lot")) == lot && shown(line.get(place)) == site
            };
            let promised: Vec<String> =
                promises.iter().filter(|line| is_here(line, "site")).map(|line| shown(line.get("left"))).collect();
            let blocked: Vec<String> =
                blocked.iter().filter(|line| is_here(line, "place")).map(|line| shown(line.get("by"))).collect();
            sources.push(Source {
                site,
                promised: sum(&promised),
                free: shown(position.get("available")),
                blocked: blocked.join(", "),
                ..empty(&lot)
            });
        }
    }
    Ok(sources)
}

fn tell(format: Format, changes: &[Change], sources: &[Source], is_held: bool) -> Result<(), Failure> {
    if is_held {
        eprintln!("it would be held: another person would have to approve it, and nothing changes before");
    } else if changes.is_empty() {
        eprintln!("it would be recorded; nothing that the reserve's questions tell would change");
    }
    if !sources.is_empty() && format.is_table() {
        println!("Who would be asked, and from what it could come:");
        show(format, &(), || source_grid(sources))?;
        for (member, asked, has) in short(sources) {
            println!("`{member}` would be asked for {asked} and has {has} that is promised or free");
        }
        println!();
    }
    let words = language::now();
    let json = |change: &Change| serde_json::json!({ "question": change.of, "of": change.name, "field": change.field, "now": change.now, "then": change.then });
    let from = |source: &Source| {
        let Source { member, asked, due, lot, site, promised, free, blocked } = source;
        serde_json::json!({ "member": member, "asked": asked, "due": due, "lot": lot, "site": site,
            "promised": promised, "free": free, "blocked_by": blocked })
    };
    let value = serde_json::json!({
        "held": is_held,
        "changes": changes.iter().map(json).collect::<Vec<_>>(),
        "sources": sources.iter().map(from).collect::<Vec<_>>(),
    });
    if changes.is_empty() && format.is_table() {
        return Ok(());
    }
    if format.is_table() {
        println!("What would change:");
    }
    show(format, &value, || {
        // Days and words stand among the figures: a column of figures would take them for some.
        let columns = ["answer", "of", "what", "now", "then"].map(|name| Column(name, Align::Left)).to_vec();
        let row = |change: &Change| {
            let field = words.heading(&change.field);
            vec![change.of.replace('_', " "), change.name.join(" "), field, grouped(&change.now), grouped(&change.then)]
        };
        Grid { columns, rows: changes.iter().map(row).collect(), seen_by: None }
    })
}

/// Members that have less than they would be asked for: what they are asked, and what they have.
fn short(sources: &[Source]) -> Vec<(&str, &str, String)> {
    let mut members: Vec<(&str, &str, i128)> = Vec::new();
    for source in sources {
        let has = nanos(&source.promised) + nanos(&source.free);
        match members.iter_mut().find(|(member, ..)| *member == source.member) {
            Some((.., all)) => *all += has,
            None => members.push((&source.member, &source.asked, has)),
        }
    }
    let less = members.into_iter().filter(|(_, asked, has)| *has < nanos(asked));
    less.map(|(member, asked, has)| (member, asked, shown_nanos(has))).collect()
}

fn sum(figures: &[String]) -> String {
    if figures.is_empty() { String::new() } else { shown_nanos(figures.iter().map(|figure| nanos(figure)).sum()) }
}

/// Decimals of figures that are added here: as many as a shown unit can have of its accounting unit.
const DECIMALS: usize = 9;

/// A figure of an answer in billionths; nothing where none stands there.
fn nanos(figure: &str) -> i128 {
    let (whole, part) = figure.split_once('.').unwrap_or((figure, ""));
    format!("{whole}{part:0<DECIMALS$.DECIMALS$}").parse().unwrap_or(0)
}

fn shown_nanos(nanos: i128) -> String {
    let scale = 10_u128.pow(9);
    let sign = if nanos < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:0>DECIMALS$}", nanos.unsigned_abs() / scale, nanos.unsigned_abs() % scale);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn source_grid(sources: &[Source]) -> Grid<'static> {
    let column = |(name, align)| Column(name, align);
    let columns = [
        ("member", Align::Left),
        ("asked", Align::Right),
        ("due", Align::Left),
        ("lot", Align::Left),
        ("site", Align::Left),
        ("promised", Align::Right),
        ("free", Align::Right),
        ("blocked by", Align::Left),
    ];
    let row = |source: &Source| {
        let Source { member, asked, due, lot, site, promised, free, blocked } = source;
        [member, asked, due, lot, site, promised, free, blocked].map(Clone::clone).to_vec()
    };
    Grid { columns: columns.map(column).to_vec(), rows: sources.iter().map(row).collect(), seen_by: None }
}

#[cfg(test)]
mod tests {
    use super::{COMPARED, grouped, nanos, shown_nanos};

    #[test]
    fn figures_are_read_by_thousands_and_days_are_not() {
        let read = ["0", "999", "1000", "30000", "1234567.25", "2026-03-10", "open", ""].map(grouped);
        assert_eq!(read, ["0", "999", "1,000", "30,000", "1,234,567.25", "2026-03-10", "open", ""]);
    }

    #[test]
    fn figures_of_answers_add_up() {
        assert_eq!(
            shown_nanos(nanos("24996.823783509") + nanos("0.000000001") + nanos("") + nanos("3")),
            "24999.82378351"
        );
        assert_eq!((shown_nanos(nanos("250000")), shown_nanos(nanos("0"))), ("250000".to_owned(), "0".to_owned()));
    }

    #[test]
    fn every_question_that_is_compared_is_there() {
        for (question, _) in COMPARED.iter().chain(&[("blocked", &[][..]), ("positions", &[]), ("list", &[])]) {
            assert!(answers::find(question).is_some(), "{question}");
        }
    }
}
