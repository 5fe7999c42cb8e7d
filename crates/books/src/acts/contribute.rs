//! A member puts stock into the pool: title passes, the stock stays where it lies, and the member is entitled to as much.

use measure::Quantity;

use super::Ask;
use super::commit::fulfil;
use super::reserve_common::{check_going_on, check_member, check_promise, of_reserve};
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::fact::{Agreement, Of, Says};
use crate::number::{CommitmentNo, LotNo, PartyNo, PlaceNo, ReserveNo, Seq};
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// Asks to contribute.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Contribute {
    /// To which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Who contributes.
    #[n(1)]
    pub member: PartyNo,
    /// Which lot.
    #[n(2)]
    pub lot: LotNo,
    /// Where it lies and stays.
    #[n(3)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// The pledge it is given under.
    #[n(5)]
    pub under: Under,
    /// The commitment it fulfils.
    #[n(6)]
    pub commitment: Option<CommitmentNo>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

impl Contribute {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { reserve, member, lot, site, quantity, under, commitment, reference: _ } = self;
        draft.may_write(*member, None)?;
        draft.not_zero(*quantity);
        check_going_on(draft, *reserve)?;
        check_member(draft, *reserve, *member)?;
        let pool = draft.books.reserve(*reserve).pool;
        let material = draft.books.lot(*lot).facts.material;
        let source = draft.account(*site, *member, *lot);
        let target = draft.account(*site, pool, *lot);
        check_promise(draft, *under, *reserve)?;
        if let Some(under) = under {
            draft.draw_under(*under, source, *quantity)?;
        }
        if let Some(commitment) = commitment {
            fulfil(draft, *commitment, *reserve, *member, Some(material), *quantity)?;
        }
        draft.entry(source, target, *quantity);
        draft.tally(of_reserve(TallyKind::Entitlement, *reserve, *member, material), quantity.units());
        Ok(())
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Contribute {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{member}", "to {reserve}"]),
    whose(act, _): vec![act.member],
    reference(act, _): act.reference.as_deref(),
    says(act): Some(Says {
            reference: act.reference.as_deref(),
            owner: Some(act.member),
            reserve: Some(Agreement::Reserve(act.reserve)),
            source: Some(act.site),
            lines: vec![(Of::Lot(act.lot), act.quantity)],
            ..Says::default()
        }),
    example: r#"{"reserve": "G7", "member": "JOGMEC", "lot": "LOT-1", "site": "Ibaraki", "quantity": "5 t",
        "under": "PLEDGE-1", "commitment": "PROMISE-1", "reference": "X-11"}"#,
});
