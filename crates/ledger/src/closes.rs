//! Signed closes of periods, held against the log itself: the balances that each names are folded anew from the first event.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use books::acts::close::ClosePeriod;
use books::{AccountNo, Act, Books, Day, Encumbrance, Event, Outcome, Seq, Sums};

use crate::opened::LedgerError;

/// A close that names its balances, and whether they were those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedClose {
    /// The event that was signed, or in which it was approved.
    pub seq: Seq,
    /// Whose books.
    pub owner: String,
    /// Last day of the period.
    pub through: Day,
    /// Were the balances those that it names?
    pub holds: bool,
}

/// Folds events into books and balances by day, and looks at every close on the way. Nothing but the log is asked.
#[derive(Default)]
pub struct CloseCheck {
    books: Books,
    /// Changes of each account by day.
    days: Vec<BTreeMap<Day, Sums>>,
    /// What was found.
    pub found: Vec<CheckedClose>,
}

/// Does this event close a period and name its balances?
pub(crate) fn names_balances(event: &Event) -> bool {
    matches!(&event.outcome, Outcome::Done(Act::ClosePeriod(close)) | Outcome::Held(Act::ClosePeriod(close))
        if close.digest.is_some())
}

impl CloseCheck {
    /// Folds the next entry.
    ///
    /// # Errors
    /// When it is no event, or one that the books before it would never have let through.
    pub fn push(&mut self, entry: &[u8]) -> Result<(), LedgerError> {
        let seq = Seq(self.books.head().0 + 1);
        let bad = |problem: String| LedgerError::Event { seq, problem };
        let event = wire::event::decode(entry).map_err(|error| bad(error.to_string()))?;
        // Folding cannot fail on what was decided; a log that somebody made up is another matter.
        let fold = catch_unwind(AssertUnwindSafe(|| self.fold(seq, &event)));
        fold.map_err(|_| bad("it does not follow from the events before it".to_owned()))
    }

    fn fold(&mut self, seq: Seq, event: &Event) {
        match &event.outcome {
            Outcome::Done(Act::ClosePeriod(close)) | Outcome::Held(Act::ClosePeriod(close)) => self.look(seq, close),
            Outcome::Done(Act::Approve(approve)) => {
                if let Some(Act::ClosePeriod(close)) = self.books.held(approve.held).map(|held| held.act.clone()) {
                    self.look(seq, &close);
                }
            }
            Outcome::Done(_) | Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => {}
        }
        self.books.apply(event);
        self.days.resize(self.books.accounts().len(), BTreeMap::new());
        for entry in &event.entries {
            let units = entry.quantity.units();
            for (account, on_hand) in [(entry.source, -units), (entry.target, units)] {
                self.add(account, entry.day.unwrap_or(event.effective), Sums { on_hand, ..Sums::default() });
            }
        }
        for claim in &event.claims {
            let change = Encumbrance::change(claim.kind, claim.delta);
            self.add(claim.account, claim.day.unwrap_or(event.effective), change);
        }
    }

    fn add(&mut self, account: AccountNo, day: Day, change: Sums) {
        let sums = self.days[account.0 as usize].entry(day).or_default();
        *sums = sums.checked_add(&change).expect("decided: the sums stay in range");
    }

    fn look(&mut self, seq: Seq, close: &ClosePeriod) {
        let Some(named) = close.digest else { return };
        let at = |account: AccountNo| {
            let changes = self.days[account.0 as usize].range(..=close.through);
            Ok::<_, ()>(changes.fold(Sums::default(), |sum, (_, change)| sum.checked_add(change).unwrap_or(sum)))
        };
        let folded = wire::digest::digest(&self.books, Some(close.owner), close.through, at);
        self.found.push(CheckedClose {
            seq,
            owner: self.books.party_code(close.owner).to_owned(),
            through: close.through,
            holds: folded == Ok(named),
        });
    }
}
