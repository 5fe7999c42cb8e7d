//! What a lot weighed just before its weight alone changed: in the order of what happened, within a day, too.

use super::{Asked, Composition, WHOLE, Weigh, WeightChange, WeightOnly, rounded};
use crate::account::AccountKey;
use crate::books::Books;
use crate::count::{Count, Position};
use crate::number::{AccountNo, Day, PlaceNo, Seq};

impl Books {
    /// Where what an event moved to an account or from there stands on a day. What a count differs from the books stands where
    /// the count does, and what keeps it, too.
    pub(super) fn moved_at(&self, seq: Seq, account: AccountNo, day: Day) -> Position {
        let key = self.account(account).key;
        let own = self.stood_at(seq, day);
        if key.place != PlaceNo::COUNT_DIFFERENCE {
            return own;
        }
        let counted = self.counts_of(self.root_of(seq)).find(|count| count.lot == key.lot).map(Count::position);
        counted
            .or_else(|| {
                let of_lot =
                    self.accounts_of(key.lot).iter().filter(|other| self.account(**other).key.owner == key.owner);
                of_lot.filter_map(|other| self.kept_at(seq, *other, day)).next()
            })
            .unwrap_or(own)
    }

    /// The count of its day that an event left where it was found, though it changes what lay there before.
    fn kept_at(&self, seq: Seq, account: AccountNo, day: Day) -> Option<Position> {
        let (key, at) = (self.account(account).key, self.stood_at(seq, day));
        if self.counts_of(self.root_of(seq)).any(|count| count.lot == key.lot) {
            return None;
        }
        let behind = self.counts_at(key.place, key.lot).filter(|count| count.day == day && count.seq < seq);
        let stands = |count: &&Count| count.is_of(key.owner) && count.until.is_none() && at.precedes(count.position());
        behind.filter(stands).map(Count::position).next()
    }
}

impl Asked<'_> {
    /// The content of before a change of the weight alone, in the weight of after it.
    pub(super) fn weighed_anew<E>(
        &self,
        mut found: Composition,
        change: &WeightChange,
        weigh: &mut Weigh<'_, E>,
    ) -> Result<Composition, E> {
        let Some(why) = change.weight_only else { return Ok(found) };
        let before = self.weight_before(change, weigh)?;
        let after = before + i128::from(change.units);
        if before <= 0 || after <= 0 {
            return Ok(found);
        }
        let scale = |fraction: i128| rounded(fraction.saturating_mul(before), after);
        found.contents.iter_mut().for_each(|(_, fraction)| *fraction = scale(*fraction));
        found.moisture = found.moisture.map(|moisture| match why {
            WeightOnly::Moisture => (WHOLE - scale(WHOLE - moisture)).max(0),
            WeightOnly::Oxidation => scale(moisture),
        });
        Ok(found)
    }

    /// What all of the lot weighed just before its weight alone changed: what lay there the evening before, and what moved on
    /// the day before it.
    fn weight_before<E>(&self, change: &WeightChange, weigh: &mut Weigh<'_, E>) -> Result<i128, E> {
        let (day, at) = (change.effective, self.at(change));
        let evening = Day(day.0.saturating_sub(1));
        let (mut before, mut by_evening, mut is_told) = (0i128, 0i128, false);
        for account in self.books.accounts_of(self.lot) {
            let place = self.books.account(*account).key.place;
            if !self.books.place(place).is_real() {
                continue;
            }
            before += i128::from(weigh.weigh(*account, evening, self.known_at)?);
            by_evening += i128::from(weigh.weigh(*account, day, self.known_at)?);
            let changes = weigh.changes(*account, self.known_at)?;
            let mut of_day: Vec<Seq> = changes.iter().filter(|(_, own)| *own == day).map(|(seq, _)| *seq).collect();
            of_day.sort_unstable();
            of_day.dedup();
            is_told |= !of_day.is_empty();
            let counts: Vec<&Count> = self.counts_on(*account, day).collect();
            for count in counts.iter().filter(|count| count.position().precedes(at)) {
                before += self.differed(count, *account, day, weigh)?;
            }
            for seq in of_day {
                let root = self.books.root_of(seq);
                let is_late = changes.iter().any(|(own, first)| *own == root && *first < day);
                // A count differs by what it says, and a late paper is stopped by a count: both are in the differences.
                if counts.iter().any(|count| count.seq == seq) || (is_late && !counts.is_empty()) {
                    continue;
                }
                // What is put back of an earlier day stands there, before all of this one.
                if is_late || self.stood_on(seq, place, day).precedes(at) {
                    let kept = if counts.is_empty() { 0 } else { self.kept(*account, day, seq, weigh)? };
                    before += moved(weigh, *account, day, seq)? - kept;
                }
            }
        }
        if !is_told {
            // Only what lies there at the end of the day is known, with all that changed the weight alone on it.
            let of_day = self.changes.iter().filter(|own| own.effective == day && own.weight_only.is_some());
            let since = of_day.skip_while(|own| own.seq != change.seq).map(|own| i128::from(own.units));
            before = by_evening - since.sum::<i128>();
        }
        // What was taken back from a later day on is in those weights, and is no change of the weight as of then.
        let known = self.row().changes.iter().filter(|own| own.seq <= self.known_at && own.weight_only.is_some());
        let gone = known.filter(|own| {
            self.at(own).precedes(at)
                && !self.books.stands_at(own.seq, self.day, self.known_at)
                && self.books.stands_at(own.seq, day, self.known_at)
        });
        Ok(before - gone.map(|own| i128::from(own.units)).sum::<i128>())
    }

    /// The counts of a day, of what lay on an account.
    fn counts_on(&self, account: AccountNo, day: Day) -> impl Iterator<Item = &Count> {
        let key = self.books.account(account).key;
        let of_day = self.books.counts_at(key.place, self.lot).filter(move |count| count.day == day);
        of_day.filter(move |count| count.seq <= self.known_at && count.is_of(key.owner))
    }

    /// By how much a count differed from what the books said of an account, with all that was known.
    fn differed<E>(&self, count: &Count, account: AccountNo, day: Day, weigh: &mut Weigh<'_, E>) -> Result<i128, E> {
        let own = count.differences.iter().filter(|own| (own.account, own.day) == (account, day));
        let mut differed: i128 = own.map(|own| i128::from(own.units)).sum();
        // What was recorded since may have changed it. A late paper, and a late count, is stopped by the first count of the day.
        let changes = weigh.changes(account, self.books.head())?;
        for (seq, _) in changes.iter().copied().filter(|(seq, own)| *seq > self.known_at && *own == day) {
            let root = self.books.root_of(seq);
            let is_late = changes.iter().any(|(own, first)| *own == root && *first < day);
            let (taken, kept) = match is_late {
                true => (self.counts_on(account, day).next().map(Count::position), moved(weigh, account, day, seq)?),
                false => (self.books.kept_at(seq, account, day), self.kept(account, day, seq, weigh)?),
            };
            differed -= if taken == Some(count.position()) { kept } else { 0 };
        }
        Ok(differed)
    }

    /// What an event posted to an account on a day to keep a count: what it took from the count difference there.
    fn kept<E>(&self, account: AccountNo, day: Day, seq: Seq, weigh: &mut Weigh<'_, E>) -> Result<i128, E> {
        let key = AccountKey { place: PlaceNo::COUNT_DIFFERENCE, ..self.books.account(account).key };
        let is_taken_back = self.books.counts_of(self.books.root_of(seq)).any(|count| count.lot == self.lot);
        match self.books.account_no(key).filter(|_| !is_taken_back) {
            Some(difference) => Ok(-moved(weigh, difference, day, seq)?),
            None => Ok(0),
        }
    }

    /// Where what an event moved on a day stands.
    fn stood_on(&self, seq: Seq, place: PlaceNo, day: Day) -> Position {
        let mut counts = self.books.counts_of(self.books.root_of(seq));
        let count = counts.find(|count| count.lot == self.lot && count.place == place);
        count.map_or_else(|| self.books.stood_at(seq, day), Count::position)
    }
}

/// What an event moved to an account on a day.
fn moved<E>(weigh: &mut Weigh<'_, E>, account: AccountNo, day: Day, seq: Seq) -> Result<i128, E> {
    let mut by = |seq: Seq| {
        let evening = weigh.weigh(account, Day(day.0.saturating_sub(1)), seq)?;
        Ok(i128::from(weigh.weigh(account, day, seq)?) - i128::from(evening))
    };
    Ok(by(seq)? - by(Seq(seq.0 - 1))?)
}
