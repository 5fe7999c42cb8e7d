//! What may not leave: restrictions, asked at every movement that crosses a border, and licences drawn down by it.

use measure::Quantity;

use super::Draft;
use crate::number::{LicenceNo, LotNo, PartyNo, RestrictionNo};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// A lot that goes from one country to another, for a use.
pub(crate) struct Export<'a> {
    pub(crate) lot: LotNo,
    pub(crate) owner: PartyNo,
    pub(crate) source: &'a str,
    pub(crate) destination: &'a str,
    pub(crate) end_use: Option<&'a str>,
    pub(crate) licence: Option<LicenceNo>,
    pub(crate) quantity: Quantity,
}

impl Draft<'_> {
    /// May it go? A licence that lets it through is drawn down.
    pub(crate) fn check_export(&mut self, export: &Export<'_>) {
        let Export { lot, owner, source, destination, end_use, licence, quantity } = *export;
        let books = self.books;
        if books.restrictions.rows().is_empty() || source == destination {
            return;
        }
        let Some(facts) = books.lots.get(lot.0).map(|lot| &lot.facts) else { return };
        let material = self.facts().material(facts.material);
        let mut mixture = None;
        let mut is_drawn = false;
        for (row, restriction) in (0u32..).zip(books.restrictions.rows()) {
            let is_stopped = restriction.is_in_force(self.day)
                && restriction.concerns(facts.material, &material)
                && restriction.stops(destination, end_use);
            if !is_stopped {
                continue;
            }
            let mixture = mixture.get_or_insert_with(|| books.mixture(lot, self.day));
            let part = restriction.falls_under(mixture, quantity);
            if part.is_zero() {
                continue;
            }
            let number = RestrictionNo(row);
            let Some(licence) = licence.filter(|_| restriction.licensable) else {
                self.keep(Rejection::Restricted { restriction: number, lot });
                return;
            };
            let held = books.licence(licence);
            if (held.restriction, held.material, held.holder) != (number, facts.material, owner) {
                let fault = Fault::OtherLicence;
                self.keep(Rejection::DoesNotFit { kind: Kind::Licence, row: licence.0, fault });
                return;
            }
            if self.day < held.first || held.last.is_some_and(|last| self.day > last) {
                self.keep(Rejection::NotInForce { kind: Kind::Licence, row: licence.0, day: self.day });
                return;
            }
            if !is_drawn {
                let material = Some(held.material);
                let key = TallyKey { kind: TallyKind::Licence, of: licence.0, party: held.holder, material };
                self.tally(key, -part.units());
                is_drawn = true;
            }
        }
    }
}
