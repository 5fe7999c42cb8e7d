//! The lines of reports as they were told, each with its hash and what became of it.

use books::PartyNo;
use reconcile::corrections::Outcome;

use super::{check_sees, report};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::reported::{self, judged, line_hash};
use crate::shared::party;
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use crate::why::Why;
use wire::piece::{show_hash, show_piece};

records! {
    /// The lines of a report, or of all reports of a party.
    ReportLines {
        /// Which report, as `PARTY/7`; all of the party where absent.
        report: Option<String>,
        /// Whose reports.
        party: Option<String>,
        /// Only lines that count, by what was known.
        in_force: Option<bool>,
        /// Only lines that took effect by this day, YYYY-MM-DD; all where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One line.
    ReportLineShown {
        /// Its report and place.
        line: String as Code,
        /// The day it took effect.
        effective: String as Day,
        /// `in` or `out`.
        way: String as Word(way),
        /// How much, as it was told.
        quantity: String as Quantity,
        /// The material.
        material: String as Code,
        /// The site.
        site: Option<String> as Code,
        /// The lot.
        lot: Option<String> as Code,
        /// What both parties call the movement.
        reference: Option<String> as Code,
        /// Who stands on the other end.
        counterparty: Option<String> as Code,
        /// What became of it: `taken`, `replaces JOGMEC/1:3`, `waits for JOGMEC/9:1`, `withdraws ...`, `replaced`, or why it
        /// changes nothing.
        state: String as Code,
        /// The line that took its place.
        replaced_by: Option<String> as Code,
        /// SHA-256 of the line: a correction of it carries this.
        hash: String as Code,
    }

    /// Lines in the order in which they were received.
    ReportLinesAnswer {
        /// The lines.
        lines: Vec<ReportLineShown>,
    }
}

impl ReportLines {
    /// Whose lines.
    fn whose(&self, view: &dyn View) -> Result<PartyNo, Problem> {
        let books = view.books();
        match (&self.party, &self.report) {
            (Some(code), _) => party(books, "party", code),
            (None, Some(code)) => Ok(books.report(report(view, code)?).party),
            (None, None) => Err(Problem::bad_field("report", Why::ReportOrParty)),
        }
    }
}

impl Question for ReportLines {
    const NAME: &'static str = "report_lines";
    const ABOUT: &'static str = "Lines of reports as they were told, with their hashes and corrections.";
    type Answer = ReportLinesAnswer;

    fn table(answer: &ReportLinesAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Ok(then::wants(view, self.known_at.as_ref())?.and(reported::wanted(view.books(), self.whose(view)?)))
    }

    fn answer(&self, view: &dyn View) -> Result<ReportLinesAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl ReportLines {
    fn known(&self, view: &dyn View) -> Result<ReportLinesAnswer, Problem> {
        let (books, as_of) = (view.books(), as_of(self.as_of.as_ref())?);
        let wanted = self.report.as_ref().map(|code| report(view, code)).transpose()?;
        let whose = self.whose(view)?;
        check_sees(&Sight::of(view), books, whose)?;
        let code = |number: u32, line: u32| format!("{}/{number}:{line}", books.party_code(whose));
        let mut answer = ReportLinesAnswer::default();
        for row in judged(view, whose)? {
            let is_by_then = as_of.is_none_or(|day| row.line.effective <= day);
            let is_meant = is_by_then && wanted.is_none_or(|wanted| wanted == row.report);
            if !is_meant || (self.in_force == Some(true) && !row.counts()) {
                continue;
            }
            let replaced = row.line.replaces.as_ref().map(|it| code(it.report, it.line)).unwrap_or_default();
            let state = match row.outcome {
                _ if row.replaced_by.is_some() => "replaced".to_owned(),
                Outcome::Taken => "taken".to_owned(),
                Outcome::Replaced if row.line.withdraws => format!("withdraws {replaced}"),
                Outcome::Replaced => format!("replaces {replaced}"),
                Outcome::Pending => format!("waits for {replaced}"),
                Outcome::Duplicate => "here before".to_owned(),
                Outcome::Refused(refusal) => format!("changes nothing: {refusal}"),
            };
            let shown = wire::acts::show_report_line(books, &row.line);
            answer.lines.push(ReportLineShown {
                line: show_piece(books, row.piece()),
                effective: shown.effective,
                way: shown.way.word(),
                quantity: shown.quantity,
                material: shown.material,
                site: shown.site,
                lot: shown.lot,
                reference: shown.reference,
                counterparty: shown.counterparty,
                state,
                replaced_by: row.replaced_by.map(|by| code(by.report.0, by.number)),
                hash: show_hash(&line_hash(books, &row.line)),
            });
        }
        Ok(answer)
    }
}
