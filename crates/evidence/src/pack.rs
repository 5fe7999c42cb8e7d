//! Makes an evidence pack; `auditor/src/pack.rs` says what is in it and how it is checked.

mod about;
mod contents;
mod folder;
mod page;

use std::fmt;
use std::path::Path;

use answers::ask::reserve::ReserveStatus;
use answers::ask::{History, Positions};
use answers::{Filter, KnownAt};
use auditor::Folder;
use chain::{Checkpoint, LogFiles, Note, SignerKey, read_entry};
use serde_json::{Value, json};
use wire::view::EventView;

pub use about::About;
use about::{Opened, concerns};
use contents::Contents;
use folder::Pack;

use crate::error::EvidenceError;
use crate::witnessed::WitnessedFiles;

/// How the ledger is asked that a pack is made of, wherever it is.
pub trait Asked {
    /// Why it cannot be asked.
    type Error;

    /// Hands on the events that a question is about, one by one, until one is not taken.
    ///
    /// # Errors
    /// When it cannot be asked.
    fn each_event(&self, question: &History, each: &mut dyn FnMut(EventView) -> bool) -> Result<(), Self::Error>;

    /// The lines of positions.
    ///
    /// # Errors
    /// When it cannot be asked.
    fn positions(&self, question: &Positions) -> Result<Value, Self::Error>;

    /// The status of a reserve.
    ///
    /// # Errors
    /// When it cannot be asked.
    fn reserve(&self, question: &ReserveStatus) -> Result<Value, Self::Error>;
}

/// A pack was not made.
#[derive(Debug, thiserror::Error)]
pub enum PackError<E> {
    /// The ledger cannot be asked.
    #[error("ask the ledger")]
    Asked(E),
    /// Nothing is about it, or nothing that is covered yet.
    #[error("no event is about {words}")]
    Nothing {
        /// What it was to be about.
        words: String,
        /// Events that no checkpoint covers yet.
        uncovered: Uncovered,
    },
    /// See the cause.
    #[error(transparent)]
    Made(#[from] EvidenceError),
}

/// Events about the same that the newest checkpoint which satisfies the policy does not cover yet, as when witnesses are down.
#[derive(Debug)]
pub struct Uncovered {
    /// Events that the checkpoint covers.
    pub size: u64,
    /// Events that it does not, by number.
    pub seqs: Vec<u64>,
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

/// What a pack is made of.
#[derive(Debug)]
pub struct Plan<'p> {
    /// What it is about.
    pub about: &'p About,
    /// Only events behind which this party is.
    pub party: Option<&'p str>,
    /// The ledger's folder.
    pub ledger: &'p Path,
    /// The ledger's keys, the one of today first.
    pub signers: &'p [SignerKey],
    /// Version of the program and of the ledger's format, for the reader.
    pub rules: Value,
    /// The folder to make.
    pub out: &'p Path,
}

/// Makes a pack; gives the count of its events, and says which are not in it yet. `seen` is told each event that was looked
/// at, and how many the checkpoint covers.
///
/// # Errors
/// When the ledger cannot be asked, nothing is about it, or the folder is there already.
pub fn make<A: Asked>(
    plan: &Plan<'_>,
    asked: &A,
    mut seen: impl FnMut(u64, u64),
) -> Result<(u64, Uncovered), PackError<A::Error>> {
    let Plan { about, party, ledger, signers, out, .. } = plan;
    let words = about.words(*party);
    let files = WitnessedFiles(ledger.to_path_buf());
    let (note, size) = checkpoint(&files)?;
    let mut begun: Option<(Pack<'_>, Contents)> = None;
    let mut opened = Opened::default();
    let mut uncovered = Vec::new();
    let mut failed = None;
    let mut take = |event: &EventView| -> Result<(), EvidenceError> {
        seen(event.seq, size);
        if !opened.takes(about, event) || !party.is_none_or(|party| concerns(event, party)) {
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
        contents.add(pack, event, &read_entry(&files, event.seq - 1, size)?)
    };
    let each = &mut |event: EventView| match take(&event) {
        Ok(()) => true,
        Err(error) => {
            failed = Some(error);
            false
        }
    };
    asked.each_event(&about.history(), each).map_err(PackError::Asked)?;
    if let Some(error) = failed {
        return Err(error.into());
    }
    let uncovered = Uncovered { size, seqs: uncovered };
    let Some((mut pack, contents)) = begun else {
        return Err(PackError::Nothing { words, uncovered });
    };
    let mut result = result(plan, asked, size, contents.count).map_err(PackError::Asked)?;
    result["not_covered_yet"] = uncovered.seqs.clone().into();
    let shown = serde_json::to_string_pretty(&result).map_err(EvidenceError::from)? + "\n";
    pack.write("checkpoint", note.to_string().as_bytes())?;
    pack.write("log.pub", format!("{}\n", signers[0].verifier()).as_bytes())?;
    contents.write_accounts(&mut pack)?;
    contents.write_tiles(&mut pack, &Folder::at(ledger.join("tiles")), size)?;
    pack.write("result.json", shown.as_bytes())?;
    let page = page::page(&words, &note, &contents.seen, &uncovered.to_string(), &result);
    pack.write("summary.html", page.as_bytes())?;
    pack.write("README.txt", README.as_bytes())?;
    pack.finish(&words, signers)?;
    Ok((contents.count, uncovered))
}

/// The newest checkpoint that may be relied on, and its size.
fn checkpoint(files: &WitnessedFiles) -> Result<(Note, u64), EvidenceError> {
    let note = Note::parse(&files.checkpoint()?)?;
    let size = Checkpoint::parse(note.text())?.size;
    Ok((note, size))
}

/// What the ledger answers, as known at the checkpoint.
fn result<A: Asked>(plan: &Plan<'_>, asked: &A, size: u64, event_count: u64) -> Result<Value, A::Error> {
    let Plan { about, party, .. } = plan;
    let known_at = Some(KnownAt::Text(size.to_string()));
    let filter = Filter { party: party.map(str::to_owned), ..about.filter() };
    let answer = match about {
        About::Lot(_) | About::Party(_) => {
            json!({ "positions": asked.positions(&Positions { filter, known_at, ..Positions::default() })? })
        }
        About::Period { through, .. } => {
            let as_of = Some(through.clone());
            json!({ "positions": asked.positions(&Positions { filter, as_of, known_at, ..Positions::default() })? })
        }
        About::Reserve(code) => {
            let question = ReserveStatus { reserve: Some(code.clone()), as_of: None, known_at };
            json!({ "reserve": asked.reserve(&question)? })
        }
    };
    Ok(json!({
        "about": about.words(*party),
        "events": event_count,
        "known_at": size,
        "rules": plan.rules,
        "answer": answer,
    }))
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
