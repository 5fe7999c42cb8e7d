//! `granary import`: a table or list by a declared mapping, with a verdict for every line.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use books::{AccountKey, AccountNo, Books, Day, Kind};
use ingest::{ColumnKind, Known, Mapping, Reading, SHIPPED, Step};
use ledger::{Ledger, LedgerError, Opened, Options, SystemClock};
use measure::{Quantity, Unit};
use shell::{Exit, Failure};
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk, Label, invalid};
use super::query::opening;
use crate::cli::Import;
use crate::output::Format;
use crate::progress;

/// Levels in a column's unit, by day.
type Levels = BTreeMap<ingest::Date, String>;

/// How a load went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) accepted: u64,
    pub(crate) duplicate: u64,
    pub(crate) refused: u64,
    pub(crate) invalid: u64,
    pub(crate) nothing: u64,
    pub(crate) revised: u64,
    pub(crate) rounding: u64,
    pub(crate) differs: u64,
}

pub(crate) fn run(args: &Import) -> Result<Exit, Failure> {
    if args.list {
        return list(args.mapping.as_deref());
    }
    let (Some(mapping), Some(file)) = (&args.mapping, &args.file) else {
        return Err(Failure::wrong_use("name a mapping and a file")
            .hint("`granary import --list` shows the mappings that come with the program"));
    };
    let mapping = read_mapping(mapping)?;
    let input: Box<dyn Read> = match file.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(File::open(file).map_err(|error| Failure::new(format!("read `{}`: {error}", file.display())))?),
    };
    let mut out = BufWriter::new(io::stdout().lock());
    let is_json = args.shown.format != Format::Table;
    let tally = load(args.dir.local()?, mapping, input, |verdict| {
        if is_json {
            serde_json::to_writer(&mut out, &verdict)?;
            out.write_all(b"\n")?;
        } else if verdict.outcome == Outcome::Refused || verdict.outcome == Outcome::Invalid {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let line = verdict.line.unwrap_or_default();
            let column = verdict.column.as_ref().filter(|column| !column.is_empty());
            let column = column.map(|column| format!(", column `{column}`")).unwrap_or_default();
            writeln!(out, "line {line}{column}: {}", text(&verdict.message))?;
            writeln!(out, "  hint: {}", text(&verdict.hint))?;
        }
        Ok(())
    })?;
    if is_json {
        out.flush()?;
    } else {
        summary(&mut out, &tally)?;
    }
    Ok(if tally.refused + tally.invalid > 0 { Exit::Refused } else { Exit::Done })
}

/// What can be loaded; with a mapping, its text, to be copied and changed.
fn list(mapping: Option<&str>) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    if let Some(name) = mapping {
        out.write_all(mapping_text(name)?.as_bytes())?;
        return Ok(Exit::Done);
    }
    for (name, text) in SHIPPED {
        writeln!(out, "{name:20} {}", Mapping::parse(text)?.source)?;
    }
    let copy = "granary import --list --mapping us-crude-weekly > my.toml";
    writeln!(out, "To make your own, copy one with `{copy}`; the manual is crates/ingest/mappings/README.md")?;
    Ok(Exit::Done)
}

fn summary(out: &mut impl Write, tally: &Tally) -> Result<(), Failure> {
    let Tally { accepted, duplicate, refused, invalid, nothing, revised, rounding, differs } = tally;
    writeln!(out, "accepted {accepted}, loaded before {duplicate}, refused {refused}, unreadable {invalid}")?;
    writeln!(out, "figures without a movement: {nothing}, revised: {revised}")?;
    writeln!(out, "lines whose parts do not add up: {rounding} by rounding, {differs} by more")?;
    Ok(out.flush()?)
}

/// A mapping by its shipped name, or from a file.
pub(crate) fn read_mapping(name: &str) -> Result<Mapping, Failure> {
    Ok(Mapping::parse(&mapping_text(name)?)?)
}

fn mapping_text(name: &str) -> Result<String, Failure> {
    match ingest::shipped(name) {
        Some(text) => Ok(text.to_owned()),
        None => fs::read_to_string(name).map_err(|error| {
            Failure::new(format!("read the mapping `{name}`: {error}"))
                .hint("name a shipped mapping (`granary import --list`) or a file")
        }),
    }
}

/// What the ledger knows of what a mapping speaks of.
fn known(opened: &Opened, mapping: &Mapping) -> Result<Known, Failure> {
    let books = &opened.books;
    let is_registered = |register: &serde_json::Map<String, serde_json::Value>| {
        let text = |key| register.get(key).and_then(|value| value.as_str());
        text("code").is_some_and(|code| match text("act") {
            Some("register_party") => books.party_no(code).is_some(),
            Some("register_material") => books.material_no(code).is_some(),
            Some("register_site") => books.place_no(Kind::Site, code).is_some(),
            _ => false,
        })
    };
    let registered = mapping.register.iter().enumerate().filter(|(_, register)| is_registered(register));
    let registered: BTreeSet<usize> = registered.map(|(index, _)| index).collect();
    let mut levels = HashMap::new();
    for column in &mapping.column {
        let Some(account) = account(books, &mapping.party, &column.site, &column.lot) else { continue };
        let is_stock = column.kind == ColumnKind::Stock;
        levels.insert(column.column.clone(), history(opened, account, &column.unit, is_stock)?);
    }
    Ok(Known { event_count: books.head().0, registered, levels })
}

fn account(books: &Books, party: &str, site: &str, lot: &str) -> Option<AccountNo> {
    let place = books.place_no(Kind::Site, site)?;
    books.account_no(AccountKey { place, owner: books.party_no(party)?, lot: books.lot_no(lot)? })
}

/// What an account held at the end of each day on which it changed, or of the first alone, in a column's unit.
fn history(opened: &Opened, account: AccountNo, unit: &str, is_whole: bool) -> Result<Levels, Failure> {
    let books = &opened.books;
    let lot = &books.lots()[books.accounts()[account.0 as usize].key.lot.0 as usize];
    let material = &books.materials()[lot.facts.material.0 as usize];
    let shown = Unit::parse(unit)?;
    let head = books.head().0;
    let read = |error| Failure::new(LedgerError::Timeline(error));
    let mut days = opened.timeline.days(account.0, head).map_err(read)?;
    if !is_whole {
        days.truncate(1);
    }
    let mut levels = Levels::new();
    for day in days {
        let [on_hand, ..] = opened.timeline.at(account.0, day, head).map_err(read)?;
        let held = Quantity::new(on_hand).expect("a site never holds less than nothing");
        let date = wire::date::date_of(Day(day));
        let unsayable = || {
            let held = books.show(lot.facts.material, on_hand);
            let (lot, code) = (&lot.facts.code, &material.code);
            Failure::new(format!("the {held} of lot `{lot}` on {date} cannot be said exactly in `{unit}`"))
                .hint(format!("give the column a unit in which every quantity of `{code}` is exact"))
        };
        let text = measure::display_quantity(held, material.unit, material.decimals, shown).map_err(|_| unsayable())?;
        let back = measure::parse_quantity(&format!("{text} {unit}"), material.unit, material.decimals);
        if !back.is_ok_and(|(back, _)| back == held) {
            return Err(unsayable());
        }
        levels.insert(date, text);
    }
    Ok(levels)
}

/// Loads a source; `say` is given every verdict on something posted or unreadable.
pub(crate) fn load(
    dir: &Path,
    mapping: Mapping,
    input: impl Read,
    mut say: impl FnMut(Verdict) -> Result<(), Failure>,
) -> Result<Tally, Failure> {
    // One opening for both: nobody can record anything between what is known and what is posted.
    let opened = Opened::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let items = Reading::new(mapping.clone(), known(&opened, &mapping)?).read(input)?;
    let ledger = Ledger::start(opened, Box::new(SystemClock))?;
    let bar = progress::bar(items.len() as u64, "importing");
    let mut tally = Tally::default();
    let mut posted = Tally::default();
    let mut land = |verdict: Verdict| {
        match verdict.outcome {
            Outcome::Accepted => posted.accepted += 1,
            Outcome::Duplicate => posted.duplicate += 1,
            // Two sources may register the same party: what is there stays.
            Outcome::Refused if verdict.line == Some(0) && verdict.code.as_deref() == Some("already_registered") => {
                posted.duplicate += 1;
                return Ok(());
            }
            Outcome::Refused => posted.refused += 1,
            Outcome::Invalid => posted.invalid += 1,
        }
        say(verdict)
    };
    let mut courier = Courier::new(Desk::Ledger(&ledger));
    for item in items {
        let label = Label { line: item.line, column: Some(item.column) };
        match item.step {
            Step::Post { command, is_revision } => {
                tally.revised += u64::from(is_revision);
                courier.post(label, *command, &mut land)?;
            }
            Step::Unreadable(malformed) => courier.note(invalid(label, &malformed)),
            Step::Nothing(_) => tally.nothing += 1,
            Step::Differs { is_rounding: true, .. } => tally.rounding += 1,
            Step::Differs { .. } => tally.differs += 1,
        }
        bar.inc(1);
    }
    courier.settle(&mut land)?;
    bar.finish_and_clear();
    ledger.close()?;
    let Tally { accepted, duplicate, refused, invalid, .. } = posted;
    Ok(Tally { accepted, duplicate, refused, invalid, ..tally })
}
