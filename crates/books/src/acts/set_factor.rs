//! A factor between two units of a material, or of one lot, is set: a density, a calorific value.
//!
//! From its day on answers in the other unit go by it, and cite it. What was answered before remains answerable as it was
//! known. Nothing that is held changes: quantities are accounted in the unit of their material, always.

use measure::Density;

use super::Ask;
use crate::act_rules::{Asks, act_rules};
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::factor::Factor;
use crate::number::{LotNo, MaterialNo, PartyNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to set a factor.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetFactor {
    /// Of which material.
    #[n(0)]
    pub material: MaterialNo,
    /// Of which lot; of all that have none of their own where none is said.
    #[n(1)]
    pub lot: Option<LotNo>,
    /// How much of one unit is in one of another.
    #[n(2)]
    pub factor: Density,
    /// Who stated it: never empty.
    #[n(3)]
    pub source: String,
}

impl SetFactor {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        match self.lot {
            Some(lot) => who.may_write_lot(lot),
            None => who.role_fits(Asks::Agency),
        }
        let mut shape = who.shape()?;
        shape.text("source", &self.source);
        let unit = shape.books.material(self.material).unit;
        let (one, other) = self.factor.dimensions();
        if ![one, other].contains(&unit.dimension()) {
            shape.invalid("factor", Fault::NotOfItsUnit { unit: unit.code().to_owned() });
        }
        let mut state = shape.state()?;
        if let Some(lot) = self.lot.filter(|lot| state.books.lot(*lot).facts.material != self.material) {
            let fault = Fault::OtherMaterial;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Lot, row: lot.0, fault });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { material, lot, factor: density, source } = self.clone();
        books.push_factor(Factor { seq, from: event.effective, material, lot, density, source });
    }
}

/// A factor of a material is everybody's; that of a lot is seen where the lot is.
fn owners(act: &SetFactor, books: &Books) -> Vec<PartyNo> {
    match act.lot {
        Some(lot) => books.accounts_of(lot).iter().map(|account| books.account(*account).key.owner).collect(),
        None => (0u32..).map(PartyNo).take(books.parties().len()).collect(),
    }
}

act_rules!(SetFactor {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_factor"]),
    line: Words(&["{material}", "{lot}", "{factor}", "by {source}"]),
    whose(act, books): owners(act, books),
    uses(act, _): act.lot.iter().map(|lot| Used { lot: *lot, site: None, units: None }).collect(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"material": "NdPr", "lot": "LOT-3", "factor": "7.2 t/m3", "source": "certificate 12 of Alfred Knight"}"#,
});
