//! An owner lets another party act on its stock, within bounds that it signs, and ends that when it wants.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::mandate::{Mandate, bounds_bind, can_be_for};
use crate::number::{Day, MandateNo, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Gives a mandate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct GiveMandate {
    /// Names it.
    #[n(0)]
    pub mandate: String,
    /// Whose stock.
    #[n(1)]
    pub owner: PartyNo,
    /// Who may act.
    #[n(2)]
    pub to: PartyNo,
    /// Which acts, by their words; all that a mandate can be for where there are none.
    #[n(3)]
    pub acts: Vec<String>,
    /// Of which material; any where absent.
    #[n(4)]
    pub material: Option<MaterialNo>,
    /// At which site; any where absent.
    #[n(5)]
    pub site: Option<PlaceNo>,
    /// How much in all, in accounting units; as much as there is where absent.
    #[n(6)]
    pub quantity: Option<Quantity>,
    /// First day of what is done under it; the effective date where absent.
    #[n(7)]
    pub first: Option<Day>,
    /// Last day; open-ended where absent.
    #[n(8)]
    pub last: Option<Day>,
    /// Law, treaty or letter it rests on.
    #[n(9)]
    pub basis: Option<String>,
}

/// Ends a mandate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct EndMandate {
    /// Which.
    #[n(0)]
    pub mandate: MandateNo,
    /// Why.
    #[n(1)]
    pub reason: Option<String>,
}

impl GiveMandate {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.is_itself(&[self.owner]);
        let mut shape = who.shape()?;
        shape.code("mandate", &self.mandate);
        shape.text_if_any("basis", self.basis.as_ref());
        if self.to == self.owner {
            shape.refuse(Rejection::SourceIsTarget);
        }
        if let Some(act) = self.acts.iter().find(|act| !can_be_for(act)) {
            shape.invalid("acts", Fault::NoMandateFor { text: act.chars().take(100).collect() });
        }
        let stated = [self.material.is_some(), self.site.is_some(), self.quantity.is_some()];
        if let Some(act) = self.acts.iter().find(|act| !bounds_bind(act, stated)) {
            shape.invalid("acts", Fault::NotWithinBounds { text: act.chars().take(100).collect() });
        }
        if self.quantity.is_some_and(Quantity::is_zero) {
            shape.not_zero(Quantity::ZERO);
        }
        let first = self.first.unwrap_or(ask.effective);
        if self.last.is_some_and(|last| last < first) {
            shape.invalid("last", Fault::WindowEndsEarly);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Mandate, &self.mandate);
        if let (Some(quantity), Some(material)) = (self.quantity, self.material) {
            let number = MandateNo(state.books.mandates.row_count());
            state.tally_on(of_mandate(number, self.owner, material), quantity.units(), first);
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let Self { mandate, owner, to, acts, material, site, quantity, first, last, basis: _ } = self.clone();
        books.push_mandate(Mandate {
            code: mandate,
            owner,
            to,
            acts,
            material,
            site,
            is_limited: quantity.is_some(),
            first: first.unwrap_or(event.effective),
            last,
            ended: None,
        });
    }
}

act_rules!(GiveMandate {
    right: Write, asks: Alone, seen: Named, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["end_mandate"]),
    line: Words(&["{mandate}", "of {owner}", "to {to}", "{quantity}", "{material}", "at {site}", "from {first}", "through {last}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"mandate": "MANDATE-1", "owner": "JOGMEC", "to": "ledger", "acts": ["dispatch", "deliver"], "material": "NdPr",
        "site": "Ibaraki", "quantity": "20 t", "first": "2026-03-12", "last": "2026-12-31", "basis": "agreement, article 7"}"#,
});

impl EndMandate {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let row = who.books.mandate(self.mandate);
        who.is_itself(&[row.owner, row.to]);
        let mut shape = who.shape()?;
        shape.text_if_any("reason", self.reason.as_ref());
        if row.ended.is_some() {
            shape.invalid("mandate", Fault::MandateEnded);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        books.mandates.row_mut(self.mandate.0).ended = Some(seq);
    }
}

act_rules!(EndMandate {
    right: Write, asks: Alone, seen: Named, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["mandate"]),
    line: Words(&["{mandate}", "{reason}"]),
    whose(act, books): {
        let row = books.mandate(act.mandate);
        vec![row.owner, row.to]
    },
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"mandate": "MANDATE-1", "reason": "over"}"#,
});

/// What is left of a mandate.
pub(crate) fn of_mandate(number: MandateNo, owner: PartyNo, material: MaterialNo) -> TallyKey {
    TallyKey { kind: TallyKind::Mandate, of: number.0, party: owner, material: Some(material) }
}
