//! Who reported what, when: numbers, gaps, lateness.

use std::collections::{BTreeMap, HashMap};

use books::report::ReportKind;
use reconcile::reports::{self as numbering, Arrival};

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::party_if;
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};
use wire::date::show_day;
use wire::piece::show_hash;

records! {
    /// Who reported what, when.
    Reports {
        /// Whose reports; all that may be seen where absent.
        party: Option<String>,
        /// Incomplete, late, out of order, of a file that was received before, or with lines outside its days only.
        trouble: Option<bool>,
        /// Only reports of days through this one, YYYY-MM-DD; all where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One report.
    ReportRow {
        /// The report.
        report: String as Code,
        /// What it tells.
        kind: String as Word(report),
        /// First day it covers.
        first: String as Day,
        /// Last day it covers.
        last: String as Day,
        /// Lines, and how many of them have come where that is not all.
        lines: String,
        /// Stated balances.
        balances: u32,
        /// The UTC day on which it was received.
        received: String as Day,
        /// The day it was due.
        due: Option<String> as Day,
        /// Days after it was due; 0 when in time.
        days_late: u32 as Days,
        /// `in order`, `after a gap (2-3 missing)`, `out of order`; `begun anew` where another report took its number.
        arrival: String,
        /// How many of its lines lie outside its days and correct nothing.
        lines_outside: u32,
        /// The report that was read from the very same file before.
        same_file_as: Option<String>,
        /// Who signed it.
        signed_by: Option<String>,
        /// SHA-256 of the file it was read from.
        source: String,
    }

    /// Reports in the order in which they were received.
    ReportsAnswer {
        /// The reports.
        reports: Vec<ReportRow>,
        /// Numbers that never came, as `PARTY/2-3`.
        missing: Vec<String>,
    }
}

impl Question for Reports {
    const NAME: &'static str = "reports";
    const ABOUT: &'static str = "Statements and transaction reports received: numbers, gaps, lateness.";
    type Answer = ReportsAnswer;

    fn table(answer: &ReportsAnswer) -> Table<'_> {
        Table::of(answer, &answer.reports)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<ReportsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Reports {
    fn known(&self, view: &dyn View) -> Result<ReportsAnswer, Problem> {
        let (books, as_of) = (view.books(), as_of(self.as_of.as_ref())?);
        let wanted = party_if(books, "party", self.party.as_ref())?;
        let sight = Sight::of(view);
        let mut series: BTreeMap<books::PartyNo, numbering::Reports> = BTreeMap::new();
        let mut answer = ReportsAnswer::default();
        let mut files: HashMap<(books::PartyNo, [u8; 32]), &str> = HashMap::new();
        for report in books.reports().iter().filter(|report| as_of.is_none_or(|day| report.last <= day)) {
            if wanted.is_some_and(|wanted| wanted != report.party) || !sight.sees_reports_of(report.party) {
                continue;
            }
            let due = report.due.or_else(|| super::due_of(books, report));
            let arrived = numbering::Report {
                number: report.number,
                hash: report.source,
                due: due.unwrap_or(report.received),
                received: report.received,
            };
            let verdict = match report.superseded {
                Some(_) => numbering::Reports::default().receive(&arrived),
                None => series.entry(report.party).or_default().receive(&arrived),
            };
            let same_file_as = match report.superseded {
                Some(_) => None,
                None => files.insert((report.party, report.source), &report.code).map(str::to_owned),
            };
            let arrival = match verdict.arrival {
                _ if report.superseded.is_some() => "begun anew".to_owned(),
                Arrival::InOrder => "in order".to_owned(),
                Arrival::AfterGap { first, last } if first == last => format!("after a gap ({first} missing)"),
                Arrival::AfterGap { first, last } => format!("after a gap ({first}-{last} missing)"),
                Arrival::OutOfOrder | Arrival::Duplicate | Arrival::Conflict { .. } | Arrival::NumberZero => {
                    "out of order".to_owned()
                }
            };
            let is_late = verdict.days_late > 0 || !report.is_complete() || verdict.arrival != Arrival::InOrder;
            let is_trouble = is_late || same_file_as.is_some() || report.lines_outside > 0;
            if self.trouble == Some(true) && !is_trouble {
                continue;
            }
            answer.reports.push(ReportRow {
                report: report.code.clone(),
                kind: kind_word(report.kind).to_owned(),
                first: show_day(report.first),
                last: show_day(report.last),
                lines: match report.is_complete() {
                    true => report.line_count.to_string(),
                    false => format!("{} of {}", report.lines_here, report.line_count),
                },
                balances: report.balance_count,
                received: show_day(report.received),
                due: due.map(show_day),
                days_late: verdict.days_late,
                arrival,
                lines_outside: report.lines_outside,
                same_file_as,
                signed_by: report.signed_by.clone(),
                source: show_hash(&report.source),
            });
        }
        for (party, series) in &series {
            let code = books.party_code(*party);
            answer.missing.extend(series.missing().map(|(first, last)| match first == last {
                true => format!("{code}/{first}"),
                false => format!("{code}/{first}-{last}"),
            }));
        }
        Ok(answer)
    }
}

pub(super) fn kind_word(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Statement => "statement",
        ReportKind::Transactions => "transactions",
    }
}
