//! Writes an evidence pack; `auditor/src/pack.rs` says what is in it and how it is checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use answers::ask::reserve::ReserveStatus;
use answers::ask::{History, Positions};
use answers::{Filter, KnownAt, names};
use auditor::pack::{LINES, MANIFEST, MANIFEST_HEAD, hex, line_hash};
use auditor::{Facts, Folder};
use chain::{Checkpoint, Hasher, LogFiles, Note, Tile, TileKind, encode_base64, read_entry, read_tile, sha256};
use serde_json::{Value, json};
use shell::{Exit, Failure};
use wire::view::EventView;

use super::{page, query};
use crate::cli::Dir;
use crate::progress;
use crate::services::witnesses::WitnessedFiles;

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

    /// The events that may be about it.
    fn history(&self) -> History {
        let (effective_from, effective_through) = match self {
            Self::Period { from, through } => (Some(from.clone()), Some(through.clone())),
            _ => (None, None),
        };
        History { filter: self.filter(), effective_from, effective_through, ..History::default() }
    }
}

/// What of a reserve is named so far: later events name a call or a debt of it, and not the reserve.
#[derive(Default)]
struct Opened {
    /// By the field that names it and its code.
    codes: BTreeSet<(&'static str, String)>,
    /// Events that may be approved, declined or reversed.
    seqs: BTreeSet<u64>,
}

impl Opened {
    const CODES: [&'static str; 6] = ["activation", "call", "request", "commitment", "debt", "encumbrance"];

    fn takes(&mut self, about: &About, event: &EventView) -> bool {
        match about {
            About::Lot(_) | About::Period { .. } => true,
            About::Party(party) => concerns(event, party),
            About::Reserve(code) => {
                let is_taken = event.command.values().any(|value| names(value, code)) || self.follows(event);
                if is_taken && event.outcome != "refused" {
                    self.open(event);
                }
                is_taken
            }
        }
    }

    fn follows(&self, event: &EventView) -> bool {
        let mut decided = ["held", "reverses"].iter().filter_map(|name| event.command.get(*name)?.as_u64());
        // What a call leaves owed is named by the call and the member.
        let is_of_call = |(field, code): &(&str, String)| {
            let call = code.split_once('/').filter(|_| *field == "debt").map(|(call, _)| ("call", call.to_owned()));
            call.is_some_and(|call| self.codes.contains(&call))
        };
        codes_of(event).any(|named| self.codes.contains(&named) || is_of_call(&named))
            || decided.any(|seq| self.seqs.contains(&seq))
    }

    fn open(&mut self, event: &EventView) {
        self.codes.extend(codes_of(event));
        self.seqs.insert(event.seq);
    }
}

/// What an event opens or names of a reserve: the field, and the code.
fn codes_of(event: &EventView) -> impl Iterator<Item = (&'static str, String)> {
    Opened::CODES.into_iter().filter_map(|name| {
        let value = event.command.get(name)?;
        // A withdrawal says all about the debt that it opens.
        let code = value.as_str().or_else(|| value.get(name)?.as_str()).or_else(|| value.get("code")?.as_str())?;
        Some((name, code.to_owned()))
    })
}

pub(crate) fn run(about: &About, party: Option<&str>, dir: &Dir, out: &Path) -> Result<Exit, Failure> {
    let (count, uncovered) = make(about, party, dir, out)?;
    if !uncovered.seqs.is_empty() {
        eprintln!("{uncovered}; `granary audit witnesses` says who did not cosign: pack again once they did");
    }
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

/// Makes a pack; gives the count of its events, and says which are not in it yet.
pub(crate) fn make(about: &About, party: Option<&str>, dir: &Dir, out: &Path) -> Result<(u64, Uncovered), Failure> {
    let words = words(about, party);
    let root = dir.local()?;
    let signers = ledger::read_signers(root).map_err(|error| query::opening(root, error.into()))?;
    let files = WitnessedFiles(root.to_owned());
    let note = Note::parse(&files.checkpoint()?)?;
    let size = Checkpoint::parse(note.text())?.size;
    let bar = progress::bar(size, "packing");
    let mut begun: Option<(Pack<'_>, Contents)> = None;
    let mut opened = Opened::default();
    let mut uncovered = Vec::new();
    query::each_event(dir, &about.history(), &mut |event| {
        bar.set_position(event.seq);
        if !opened.takes(about, &event) || !party.is_none_or(|party| concerns(&event, party)) {
            return Ok(());
        }
        if event.seq > size {
            uncovered.push(event.seq);
            return Ok(());
        }
        let (pack, contents) = match &mut begun {
            Some(begun) => begun,
            None => begun.insert((Pack::begin(out)?, Contents::default())),
        };
        contents.add(pack, &event, &read_entry(&files, event.seq - 1, size)?)
    })?;
    bar.finish_and_clear();
    let uncovered = Uncovered { size, seqs: uncovered };
    let Some((mut pack, contents)) = begun else {
        return Err(Failure { exit: Exit::Refused, ..Failure::new(format!("no event is about {words}")) }.hint(
            if uncovered.seqs.is_empty() {
                "`granary history` shows what there is".to_owned()
            } else {
                uncovered.to_string()
            },
        ));
    };
    pack.write("checkpoint", note.to_string().as_bytes())?;
    pack.write("log.pub", format!("{}\n", signers[0].verifier()).as_bytes())?;
    contents.write_accounts(&mut pack)?;
    contents.write_tiles(&mut pack, &Folder::at(root.join("tiles")), size)?;
    let mut result = result(about, party, dir, size, contents.count)?;
    result["not_covered_yet"] = uncovered.seqs.clone().into();
    pack.write("result.json", (serde_json::to_string_pretty(&result)? + "\n").as_bytes())?;
    pack.write("summary.html", page::page(&words, &note, &contents.seen, &uncovered.to_string(), &result).as_bytes())?;
    pack.write("README.txt", README.as_bytes())?;
    pack.finish(&words, &signers)?;
    Ok((contents.count, uncovered))
}

/// Events about the same that the newest checkpoint which satisfies the policy does not cover yet, as when witnesses are down.
pub(crate) struct Uncovered {
    size: u64,
    seqs: Vec<u64>,
}

impl fmt::Display for Uncovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { size, seqs } = self;
        let named: Vec<String> = seqs.iter().take(10).map(u64::to_string).collect();
        let (named, more) = (named.join(", "), if seqs.len() > 10 { ", ..." } else { "" });
        match seqs.len() {
            0 => Ok(()),
            1 => write!(f, "1 event is not covered yet by the checkpoint of {size} events: {named}"),
            count => write!(f, "{count} events are not covered yet by the checkpoint of {size} events: {named}{more}"),
        }
    }
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

Proven: that each event is in the log, its bytes, days, outcome and what it moves; the sums in accounts.txt; and what
shown.jsonl says of number, time, id, act, day, outcome and quantities. Signed by the ledger and not proven: summary.html,
result.json, names and units, and that no event was left out.
";

/// What the ledger answers, as known at the checkpoint.
fn result(about: &About, party: Option<&str>, dir: &Dir, size: u64, event_count: u64) -> Result<Value, Failure> {
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

/// What the events of a pack come to, while they are written one by one.
#[derive(Default)]
struct Contents {
    count: u64,
    seen: page::Seen,
    /// What the events leave on each account, in accounting units.
    balances: BTreeMap<u64, i128>,
    /// Place, owner and lot of each account.
    named: BTreeMap<u64, String>,
    /// Tiles of the events' leaves.
    leaves: BTreeSet<u64>,
}

impl Contents {
    fn add(&mut self, pack: &mut Pack<'_>, event: &EventView, entry: &[u8]) -> Result<(), Failure> {
        let facts = Facts::read(entry).ok_or_else(|| Failure::new(format!("event {} cannot be read", event.seq)))?;
        pack.events
            .line(&format!("{}\t{}\t{}\n", event.seq, encode_base64(entry), facts.to_text()), &mut pack.lines)?;
        pack.shown.line(&(serde_json::to_string(event)? + "\n"), &mut pack.lines)?;
        for (leg, seen) in facts.legs.iter().zip(&event.entries) {
            *self.balances.entry(leg.source).or_default() -= i128::from(leg.units);
            *self.balances.entry(leg.target).or_default() += i128::from(leg.units);
            for (number, end) in [(leg.source, &seen.source), (leg.target, &seen.target)] {
                self.named.entry(number).or_insert_with(|| format!("{}\t{}\t{}", end.place, end.owner, seen.lot));
            }
        }
        self.leaves.insert((event.seq - 1) / 256);
        self.seen.see(event);
        self.count += 1;
        Ok(())
    }

    fn write_accounts(&self, pack: &mut Pack<'_>) -> Result<(), Failure> {
        let mut accounts = Listed::begin(pack.out, "accounts.txt")?;
        for (number, units) in &self.balances {
            let named = self.named.get(number).map_or("", String::as_str);
            accounts.line(&format!("{number}\t{units}\t{named}\n"), &mut pack.lines)?;
        }
        pack.list(accounts)
    }

    /// The hash tiles on the way from each event to the root.
    fn write_tiles(&self, pack: &mut Pack<'_>, files: &Folder, size: u64) -> Result<(), Failure> {
        let mut tiles = BTreeSet::new();
        for leaf in &self.leaves {
            let mut index = *leaf;
            for level in 0..8 {
                let Some(tile) = Tile::of_tree(TileKind::Hashes(level), index, size) else { break };
                tiles.insert(tile);
                index /= 256;
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
            pack.write(&tile.path(), &read_tile(files, tile)?)?;
        }
        Ok(())
    }
}

/// A pack that is being made.
struct Pack<'o> {
    out: &'o Path,
    events: Listed,
    shown: Listed,
    /// The hashes of lines, so that a changed one is named.
    lines: Listed,
    /// Hash and name of each finished file.
    files: Vec<(String, String)>,
}

impl<'o> Pack<'o> {
    fn begin(out: &'o Path) -> Result<Self, Failure> {
        fs::create_dir(out).map_err(|error| {
            Failure::new(format!("make the folder `{}`: {error}", out.display()))
                .hint("name a folder that is not there yet")
        })?;
        let begin = |name| Listed::begin(out, name);
        let (events, shown, lines) = (begin("events.txt")?, begin("shown.jsonl")?, begin(LINES)?);
        Ok(Self { out, events, shown, lines, files: Vec::new() })
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let path = self.out.join(name);
        let failed = |error| Failure::new(format!("write `{}`: {error}", path.display()));
        fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(failed)?;
        fs::write(&path, bytes).map_err(failed)?;
        self.files.push((name.to_owned(), hex(&sha256(bytes))));
        Ok(())
    }

    fn list(&mut self, file: Listed) -> Result<(), Failure> {
        self.files.push(file.finish()?);
        Ok(())
    }

    /// Lists every file, and signs the list.
    fn finish(self, about: &str, signers: &[chain::SignerKey]) -> Result<(), Failure> {
        let mut files = self.files;
        for file in [self.events, self.shown, self.lines] {
            files.push(file.finish()?);
        }
        files.sort();
        let mut manifest = format!("{MANIFEST_HEAD}\nabout {about}\n");
        for (name, hash) in &files {
            manifest += &format!("{hash} {name}\n");
        }
        // No checkpoint reads like this: its second line would be a number.
        let mut note = Note::new(manifest)?;
        signers.iter().try_for_each(|signer| note.sign(signer))?;
        fs::write(self.out.join(MANIFEST), note.to_string())?;
        Ok(())
    }
}

/// A file of a pack that is written line by line.
struct Listed {
    name: &'static str,
    file: BufWriter<File>,
    whole: Hasher,
}

impl Listed {
    fn begin(out: &Path, name: &'static str) -> Result<Self, Failure> {
        let path = out.join(name);
        let file = File::create(&path).map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?;
        Ok(Self { name, file: BufWriter::with_capacity(1 << 18, file), whole: Hasher::default() })
    }

    /// Writes a line, and its hash into the list of lines.
    fn line(&mut self, line: &str, lines: &mut Self) -> Result<(), Failure> {
        self.write(line)?;
        lines.write(&format!("{} {}\n", self.name, line_hash(line.as_bytes())))
    }

    fn write(&mut self, text: &str) -> Result<(), Failure> {
        self.whole.update(text.as_bytes());
        self.file
            .write_all(text.as_bytes())
            .map_err(|error| Failure::new(format!("write `{}` of the pack: {error}", self.name)))
    }

    /// Name and hash of the whole.
    fn finish(mut self) -> Result<(String, String), Failure> {
        self.file.flush().map_err(|error| Failure::new(format!("write `{}` of the pack: {error}", self.name)))?;
        Ok((self.name.to_owned(), hex(&self.whole.finish())))
    }
}
