//! A period is closed: nothing on or before its last day can change any more. What comes later is a restatement.

use super::Ask;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{Day, PartyNo, Seq};
use crate::rejection::Rejection;

/// Closes a party's books through a day.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ClosePeriod {
    /// Whose books.
    #[n(0)]
    pub owner: PartyNo,
    /// Last day of the period.
    #[n(1)]
    pub through: Day,
}

impl ClosePeriod {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        draft.may_write(self.owner, None)?;
        match draft.books.parties.row(self.owner.0).closed_through {
            Some(through) if self.through <= through => return Err(Rejection::PeriodGoesBack { through }),
            _ => {}
        }
        if self.through > ask.effective {
            return Err(Rejection::EffectiveInFuture { latest: ask.effective });
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        books.parties.row_mut(self.owner.0).closed_through = Some(self.through);
    }
}
