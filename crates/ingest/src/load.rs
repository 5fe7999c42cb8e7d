//! A load: what a source says, tried against the books before anything is posted, and every line of it accounted for.
//!
//! One line that fails keeps the others back, unless whoever loads takes what holds.

use std::collections::{BTreeMap, HashMap};

use answers::{Problem, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wire::acts::LoadedRun;
use wire::slots::Label;
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};
use words::Saying;

use crate::identity::load_id;
use crate::mapping::Mapping;
use crate::reading::{Item, Step, entry, told};
use crate::rehearsal::{Effect, Rehearsal};
use crate::wrong::Wrong;

/// The column of what registers a party or material that a source is about.
const REGISTER: &str = "register";

/// What is posted where something fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taking {
    /// All or nothing.
    #[default]
    All,
    /// What holds, line by line.
    Lines,
    /// Nothing: it is only tried.
    Nothing,
}

/// Which file was loaded by which mapping: what a load is recorded as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose stock it moves; who posts.
    pub whose: String,
    /// What the file is called.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Name of the mapping.
    pub mapping: String,
    /// SHA-256 of its text, in hexadecimal.
    pub mapping_sha256: String,
    /// The load that is taken back.
    pub undoes: Option<u64>,
}

impl Origin {
    /// Of a file by a mapping. A path is no name: what is before the last part of it is left out.
    #[must_use]
    pub fn new(mapping: &Mapping, file: Option<&str>, source: &[u8]) -> Self {
        let name = file.and_then(|file| file.rsplit(['/', '\\']).next()).filter(|name| *name != "-");
        let name: String = name.unwrap_or("standard input").chars().filter(|letter| !letter.is_control()).collect();
        Self {
            whose: mapping.party.clone(),
            file: name.chars().take(FILE_CHARS_MAX).collect(),
            sha256: hex(&Sha256::digest(source)),
            mapping: mapping.name.clone(),
            mapping_sha256: mapping.sha256.clone(),
            undoes: None,
        }
    }
}

/// Longest name of a file that is kept, in letters of up to four bytes each.
const FILE_CHARS_MAX: usize = 50;
/// Runs of events in one record: well below what a command may have.
const RUNS_MAX: usize = 400;

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// See the module.
#[derive(Debug)]
pub struct Load {
    items: Vec<Item>,
    origin: Option<Origin>,
    /// When it was tried.
    today: String,
    /// What the books would refuse, by the place of the item.
    refused: HashMap<usize, Verdict>,
    is_withheld: bool,
    /// What it does to each account.
    pub effects: Vec<Effect>,
}

impl Load {
    /// Tries what a source says.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub fn plan(
        items: Vec<Item>,
        source: &dyn Source,
        taking: Taking,
        origin: Option<Origin>,
    ) -> Result<Self, Problem> {
        let today = answers::read(source, |view| wire::date::show_day(view.now().utc_day()));
        let mut refused = HashMap::new();
        let mut rehearsal = Rehearsal::begin(source);
        for (index, item) in items.iter().enumerate() {
            let Step::Post { command, .. } = &item.step else { continue };
            if let Some(verdict) = rehearsal.attempt(command)?.filter(|verdict| !is_there(item, verdict)) {
                refused.insert(index, verdict);
            }
        }
        let fails = !refused.is_empty() || items.iter().any(Item::fails);
        let is_withheld = match taking {
            Taking::All => fails,
            Taking::Lines => false,
            Taking::Nothing => true,
        };
        Ok(Self { items, origin, today, refused, is_withheld, effects: rehearsal.effects() })
    }

    /// Without trying: what is posted as it comes, such as frames of commands.
    #[must_use]
    pub fn untried(items: Vec<Item>) -> Self {
        let (origin, today) = (None, String::new());
        Self { items, origin, today, refused: HashMap::new(), is_withheld: false, effects: Vec::new() }
    }

    /// How many things it says.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Does it say nothing?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The commands that it would post.
    pub fn commands(&self) -> impl Iterator<Item = &Command> {
        self.items.iter().filter_map(|item| match &item.step {
            Step::Post { command, .. } => Some(&**command),
            Step::Nothing(_) | Step::Differs { .. } | Step::Unreadable(_) => None,
        })
    }

    /// What is to be done, item by item, and the account of it that is to be kept.
    pub fn begin(self) -> (Reckoning, impl Iterator<Item = (Item, Option<Verdict>)>) {
        let Self { items, origin, today, mut refused, is_withheld, effects } = self;
        let tally = Tally { effects, ..Tally::default() };
        let reckoning = Reckoning { tally, is_withheld, origin, today, ..Reckoning::default() };
        (reckoning, items.into_iter().enumerate().map(move |(index, item)| (item, refused.remove(&index))))
    }
}

/// Two sources may register the same party, and what is there stays.
fn is_there(item: &Item, verdict: &Verdict) -> bool {
    item.column == REGISTER && verdict.code.as_deref() == Some("already_registered")
}

/// How a load went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Commands recorded.
    pub accepted: u64,
    /// Recorded before.
    pub duplicate: u64,
    /// Refused by the ledger.
    pub refused: u64,
    /// Could not be read.
    pub invalid: u64,
    /// Figures without a movement.
    pub nothing: u64,
    /// Figures that differ from what was known of their day.
    pub revised: u64,
    /// Lines whose parts do not add up, by rounding.
    pub rounding: u64,
    /// Lines whose parts do not add up, by more.
    pub differs: u64,
    /// Commands that hold, and were not posted because others do not, or because nothing was to be posted.
    pub withheld: u64,
    /// The lines, each counted once.
    pub lines: Lines,
    /// Figures that a rule passed over, by the rule.
    pub skipped: BTreeMap<String, u64>,
    /// What it does to each account.
    pub effects: Vec<Effect>,
    /// The event that records the load, where anything came of it.
    pub load: Option<u64>,
}

/// The lines of a source by what became of them: of what a line says, what is worst counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lines {
    /// All of them.
    pub all: u64,
    /// Something of it was posted.
    pub taken: u64,
    /// The books have it so.
    pub same: u64,
    /// The books refuse it, or its parts do not add up.
    pub refused: u64,
    /// A rule passes over it.
    pub skipped: u64,
    /// It cannot be read.
    pub unreadable: u64,
    /// It holds, and was not posted.
    pub withheld: u64,
}

impl Tally {
    /// Was everything taken that was there to be taken, and was there anything?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Lines { all, taken, same, withheld, .. } = self.lines;
        let is_empty = all > 0 && taken + same + withheld == 0;
        self.refused == 0 && self.invalid == 0 && self.differs == 0 && !is_empty
    }
}

/// What became of a line, from what counts least to what counts most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Skipped(&'static str),
    Same(&'static str),
    Withheld,
    Taken,
    Refused,
    Unreadable,
}

/// Keeps account of a load, line by line.
#[derive(Debug, Default)]
pub struct Reckoning {
    tally: Tally,
    is_withheld: bool,
    fates: BTreeMap<u64, Fate>,
    /// Lines whose fate is that of another one.
    also: BTreeMap<u64, Vec<u64>>,
    origin: Option<Origin>,
    today: String,
    /// What came of it, in the order of the log.
    runs: Vec<LoadedRun>,
}

/// What has to be done about an item.
#[derive(Debug)]
pub enum Due {
    /// The command is to be posted.
    Post(Label, Box<Command>),
    /// The verdict is known.
    Told(Box<Verdict>),
    /// Nothing.
    Nothing,
}

impl Reckoning {
    /// Counts what a source says as far as nobody decides on it, and says what is left to do.
    pub fn take(&mut self, (item, refused): (Item, Option<Verdict>)) -> Due {
        let Item { line, also, column, step } = item;
        if !also.is_empty() {
            self.also.insert(line, also);
        }
        let label = Label { line, column: Some(column), place: None };
        match step {
            Step::Post { command, is_revision } => match refused {
                Some(verdict) => Due::Told(Box::new(label.of(verdict))),
                None if self.is_withheld => {
                    self.tally.withheld += 1;
                    self.tally.revised += u64::from(is_revision);
                    self.fate(line, Fate::Withheld);
                    Due::Told(Box::new(label.of(withheld(&command))))
                }
                None => {
                    self.tally.revised += u64::from(is_revision);
                    Due::Post(label, command)
                }
            },
            Step::Unreadable(malformed) => Due::Told(Box::new(label.of((&*malformed).into()))),
            Step::Nothing(why) => {
                let is_known = why.seq().is_some();
                if is_known {
                    self.tally.duplicate += 1;
                } else {
                    self.tally.nothing += 1;
                }
                if why.is_as_the_books() {
                    self.fate(line, Fate::Same(why.code()));
                } else {
                    *self.tally.skipped.entry(told(why.code())).or_default() += 1;
                    self.fate(line, Fate::Skipped(why.code()));
                }
                Due::Nothing
            }
            Step::Differs { is_rounding: true, .. } => {
                self.tally.rounding += 1;
                Due::Nothing
            }
            Step::Differs { difference, .. } => {
                self.tally.differs += 1;
                self.fate(line, Fate::Refused);
                let total = label.column.clone().unwrap_or_default();
                let malformed = Malformed::whole(Wrong::SumDiffers { column: total, difference });
                Due::Told(Box::new(label.of((&malformed).into())))
            }
        }
    }

    /// Counts a verdict. False where there is nothing to tell: two sources may register the same party, and what is there
    /// stays.
    pub fn count(&mut self, verdict: &Verdict) -> bool {
        let is_there = verdict.outcome == Outcome::Refused && verdict.code.as_deref() == Some("already_registered");
        let is_there = is_there && verdict.column.as_deref() == Some(REGISTER);
        let line = verdict.line.unwrap_or_default();
        match verdict.outcome {
            Outcome::Refused if is_there => self.tally.duplicate += 1,
            Outcome::Accepted => {
                self.tally.accepted += 1;
                self.run(line, verdict.seq);
                self.fate(line, Fate::Taken);
            }
            Outcome::Duplicate => {
                self.tally.duplicate += 1;
                self.fate(line, Fate::Same("loaded before"));
            }
            Outcome::Refused => {
                self.tally.refused += 1;
                self.fate(line, Fate::Refused);
            }
            // It is counted among the sums that do not hold.
            Outcome::Invalid if verdict.code.as_deref() == Some("sum_differs") => {}
            Outcome::Invalid => {
                self.tally.invalid += 1;
                self.fate(line, Fate::Unreadable);
            }
            Outcome::Skipped | Outcome::Tried => {}
        }
        !is_there
    }

    /// Notes which event came from which line.
    fn run(&mut self, line: u64, seq: Option<u64>) {
        let (Some(seq), Ok(line)) = (seq, u32::try_from(line)) else { return };
        if let Some(run) = self.runs.last_mut().filter(|run| run.first + u64::from(run.count) == seq) {
            if run.count == run.each && run.line == line {
                (run.each, run.count) = (run.each + 1, run.count + 1);
                return;
            }
            if line == run.line + run.count / run.each {
                run.count += 1;
                return;
            }
        }
        self.runs.push(LoadedRun { first: seq, line, count: 1, each: 1 });
    }

    /// The record of the load, or the next part of it: posted behind everything that came of it, each part once the one
    /// before it is recorded. None where nothing came of it, or when all is recorded.
    pub fn record(&mut self) -> Option<Command> {
        let origin = self.origin.as_ref().filter(|_| !self.runs.is_empty())?;
        let part: Vec<LoadedRun> = self.runs.drain(..self.runs.len().min(RUNS_MAX)).collect();
        let lines = self.lines();
        let Origin { whose, file, sha256, mapping, mapping_sha256, undoes } = origin;
        let id = load_id(sha256, part.first().map_or(0, |run| run.first));
        let mut fields = json!({
            "id": id, "party": whose, "effective": self.today, "act": "record_load", "whose": whose, "file": file,
            "sha256": sha256, "mapping": mapping, "mapping_sha256": mapping_sha256, "moved": part,
            "lines": [lines.taken, lines.same, lines.refused, lines.skipped, lines.unreadable],
        });
        for (name, load) in [("continues", self.tally.load), ("undoes", *undoes)] {
            if let Some(load) = load {
                fields[name] = load.into();
            }
        }
        Command::from_json(fields.to_string().as_bytes()).ok()
    }

    /// Notes the verdict on a part of the record.
    pub fn recorded(&mut self, verdict: &Verdict) {
        self.tally.load = self.tally.load.or(verdict.seq.filter(|_| verdict.outcome != Outcome::Refused));
    }

    fn lines(&self) -> Lines {
        let mut lines = Lines::default();
        for fate in self.fates.values() {
            lines.all += 1;
            match fate {
                Fate::Skipped(_) => lines.skipped += 1,
                Fate::Same(_) => lines.same += 1,
                Fate::Withheld => lines.withheld += 1,
                Fate::Taken => lines.taken += 1,
                Fate::Refused => lines.refused += 1,
                Fate::Unreadable => lines.unreadable += 1,
            }
        }
        lines
    }

    fn fate(&mut self, line: u64, fate: Fate) {
        let also = self.also.get(&line).into_iter().flatten();
        for line in also.copied().chain([line]).filter(|line| *line > 0) {
            let old = self.fates.entry(line).or_insert(fate);
            *old = fate.max(*old);
        }
    }

    /// The whole account, and a verdict for each line of which nothing was told yet.
    #[must_use]
    pub fn end(self) -> (Tally, Vec<Verdict>) {
        let lines = self.lines();
        let rest = self.fates.into_iter().filter_map(|(line, fate)| untold(line, fate)).collect();
        (Tally { lines, ..self.tally }, rest)
    }
}

/// The verdict on a command that is not posted, and what it says.
fn withheld(command: &Command) -> Verdict {
    let json = command.to_json();
    let text = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
    let first = |name: &str| json.get("lines")?.get(0)?.get(name)?.as_str().map(str::to_owned);
    let counted = ["counted", "quantity", "received"].into_iter().find_map(first);
    let what = text("quantity").or(counted).or_else(|| text("code"));
    let reverses = json.get("reverses").map(|seq| format!("event {seq}"));
    let lot = text("lot").or_else(|| first("lot"));
    let lot = lot.map(|lot| format!("of lot `{lot}`"));
    let site = text("site").map(|site| format!("at `{site}`"));
    let day = text("effective").map(|day| format!("on {day}"));
    let said = text("reference").or_else(|| text("reason")).map(|said| format!("({said})"));
    let parts = [Some(command.act.word().to_owned()), what.or(reverses), lot, site, day, said];
    let message = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let (code, message) = (Some("withheld".to_owned()), Some(message));
    Verdict { code, message, ..Verdict::of(Outcome::Skipped, Some(command.id)) }
}

/// The verdict on a line that moves nothing.
fn untold(line: u64, fate: Fate) -> Option<Verdict> {
    let (outcome, code, why) = match fate {
        Fate::Skipped(rule) => (Outcome::Skipped, "skipped", rule),
        Fate::Same(why) => (Outcome::Duplicate, "as_the_books", why),
        Fate::Withheld | Fate::Taken | Fate::Refused | Fate::Unreadable => return None,
    };
    let facts = wire::verdict::said(&Saying::new(entry(why)));
    let (code, message) = (Some(code.to_owned()), Some(told(why)));
    Some(Verdict { line: Some(line), code, message, facts, ..Verdict::of(outcome, None) })
}

impl Item {
    /// Does it keep a load back?
    fn fails(&self) -> bool {
        match &self.step {
            Step::Unreadable(_) | Step::Differs { is_rounding: false, .. } => true,
            Step::Post { .. } | Step::Nothing(_) | Step::Differs { is_rounding: true, .. } => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_say_of_each_event_which_line_it_came_from() {
        let mut reckoning = Reckoning::default();
        let lines = [0, 0, 2, 2, 3, 3, 4, 4, 5, 7, 9, 10, 11, 11];
        for (seq, line) in (20..).zip(lines) {
            reckoning.run(line, Some(seq));
        }
        let line_of = |seq: u64| {
            let of = |run: &LoadedRun| {
                let place = seq.checked_sub(run.first).filter(|place| *place < u64::from(run.count))?;
                Some(u64::from(run.line) + place / u64::from(run.each))
            };
            reckoning.runs.iter().find_map(of)
        };
        let told: Vec<u64> = (20..).take(lines.len()).filter_map(line_of).collect();
        assert_eq!(told, lines);
        assert_eq!(reckoning.runs.len(), 5, "{:?}", reckoning.runs);
    }
}
