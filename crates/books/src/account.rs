//! Place x owner x lot: three dimensions, none derived from another.

use measure::Quantity;

use crate::books::Document;
use crate::days::{Days, Sums};
use crate::number::{Day, EncumbranceNo, LotNo, PartyNo, PlaceNo, ReserveNo};

/// What names an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
pub struct AccountKey {
    /// Where it lies, and so who keeps it.
    #[n(0)]
    pub place: PlaceNo,
    /// Whose it is.
    #[n(1)]
    pub owner: PartyNo,
    /// Which portion.
    #[n(2)]
    pub lot: LotNo,
}

/// Bounds on an account. What is encumbered counts as gone for the floor; what is on its way counts for the ceiling.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Limit {
    /// Available must stay at or above this.
    #[n(0)]
    pub floor: Option<Quantity>,
    /// On hand plus in transit to it must stay at or below this.
    #[n(1)]
    pub ceiling: Option<Quantity>,
}

/// An account and what it held at the end of each day, as known now.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Account {
    /// What names it.
    #[n(0)]
    pub key: AccountKey,
    /// Sums by day.
    #[n(1)]
    pub days: Days,
    /// Bounds, if any.
    #[n(2)]
    pub limit: Option<Limit>,
    /// The last day on which it was counted: what is of a later day is before no count.
    #[n(3)]
    pub counted: Option<Day>,
    /// The last documents that moved it.
    #[n(4)]
    pub documents: Option<Vec<Document>>,
    /// What parties that are told sums alone moved here, of another's stock.
    #[n(5)]
    pub placed: Option<Vec<Placed>>,
}

/// What one party moved on another's account, in and out added up: what it placed there hides nothing from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Placed {
    /// Who posted it.
    #[n(0)]
    pub by: PartyNo,
    /// How much, in accounting units.
    #[n(1)]
    pub units: i64,
}

impl Account {
    /// How much a party moved here by its own events, in accounting units; never less than nothing.
    #[must_use]
    pub fn placed_by(&self, party: PartyNo) -> i64 {
        self.placed.iter().flatten().find(|placed| placed.by == party).map_or(0, |placed| placed.units)
    }

    pub(crate) fn note_placed(&mut self, by: PartyNo, units: i64) {
        let placed = self.placed.get_or_insert_default();
        match placed.iter_mut().find(|placed| placed.by == by) {
            Some(placed) => placed.units = placed.units.saturating_add(units),
            None => placed.push(Placed { by, units }),
        }
    }
}

/// See [`Books::secret`](crate::books::Books::secret).
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Secret(#[cbor(n(0), with = "minicbor::bytes")] pub(crate) [u8; 16]);

/// What an encumbrance is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum EncumbranceKind {
    /// Set aside for a pool, still owned.
    #[n(0)]
    Earmark,
    /// Bound by agreement.
    #[n(1)]
    Pledge,
    /// Another's right to buy or count it.
    #[n(2)]
    Ticket,
    /// Security for a loan.
    #[n(3)]
    Loan,
    /// Bound to a call.
    #[n(4)]
    Allocation,
    /// Not to be used: quality, dispute, restriction. Counts as blocked, not as encumbered.
    #[n(5)]
    Hold,
    /// Held for another country under a delegation: counted there, and not under its owner.
    #[n(6)]
    Delegation,
}

impl EncumbranceKind {
    /// Does it promise stock to a reserve?
    #[must_use]
    pub const fn is_promise(self) -> bool {
        matches!(self, Self::Earmark | Self::Pledge)
    }

    /// May its beneficiary agree to it, so that from then on it is a right of both? An earmark and a hold are their owner's
    /// own, and an allocation is bound by the call.
    #[must_use]
    pub const fn is_agreed_to(self) -> bool {
        matches!(self, Self::Pledge | Self::Ticket | Self::Loan | Self::Delegation)
    }

    /// Does it let the beneficiary count the stock, instead of the owner, once both sides agreed?
    #[must_use]
    pub const fn is_counted_by_beneficiary(self) -> bool {
        matches!(self, Self::Ticket | Self::Delegation)
    }
}

/// A claim on an account: reserved once, then drawn in parts, released or lapsed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Encumbrance {
    /// Unique among encumbrances.
    #[n(0)]
    pub code: String,
    /// What it is for.
    #[n(1)]
    pub kind: EncumbranceKind,
    /// The account it lies on.
    #[n(2)]
    pub account: crate::number::AccountNo,
    /// First day of its window.
    #[n(3)]
    pub first: Day,
    /// Last day of its window; it lapses by itself the day after. Open-ended when absent.
    #[n(4)]
    pub last: Option<Day>,
    /// For whom.
    #[n(5)]
    pub beneficiary: Option<PartyNo>,
    /// Under which agreement.
    #[n(6)]
    pub agreement: Option<String>,
    /// What was reserved.
    #[n(7)]
    pub reserved: Quantity,
    /// What is left at the end of each day, within the window.
    #[n(8)]
    pub remaining: Days,
    /// The event in which the beneficiary agreed to it.
    #[n(9)]
    pub accepted: Option<crate::number::Seq>,
    /// The last event that changed what is left. None where only events changed it that were folded before this was kept.
    #[n(10)]
    pub changed: Option<crate::number::Seq>,
    /// The reserve to which it was promised: the one that had the agreement's code when this was said. To what did not exist
    /// then nothing was promised, whoever takes the code later.
    #[n(11)]
    pub promised: Option<crate::number::ReserveNo>,
}

/// Whose right a claim is, beside its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The beneficiary, which agreed to it.
    Beneficiary(PartyNo),
    /// The reserve to which it was promised, or to whose call it is bound.
    Reserve(ReserveNo),
}

impl Encumbrance {
    /// Turns a change of this claim into a change of its account.
    #[must_use]
    pub fn change(kind: EncumbranceKind, delta: i64) -> Sums {
        match kind {
            EncumbranceKind::Hold => Sums { blocked: delta, ..Sums::default() },
            EncumbranceKind::Earmark
            | EncumbranceKind::Pledge
            | EncumbranceKind::Ticket
            | EncumbranceKind::Loan
            | EncumbranceKind::Allocation
            | EncumbranceKind::Delegation => Sums { encumbered: delta, ..Sums::default() },
        }
    }
}

/// Names an encumbrance in a draw, where one is drawn under.
pub type Under = Option<EncumbranceNo>;
