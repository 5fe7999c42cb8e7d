//! What was drawn is put back: the same, another material at the rate of the rules, or money (see `settle_cash`).

use measure::Quantity;

use super::Ask;
use super::reserve_common::{counts_as, of_reserve};
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::debt::Debt;
use crate::draft::Draft;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{DebtNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Asks to put something back.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Replenish {
    /// Which debt.
    #[n(0)]
    pub debt: DebtNo,
    /// Which lot: it passes to the pool, or, after a call, stays with the member as stock restored.
    #[n(1)]
    pub lot: LotNo,
    /// Where it lies and stays.
    #[n(2)]
    pub site: PlaceNo,
    /// How much of the lot, in its accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// The encumbrance it is given under.
    #[n(4)]
    pub under: Under,
    /// The sender's own reference.
    #[n(5)]
    pub reference: Option<String>,
}

impl Replenish {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { debt: number, lot, site, quantity, under, reference: _ } = self;
        let books = who.books;
        let debt = books.debt(*number);
        who.may_write(debt.member, None);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        let facts = &books.lot(*lot).facts;
        let counted = counts_as(&mut shape, debt.reserve, facts.material, debt.material, *quantity);
        if let Some(counted) = counted {
            shape.not_zero(counted);
        }
        let mut state = shape.state()?;
        if debt.form.is_some_and(|form| form != facts.form && facts.material == debt.material) {
            let fault = Fault::OtherForm;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Debt, row: number.0, fault });
        }
        state.fulfils = Some(debt.reserve);
        let source = state.account(*site, debt.member, *lot);
        if debt.to_pool {
            if let Some(under) = under {
                state.draw_under(*under, source, *quantity);
            }
            let pool = books.reserve(debt.reserve).pool;
            let target = state.account(*site, pool, *lot);
            state.entry(source, target, *quantity);
        }
        let mut amounts = state.amounts()?;
        let counted = counted.expect("stopped where it counts for nothing");
        if debt.to_pool {
            lower(&mut amounts, *number, debt, counted);
            return amounts.done();
        }
        let held = amounts.days(source, amounts.day).at(amounts.day).unwrap_or_default().on_hand;
        if held < quantity.units() {
            let account = crate::account::AccountKey { place: *site, owner: debt.member, lot: *lot };
            let day = amounts.day;
            amounts.refuse(Rejection::ExceedsBalance { account, held, day, later: Vec::new() });
        }
        amounts.tally(key(TallyKind::Rebuild, *number, debt.member, debt), -counted.units());
        amounts.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Replenish {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{debt}"]),
    whose(act, books): vec![books.debt(act.debt).member],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"debt": "DEBT-1", "lot": "LOT-1", "site": "Ibaraki", "quantity": "0.5 t", "under": null,
        "reference": "X-14"}"#,
});

fn key(kind: TallyKind, number: DebtNo, party: PartyNo, debt: &Debt) -> TallyKey {
    TallyKey { kind, of: number.0, party, material: Some(debt.material) }
}

/// Lowers a debt to the pool: those that lent are freed first, in the order of their registration.
pub(super) fn lower(draft: &mut Draft<'_>, number: DebtNo, debt: &Debt, quantity: Quantity) {
    draft.tally(key(TallyKind::Debt, number, debt.member, debt), -quantity.units());
    let mut rest = quantity.units();
    let mut lenders: Vec<PartyNo> =
        draft.books.tallies_of(TallyKind::Lent, number.0).map(|tally| tally.key.party).collect();
    lenders.sort_unstable();
    for lender in lenders {
        let lent = key(TallyKind::Lent, number, lender, debt);
        let back = rest.min(draft.books.tally_latest(lent));
        draft.tally(lent, -back);
        draft.tally(of_reserve(TallyKind::Drawn, debt.reserve, lender, debt.material), -back);
        rest -= back;
    }
    draft.tally(of_reserve(TallyKind::Drawn, debt.reserve, debt.member, debt.material), -rest);
}
