//! Evidence packs: a folder with events, their proofs, what was computed from them, and a list of it all that the log's key
//! signed.
//!
//! | file | what | how it is checked |
//! | --- | --- | --- |
//! | `MANIFEST` | what it is about, and the SHA-256 of every file, as a signed note | by a key of the log that the checkpoint is of |
//! | `FILES` | in large packs: the SHA-256 of every file, which `MANIFEST` then lacks | by `MANIFEST` |
//! | `LINES` | the first 8 bytes of the SHA-256 of every line of the text files | by `MANIFEST`; it names the line that was changed |
//! | `checkpoint` | the tree | by the policy |
//! | `tile/...` | hash tiles from the events' leaves to the root | each by the one above, the last by the checkpoint |
//! | `events.txt` | a line an event: number, exact bytes, facts | the bytes by their leaf hash, the facts by the bytes, the days by the period |
//! | `accounts.txt` | a line an account: number, what the events leave on it, names | the sum by the events; names are signed only |
//! | `shown.jsonl` | a line an event, for people | by the bytes: number, time, id, act, day, outcome, entries, quantities, refusals; the rest is signed only |
//! | the rest | for people: results, a page | signed only: `MANIFEST` |

mod files;
mod shown;
mod tree;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chain::{Note, VerifierKey, decode_base64, sha256};

use self::shown::Shown;
use self::tree::Tree;
use crate::check::{Known, settle, trust};
use crate::day::days_of;
use crate::entry::Facts;
use crate::finding::{Checked, Finding};
use crate::folder::Folder;
use crate::keys::speaking;

/// The list of files.
pub const MANIFEST: &str = "MANIFEST";
/// The list of lines.
pub const LINES: &str = "LINES";
/// The list of files where it is too long for a note.
pub const FILES: &str = "FILES";
/// First line of the manifest.
pub const MANIFEST_HEAD: &str = "granary-pack/1";
/// First line of the manifest where it names [`FILES`] alone.
pub const LONG_HEAD: &str = "granary-pack/2";

/// Files that only packs have.
pub(crate) const PACK_FILES: [&str; 9] =
    [FILES, LINES, "events.txt", "accounts.txt", "shown.jsonl", "result.json", "summary.html", "README.txt", "log.pub"];

/// What of a pack is the word of who signed it, and no more.
const SIGNED_ONLY: &str =
    "summary.html, result.json, what the pack leaves out, names and units in shown.jsonl and accounts.txt";

/// Checks a pack.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_pack(root: &Path, known: &Known) -> Result<Checked, Finding> {
    let read = |name: &str| {
        self::read(&root.join(name))
            .map_err(|error| Finding::new("file_missing", name, format!("cannot be read: {error}")))
    };
    let manifest = Note::parse(&read(MANIFEST)?).map_err(|error| Finding::of("bad_manifest", MANIFEST, &error))?;
    let signed_by = |keys: &[VerifierKey]| {
        manifest.verify(keys).map(drop).map_err(|error| Finding::of("not_trusted", MANIFEST, &error))
    };
    signed_by(&known.policy.logs.iter().map(|log| log.key.clone()).collect::<Vec<_>>())?;
    let about = files::check_files(root, manifest.text())?;

    let folder = Folder::at(root);
    let note =
        Note::parse(&read("checkpoint")?).map_err(|error| Finding::of("bad_checkpoint", "checkpoint", &error))?;
    let trusted = trust(&note, "checkpoint", known)?;
    // Another log of the policy has nothing to say about this one.
    signed_by(&speaking(known, &trusted.checkpoint))?;
    let checked = settle(Checked::of("pack").with("about", &about), &trusted, &note, None, "checkpoint", known)?;
    let mut tree = Tree::new(&folder, trusted.checkpoint.size, &trusted.checkpoint.root)?;
    let period = period_of(&about);
    let mut balances: HashMap<u64, i128> = HashMap::new();
    let (mut events, mut shown) = (Lines::open(root, "events.txt")?, Lines::open(root, "shown.jsonl")?);
    let mut shows = Shown::default();
    let mut facts_text = String::new();
    let mut last = 0;
    while events.read()? {
        let place = || events.place();
        let (seq, rest) =
            number(events.line()).ok_or_else(|| Finding::new("bad_line", place(), "does not begin with a number"))?;
        if seq <= last {
            return Err(Finding::new("out_of_order", place(), format!("event {seq} stands behind event {last}")));
        }
        last = seq;
        let (entry, said) = rest.split_once('\t').unwrap_or((rest, ""));
        let entry = decode_base64(entry)
            .ok_or_else(|| Finding::new("bad_line", place(), format!("the bytes of event {seq} are not base64")))?;
        tree.check(seq, &entry, &place)?;
        let facts = Facts::read(&entry)
            .ok_or_else(|| Finding::new("bad_entry", place(), format!("event {seq} is no event of a ledger")))?;
        facts_text.clear();
        facts.write(&mut facts_text);
        if facts_text != said {
            let problem = format!("event {seq} says `{facts_text}`, and the line says `{said}`");
            return Err(Finding::new("facts_differ", place(), problem));
        }
        if period.is_some_and(|(first, last)| !(first..=last).contains(&facts.effective)) {
            let problem = format!("event {seq} takes effect on another day than of the {about}");
            return Err(Finding::new("outside_period", place(), problem));
        }
        if !shown.read()? {
            let problem = format!("the file ends before it shows event {seq}");
            return Err(Finding::new("line_missing", "shown.jsonl", problem));
        }
        shows
            .check(shown.line(), seq, &facts, &entry)
            .map_err(|problem| Finding::new("shown_differs", shown.place(), problem))?;
        for leg in &facts.legs {
            *balances.entry(leg.source).or_default() -= i128::from(leg.units);
            *balances.entry(leg.target).or_default() += i128::from(leg.units);
        }
    }
    if events.count == 0 {
        return Err(Finding::new("empty_pack", "events.txt", "the pack has no event, and shows nothing"));
    }
    if shown.read()? {
        return Err(Finding::new("line_added", shown.place(), "shows an event that is not in events.txt"));
    }
    check_accounts(&text(read("accounts.txt")?, "accounts.txt")?, balances)?;
    Ok(checked.with("events", events.count).with("last", last).with("only signed", SIGNED_ONLY))
}

/// The first and the last day that a pack says it is about.
fn period_of(about: &str) -> Option<(i64, i64)> {
    let (first, rest) = about.strip_prefix("period ")?.split_once(" to ")?;
    let through = rest.split(' ').next()?;
    // A period that cannot be read has no day in it.
    Some(days_of(first).zip(days_of(through)).unwrap_or((1, 0)))
}

/// The lines of a file, one at a time.
struct Lines {
    name: &'static str,
    file: BufReader<File>,
    line: String,
    count: u64,
}

impl Lines {
    fn open(root: &Path, name: &'static str) -> Result<Self, Finding> {
        let file = crate::plain::open(&root.join(name))
            .map_err(|error| Finding::new("unreadable", name, error.to_string()))?;
        Ok(Self { name, file: BufReader::with_capacity(1 << 18, file), line: String::new(), count: 0 })
    }

    /// Goes on to the next line, if there is one.
    fn read(&mut self) -> Result<bool, Finding> {
        self.line.clear();
        let bytes = self.file.read_line(&mut self.line).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Finding::new("bad_line", self.name, "is not text in UTF-8"),
            _ => Finding::new("unreadable", self.name, error.to_string()),
        })?;
        self.count += u64::from(bytes > 0);
        Ok(bytes > 0)
    }

    fn line(&self) -> &str {
        self.line.strip_suffix('\n').unwrap_or(&self.line)
    }

    fn place(&self) -> String {
        format!("{} line {}", self.name, self.count)
    }
}

/// What the events leave on each account is what the pack says.
fn check_accounts(accounts: &str, mut balances: HashMap<u64, i128>) -> Result<(), Finding> {
    for (index, line) in accounts.lines().enumerate() {
        let place = || format!("accounts.txt line {}", index + 1);
        let (account, rest) =
            number(line).ok_or_else(|| Finding::new("bad_line", place(), "does not begin with a number"))?;
        let said = rest.split('\t').next().unwrap_or_default();
        let found = balances.remove(&account).ok_or_else(|| {
            Finding::new("balance_differs", place(), format!("no event of the pack touches account {account}"))
        })?;
        if said != found.to_string() {
            return Err(Finding::new(
                "balance_differs",
                place(),
                format!("the events leave {found} on account {account}, and the line says {said}"),
            ));
        }
    }
    match balances.keys().min() {
        None => Ok(()),
        Some(account) => Err(Finding::new(
            "account_missing",
            "accounts.txt",
            format!("account {account} is touched by the events and not listed"),
        )),
    }
}

/// All of a file of a pack. A pipe in its place would never end, and is none.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    crate::plain::open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String, Finding> {
    String::from_utf8(bytes).map_err(|_| Finding::new("bad_line", name, "is not text in UTF-8"))
}

/// The number that begins a line, from 1, and what stands behind the tab; accounts begin with 0.
fn number(line: &str) -> Option<(u64, &str)> {
    let (number, rest) = line.split_once('\t')?;
    Some((number.parse().ok()?, rest))
}

/// The hash of a line in `LINES`: it only names the line, the manifest vouches for the file.
#[must_use]
pub fn line_hash(line: &[u8]) -> String {
    hex(&sha256(line)[..8])
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_entry_and_never_panics() {
        for bytes in
            [&[][..], &[0x89], &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0x89, 0x5f], &[0xff; 40]]
        {
            assert_eq!(Facts::read(bytes), None, "{bytes:?}");
        }
        let mut seed = 1u64;
        for length in 0..2_000usize {
            let bytes: Vec<u8> = (0..length % 97)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 56) as u8
                })
                .collect();
            let _ = Facts::read(&[&[0x89, 0x50][..], &[0; 16], &bytes].concat());
        }
    }
}
