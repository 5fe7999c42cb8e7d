//! `granary demo`: the main job on real input, in a fresh folder, with output worth reading.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use answers::table::Table;
use answers::{Dimension, Filter, KnownAt, Question, StageWord, ask};
use books::Seq;
use ingest::{Mapping, Taking};
use ledger::{Ledger, Opened, Options};
use shell::{Exit, Failure};
use wire::Command;
use wire::date::{show_day, show_moment};
use wire::slots::Label;
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk};
use super::import::load;
use super::query::{self, Asked, opening};
use crate::cli::Demo;
use crate::output::text_of;

/// Writes a line to stdout; a reader that went away is an error like any other, not a panic.
macro_rules! say {
    ($($text:tt)*) => {
        writeln!(io::stdout(), $($text)*)
    };
}

const CRUDE: &str = include_str!("../../../ingest/data/us_crude_stocks_weekly.csv");
const RARE_EARTHS: &str = include_str!("../../demo/rare_earths.jsonl");
/// Widest line of a picture.
const PICTURE_COLUMNS: usize = 72;

pub(crate) fn run(args: &Demo) -> Result<Exit, Failure> {
    let dir = fresh(&args.dir)?;
    say!("A ledger in the fresh folder `{}`, without any server.\n", dir.display())?;
    let created = show_moment(query::now());
    Ledger::create(&dir, "demo.example/ledger", &created, &Options::default())
        .and_then(Ledger::close)
        .map_err(|error| opening(&dir, error))?;
    load_crude(&dir)?;
    let ledger = Ledger::open(&dir, &Options::default()).map_err(|error| opening(&dir, error))?;
    let known_then = post_scenario(&ledger)?;
    ledger.close()?;
    let asked = query::open(&dir)?;
    show_crude(&asked)?;
    show_rare_earths(&asked)?;
    show_knowledge(&asked, known_then)?;
    show_proof(&dir)?;
    let dir = dir.display();
    say!("Go on from here:")?;
    say!("  granary position   --dir {dir} --by material,site --as-of 2022-09-09")?;
    say!("  granary trace      --dir {dir} LOT-6")?;
    say!("  granary history    --dir {dir} --refused")?;
    say!("  granary dependence --dir {dir} --stage separation --basis contained:Nd")?;
    say!("  granary doctor     --dir {dir}")?;
    Ok(Exit::Done)
}

/// The folder asked for, or the next free one beside it: a demo never touches what is there.
fn fresh(dir: &Path) -> Result<PathBuf, Failure> {
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let numbered = (2..1_000).map(|number| dir.with_file_name(format!("{name}-{number}")));
    std::iter::once(dir.to_owned())
        .chain(numbered)
        .find(|dir| !dir.exists())
        .ok_or_else(|| Failure::new("there are a thousand demos already").hint("remove some of the folders"))
}

fn load_crude(dir: &Path) -> Result<(), Failure> {
    let mapping = Mapping::parse(ingest::shipped("us-crude-weekly").expect("it is shipped"))?;
    say!("1. US crude stocks, weekly since 2014 ({}).", mapping.source)?;
    let started = Instant::now();
    let opened = Opened::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let tally = load(opened, (&mapping, CRUDE.as_bytes()), Taking::All, None, |_| Ok(()))?;
    say!(
        "   {} deposits and draws recorded and synced in {:.2} s; {} figures did not change.",
        tally.accepted,
        started.elapsed().as_secs_f64(),
        tally.nothing
    )?;
    say!(
        "   In {} weeks the districts do not add up to the total, by rounding; in {} by more.",
        tally.rounding,
        tally.differs
    )?;
    let opened = Opened::open(dir, &Options::default()).map_err(|error| opening(dir, error))?;
    let again = load(opened, (&mapping, CRUDE.as_bytes()), Taking::All, None, |_| Ok(()))?;
    say!(
        "   Loaded a second time: {} accepted, {} figures as the books have them. Nothing changed.\n",
        again.accepted,
        again.nothing
    )?;
    Ok(())
}

/// Posts the scenario; returns the last event before the late news.
fn post_scenario(ledger: &Ledger) -> Result<Seq, Failure> {
    say!("2. A rare-earth stockpile (made up lots; real oxide factors).")?;
    let mut wrong_deposit = 0;
    let mut known_then = Seq(0);
    for line in RARE_EARTHS.lines() {
        let line = line.replace("\"reverses\":0", &format!("\"reverses\":{wrong_deposit}"));
        let command = Command::from_json(line.as_bytes()).map_err(|malformed| Failure::new(malformed.message()))?;
        let json = command.to_json();
        let text = |key: &str| json.get(key).and_then(|value| value.as_str()).unwrap_or_default();
        let (act, lot, quantity) = (command.act.word(), text("lot").to_owned(), text("quantity").to_owned());
        let effective = command.effective;
        let verdict = post_one(ledger, command)?;
        let seq = Seq(verdict.seq.unwrap_or_default());
        match (act, lot.as_str(), quantity.as_str()) {
            ("deposit", "LOT-2", "120 t") => wrong_deposit = seq.0,
            ("draw", "LOT-2", _) => known_then = seq,
            _ => {}
        }
        if !act.starts_with("register") {
            let what = [quantity, lot].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" of ");
            let outcome = match verdict.outcome {
                Outcome::Accepted => "recorded".to_owned(),
                _ => format!("{}: {}", verdict.code.unwrap_or_default(), verdict.message.unwrap_or_default()),
            };
            say!("   {seq:>5}  {}  {act:10} {what:20} {outcome}", show_day(effective))?;
        }
    }
    say!()?;
    Ok(known_then)
}

fn post_one(ledger: &Ledger, command: Command) -> Result<Verdict, Failure> {
    let mut found = None;
    let mut courier = Courier::new(Desk::Ledger(ledger));
    let mut land = |verdict| {
        found = Some(verdict);
        Ok(())
    };
    courier.post(Label::default(), command, &mut land)?;
    courier.settle(&mut land)?;
    found.ok_or_else(|| Failure::new("no verdict came back"))
}

fn show_crude(asked: &Asked) -> Result<(), Failure> {
    say!("3. Who holds the crude oil at the end of February 2026, by class of stock:")?;
    let filter = Filter { material: Some("crude".into()), ..Filter::default() };
    let found = asked.ask(&ask::Positions {
        filter,
        by: vec![Dimension::Class, Dimension::Material],
        as_of: Some("2026-02-28".into()),
        ..ask::Positions::default()
    })?;
    say!("{}\n", indented(&text_of(Table::lines(&found.positions))))?;
    say!("   The strategic reserve at the middle and the end of each year, million barrels:")?;
    for line in reserve_picture(asked)? {
        say!("   {line}")?;
    }
    say!()?;
    Ok(())
}

/// The level of the strategic reserve as bars, from the same history that answers "as of".
fn reserve_picture(asked: &Asked) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    for year in 2015..=2025 {
        for day in ["06-30", "12-31"] {
            let as_of = format!("{year}-{day}");
            let held = asked.ask(&ask::Positions {
                filter: Filter { site: Some("SPR".into()), ..Filter::default() },
                by: vec![Dimension::Site],
                as_of: Some(as_of.clone()),
                ..ask::Positions::default()
            })?;
            let held = held.positions;
            let thousand_barrels: f64 =
                held.first().and_then(|held| held.on_hand.number()?.parse().ok()).unwrap_or(0.0);
            let bar = "█".repeat((thousand_barrels / 700_000.0 * (PICTURE_COLUMNS - 20) as f64) as usize);
            lines.push(format!("{as_of} {:6.1} {bar}", thousand_barrels / 1_000.0));
        }
    }
    Ok(lines)
}

fn show_rare_earths(asked: &Asked) -> Result<(), Failure> {
    let filter = Filter { party: Some("RESERVE".into()), ..Filter::default() };
    say!("4. What the reserve agency holds, and what of it is free:")?;
    let found = asked.ask(&ask::Positions {
        filter: filter.clone(),
        by: vec![Dimension::Material, Dimension::Stage, Dimension::Site, Dimension::Lot],
        ..ask::Positions::default()
    })?;
    say!("{}\n", indented(&text_of(Table::lines(&found.positions))))?;
    say!("5. How long it lasts, against the need of a day and the goal:")?;
    let found = asked.ask(&ask::Cover { filter: filter.clone(), ..ask::Cover::default() })?;
    let covers: Vec<_> = found.materials.into_iter().filter(|cover| cover.goal.is_some()).collect();
    say!("{}\n", indented(&text_of(Table::lines(&covers))))?;
    say!("6. Which country separated it, in rare-earth oxide by each lot's assay:")?;
    let found = asked.ask(&ask::Dependence { filter, stage: StageWord::Separation, ..ask::Dependence::default() })?;
    say!("{}\n", indented(&text_of(ask::Dependence::table(&found))))?;
    Ok(())
}

fn show_knowledge(asked: &Asked, known_then: Seq) -> Result<(), Failure> {
    say!(
        "7. NdPr oxide as of 2025-06-15: as known after event {known_then}, and as known now, each difference explained:"
    )?;
    let found = asked.ask(&ask::Explain {
        filter: Filter { material: Some("NdPr".into()), ..Filter::default() },
        as_of: "2025-06-15".into(),
        known_at: KnownAt::Seq(known_then.0),
        and: None,
        basis: None,
    })?;
    say!("{}\n", indented(&text_of(ask::Explain::table(&found))))?;
    Ok(())
}

fn show_proof(dir: &Path) -> Result<(), Failure> {
    let opened = query::open_alone(dir)?;
    let replayed = ledger::replay(&opened, true, |_| {})?;
    let agrees = replayed.differing_accounts.is_empty() && replayed.root_matches == Some(true);
    say!(
        "8. Replayed from the first event: {} events, every balance and the root of the hash tree {}.",
        replayed.events,
        if agrees { "agree" } else { "DO NOT AGREE" }
    )?;
    say!(
        "   The signed checkpoint, which anybody can verify with the key in `{}`:\n",
        dir.join("keys/log.pub").display()
    )?;
    let note = fs::read_to_string(opened.store().folder().checkpoint())?;
    say!("{}\n", indented(note.trim_end()))?;
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("   {line}")).collect::<Vec<_>>().join("\n")
}
