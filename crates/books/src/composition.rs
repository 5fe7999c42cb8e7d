//! What a lot is made of, as of a day, as known at an event: which of its assays holds, and what it inherits.
//!
//! An assay holds from its day on; on days before the first one, the first. Of several the final ones come first, then the
//! later day, then what was recorded last. A provisional result is open until the final one, which restates its days too,
//! unless weight was lost or gained by hand in between: then it speaks of what lay there later.
//!
//! Drying, moisture and oxidation change the weight and leave the content: from then on the same content lies in less
//! weight, or in more, until it is measured again. An assay of before holds until then, one of after from then on. Within a day
//! the order of what happened decides: what was taken off before it dried is made of what lay there then.
//!
//! What was split off goes by the lot it came from, and a merged lot by its parts and their weights, where neither was
//! measured by itself.

use crate::books::Books;
use crate::count::Position;
use crate::lot::{Assay, AssayStatus, Lot, Weighed};
use crate::number::{AccountNo, Day, LotNo, PartyNo, Seq};
use measure::Basis;

mod weighed;

/// The whole of a weight. Fractions are parts of it: so fine that a quantity restated by one is right to the last unit.
pub const WHOLE: i128 = 1_000_000_000_000_000_000;

/// One part per billion of [`WHOLE`].
const PPB: i128 = WHOLE / 1_000_000_000;

/// What changed the weight of a lot and not what it contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum WeightOnly {
    /// Water went or came: the dry weight stays.
    #[n(0)]
    Moisture,
    /// Oxygen or carbon dioxide was taken up or given off.
    #[n(1)]
    Oxidation,
}

/// The weight of a lot was changed by hand: by a loss or a gain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct WeightChange {
    /// The event.
    #[n(0)]
    pub seq: Seq,
    /// Its day.
    #[n(1)]
    pub effective: Day,
    /// Gained, or where it is less than nothing lost, in accounting units.
    #[n(2)]
    pub units: i64,
    /// Why, where the content stayed.
    #[n(3)]
    pub weight_only: Option<WeightOnly>,
    /// Whose weight.
    #[n(4)]
    pub owner: PartyNo,
}

/// What a lot is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composition {
    /// Final where all that it rests on is.
    pub status: AssayStatus,
    /// Each element or oxide in parts of [`WHOLE`] of the accounted weight. What is not named is not in it.
    pub contents: Vec<(String, i128)>,
    /// Water in parts of the wet weight.
    pub moisture: Option<i128>,
    /// The events whose assays it rests on, in order.
    pub assays: Vec<Seq>,
}

/// What lies on accounts, as known at an event.
pub trait Scales<E> {
    /// What lies on an account at the end of a day.
    ///
    /// # Errors
    /// When it cannot be read.
    fn weigh(&mut self, account: AccountNo, day: Day, known_at: Seq) -> Result<i64, E>;

    /// The events that changed an account, each with the day on which it did; nothing where nobody remembers them.
    ///
    /// # Errors
    /// When they cannot be read.
    fn changes(&mut self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, E>;
}

/// Scales that know what lies there and not what moved it.
impl<E, W: FnMut(AccountNo, Day, Seq) -> Result<i64, E>> Scales<E> for W {
    fn weigh(&mut self, account: AccountNo, day: Day, known_at: Seq) -> Result<i64, E> {
        self(account, day, known_at)
    }

    fn changes(&mut self, _: AccountNo, _: Seq) -> Result<Vec<(Seq, Day)>, E> {
        Ok(Vec::new())
    }
}

/// See [`Scales`].
pub type Weigh<'w, E> = dyn Scales<E> + 'w;

/// An assay that may hold.
struct Candidate<'b> {
    effective: Day,
    seq: Seq,
    at: Position,
    assay: &'b Assay,
}

/// A lot as of a day, as known at an event. What came to it after `until` is of no concern: a part was taken off then.
struct Asked<'b> {
    books: &'b Books,
    lot: LotNo,
    day: Day,
    known_at: Seq,
    until: Option<Position>,
    /// Those that stand, in the order of what happened.
    changes: Vec<WeightChange>,
}

impl Books {
    /// What a lot is made of, as of a day, as known at an event; `None` where nobody knows.
    ///
    /// # Errors
    /// Those of `weigh`, which is asked about lots of which the weight alone has changed.
    pub fn composition<E>(
        &self,
        lot: LotNo,
        (day, known_at): (Day, Seq),
        weigh: &mut Weigh<'_, E>,
    ) -> Result<Option<Composition>, E> {
        Asked::of(self, lot, (day, known_at), None).composition(weigh)
    }

    /// What a lot was made of on a day just when an event moved some of it to an account or from there: what changed its weight later that day is of no concern.
    ///
    /// # Errors
    /// Those of `weigh`.
    pub fn composition_when<E>(
        &self,
        lot: LotNo,
        (day, known_at): (Day, Seq),
        (moved, account): (Seq, AccountNo),
        weigh: &mut Weigh<'_, E>,
    ) -> Result<Option<Composition>, E> {
        Asked::of(self, lot, (day, known_at), Some(self.moved_at(moved, account, day))).composition(weigh)
    }

    /// Where what an event says of a day stands in the order of what happened: a correction where what it corrects does.
    fn stood_at(&self, seq: Seq, day: Day) -> Position {
        let root = self.root_of(seq);
        Position::entry(day, root).timed(self.time_of(root, day))
    }

    /// What a lot is made of, by what is at hand: for a decision, on its own day.
    #[must_use]
    pub(crate) fn composition_now(&self, lot: LotNo, day: Day) -> Option<Composition> {
        let weigh = &mut |account, day, _| {
            let days = &self.account(account).days;
            Ok::<_, std::convert::Infallible>(days.at(day).unwrap_or_else(|| days.latest()).on_hand)
        };
        self.composition(lot, (day, self.head()), weigh).unwrap_or_else(|never| match never {})
    }

    /// Did an event stand on a day, as known at another: was it not taken back by then?
    #[must_use]
    pub fn stands_at(&self, seq: Seq, day: Day, known_at: Seq) -> bool {
        let is_taken_back = |reversal: &super::books::Reversal| {
            reversal.by <= known_at && reversal.effective <= day && self.stands_at(reversal.by, day, known_at)
        };
        !self.reversals_of(seq).any(is_taken_back)
    }

    /// The lot whose assay, loss or gain an event recorded.
    #[must_use]
    pub fn measured_in(&self, seq: Seq) -> Option<LotNo> {
        let says = |lot: &Lot| {
            lot.assays.iter().any(|known| known.seq == seq) || lot.changes.iter().any(|change| change.seq == seq)
        };
        (0u32..).zip(self.lots.rows()).find(|(_, lot)| says(lot)).map(|(row, _)| LotNo(row))
    }

    /// The days up to one on which what a lot is made of may have changed, in order, as known at an event.
    #[must_use]
    pub fn turns(&self, lot: LotNo, (day, known_at): (Day, Seq)) -> Vec<Day> {
        let mut family = vec![lot];
        let mut days = Vec::new();
        while let Some(lot) = family.pop() {
            let row = self.lot(lot);
            let assays = row.assays.iter().map(|known| (known.effective, known.seq));
            let changes = row.changes.iter().map(|change| (change.effective, change.seq));
            let known = assays.chain(changes).filter(|(own, seq)| *own <= day && *seq <= known_at);
            days.extend(known.map(|(own, _)| own));
            family.extend(row.parents.iter().filter(|_| row.inherits).map(|parent| parent.lot));
        }
        days.sort_unstable();
        days.dedup();
        days
    }

    /// What an owner lost or gained of a lot after one day and by another in weight alone, as known at an event.
    #[must_use]
    pub fn weight_alone(&self, lot: LotNo, owner: PartyNo, (after, by): (Day, Day), known_at: Seq) -> i64 {
        let changes = Asked::of(self, lot, (by, known_at), None).changes;
        let within = |change: &&WeightChange| after < change.effective && change.effective <= by;
        let alone = changes.iter().filter(|change| change.weight_only.is_some() && change.owner == owner);
        alone.filter(within).map(|change| change.units).sum()
    }

    /// Has the weight of a lot ever changed without its content?
    #[must_use]
    pub fn is_weighed_alone(&self, lot: LotNo) -> bool {
        self.lot(lot).changes.iter().any(|change| change.weight_only.is_some())
    }

    /// Did the weight of a lot, or of one that it goes by, change on a day without its content?
    #[must_use]
    pub fn is_weighed_alone_on(&self, lot: LotNo, day: Day) -> bool {
        let row = self.lot(lot);
        row.changes.iter().any(|change| change.weight_only.is_some() && change.effective == day)
            || (row.inherits && row.parents.iter().any(|parent| self.is_weighed_alone_on(parent.lot, day)))
    }

    /// Does an event, or what it corrects in the end, say that the weight of a lot changed without its content?
    #[must_use]
    pub fn is_weight_alone(&self, lot: LotNo, seq: Seq) -> bool {
        let root = self.root_of(seq);
        self.lot(lot).changes.iter().any(|change| change.weight_only.is_some() && change.seq == root)
    }

    /// All lots that go by what is known of a lot, itself first.
    #[must_use]
    pub fn heirs(&self, lot: LotNo) -> Vec<LotNo> {
        let mut found = vec![lot];
        let mut next = 0;
        while let Some(lot) = found.get(next) {
            let children = self.lot(*lot).children.iter().filter(|child| self.lot(**child).inherits);
            let new: Vec<LotNo> = children.copied().filter(|child| !found.contains(child)).collect();
            found.extend(new);
            next += 1;
        }
        found
    }
}

impl<'b> Asked<'b> {
    fn of(books: &'b Books, lot: LotNo, (day, known_at): (Day, Seq), until: Option<Position>) -> Self {
        let stands = |change: &&WeightChange| change.seq <= known_at && books.stands_at(change.seq, day, known_at);
        let mut changes: Vec<WeightChange> = books.lot(lot).changes.iter().filter(stands).copied().collect();
        changes.sort_by_key(|change| (change.effective, change.seq));
        for of_day in changes.chunk_by_mut(|one, other| one.effective == other.effective) {
            Position::sort_day(of_day, |change| books.stood_at(change.seq, change.effective));
        }
        Self { books, lot, day, known_at, until, changes }
    }

    fn row(&self) -> &'b Lot {
        self.books.lot(self.lot)
    }

    fn at(&self, change: &WeightChange) -> Position {
        self.books.stood_at(change.seq, change.effective)
    }

    /// Did a change come before what is asked about was taken off?
    fn is_of_concern(&self, change: &WeightChange) -> bool {
        self.until.is_none_or(|until| self.at(change).precedes(until))
    }

    /// Does anything say that the material may have changed after one day and by another?
    fn is_changed_within(&self, after: Day, by: Day) -> bool {
        self.changes.iter().any(|change| after < change.effective && change.effective <= by)
    }

    /// The lot's own assays that were known, stood, and speak of what lay there before anything was taken off.
    fn candidates(&self) -> impl Iterator<Item = Candidate<'b>> {
        // What a lot is described by stays, as the rest of its description does, where its first receipt is taken back.
        let stands = |seq: Seq| seq == self.row().seq || self.books.stands_at(seq, self.day, self.known_at);
        let known = self.row().assays.iter().filter(move |known| known.seq <= self.known_at && stands(known.seq));
        let candidates = known.map(|known| {
            let at = Position::entry(known.effective, known.seq).timed(self.books.time_of(known.seq, known.effective));
            Candidate { effective: known.effective, seq: known.seq, at, assay: &known.assay }
        });
        let is_of_later = |own: &Candidate<'_>| {
            self.changes.iter().any(|change| !self.is_of_concern(change) && self.at(change).precedes(own.at))
        };
        candidates.filter(move |own| !is_of_later(own))
    }

    fn composition<E>(&self, weigh: &mut Weigh<'_, E>) -> Result<Option<Composition>, E> {
        let is_passed = |change: &&WeightChange| {
            change.weight_only.is_some() && change.effective <= self.day && self.is_of_concern(change)
        };
        let alone: Vec<WeightChange> = self.changes.iter().filter(is_passed).copied().collect();
        let since = alone.last().map_or(Day(i32::MIN), |last| last.effective);
        Ok(match self.of_phase(&alone, weigh)? {
            Some(found) => Some(self.dried(found, since)),
            None => self.reading(since).map(|own| self.stated(&own)),
        })
    }

    /// What the lot was made of since the last of some changes of its weight alone; where it was not measured since, what it was
    /// made of before, in the weight that it has since then.
    fn of_phase<E>(&self, alone: &[WeightChange], weigh: &mut Weigh<'_, E>) -> Result<Option<Composition>, E> {
        let last = alone.last();
        let is_since = |own: &Candidate<'_>| last.is_none_or(|last| self.at(last).precedes(own.at));
        let own = || self.candidates().filter(|own| is_since(own) && !own.assay.contents.is_empty());
        let past = own().filter(|own| own.effective <= self.day);
        let past = past.max_by_key(|own| (is_final(own.assay), own.effective, own.seq));
        if let Some(past) = past.as_ref().filter(|past| is_final(past.assay)) {
            return Ok(Some(self.stated(past)));
        }
        let is_of_this_day = |own: &Candidate<'_>| {
            own.effective > self.day && is_final(own.assay) && !self.is_changed_within(self.day, own.effective)
        };
        let ahead = own().filter(is_of_this_day).min_by_key(|own| (own.effective, std::cmp::Reverse(own.seq)));
        let inherited = match alone.split_last() {
            Some((last, before)) => match self.of_phase(before, weigh)? {
                Some(earlier) if past.is_none() && ahead.is_none() => Some(self.weighed_anew(earlier, last, weigh)?),
                _ => None,
            },
            None if past.is_none() && self.row().inherits => self.inherited(weigh)?,
            None => None,
        };
        if let Some(inherited) = inherited.as_ref().filter(|inherited| inherited.status == AssayStatus::Final) {
            return Ok(Some(inherited.clone()));
        }
        if let Some(own) = ahead.or(past) {
            return Ok(Some(self.stated(&own)));
        }
        // Before the first word about it a lot was what the first word says, unless its weight alone has changed since.
        let is_near = |own: &Candidate<'_>| {
            let weight_only = self.changes.iter().filter(|change| change.weight_only.is_some());
            !weight_only.clone().any(|change| self.day < change.effective && change.effective <= own.effective)
        };
        let later = || own().filter(|own| own.effective > self.day).filter(is_near);
        Ok(inherited.or_else(|| later().min_by_key(|own| (own.effective, own.seq)).map(|own| self.stated(&own))))
    }

    /// By what the lot was made from.
    fn inherited<E>(&self, weigh: &mut Weigh<'_, E>) -> Result<Option<Composition>, E> {
        let row = self.row();
        let made = Position::entry(row.made, row.seq).timed(self.books.time_of(row.seq, row.made));
        let until = self.until.filter(|until| until.precedes(made)).unwrap_or(made);
        let mut parts = Vec::with_capacity(row.parents.len());
        for parent in &row.parents {
            let at = (self.day, self.known_at);
            let Some(found) = Asked::of(self.books, parent.lot, at, Some(until)).composition(weigh)? else {
                return Ok(None);
            };
            parts.push((i128::from(parent.quantity.units()), found));
        }
        Ok(mixed(&parts))
    }

    /// A reading of the moisture alone changes how much of the weight is water, and so what a part of the weight holds.
    fn dried(&self, found: Composition, since: Day) -> Composition {
        let newest = found.assays.iter().max().copied().unwrap_or_default();
        let stated = self.row().assays.iter().find(|known| known.seq == newest).map(|known| known.effective);
        let Some(reading) = self.reading(stated.unwrap_or(since).max(since)) else { return found };
        let now = reading.assay.moisture_ppb.map(of_ppb);
        let is_dry = self.accounts_for_dry();
        let contents = match (found.moisture, now) {
            (Some(then), Some(now)) if !is_dry && then < WHOLE => {
                let scale =
                    |fraction: i128| rounded(fraction.saturating_mul((WHOLE - now) / PPB), (WHOLE - then) / PPB);
                found.contents.into_iter().map(|(analyte, fraction)| (analyte, scale(fraction))).collect()
            }
            _ => found.contents,
        };
        let assays = found.assays.into_iter().chain([reading.seq]).collect();
        Composition { status: found.status, contents, moisture: now, assays }
    }

    /// The last reading of the moisture alone since a day.
    fn reading(&self, since: Day) -> Option<Candidate<'b>> {
        let readings =
            self.candidates().filter(|own| own.assay.contents.is_empty() && own.assay.moisture_ppb.is_some());
        let readings = readings.filter(|own| since <= own.effective && own.effective <= self.day);
        readings.max_by_key(|own| (is_final(own.assay), own.effective, own.seq))
    }

    fn accounts_for_dry(&self) -> bool {
        self.books.material(self.row().facts.material).basis == Basis::Dry
    }

    /// What an assay says, of the accounted weight.
    fn stated(&self, own: &Candidate<'_>) -> Composition {
        let moisture = own.assay.moisture_ppb.map(of_ppb);
        let contents = stated(own.assay, self.accounts_for_dry());
        Composition { status: own.assay.status, contents, moisture, assays: vec![own.seq] }
    }
}

/// What an assay says is in the accounted weight, which is dry or is not.
pub(crate) fn stated(assay: &Assay, is_dry: bool) -> Vec<(String, i128)> {
    let dry = WHOLE - assay.moisture_ppb.map_or(0, of_ppb);
    let scale = |fraction: i128| match assay.weighed {
        Some(Weighed::Dry) if !is_dry => (fraction / PPB) * (dry / PPB),
        Some(Weighed::Wet) if is_dry && dry > 0 => rounded(fraction.saturating_mul(WHOLE / PPB), dry / PPB),
        Some(Weighed::Dry | Weighed::Wet) | None => fraction,
    };
    let contents = assay.contents.iter();
    contents.map(|content| (content.analyte.clone(), scale(of_ppb(content.fraction_ppb)))).collect()
}

fn is_final(assay: &Assay) -> bool {
    assay.status == AssayStatus::Final
}

/// A quotient to the nearest whole, halves to even; of what is not negative.
fn rounded(dividend: i128, divisor: i128) -> i128 {
    let (quotient, rest) = (dividend / divisor, dividend % divisor);
    let is_up = match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    quotient + i128::from(is_up)
}

/// What a mixture is made of, by the weights of its parts.
fn mixed(parts: &[(i128, Composition)]) -> Option<Composition> {
    if let [(_, only)] = parts {
        return Some(only.clone());
    }
    let whole: i128 = parts.iter().map(|(weight, _)| weight).sum();
    if whole == 0 {
        return None;
    }
    // A fraction is at most the whole, so that the sums are at most the whole weight times it.
    let weighted = |of: &dyn Fn(&Composition) -> i128| {
        rounded(parts.iter().map(|(weight, part)| weight.saturating_mul(of(part))).sum(), whole)
    };
    let mut analytes: Vec<&String> =
        parts.iter().flat_map(|(_, part)| part.contents.iter().map(|(name, _)| name)).collect();
    analytes.sort_unstable();
    analytes.dedup();
    let fraction = |part: &Composition, analyte: &String| {
        part.contents.iter().find(|(name, _)| name == analyte).map_or(0, |(_, fraction)| *fraction)
    };
    let contents = analytes.into_iter().map(|name| (name.clone(), weighted(&|part| fraction(part, name)))).collect();
    let is_final = parts.iter().all(|(_, part)| part.status == AssayStatus::Final);
    let knows_moisture = parts.iter().all(|(_, part)| part.moisture.is_some());
    let mut assays: Vec<Seq> = parts.iter().flat_map(|(_, part)| part.assays.iter().copied()).collect();
    assays.sort_unstable();
    assays.dedup();
    Some(Composition {
        status: if is_final { AssayStatus::Final } else { AssayStatus::Provisional },
        contents,
        moisture: knows_moisture.then(|| weighted(&|part| part.moisture.unwrap_or(0))),
        assays,
    })
}

impl Composition {
    /// A part of a weight, given as a fraction of [`WHOLE`], to the nearest unit, halves to even.
    #[must_use]
    pub fn inside(units: i64, fraction: i128) -> i128 {
        let size = i128::from(units.unsigned_abs());
        let inside = rounded(size.saturating_mul(fraction), WHOLE);
        if units < 0 { -inside } else { inside }
    }

    /// A wet weight without its water; `None` where nobody knows the water.
    #[must_use]
    pub fn dry(&self, units: i64) -> Option<i128> {
        self.moisture.map(|moisture| without_water(units, moisture))
    }

    /// A dry weight with its water; `None` where nobody knows the water, or there is nothing else.
    #[must_use]
    pub fn wet(&self, units: i64) -> Option<i128> {
        with_water(units, self.moisture?)
    }
}

/// A part per billion as a part of [`WHOLE`].
#[must_use]
pub fn of_ppb(ppb: u32) -> i128 {
    i128::from(ppb) * PPB
}

/// A wet weight without its water, which is a part of it.
#[must_use]
pub fn without_water(units: i64, moisture: i128) -> i128 {
    Composition::inside(units, WHOLE - moisture)
}

/// A dry weight with its water, which is a part of the wet weight; `None` where that is nothing but water.
#[must_use]
pub fn with_water(units: i64, moisture: i128) -> Option<i128> {
    let dry = (WHOLE - moisture) / PPB;
    let size = i128::from(units.unsigned_abs()).saturating_mul(WHOLE / PPB);
    (dry > 0).then(|| rounded(size, dry) * i128::from(units.signum()))
}
