//! Plans and authorisations: how much of each is executed, and what is left.

use std::collections::HashMap;

use books::AuthorityNo;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, number, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{At, KnownAt};

records! {
    /// How far plans are executed.
    Plan {
        /// Which authority; all that may be seen where absent.
        authority: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One plan ceiling or authorisation.
    PlanLine {
        /// The authority.
        authority: String as Code,
        /// Who may cite it.
        holder: String as Code,
        /// The material.
        material: String as Code,
        /// `acquisition` or `disposal`.
        direction: String as Word(direction),
        /// At most this much in all.
        ceiling: String as Quantity,
        /// Used by movements that cite it, up to the day.
        used: String as Quantity,
        /// Left.
        left: String as Quantity,
        /// Used, in per cent of the ceiling, cut to hundredths.
        executed: String as Percent,
        /// How much of its time is gone, in per cent, where it has an end.
        elapsed: Option<String> as Percent,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// First day.
        first: String as Day,
        /// Last day.
        last: Option<String> as Day,
        /// Law, plan or order it rests on.
        basis: Option<String>,
    }

    /// How far plans are executed.
    PlanAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each authority.
        plans: Vec<PlanLine>,
    }
}

/// What of each authority was used, by what was known.
#[derive(Default)]
struct Used(HashMap<AuthorityNo, i64>);

impl Question for Plan {
    const NAME: &'static str = "plan";
    const ABOUT: &'static str = "Plan ceilings and authorisations: how much of each is executed, and what is left.";
    type Answer = PlanAnswer;

    fn table(answer: &PlanAnswer) -> Table<'_> {
        Table::of(answer, &answer.plans)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let at = At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?;
        if at.is_now(view.books()) {
            return Ok(Wants::nothing());
        }
        let scan = Scan::fold(move |used: &mut Used, _, _, event| {
            for one in event.uses.iter().flatten().filter(|_| event.effective <= at.day) {
                *used.0.entry(one.authority).or_default() += one.delta;
            }
        });
        Ok(scan.through(at.known_at).into())
    }

    fn answer(&self, view: &dyn View) -> Result<PlanAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let sight = Sight::of(view);
        let is_seen =
            |code: &String| books.authorities().iter().any(|row| row.code == *code && sight.sees_party(row.party));
        if let Some(code) = self.authority.as_ref().filter(|code| !is_seen(code)) {
            return Err(Problem::unknown("authority", code));
        }
        let then: Option<&Used> = if at.is_now(books) { None } else { Some(view.folded()?) };
        let seen = at.facts(books).authorities().filter(|(_, authority)| {
            sight.sees_party(authority.party) && self.authority.as_ref().is_none_or(|code| *code == authority.code)
        });
        let plans = seen.map(|(of, authority)| {
            let show = |units| number(books, authority.material, units);
            let used = match then {
                None => authority.days.at(at.day).unwrap_or_default().on_hand,
                Some(then) => then.0.get(&of).copied().unwrap_or(0),
            };
            let ceiling = authority.ceiling.units();
            let elapsed = authority.last.map(|last| {
                let whole = i128::from(last.0) - i128::from(authority.first.0) + 1;
                let gone = (i128::from(at.day.0) - i128::from(authority.first.0) + 1).clamp(0, whole);
                percent(gone, whole)
            });
            PlanLine {
                authority: authority.code.clone(),
                holder: books.party_code(authority.party).to_owned(),
                material: material_code(books, authority.material),
                direction: wire::acts::words::Direction::from(authority.direction).word(),
                ceiling: show(ceiling),
                used: show(used),
                left: show(ceiling - used),
                executed: percent(i128::from(used), i128::from(ceiling)),
                elapsed,
                unit: unit(books, authority.material),
                first: wire::date::show_day(authority.first),
                last: authority.last.map(wire::date::show_day),
                basis: authority.basis.clone(),
            }
        });
        Ok(PlanAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, plans: plans.collect() })
    }
}
