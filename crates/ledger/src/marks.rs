//! Where in the log to look: which events are of an act that is no plain transfer, were posted by a party, were refused or
//! held, or changed a tally, and by how much; and, where nobody else knows it, which may answer a command.
//!
//! It is kept for readers, beside the history of accounts and in the same way: in files below `views/`, checked and derived
//! from the log. The ledger at work does not keep it, and no decision looks at it.

use std::path::Path;

use books::{Day, Event, Mark, Outcome, Seq, TallyNo};
use timeline::{Posting, Timeline};

use crate::opened::LedgerError;

/// The folder below `views/`. A mark that comes to mean something else needs another name.
const FOLDER: &str = "marks-1";

/// The key under which a mark is kept. The upper bits are the kind; keys are never reused.
fn key(mark: Mark) -> u32 {
    match mark {
        Mark::Act(number) => number,
        Mark::By(party) => 1 << 29 | party.0,
        Mark::Refused => 2 << 29,
        Mark::Held => 3 << 29,
        Mark::Tally(tally) => 4 << 29 | tally.0,
        Mark::Id(id) => 5 << 29 | crc32c::crc32c(&id.0) >> 3,
    }
}

/// See the module.
pub struct Marks {
    index: Timeline,
    /// The ledger at work has an index of ids; who reads beside it has none.
    has_ids: bool,
}

impl Marks {
    /// Opens them in a ledger's folder; forgets what lies beyond the head of the log.
    pub(crate) fn open(ledger: &Path, head: u64) -> Result<Self, LedgerError> {
        Ok(Self { index: Timeline::open(&ledger.join("views").join(FOLDER), head)?, has_ids: false })
    }

    /// Opens those of a reader in their folder, to write them.
    pub(crate) fn open_with_ids(folder: &Path, head: u64) -> Result<Self, LedgerError> {
        Ok(Self { index: Timeline::open(folder, head)?, has_ids: true })
    }

    /// The same to read them, as far as they are known to be of this log.
    pub(crate) fn read_with_ids(folder: &Path, end: u64) -> Result<Self, LedgerError> {
        Ok(Self { index: Timeline::read(folder, end)?, has_ids: true })
    }

    /// Puts all of them into files.
    pub(crate) fn flush(&mut self) -> Result<(), LedgerError> {
        Ok(self.index.flush()?)
    }

    /// Events up to here need not be added again.
    pub(crate) fn covered(&self) -> u64 {
        self.index.covered()
    }

    /// Adds the next event.
    pub(crate) fn add(&mut self, seq: Seq, event: &Event) {
        let has_ids = self.has_ids;
        let mut add = |mark: Mark, day: Day, delta: i64| {
            self.index.add(Posting { account: key(mark), seq: seq.0, day: day.0, change: [1, delta, 0] });
        };
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

#[cfg(test)]
mod tests {
    use books::acts::agreement::WindUp;
    use books::{Act, CommandId, Moment, PartyNo, Refused, ReserveNo, Tallied, TallyChange};

    use super::*;

    fn event(party: u32, outcome: Outcome, delta: i64) -> Event {
        let change = TallyChange { tally: TallyNo(3), delta, day: None };
        Event {
            nonce: Default::default(),
            recorded_at: Moment(0),
            id: CommandId([0; 16]),
            party: PartyNo(party),
            effective: Day(10),
            entries: Vec::new(),
            claims: Vec::new(),
            opened: Vec::new(),
            outcome,
            uses: None,
            maker: None,
            tallied: (delta != 0).then(|| Box::new(Tallied { begun: Vec::new(), changes: vec![change] })),
            cuts: None,
            split: None,
            by: None,
            together: None,
            time: None,
        }
    }

    #[test]
    fn events_are_found_by_what_they_are_and_tallies_as_known_then() {
        let folder = tempfile::tempdir().expect("a folder");
        let act = || Act::WindUp(WindUp { reserve: ReserveNo(0), reason: String::new() });
        let (code, message) = (String::new(), String::new());
        let refused = Refused { code, message, hint: String::new(), command: String::new(), facts: None };
        let mut marks = Marks::open(folder.path(), 9).expect("a new index");
        marks.add(Seq(1), &event(1, Outcome::Done(act()), 5));
        marks.add(Seq(2), &event(2, Outcome::Held(act()), 0));
        marks.add(Seq(3), &event(2, Outcome::Refused(Box::new(refused)), 0));
        marks.add(Seq(4), &event(1, Outcome::Done(act()), -2));
        let found = |mark: Mark, known_at: u64| {
            let mut found = marks.events(mark, Seq(known_at)).expect("it reads");
            assert_eq!(marks.count(mark, Seq(known_at)).expect("it reads"), found.len() as u64);
            found.sort_unstable();
            found.iter().map(|seq| seq.0).collect::<Vec<u64>>()
        };
        assert_eq!(found(Mark::Act(act().number()), 9), [1, 2, 4]);
        assert_eq!(found(Mark::Act(act().number()), 3), [1, 2]);
        assert_eq!(found(Mark::By(PartyNo(2)), 9), [2, 3]);
        assert_eq!(found(Mark::Held, 9), [2]);
        assert_eq!(found(Mark::Refused, 9), [3]);
        let tally = |day: i32, known_at: u64| marks.tally(TallyNo(3), Day(day), Seq(known_at)).expect("it reads");
        assert_eq!((tally(10, 4), tally(10, 3), tally(9, 4)), (3, 5, 0));
    }
}
