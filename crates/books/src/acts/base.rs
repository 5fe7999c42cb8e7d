//! A figure of consumption or net imports is recorded, or revised: keys and days of cover go by it.

use super::Ask;
use crate::act_rules::act_rules;
use crate::base::{Base, BaseKind};
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{MaterialNo, PartyNo, Seq};
use crate::rejection::Fault;

/// Asks to record a figure.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordBase {
    /// Whose.
    #[n(0)]
    pub owner: PartyNo,
    /// Of which material.
    #[n(1)]
    pub material: MaterialNo,
    /// What it is of.
    #[n(2)]
    pub kind: BaseKind,
    /// The calendar year.
    #[n(3)]
    pub year: u16,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: measure::Quantity,
    /// More went out than came in: a net exporter.
    #[n(5)]
    pub net_export: bool,
    /// Who published it.
    #[n(6)]
    pub source: Option<String>,
}

impl RecordBase {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_record(self.owner);
        let mut shape = who.shape()?;
        if !(1900..=2200).contains(&self.year) {
            shape.invalid("year", Fault::YearOutOfRange { first: 1900, last: 2200 });
        }
        if self.net_export && self.kind == BaseKind::Consumption {
            shape.invalid("net_export", Fault::LessThanNothing);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { owner: party, material, kind, year, quantity, net_export, ref source } = *self;
        let units = if net_export { -quantity.units() } else { quantity.units() };
        let (source, effective) = (source.clone(), event.effective);
        books.push_base(Base { seq, party, material, kind, year, units, source, effective });
    }
}

act_rules!(RecordBase {
    right: Write, asks: Overseer, seen: Concerned, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["record_base"]),
    line: Words(&["{owner}", "{kind}", "{year}", "{quantity}", "{material}", "by {source}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"owner": "JOGMEC", "material": "NdPr", "kind": "net_imports", "year": 2025, "quantity": "10 t",
        "net_export": true, "source": "customs"}"#,
});
