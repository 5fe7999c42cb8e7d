//! One lot becomes several, or several become one, with nothing gained or lost.
//!
//! Children of a split keep the form, origin and source of their parent, and both go by the assays of what they were made
//! from ([`crate::composition`]). The description of a merged lot is what its parents have in common; where they differ, the
//! field is left open (a source is `mixed`): a commingled heap has no single origin. Where its mass comes from is known all the
//! same ([`crate::provenance`]).

use measure::Quantity;

use super::deposit::stated_fits_lot;
use super::{Ask, Line, total};
use crate::account::AccountKey;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, State, Who};
use crate::event::Event;
use crate::lot::{NewLot, Origin, Parent, SourceKind};
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to split a lot.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Split {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// Where it lies.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(2)]
    pub owner: PartyNo,
    /// The new lots.
    #[n(3)]
    pub parts: Vec<Part>,
}

/// A new lot and its size.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Part {
    /// Its code.
    #[n(0)]
    pub lot: String,
    /// Its size, in accounting units.
    #[n(1)]
    pub quantity: Quantity,
}

/// Asks to merge lots.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Merge {
    /// Code of the new lot.
    #[n(0)]
    pub lot: String,
    /// Where they lie.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose they are.
    #[n(2)]
    pub owner: PartyNo,
    /// What goes in.
    #[n(3)]
    pub parts: Vec<Line>,
}

impl Split {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, parts } = self;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(parts.len());
        for part in parts {
            shape.text("lot", &part.lot);
            shape.not_zero(part.quantity);
        }
        let mut state = shape.state()?;
        let material = state.books.lot(*lot).facts.material;
        let key = AccountKey { place: *site, owner: *owner, lot: *lot };
        let whole = state.note(total(parts.iter().map(|part| &part.quantity), key)).unwrap_or_default();
        let source = state.account(*site, *owner, *lot);
        let target = state.account(PlaceNo::PROCESSING, *owner, *lot);
        state.entry(source, target, whole);
        for (index, part) in parts.iter().enumerate() {
            let taken = parts[..index].iter().any(|other| other.lot == part.lot);
            code_is_free(&mut state, &part.lot, taken);
            let new = state.new_lot(material);
            let source = state.account(PlaceNo::PROCESSING, *owner, new);
            let target = state.account(*site, *owner, new);
            state.entry(source, target, part.quantity);
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let facts = books.lot(self.lot).facts.clone();
        for part in &self.parts {
            let parents = vec![Parent { lot: self.lot, quantity: part.quantity, lost: Quantity::ZERO }];
            books.push_heir(NewLot { code: part.lot.clone(), ..facts.clone() }, (seq, event), parents);
        }
    }
}

act_rules!(Split {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-2", "site": "Ibaraki", "owner": "JOGMEC", "parts": [{"lot": "LOT-5", "quantity": "1 t"},
        {"lot": "LOT-6", "quantity": "2 t"}]}"#,
});

impl Merge {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, parts } = self;
        let books = who.books;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(parts.len());
        shape.text("lot", lot);
        let first = parts.first().map(|part| &books.lot(part.lot).facts);
        for part in parts {
            shape.not_zero(part.quantity);
            stated_fits_lot(&mut shape, part.stated, part.quantity, part.lot);
            let other = &books.lot(part.lot).facts;
            if first.is_some_and(|first| (other.material, other.form) != (first.material, first.form)) {
                shape.invalid("parts", Fault::OtherLot { code: other.code.clone() });
            }
        }
        let mut state = shape.state()?;
        code_is_free(&mut state, lot, false);
        for part in parts {
            let source = state.account(*site, *owner, part.lot);
            let target = state.account(PlaceNo::PROCESSING, *owner, part.lot);
            state.entry(source, target, part.quantity);
        }
        let new = state.new_lot(first.expect("stopped where there are no lines").material);
        let key = AccountKey { place: *site, owner: *owner, lot: new };
        let whole = state.note(total(parts.iter().map(|part| &part.quantity), key)).unwrap_or_default();
        let source = state.account(PlaceNo::PROCESSING, *owner, new);
        let target = state.account(*site, *owner, new);
        state.entry(source, target, whole);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let facts: Vec<&NewLot> = self.parts.iter().map(|part| &books.lot(part.lot).facts).collect();
        let common = |field: fn(&NewLot) -> &Option<String>| {
            let first = field(facts[0]);
            if facts.iter().all(|other| field(other) == first) { first.clone() } else { None }
        };
        let merged = NewLot {
            code: self.lot.clone(),
            origin: Origin {
                mined: common(|facts| &facts.origin.mined),
                separated: common(|facts| &facts.origin.separated),
                refined: common(|facts| &facts.origin.refined),
                manufactured: common(|facts| &facts.origin.manufactured),
            },
            source: match facts.iter().all(|other| other.source == facts[0].source) {
                true => facts[0].source,
                false => SourceKind::Mixed,
            },
            supplier: common(|facts| &facts.supplier),
            assay: None,
            price: None,
            documents: Vec::new(),
            ..facts[0].clone()
        };
        let parent = |part: &Line| Parent { lot: part.lot, quantity: part.quantity, lost: Quantity::ZERO };
        let parents = self.parts.iter().map(parent).collect();
        books.push_heir(merged, (seq, event), parents);
    }
}

act_rules!(Merge {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-7", "site": "Ibaraki", "owner": "JOGMEC", "parts": [{"lot": "LOT-5", "quantity": "1 t"},
        {"lot": "LOT-6", "quantity": "1 t"}]}"#,
});

fn code_is_free(state: &mut State<'_, '_>, code: &str, taken: bool) {
    if taken {
        state.refuse(Rejection::AlreadyRegistered { kind: Kind::Lot, code: code.to_owned() });
    }
    state.is_new(Kind::Lot, code);
}
