//! Commands that belong together, and what each is for: tried first, shown, and recorded as a whole.
//!
//! Ids are made of what a command says and where it comes from, so that whoever does the same again records nothing twice. A
//! trial of all of them, in order, tells which are recorded already and which would be refused, before anything is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use shell::{Exit, Failure};
use uuid::Uuid;
use wire::Command;
use wire::limits::{GROUP_COMMANDS_MAX, LINE_BYTES_MAX, TRIED_COUNT_MAX};
use wire::slots::Label;
use wire::verdict::{Outcome, Verdict};

use super::act::{is_refused, post_until_refused};
use super::courier::{Courier, Desk};
use super::rows::Flaw;
use super::{post, query};
use crate::cli::Dir;
use crate::language;
use crate::output::{Align, Column, Format, Grid, show};

/// A refused command is tried again under other ids so many times: who was refused so often does it by hand.
const ATTEMPTS_MAX: u32 = 16;
/// Bytes of commands that are tried together.
const TRIAL_BYTES_MAX: usize = LINE_BYTES_MAX - (64 << 10);

/// A command that is meant.
#[derive(Clone, Debug)]
pub(super) struct Meant {
    /// The line of a file that it comes from.
    pub(super) line: Option<u64>,
    /// Which columns its fields come from.
    pub(super) columns: BTreeMap<String, Vec<String>>,
    /// What it is for, and where that is written.
    pub(super) why: String,
    pub(super) source: String,
    /// All of it but its id.
    pub(super) said: Map<String, Value>,
    /// Was its day said, so that another one that is recorded is a difference?
    pub(super) says_day: bool,
    /// What its id is made of.
    pub(super) seed: Vec<String>,
    /// What the id of the same is made of where its day was said otherwise: it is looked for first.
    pub(super) alias: Option<Vec<String>>,
    /// How often it was refused before.
    pub(super) attempt: u32,
    pub(super) state: State,
}

/// What becomes of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody looked yet.
    Untried,
    /// It would be recorded.
    New,
    /// It would wait for another person.
    Held,
    /// It is recorded already.
    Before,
    /// What it registers is registered already, by another command.
    Registered,
    /// It would be refused.
    Refused(Box<Verdict>),
    /// It is left to its own party.
    Others,
    /// It is recorded.
    Recorded(u64),
}

impl Meant {
    /// Its id.
    pub(super) fn id(&self) -> Uuid {
        let attempt = (self.attempt > 0).then(|| format!("attempt {}", self.attempt));
        let mut hasher = Sha256::new();
        for part in self.alias.as_ref().unwrap_or(&self.seed).iter().chain(attempt.as_ref()) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let digest: [u8; 32] = hasher.finalize().into();
        Uuid::new_v8(digest[..16].try_into().expect("half of a digest"))
    }

    fn text_of(&self, field: &str) -> &str {
        self.said.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// The party that posts it.
    pub(super) fn party(&self) -> &str {
        self.text_of("party")
    }

    /// Was it here before?
    pub(super) fn is_here_before(&self) -> bool {
        matches!(self.state, State::Before | State::Registered)
    }

    /// As it is posted.
    fn command(&self) -> Result<Command, Flaw> {
        let mut whole = Map::new();
        whole.insert("id".into(), self.id().to_string().into());
        whole.extend(self.said.clone());
        Command::from_json(Value::Object(whole).to_string().as_bytes()).map_err(|malformed| {
            let told = language::now().tell(&malformed.saying);
            self.flaw(malformed.field.as_deref(), told.message, told.hint)
        })
    }

    fn flaw(&self, field: Option<&str>, problem: String, hint: String) -> Flaw {
        // `terms.tiers[0]` is of `terms`.
        let field = field.map(|field| field.split(['.', '[']).next().unwrap_or_default());
        let columns = field.and_then(|field| self.columns.get(field)).cloned().unwrap_or_default();
        let act = self.text_of("act").to_owned();
        Flaw { line: self.line, columns, problem: format!("{act}: {problem}"), hint }
    }

    /// Why it would be refused.
    fn refusal(&self, verdict: &Verdict) -> Flaw {
        let code = verdict.code.as_deref().unwrap_or_default();
        let said = verdict.facts.get("field").and_then(Value::as_str);
        let amount = || code.starts_with("exceeds_").then_some("quantity");
        let field = said.or_else(|| code.strip_prefix("unknown_")).or_else(amount);
        if let ("id_reused", Some(field)) = (code, said) {
            let problem = match verdict.facts.get("event") {
                Some(event) => format!("event {event} recorded it with another `{field}`"),
                None => format!("it is recorded with another `{field}`"),
            };
            let hint = "what is recorded stays: leave the row as it was, and post the change by itself";
            return self.flaw(Some(field), problem, hint.to_owned());
        }
        let (message, hint) = (verdict.message.clone(), verdict.hint.clone());
        self.flaw(field, message.unwrap_or_default(), hint.unwrap_or_default())
    }

    /// What it does, in few words: its act, and what stands in its fields.
    fn what(&self) -> String {
        let mut what = self.text_of("act").replace('_', " ");
        for (name, value) in &self.said {
            if matches!(name.as_str(), "party" | "maker" | "effective" | "act" | "reference" | "zone" | "hs") {
                continue;
            }
            let _ = match value {
                Value::String(text) => write!(what, " {text}"),
                Value::Array(pieces) => write!(what, " {name}: {}", pieces.len()),
                Value::Number(number) => write!(what, " {number}"),
                Value::Object(_) | Value::Bool(_) | Value::Null => Ok(()),
            };
        }
        what
    }
}

/// Looks at commands: which of them are recorded already, which are new, which would be refused. `registered` says by act and
/// code what is registered already. A command that was refused before is tried under another id; one that was recorded for
/// another day, where no day was said, is that one.
pub(super) fn judge(
    dir: &Dir,
    meant: &mut [Meant],
    registered: &dyn Fn(&Map<String, Value>) -> bool,
) -> Result<(), Failure> {
    for _ in 0..ATTEMPTS_MAX {
        let commands = meant.iter().map(Meant::command).collect::<Result<Vec<_>, _>>();
        let commands = commands.map_err(|flaw| super::rows::told("what is meant", &[flaw]))?;
        let is_asked = |one: &Meant| !registered(&one.said);
        let asked: Vec<bool> = meant.iter().map(is_asked).collect();
        let tried: Vec<Command> = commands.into_iter().zip(&asked).filter(|(_, is)| **is).map(|(it, _)| it).collect();
        let mut verdicts = try_all(dir, &tried)?.into_iter();
        let mut is_settled = true;
        for (one, is_asked) in meant.iter_mut().zip(asked) {
            if !is_asked {
                one.state = State::Registered;
                continue;
            }
            let Some(verdict) = verdicts.next() else { break };
            is_settled &= one.take(dir, verdict)?;
        }
        if is_settled {
            break;
        }
    }
    Ok(())
}

impl Meant {
    /// Takes a verdict in; false where it has to be tried anew.
    fn take(&mut self, dir: &Dir, verdict: Verdict) -> Result<bool, Failure> {
        if self.alias.take().is_some() && verdict.outcome != Outcome::Duplicate {
            return Ok(false);
        }
        let is_other_day = verdict.code.as_deref() == Some("id_reused") && verdict.facts["field"] == "effective";
        self.state = match verdict.outcome {
            Outcome::Duplicate => State::Before,
            Outcome::Tried if verdict.code.as_deref() == Some("held") => State::Held,
            Outcome::Tried | Outcome::Accepted | Outcome::Skipped => State::New,
            Outcome::Refused if verdict.seq.is_some() => {
                self.attempt += 1;
                return Ok(false);
            }
            Outcome::Refused if is_other_day && !self.says_day => {
                let Some(day) = recorded_day(dir, &verdict)? else { return Ok(true) };
                let is_same = self.text_of("effective") == day;
                self.said.insert("effective".into(), day.into());
                return Ok(is_same);
            }
            Outcome::Refused | Outcome::Invalid => State::Refused(Box::new(verdict)),
        };
        Ok(true)
    }
}

/// The day of the command that an id belongs to.
fn recorded_day(dir: &Dir, verdict: &Verdict) -> Result<Option<String>, Failure> {
    let question = answers::find("event").expect("there is a question about an event");
    let request: Map<String, Value> =
        verdict.facts.get("event").map(|seq| ("seq".to_owned(), seq.clone())).into_iter().collect();
    let event: Value = serde_json::from_slice(&super::answer(dir, question, &request)?.to_json()?)?;
    Ok(event["command"]["effective"].as_str().map(str::to_owned))
}

/// What would become of commands, in order, each seeing what those before it did. Nothing is recorded.
pub(super) fn try_all(dir: &Dir, commands: &[Command]) -> Result<Vec<Verdict>, Failure> {
    if commands.is_empty() {
        return Ok(Vec::new());
    }
    together(dir, "dry_run", commands)
}

/// A group or a trial.
fn together(dir: &Dir, word: &str, commands: &[Command]) -> Result<Vec<Verdict>, Failure> {
    let texts: Vec<String> = commands.iter().map(Command::to_text).collect();
    let line = wire::frame::together(word, texts.iter().map(String::as_bytes));
    let mut verdicts = Vec::new();
    let carry = |desk: Desk<'_>| {
        let mut land = |verdict: Verdict| {
            verdicts.push(verdict);
            Ok(())
        };
        let mut courier = Courier::new(desk);
        courier.post_line(vec![Label::default(); commands.len()], &line, &mut land)?;
        courier.settle(&mut land)
    };
    post::at_desk(dir, carry)?;
    Ok(verdicts)
}

/// How many commands from the first on can be tried together.
pub(super) fn together_count(meant: &[Meant]) -> usize {
    let mut bytes = 0;
    let fits = |one: &&Meant| {
        bytes += Value::Object(one.said.clone()).to_string().len() + 64;
        bytes <= TRIAL_BYTES_MAX
    };
    meant.iter().take(TRIED_COUNT_MAX).take_while(fits).count().max(1).min(meant.len())
}

/// Those that would be refused. What is refused for want of what was refused on the same line is not told again.
pub(super) fn refused(meant: &[Meant]) -> Vec<Flaw> {
    let verdict = |one: &Meant| match &one.state {
        State::Refused(verdict) => Some(verdict.clone()),
        State::Untried | State::New | State::Held | State::Before | State::Registered | State::Others => None,
        State::Recorded(_) => None,
    };
    let refused: Vec<(&Meant, Box<Verdict>)> =
        meant.iter().filter_map(|one| verdict(one).map(|verdict| (one, verdict))).collect();
    let lacks = |verdict: &Verdict| verdict.code.as_deref().is_some_and(|code| code.starts_with("unknown_"));
    let is_told = |(place, (one, verdict)): &(usize, &(&Meant, Box<Verdict>))| {
        let is_cause = |(other, (of, why)): (usize, &(&Meant, Box<Verdict>))| {
            of.line == one.line && (!lacks(why) || other < *place)
        };
        !lacks(verdict) || one.line.is_none() || !refused.iter().enumerate().any(is_cause)
    };
    refused.iter().enumerate().filter(is_told).map(|(_, (one, verdict))| one.refusal(verdict)).collect()
}

/// Records what is new: all of it, or none, where it fits into one group and nobody else has to approve any of it.
pub(super) fn record(dir: &Dir, meant: &mut [Meant]) -> Result<(), Failure> {
    let is_new = |one: &&mut Meant| matches!(one.state, State::New | State::Held);
    let mut new: Vec<&mut Meant> = meant.iter_mut().filter(is_new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let waits = new.iter().any(|one| one.state == State::Held);
    let commands = new.iter().map(|one| one.command()).collect::<Result<Vec<_>, _>>();
    let commands = commands.map_err(|flaw| super::rows::told("what is meant", &[flaw]))?;
    let verdicts = match commands.len() <= GROUP_COMMANDS_MAX && !waits {
        true => together(dir, "group", &commands)?,
        false => post_until_refused(dir, commands)?,
    };
    for (one, verdict) in new.iter_mut().zip(verdicts) {
        one.state = match verdict.seq {
            _ if is_refused(&verdict) => State::Refused(Box::new(verdict)),
            Some(seq) => State::Recorded(seq),
            None => State::Before,
        };
    }
    Ok(())
}

/// Writes what is new as JSON lines, for each party to sign its own.
pub(super) fn write(file: &Path, meant: &[Meant]) -> Result<usize, Failure> {
    let new: Vec<&Meant> = meant.iter().filter(|one| matches!(one.state, State::New | State::Held)).collect();
    let mut text = String::new();
    for one in &new {
        let command = one.command().map_err(|flaw| super::rows::told("what is meant", &[flaw]))?;
        let _ = writeln!(text, "{}", command.to_text());
    }
    fs::write(file, text).map_err(|error| {
        Failure::new(format!("write `{}`: {error}", file.display())).hint("name another file with --out")
    })?;
    Ok(new.len())
}

impl State {
    fn word(&self) -> String {
        match self {
            Self::Untried => "not looked at yet".into(),
            Self::New => "new".into(),
            Self::Held => "new, waits for another person".into(),
            Self::Before => "recorded before".into(),
            Self::Registered => "registered before".into(),
            Self::Refused(_) => "refused".into(),
            Self::Others => "left to its party".into(),
            Self::Recorded(seq) => format!("event {seq}"),
        }
    }
}

/// Shows commands: who, what, why, and what becomes of each.
pub(super) fn table(format: Format, meant: &[Meant]) -> Result<(), Failure> {
    let json = |one: &Meant| {
        let mut line = Map::new();
        line.extend(one.line.map(|number| ("line".to_owned(), number.into())));
        line.insert("id".into(), one.id().to_string().into());
        line.insert("state".into(), one.state.word().into());
        line.insert("why".into(), one.why.clone().into());
        line.insert("source".into(), one.source.clone().into());
        line.insert("command".into(), one.said.clone().into());
        Value::Object(line)
    };
    let value: Vec<Value> = meant.iter().map(json).collect();
    let has_reason = meant.iter().any(|one| !one.why.is_empty());
    show(format, &value, || {
        let mut columns = vec![Column("who", Align::Left), Column("what", Align::Left), Column("state", Align::Left)];
        if has_reason {
            columns.push(Column("why", Align::Left));
        }
        let row = |one: &Meant| {
            let mut row = vec![one.party().to_owned(), one.what(), one.state.word()];
            if has_reason {
                row.push(one.why.clone());
            }
            row
        };
        Grid { columns, rows: meant.iter().map(row).collect(), seen_by: None }
    })
}

/// How many there are of each party, those that are new: who has to sign.
pub(super) fn signers(meant: &[Meant]) -> String {
    counted(meant.iter().filter(|one| matches!(one.state, State::New | State::Held)))
}

/// What became of all of it, in a line; whoever reads the exit code of a script learns the same.
pub(super) fn summary(meant: &[Meant]) -> String {
    let count = |is: fn(&State) -> bool| meant.iter().filter(|one| is(&one.state)).count();
    let recorded = count(|state| matches!(state, State::Recorded(_)));
    let new = count(|state| matches!(state, State::New | State::Held));
    let before = count(|state| matches!(state, State::Before | State::Registered));
    let told = match (recorded, new) {
        (0, 0) => "nothing is new".to_owned(),
        (0, new) => format!("{new} would be recorded"),
        (recorded, _) => format!("{recorded} recorded"),
    };
    if before > 0 { format!("{told}; {before} here before") } else { told }
}

/// Judges, shows and records commands, as many at a time as can be tried together. `name` is what they come from.
pub(super) fn carry_out(dir: &Dir, name: &str, meant: &mut [Meant], how: &How<'_>) -> Result<Exit, Failure> {
    let mut done = 0;
    while done < meant.len() {
        let end = done + together_count(&meant[done..]);
        let part = &mut meant[done..end];
        judge(dir, part, how.registered)?;
        if let Some(only) = how.only {
            part.iter_mut().filter(|one| one.party() != only).for_each(|one| one.state = State::Others);
        }
        let flaws = refused(part);
        if !flaws.is_empty() {
            if how.is_shown {
                table(how.format, part)?;
            }
            return Err(super::rows::told(name, &flaws));
        }
        done = end;
        if how.is_dry_run || how.out.is_some() {
            break;
        }
        record(dir, part)?;
        let flaws = refused(part);
        if !flaws.is_empty() {
            return Err(super::rows::told(name, &flaws));
        }
    }
    if let Some(file) = how.out {
        if done < meant.len() {
            return Err(Failure::wrong_use(format!("{} commands are more than can be tried together", meant.len()))
                .hint(format!("write at most {done} into one file: divide the rows")));
        }
        let signers = signers(meant);
        let count = write(file, meant)?;
        if how.is_shown {
            table(how.format, meant)?;
        }
        eprintln!("{count} commands written into `{}`; each party signs its own: {signers}", file.display());
        return Ok(Exit::Done);
    }
    let (seen, rest) = meant.split_at(done);
    if how.is_shown || how.format == Format::Json {
        table(how.format, seen)?;
    }
    let signers = signers(seen);
    eprintln!("{}", summary(seen));
    if how.is_dry_run && !signers.is_empty() {
        eprintln!("posted by: {signers}");
    }
    if !rest.is_empty() {
        eprintln!("{} more are looked at once these are recorded", rest.len());
    }
    Ok(Exit::Done)
}

/// How commands are carried out.
pub(super) struct How<'h> {
    pub(super) is_dry_run: bool,
    /// Only what this party posts.
    pub(super) only: Option<&'h str>,
    /// Into this file, in place of posting them.
    pub(super) out: Option<&'h Path>,
    pub(super) is_shown: bool,
    pub(super) format: Format,
    /// Is there already what a command registers?
    pub(super) registered: &'h dyn Fn(&Map<String, Value>) -> bool,
}

/// The name of the ledger, of which ids are made; and the party that a server takes us for, where it is not its operator.
pub(super) fn origin(dir: &Dir) -> Result<(String, Option<String>), Failure> {
    let given = query::ask(dir, &answers::ask::Head {})?;
    Ok((given.answer.origin, given.seen_by))
}

/// How many there are of each party.
pub(super) fn counted<'m>(meant: impl Iterator<Item = &'m Meant>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for one in meant {
        *counts.entry(one.party()).or_default() += 1;
    }
    counts.into_iter().map(|(party, count)| format!("{party} {count}")).collect::<Vec<_>>().join(", ")
}
