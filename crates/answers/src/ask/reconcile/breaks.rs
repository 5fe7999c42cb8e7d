//! Breaks: who owns each, why it is there, how old it is, who has to know.

use std::borrow::Cow;

use books::difference::Break;
use books::{Books, Day};
use reconcile::AgeBucket;
use reconcile::breaks::{Escalation, Level, Status};

use super::run::status_word;
use super::signed;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{day_of, material_code, material_if, one_of, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;
use wire::date::show_day;

records! {
    /// Breaks.
    Breaks {
        /// Whose; all that may be seen where absent.
        party: Option<String>,
        /// Of this material.
        material: Option<String>,
        /// `open`, `explained`, `resolved`, `written_off`; those that are not closed where absent, `all` for all.
        status: Option<String>,
        /// Only those of this owner.
        owner: Option<String>,
        /// Breaks opened by this day, YYYY-MM-DD, as they stood then; as they stand today where absent.
        as_of: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One break.
    BreakLine {
        /// The break.
        code: String as Code,
        /// What the comparison said.
        class: String as Word(class),
        /// Why, as far as is known now.
        reason: String as Word(reason),
        /// How it stands.
        status: String as Word(break),
        /// Whose record.
        party: String as Code,
        /// On the other side.
        against: String as Code,
        /// The material.
        material: String as Code,
        /// Ours less theirs; absent where the two cannot be compared.
        difference: Option<String> as Quantity,
        /// Unit and basis of the difference.
        unit: String as Code,
        /// The day the movement took effect.
        effective: String as Day,
        /// Age since then, in days: 0-1, 2-7, 8-30, 31-90, >90.
        age: String,
        /// The day of the first report that told of it.
        first_report: String as Day,
        /// Age since then.
        age_reported: String,
        /// Who is responsible.
        owner: Option<String> as Code,
        /// Who has to know: owner, supervisor, secretariat, auditor; nobody of a closed break.
        escalation: Option<String> as Word(escalation),
        /// The closed break that it comes back to.
        follows: Option<String> as Code,
    }

    /// Breaks in the order in which they were opened.
    BreaksAnswer {
        /// Ages as of this day.
        as_of: String as Day,
        /// Breaks that are not closed, by age since the effective date, from 0-1 to >90 days.
        ageing: Vec<u64>,
        /// The same since the first report.
        ageing_reported: Vec<u64>,
        /// The breaks.
        breaks: Vec<BreakLine>,
    }
}

impl Question for Breaks {
    const NAME: &'static str = "breaks";
    const ABOUT: &'static str = "Breaks: class, reason, owner, age and escalation of each.";
    type Answer = BreaksAnswer;

    fn table(answer: &BreaksAnswer) -> Table<'_> {
        Table::of(answer, &answer.breaks)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        then::wants(view, self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<BreaksAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Breaks {
    fn known(&self, view: &dyn View) -> Result<BreaksAnswer, Problem> {
        let (books, today) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let party = party_if(books, "party", self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        one_of("status", self.status.as_ref(), &["open", "explained", "resolved", "written_off", "all"])?;
        let sight = Sight::of(view);
        let mut answer = BreaksAnswer {
            as_of: show_day(today),
            ageing: vec![0; AgeBucket::ALL.len()],
            ageing_reported: vec![0; AgeBucket::ALL.len()],
            breaks: Vec::new(),
        };
        let as_of = self.as_of.as_ref().map(|_| today);
        for row in books.breaks().iter().filter(|row| sees(&sight, row)) {
            let Some(row) = standing(row, as_of) else { continue };
            let is_meant = party.is_none_or(|party| row.party == party || row.against == party)
                && material.is_none_or(|material| row.found.material == material)
                && self.owner.as_ref().is_none_or(|owner| row.owner() == Some(owner.as_str()));
            if !is_meant {
                continue;
            }
            let now = row.now();
            if !now.is_closed() {
                let ages = now.ages(today);
                answer.ageing[ages.since_effective as usize] += 1;
                // A day before the first report knows of no report.
                if row.first_report <= today || as_of.is_none() {
                    answer.ageing_reported[ages.since_first_report as usize] += 1;
                }
            }
            let is_shown = match self.status.as_deref() {
                None => !now.is_closed(),
                Some("all") => true,
                Some(word) => word == status_word(now.status()),
            };
            if is_shown {
                answer.breaks.push(line(books, &row, today));
            }
        }
        Ok(answer)
    }
}

/// A break as it stood on a day, by the days of what was done; none that was not open yet.
pub(super) fn standing(row: &Break, as_of: Option<Day>) -> Option<Cow<'_, Break>> {
    let Some(day) = as_of else { return Some(Cow::Borrowed(row)) };
    // Steps are in the order of their days.
    let steps = row.steps.partition_point(|step| step.day <= day);
    if row.opened > day {
        return None;
    }
    Some(match steps == row.steps.len() {
        true => Cow::Borrowed(row),
        false => Cow::Owned(Break { steps: row.steps[..steps].to_vec(), ..row.clone() }),
    })
}

/// Its two parties see a break, and a secretariat.
pub(super) fn sees(sight: &Sight<'_>, row: &Break) -> bool {
    sight.sees_reports_of(row.party) || sight.sees_party(row.against)
}

pub(super) fn line(books: &Books, row: &Break, today: Day) -> BreakLine {
    let now = row.now();
    let ages = now.ages(today);
    let level = Escalation::default().level(&now, today);
    let is_closed = matches!(now.status(), Status::Resolved | Status::WrittenOff);
    let material = row.found.material;
    BreakLine {
        code: row.code.clone(),
        class: row.found.class.code().into(),
        reason: now.reason().code().into(),
        status: status_word(now.status()).into(),
        party: books.party_code(row.party).to_owned(),
        against: books.party_code(row.against).to_owned(),
        material: material_code(books, material),
        difference: row.found.difference.map(|units| signed(books, material, units)),
        unit: unit(books, material),
        effective: show_day(row.found.effective),
        age: if is_closed { String::new() } else { ages.since_effective.label().into() },
        first_report: show_day(row.first_report),
        age_reported: if is_closed || row.first_report > today {
            String::new()
        } else {
            ages.since_first_report.label().into()
        },
        owner: row.owner().map(str::to_owned),
        escalation: level.map(|level| {
            match level {
                Level::Owner => "owner",
                Level::Supervisor => "supervisor",
                Level::Secretariat => "secretariat",
                Level::Auditor => "auditor",
            }
            .to_owned()
        }),
        follows: row.found.follows.map(|number| books.a_break(number).code.clone()),
    }
}
