//! Why a figure moves nothing: by code. The words are the entries `skipped-<code>` of the catalogues.

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

/// What a rule of the mapping passes over, by code.
#[cfg(test)]
const RULES: [&str; 12] = [
    "no_figure",
    "row_without_figure",
    "sum_of_rows",
    "moves_nothing",
    "said_below",
    "added",
    "said_before",
    "headings",
    "section_title",
    "where_or_unless",
    "stop_at",
    "moved_nothing",
];

/// The entry that tells a code.
pub(crate) fn entry(code: &str) -> String {
    words::word_entry("skipped", code)
}

/// A code in English.
pub(crate) fn told(code: &str) -> String {
    words::english().word("skipped", code)
}

impl Why {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule,
            Self::NoChange => "no_change",
            Self::NoFlow => "no_flow",
            Self::BeforeFirst => "before_first",
            Self::FirstCount => "first_count",
            Self::OpensWithNothing => "opens_with_nothing",
            Self::SaidTwice => "said_twice",
            Self::There(_) => "there",
            Self::ByHand(_) => "by_hand",
            Self::Waits(_) => "waits",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_says_why_a_figure_moves_nothing() {
        let own = [
            Why::NoChange,
            Why::NoFlow,
            Why::BeforeFirst,
            Why::FirstCount,
            Why::OpensWithNothing,
            Why::SaidTwice,
            Why::There(1),
            Why::ByHand(1),
            Why::Waits(1),
        ];
        let codes = own.iter().map(|why| why.code()).chain(RULES);
        let listed: Vec<(&str, &[&str])> = codes.map(|code| (code, &[][..])).collect();
        let wrong = words::check::differences("skipped", &listed);
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
