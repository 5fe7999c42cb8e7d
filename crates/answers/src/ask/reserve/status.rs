//! What lies in a reserve, beside what its members may claim of it.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Books, Day, EncumbranceKind, MaterialNo, ReserveNo, Seq, TallyKind};

use crate::figure::{Figure, Told};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, check_part, day_of, material_code, materials_of, number, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// What lies in a reserve, and what is promised to it.
    ReserveStatus {
        /// Which reserve; all where absent.
        reserve: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One material of a reserve. What members promised is told to who runs it, and `withheld` from others.
    ReserveLine {
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
        /// Physical and receivable less entitled: what is unshared.
        unshared: String as Quantity,
        /// Do the two records agree, once what is unshared is counted?
        agrees: bool,
        /// Pledged by members, from named lots; `unknown` for an older state of knowledge.
        pledged: Option<Figure> as Quantity,
        /// Earmarked by members, from named lots; `unknown` for an older state of knowledge.
        earmarked: Option<Figure> as Quantity,
        /// What of the pledged and earmarked does not lie there: less was found than is set aside.
        short: Option<Figure> as Quantity,
        /// Promised beside any stock.
        forward: Option<Figure> as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Version of the rules in force.
        rules: String as Code,
        /// Since when it is being wound up, if it is.
        winding_up: Option<String> as Day,
    }

    /// What lies in reserves.
    ReserveStatusAnswer {
        /// As of this day.
        as_of: String as Day,
        /// One line for each reserve and material.
        lines: Vec<ReserveLine>,
    }
}

impl Question for ReserveStatus {
    const NAME: &'static str = "reserve";
    const ABOUT: &'static str =
        "What lies in a shared reserve, what members may claim of it, and what is promised to it.";
    type Answer = ReserveStatusAnswer;

    fn table(answer: &ReserveStatusAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<ReserveStatusAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let tallies = Tallies::read(view, day, known_at)?;
        let mut lines = Vec::new();
        for reserve in reserves(books, self.reserve.as_ref())? {
            if self.reserve.is_some() {
                check_part(view, reserve)?;
            } else if !Sight::of(view).takes_part(books, reserve) {
                continue;
            }
            for material in materials_of(books, &tallies, reserve) {
                lines.push(line(view, &tallies, reserve, material, (day, known_at))?);
            }
        }
        Ok(ReserveStatusAnswer { as_of: wire::date::show_day(day), lines })
    }
}

fn line(
    view: &dyn View,
    tallies: &Tallies<'_>,
    reserve: ReserveNo,
    material: MaterialNo,
    (day, known_at): (Day, Option<Seq>),
) -> Result<ReserveLine, Problem> {
    let books = view.books();
    let facts = books.reserve(reserve);
    let show = |units: i128| number(books, material, units);
    let physical = physical(view, reserve, material, day, known_at)?;
    let owed = owed(books, tallies, reserve, material);
    let entitled = tallies.sum(TallyKind::Entitlement, reserve.0, material);
    let unshared = tallies.sum(TallyKind::Unshared, reserve.0, material);
    // What claims were known to bind before is not kept: the claims of today would be another day's answer.
    let is_now = known_at.is_none_or(|known_at| known_at >= books.head());
    let promised = |kind| -> Told<i128> {
        let mut own = books.encumbrances().iter().filter(|claim| {
            let lot = books.account(claim.account).key.lot;
            claim.kind == kind
                && claim.agreement.as_ref() == Some(&facts.code)
                && books.lot(lot).facts.material == material
        });
        match is_now {
            true => Told::Whole(own.map(|claim| i128::from(claim.remaining.at(day).unwrap_or_default().on_hand)).sum()),
            false if own.next().is_none() => Told::Whole(0),
            false => Told::Unknown,
        }
    };
    let commitments = (0u32..).zip(books.commitments()).filter(|(_, commitment)| commitment.reserve == reserve);
    let forward: i128 = commitments.map(|(number, _)| tallies.sum(TallyKind::Commitment, number, material)).sum();
    let is_told = Sight::of(view).runs(books, reserve);
    let told = |units: Told<i128>| Some(if is_told { units.map(show).into() } else { Figure::Withheld });
    Ok(ReserveLine {
        reserve: facts.code.clone(),
        material: material_code(books, material),
        physical: show(physical),
        receivable: show(owed),
        entitled: show(entitled),
        unshared: show(unshared),
        agrees: physical + owed == entitled + unshared,
        pledged: told(promised(EncumbranceKind::Pledge)),
        earmarked: told(promised(EncumbranceKind::Earmark)),
        short: told(match is_now {
            true => Told::Whole(short(books, &facts.code, material, day).into()),
            false if promises(books, &facts.code, material).next().is_none() => Told::Whole(0),
            false => Told::Unknown,
        }),
        forward: told(Told::Whole(forward)),
        unit: unit(books, material),
        rules: facts.rules_at(day, known_at.unwrap_or(books.head())).terms.version.clone(),
        winding_up: facts.winding_up.filter(|since| day >= *since).map(wire::date::show_day),
    })
}

/// What members promised of their stock under an agreement.
fn promises<'b>(
    books: &'b Books,
    agreement: &str,
    material: MaterialNo,
) -> impl Iterator<Item = &'b books::Encumbrance> {
    books.encumbrances().iter().filter(move |claim| {
        claim.kind.is_promise()
            && claim.agreement.as_deref() == Some(agreement)
            && books.lot(books.account(claim.account).key.lot).facts.material == material
    })
}

/// What of the stock that members promised does not lie there: on each account no more than is short on it.
fn short(books: &Books, agreement: &str, material: MaterialNo, day: Day) -> i64 {
    let mut promised: BTreeMap<books::AccountNo, i64> = BTreeMap::new();
    for claim in promises(books, agreement, material) {
        *promised.entry(claim.account).or_default() += claim.remaining.at(day).unwrap_or_default().on_hand;
    }
    promised.into_iter().map(|(account, left)| left.min(books.shortfall(account, day))).sum()
}

/// What lies on accounts of the pool.
fn physical(
    view: &dyn View,
    reserve: ReserveNo,
    material: MaterialNo,
    day: Day,
    known_at: Option<Seq>,
) -> Result<i128, Problem> {
    let books = view.books();
    let pool = books.reserve(reserve).pool;
    let mut sum = 0;
    for (number, account) in (0u32..).map(books::AccountNo).zip(books.accounts()) {
        let is_own = account.key.owner == pool
            && books.lot(account.key.lot).facts.material == material
            && Place::is_real(books.place(account.key.place));
        if is_own {
            sum += i128::from(match known_at {
                Some(known_at) => view.at(number, day, known_at)?.on_hand,
                None => on_hand(view, number, day)?,
            });
        }
    }
    Ok(sum)
}

/// What lies on an account, by the rows at hand or the history.
pub(crate) fn on_hand(view: &dyn View, number: books::AccountNo, day: Day) -> Result<i64, Problem> {
    match view.books().account(number).days.at(day) {
        Some(sums) => Ok(sums.on_hand),
        None => Ok(view.at(number, day, view.books().head())?.on_hand),
    }
}

/// What members must put back.
fn owed(books: &Books, tallies: &Tallies<'_>, reserve: ReserveNo, material: MaterialNo) -> i128 {
    let debts = (0u32..).zip(books.debts()).filter(|(_, debt)| debt.reserve == reserve && debt.to_pool);
    debts.map(|(number, _)| tallies.sum(TallyKind::Debt, number, material)).sum()
}
