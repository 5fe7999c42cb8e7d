//! Questions about reports, how they compare with the books, and the breaks between them.

mod balance;
mod breaks;
mod calendar;
mod detail;
mod lines;
mod pools;
mod published;
mod reports;
mod restated;
mod run;
mod series;
mod statements;
mod text;
mod transfers;

pub use balance::{BalanceLine, CountLine, MaterialBalance, MaterialBalanceAnswer};
pub use breaks::{BreakLine, Breaks, BreaksAnswer};
pub use calendar::{CalendarLine, ReportCalendar, ReportCalendarAnswer};
pub use detail::{BreakDetail, BreakDetailAnswer, PieceLine, StepLine};
pub use lines::{ReportLineShown, ReportLines, ReportLinesAnswer};
pub use pools::{PoolCheck, PoolCheckAnswer, PoolLine};
pub use published::{
    Published, PublishedAnswer, PublishedLine, RestatementLine, RestatementSchedule, RestatementScheduleAnswer,
};
pub use reports::{ReportRow, Reports, ReportsAnswer};
pub use run::{ClassCount, Flag, GroupLine, Reconciliation, ReconciliationAnswer};
pub use series::{BalanceSeries, BalanceSeriesAnswer, SeriesLine};
pub use statements::{StatementLine, Statements, StatementsAnswer};
pub use text::{ReportText, ReportTextAnswer};
pub use transfers::{TransferLine, Transfers, TransfersAnswer};

use books::{Books, PartyNo, ReportNo};

use crate::problem::Problem;
use crate::sight::Sight;
use crate::view::View;
use crate::why::Why;

fn check_sees(sight: &Sight<'_>, books: &Books, party: PartyNo) -> Result<(), Problem> {
    match sight.sees_reports_of(party) {
        true => Ok(()),
        false => Err(Problem::forbidden(Why::NotYourReport { party: books.party_code(party).to_owned() })),
    }
}

/// A report by its code; one whose sender's reports the asker does not see is not there.
fn report(view: &dyn View, code: &str) -> Result<ReportNo, Problem> {
    let (books, sight) = (view.books(), Sight::of(view));
    let report = books.report_no(code).filter(|report| sight.sees_reports_of(books.report(*report).party));
    report.ok_or_else(|| Problem::unknown("report", code))
}

/// A signed number of a material in the unit in which it is shown, without its unit.
fn signed(books: &Books, material: books::MaterialNo, units: impl Into<i128>) -> String {
    crate::shared::number(books, material, units)
}

/// The day a report was due by the duty of its sender, where it has one.
fn due_of(books: &Books, report: &books::report::Report) -> Option<books::Day> {
    let duty = books.facts_at(report.last, books.head()).duty(report.party, report.kind)?;
    Some(books::Day(report.last.0.saturating_add(i32::from(duty.days))))
}
