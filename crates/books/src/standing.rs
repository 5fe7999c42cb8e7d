//! Where the entries of an event stand in the order of what happened, and what each says in the end.
//!
//! What a correction puts back stands where it stood, entry by entry; what it puts in its place too, unless one of the two names
//! another day or a time. What a count differs from the books stands where the count does.

use crate::acts::correct::Replacement;
use crate::books::Books;
use crate::count::{Count, Position};
use crate::event::{Entry, Event};
use crate::number::{Day, Seq};

/// An entry, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The entry.
    pub entry: Entry,
    /// Where it stands.
    pub at: Position,
    /// The event that said it first: the event itself, or the one that it puts back in the end.
    pub origin: Seq,
    /// Does it take back what that event said? A correction does, a correction of one says it again.
    pub is_back: bool,
}

/// The entries of an event, those apart that keep counts.
#[derive(Clone, Debug)]
pub struct Stood {
    effective: Day,
    /// In their order.
    pub entries: Vec<Standing>,
}

/// Does what is said in the place of an event stand where that stood? Its own day is one that is neither that of the event nor
/// the later one to which the correction puts both off.
pub(crate) fn is_in_place(own: Option<Day>, correction: Day, replaced: Day) -> bool {
    own.filter(|own| *own != correction).map_or(correction >= replaced, |own| own == replaced)
}

impl Event {
    /// Where its entries stand, given those of the event that it corrects.
    ///
    /// # Panics
    /// Where its accounts are not known to the books: it was never recorded.
    #[must_use]
    pub fn stood(&self, seq: Seq, books: &Books, corrected: Option<&Stood>) -> Stood {
        let root = books.root_of(seq);
        let parent = books.reversed_event(seq);
        let put_back = match (parent, self.split) {
            (None, _) => 0,
            (Some(_), None) => usize::MAX,
            (Some(_), Some(split)) => usize::try_from(split.entries).expect("few entries"),
        };
        let before = corrected.map_or(&[][..], |stood| &stood.entries);
        let is_count = parent.is_some_and(|parent| books.counts_of(parent).next().is_some());
        let with = self.with(books);
        let is_in_place = self.time.is_none()
            && !is_count
            && with
                .filter(|with| with.time.is_none())
                .zip(corrected)
                .is_some_and(|(with, stood)| is_in_place(with.effective, self.effective, stood.effective));
        let moved = self.entries.iter().filter(|entry| entry.keeps.is_none()).enumerate();
        let stands = |(place, entry): (usize, &Entry)| {
            let day = entry.day.unwrap_or(self.effective);
            let own = Position::entry(day, seq).timed(self.time.filter(|_| day == self.effective));
            let said = Standing { entry: *entry, at: own, origin: seq, is_back: false };
            if parent.is_some() && place >= put_back {
                let stood = before.first().filter(|_| is_in_place);
                let is_of_day = |with: &&Replacement| day == with.effective.unwrap_or(self.effective);
                let time = with.filter(is_of_day).and_then(|with| with.time);
                let own = time.map_or(own, |time| own.timed(Some(time)));
                return Standing { at: stood.map_or(own, |stood| stood.at), ..said };
            }
            let lot = books.account(entry.source).key.lot;
            let count = books.counts_of(root).find(|count| count.lot == lot);
            let stood = before.get(place);
            let at = count.map_or_else(|| stood.map_or(own, |stood| stood.at), Count::position);
            match parent {
                None => Standing { at, ..said },
                Some(_) => {
                    let (origin, is_back) = stood.map_or((root, true), |stood| (stood.origin, !stood.is_back));
                    Standing { at, origin, is_back, ..said }
                }
            }
        };
        Stood { effective: self.effective, entries: moved.map(stands).collect() }
    }
}
