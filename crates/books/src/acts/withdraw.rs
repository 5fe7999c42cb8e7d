//! A member draws under its entitlement: title passes from the pool, and what must be put back is a debt.
//!
//! Without a day to put it back the draw is for good, and the entitlement falls with it. What exceeds the member's own
//! entitlement is lent by other members, each of which is named.

use measure::Quantity;

use super::Ask;
use super::reserve_common::{check_going_on, check_member, of_reserve, sum};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::debt::Debt;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::material::Form;
use crate::number::{Day, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind};
use crate::tally::{TallyKey, TallyKind};

/// Asks to draw from the pool.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Withdraw {
    /// From which reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Who draws.
    #[n(1)]
    pub member: PartyNo,
    /// Which lot of the pool.
    #[n(2)]
    pub lot: LotNo,
    /// Where it lies.
    #[n(3)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// What is to be put back; nothing where the draw is for good.
    #[n(5)]
    pub debt: Option<NewDebt>,
    /// Members that lend what exceeds the drawer's own entitlement.
    #[n(6)]
    pub lenders: Vec<Lender>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
}

/// What is to be put back.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct NewDebt {
    /// Unique among debts.
    #[n(0)]
    pub code: String,
    /// Day by which it should be back.
    #[n(1)]
    pub due: Day,
    /// Form in which it should be back; any where none is said.
    #[n(2)]
    pub form: Option<Form>,
}

/// A member that lends some of its entitlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Lender {
    /// The member.
    #[n(0)]
    pub member: PartyNo,
    /// How much, in accounting units.
    #[n(1)]
    pub quantity: Quantity,
}

impl Withdraw {
    fn material(&self, books: &Books) -> MaterialNo {
        books.lot(self.lot).facts.material
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, member, lot, site, quantity, debt, lenders, reference: _ } = self;
        let books = who.books;
        who.may_write(*member, None);
        if debt.is_some() && !lenders.is_empty() {
            who.runs(*reserve);
        }
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        let own = self.own_part(&mut shape);
        let mut state = shape.state()?;
        let material = self.material(books);
        let source = state.account(*site, books.reserve(*reserve).pool, *lot);
        let target = state.account(*site, *member, *lot);
        state.entry(source, target, *quantity);
        let entitled = |kind, party| of_reserve(kind, *reserve, party, material);
        let Some(debt) = debt else {
            // One that left, or a reserve that is wound up, still owes its members what is theirs.
            state.tally(entitled(TallyKind::Entitlement, *member), -quantity.units());
            return state.done();
        };
        state.is_new(Kind::Debt, &debt.code);
        state.note(check_going_on(&state, *reserve));
        state.note(check_member(&state, *reserve, *member));
        let of = books.debts.row_count();
        state.new_debt = Some(*reserve);
        state.tally(entitled(TallyKind::Drawn, *member), own.units());
        let of_debt = |kind, party| TallyKey { kind, of, party, material: Some(material) };
        state.tally(of_debt(TallyKind::Debt, *member), quantity.units());
        for lender in lenders {
            state.note(check_member(&state, *reserve, lender.member));
            state.tally(entitled(TallyKind::Drawn, lender.member), lender.quantity.units());
            state.tally(of_debt(TallyKind::Lent, lender.member), lender.quantity.units());
        }
        state.done()
    }

    /// What is drawn of the member's own entitlement: all that nobody lends.
    fn own_part(&self, shape: &mut Shape<'_, '_>) -> Quantity {
        let Self { member, quantity, debt, lenders, .. } = self;
        match debt {
            Some(debt) => shape.text("debt", &debt.code),
            None if !lenders.is_empty() => shape.invalid("lenders", Fault::LendsOnlyForDebt),
            None => {}
        }
        for lender in lenders {
            shape.not_zero(lender.quantity);
            if lender.member == *member {
                shape.invalid("lenders", Fault::LendsToItself);
            }
        }
        let lent = shape.note(sum(lenders.iter().map(|lender| lender.quantity))).unwrap_or_default();
        let own = quantity.checked_sub(lent);
        if own.is_none() {
            shape.invalid("lenders", Fault::LentMoreThanDrawn);
        }
        own.unwrap_or_default()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        let material = self.material(books);
        if let Some(NewDebt { code, due, form }) = self.debt.clone() {
            let Self { reserve, member, quantity, .. } = *self;
            books.push_debt(Debt { code, reserve, member, material, quantity, due, form, to_pool: true });
        }
    }
}

act_rules!(Withdraw {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{member}", "from {reserve}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"reserve": "G7", "member": "KOMIR", "lot": "LOT-1", "site": "Ibaraki", "quantity": "2 t",
        "debt": {"code": "DEBT-1", "due": "2026-09-30", "form": "oxide"}, "lenders": [{"member": "JOGMEC",
        "quantity": "1 t"}], "reference": "X-13"}"#,
});
