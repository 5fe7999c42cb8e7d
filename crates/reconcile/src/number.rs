//! Small numbers for the things that lines name, so that a million lines compare without touching text.
//!
//! They mean what the caller says they mean: nothing here looks a name up. [`Names`](crate::Names) gives such numbers
//! to texts in the order in which they first appear.

use std::fmt;

macro_rules! number {
    ($(#[$doc:meta] $name:ident($inner:ty);)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

number! {
    /// A party: an agency, a member, a custodian.
    PartyNo(u32);
    /// A person, for the separation of duties.
    PersonNo(u32);
    /// A site.
    SiteNo(u32);
    /// A material.
    MaterialNo(u32);
    /// A lot.
    LotNo(u32);
    /// The text that names a movement: an order, a bill of lading, a consignment.
    ReferenceNo(u32);
    /// A report or statement, unique among those compared.
    ReportNo(u32);
    /// A break, from 1.
    BreakNo(u32);
    /// An authority: what allows a write-off.
    AuthorityNo(u32);
    /// A method of measurement.
    MethodNo(u32);
    /// One act of measuring, cited wherever its result is used.
    MeasurementNo(u32);
    /// A calendar day in the party's own zone, as days since 1970-01-01.
    Day(i32);
}

impl Day {
    /// Whole days from one day to another, whichever comes first.
    #[must_use]
    pub const fn distance(self, other: Self) -> u32 {
        self.0.abs_diff(other.0)
    }
}
