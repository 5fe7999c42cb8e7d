//! What is owed, promised or open: quantities that lie nowhere, and yet are counted as strictly as stock.
//!
//! An entitlement, a debt, the part of a call that a member committed, what is left of a licence: each is a tally, named
//! by what it is of and whose it is, and changed by events alone, each of which lists its changes. So a correction puts
//! them back like entries, and every day of the past can be asked. Tallies are a record of their own: what lies in a
//! pool is counted by accounts, what members may claim of it by tallies, and the two are compared, never derived.

use crate::days::Days;
use crate::number::{MaterialNo, PartyNo};

/// What a tally counts. The number is part of the stored format and is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum TallyKind {
    /// A member's claim on the pool of a reserve.
    #[n(0)]
    Entitlement,
    /// What of its entitlement a member has drawn and must put back, or has lent to another.
    #[n(1)]
    Drawn,
    /// What lies in a pool and is nobody's entitlement; negative where entitlements are not covered.
    #[n(2)]
    Unshared,
    /// What is still to be put back.
    #[n(3)]
    Debt,
    /// What of a debt another member has lent.
    #[n(4)]
    Lent,
    /// What of a commitment is still to come.
    #[n(5)]
    Commitment,
    /// Money a member paid in, less what it got back, in the smallest unit of the reserve's currency; of the pool, what the reserve
    /// earned, less what it spent.
    #[n(6)]
    CashPaid,
    /// Money a member owes after a recompute; negative where it is owed.
    #[n(7)]
    CashDue,
    /// A member's part of a call.
    #[n(8)]
    Asked,
    /// What it committed to the call.
    #[n(9)]
    Committed,
    /// What it made available.
    #[n(10)]
    Available,
    /// What it delivered.
    #[n(11)]
    Delivered,
    /// Fulfilled by lowering the obligation of industry: nothing moves.
    #[n(12)]
    Relieved,
    /// Let off.
    #[n(13)]
    Waived,
    /// Declared in default.
    #[n(14)]
    Defaulted,
    /// What a buyer declared to need.
    #[n(15)]
    Demanded,
    /// What was ordered for a buyer.
    #[n(16)]
    Ordered,
    /// What a buyer received of an order.
    #[n(17)]
    Received,
    /// What a buyer paid for an order, in the smallest unit of the order's currency.
    #[n(18)]
    Paid,
    /// What of a right is open.
    #[n(19)]
    Right,
    /// What is left of a licence.
    #[n(20)]
    Licence,
    /// What a member must restore of its own stock after a call.
    #[n(21)]
    Rebuild,
    /// What of a draw came back.
    #[n(22)]
    CameBack,
    /// What may still be done under a mandate.
    #[n(23)]
    Mandate,
    /// What of an award its buyer accepted.
    #[n(24)]
    Accepted,
    /// Money of a reserve that is there: what [`Self::CashPaid`] of all its parties comes to. It is a sum, and kept nowhere.
    #[n(25)]
    Cash,
    /// What of a grant of access is still to be handed over; its party is the pool.
    #[n(26)]
    Granted,
}

/// What names a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
pub struct TallyKey {
    /// What it counts.
    #[n(0)]
    pub kind: TallyKind,
    /// Number of the reserve, debt, commitment, call, order, right or licence.
    #[n(1)]
    pub of: u32,
    /// Whose it is.
    #[n(2)]
    pub party: PartyNo,
    /// Of which material; none for money.
    #[n(3)]
    pub material: Option<MaterialNo>,
}

/// A tally and what it stood at, at the end of each day, as known now.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Tally {
    /// What names it.
    #[n(0)]
    pub key: TallyKey,
    /// Its value, as `on_hand` of each row; none is ever dropped.
    #[n(1)]
    pub days: Days,
}

impl TallyKind {
    /// Is more of it good (1) or bad (-1) for its party, or neither?
    #[must_use]
    pub(crate) const fn for_its_party(self) -> Option<i128> {
        match self {
            Self::Entitlement
            | Self::Lent
            | Self::CashPaid
            | Self::Delivered
            | Self::Relieved
            | Self::Waived
            | Self::Received
            | Self::Paid
            | Self::Right
            | Self::Licence => Some(1),
            Self::Drawn
            | Self::Debt
            | Self::Commitment
            | Self::CashDue
            | Self::Asked
            | Self::Defaulted
            | Self::Rebuild => Some(-1),
            Self::Accepted
            | Self::Cash
            | Self::Granted
            | Self::Mandate
            | Self::CameBack
            | Self::Unshared
            | Self::Committed
            | Self::Available
            | Self::Demanded
            | Self::Ordered => None,
        }
    }

    /// On which side of a pool's equation it stands: what is owed to it (1), what is claimed of it (-1), or neither.
    #[must_use]
    pub(crate) const fn in_pool(self) -> Option<i128> {
        match self {
            Self::Debt => Some(1),
            Self::Entitlement | Self::Unshared => Some(-1),
            Self::Drawn
            | Self::Lent
            | Self::Commitment
            | Self::CashPaid
            | Self::CashDue
            | Self::Asked
            | Self::Committed
            | Self::Available
            | Self::Delivered
            | Self::Relieved
            | Self::Waived
            | Self::Defaulted
            | Self::Demanded
            | Self::Ordered
            | Self::Received
            | Self::Paid
            | Self::Right
            | Self::Licence
            | Self::Rebuild
            | Self::CameBack
            | Self::Mandate
            | Self::Cash
            | Self::Granted
            | Self::Accepted => None,
        }
    }

    /// May it be less than nothing?
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::Unshared | Self::CashPaid | Self::CashDue)
    }

    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Entitlement,
        Self::Drawn,
        Self::Unshared,
        Self::Debt,
        Self::Lent,
        Self::Commitment,
        Self::CashPaid,
        Self::CashDue,
        Self::Asked,
        Self::Committed,
        Self::Available,
        Self::Delivered,
        Self::Relieved,
        Self::Waived,
        Self::Defaulted,
        Self::Demanded,
        Self::Ordered,
        Self::Received,
        Self::Paid,
        Self::Right,
        Self::Licence,
        Self::Rebuild,
        Self::CameBack,
        Self::Mandate,
        Self::Accepted,
        Self::Cash,
        Self::Granted,
    ];

    /// Its code in the facts of a refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Entitlement => "entitlement",
            Self::Drawn => "draw",
            Self::Unshared => "unshared_stock",
            Self::Debt => "debt",
            Self::Lent => "loan",
            Self::Commitment => "commitment",
            Self::CashPaid => "cash_contribution",
            Self::CashDue => "cash_due",
            Self::Asked => "call",
            Self::Committed => "commitment_to_the_call",
            Self::Available => "made_available",
            Self::Delivered => "delivery",
            Self::Relieved => "relief",
            Self::Waived => "waiver",
            Self::Defaulted => "default",
            Self::Demanded => "demand",
            Self::Ordered => "order",
            Self::Received => "receipt",
            Self::Paid => "payment",
            Self::Right => "right",
            Self::Licence => "licence",
            Self::Rebuild => "stock_to_restore",
            Self::CameBack => "came_back",
            Self::Mandate => "mandate",
            Self::Accepted => "acceptance",
            Self::Cash => "cash",
            Self::Granted => "grant",
        }
    }
}
