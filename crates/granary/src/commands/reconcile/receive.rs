//! Takes a report in: read whole, said what is wrong line by line, posted in as many events as it needs.

use std::fs;
use std::path::Path;

use ingest::report::{Cover, Flaw, ReportMapping, commands, read_text};
use shell::{Exit, Failure};
use wire::verdict::Outcome;

use super::{post_all, print, say};
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
    let report = match mapping {
        None => read_text(&bytes),
        Some(path) => {
            let text =
                String::from_utf8(read_file(path)?).map_err(|_| Failure::wrong_use("the mapping is not UTF-8"))?;
            let mapping = ReportMapping::parse(&text)
                .map_err(|flaw| Failure::wrong_use(format!("read the mapping: {flaw}")).hint(flaw.hint))?;
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
            };
            mapping.read(&bytes, &cover)
        }
    };
    let report = report.map_err(|flaws| flawed(file, &flaws))?;
    let sender = report.sender.clone().unwrap_or_default();
    let poster = poster.unwrap_or_else(|| sender.clone());
    let (number, last) = (report.number, report.last.clone());
    let (lines, balances) = (report.line_count, report.balances.as_ref().map_or(0, Vec::len));
    let commands = commands(report, &poster, maker, &last).map_err(|flaw| flawed(file, &[flaw]))?;
    let verdicts = post_all(&common.dir, commands)?;
    if common.shown.format == Format::Json || verdicts.iter().any(|verdict| verdict.outcome == Outcome::Refused) {
        return say(common, &verdicts);
    }
    let is_new = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Accepted);
    let what = if is_new { "received" } else { "here before, nothing changed" };
    print(&format!("report {sender}/{number}: {what}; {lines} lines, {balances} balances, {} events\n", verdicts.len()))
}

fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("read `{}`: {error}", path.display())).hint("name a file"))
}

/// Everything that is wrong, and that nothing was taken.
fn flawed(file: &Path, flaws: &[Flaw]) -> Failure {
    for flaw in flaws.iter().take(FLAWS_SHOWN) {
        eprintln!("{flaw}\n  hint: {}", flaw.hint);
    }
    let more = flaws.len().saturating_sub(FLAWS_SHOWN);
    if more > 0 {
        eprintln!("and {more} more");
    }
    let message = format!("`{}` has {} flaws; nothing of it was taken", file.display(), flaws.len());
    let failure = Failure { exit: Exit::Refused, ..Failure::new(message) };
    failure.hint("half a report would compare as missing lines: correct it, and send it whole")
}
