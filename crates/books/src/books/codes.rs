//! Codes that are free again: what a reversed event made is not there, and its code names what is described next.

use super::{Books, Reversal, drop_code, note_code};
use crate::acts::Act;
use crate::event::{Event, Outcome};
use crate::number::{LotNo, PlaceNo, Seq};
use crate::place::Place;
use crate::rejection::{Kind, Rejection};

impl Books {
    /// A lot that a reversed event made, and of which nothing is anywhere, gives its code back; one that stands again takes it.
    /// The same for dispatches and loans.
    pub(super) fn settle_codes(&mut self, event: &Event) {
        let keys: Vec<_> = event
            .entries
            .iter()
            .flat_map(|entry| [entry.source, entry.target])
            .map(|no| self.account(no).key)
            .collect();
        for key in keys {
            self.settle_lot(key.lot);
            self.settle_place(key.place);
        }
    }

    fn settle_lot(&mut self, lot: LotNo) {
        let row = self.lot(lot);
        let nothing = || self.accounts_of(lot).iter().all(|number| self.account(*number).days.latest().on_hand == 0);
        // One that is taken back from a later day on was there until then.
        let never_was = |reversal: &Reversal| !reversal.is_undone && reversal.effective <= row.made;
        let is_reversed = self.reversals_of(row.seq).any(never_was);
        let is_void = is_reversed && nothing();
        if is_void == row.is_void {
            return;
        }
        let code = row.facts.code.clone();
        let by = Seq(self.head.0 + 1);
        let row = self.lots.row_mut(lot.0);
        row.is_void = is_void;
        if is_reversed && !is_void {
            row.revived_by.get_or_insert(by);
        }
        if !is_void {
            self.index.void_count -= 1;
            note_code(&mut self.index.lots, &code, lot.0);
        } else {
            self.index.void_count += 1;
            drop_code(&mut self.index.lots, &code, lot.0);
            let last = self.index.void.or_insert_with(code, || lot);
            *last = lot.max(*last);
        }
    }

    fn settle_place(&mut self, place: PlaceNo) {
        let Some((kind, code, seq)) = self.place(place).opened_by() else { return };
        let (code, is_void) = (code.to_owned(), self.reversed_by(seq).is_some());
        let codes = if kind == Kind::Loan { &mut self.index.loans } else { &mut self.index.dispatches };
        match is_void {
            false => note_code(codes, &code, place.0),
            true => drop_code(codes, &code, place.0),
        }
    }

    /// Does an event reverse another, or let that be done?
    pub(super) fn is_correction(&self, event: &Event) -> bool {
        match &event.outcome {
            Outcome::Done(Act::Approve(act)) => {
                self.held(act.held).is_some_and(|held| matches!(held.act, Act::Correct(_)))
            }
            Outcome::Done(act) => matches!(act, Act::Correct(_)),
            Outcome::Held(_) | Outcome::Refused(_) | Outcome::Moved(..) => false,
        }
    }

    /// Would something stand again whose code names something else by now?
    pub(crate) fn check_codes(&self, event: &Event) -> Result<(), Rejection> {
        for number in event.entries.iter().flat_map(|entry| [entry.source, entry.target]) {
            let key = self.account(number).key;
            let row = self.lot(key.lot);
            let code = &row.facts.code;
            let is_taken = |kind: Kind, code: &str, own: u32| {
                let under = self.under(kind, own);
                self.rows_of(kind, code).iter().any(|row| *row != own && self.under(kind, *row) == under)
            };
            if row.is_void && is_taken(Kind::Lot, code, key.lot.0) {
                return Err(Rejection::AlreadyRegistered { kind: Kind::Lot, code: code.clone() });
            }
            if let Some((kind, code, _)) = self.place(key.place).opened_by()
                && is_taken(kind, code, key.place.0)
            {
                return Err(Rejection::AlreadyRegistered { kind, code: code.to_owned() });
            }
        }
        Ok(())
    }
}

impl Place {
    /// The event that made a dispatch or a loan, with its code; none of what no event can take back.
    pub(super) fn opened_by(&self) -> Option<(Kind, &str, crate::number::Seq)> {
        match self {
            Self::Transit(transit) => Some((Kind::Dispatch, &transit.code, transit.seq)),
            Self::Loan(loan) => Some((Kind::Loan, &loan.code, loan.seq)),
            Self::Outside
            | Self::Processing
            | Self::Loss
            | Self::CountDifference
            | Self::Rounding
            | Self::ShipperReceiver
            | Self::Site(_) => None,
        }
    }
}
