//! A party's statement or transaction report is received, line by line as it was told.
//!
//! Nothing is judged here: a report that contradicts the books, or itself, is kept and flagged when it is compared. What
//! is refused is what cannot be told apart later: a number that is used, a line that comes twice, lines of another file.
//!
//! A number is used by a report that came whole. One that did not counts for nothing, and its sender may begin again: the
//! new report takes its number.

use super::{Ask, text_fits};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, ReportNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::report::{FileHash, Hash, Report, ReportKind, ReportLine, StatedBalance};

/// Asks to take a report in, with its first lines.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReceiveReport {
    /// Who tells it.
    #[n(0)]
    pub sender: PartyNo,
    /// The sender's number, from 1.
    #[n(1)]
    pub number: u32,
    /// What it tells.
    #[n(2)]
    pub kind: ReportKind,
    /// First day it covers.
    #[n(3)]
    pub first: Day,
    /// Last day it covers.
    #[n(4)]
    pub last: Day,
    /// SHA-256 of the file it was read from.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub source: Hash,
    /// How many lines it has in all.
    #[n(6)]
    pub line_count: u32,
    /// Openings and closings.
    #[n(7)]
    pub balances: Vec<StatedBalance>,
    /// Its first lines; the others follow.
    #[n(8)]
    pub lines: Vec<ReportLine>,
    /// The day it was due.
    #[n(9)]
    pub due: Option<Day>,
    /// The person who signed it.
    #[n(10)]
    pub signed_by: Option<String>,
}

/// Asks to take more lines of a report in.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AddReportLines {
    /// The report.
    #[n(0)]
    pub report: ReportNo,
    /// More lines, from the first that has not come yet.
    #[n(1)]
    pub lines: Vec<ReportLine>,
    /// SHA-256 of the file they were read from: that of the report.
    #[n(2)]
    pub source: Option<FileHash>,
}

/// The code of a report.
#[must_use]
pub fn report_code(books: &Books, sender: PartyNo, number: u32) -> String {
    format!("{}/{number}", books.party_code(sender))
}

/// Lines come in order and without gaps, so that a report is whole when its last line is here.
fn check_lines(lines: &[ReportLine], after: u32, line_count: u32) -> Result<(), Rejection> {
    for (expected, line) in (after + 1..).zip(lines) {
        let invalid = |field, fault| Rejection::invalid(field, fault).at_line(line.number);
        if line.number != expected {
            return Err(invalid("lines", Fault::LineOutOfPlace { expected }));
        }
        if line.number > line_count {
            return Err(invalid("lines", Fault::LinePastReport { most: line_count }));
        }
        if line.quantity.digits < 0 {
            return Err(invalid("quantity", Fault::LineNegative));
        }
        for (field, text) in [("reference", &line.reference), ("lot", &line.lot)] {
            if let Some(text) = text {
                text_fits(field, text).map_err(|rejection| rejection.at_line(line.number))?;
            }
        }
        if line.withdraws && line.replaces.is_none() {
            return Err(invalid("replaces", Fault::WithdrawsNothing));
        }
    }
    Ok(())
}

impl ReceiveReport {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        who.may_record(self.sender);
        let mut shape = who.shape()?;
        if self.number == 0 {
            shape.invalid("number", Fault::ReportsFromOne);
        }
        let code = report_code(books, self.sender, self.number);
        shape.text("number", &code);
        if self.last < self.first {
            shape.invalid("last", Fault::BeforeFirst);
        }
        if self.kind == ReportKind::Statement && self.balances.is_empty() {
            shape.invalid("balances", Fault::BalancesNeeded);
        }
        shape.text_if_any("signed_by", self.signed_by.as_ref());
        for balance in &self.balances {
            shape.text_if_any("lot", balance.lot.as_ref());
        }
        shape.note(check_lines(&self.lines, 0, self.line_count));
        let mut state = shape.state()?;
        if books.report_no(&code).is_some_and(|known| books.report(known).is_complete()) {
            state.refuse(Rejection::AlreadyRegistered { kind: Kind::Report, code });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let count = |length: usize| u32::try_from(length).expect("an event has few lines");
        let code = report_code(books, self.sender, self.number);
        if let Some(known) = books.report_no(&code) {
            books.reports.row_mut(known.0).superseded = Some(seq);
        }
        let report = Report {
            code,
            party: self.sender,
            number: self.number,
            kind: self.kind,
            first: self.first,
            last: self.last,
            source: self.source,
            due: self.due,
            received: event.recorded_at.utc_day(),
            line_count: self.line_count,
            lines_here: count(self.lines.len()),
            balance_count: count(self.balances.len()),
            signed_by: self.signed_by.clone(),
            events: vec![seq],
            superseded: None,
            lines_outside: Report::count_outside(self.first, self.last, &self.lines),
            told_by: Some(event.party),
        };
        books.push_report(report);
    }
}

act_rules!(ReceiveReport {
    right: Write, asks: Overseer, seen: Reports, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["receive_report"]),
    line: Words(&["{sender}", "{kind} {number}", "{first} to {last}", "{line_count} lines"]),
    whose(act, _): vec![act.sender],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"sender": "JOGMEC", "number": 1, "kind": "statement", "first": "2026-02-01", "last": "2026-02-28",
        "source": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "line_count": 3,
        "balances": [{"material": "NdPr", "site": "Ibaraki", "lot": "LOT-1", "opening": "0 t",
        "closing": "1.50 t REO"}], "lines": [{"line": 1, "material": "NdPr", "way": "in",
        "quantity": "2 kg gross", "effective": "2026-02-03", "reference": "PO-1", "counterparty": "KOMIR",
        "site": "Ibaraki", "lot": "LOT-9", "provisional": true, "replaces": {"report": 7, "line": 1,
        "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}, "withdraws": true}],
        "due": "2026-03-15", "signed_by": "Tanaka"}"#,
});

impl AddReportLines {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let report = who.books.report(self.report);
        who.may_record(report.party);
        let mut shape = who.shape()?;
        if self.lines.is_empty() {
            shape.invalid("lines", Fault::AtLeastOne);
        }
        if self.source.is_some_and(|source| source.0 != report.source) {
            shape.invalid("source", Fault::OtherFile { code: report.code.clone() });
        }
        if report.superseded.is_some() {
            shape.invalid("report", Fault::BegunAnew { code: report.code.clone() });
        }
        if report.is_complete() {
            shape.invalid("lines", Fault::ReportComplete);
        }
        shape.note(check_lines(&self.lines, report.lines_here, report.line_count));
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let report = books.reports.row_mut(self.report.0);
        report.lines_here += u32::try_from(self.lines.len()).expect("an event has few lines");
        report.lines_outside += Report::count_outside(report.first, report.last, &self.lines);
        report.events.push(seq);
    }
}

act_rules!(AddReportLines {
    right: Write, asks: Overseer, seen: Reports, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["receive_report"]),
    line: Words(&["{report}"]),
    whose(act, books): vec![books.report(act.report).party],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"report": "JOGMEC/1", "lines": [{"line": 2, "material": "NdPr", "way": "out", "quantity": "1 t",
        "effective": "2026-02-04"}, {"line": 3, "material": "NdPr", "way": "out", "quantity": "1 t",
        "effective": "2026-02-05"}], "source": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#,
});
