//! A report as labelled text, whatever it came in as: versioned, with a checksum, ready to be read by another ledger.

use books::Act;

use super::{check_sees, report};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::reported::{content, events_of};
use crate::sight::Sight;
use crate::table::{Shape, Table};
use crate::view::View;
use crate::wants::Wants;
use crate::why::Why;

records! {
    /// A report as labelled text.
    ReportText {
        /// Which report, as `PARTY/7`.
        report: String,
    }

    /// A report as labelled text.
    ReportTextAnswer {
        /// The report.
        report: String as Code,
        /// The text.
        text: String,
    }
}

impl Question for ReportText {
    const NAME: &'static str = "report_text";
    const ABOUT: &'static str = "A report as labelled text, versioned, with a checksum.";
    type Answer = ReportTextAnswer;

    fn table(answer: &ReportTextAnswer) -> Table<'_> {
        Table { shape: Shape::Text, ..Table::row(answer) }
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let books = view.books();
        Ok(Wants::events(events_of(books, report(view, &self.report)?)))
    }

    fn answer(&self, view: &dyn View) -> Result<ReportTextAnswer, Problem> {
        let books = view.books();
        let number = report(view, &self.report)?;
        let row = books.report(number);
        check_sees(&Sight::of(view), books, row.party)?;
        if !row.is_complete() {
            let (count, most) = (row.lines_here.into(), row.line_count.into());
            return Err(Problem::wrong_use(Why::Incomplete { report: row.code.clone(), count, most }));
        }
        let event = view.event(row.events[0])?;
        let unreadable = || Problem::cannot_answer(Why::NoReport { report: row.code.clone() });
        let event = event.ok_or_else(unreadable)?;
        let act = event.act(books);
        let Some(Act::ReceiveReport(first)) = act.as_deref() else { return Err(unreadable()) };
        let mut whole = first.as_ref().clone();
        whole.lines = content(view, number)?.lines;
        let shown = wire::acts::show_report(books, &whole);
        let text = wire::report_text::write(&shown, books.party_code(row.party));
        Ok(ReportTextAnswer { report: row.code.clone(), text })
    }
}
