//! Where in the log to look: which events are of an act that is no plain transfer, were posted by a party, were refused or
//! held, changed what an owner has or what lies at a site, or changed a tally, and by how much; and, where nobody else knows it,
//! which may answer a command.
//!
//! It is kept for readers, beside the history of accounts and in the same way: in files below `views/`, checked and derived
//! from the log. The ledger at work does not keep it, and no decision looks at it.

use std::path::Path;

use books::place::Place;
use books::{AccountNo, Books, Day, Event, Mark, Outcome, Seq, TallyNo};
use timeline::{Posting, Timeline};

use crate::opened::LedgerError;

/// The folder below `views/`. A mark that comes to mean something else, or a new one, needs another name.
const FOLDER: &str = "marks-2";
/// What was here before, and is of no use to anybody.
const FORMER: &str = "marks-1";

/// The key under which a mark is kept. The upper bits are the kind; keys are never reused.
fn key(mark: Mark) -> u32 {
    match mark {
        Mark::Act(number) => number,
        Mark::By(party) => 1 << 29 | party.0,
        Mark::Refused => 2 << 29,
        Mark::Held => 3 << 29,
        Mark::Tally(tally) => 4 << 29 | tally.0,
        Mark::Id(id) => 5 << 29 | crc32c::crc32c(&id.0) >> 3,
        Mark::Of(party) => 6 << 29 | party.0,
        Mark::At(place) => 7 << 29 | place.0,
    }
}

/// See the module.
pub struct Marks {
    index: Timeline,
    /// The ledger at work has an index of ids; who reads beside it has none.
    has_ids: bool,
    /// What an event touches, while it is added.
    touched: Vec<u32>,
}

impl Marks {
    /// Opens them in a ledger's folder; forgets what lies beyond the head of the log.
    pub(crate) fn open(ledger: &Path, head: u64) -> Result<Self, LedgerError> {
        let views = ledger.join("views");
        Timeline::remove(&views.join(FORMER))?;
        Ok(Self { index: Timeline::open(&views.join(FOLDER), head)?, has_ids: false, touched: Vec::new() })
    }

    /// Opens those of a reader in their folder, to write them.
    pub(crate) fn open_with_ids(folder: &Path, head: u64) -> Result<Self, LedgerError> {
        Ok(Self { index: Timeline::open(folder, head)?, has_ids: true, touched: Vec::new() })
    }

    /// The same to read them, as far as they are known to be of this log.
    pub(crate) fn read_with_ids(folder: &Path, end: u64) -> Result<Self, LedgerError> {
        Ok(Self { index: Timeline::read(folder, end)?, has_ids: true, touched: Vec::new() })
    }

    /// Puts all of them into files.
    pub(crate) fn flush(&mut self) -> Result<(), LedgerError> {
        Ok(self.index.flush()?)
    }

    /// Events up to here need not be added again.
    pub(crate) fn covered(&self) -> u64 {
        self.index.covered()
    }

    /// Adds the next event, which the books have.
    pub(crate) fn add(&mut self, seq: Seq, books: &Books, event: &Event) {
        let has_ids = self.has_ids;
        let mut add_key = |key: u32, day: Day, delta: i64| {
            self.index.add(Posting { account: key, seq: seq.0, day: day.0, change: [1, delta, 0] });
        };
        touch(books, event, |mark| {
            let key = key(mark);
            if !self.touched.contains(&key) {
                self.touched.push(key);
            }
        });
        self.touched.drain(..).for_each(|key| add_key(key, event.effective, 0));
        let mut add = |mark: Mark, day: Day, delta: i64| add_key(key(mark), day, delta);
        let day = event.effective;
        add(Mark::By(event.party), day, 0);
        if has_ids {
            add(Mark::Id(event.id), day, 0);
        }
        match &event.outcome {
            Outcome::Done(act) => add(Mark::Act(act.number()), day, 0),
            Outcome::Held(act) => {
                add(Mark::Act(act.number()), day, 0);
                add(Mark::Held, day, 0);
            }
            Outcome::Refused(_) => add(Mark::Refused, day, 0),
            // Most events of a long log are these: whoever wants them reads the log.
            Outcome::Moved(..) => {}
        }
        for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
            add(Mark::Tally(change.tally), change.day.unwrap_or(day), change.delta);
        }
    }

    /// How many events have a mark, or changes a tally.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn count(&self, mark: Mark, known_at: Seq) -> Result<u64, LedgerError> {
        let [count, ..] = self.index.at(key(mark), i32::MAX, known_at.0)?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The events with a mark, in no order.
    ///
    /// # Errors
    /// See [`Marks::count`].
    pub fn events(&self, mark: Mark, known_at: Seq) -> Result<Vec<Seq>, LedgerError> {
        let mut found = Vec::new();
        self.index.changes(key(mark), known_at.0, |seq, _| found.push(Seq(seq)))?;
        Ok(found)
    }

    /// A tally at the end of a day, as known after an event.
    ///
    /// # Errors
    /// See [`Marks::count`].
    pub fn tally(&self, tally: TallyNo, day: Day, known_at: Seq) -> Result<i64, LedgerError> {
        let [_, sum, _] = self.index.at(key(Mark::Tally(tally)), day.0, known_at.0)?;
        Ok(sum)
    }
}

/// Calls `each` with what an event touches: owners, but for who posted it, and sites, which somebody else may keep by and by.
fn touch(books: &Books, event: &Event, mut each: impl FnMut(Mark)) {
    let account = |number: AccountNo, each: &mut dyn FnMut(Mark)| {
        let key = books.account(number).key;
        each(Mark::Of(key.owner));
        match books.place(key.place) {
            Place::Site(_) => each(Mark::At(key.place)),
            Place::Transit(transit) => [transit.source, transit.target].map(Mark::At).into_iter().for_each(each),
            Place::Outside
            | Place::Processing
            | Place::Loss
            | Place::CountDifference
            | Place::Rounding
            | Place::ShipperReceiver
            | Place::Loan(_) => {}
        }
    };
    let mut each = |mark: Mark| {
        if mark != Mark::Of(event.party) {
            each(mark);
        }
    };
    for entry in &event.entries {
        account(entry.source, &mut each);
        account(entry.target, &mut each);
    }
    for claim in &event.claims {
        account(claim.account, &mut each);
        books.encumbrance(claim.encumbrance).beneficiary.map(Mark::Of).into_iter().for_each(&mut each);
    }
    let changes = event.tallied.iter().flat_map(|tallied| &tallied.changes);
    changes.for_each(|change| each(Mark::Of(books.tally(change.tally).key.party)));
}

#[cfg(test)]
mod tests;
