//! One lot becomes several, or several become one, with nothing gained or lost.
//!
//! Children of a split keep the form, origin, source and assay of their parent. A merged lot keeps what its parents
//! have in common; where they differ, the field is left open (a source is `mixed`): a commingled heap has no single origin.

use measure::Quantity;

use super::{Ask, Line, not_zero, total};
use crate::account::AccountKey;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::lot::{NewLot, Origin, Parent, SourceKind};
use crate::number::{LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Kind, Rejection};

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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { lot, site, owner, parts } = self;
        draft.may_write(*owner, Some(*site))?;
        super::lines_fit(parts.len())?;
        let material = draft.books.lot(*lot).facts.material;
        let key = AccountKey { place: *site, owner: *owner, lot: *lot };
        let whole = total(parts.iter().map(|part| &part.quantity), key)?;
        let source = draft.account(*site, *owner, *lot);
        let target = draft.account(PlaceNo::PROCESSING, *owner, *lot);
        draft.entry(source, target, whole);
        for (index, part) in parts.iter().enumerate() {
            not_zero(part.quantity)?;
            let taken = parts[..index].iter().any(|other| other.lot == part.lot);
            code_is_free(draft.books, &part.lot, taken)?;
            let new = draft.new_lot(material);
            let source = draft.account(PlaceNo::PROCESSING, *owner, new);
            let target = draft.account(*site, *owner, new);
            draft.entry(source, target, part.quantity);
        }
        Ok(())
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let parent = books.lot(self.lot);
        let assay = parent.assays.last().map(|known| known.assay.clone());
        let facts = NewLot { assay, ..parent.facts.clone() };
        for part in &self.parts {
            let parents = vec![Parent { lot: self.lot, quantity: part.quantity }];
            books.push_lot(NewLot { code: part.lot.clone(), ..facts.clone() }, seq, event.effective, parents);
        }
    }
}

act_rules!(Split {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-2", "site": "Ibaraki", "owner": "JOGMEC", "parts": [{"lot": "LOT-5", "quantity": "1 t"},
        {"lot": "LOT-6", "quantity": "2 t"}]}"#,
});

impl Merge {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { lot, site, owner, parts } = self;
        draft.may_write(*owner, Some(*site))?;
        super::lines_fit(parts.len())?;
        code_is_free(draft.books, lot, false)?;
        let facts = &draft.books.lot(parts[0].lot).facts;
        let (material, form) = (facts.material, facts.form);
        for part in parts {
            not_zero(part.quantity)?;
            let other = &draft.books.lot(part.lot).facts;
            if (other.material, other.form) != (material, form) {
                let problem = format!("lot `{}` is of another material or form than the first", other.code);
                return Err(Rejection::Invalid { field: "parts", problem });
            }
            let source = draft.account(*site, *owner, part.lot);
            let target = draft.account(PlaceNo::PROCESSING, *owner, part.lot);
            draft.entry(source, target, part.quantity);
        }
        let new = draft.new_lot(material);
        let key = AccountKey { place: *site, owner: *owner, lot: new };
        let whole = total(parts.iter().map(|part| &part.quantity), key)?;
        let source = draft.account(PlaceNo::PROCESSING, *owner, new);
        let target = draft.account(*site, *owner, new);
        draft.entry(source, target, whole);
        Ok(())
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
        let parents = self.parts.iter().map(|part| Parent { lot: part.lot, quantity: part.quantity }).collect();
        books.push_lot(merged, seq, event.effective, parents);
    }
}

act_rules!(Merge {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-7", "site": "Ibaraki", "owner": "JOGMEC", "parts": [{"lot": "LOT-5", "quantity": "1 t"},
        {"lot": "LOT-6", "quantity": "1 t"}]}"#,
});

fn code_is_free(books: &Books, code: &str, taken: bool) -> Result<(), Rejection> {
    super::text_fits("lot", code)?;
    if taken || books.lot_no(code).is_some() {
        return Err(Rejection::AlreadyRegistered { kind: Kind::Lot, code: code.to_owned() });
    }
    Ok(())
}
