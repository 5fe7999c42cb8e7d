//! A figure of consumption or net imports is recorded, or revised: keys and days of cover go by it.

use super::Ask;
use crate::act_rules::act_rules;
use crate::base::{Base, BaseKind};
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::rejection::Fault;
use crate::reserve::{Key, MemberStatus, Reserve};

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
        // What others owe by a key is for who runs their reserve to say, and for the ledger.
        let runs = |reserve: &&Reserve| shape.party == reserve.secretariat || shape.party == PartyNo(0);
        if let Some(reserve) = shape
            .books
            .reserves()
            .iter()
            .filter(|reserve| self.is_in_key(reserve, shape.books.head()))
            .find(|reserve| !runs(reserve))
        {
            let reserve = reserve.code.clone();
            shape.invalid("kind", Fault::FigureOfKey { reserve });
        }
        if !(1900..=2200).contains(&self.year) {
            shape.invalid("year", Fault::YearOutOfRange { first: 1900, last: 2200 });
        }
        if self.net_export && self.kind == BaseKind::Consumption {
            shape.invalid("net_export", Fault::LessThanNothing);
        }
        shape.state()?.done()
    }

    /// Does a key of the reserve, in force or to come, go by the figure?
    fn is_in_key(&self, reserve: &Reserve, head: Seq) -> bool {
        let status = reserve.status_at(self.owner, Day(i32::MAX), head);
        let is_by = |key: &Key| {
            key.kind.base() == Some(self.kind)
                && key.year == Some(self.year)
                && key.weights.is_empty()
                && key.material.is_none_or(|material| material == self.material)
        };
        matches!(status, Some(MemberStatus::Joined | MemberStatus::Suspended)) && reserve.keys.iter().any(is_by)
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
