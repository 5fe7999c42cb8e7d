//! The report calendar: who had to report what by when, and how late it came.

use books::Day;
use books::books::known::DutyOf;

use super::reports::kind_word;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::party_if;
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};
use wire::date::{date_of, show_day};

/// Periods of one duty that are shown.
const PERIODS_MAX: usize = 1_200;

records! {
    /// Who had to report what by when.
    ReportCalendar {
        /// Whose duties; all that may be seen where absent.
        party: Option<String>,
        /// Late or missing only.
        late: Option<bool>,
        /// As of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One period of one duty.
    CalendarLine {
        /// Who.
        party: String as Code,
        /// `statement` or `transactions`.
        kind: String as Word(report),
        /// First day of the period.
        first: String as Day,
        /// Last day of the period.
        last: String as Day,
        /// The day by which it is due.
        due: String as Day,
        /// The first report that covers it.
        report: Option<String> as Code,
        /// The day on which it was received.
        received: Option<String> as Day,
        /// `in time`, `late`, `missing` or `not due yet`.
        state: String as Word(due),
        /// Days after it was due: until it came, or until now.
        days_late: u32 as Days,
    }

    /// Periods by party, kind and day.
    ReportCalendarAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// The periods.
        periods: Vec<CalendarLine>,
    }
}

impl Question for ReportCalendar {
    const NAME: &'static str = "report_calendar";
    const ABOUT: &'static str = "Who had to report what by when, and how late each report came.";
    type Answer = ReportCalendarAnswer;

    fn table(answer: &ReportCalendarAnswer) -> Table<'_> {
        Table::of(answer, &answer.periods)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<ReportCalendarAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let today = at.day;
        let wanted = party_if(books, "party", self.party.as_ref())?;
        let sight = Sight::of(view);
        let mut answer = ReportCalendarAnswer { as_of: show_day(today), known_at: at.known_at.0, periods: Vec::new() };
        for DutyOf { duty, from, until } in at.facts(books).duties() {
            if wanted.is_some_and(|wanted| wanted != duty.party) || !sight.sees_reports_of(duty.party) {
                continue;
            }
            let is_in_force = |last: Day| until.is_none_or(|until| last < until);
            for (first, last) in periods(from, duty.months, today).into_iter().filter(|(_, last)| is_in_force(*last)) {
                let due = Day(last.0.saturating_add(i32::from(duty.days)));
                let covers = books.reports().iter().find(|report| {
                    report.party == duty.party
                        && report.kind == duty.kind
                        && report.is_complete()
                        && report.events.last().is_none_or(|last| *last <= at.known_at)
                        && report.first <= first
                        && report.last >= last
                        && report.received <= today
                });
                let (state, until) = match covers {
                    Some(report) if report.received <= due => ("in time", due),
                    Some(report) => ("late", report.received),
                    None if today <= due => ("not due yet", due),
                    None => ("missing", today),
                };
                if self.late == Some(true) && !["late", "missing"].contains(&state) {
                    continue;
                }
                answer.periods.push(CalendarLine {
                    party: books.party_code(duty.party).to_owned(),
                    kind: kind_word(duty.kind).into(),
                    first: show_day(first),
                    last: show_day(last),
                    due: show_day(due),
                    report: covers.map(|report| report.code.clone()),
                    received: covers.map(|report| show_day(report.received)),
                    state: state.into(),
                    days_late: until.0.abs_diff(due.0),
                });
            }
        }
        answer.periods.sort_by(|a, b| (&a.party, &a.kind, &a.first).cmp(&(&b.party, &b.kind, &b.first)));
        Ok(answer)
    }
}

/// Periods of whole months that end by a day, from the one that holds the first day of the duty.
fn periods(from: Day, months: u8, today: Day) -> Vec<(Day, Day)> {
    let mut found = Vec::new();
    let start = date_of(from);
    let (mut year, mut month) = (i32::from(start.year()), i32::from(start.month()) - 1);
    // Periods of several months begin with the year: quarters in January, April, July and October.
    month -= month % i32::from(months);
    let day = |year: i32, month: i32| {
        let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
        wire::date::parse_day(&format!("{year:04}-{month:02}-01")).ok()
    };
    while found.len() < PERIODS_MAX {
        let Some((first, next)) = day(year, month).zip(day(year, month + i32::from(months))) else { break };
        let last = Day(next.0 - 1);
        if last > today {
            break;
        }
        found.push((first, last));
        month += i32::from(months);
        year += month.div_euclid(12);
        month = month.rem_euclid(12);
    }
    found
}
