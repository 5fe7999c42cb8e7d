//! What is said of a load: to people what failed and how it went, to programs a verdict for every line.

use std::collections::BTreeMap;
use std::io::{self, BufWriter, StdoutLock, Write};

use ingest::{Effect, Lines, Mapping, Taking, Tally};
use serde_json::json;
use shell::Failure;
use wire::verdict::{Outcome, Verdict};

use crate::language;
use crate::output::{Align, Column, Format, Grid, show};

/// Movements that a dry run shows.
const SHOWN_MAX: usize = 20;

/// See the module.
pub(super) struct Told {
    format: Format,
    taking: Taking,
    out: BufWriter<StdoutLock<'static>>,
    /// For a table that is written at the end.
    kept: Vec<Verdict>,
    /// Lines that failed, and why, where somebody wants them.
    failed: Option<BTreeMap<u64, String>>,
    /// The first line of which more is told than that a rule passes over it: what stands above it are headings.
    first: Option<u64>,
    /// Lines by the rule that passed over them.
    skipped: BTreeMap<String, Vec<u64>>,
    shown: usize,
    columns: Vec<String>,
    /// What is said of a trial.
    trial: &'static str,
}

impl Told {
    pub(super) fn begin(format: Format, taking: Taking, mapping: &Mapping, wants_failed: bool) -> Self {
        Self {
            format,
            taking,
            out: BufWriter::new(io::stdout().lock()),
            kept: Vec::new(),
            failed: wants_failed.then(BTreeMap::new),
            first: None,
            skipped: BTreeMap::new(),
            shown: 0,
            columns: mapping.told(),
            trial: "this was a trial (--dry-run)",
        }
    }

    /// Of a load that is taken back.
    pub(super) fn of_undo(format: Format, taking: Taking) -> Self {
        let out = BufWriter::new(io::stdout().lock());
        let (kept, failed, first, skipped, shown) = (Vec::new(), None, None, BTreeMap::new(), 0);
        Self {
            format,
            taking,
            out,
            kept,
            failed,
            first,
            skipped,
            shown,
            columns: Vec::new(),
            trial: "add --yes to do it",
        }
    }

    /// A verdict, as it comes.
    pub(super) fn say(&mut self, verdict: Verdict) -> Result<(), Failure> {
        let verdict = language::told(verdict);
        let has_failed = matches!(verdict.outcome, Outcome::Refused | Outcome::Invalid);
        let line = verdict.line.unwrap_or_default();
        if line > 0 && verdict.code.as_deref() != Some("skipped") {
            self.first = Some(self.first.map_or(line, |first| first.min(line)));
        }
        if let Some(failed) = self.failed.as_mut().filter(|_| has_failed) {
            let why = failed.entry(line).or_default();
            let separator = if why.is_empty() { "" } else { "; " };
            *why = format!("{why}{separator}{}", verdict.message.as_deref().unwrap_or_default());
        }
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut self.out, &verdict)?;
                self.out.write_all(b"\n")?;
            }
            Format::Csv | Format::Parquet => self.kept.push(verdict),
            Format::Table | Format::Wide | Format::Vertical if has_failed => self.failure(&verdict)?,
            Format::Table | Format::Wide | Format::Vertical => self.passed(&verdict)?,
        }
        Ok(())
    }

    fn failure(&mut self, verdict: &Verdict) -> Result<(), Failure> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let line = verdict.line.unwrap_or_default();
        let column = verdict.column.as_ref().filter(|column| !column.is_empty());
        let column = column.map(|column| format!(", column `{column}`")).unwrap_or_default();
        let place = if line == 0 { "the mapping".to_owned() } else { format!("line {line}") };
        writeln!(self.out, "{place}{column}: {}", text(&verdict.message))?;
        Ok(writeln!(self.out, "  hint: {}", text(&verdict.hint))?)
    }

    fn passed(&mut self, verdict: &Verdict) -> Result<(), Failure> {
        let line = verdict.line.unwrap_or_default();
        let message = verdict.message.as_deref().unwrap_or_default();
        if verdict.outcome != Outcome::Skipped {
            return Ok(());
        }
        if verdict.code.as_deref() != Some("withheld") {
            self.skipped.entry(message.to_owned()).or_default().push(line);
        } else if self.taking == Taking::Nothing {
            self.shown += 1;
            if self.shown == 1 {
                self.columns.iter().try_for_each(|column| writeln!(self.out, "{column}"))?;
                writeln!(self.out, "what the first lines say:")?;
            }
            if self.shown <= SHOWN_MAX {
                let column = verdict.column.as_deref().unwrap_or_default();
                let place = if line == 0 { "the mapping".to_owned() } else { format!("line {line}") };
                writeln!(self.out, "  {place}, `{column}`: {message}")?;
            }
        }
        Ok(())
    }

    /// The first line below the headings, and the lines that failed, and why.
    pub(super) fn failed(&mut self) -> (u64, BTreeMap<u64, String>) {
        (self.first.unwrap_or_default(), self.failed.take().unwrap_or_default())
    }

    /// How it went.
    pub(super) fn end(mut self, tally: &Tally) -> Result<(), Failure> {
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut self.out, &json!({ "import": tally }))?;
                self.out.write_all(b"\n")?;
                Ok(self.out.flush()?)
            }
            Format::Csv | Format::Parquet => {
                self.out.flush()?;
                drop(self.out);
                show(self.format, &self.kept, || grid(&self.kept))
            }
            Format::Table | Format::Wide | Format::Vertical => self.summary(tally),
        }
    }

    fn summary(mut self, tally: &Tally) -> Result<(), Failure> {
        let out = &mut self.out;
        let Tally { accepted, duplicate, refused, invalid, nothing, revised, rounding, differs, withheld, .. } = tally;
        let Lines { all, taken, same, refused: bad, skipped, unreadable, withheld: held } = tally.lines;
        if *withheld > 0 {
            let what = match self.taking {
                Taking::Nothing => format!("{withheld} would be posted; nothing was: {}", self.trial),
                Taking::All | Taking::Lines => {
                    format!("nothing was posted: mend what failed, or take the {withheld} that hold with --lines")
                }
            };
            writeln!(out, "{what}")?;
        }
        writeln!(out, "accepted {accepted}, loaded before {duplicate}, refused {refused}, unreadable {invalid}")?;
        writeln!(out, "figures without a movement: {nothing}, revised: {revised}")?;
        writeln!(out, "lines whose parts do not add up: {rounding} by rounding, {differs} by more")?;
        write!(out, "lines: {all}; taken {taken}, as the books have it {same}, refused {bad}, skipped {skipped}, ")?;
        let held = if held > 0 { format!(", not posted {held}") } else { String::new() };
        writeln!(out, "unreadable {unreadable}{held}")?;
        if let Some(load) = tally.load {
            writeln!(out, "recorded as load {load}: `granary import undo {load}` takes it back")?;
        }
        for (rule, lines) in &self.skipped {
            writeln!(out, "  skipped, {rule}: {}", ranges(lines))?;
        }
        if all > 0 && taken + same + bad + unreadable + tally.lines.withheld == 0 {
            writeln!(out, "nothing of this file was taken")?;
        }
        if self.taking == Taking::Nothing {
            for Effect { site, lot, owner, before, after, movements, first, last } in &tally.effects {
                writeln!(
                    out,
                    "  lot `{lot}` of {owner} at `{site}`: from {before} to {after}, {first} to {last}, movements: {movements}"
                )?;
            }
        }
        Ok(out.flush()?)
    }
}

/// Verdicts as a table for spreadsheets.
fn grid(verdicts: &[Verdict]) -> Grid<'static> {
    let left = |name| Column(name, Align::Left);
    let columns = vec![
        Column("line", Align::Right),
        left("column"),
        left("outcome"),
        left("code"),
        left("message"),
        left("hint"),
        Column("event", Align::Right),
        left("id"),
    ];
    let row = |verdict: &Verdict| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        let outcome = match verdict.outcome {
            Outcome::Accepted => "accepted",
            Outcome::Duplicate => "duplicate",
            Outcome::Refused => "refused",
            Outcome::Invalid => "invalid",
            Outcome::Skipped => "skipped",
            Outcome::Tried => "tried",
        };
        let Verdict { line, column, code, message, hint, seq, id, .. } = verdict;
        vec![
            number(*line),
            text(column),
            outcome.to_owned(),
            text(code),
            text(message),
            text(hint),
            number(*seq),
            text(id),
        ]
    };
    Grid { seen_by: None, columns, rows: verdicts.iter().map(row).collect() }
}

/// Lines in few words: `lines 2-4, 9`.
fn ranges(lines: &[u64]) -> String {
    const RANGES_MAX: usize = 12;
    let mut sorted = lines.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for line in sorted {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    let told = |(first, last): &(u64, u64)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    let mut said: Vec<String> = ranges.iter().take(RANGES_MAX).map(told).collect();
    if ranges.len() > RANGES_MAX {
        said.push("...".to_owned());
    }
    let word = if lines.len() == 1 { "line" } else { "lines" };
    format!("{word} {}", said.join(", "))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn lines_are_told_in_few_words() {
        assert_eq!(ranges(&[9, 2, 3, 4]), "lines 2-4, 9");
        assert_eq!(ranges(&[7]), "line 7");
    }
}
