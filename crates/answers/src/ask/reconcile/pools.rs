//! The two records of a pool on every day on which one of them changed: what lies there, and what members may claim.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Books, Day, DebtNo, Event, MaterialNo, ReserveNo, TallyKind};

use super::signed;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, material_if, reserves, unit};
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{KnownAt, day};
use wire::date::show_day;

records! {
    /// Entitlements against what lies in the pool.
    PoolCheck {
        /// Which reserve; all that may be seen where absent.
        reserve: Option<String>,
        /// Of this material.
        material: Option<String>,
        /// Only as of the end of this day; every day on which something changed where absent.
        as_of: Option<String>,
        /// Only days on which the two differ.
        differing: Option<bool>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// A pool at the end of a day.
    PoolLine {
        /// The day.
        day: String as Day,
        /// The reserve.
        reserve: String as Code,
        /// The material.
        material: String as Code,
        /// What lies in the pool.
        physical: String as Quantity,
        /// What members must put back.
        receivable: String as Quantity,
        /// What members may claim.
        entitled: String as Quantity,
        /// Physical and receivable less entitled.
        difference: String as Quantity,
        /// What of that is recorded as unshared: a loss, a count, a substitute.
        unshared: String as Quantity,
        /// What nothing explains: always 0.
        unexplained: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
    }

    /// Pools, day by day.
    PoolCheckAnswer {
        /// Days on which the two records differ.
        differing_days: u64,
        /// The lines.
        pools: Vec<PoolLine>,
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    physical: i128,
    receivable: i128,
    entitled: i128,
    unshared: i128,
}

/// What changed in each pool, day by day.
#[derive(Default)]
struct Changes(BTreeMap<(ReserveNo, MaterialNo), BTreeMap<Day, Sums>>);

impl Changes {
    fn add(&mut self, books: &Books, event: &Event) {
        for entry in &event.entries {
            for (account, sign) in [(entry.source, -1), (entry.target, 1)] {
                let key = books.account(account).key;
                let is_real = books.places().get(key.place.0 as usize).is_some_and(Place::is_real);
                let Some(reserve) = books.pool_of(key.owner).filter(|_| is_real) else { continue };
                let of = (reserve, books.lot(key.lot).facts.material);
                let sums = self.on(of, entry.day.unwrap_or(event.effective));
                sums.physical += sign * i128::from(entry.quantity.units());
            }
        }
        for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
            let key = books.tally(change.tally).key;
            let is_debt = key.kind == TallyKind::Debt;
            if !(is_debt || matches!(key.kind, TallyKind::Entitlement | TallyKind::Unshared)) {
                continue;
            }
            let reserve = if is_debt { books.debt(DebtNo(key.of)).reserve } else { ReserveNo(key.of) };
            let Some(material) = key.material else { continue };
            let sums = self.on((reserve, material), change.day.unwrap_or(event.effective));
            let delta = i128::from(change.delta);
            if is_debt {
                sums.receivable += delta;
            } else if key.kind == TallyKind::Unshared {
                sums.unshared += delta;
            } else {
                sums.entitled += delta;
            }
        }
    }

    fn on(&mut self, of: (ReserveNo, MaterialNo), day: Day) -> &mut Sums {
        self.0.entry(of).or_default().entry(day).or_default()
    }
}

impl Question for PoolCheck {
    const NAME: &'static str = "pool_check";
    const ABOUT: &'static str = "What lies in each pool against what members may claim of it, on every day.";
    type Answer = PoolCheckAnswer;

    fn table(answer: &PoolCheckAnswer) -> Table<'_> {
        Table::of(answer, &answer.pools)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let scan = Scan::fold(|changes: &mut Changes, view, _, event| changes.add(view.books(), event));
        Ok(known_at.into_iter().fold(scan, Scan::through).into())
    }

    fn answer(&self, view: &dyn View) -> Result<PoolCheckAnswer, Problem> {
        let books = view.books();
        let material = material_if(books, self.material.as_ref())?;
        let only = self.as_of.as_ref().map(|text| day("as_of", text)).transpose()?;
        let wanted = reserves(view, self.reserve.as_ref())?;
        let changes: &Changes = view.folded()?;
        let mut answer = PoolCheckAnswer::default();
        for ((reserve, of), days) in &changes.0 {
            let (reserve, of) = (*reserve, *of);
            if !wanted.contains(&reserve) || material.is_some_and(|material| material != of) {
                continue;
            }
            let mut now = Sums::default();
            let mut rows: Vec<(Day, Sums)> = Vec::new();
            for (day, change) in days {
                now.physical += change.physical;
                now.receivable += change.receivable;
                now.entitled += change.entitled;
                now.unshared += change.unshared;
                rows.push((*day, now));
            }
            if let Some(only) = only {
                let last = rows.iter().rev().find(|(day, _)| *day <= only).map_or(Sums::default(), |row| row.1);
                rows = vec![(only, last)];
            }
            for (day, sums) in rows {
                let Sums { physical, receivable, entitled, unshared } = sums;
                let difference = physical + receivable - entitled;
                answer.differing_days += u64::from(difference != 0);
                if self.differing == Some(true) && difference == 0 {
                    continue;
                }
                let show = |units: i128| signed(books, of, units);
                answer.pools.push(PoolLine {
                    day: show_day(day),
                    reserve: books.reserve(reserve).code.clone(),
                    material: material_code(books, of),
                    physical: show(physical),
                    receivable: show(receivable),
                    entitled: show(entitled),
                    difference: show(difference),
                    unshared: show(unshared),
                    unexplained: show(difference - unshared),
                    unit: unit(books, of),
                });
            }
        }
        Ok(answer)
    }
}
