//! What parties reported, read from the log: lines and balances, and which lines count after all corrections.

use std::collections::HashMap;

use books::report::{Piece, ReportLine, StatedBalance};
use books::{Act, Books, PartyNo, ReportNo};
use reconcile::corrections::{Corrections, Outcome, Replaced, ReportedLine};
use reconcile::{LineId, SourceNo};

use crate::problem::Problem;
use crate::view::View;
use crate::wants::Wants;
use crate::why::Why;

/// A report with everything in it.
pub(crate) struct Content {
    pub(crate) balances: Vec<StatedBalance>,
    pub(crate) lines: Vec<ReportLine>,
}

/// The events of a party's whole reports.
pub(crate) fn wanted(books: &Books, party: PartyNo) -> Wants {
    Wants::events(reports_of(books, party).flat_map(|number| events_of(books, number)))
}

/// The events of one report.
pub(crate) fn events_of(books: &Books, number: ReportNo) -> impl Iterator<Item = books::Seq> {
    books.report(number).events.iter().copied()
}

/// Reads a report.
pub(crate) fn content(view: &dyn View, number: ReportNo) -> Result<Content, Problem> {
    let books = view.books();
    let mut content = Content { balances: Vec::new(), lines: Vec::new() };
    for seq in &books.report(number).events {
        let event = view.event(*seq)?;
        match event.and_then(|event| event.act(books)).as_deref() {
            Some(Act::ReceiveReport(act)) => {
                content.balances.clone_from(&act.balances);
                content.lines.extend_from_slice(&act.lines);
            }
            Some(Act::AddReportLines(act)) => content.lines.extend_from_slice(&act.lines),
            _ => {
                return Err(Problem::cannot_answer(Why::NoPartOfReport { event: *seq, number: number.to_string() }));
            }
        }
    }
    Ok(content)
}

/// A line, and what became of it.
pub(crate) struct Judged {
    pub(crate) report: ReportNo,
    pub(crate) line: ReportLine,
    pub(crate) outcome: Outcome,
    /// The line that took its place.
    pub(crate) replaced_by: Option<LineId>,
}

impl Judged {
    pub(crate) fn piece(&self) -> Piece {
        Piece::Line(self.report, self.line.number)
    }

    /// Does it count now?
    pub(crate) fn counts(&self) -> bool {
        let stands = matches!(self.outcome, Outcome::Taken | Outcome::Replaced);
        stands && self.replaced_by.is_none() && !self.line.withdraws
    }
}

/// The hash of a line, which a correction of it carries.
pub(crate) fn line_hash(books: &Books, line: &ReportLine) -> [u8; 32] {
    wire::report_text::line_hash(&wire::acts::show_report_line(books, line))
}

/// Every line of a party's whole reports, in the order in which they were received, with what became of it.
pub(crate) fn judged(view: &dyn View, party: PartyNo) -> Result<Vec<Judged>, Problem> {
    let books = view.books();
    let mut judged = Vec::new();
    for number in reports_of(books, party) {
        for line in content(view, number)?.lines {
            judged.push(Judged { report: number, line, outcome: Outcome::Taken, replaced_by: None });
        }
    }
    // Hashes are dear: only corrections need them.
    if judged.iter().all(|row| row.line.replaces.is_none()) {
        return Ok(judged);
    }
    let id = |row: &Judged| LineId { report: SourceNo(books.report(row.report).number), number: row.line.number };
    let places: HashMap<LineId, usize> = judged.iter().enumerate().map(|(place, row)| (id(row), place)).collect();
    let mut corrections = Corrections::default();
    for place in 0..judged.len() {
        let row = &judged[place];
        let replaces = row.line.replaces.as_ref().map(|replaces| Replaced {
            id: LineId { report: SourceNo(replaces.report), number: replaces.line },
            hash: replaces.hash,
        });
        let (hash, is_withdrawal) = (line_hash(books, &row.line), row.line.withdraws);
        for (id, outcome) in corrections.receive(&ReportedLine { id: id(row), hash, replaces, is_withdrawal }) {
            judged[places[&id]].outcome = outcome;
        }
    }
    let standing: Vec<(LineId, LineId)> = judged
        .iter()
        .filter(|row| row.outcome == Outcome::Replaced)
        .filter_map(|row| row.line.replaces.as_ref().map(|replaces| (replaces, id(row))))
        .map(|(replaces, by)| (LineId { report: SourceNo(replaces.report), number: replaces.line }, by))
        .collect();
    for (replaced, by) in standing {
        if let Some(place) = places.get(&replaced) {
            judged[*place].replaced_by = Some(by);
        }
    }
    Ok(judged)
}

/// A party's reports that are whole, in the order in which they were received.
pub(crate) fn reports_of(books: &Books, party: PartyNo) -> impl Iterator<Item = ReportNo> {
    let rows = (0u32..).map(ReportNo).zip(books.reports());
    rows.filter(move |(_, report)| report.party == party && report.is_complete()).map(|(number, _)| number)
}
