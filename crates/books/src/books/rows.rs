//! The rows of the first tables, by number. Numbers come from the books themselves (a command is resolved against them), so
//! that a row is always there; a number of other books is a mistake of ours and panics.

use super::Books;
use crate::account::{Account, Encumbrance};
use crate::authority::Authority;
use crate::lot::Lot;
use crate::material::Material;
use crate::number::{AccountNo, AuthorityNo, EncumbranceNo, LotNo, MaterialNo, PartyNo, PlaceNo, TallyNo};
use crate::party::Party;
use crate::place::Place;
use crate::tally::Tally;

macro_rules! rows {
    ($($table:ident: $row:ident, $number:ident, $get:ident, $all:literal, $one:literal;)*) => {
        impl Books {$(
            #[doc = $all]
            #[must_use]
            pub fn $table(&self) -> &[$row] {
                self.$table.rows()
            }

            #[doc = $one]
            #[must_use]
            pub fn $get(&self, number: $number) -> &$row {
                self.$table.row(number.0)
            }
        )*}
    };
}

rows! {
    parties: Party, PartyNo, party, "All parties, by number.", "The party with this number.";
    materials: Material, MaterialNo, material, "All materials, by number.", "The material with this number.";
    places: Place, PlaceNo, place, "All places, by number.", "The place with this number.";
    lots: Lot, LotNo, lot, "All lots, by number.", "The lot with this number.";
    accounts: Account, AccountNo, account, "All accounts, by number.", "The account with this number.";
    encumbrances: Encumbrance, EncumbranceNo, encumbrance, "All encumbrances, by number.",
        "The encumbrance with this number.";
    authorities: Authority, AuthorityNo, authority, "All authorities, by number.", "The authority with this number.";
    tallies: Tally, TallyNo, tally, "All tallies, by number.", "The tally with this number.";
}
