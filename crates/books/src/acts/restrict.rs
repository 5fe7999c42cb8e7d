//! What may not move is set and lifted, and licences let some of it through.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, PartyNo, RestrictionNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::restriction::{Licence, OfMixed, Restriction};
use crate::stewards::Binding;
use crate::tally::{TallyKey, TallyKind};

/// Asks to record a restriction. Every field that is said must fit; what is left open fits everything.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Restrict {
    /// Unique among restrictions.
    #[n(0)]
    pub restriction: String,
    /// Mined there, ISO 3166-1 alpha-2.
    #[n(1)]
    pub origin: Option<String>,
    /// Separated, refined or made there.
    #[n(2)]
    pub processed: Option<String>,
    /// HS heading: a prefix.
    #[n(3)]
    pub hs: Option<String>,
    /// Material.
    #[n(4)]
    pub material: Option<MaterialNo>,
    /// What it may not be used for.
    #[n(5)]
    pub end_use: Option<String>,
    /// Country it may not go to.
    #[n(6)]
    pub destination: Option<String>,
    /// First day; the effective date where absent.
    #[n(7)]
    pub first: Option<Day>,
    /// Last day; open-ended where absent.
    #[n(8)]
    pub last: Option<Day>,
    /// Can a licence let it through?
    #[n(9)]
    pub licensable: bool,
    /// Law or notice it rests on.
    #[n(10)]
    pub basis: Option<String>,
    /// How much of a mixed lot falls under it; all of it where absent.
    #[n(11)]
    pub of_mixed: Option<OfMixed>,
    /// Country that it may not leave, wherever it comes from; any where absent.
    #[n(12)]
    pub host: Option<String>,
}

/// Asks to lift a restriction.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct LiftRestriction {
    /// Which restriction.
    #[n(0)]
    pub restriction: RestrictionNo,
    /// Last day on which it holds; the effective date where absent.
    #[n(1)]
    pub last: Option<Day>,
    /// Why.
    #[n(2)]
    pub reason: Option<String>,
}

/// Asks to record a licence.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct License {
    /// Unique among licences.
    #[n(0)]
    pub licence: String,
    /// Under which restriction.
    #[n(1)]
    pub restriction: RestrictionNo,
    /// Whose movements.
    #[n(2)]
    pub holder: PartyNo,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much in all, in accounting units.
    #[n(4)]
    pub quantity: Quantity,
    /// First day; the effective date where absent.
    #[n(5)]
    pub first: Option<Day>,
    /// Last day; open-ended where absent.
    #[n(6)]
    pub last: Option<Day>,
}

impl Restrict {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_set(Binding::Material(self.material));
        let mut shape = who.shape()?;
        shape.text("restriction", &self.restriction);
        shape.country("origin", self.origin.as_ref());
        shape.country("processed", self.processed.as_ref());
        shape.country("destination", self.destination.as_ref());
        shape.country("host", self.host.as_ref());
        if self.last.is_some_and(|last| last < self.first.unwrap_or(ask.effective)) {
            shape.invalid("last", Fault::BeforeFirst);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Restriction, &self.restriction);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self {
            restriction: code,
            origin,
            processed,
            hs,
            material,
            end_use,
            destination,
            first,
            last,
            licensable,
            basis,
            of_mixed,
            host,
        } = self.clone();
        let of_mixed = of_mixed.unwrap_or_default();
        let first = first.unwrap_or(event.effective);
        books.push_restriction(Restriction {
            code,
            origin,
            processed,
            hs,
            material,
            end_use,
            destination,
            first,
            last,
            licensable,
            basis,
            of_mixed,
            host,
            seq,
            by: event.party,
        });
    }
}

act_rules!(Restrict {
    right: Write, asks: Steward, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["lift_restriction"]),
    line: Words(&["{restriction}", "mined in {origin}", "processed in {processed}", "HS {hs}", "{material}", "for {end_use}", "to {destination}", "from {first}", "through {last}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"restriction": "NOTICE-1", "origin": "AU", "processed": "MY", "hs": "2846", "material": "NdPr",
        "end_use": "arms", "destination": "KR", "first": "2026-03-01", "last": "2026-12-31", "licensable": true,
        "basis": "notice 1", "of_mixed": "in_proportion", "host": "JP"}"#,
});

impl LiftRestriction {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_set(Binding::Restriction(self.restriction));
        let facts = who.books.restriction(self.restriction);
        let mut state = who.shape()?.state()?;
        let last = self.last.unwrap_or(ask.effective);
        if let Some(day) = facts.last.filter(|before| *before < last) {
            state.refuse(Rejection::Ended { kind: Kind::Restriction, row: self.restriction.0, day });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.end_restriction(self.restriction, seq, self.last.unwrap_or(event.effective));
    }
}

act_rules!(LiftRestriction {
    right: Write, asks: Steward, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["restrict"]),
    line: Words(&["{restriction}", "through {last}", "{reason}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"restriction": "NOTICE-2", "last": "2026-03-12", "reason": "agreed"}"#,
});

impl License {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_set(Binding::Restriction(self.restriction));
        let books = who.books;
        let mut shape = who.shape()?;
        shape.text("licence", &self.licence);
        shape.not_zero(self.quantity);
        let first = self.first.unwrap_or(ask.effective);
        if self.last.is_some_and(|last| last < first) {
            shape.invalid("last", Fault::BeforeFirst);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Licence, &self.licence);
        if !books.restriction(self.restriction).licensable {
            let fault = Fault::NoLicences;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Restriction, row: self.restriction.0, fault });
        }
        let of = books.licences.row_count();
        let key = TallyKey { kind: TallyKind::Licence, of, party: self.holder, material: Some(self.material) };
        state.tally_on(key, self.quantity.units(), first.min(ask.effective));
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { licence: code, restriction, holder, material, quantity, first, last } = self.clone();
        let first = first.unwrap_or(event.effective);
        books.push_licence(Licence { code, restriction, holder, material, quantity, first, last, seq });
    }
}

act_rules!(License {
    right: Write, asks: Steward, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Words(&["{licence}", "under {restriction}", "{holder}", "{quantity}", "{material}", "through {last}"]),
    whose(act, _): vec![act.holder],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"licence": "LICENCE-1", "restriction": "NOTICE-2", "holder": "JOGMEC", "material": "NdPr",
        "quantity": "5 t", "first": "2026-03-01", "last": "2026-12-31"}"#,
});
