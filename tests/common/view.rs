//! A world in memory as a view for questions: the same answers as from a ledger on disk.

use answers::{AnyAnswer, History, HistoryError, View, Viewer};
use books::{AccountNo, Books, CommandId, Day, Event, Moment, Seq, Sums};
use serde_json::Value;
use testkit::World;

/// An answer as JSON.
pub(crate) fn json_of(answer: &dyn AnyAnswer) -> Value {
    serde_json::from_slice(&answer.to_json().expect("in memory")).expect("an answer is JSON")
}

/// A world, who asks it, and when.
pub(crate) struct Seen<'w> {
    pub(crate) world: &'w World,
    pub(crate) viewer: Viewer,
    pub(crate) today: Day,
}

impl History for Seen<'_> {
    fn at(&self, account: AccountNo, day: Day, known_at: Seq) -> Result<Sums, HistoryError> {
        Ok(self.world.model().at(account, day, known_at))
    }

    fn changes(&self, account: AccountNo, known_at: Seq) -> Result<Vec<(Seq, Day)>, HistoryError> {
        Ok(self.world.model().changes(account, known_at))
    }
}

impl View for Seen<'_> {
    fn books(&self) -> &Books {
        self.world.books()
    }

    fn now(&self) -> Moment {
        Moment(u64::try_from(self.today.0).expect("a day since 1970") * 86_400_000_000)
    }

    fn viewer(&self) -> Viewer {
        self.viewer.clone()
    }

    fn event(&self, seq: Seq) -> Result<Option<Event>, HistoryError> {
        Ok(self.world.event(seq))
    }

    fn events(&self, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), HistoryError> {
        for seq in (from.0..=self.world.books().head().0).map(Seq) {
            if !each(seq, self.world.event(seq).expect("within the log")) {
                break;
            }
        }
        Ok(())
    }

    fn known_at(&self, _: Moment) -> Result<Seq, HistoryError> {
        Ok(self.world.books().head())
    }

    fn find(&self, _: CommandId) -> Result<Option<Seq>, HistoryError> {
        Ok(None)
    }
}
