//! Stock is set aside for one purpose, which blocks others: reserved once, then drawn in many parts, released or lapsed.
//!
//! A window's end is written into the books together with its beginning, so that what is left lapses on its day without
//! anybody having to post it, and no later day can be promised twice.

use measure::Quantity;

use super::Ask;
use super::deposit::stated_fits_lot;
use crate::account::{Encumbrance, EncumbranceKind, Holder};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::days::{Days, Row};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Agreement, Code, Of, Says};
use crate::factor::Stated;
use crate::number::{Day, EncumbranceNo, LotNo, PartyNo, PlaceNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to set stock aside.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Encumber {
    /// Names it for draws and releases; unique among encumbrances.
    #[n(0)]
    pub encumbrance: String,
    /// What for.
    #[n(1)]
    pub kind: EncumbranceKind,
    /// Which lot.
    #[n(2)]
    pub lot: LotNo,
    /// At which site.
    #[n(3)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(4)]
    pub owner: PartyNo,
    /// How much, in accounting units.
    #[n(5)]
    pub quantity: Quantity,
    /// First day of the window; the effective date where absent.
    #[n(6)]
    pub first: Option<Day>,
    /// Last day of the window; open-ended where absent.
    #[n(7)]
    pub last: Option<Day>,
    /// For whom.
    #[n(8)]
    pub beneficiary: Option<PartyNo>,
    /// Under which agreement.
    #[n(9)]
    pub agreement: Option<String>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(10)]
    pub stated: Option<Stated>,
}

/// Asks to free what was set aside.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Release {
    /// Which encumbrance.
    #[n(0)]
    pub encumbrance: EncumbranceNo,
    /// How much; all that is left where absent.
    #[n(1)]
    pub quantity: Option<Quantity>,
    /// Why.
    #[n(2)]
    pub reason: Option<String>,
}

impl Encumber {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { encumbrance, kind, lot, site, owner, quantity, first, last, beneficiary: _, agreement, stated } =
            self;
        let books = who.books;
        who.may_write(*owner, None);
        let mut shape = who.shape()?;
        shape.text("encumbrance", encumbrance);
        shape.not_zero(*quantity);
        stated_fits_lot(&mut shape, *stated, *quantity, *lot);
        let first = first.unwrap_or(ask.effective);
        if first < ask.effective {
            shape.invalid("first", Fault::WindowBeginsEarly);
        }
        if last.is_some_and(|last| last < first) {
            shape.invalid("last", Fault::WindowEndsEarly);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Encumbrance, encumbrance);
        if kind.is_promise()
            && let Some(reserve) = agreement.as_ref().and_then(|code| books.reserve_no(code))
        {
            state.note(super::reserve_common::check_going_on(&state, reserve));
            state.note(super::reserve_common::check_member(&state, reserve, *owner));
            if *kind == EncumbranceKind::Pledge {
                state.concern(books.reserve(reserve).pool, first);
            }
        }
        let account = state.account(*site, *owner, *lot);
        let number = EncumbranceNo(books.encumbrances.row_count());
        state.claim(number, account, *kind, quantity.units(), first, *last);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        let account = event.claims.first().expect("decided: an encumbrance claims something").account;
        books.push_encumbrance(Encumbrance {
            code: self.encumbrance.clone(),
            kind: self.kind,
            account,
            first: self.first.unwrap_or(event.effective),
            last: self.last,
            beneficiary: self.beneficiary,
            agreement: self.agreement.clone(),
            reserved: self.quantity,
            remaining: Days::default(),
            accepted: None,
            changed: None,
            promised: self.agreement.as_ref().and_then(|code| books.reserve_no(code)),
        });
    }
}

act_rules!(Encumber {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{encumbrance}", "{kind}", "for {beneficiary}", "under {agreement}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(act): Some(Says {
            code: Some(Code::Own(&act.encumbrance)),
            owner: Some(act.owner),
            to: act.beneficiary,
            reserve: act.agreement.as_deref().map(Agreement::Code),
            source: Some(act.site),
            lines: vec![(Of::Lot(act.lot), act.quantity)],
            ..Says::default()
        }),
    example: r#"{"encumbrance": "TICKET-1", "kind": "ticket", "lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC",
        "quantity": "40 t", "first": "2026-03-12", "last": "2026-06-30", "beneficiary": "KOMIR",
        "agreement": "T-1"}"#,
});

impl Release {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let books = who.books;
        let encumbrance = books.encumbrance(self.encumbrance);
        // Who holds the right may give it up.
        let is_holder = match books.holder(self.encumbrance) {
            Some(Holder::Beneficiary(party)) => who.is_permitted(party),
            Some(Holder::Reserve(reserve)) => who.eyes().runs(reserve),
            None => false,
        };
        if !is_holder {
            who.may_write(books.account(encumbrance.account).key.owner, None);
        }
        let mut shape = who.shape()?;
        // What is left is known on the days of the window only.
        let is_in_window = shape.check_window(self.encumbrance, encumbrance).is_ok();
        let left = || left_from(encumbrance, ask.effective);
        let quantity = self.quantity.or_else(|| is_in_window.then(left));
        if self.quantity.is_some_and(Quantity::is_zero) {
            shape.not_zero(Quantity::ZERO);
        }
        let mut state = shape.state()?;
        if is_in_window && left().is_zero() {
            let (day, by) = (ask.effective, encumbrance.changed);
            state.refuse(Rejection::NothingLeft { encumbrance: self.encumbrance, day, by });
        }
        state.take_from(self.encumbrance, encumbrance, quantity.unwrap_or_default());
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Release {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{encumbrance}", "{reason}"]),
    whose(act, books): {
        let owner = books.account(books.encumbrance(act.encumbrance).account).key.owner;
        let holder = books.holder(act.encumbrance).map(|holder| books.party_of(holder));
        holder.into_iter().chain([owner]).collect()
    },
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"encumbrance": "TICKET-1", "quantity": "1 t", "reason": "cut"}"#,
});

/// All that is left on a day and that no later day of the window needs: a late release leaves what was drawn since.
pub(super) fn left_from(encumbrance: &Encumbrance, day: Day) -> Quantity {
    let in_window = |row: &&Row| row.day > day && encumbrance.last.is_none_or(|last| row.day <= last);
    let later = encumbrance.remaining.rows().iter().filter(in_window).map(|row| row.sums.on_hand);
    let left = encumbrance.remaining.at(day).unwrap_or_default().on_hand;
    Quantity::new(later.fold(left, i64::min)).unwrap_or_default()
}
