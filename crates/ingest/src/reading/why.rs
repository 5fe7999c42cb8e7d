//! Why a figure moves nothing.

/// Why a figure moves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A rule of the mapping passes over it: there is no figure, or none that counts.
    Rule(&'static str),
    /// Stock: the books hold it already.
    NoChange,
    /// A flow of zero.
    NoFlow,
    /// The account was opened on that day or later: what it was opened with holds it already.
    BeforeFirst,
    /// The account was opened with it.
    FirstCount,
    /// A first count of zero: there is nothing to open the account with.
    OpensWithNothing,
    /// A count said twice of one day.
    SaidTwice,
    /// Posted before, as this event.
    There(u64),
    /// Taken back by hand, by this event: what somebody decided stands.
    ByHand(u64),
    /// Posted before, and waits for a checker.
    Waits(u64),
}

impl Why {
    /// What is said of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule,
            Self::NoChange => "no change",
            Self::NoFlow => "no flow",
            Self::BeforeFirst => "before the first count",
            Self::FirstCount => "the first count",
            Self::OpensWithNothing => "opens with nothing",
            Self::SaidTwice => "said twice",
            Self::There(_) => "loaded before",
            Self::ByHand(_) => "corrected by hand",
            Self::Waits(_) => "waits for a checker",
        }
    }

    /// Do the books have what the figure says? Else it is passed over by a rule.
    #[must_use]
    pub const fn is_as_the_books(self) -> bool {
        match self {
            Self::NoChange | Self::FirstCount | Self::There(_) | Self::ByHand(_) | Self::Waits(_) => true,
            Self::Rule(_) | Self::NoFlow | Self::BeforeFirst | Self::OpensWithNothing | Self::SaidTwice => false,
        }
    }

    /// The event that says so, where one does.
    #[must_use]
    pub const fn seq(self) -> Option<u64> {
        match self {
            Self::There(seq) | Self::ByHand(seq) | Self::Waits(seq) => Some(seq),
            Self::Rule(_)
            | Self::NoChange
            | Self::NoFlow
            | Self::BeforeFirst
            | Self::FirstCount
            | Self::OpensWithNothing
            | Self::SaidTwice => None,
        }
    }
}
