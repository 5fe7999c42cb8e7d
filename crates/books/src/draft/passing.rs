//! What arrives at the counts of a heap, and what of it goes on past them.
//!
//! The counts are gone through in the order of what happened, with all that an act changes of the heap at one place in that
//! order. A count of one owner's part stops what is that owner's. A count of the whole heap stops what all of it comes to: what
//! passes from one owner to another within the heap changes nothing of what all of them have there together, and goes on. It takes
//! along its share of what that count differed from the books, which was borne in proportion to what each had.

use measure::{Quantity, largest_remainder};

use super::Draft;
use super::counts::{Arrival, Kept, Placed};
use crate::count::Count;
use crate::number::{AccountNo, Day};

/// What goes on of each of some arrivals: from each day on, until the next one.
struct Passing {
    from: Vec<(Day, Vec<i128>)>,
}

impl Passing {
    /// Begins a new row on a day within, and gives the place of the first row from that day on.
    fn cut(&mut self, day: Day) -> usize {
        let place = self.from.partition_point(|(first, _)| *first < day);
        if place > 0 && self.from.get(place).is_none_or(|(first, _)| *first != day) {
            let levels = self.from[place - 1].1.clone();
            self.from.insert(place, (day, levels));
        }
        place
    }

    /// Forgets what ended by a day: no later count can stop it.
    fn forget(&mut self, day: Day) {
        self.from.dedup_by(|later, earlier| later.1 == earlier.1);
        let over = self.from.iter().skip(1).take_while(|(first, _)| *first <= day).count();
        self.from.drain(..over);
    }

    fn is_over(&self) -> bool {
        self.from.iter().all(|(_, levels)| levels.iter().all(|units| *units == 0))
    }
}

impl Draft<'_> {
    /// What keeps the counts of one heap, of what an act changes of it at one place in the order of what happened.
    pub(super) fn kept(&self, arrivals: &[Arrival]) -> Vec<Kept> {
        let Some(&Arrival { heap, placed: Placed { at, through }, from, .. }) = arrivals.first() else {
            return Vec::new();
        };
        let units = arrivals.iter().map(|arrival| arrival.units.into()).collect();
        let mut passing = Passing { from: vec![(from, units)] };
        let mut kept: Vec<(usize, Kept)> = Vec::new();
        for count in self.books.counts_behind(heap.0, heap.1, at) {
            if through.is_some_and(|seq| count.seq < seq) {
                continue;
            }
            self.stop(arrivals, count, &mut passing, &mut kept);
            passing.forget(count.day);
            if passing.is_over() {
                break;
            }
        }
        kept.sort_by_key(|(place, _)| *place);
        kept.into_iter().map(|(_, kept)| kept).collect()
    }

    /// Stops what arrives at a count, on the days on which it stands.
    fn stop(&self, arrivals: &[Arrival], count: &Count, passing: &mut Passing, kept: &mut Vec<(usize, Kept)>) {
        let end = self.end_of(count);
        let begins = passing.cut(count.day);
        let ends = end.map_or(passing.from.len(), |end| passing.cut(end));
        let mut before = vec![0; arrivals.len()];
        let mut keep = |day: Day, now: &[i128], before: &mut Vec<i128>| {
            for (place, (now, was)) in now.iter().zip(before.iter()).enumerate().filter(|(_, (now, was))| now != was) {
                let units = i64::try_from(was - now).expect("no more than the entries");
                kept.push((place, Kept { count: count.seq, account: arrivals[place].account, day, units }));
            }
            *before = now.to_vec();
        };
        for (day, levels) in &mut passing.from[begins.min(ends)..ends] {
            let stopped = match count.owner {
                None => self.stopped_of_all(arrivals, levels, count),
                Some(own) => {
                    let of_own = |(arrival, units): (&Arrival, &i128)| if arrival.owner == own { *units } else { 0 };
                    arrivals.iter().zip(levels.iter()).map(of_own).collect()
                }
            };
            levels.iter_mut().zip(&stopped).for_each(|(units, stopped)| *units -= stopped);
            keep(*day, &stopped, &mut before);
        }
        if let Some(end) = end {
            keep(end, &vec![0; arrivals.len()], &mut before);
        }
    }

    /// What a count of the whole heap stops of each arrival: what all come to, and of the rest its share of what the count
    /// differed from the books.
    fn stopped_of_all(&self, arrivals: &[Arrival], levels: &[i128], count: &Count) -> Vec<i128> {
        let mut stopped = net(levels);
        let within: Vec<i128> = levels.iter().zip(&stopped).map(|(units, of_all)| units - of_all).collect();
        if within.iter().all(|units| *units == 0) {
            return stopped;
        }
        let Some((difference, book)) = self.shared_then(count) else { return stopped };
        // What is given up bears so much of the difference; what is left of nothing is nothing.
        let mut borne: Vec<i128> = within
            .iter()
            .enumerate()
            .map(|(place, units)| match *units < 0 {
                true => self.borne(arrivals[place].account, (*units, levels[place]), count, (difference, book)),
                false => 0,
            })
            .collect();
        let gained: Vec<u64> = within.iter().map(|units| u64::try_from(*units).unwrap_or(0)).collect();
        let total: i128 = borne.iter().sum();
        let size = u64::try_from(total.unsigned_abs()).ok().and_then(|size| i64::try_from(size).ok());
        let parts = size.and_then(Quantity::new).and_then(|size| largest_remainder(size, &gained).ok());
        let Some(parts) = parts else { return stopped };
        for (borne, part) in borne.iter_mut().zip(parts) {
            *borne -= i128::from(part.units()) * total.signum();
        }
        stopped.iter_mut().zip(borne).for_each(|(stopped, borne)| *stopped -= borne);
        stopped
    }

    /// Found less book of a count of a whole heap, and the book, as it was recorded; none where nothing was shared.
    fn shared_then(&self, count: &Count) -> Option<(i128, i128)> {
        let event = self.past.event(count.seq)?;
        let own =
            event.entries.iter().filter(|entry| entry.keeps.is_none() && entry.day.is_none_or(|day| day == count.day));
        let of_lot = own.filter(|entry| self.key(entry.source).lot == count.lot);
        let signed = of_lot.map(|entry| {
            let units = i128::from(entry.quantity.units());
            if self.key(entry.source).place == count.place { -units } else { units }
        });
        let difference: i128 = signed.sum();
        let book = i128::from(count.found.units()) - difference;
        (difference != 0 && book > 0).then_some((difference, book))
    }

    /// What goes with what an owner gives up of a heap: where it gives up all that it had, to the last unit all that it has.
    fn borne(
        &self,
        account: AccountNo,
        (given, arrives): (i128, i128),
        count: &Count,
        (difference, book): (i128, i128),
    ) -> i128 {
        let exact = given.saturating_mul(difference);
        let near = (exact.abs() + book / 2) / book * exact.signum();
        if self.books.accounts.get(account.0).is_none() {
            return near;
        }
        let before = self.held_before(account, count.position());
        let own = count.differences.iter().filter(|own| own.account == account && own.day == count.day);
        let after = before + own.map(|own| i128::from(own.units)).sum::<i128>();
        let whole = -after - given;
        if before + arrives == 0 && (whole - near).abs() <= 1 { whole } else { near }
    }
}

/// The part of each change that is one of all together; the rest passes from one to another.
pub(super) fn net(changes: &[i128]) -> Vec<i128> {
    let mut left: i128 = changes.iter().sum();
    let of_all = changes.iter().map(|units| {
        let part = match units.signum() == left.signum() {
            true if left > 0 => left.min(*units),
            true => left.max(*units),
            false => 0,
        };
        left -= part;
        part
    });
    of_all.collect()
}

#[cfg(test)]
mod tests {
    use super::{Passing, net};
    use crate::number::Day;

    #[test]
    fn what_goes_on_is_cut_within_its_days_and_nowhere_else() {
        let mut passing = Passing { from: vec![(Day(3), vec![5, -5])] };
        assert_eq!(passing.cut(Day(1)), 0, "nothing goes on yet");
        assert_eq!(passing.cut(Day(3)), 0);
        assert_eq!(passing.cut(Day(7)), 1);
        assert_eq!(passing.from, [(Day(3), vec![5, -5]), (Day(7), vec![5, -5])]);
        passing.from[1].1 = vec![0, 0];
        passing.forget(Day(6));
        assert_eq!(passing.from.len(), 2);
        passing.forget(Day(7));
        assert!(passing.is_over());
    }

    #[test]
    fn all_together_change_by_the_sum_and_the_rest_passes() {
        assert_eq!(net(&[-5, 5]), [0, 0]);
        assert_eq!(net(&[-5, 8]), [0, 3]);
        assert_eq!(net(&[-5, 2, -1]), [-4, 0, 0]);
    }
}
