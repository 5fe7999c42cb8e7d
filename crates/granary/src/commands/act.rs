//! `granary do`: any act, into a folder or at a server, as `granary post` posts it; and what became of it.

use serde_json::{Map, Value};
use shell::{Exit, Failure};
use wire::Command;
use wire::slots::Label;
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk};
use super::{from_rows, plan, post, query, rehearse};
use crate::cli::reconcile::By;
use crate::cli::table::Doing;
use crate::cli::{Dir, codes};
use crate::language;
use crate::output::Format;

/// Posts an act, and says what became of it.
pub(crate) fn run(doing: Doing) -> Result<Exit, Failure> {
    if let Some(rehearsal) = doing.rehearsal.clone() {
        return rehearse::run(doing, &rehearsal);
    }
    if let Some(file) = doing.rows.clone() {
        return from_rows::run(doing, &file);
    }
    let Doing { act, fields, by, id, is_dry_run, dir, shown, rows: _, rehearsal: _ } = doing;
    let command = command(act, fields.clone(), &by, id)?;
    if is_dry_run {
        println!("{}", command.to_text());
        return attempt(&dir, command);
    }
    let mut verdicts = post_all(&dir, vec![command])?;
    for verdict in verdicts.iter_mut().filter(|verdict| is_refused(verdict)) {
        let meant = verdict.code.as_ref().and_then(|code| codes::meant(&dir, code, &fields, &by.poster));
        if let Some(meant) = meant {
            let hint = verdict.hint.take().unwrap_or_default();
            let meant = language::now().say("said-meant", &[("meant", &meant)]);
            verdict.hint = Some(format!("{meant} {hint}").trim_end().to_owned());
        }
    }
    say(shown.format, &verdicts)
}

/// Lines about what would follow that a dry run shows; `granary reserve try` shows all of them.
const LINES_SHOWN: usize = 20;

/// Says what would become of a command, where there is a ledger to ask; the command itself is printed in any case.
fn attempt(dir: &Dir, command: Command) -> Result<Exit, Failure> {
    if dir.server.is_none() && !dir.dir.join("granary.json").exists() {
        return Ok(Exit::Done);
    }
    let verdicts = plan::try_all(dir, std::slice::from_ref(&command))?;
    match verdicts.first() {
        Some(verdict) if is_refused(verdict) => {
            let message = format!("it would be refused: {}", verdict.message.clone().unwrap_or_default());
            let failure = Failure { exit: Exit::Refused, ..Failure::new(message) };
            Err(failure.hint(verdict.hint.clone().unwrap_or_default()))
        }
        Some(verdict) => {
            eprintln!("{}", would(verdict));
            if dir.server.is_none() && verdict.outcome == Outcome::Tried {
                let lines = rehearse::in_words(&dir.dir, &command);
                lines.iter().take(LINES_SHOWN).for_each(|line| eprintln!("  {line}"));
            }
            Ok(Exit::Done)
        }
        None => Ok(Exit::Done),
    }
}

fn would(verdict: &Verdict) -> String {
    match (verdict.outcome, verdict.code.as_deref()) {
        (Outcome::Duplicate, _) => "it is recorded already".to_owned(),
        (_, Some("held")) => "it would be held: another person would have to approve it".to_owned(),
        (_, Some(_)) => format!("it would be recorded: {}", verdict.message.as_deref().unwrap_or_default()),
        (_, None) => "it would be recorded".to_owned(),
    }
}

/// The command: a fresh id and today, where nothing else is said.
pub(crate) fn command(act: &str, fields: Map<String, Value>, by: &By, id: Option<String>) -> Result<Command, Failure> {
    let By { poster, maker, effective } = by;
    let today = || wire::date::show_day(query::now().utc_day());
    let mut command = Map::new();
    command.insert("id".into(), id.unwrap_or_else(|| uuid::Uuid::now_v7().to_string()).into());
    command.insert("party".into(), poster.clone().into());
    command.extend(maker.clone().map(|maker| ("maker".to_owned(), maker.into())));
    command.insert("effective".into(), effective.clone().unwrap_or_else(today).into());
    command.insert("act".into(), act.into());
    command.extend(fields.into_iter().filter(|(_, value)| !value.is_null()));
    Command::from_json(Value::Object(command).to_string().as_bytes()).map_err(|malformed| language::failure(&malformed))
}

/// Posts commands where the ledger is; gives their verdicts, in order.
pub(super) fn post_all(dir: &Dir, commands: Vec<Command>) -> Result<Vec<Verdict>, Failure> {
    let count = commands.len();
    post_groups(dir, commands, count)
}

/// Posts commands that build on each other, the first one alone: what comes after a refusal is not posted any more, but
/// for the few that are on their way with it.
pub(super) fn post_until_refused(dir: &Dir, commands: Vec<Command>) -> Result<Vec<Verdict>, Failure> {
    post_groups(dir, commands, 1)
}

/// Commands of a group that go together, after the first.
const GROUP_COMMANDS: usize = 128;

/// Posts a group of commands, then others until one is refused.
fn post_groups(dir: &Dir, commands: Vec<Command>, first: usize) -> Result<Vec<Verdict>, Failure> {
    let mut verdicts: Vec<Verdict> = Vec::with_capacity(commands.len());
    let carry = |desk: Desk<'_>| {
        let mut left = commands.into_iter();
        let mut size = first;
        while left.len() > 0 && !verdicts.iter().any(is_refused) {
            let mut courier = Courier::new(desk);
            let mut land = |verdict: Verdict| {
                verdicts.push(verdict);
                Ok(())
            };
            for command in left.by_ref().take(size) {
                courier.post(Label::default(), command, &mut land)?;
            }
            courier.settle(&mut land)?;
            size = GROUP_COMMANDS;
        }
        for (line, verdict) in (1..).zip(&mut verdicts) {
            verdict.line = Some(line);
        }
        Ok::<_, Failure>(())
    };
    post::at_desk(dir, carry)?;
    Ok(verdicts)
}

pub(super) fn is_refused(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Refused | Outcome::Invalid)
}

/// Says what became of some commands; the worst of it is how a script should see it.
pub(super) fn say(format: Format, verdicts: &[Verdict]) -> Result<Exit, Failure> {
    if format == Format::Json {
        println!("{}", serde_json::to_string_pretty(verdicts)?);
    } else {
        for verdict in verdicts.iter().filter(|verdict| !is_refused(verdict)) {
            let seq = verdict.seq.map_or_else(String::new, |seq| seq.to_string());
            match verdict.outcome {
                Outcome::Duplicate => println!("here before: event {seq}"),
                _ if verdict.code.as_deref() == Some("held") => {
                    println!("held as event {seq}: another person has to approve it");
                }
                _ => {
                    println!("recorded as event {seq}");
                    if let (Some(message), Some(hint)) = (&verdict.message, &verdict.hint) {
                        eprintln!("note: {message}\nhint: {hint}");
                    }
                }
            }
        }
    }
    match verdicts.iter().find(|verdict| is_refused(verdict)) {
        None => Ok(Exit::Done),
        Some(_) if format == Format::Json => Ok(Exit::Refused),
        Some(verdict) => {
            let message = verdict.message.clone().unwrap_or_default();
            let failure = Failure { exit: Exit::Refused, ..Failure::new(message) };
            Err(failure.hint(verdict.hint.clone().unwrap_or_default()))
        }
    }
}
