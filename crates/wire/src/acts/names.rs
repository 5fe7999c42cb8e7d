//! Codes of what numbers name, and lines of lots.

use books::acts as numbered;
use books::{Books, LotNo, PartyNo, PlaceNo, Rejection};
use measure::Quantity;

use crate::resolve::Resolver;
use crate::value::write_quantity;

super::object! {
    /// A quantity of one lot.
    Line {
        /// The lot.
        lot: String,
        /// How much, with its unit.
        quantity: String,
    }
}

/// Codes of what a number names.
pub(super) struct Names<'b>(pub(super) &'b Books);

impl Names<'_> {
    pub(super) fn lot(&self, lot: LotNo) -> String {
        self.0.lot(lot).facts.code.clone()
    }

    pub(super) fn place(&self, place: PlaceNo) -> String {
        self.0.place_code(place).to_owned()
    }

    pub(super) fn party(&self, party: PartyNo) -> String {
        self.0.party_code(party).to_owned()
    }

    pub(super) fn under(&self, under: books::account::Under) -> Option<String> {
        under.map(|number| self.0.encumbrance_code(number).to_owned())
    }

    pub(super) fn authority(&self, authority: Option<books::AuthorityNo>) -> Option<String> {
        authority.map(|number| self.0.authority(number).code.clone())
    }

    pub(super) fn quantity(&self, lot: LotNo, quantity: Quantity) -> String {
        let material = self.0.lot(lot).facts.material;
        write_quantity(self.0.material(material), quantity)
    }

    pub(super) fn quantity_of(&self, material: books::MaterialNo, quantity: Quantity) -> String {
        write_quantity(self.0.material(material), quantity)
    }

    pub(super) fn line(&self, line: &numbered::Line) -> Line {
        Line { lot: self.lot(line.lot), quantity: self.quantity(line.lot, line.quantity) }
    }
}

pub(super) fn line(line: &Line, resolver: &Resolver<'_>) -> Result<numbered::Line, Rejection> {
    let lot = resolver.lot(&line.lot)?;
    Ok(numbered::Line { lot, quantity: resolver.lot_quantity("quantity", &line.quantity, lot)? })
}

pub(super) fn lines(lines: &[Line], resolver: &Resolver<'_>) -> Result<Vec<numbered::Line>, Rejection> {
    lines.iter().map(|each| line(each, resolver)).collect()
}
