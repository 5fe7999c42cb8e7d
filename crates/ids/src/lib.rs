//! Dense numbers for the things that the ledger and its comparisons know, and the two kinds of time.
//!
//! One set for all crates: `books` gives the numbers, `reconcile` compares by them, and neither knows the other's rows.
//! Nothing here looks a name up.
//!
//! People write codes (`JOGMEC`, `LOT-19`); events name things by the number the ledger gave them when they were
//! registered, so that an entry stays small and a replay needs no lookups. A number is never used twice.

use std::fmt;

macro_rules! number {
    ($(#[$doc:meta] $name:ident($inner:ty);)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number! {
    /// A party: an agency, a member, a secretariat, a supplier, an auditor.
    PartyNo(u32);
    /// A material.
    MaterialNo(u32);
    /// A site or a virtual place.
    PlaceNo(u32);
    /// A lot.
    LotNo(u32);
    /// An account: place x owner x lot.
    AccountNo(u32);
    /// An encumbrance.
    EncumbranceNo(u32);
    /// An authority: a plan ceiling or an authorisation.
    AuthorityNo(u32);
    /// A tally: what is owed, promised or open.
    TallyNo(u32);
    /// A reserve: an agreement between members.
    ReserveNo(u32);
    /// A commitment to a reserve that no stock backs yet.
    CommitmentNo(u32);
    /// A debt to a reserve.
    DebtNo(u32);
    /// An activation of a reserve's mechanism.
    ActivationNo(u32);
    /// A call on the members of a reserve.
    CallNo(u32);
    /// A joint order.
    OrderNo(u32);
    /// A price floor.
    FloorNo(u32);
    /// A right to material not yet made.
    RightNo(u32);
    /// A restriction on movements.
    RestrictionNo(u32);
    /// A licence under a restriction.
    LicenceNo(u32);
    /// A limit on concentration, or a target for dependence.
    ShareLimitNo(u32);
    /// A request for access.
    RequestNo(u32);
    /// A report of a party.
    ReportNo(u32);
    /// A break: a difference that somebody has to explain.
    BreakNo(u32);
    /// A match made by hand.
    MatchNo(u32);
    /// A publication.
    PublicationNo(u32);
    /// A trusted log of another ledger.
    TrustNo(u32);
    /// A fact of another ledger.
    FactNo(u32);
    /// A person, for the separation of duties.
    PersonNo(u32);
    /// A mandate.
    MandateNo(u32);
    /// The text that names a movement: an order, a bill of lading, a consignment.
    ReferenceNo(u32);
    /// The text by which a sender names a lot.
    LotNameNo(u32);
    /// What a line stands in, unique among what is compared: a report, a statement, the books.
    SourceNo(u32);
    /// A method of measurement.
    MethodNo(u32);
    /// One act of measuring, cited wherever its result is used.
    MeasurementNo(u32);
    /// Place of an event in the log. The first event is 1; 0 is the empty log.
    Seq(u64);
    /// A calendar day in the party's own zone, as days since 1970-01-01.
    Day(i32);
    /// Recorded time: microseconds since 1970-01-01T00:00:00Z, strictly increasing with [`Seq`].
    Moment(u64);
}

/// The places that every ledger begins with.
impl PlaceNo {
    /// Everything that is not in the books.
    pub const OUTSIDE: Self = Self(0);
    /// Consumed or produced.
    pub const PROCESSING: Self = Self(1);
    /// Lost.
    pub const LOSS: Self = Self(2);
    /// Difference between book and count.
    pub const COUNT_DIFFERENCE: Self = Self(3);
    /// Rounding.
    pub const ROUNDING: Self = Self(4);
    /// Shipper's figure less receiver's figure.
    pub const SHIPPER_RECEIVER: Self = Self(5);
}

impl Seq {
    /// Seq of the event at a leaf of the tree (leaves are numbered from 0).
    #[must_use]
    pub const fn from_leaf(leaf_index: u64) -> Self {
        Self(leaf_index + 1)
    }

    /// Leaf of the tree that holds this event; `None` for the empty log.
    #[must_use]
    pub const fn leaf(self) -> Option<u64> {
        self.0.checked_sub(1)
    }
}

impl Day {
    /// The day after.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Whole days from one day to another, whichever comes first.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        self.0.abs_diff(other.0)
    }
}

impl Moment {
    /// The UTC day that holds this moment.
    #[must_use]
    pub const fn utc_day(self) -> Day {
        Day((self.0 / 86_400_000_000) as i32)
    }
}

/// Identity of a command, chosen by its sender; any 128-bit UUID.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CommandId(pub [u8; 16]);

impl fmt::Debug for CommandId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// At least 16 random bytes in every entry of the log, so that its hash tells nothing about a secret quantity.
pub type Nonce = [u8; 16];

impl<C> minicbor::Encode<C> for CommandId {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> minicbor::Decode<'b, C> for CommandId {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let bytes = d.bytes()?;
        bytes.try_into().map(Self).map_err(|_| minicbor::decode::Error::message("a command id has 16 bytes"))
    }
}
