//! Whose levels a party sees where they are tallies: what is owed, promised or open.

use super::Eyes;
use crate::number::{PartyNo, ReserveNo};
use crate::tally::{TallyKey, TallyKind};

impl Eyes<'_> {
    /// How a tally stands: its own, or of whom it acts for; of a reserve or an order that it runs, all. One that begins with what
    /// is asked has no level yet.
    pub(crate) fn sees_level(&self, key: &TallyKey) -> bool {
        self.may_touch(key.party, None, key.material) || self.who_runs(key).is_none_or(|runs| runs == self.party)
    }

    /// Who runs what a tally is of; none where that is not there yet.
    fn who_runs(&self, key: &TallyKey) -> Option<PartyNo> {
        let (books, row) = (self.books, key.of as usize);
        let reserve = match key.kind {
            TallyKind::Entitlement
            | TallyKind::Drawn
            | TallyKind::Unshared
            | TallyKind::CashPaid
            | TallyKind::CashDue
            | TallyKind::Cash => ReserveNo(key.of),
            TallyKind::Debt | TallyKind::Lent => books.debts().get(row)?.reserve,
            TallyKind::Commitment => books.commitments().get(row)?.reserve,
            TallyKind::Asked
            | TallyKind::Committed
            | TallyKind::Available
            | TallyKind::Delivered
            | TallyKind::Relieved
            | TallyKind::Waived
            | TallyKind::Defaulted
            | TallyKind::Rebuild => books.calls().get(row)?.reserve,
            TallyKind::Granted => books.requests().get(row)?.reserve,
            TallyKind::Demanded | TallyKind::Ordered | TallyKind::Received | TallyKind::Paid | TallyKind::Accepted => {
                return books.orders().get(row).map(|order| order.secretariat);
            }
            TallyKind::Right => return books.rights().get(row).map(|right| right.holder),
            TallyKind::Licence => return books.licences().get(row).map(|licence| licence.holder),
            TallyKind::Mandate => return books.mandates().get(row).map(|mandate| mandate.to),
            TallyKind::CameBack => return Some(key.party),
        };
        books.reserves().get(reserve.0 as usize).map(|reserve| reserve.secretariat)
    }
}
