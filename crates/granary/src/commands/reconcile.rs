//! `granary reconcile`: the workbench. Questions are asked and acts are posted as by any other door.

mod page;
mod receive;
mod record;

use std::io::{self, Write as _};

use answers::Question;
use answers::ask::reconcile::{
    BalanceSeries, BreakDetail, Breaks, MaterialBalance, PoolCheck, Published, Reconciliation, ReportCalendar,
    ReportLines, ReportText, Reports, RestatementSchedule, Statements, Transfers,
};
use answers::table::Table;
use serde_json::{Map, Value, json};
use shell::{Exit, Failure};
use wire::Command;
use wire::verdict::{Outcome, Verdict};

use super::courier::{Courier, Desk, Label};
use super::{post, query, reserve};
use crate::cli::Dir;
use crate::cli::reconcile::{Area, By, Common, Compared, Reconcile, What};
use crate::output::{Format, show};

pub(crate) fn run(args: Reconcile) -> Result<Exit, Failure> {
    let yes = |flag: bool| flag.then_some(true);
    match args.what {
        What::Receive { file, mapping, number, first, last, due, signed_by, nil, poster, maker, common } => {
            let cover = receive::Said { number, first, last, due, signed_by, nil };
            receive::run(&common, &file, mapping.as_deref(), cover, poster, maker.as_deref())
        }
        What::Reports { party, trouble, common } => ask(&common, &Reports { party, trouble: yes(trouble) }),
        What::Lines { report, party, in_force, common } => {
            ask(&common, &ReportLines { report, party, in_force: yes(in_force) })
        }
        What::Statements { party, flagged, common } => ask(&common, &Statements { party, flagged: yes(flagged) }),
        What::Run { compared, all, record, poster, maker, effective, common } => {
            let question = question(compared, all);
            match poster.filter(|_| record) {
                None => show_run(&common, &question),
                Some(poster) => record::run(&common, &question, &poster, maker.as_deref(), effective),
            }
        }
        What::List { party, material, status, owner, as_of, common } => {
            ask(&common, &Breaks { party, material, status, owner, as_of })
        }
        What::Show { code, common } => show_break(&common, code),
        What::Explain { code, reason, note, by, common } => {
            act(&common, &by, "explain_break", json!({"number": code, "reason": reason, "note": note}))
        }
        What::Assign { code, owner, by, common } => {
            act(&common, &by, "assign_break", json!({"number": code, "owner": owner}))
        }
        What::Agree { code, note, by, common } => {
            act(&common, &by, "agree_break", json!({"number": code, "note": note}))
        }
        What::Close { code, how, piece, authority, note, by, common } => {
            let fields = json!({"number": code, "how": how.word(), "by": piece, "authority": authority, "note": note});
            act(&common, &by, "close_break", fields)
        }
        What::Reopen { code, note, by, common } => {
            act(&common, &by, "reopen_break", json!({"number": code, "note": note}))
        }
        What::Match { party, ours, theirs, note, by, common } => {
            let fields = json!({"whose": party, "ours": ours, "theirs": theirs, "note": note});
            act(&common, &by, "match_lines", fields)
        }
        What::Balance { area: Area { site, material, owner }, first, last, common } => {
            ask(&common, &MaterialBalance { site, material, owner, first, last })
        }
        What::Balances { area: Area { site, material, owner }, first, last, days, class, common } => {
            ask(&common, &BalanceSeries { site, material, owner, first, last, days, class })
        }
        What::Transfers { party, material, state, as_of, common } => {
            ask(&common, &Transfers { party, material, state, as_of })
        }
        What::Pools { reserve, material, as_of, differing, common } => {
            ask(&common, &PoolCheck { reserve, material, as_of, differing: yes(differing), known_at: None })
        }
        What::Calendar { party, late, as_of, common } => {
            ask(&common, &ReportCalendar { party, late: yes(late), as_of })
        }
        What::Publish { series, through, unit, figures, note, by, common } => {
            let figures = figures.iter().map(|text| figure(text)).collect::<Result<Vec<_>, _>>()?;
            let fields = json!({"series": series, "through": through, "unit": unit, "figures": figures, "note": note});
            act(&common, &by, "publish", fields)
        }
        What::ClosePeriod { owner, through, by, common } => {
            if by.maker.is_none() {
                return Err(Failure::wrong_use("who signs the close?").hint("name the person with --maker"));
            }
            let (head, digest) = super::audit::balance::seen(&common.dir, &owner, &through)?;
            act(
                &common,
                &by,
                "close_period",
                json!({"owner": owner, "through": through, "head": head, "digest": digest}),
            )
        }
        What::Approve { event, by, common } => act(&common, &by, "approve", json!({"held": event})),
        What::Published { series, through, as_of, restated, common } => {
            ask(&common, &Published { series, through, as_of, restated: yes(restated) })
        }
        What::Restatements { owner, through, common } => ask(&common, &RestatementSchedule { owner, through }),
        What::Export { report, common } => print(&query::ask(&common.dir, &ReportText { report })?.text),
        What::Page { party, site, material, as_of, out, csv, json, dir } => {
            let said = page::Said::ask(&dir, party, site.zip(material), as_of)?;
            page::run(&said, out.as_deref(), csv.as_deref(), json)
        }
        What::Unmatch { code, note, by, common } => {
            act(&common, &by, "unmatch_lines", json!({"number": code, "note": note}))
        }
    }
}

/// `muf=-0.1` as a figure.
fn figure(text: &str) -> Result<Value, Failure> {
    let (line, value) = text.rsplit_once('=').ok_or_else(|| {
        Failure::wrong_use(format!("`{text}` is no figure")).hint("write --figure LINE=VALUE, as in --figure muf=-0.1")
    })?;
    Ok(json!({"line": line, "value": value}))
}

fn question(compared: Compared, all: bool) -> Reconciliation {
    let Compared { party, against, material, first, last, include_flagged } = compared;
    let yes = |flag: bool| flag.then_some(true);
    Reconciliation { party, against, material, first, last, all: yes(all), include_flagged: yes(include_flagged) }
}

fn ask<Q: Question>(common: &Common, question: &Q) -> Result<Exit, Failure> {
    reserve::answered(&common.dir, common.shown.format, question)
}

/// Counts first, then what has to be explained.
fn show_run(common: &Common, question: &Reconciliation) -> Result<Exit, Failure> {
    if !common.shown.format.is_table() {
        return ask(common, question);
    }
    let answer = query::ask(&common.dir, question)?;
    print(&say_run(&answer, question.include_flagged == Some(true)))?;
    if !answer.groups.is_empty() {
        println!();
        show(common.shown.format, &answer.groups, || Table::lines(&answer.groups))?;
    }
    Ok(Exit::Done)
}

/// Writes an answer; a reader who goes away is no failure.
fn print(text: &str) -> Result<Exit, Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(Exit::Done)
}

fn say_run(answer: &answers::ask::reconcile::ReconciliationAnswer, with_flagged: bool) -> String {
    let against = match answer.against.as_str() {
        "books" => "the books".to_owned(),
        other => format!("`{other}`"),
    };
    let mut said = format!("reports of `{}` against {against}, {} to {}\n", answer.party, answer.first, answer.last);
    match answer.movements_told {
        true => said += &format!("lines: ours {}, theirs {}\n", answer.our_lines, answer.their_lines),
        false => said += "no report of these days tells movements: closings are compared where they are stated\n",
    }
    for count in answer.counts.iter().filter(|count| count.groups > 0) {
        let note = if count.needs_explanation { "  to be explained" } else { "" };
        said += &format!("  {:22} {:>9}{note}\n", count.class, count.groups);
    }
    let compared = if with_flagged { "flagged, and compared all the same" } else { "flagged and not compared" };
    for flag in &answer.flagged {
        said += &format!("{compared}: {}: {}\n", flag.balance, flag.problem);
    }
    for flag in &answer.outside {
        said += &format!(
            "outside its days: {}: {}, and is compared in the period of its own day\n",
            flag.balance, flag.problem
        );
    }
    for code in &answer.half_matched {
        said += &format!("match by hand without effect: {code}: not all of its pieces are compared here\n");
    }
    for report in &answer.incomplete {
        said += &format!("not here in full, and not compared: {report}\n");
    }
    said
}

fn show_break(common: &Common, code: String) -> Result<Exit, Failure> {
    let question = BreakDetail { code, as_of: None };
    if !common.shown.format.is_table() {
        return ask(common, &question);
    }
    let answer = query::ask(&common.dir, &question)?;
    show(common.shown.format, &answer, || BreakDetail::table(&answer))?;
    if !answer.steps.is_empty() {
        println!();
        show(common.shown.format, &answer.steps, || Table::lines(&answer.steps))?;
    }
    Ok(Exit::Done)
}

/// Posts one act and says what became of it.
fn act(common: &Common, by: &By, word: &str, fields: Value) -> Result<Exit, Failure> {
    let Value::Object(fields) = fields else { unreachable!("an act is an object") };
    let today = || wire::date::show_day(query::now().utc_day());
    let mut command: Map<String, Value> = fields.into_iter().filter(|(_, value)| !value.is_null()).collect();
    command.insert("id".into(), uuid::Uuid::now_v7().to_string().into());
    command.insert("party".into(), by.poster.clone().into());
    command.insert("effective".into(), by.effective.clone().unwrap_or_else(today).into());
    command.insert("act".into(), word.into());
    if let Some(maker) = &by.maker {
        command.insert("maker".into(), maker.clone().into());
    }
    let command = read(Value::Object(command))?;
    let verdicts = post_all(&common.dir, vec![command])?;
    say(common, &verdicts)
}

fn read(command: Value) -> Result<Command, Failure> {
    Command::from_json(command.to_string().as_bytes())
        .map_err(|malformed| Failure::wrong_use(malformed.message()).hint(malformed.hint.clone()))
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
    match post::desk(dir)? {
        Ok(ledger) => {
            carry(Desk::Ledger(&ledger))?;
            ledger.close()?;
        }
        Err(client) => carry(Desk::Server(&client))?,
    }
    Ok(verdicts)
}

fn is_refused(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Refused | Outcome::Invalid)
}

/// Says what became of some commands; the worst of it is how a script should see it.
fn say(common: &Common, verdicts: &[Verdict]) -> Result<Exit, Failure> {
    say_in(common.shown.format, verdicts)
}

/// The same in a form.
pub(super) fn say_in(format: Format, verdicts: &[Verdict]) -> Result<Exit, Failure> {
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
                _ => println!("recorded as event {seq}"),
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
