//! What must be put back, by whom, and how late it is.

use books::{TallyKey, TallyKind};

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, day_of, material_code, number, party_if, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// What must be put back.
    Debts {
        /// Under which reserve; all where absent.
        reserve: Option<String>,
        /// Whose; all that may be seen where absent.
        member: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
        /// Show debts that are paid too.
        paid: Option<bool>,
    }

    /// One debt.
    DebtLine {
        /// The debt.
        debt: String as Code,
        /// The reserve.
        reserve: String as Code,
        /// Who owes.
        member: String as Code,
        /// The material.
        material: String as Code,
        /// What was owed at first.
        quantity: String as Quantity,
        /// What is still owed.
        owed: String as Quantity,
        /// What of it other members have lent.
        lent: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Form in which it is owed, where one is said.
        form: Option<String> as Word(form),
        /// Day by which it should be back.
        due: String as Day,
        /// The day since which nothing of it is owed.
        settled_on: Option<String> as Day,
        /// Days it is late, or by which it was put back late: it stays on the record. Nothing where it is not.
        late_days: i32 as Days,
        /// Owed to the pool, or (after a call) to the member's own stock.
        to: String as Code,
    }

    /// What must be put back.
    DebtsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// One line for each debt, by due day.
        debts: Vec<DebtLine>,
    }
}

impl Question for Debts {
    const NAME: &'static str = "debts";
    const ABOUT: &'static str = "What members must put back after draws and calls, by when, and how late it is.";
    type Answer = DebtsAnswer;

    fn table(answer: &DebtsAnswer) -> Table<'_> {
        Table::of(answer, &answer.debts)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<DebtsAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let wanted = reserves(view, self.reserve.as_ref())?;
        let member = party_if(books, "member", self.member.as_ref())?;
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let tallies = Tallies::read(view, day, known_at)?;
        let sight = Sight::of(view);
        let mut found: Vec<(i32, DebtLine)> = Vec::new();
        for (row, debt) in (0u32..).zip(books.debts()) {
            let is_wanted = wanted.contains(&debt.reserve)
                && member.is_none_or(|member| member == debt.member)
                && sight.sees_member(books, debt.reserve, debt.member);
            let kind = if debt.to_pool { TallyKind::Debt } else { TallyKind::Rebuild };
            let owed = tallies.at(kind, row, debt.member, debt.material);
            if !is_wanted || (owed == 0 && self.paid != Some(true)) {
                continue;
            }
            let lent = tallies.sum(TallyKind::Lent, row, debt.material);
            let show = |units: i128| number(books, debt.material, units);
            let settled_on = match owed {
                0 => tallies
                    .emptied_on(view, TallyKey { kind, of: row, party: debt.member, material: Some(debt.material) })?,
                _ => None,
            };
            let late_days = if owed > 0 { day.0 - debt.due.0 } else { settled_on.map_or(0, |on| on.0 - debt.due.0) };
            let late_days = late_days.max(0);
            let line = DebtLine {
                debt: debt.code.clone(),
                reserve: books.reserve(debt.reserve).code.clone(),
                member: books.party_code(debt.member).to_owned(),
                material: material_code(books, debt.material),
                quantity: show(debt.quantity.units().into()),
                owed: show(owed.into()),
                lent: show(lent),
                unit: unit(books, debt.material),
                form: debt.form.map(|form| wire::acts::words::Form::from(form).word()),
                due: wire::date::show_day(debt.due),
                settled_on: settled_on.map(wire::date::show_day),
                late_days,
                to: if debt.to_pool { "pool" } else { "own stock" }.into(),
            };
            found.push((debt.due.0, line));
        }
        found.sort_by_key(|(due, _)| *due);
        let debts = found.into_iter().map(|(_, line)| line).collect();
        Ok(DebtsAnswer { as_of: wire::date::show_day(day), debts })
    }
}
