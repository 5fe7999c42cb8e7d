//! A member puts stock into the pool: title passes, the stock stays where it lies, and the member is entitled to as much.

use measure::Quantity;

use super::Ask;
use super::commit::fulfil;
use super::reserve_common::{check_going_on, check_member, check_promise, of_reserve};
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Agreement, Of, Says};
use crate::number::{CommitmentNo, LotNo, PartyNo, PlaceNo, ReserveNo, Seq};
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
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, member, lot, site, quantity, under, commitment, reference: _ } = self;
        let books = who.books;
        who.may_write(*member, None);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        let mut state = shape.state()?;
        state.note(check_going_on(&state, *reserve));
        state.note(check_member(&state, *reserve, *member));
        state.fulfils = Some(*reserve);
        let pool = books.reserve(*reserve).pool;
        let material = books.lot(*lot).facts.material;
        let source = state.account(*site, *member, *lot);
        let target = state.account(*site, pool, *lot);
        state.note(check_promise(books, *under, *reserve));
        if let Some(under) = under {
            state.draw_under(*under, source, *quantity);
        }
        if let Some(commitment) = commitment {
            fulfil(&mut state, *commitment, *reserve, *member, Some(material), *quantity);
        }
        state.entry(source, target, *quantity);
        state.tally(of_reserve(TallyKind::Entitlement, *reserve, *member, material), quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Contribute {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{member}", "to {reserve}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
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
