//! A member promises a reserve what no named lot backs yet: material to come, or money.
//!
//! Named lots are promised with `encumber` under the reserve's code, as a pledge or an earmark.

use measure::Quantity;

use super::Ask;
use super::reserve_common::{check_going_on, check_member};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::commitment::Commitment;
use crate::draft::steps::{Judged, State, Who};
use crate::event::Event;
use crate::fact::{Agreement, Code, Of, Says};
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks to record a promise.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Commit {
    /// Unique among commitments.
    #[n(0)]
    pub commitment: String,
    /// To which reserve.
    #[n(1)]
    pub reserve: ReserveNo,
    /// Who promises.
    #[n(2)]
    pub member: PartyNo,
    /// Of which material; none where it is money.
    #[n(3)]
    pub material: Option<MaterialNo>,
    /// How much, in accounting units or the smallest unit of the reserve's currency.
    #[n(4)]
    pub quantity: Quantity,
    /// Day by which it should come.
    #[n(5)]
    pub due: Option<Day>,
    /// Tier of release it serves.
    #[n(6)]
    pub tier: Option<String>,
}

impl Commit {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let books = who.books;
        who.may_write(self.member, None);
        let mut shape = who.shape()?;
        shape.text("commitment", &self.commitment);
        shape.not_zero(self.quantity);
        let rules = books.reserve(self.reserve).rules_at(shape.day, shape.next_seq());
        if self.tier.as_ref().is_some_and(|name| !rules.terms.tiers.iter().any(|tier| tier.name == *name)) {
            shape.invalid("tier", Fault::NoTier);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Commitment, &self.commitment);
        state.note(check_going_on(&state, self.reserve));
        state.note(check_member(&state, self.reserve, self.member));
        let of = books.commitments.row_count();
        let key = TallyKey { kind: TallyKind::Commitment, of, party: self.member, material: self.material };
        state.tally(key, self.quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        let Self { commitment, reserve, member, material, quantity, due, tier } = self.clone();
        books.push_commitment(Commitment { code: commitment, reserve, member, material, quantity, due, tier });
    }
}

act_rules!(Commit {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{commitment}", "{member}", "to {reserve}", "{quantity}", "{material}", "due {due}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(act): Some(Says {
            code: Some(Code::Own(&act.commitment)),
            owner: Some(act.member),
            reserve: Some(Agreement::Reserve(act.reserve)),
            lines: vec![(act.material.map_or(Of::MoneyOf(act.reserve), Of::Material), act.quantity)],
            ..Says::default()
        }),
    example: r#"{"commitment": "PROMISE-1", "reserve": "G7", "member": "JOGMEC", "material": "NdPr", "quantity": "20 t",
        "due": "2026-12-31", "tier": "1"}"#,
});

/// Takes what came off a commitment of the same member to the same reserve.
pub(super) fn fulfil(
    state: &mut State<'_, '_>,
    number: crate::number::CommitmentNo,
    reserve: ReserveNo,
    member: PartyNo,
    material: Option<MaterialNo>,
    quantity: Quantity,
) {
    let facts = state.books.commitment(number);
    if (facts.reserve, facts.member, facts.material) != (reserve, member, material) {
        let fault = Fault::OtherCommitment;
        state.refuse(Rejection::DoesNotFit { kind: Kind::Commitment, row: number.0, fault });
    }
    let key = TallyKey { kind: TallyKind::Commitment, of: number.0, party: member, material };
    state.tally(key, -quantity.units());
}
