//! Takes a report in: read whole, held against what is registered, said what is wrong line by line, posted in as many
//! events as it needs.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use answers::Listed;
use answers::ask::reconcile::Reports;
use ingest::report::{Cover, Flaw, Registry, ReportMapping, commands, read_text};
use measure::Basis;
use serde_json::Value;
use shell::{Exit, Failure};
use wire::verdict::{Outcome, Verdict};
use words::Told;

use super::act::{is_refused, post_until_refused};
use super::{print, query, say};
use crate::cli::Dir;
use crate::cli::reconcile::Common;
use crate::output::Format;

/// Flaws that are said at once.
const FLAWS_SHOWN: usize = 20;

/// What was said of the report beside its file.
pub(super) struct Said {
    pub(super) number: Option<u32>,
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
    pub(super) due: Option<String>,
    pub(super) signed_by: Option<String>,
    pub(super) nil: bool,
}

pub(super) fn run(
    common: &Common,
    file: &Path,
    mapping: Option<&Path>,
    said: Said,
    poster: Option<String>,
    maker: Option<&str>,
) -> Result<Exit, Failure> {
    let bytes = read_file(file)?;
    let registry = registry(&common.dir)?;
    let report = match mapping {
        None => read_text(&bytes, Some(&registry)),
        Some(path) => {
            let text =
                String::from_utf8(read_file(path)?).map_err(|_| Failure::wrong_use("the mapping is not UTF-8"))?;
            let mapping = ReportMapping::parse(&text).map_err(|flaw| {
                let Told { message, hint } = flaw.told(crate::language::now());
                Failure::wrong_use(format!("read the mapping: {message}")).hint(hint)
            })?;
            let needs = |name: &str| {
                Failure::wrong_use(format!("a table does not say its {name}: give --{name}"))
                    .hint("a report has a number, a first and a last day; labelled text says them itself")
            };
            let cover = Cover {
                number: said.number.ok_or_else(|| needs("number"))?,
                first: said.first.ok_or_else(|| needs("first"))?,
                last: said.last.ok_or_else(|| needs("last"))?,
                due: said.due,
                signed_by: said.signed_by,
                nil: said.nil,
            };
            mapping.read(&bytes, &cover, Some(&registry))
        }
    };
    let report = report.map_err(|flaws| flawed(file, &flaws))?;
    let sender = report.sender.clone().unwrap_or_default();
    let poster = poster.unwrap_or_else(|| sender.clone());
    let (number, last) = (report.number, report.last.clone());
    let (lines, balances) = (report.line_count, report.balances.as_ref().map_or(0, Vec::len));
    warn_of_same_file(&common.dir, &sender, number, &report.source)?;
    let commands = commands(report, &poster, maker, &last).map_err(|flaw| flawed(file, &[flaw]))?;
    let mut verdicts = post_until_refused(&common.dir, commands)?;
    if let [_, .., last] = &mut verdicts[..]
        && is_refused(last)
    {
        begin_anew(last);
    }
    if common.shown.format == Format::Json || verdicts.iter().any(is_refused) {
        return say(common, &verdicts);
    }
    let is_new = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Accepted);
    let what = if is_new { "received" } else { "here before, nothing changed" };
    print(&format!("report {sender}/{number}: {what}; {lines} lines, {balances} balances, {} events\n", verdicts.len()))
}

/// What the ledger has registered, wherever it is.
fn registry(dir: &Dir) -> Result<Registry, Failure> {
    let place = query::find(dir)?;
    let lines = |what| place.all_lines(what);
    let text =
        |line: &serde_json::Map<String, Value>, field: &str| line.get(field).and_then(Value::as_str).map(str::to_owned);
    let codes = |what| -> Result<HashSet<String>, Failure> {
        Ok(lines(what)?.iter().filter_map(|line| text(line, "code")).collect())
    };
    let materials = lines(Listed::Materials)?;
    let basis = |line| Some((text(line, "code")?, Basis::parse(&text(line, "basis")?).ok()?));
    let today = query::now().utc_day();
    let materials = materials.iter().filter_map(basis).collect();
    Ok(Registry::new(codes(Listed::Parties)?, codes(Listed::Sites)?, materials, today))
}

/// The same file under another number is another report: two months may have been alike. Somebody should look.
fn warn_of_same_file(dir: &Dir, sender: &str, number: u32, source: &str) -> Result<(), Failure> {
    let known = query::ask(dir, &Reports { party: Some(sender.to_owned()), ..Reports::default() })?.answer;
    let own = format!("{sender}/{number}");
    let same = known.reports.iter().find(|report| report.source == source && report.report != own);
    if let Some(same) = same {
        eprintln!("warning: the very same file was received as `{}`, of {} to {}", same.report, same.first, same.last);
    }
    Ok(())
}

/// A report of which a part was refused counts for nothing: says how it is mended.
fn begin_anew(verdict: &mut Verdict) {
    let hint = verdict.hint.take().unwrap_or_default();
    let anew = "the report is not whole and counts for nothing; send the corrected file under the same number, and it begins anew";
    verdict.hint = Some(format!("{hint}; {anew}"));
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("read `{}`: {error}", path.display())).hint("name a file"))
}

/// Everything that is wrong, and that nothing was taken.
fn flawed(file: &Path, flaws: &[Flaw]) -> Failure {
    for flaw in flaws.iter().take(FLAWS_SHOWN) {
        let Told { message, hint } = flaw.told(crate::language::now());
        eprintln!("{message}\n  hint: {hint}");
    }
    let more = flaws.len().saturating_sub(FLAWS_SHOWN);
    if more > 0 {
        eprintln!("and {more} more");
    }
    let count = match flaws.len() {
        1 => "1 flaw".to_owned(),
        count => format!("{count} flaws"),
    };
    let message = format!("`{}` has {count}; nothing of it was taken", file.display());
    let failure = Failure { exit: Exit::Refused, ..Failure::new(message) };
    failure.hint("half a report would compare as missing lines: correct it, and send it whole")
}
