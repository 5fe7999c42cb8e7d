//! What every act says of itself beside its struct, `decide` and `apply`: all that is true of it at any door.
//!
//! A door (shell, HTTP, console, script, schema, manual) reads this and knows no act by name. There is no default: an act
//! that leaves something unsaid does not compile, and what a compiler cannot see is tested over the whole table.

use crate::acts::Act;
use crate::acts::correct::Replacement;
use crate::books::Books;
use crate::fact::Says;
use crate::number::{LotNo, PartyNo, PlaceNo};

/// Acts that have the same rights in the table of roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Writes stock, claims, registers and agreements.
    Write,
    /// Belongs to a party with stock or to a secretariat: authorities, limits, periods.
    Govern,
    /// Begins a ledger.
    Found,
}

/// Whom the rules let ask, among those who have the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// Everybody.
    Anyone,
    /// Agencies and secretariats.
    Agency,
    /// Secretariats.
    Secretariat,
    /// The secretariat that has charge of what it binds: see the table in `stewards.rs`.
    Steward,
    /// Whose right it touches ([`ActRules::whose`]), and whoever has a mandate of theirs.
    Holder,
    /// They, and who keeps the site.
    Keeper,
    /// Whose record it touches, and a secretariat that oversees them.
    Overseer,
    /// Whose right it touches, and nobody in their place.
    Alone,
}

/// Who sees an event, beside those who see everything and the party that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Everybody: whoever writes a command has to know it.
    Everybody,
    /// Who sees an account, a claim or a tally that it changes.
    Concerned,
    /// They, and whoever may see the reports of the parties whose right it touches.
    Reports,
    /// They, whose right it touches, and the other party of what it says.
    Named,
}

/// What kind of thing it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// What was found: a count, a weighing, a loss, a report.
    Observation,
    /// What somebody wants.
    Decision,
}

/// Does it change by hand what the books would say otherwise?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByHand {
    /// It does not.
    No,
    /// It adjusts stock.
    Stock,
    /// It changes what may pass without anybody looking.
    Rule,
}

/// Whose closed periods stand against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Periods {
    /// Those of everybody whose account, claim or tally it changes: owner and borrower, owner and beneficiary, member.
    Owners,
    /// Nobody's: it changes none of these.
    Nobody,
}

/// What takes it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// A correction that names its event.
    Corrected,
    /// Another act; any of these, by their words.
    By(&'static [&'static str]),
    /// Nothing; and why.
    Never(&'static str),
}

/// How an event is told in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// By what it moves and sets aside.
    Moved,
    /// In words. Each piece names fields of the command in braces, and is left out where one of them is absent.
    Words(&'static [&'static str]),
    /// In words, and then by what it moves and sets aside.
    Both(&'static [&'static str]),
}

/// All that is constant about an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActFacts {
    /// Its row in the table of roles.
    pub right: Right,
    /// Whom the rules let ask.
    pub asks: Asks,
    /// Who sees its events.
    pub seen: Seen,
    /// Observation or decision.
    pub nature: Nature,
    /// Does it adjust by hand?
    pub by_hand: ByHand,
    /// Whose closed periods stand against it.
    pub periods: Periods,
    /// What takes it back.
    pub undone: Undone,
    /// How it is told in one line.
    pub line: Line,
    /// A command of it, all fields given but those that every command has: JSON.
    pub example: &'static str,
}

/// What an act has to do with some of a lot of another party, beside what it changes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Used {
    /// The lot.
    pub lot: LotNo,
    /// Where it lies, where that matters.
    pub site: Option<PlaceNo>,
    /// How much, in accounting units; none where it is about no quantity.
    pub units: Option<i64>,
}

/// What is true of an act, beside its rules. Each act says all of it.
pub trait ActRules {
    /// What is constant about it.
    const FACTS: ActFacts;

    /// Whose stock, promise, record or right it touches, as far as the command says.
    fn whose(&self, books: &Books) -> Vec<PartyNo>;

    /// What it uses of a mandate beside what it moves, sets aside and tallies. An act that comes to no quantity at all is done
    /// under a mandate only where that names it.
    fn uses(&self, books: &Books) -> Vec<Used>;

    /// What the sender calls the movement: its own reference, else the code of the dispatch or loan that both ends cite.
    fn reference<'a>(&'a self, books: &'a Books) -> Option<&'a str>;

    /// What it tells another ledger; `None` where it is told to nobody.
    fn says(&self) -> Option<Says<'_>>;
}

impl<T: ActRules> ActRules for Box<T> {
    const FACTS: ActFacts = T::FACTS;

    fn whose(&self, books: &Books) -> Vec<PartyNo> {
        T::whose(self, books)
    }

    fn uses(&self, books: &Books) -> Vec<Used> {
        T::uses(self, books)
    }

    fn reference<'a>(&'a self, books: &'a Books) -> Option<&'a str> {
        T::reference(self, books)
    }

    fn says(&self) -> Option<Says<'_>> {
        T::says(self)
    }
}

/// An act in the table of all acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActEntry {
    /// Its number in events.
    pub number: u32,
    /// Its word in commands and answers.
    pub word: &'static str,
    /// What it is, in one sentence.
    pub about: &'static str,
    /// What is true of it.
    pub facts: ActFacts,
}

impl Act {
    /// The act with this word.
    #[must_use]
    pub fn find(word: &str) -> Option<&'static ActEntry> {
        Self::TABLE.iter().find(|entry| entry.word == word)
    }

    /// What stands in the place of what it reverses, where it says so; of an approval, what the held command says.
    pub(crate) fn replacement<'a>(&'a self, books: &'a Books) -> Option<&'a Replacement> {
        let held = if let Self::Approve(act) = self { books.held(act.held).map(|held| &held.act) } else { None };
        if let Self::Correct(act) = held.unwrap_or(self) { act.with.as_deref() } else { None }
    }

    /// Would putting back its entries, claims and tallies undo it?
    pub(crate) fn is_corrected(&self) -> bool {
        self.facts().undone == Undone::Corrected
    }
}

/// Says what is true of an act. The order of the lines is fixed; each has to be there.
macro_rules! act_rules {
    ($act:ident {
        right: $right:ident, asks: $asks:ident, seen: $seen:ident, nature: $nature:ident, by_hand: $by_hand:ident,
        periods: $periods:ident,
        undone: $undone:expr,
        line: $line:expr,
        whose($whose:pat, $whose_books:pat): $parties:expr,
        uses($uses:pat, $uses_books:pat): $used:expr,
        reference($reference:pat, $reference_books:pat): $name:expr,
        says($says:pat): $said:expr,
        example: $example:literal,
    }) => {
        impl $crate::act_rules::ActRules for $act {
            const FACTS: $crate::act_rules::ActFacts = {
                #[allow(unused_imports, reason = "an act uses some of the words")]
                use $crate::act_rules::{Line::*, Undone::*};
                $crate::act_rules::ActFacts {
                    right: $crate::act_rules::Right::$right,
                    asks: $crate::act_rules::Asks::$asks,
                    seen: $crate::act_rules::Seen::$seen,
                    nature: $crate::act_rules::Nature::$nature,
                    by_hand: $crate::act_rules::ByHand::$by_hand,
                    periods: $crate::act_rules::Periods::$periods,
                    undone: $undone,
                    line: $line,
                    example: $example,
                }
            };

            fn whose(&self, books: &$crate::books::Books) -> Vec<$crate::number::PartyNo> {
                let ($whose, $whose_books) = (self, books);
                $parties
            }

            fn uses(&self, books: &$crate::books::Books) -> Vec<$crate::act_rules::Used> {
                #[allow(unused_imports, reason = "most acts use what they change, and no more")]
                use $crate::act_rules::Used;
                let ($uses, $uses_books) = (self, books);
                $used
            }

            fn reference<'a>(&'a self, books: &'a $crate::books::Books) -> Option<&'a str> {
                let ($reference, $reference_books) = (self, books);
                $name
            }

            fn says(&self) -> Option<$crate::fact::Says<'_>> {
                let $says = self;
                $said
            }
        }
    };
}
pub(crate) use act_rules;
