//! Writes an evidence pack; `auditor/src/pack.rs` says what is in it and how it is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use auditor::pack::{LINES, MANIFEST, MANIFEST_HEAD, hex};
use auditor::{Facts, Folder};
use chain::{Checkpoint, LogFiles, Note, Tile, TileKind, encode_base64, read_entry, read_tile, sha256};
use projections::ask::reserve::ReserveStatus;
use projections::ask::{EVENT_COUNT_MAX, History, Positions};
use projections::{Filter, KnownAt};
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::view::EventView;

use super::{page, query};
use crate::cli::Dir;
use crate::progress;
use crate::services::witnesses::WitnessedFiles;

/// Text files whose lines are listed, so that a changed one is named.
const BY_LINES: [&str; 3] = ["events.txt", "accounts.txt", "shown.jsonl"];

/// What a pack is about.
pub(crate) enum About {
    Lot(String),
    Reserve(String),
    Period { from: String, through: String },
    Party(String),
}

impl About {
    /// `2026-01-01..2026-03-31`.
    pub(crate) fn period(text: &str) -> Result<Self, Failure> {
        let wrong = || {
            Failure::wrong_use(format!("`{text}` is no period"))
                .hint("write two days: 2026-01-01..2026-03-31, the last one included")
        };
        let (from, through) = text.split_once("..").ok_or_else(wrong)?;
        let is_day = |day: &str| wire::date::parse_day(day).is_ok();
        if !is_day(from) || !is_day(through) || from > through {
            return Err(wrong());
        }
        Ok(Self::Period { from: from.to_owned(), through: through.to_owned() })
    }

    pub(crate) fn words(&self) -> String {
        match self {
            Self::Lot(lot) => format!("lot {lot}"),
            Self::Reserve(reserve) => format!("reserve {reserve}"),
            Self::Period { from, through } => format!("period {from} to {through}"),
            Self::Party(party) => format!("party {party}"),
        }
    }

    fn filter(&self) -> Filter {
        match self {
            Self::Lot(lot) => Filter { lot: Some(lot.clone()), ..Filter::default() },
            _ => Filter::default(),
        }
    }

    fn takes(&self, event: &EventView) -> bool {
        match self {
            Self::Lot(_) => true,
            Self::Party(party) => concerns(event, party),
            Self::Reserve(code) => event.command.values().any(|value| names(value, code)),
            Self::Period { from, through } => {
                let effective = event.command.get("effective").and_then(Value::as_str).unwrap_or_default();
                (from.as_str()..=through.as_str()).contains(&effective)
            }
        }
    }
}

/// Does a value of a command name something by its code?
fn names(value: &Value, code: &str) -> bool {
    match value {
        Value::String(text) => text == code,
        Value::Array(parts) => parts.iter().any(|part| names(part, code)),
        Value::Object(fields) => fields.values().any(|part| names(part, code)),
        _ => false,
    }
}

pub(crate) fn run(about: &About, party: Option<&str>, dir: &Dir, out: &Path) -> Result<Exit, Failure> {
    let count = make(about, party, dir, out)?;
    println!("packed {count} events about {} in `{}`", words(about, party), out.display());
    println!("check it with: auditor --key {} {}", dir.local()?.join("keys/log.pub").display(), out.display());
    Ok(Exit::Done)
}

/// What a pack says it is about.
fn words(about: &About, party: Option<&str>) -> String {
    match party {
        Some(party) if !matches!(about, About::Party(_)) => format!("{} of party {party}", about.words()),
        _ => about.words(),
    }
}

/// Is a party behind an event: as who posted it, whose stock it moved, or whom the command names?
fn concerns(event: &EventView, party: &str) -> bool {
    event.command.values().any(|value| names(value, party))
        || event.entries.iter().any(|entry| entry.source.owner == party || entry.target.owner == party)
}

/// Makes a pack; gives the count of its events.
pub(crate) fn make(about: &About, party: Option<&str>, dir: &Dir, out: &Path) -> Result<u64, Failure> {
    let words = words(about, party);
    let root = dir.local()?;
    let signers = ledger::read_signers(root).map_err(|error| query::opening(root, error.into()))?;
    let files = WitnessedFiles(root.to_owned());
    let note = Note::parse(&files.checkpoint()?)?;
    let size = Checkpoint::parse(note.text())?.size;
    let mut events = history(about, dir, size)?;
    events.retain(|event| party.is_none_or(|party| concerns(event, party)));
    if events.is_empty() {
        return Err(Failure { exit: Exit::Refused, ..Failure::new(format!("no event is about {words}")) }
            .hint("`granary history` shows what there is"));
    }
    fs::create_dir(out).map_err(|error| {
        Failure::new(format!("make the folder `{}`: {error}", out.display()))
            .hint("name a folder that is not there yet")
    })?;
    let bar = progress::bar(events.len() as u64, "packing");
    let mut made = Pack { out, names: Vec::new() };
    made.write("checkpoint", note.to_string().as_bytes())?;
    made.write("log.pub", format!("{}\n", signers[0].verifier()).as_bytes())?;

    let (mut lines, mut shown) = (String::new(), String::new());
    let mut balances: BTreeMap<u64, i128> = BTreeMap::new();
    let mut named: BTreeMap<u64, String> = BTreeMap::new();
    for event in &events {
        let entry = read_entry(&files, event.seq - 1, size)?;
        let facts = Facts::read(&entry).ok_or_else(|| Failure::new(format!("event {} cannot be read", event.seq)))?;
        lines += &format!("{}\t{}\t{}\n", event.seq, encode_base64(&entry), facts.to_text());
        shown += &(serde_json::to_string(event)? + "\n");
        for (leg, seen) in facts.legs.iter().zip(&event.entries) {
            *balances.entry(leg.source).or_default() -= i128::from(leg.units);
            *balances.entry(leg.target).or_default() += i128::from(leg.units);
            for (number, end) in [(leg.source, &seen.source), (leg.target, &seen.target)] {
                named.entry(number).or_insert_with(|| format!("{}\t{}\t{}", end.place, end.owner, seen.lot));
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let accounts: String = balances
        .iter()
        .map(|(number, units)| format!("{number}\t{units}\t{}\n", named.get(number).map_or("", String::as_str)))
        .collect();
    made.write("events.txt", lines.as_bytes())?;
    made.write("accounts.txt", accounts.as_bytes())?;
    made.write("shown.jsonl", shown.as_bytes())?;
    write_tiles(&mut made, &Folder::at(root.join("tiles")), &events, size)?;
    let result = result(about, party, dir, size, events.len())?;
    made.write("result.json", (serde_json::to_string_pretty(&result)? + "\n").as_bytes())?;
    made.write("summary.html", page::page(&words, &note, &events, &result).as_bytes())?;
    made.write("README.txt", README.as_bytes())?;
    made.finish(&words, &signers)?;
    Ok(events.len() as u64)
}

const README: &str = "\
An evidence pack of a Granary ledger. Open summary.html to read it.

To check it, offline:  auditor --key <the log's key> <this folder>
Get the key, or better a trust policy with witnesses, from somebody you trust; log.pub here is only a copy.

events.txt    number, exact bytes (base64) and facts of each event: recorded (microseconds), id, party, effective (days
              since 1970), outcome, act, legs as source>target:units[@day]
accounts.txt  account, what these events leave on it in accounting units, place, owner, lot
shown.jsonl   the events as people read them      result.json  what the ledger answers about them
checkpoint    the signed tree                     tile/        hashes from the events to its root
MANIFEST      every file, signed by the log       LINES        every line of the text files
";

/// The events that a checkpoint covers.
fn history(about: &About, dir: &Dir, size: u64) -> Result<Vec<EventView>, Failure> {
    let mut events = Vec::new();
    let mut from = Some(1);
    while let Some(first) = from {
        let question = History {
            filter: about.filter(),
            from: Some(first),
            until: Some(KnownAt::Text(size.to_string())),
            limit: Some(EVENT_COUNT_MAX),
            ..History::default()
        };
        let answer = query::ask(dir, &question)?;
        events.extend(answer.events.into_iter().filter(|event| about.takes(event)));
        from = answer.next;
    }
    Ok(events)
}

/// What the ledger answers, as known at the checkpoint.
fn result(about: &About, party: Option<&str>, dir: &Dir, size: u64, event_count: usize) -> Result<Value, Failure> {
    let known_at = Some(KnownAt::Text(size.to_string()));
    let filter = Filter { party: party.map(str::to_owned), ..about.filter() };
    let answer = match about {
        About::Lot(_) | About::Party(_) => {
            json!({ "positions": query::ask(dir, &Positions { filter, known_at, ..Positions::default() })?.positions })
        }
        About::Period { through, .. } => {
            let as_of = Some(through.clone());
            json!({ "positions": query::ask(dir, &Positions { filter, as_of, known_at, ..Positions::default() })?.positions })
        }
        About::Reserve(code) => {
            let question = ReserveStatus { reserve: Some(code.clone()), as_of: None, known_at };
            json!({ "reserve": query::ask(dir, &question)? })
        }
    };
    Ok(json!({
        "about": words(about, party),
        "events": event_count,
        "known_at": size,
        "rules": { "program": env!("CARGO_PKG_VERSION"), "format": store::FORMAT_VERSION },
        "answer": answer,
    }))
}

/// The hash tiles on the way from each event to the root.
fn write_tiles(made: &mut Pack<'_>, files: &Folder, events: &[EventView], size: u64) -> Result<(), Failure> {
    let mut tiles = BTreeSet::new();
    for event in events {
        let mut index = event.seq - 1;
        for level in 0..8 {
            index /= 256;
            let Some(tile) = Tile::of_tree(TileKind::Hashes(level), index, size) else { break };
            tiles.insert(tile);
        }
    }
    // And the right edge, over which the root is computed.
    for level in 0..8u8 {
        let held = size.checked_shr(u32::from(level) * 8).unwrap_or(0);
        tiles.extend(
            held.checked_sub(1)
                .filter(|_| !held.is_multiple_of(256))
                .and_then(|last| Tile::of_tree(TileKind::Hashes(level), last / 256, size)),
        );
    }
    for tile in tiles {
        made.write(&tile.path(), &read_tile(files, tile)?)?;
    }
    Ok(())
}

/// A pack that is being made.
struct Pack<'o> {
    out: &'o Path,
    names: Vec<String>,
}

impl Pack<'_> {
    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.out.join(name);
        let failed = |error| Failure::new(format!("write `{}`: {error}", path.display()));
        fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(failed)?;
        fs::write(&path, bytes).map_err(failed)?;
        self.names.push(name.to_owned());
        Ok(())
    }

    /// Lists every line and file, and signs the list.
    fn finish(mut self, about: &str, signers: &[chain::SignerKey]) -> Result<(), Failure> {
        let mut lines = String::new();
        for name in BY_LINES {
            let bytes = fs::read(self.out.join(name))?;
            bytes
                .split_inclusive(|byte| *byte == b'\n')
                .for_each(|line| lines += &format!("{name} {}\n", hex(&sha256(line))));
        }
        self.write(LINES, lines.as_bytes())?;
        self.names.sort();
        let mut manifest = format!("{MANIFEST_HEAD}\nabout {about}\n");
        for name in &self.names {
            manifest += &format!("{} {name}\n", hex(&sha256(&fs::read(self.out.join(name))?)));
        }
        // No checkpoint reads like this: its second line would be a number.
        let mut note = Note::new(manifest)?;
        signers.iter().try_for_each(|signer| note.sign(signer))?;
        fs::write(self.out.join(MANIFEST), note.to_string())?;
        Ok(())
    }
}
