//! What lies in a reserve, beside what its members may claim of it.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Books, EncumbranceKind, EncumbranceNo, MaterialNo, ReserveNo, TallyKind};

use crate::claims::Claims;
use crate::figure::Figure;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, material_code, materials_of, number, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

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
        /// Pledged by members, from named lots.
        pledged: Option<Figure> as Quantity,
        /// Earmarked by members, from named lots.
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
        let claims = Claims::wants(view, At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?)?;
        Ok(claims.and(Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<ReserveStatusAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let claims = Claims::read(view, at)?;
        let mut lines = Vec::new();
        for reserve in reserves(view, self.reserve.as_ref())? {
            for material in materials_of(books, &tallies, reserve) {
                lines.push(line(view, &tallies, &claims, reserve, material, at)?);
            }
        }
        Ok(ReserveStatusAnswer { as_of: wire::date::show_day(at.day), lines })
    }
}

fn line(
    view: &dyn View,
    tallies: &Tallies<'_>,
    claims: &Claims<'_>,
    reserve: ReserveNo,
    material: MaterialNo,
    at: At,
) -> Result<ReserveLine, Problem> {
    let books = view.books();
    let facts = books.reserve(reserve);
    let show = |units: i128| number(books, material, units);
    let physical = physical(view, reserve, material, at)?;
    let owed = owed(books, tallies, reserve, material);
    let entitled = tallies.sum(TallyKind::Entitlement, reserve.0, material);
    let unshared = tallies.sum(TallyKind::Unshared, reserve.0, material);
    let promised = |kind| -> i128 {
        let own = promises(books, reserve, material).filter(|(_, claim)| claim.kind == kind);
        own.map(|(number, _)| i128::from(claims.left(number))).sum()
    };
    let commitments = (0u32..).zip(books.commitments()).filter(|(_, commitment)| commitment.reserve == reserve);
    let forward: i128 = commitments.map(|(number, _)| tallies.sum(TallyKind::Commitment, number, material)).sum();
    let is_told = Sight::of(view).runs(books, reserve);
    let told = |units: i128| Some(if is_told { Figure::Number(show(units)) } else { Figure::Withheld });
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
        short: told(short(books, claims, reserve, material)?),
        forward: told(forward),
        unit: unit(books, material),
        rules: facts.rules_at(at.day, at.known_at).terms.version.clone(),
        winding_up: facts.winding_up.filter(|since| at.day >= *since).map(wire::date::show_day),
    })
}

/// What members promised of their stock under an agreement.
fn promises(
    books: &Books,
    reserve: ReserveNo,
    material: MaterialNo,
) -> impl Iterator<Item = (EncumbranceNo, &books::Encumbrance)> {
    let all = (0u32..).map(EncumbranceNo).zip(books.encumbrances());
    all.filter(move |(_, claim)| {
        claim.kind.is_promise()
            && claim.promised == Some(reserve)
            && books.lot(books.account(claim.account).key.lot).facts.material == material
    })
}

/// What of the stock that members promised does not lie there: on each account no more than is short on it.
fn short(books: &Books, claims: &Claims<'_>, reserve: ReserveNo, material: MaterialNo) -> Result<i128, Problem> {
    let mut promised: BTreeMap<books::AccountNo, i64> = BTreeMap::new();
    for (number, claim) in promises(books, reserve, material) {
        *promised.entry(claim.account).or_default() += claims.left(number);
    }
    let short = |(account, left): (books::AccountNo, i64)| Ok(i128::from(left.min(claims.shortfall(account)?)));
    promised.into_iter().map(short).sum()
}

/// What lies on accounts of the pool.
fn physical(view: &dyn View, reserve: ReserveNo, material: MaterialNo, at: At) -> Result<i128, Problem> {
    let books = view.books();
    let pool = books.reserve(reserve).pool;
    let mut sum = 0;
    for (number, account) in (0u32..).map(books::AccountNo).zip(books.accounts()) {
        let is_own = account.key.owner == pool
            && books.lot(account.key.lot).facts.material == material
            && Place::is_real(books.place(account.key.place));
        if is_own {
            sum += i128::from(at.sums(view, number)?.on_hand);
        }
    }
    Ok(sum)
}

/// What members must put back.
fn owed(books: &Books, tallies: &Tallies<'_>, reserve: ReserveNo, material: MaterialNo) -> i128 {
    let debts = (0u32..).zip(books.debts()).filter(|(_, debt)| debt.reserve == reserve && debt.to_pool);
    debts.map(|(number, _)| tallies.sum(TallyKind::Debt, number, material)).sum()
}
