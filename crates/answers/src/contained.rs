//! A quantity restated in another basis, by what its lot is made of. Nothing is ever added across bases without it.

use books::composition::{Composition, Scales};
use books::{AccountKey, AccountNo, Day, Facts, LotNo, PlaceNo, Seq};
use measure::{Basis, OxideFactor, Quantity};

use crate::history::{History, HistoryError};
use crate::view::View;

/// A quantity in the basis asked for, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restated {
    /// In accounting units of the lot's material; rounded to the nearest unit, halves to even. May be negative.
    pub units: i128,
    /// The events whose assays it rests on; none where nothing had to be converted.
    pub assays: Vec<Seq>,
}

/// Restates a quantity of a lot, by what it is made of as of a day, as known at an event. `None` where nobody knows.
///
/// # Errors
/// When the history cannot be read.
pub fn restate(
    history: &(impl History + ?Sized),
    at: &Facts<'_>,
    lot: LotNo,
    units: i64,
    basis: Basis,
) -> Result<Option<Restated>, HistoryError> {
    let own = at.books.material(at.books.lot(lot).facts.material).basis;
    if own == basis {
        return Ok(Some(Restated { units: i128::from(units), assays: Vec::new() }));
    }
    Ok(made_of(history, at, lot)?.and_then(|found| in_basis(&found, units, (own, basis))))
}

/// Restates what went to a place outside the stock, or came from there: each part by what the lot was made of on its day, as
/// known at an event. What was issued is restated where the same material was measured anew, and not where the material
/// itself changed since; of a change of the weight alone nothing that the lot contains went anywhere.
///
/// # Errors
/// When the history cannot be read.
pub(crate) fn restate_moved(
    view: &dyn View,
    at: &Facts<'_>,
    number: AccountNo,
    basis: Basis,
) -> Result<Option<Restated>, HistoryError> {
    let (books, known_at) = (at.books, at.known_at);
    let AccountKey { lot, owner, place } = books.account(number).key;
    let (mut before, mut after) = (0, Day(i32::MIN));
    let mut sum = Restated { units: 0, assays: Vec::new() };
    let turns = books.turns(lot, (at.day, known_at));
    let own = books.material(books.lot(lot).facts.material).basis;
    for by in turns.into_iter().map(|turn| Day(turn.0.saturating_sub(1))).chain([at.day]) {
        let held = view.at(number, by, known_at)?.on_hand;
        let alone = if place == PlaceNo::LOSS { books.weight_alone(lot, owner, (after, by), known_at) } else { 0 };
        let mut moved = held - before + alone;
        let turn = after.next();
        (before, after) = (held, by);
        // What went on the day itself before it turned is made of what lay there then.
        for (seq, units) in moved_on(view, at, number, turn)?.into_iter().filter(|_| own != basis) {
            let found = books.composition_when(lot, (turn, known_at), (seq, number), &mut Weighed(view))?;
            let Some(units_in) = found.and_then(|found| in_basis(&found, units, (own, basis))) else { return Ok(None) };
            sum.units += units_in.units;
            sum.assays.extend(units_in.assays);
            moved -= units;
        }
        if moved != 0 {
            let Some(part) = restate(view, &books.facts_at(by, known_at), lot, moved, basis)? else { return Ok(None) };
            sum.units += part.units;
            sum.assays.extend(part.assays);
        }
    }
    Ok(Some(sum))
}

/// What each event of a day moved to an account, where the lot's weight alone changed on that day.
fn moved_on(view: &dyn View, at: &Facts<'_>, number: AccountNo, day: Day) -> Result<Vec<(Seq, i64)>, HistoryError> {
    let (books, known_at) = (at.books, at.known_at);
    let lot = books.account(number).key.lot;
    if day > at.day || !books.is_weighed_alone_on(lot, day) {
        return Ok(Vec::new());
    }
    let evening = Day(day.0.saturating_sub(1));
    let by = |seq: Seq| Ok(view.at(number, day, seq)?.on_hand - view.at(number, evening, seq)?.on_hand);
    let changes = view.changes(number, known_at)?;
    let mut of_day: Vec<Seq> = changes.into_iter().filter(|(_, own)| *own == day).map(|(seq, _)| seq).collect();
    of_day.sort_unstable();
    of_day.dedup();
    of_day.retain(|seq| !books.is_weight_alone(lot, *seq));
    of_day.into_iter().map(|seq| Ok((seq, by(seq)? - by(Seq(seq.0 - 1))?))).collect()
}

/// What a lot is made of, as of a day, as known at an event; `None` where nobody knows.
pub(crate) fn made_of(
    history: &(impl History + ?Sized),
    at: &Facts<'_>,
    lot: LotNo,
) -> Result<Option<Composition>, HistoryError> {
    at.books.composition(lot, (at.day, at.known_at), &mut Weighed(history))
}

/// What a history says of weights.
struct Weighed<'h, H: ?Sized>(&'h H);

impl<H: History + ?Sized> Scales<HistoryError> for Weighed<'_, H> {
    fn weigh(&mut self, account: AccountNo, day: Day, known_at: Seq) -> Result<i64, HistoryError> {
        self.0.at(account, day, known_at).map(|sums| sums.on_hand)
    }

    fn changes(&mut self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        self.0.changes(account, known_at)
    }
}

/// A weight of a lot in another basis than its own.
fn in_basis(found: &Composition, units: i64, (own, basis): (Basis, Basis)) -> Option<Restated> {
    let units = match (own, basis) {
        (Basis::Wet | Basis::Net, Basis::Dry) => found.dry(units)?,
        (Basis::Dry, Basis::Wet) => found.wet(units)?,
        (_, Basis::Reo | Basis::Contained(_)) => contained(found, units, basis)?,
        (_, Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry) => return None,
    };
    Some(Restated { units, assays: found.assays.clone() })
}

fn contained(found: &Composition, units: i64, basis: Basis) -> Option<i128> {
    let mut inside: i128 = 0;
    // An assay that does not name an element says that there is none; one that names no rare earth says nothing of REO.
    let mut is_found = matches!(basis, Basis::Contained(_)) && !found.contents.is_empty();
    for (analyte, fraction) in &found.contents {
        let size = i64::try_from(Composition::inside(units, *fraction).unsigned_abs()).ok()?;
        let Some(part) = counts(analyte, Quantity::new(size)?, basis) else { continue };
        is_found = true;
        inside += i128::from(part.units());
    }
    is_found.then_some(if units < 0 { -inside } else { inside })
}

/// What a part of the lot counts in a basis; `None` where it counts nothing.
fn counts(analyte: &str, part: Quantity, basis: Basis) -> Option<Quantity> {
    let factor = OxideFactor::find(analyte);
    match basis {
        Basis::Reo => {
            let factor = factor?;
            if factor.oxide == analyte { Some(part) } else { factor.to_oxide(part).map(|oxide| oxide.quantity) }
        }
        Basis::Contained(wanted) => {
            let wanted = wanted.code();
            if wanted == analyte {
                return Some(part);
            }
            let factor = factor?;
            if factor.oxide == analyte && factor.element == wanted {
                Some(factor.to_element(part).quantity)
            } else if factor.element == analyte && factor.oxide == wanted {
                factor.to_oxide(part).map(|oxide| oxide.quantity)
            } else {
                None
            }
        }
        Basis::Gross | Basis::Net | Basis::Wet | Basis::Dry => None,
    }
}
