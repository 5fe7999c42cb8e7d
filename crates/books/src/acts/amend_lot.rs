//! What was said of a lot is mended: it was keyed wrongly, or is known better now.
//!
//! From its day on the new description holds, for the lot and for whatever was made of it; what was answered before remains
//! answerable as it was known. Where a lot was made from others its origin follows from theirs, and is mended there.

use super::Ask;
use super::deposit::new_lot_fits;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{NewLot, Origin, SourceKind};
use crate::material::Form;
use crate::number::{LotNo, PartyNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to mend the description of a lot. What is left out stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendLot {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// Its form.
    #[n(1)]
    pub form: Option<Form>,
    /// Where it comes from in the sense of policy.
    #[n(2)]
    pub source: Option<SourceKind>,
    /// Country of each step, all of them anew: a step that is left out is unknown.
    #[n(3)]
    pub origin: Option<Origin>,
    /// Who supplied it.
    #[n(4)]
    pub supplier: Option<String>,
    /// Why: never empty.
    #[n(5)]
    pub reason: String,
}

impl AmendLot {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let books = who.books;
        let row = books.lot(self.lot);
        for owner in owners(books, self.lot) {
            who.may_write(owner, None);
        }
        let mut shape = who.shape()?;
        shape.text("reason", &self.reason);
        let facts = self.mended(&row.facts);
        if facts == row.facts {
            shape.invalid("lot", Fault::DescribedAlready);
        }
        new_lot_fits(&mut shape, &facts);
        let mut state = shape.state()?;
        if row.has_ancestry(books.head()) {
            let fault = Fault::MadeFromOthers;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Lot, row: self.lot.0, fault });
        }
        let held: i128 = books.in_hand(self.lot).map(|account| i128::from(account.days.latest().on_hand)).sum();
        let threshold = books.material(row.facts.material).dual_control_above;
        state.needs_checker |= threshold.is_some_and(|most| held > i128::from(most.units()));
        let needs_maker = state.needs_checker && ask.maker.is_none();
        let mut amounts = state.amounts()?;
        if needs_maker {
            amounts.refuse(Rejection::MakerMissing { material: row.facts.material });
        }
        // It changes what is said of the stock of everybody who has some of what was made of it.
        for lot in books.with_descendants(self.lot) {
            for owner in owners(books, lot) {
                amounts.check_open(ask.effective, owner);
            }
        }
        amounts.done()
    }

    fn mended(&self, facts: &NewLot) -> NewLot {
        let Self { lot: _, form, source, origin, supplier, reason: _ } = self.clone();
        let facts = facts.clone();
        NewLot {
            form: form.unwrap_or(facts.form),
            source: source.unwrap_or(facts.source),
            origin: origin.unwrap_or(facts.origin),
            supplier: supplier.or(facts.supplier),
            ..facts
        }
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.lots.row_mut(self.lot.0).describe(event.effective, seq, |facts| self.mended(facts));
    }
}

/// Whose stock it is: of those who have some, else of those who had.
fn owners(books: &Books, lot: LotNo) -> Vec<PartyNo> {
    let mut owners: Vec<PartyNo> = books.in_hand(lot).map(|account| account.key.owner).collect();
    if owners.is_empty() {
        owners = books.accounts_of(lot).iter().map(|number| books.account(*number).key.owner).collect();
    }
    owners.sort_unstable();
    owners.dedup();
    owners
}

act_rules!(AmendLot {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: Rule, periods: Owners,
    undone: By(&["amend_lot"]),
    line: Words(&["{lot}", "as {form}", "{source}", "from {supplier}", "{reason}"]),
    whose(act, books): owners(books, act.lot),
    uses(act, _): vec![Used { lot: act.lot, site: None, units: None }],
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-3", "form": "oxide", "source": "primary", "origin": {"mined": "AU", "separated": "MY",
        "refined": "JP", "manufactured": "JP"}, "supplier": "Iluka",
        "reason": "the supplier was keyed wrongly"}"#,
});
