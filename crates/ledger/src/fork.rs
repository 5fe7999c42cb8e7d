//! A fork of what is recorded, in memory: commands are decided and applied there, and nowhere else, so that any question tells
//! what would be. Nobody is told of it, and nothing of it stays.

use std::cell::{Cell, RefCell};

use books::acts::close::StateDigest;
use books::{AccountNo, Books, CommandId, Day, Days, Event, Mark, Moment, PartyNo, Past, Refused, Rejection, Seq};
use store::ReadLog;
use timeline::Timeline;

use crate::known::Known;
use crate::late::{Late, changes_of};
use crate::log;
use crate::marks::Marks;
use crate::opened::LedgerError;
use crate::reader::Reader;

/// See the module.
pub struct Fork {
    reader: Reader,
    /// What was tried, behind the last event of the log.
    tried: Vec<Event>,
    late: RefCell<Late>,
}

impl From<Reader> for Fork {
    fn from(reader: Reader) -> Self {
        Self { reader, tried: Vec::new(), late: RefCell::default() }
    }
}

impl Fork {
    /// Decides a command behind all that was tried before, and applies it. Gives its event, or why it would be refused.
    ///
    /// # Errors
    /// When what is recorded cannot be read.
    pub fn attempt(
        &mut self,
        command: &wire::Command,
        now: Moment,
    ) -> Result<Result<&Event, Box<Refused>>, LedgerError> {
        let books = self.reader.books();
        let recorded_at = Moment(now.0.max(books.recorded_at().0 + 1));
        let refused = |books: &Books, rejection: &Rejection| Box::new(rejection.refused(books, command.to_text()));
        let command = match command.resolve(books) {
            Ok(command) => command,
            Err(rejection) => return Ok(Err(refused(books, &rejection))),
        };
        let past = Behind(self, Cell::new(None));
        let decided = books.decide(&command, recorded_at, &past);
        if let Some(error) = past.1.take() {
            return Err(error);
        }
        match decided {
            Err(rejection) => Ok(Err(refused(self.reader.books(), &rejection))),
            Ok(decided) => {
                let event = decided.into_event(command, recorded_at, [0; 16]);
                self.reader.apply(&event);
                self.tried.push(event);
                Ok(Ok(self.tried.last().expect("it was pushed")))
            }
        }
    }

    /// The last event that is recorded.
    fn recorded(&self) -> u64 {
        self.reader.log().size()
    }

    fn tried(&self, seq: Seq) -> Option<&Event> {
        let place = seq.0.checked_sub(self.recorded() + 1)?;
        self.tried.get(usize::try_from(place).ok()?)
    }

    /// What was tried from an event on, with its number.
    fn tried_from(&self, from: Seq) -> impl Iterator<Item = (Seq, &Event)> {
        (self.recorded() + 1..).map(Seq).zip(&self.tried).filter(move |(seq, _)| *seq >= from)
    }
}

impl Known for Fork {
    fn log(&self) -> &dyn ReadLog {
        self.reader.log()
    }

    fn books(&self) -> &Books {
        self.reader.books()
    }

    fn timeline(&self) -> &Timeline {
        self.reader.timeline()
    }

    fn marks(&self) -> Option<&Marks> {
        self.reader.marks()
    }

    fn find(&self, id: CommandId, by: Option<PartyNo>) -> Result<Option<Seq>, LedgerError> {
        let marks = self.marks().expect("a reader has marks");
        for seq in marks.events(Mark::Id(id), self.books().head())? {
            if self.event(seq)?.is_some_and(|event| event.is_of(id, by)) {
                return Ok(Some(seq));
            }
        }
        Ok(None)
    }

    fn recent(&self, after: Seq, each: &mut dyn FnMut(Seq, &Event)) -> bool {
        if after.0 < self.recorded() {
            return false;
        }
        self.tried_from(Seq(after.0 + 1)).for_each(|(seq, event)| each(seq, event));
        true
    }

    fn event(&self, seq: Seq) -> Result<Option<Event>, LedgerError> {
        match self.tried(seq) {
            Some(event) => Ok(Some(event.clone())),
            None => log::event(self.log(), seq),
        }
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), LedgerError> {
        let mut goes_on = true;
        if from.0 <= self.recorded() {
            log::events(self.log(), from, &mut |seq, event| {
                goes_on = each(seq, event);
                goes_on
            })?;
        }
        for (seq, event) in self.tried_from(from) {
            goes_on = goes_on && each(seq, event.clone());
        }
        Ok(())
    }

    fn known_at(&self, moment: Moment, head: Seq) -> Result<Seq, LedgerError> {
        let tried = self.tried_from(Seq(0)).filter(|(seq, event)| *seq <= head && event.recorded_at <= moment);
        match tried.last() {
            Some((seq, _)) => Ok(seq),
            None => log::known_at(self.log(), moment, Seq(head.0.min(self.recorded()))),
        }
    }
}

/// What a decision looks up: what is recorded, and what was tried. Of a past that cannot be read nothing is decided.
struct Behind<'f>(&'f Fork, Cell<Option<LedgerError>>);

impl Past for Behind<'_> {
    fn event(&self, seq: Seq) -> Option<Event> {
        Known::event(self.0, seq).unwrap_or_else(|error| {
            self.1.set(Some(error));
            None
        })
    }

    fn days(&self, account: AccountNo, from: Day) -> Days {
        let days = self.0.late.borrow_mut().days(self.0.timeline(), self.0.books().head(), account, from);
        days.unwrap_or_else(|error| {
            self.1.set(Some(error.into()));
            Days::default()
        })
    }

    fn changes(&self, account: AccountNo, from: Day) -> Vec<(Seq, Day)> {
        changes_of(self.0.timeline(), self.0.books().head(), account, from).unwrap_or_else(|error| {
            self.1.set(Some(error.into()));
            Vec::new()
        })
    }

    fn root(&self, _: u64) -> Option<[u8; 32]> {
        None
    }

    /// Of what nobody has recorded there is none.
    fn digest(&self, _: PartyNo, _: Day) -> Option<StateDigest> {
        None
    }

    fn today(&self, zone: &str, at: Moment) -> Option<Day> {
        Some(wire::date::day_in_zone(at, Some(zone)))
    }
}

#[cfg(test)]
mod tests;
