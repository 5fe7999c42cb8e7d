//! The facts of a refusal, by name: what any sentence about it is made of, in any language.
//!
//! They say it in full: codes and not numbers, quantities with their unit. A refusal may name a lot that never came to be, or
//! an authority that is changed next week; what is told later is what held when it was refused.

use std::collections::BTreeMap;
use std::fmt;

use minicbor::data::{Tag, Type};
use minicbor::{Decoder, Encoder};

use crate::day::show_day;
use crate::number::{Day, Seq};

macro_rules! names {
    ($($(#[$doc:meta])+ $number:literal $name:ident = $word:literal;)*) => {
        /// The name of a fact. Its number stands in the log and is never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
        #[cbor(index_only)]
        pub enum FactName {
            $($(#[$doc])+ #[n($number)] $name,)*
        }

        impl FactName {
            /// Every name, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word for it: a field of JSON, a variable of a catalogue.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

names! {
    /// A field of the command.
    0 Field = "field";
    /// An event of this log.
    1 Event = "event";
    /// What kind of thing `code` names: see [`crate::Kind::code`].
    2 Kind = "kind";
    /// The code that is unknown, taken, or does not fit.
    3 Code = "code";
    /// A party: who asked, or whose part, entitlement or period it is.
    4 Party = "party";
    /// Whose stock it is.
    5 Owner = "owner";
    /// What is wrong, as a sentence. Only in refusals that were recorded before faults had codes.
    6 Problem = "problem";
    /// Decimals of an accounting unit in which the quantity would be whole.
    7 Decimals = "decimals";
    /// A material.
    8 Material = "material";
    /// The basis it is accounted in.
    9 Basis = "basis";
    /// The basis that was given.
    10 Given = "given";
    /// The day on which it would not hold.
    11 Day = "day";
    /// The first day that can be.
    12 First = "first";
    /// The last day that can be.
    13 Last = "last";
    /// Closed through this day.
    14 Through = "through";
    /// Events of a log.
    15 Size = "size";
    /// A lot.
    16 Lot = "lot";
    /// A place: a site, a dispatch, a loan.
    17 Place = "place";
    /// What is there, free, open, left or allowed.
    18 Quantity = "quantity";
    /// What goes in.
    19 Inputs = "inputs";
    /// What comes out or is lost.
    20 Outputs = "outputs";
    /// An element.
    21 Analyte = "analyte";
    /// An encumbrance.
    22 Encumbrance = "encumbrance";
    /// An authority.
    23 Authority = "authority";
    /// What it allows: `deposit` or `draw`.
    24 Direction = "direction";
    /// A reserve.
    25 Reserve = "reserve";
    /// The material that it would stand for.
    26 InsteadOf = "instead_of";
    /// A price floor.
    27 Floor = "floor";
    /// A price for one unit.
    28 Price = "price";
    /// A restriction.
    29 Restriction = "restriction";
    /// `yes` where a licence can let it through, `no` where none can.
    30 Licensable = "licensable";
    /// A call.
    31 Call = "call";
    /// What would be less than nothing, or too large: see [`crate::TallyKind::code`].
    32 Tally = "tally";
    /// A person.
    33 Person = "person";
    /// A break.
    34 Break = "break";
    /// The rule about breaks that says no.
    35 Rule = "rule";
    /// The event that reversed it.
    36 By = "by";
    /// The quorum of a policy.
    37 Quorum = "quorum";
    /// Who cosigned.
    38 Cosigned = "cosigned";
    /// The log of another ledger.
    39 Log = "log";
    /// Entries it had when it was seen last.
    40 Seen = "seen";
    /// The key that signed.
    41 Key = "key";
    /// What is wrong: see [`crate::rejection::Fault::code`].
    42 Fault = "fault";
    /// A line of what was sent, or of a report, from 1.
    43 Line = "line";
    /// A text as it was written.
    44 Text = "text";
    /// The most that can be.
    45 Most = "most";
    /// How many there are.
    46 Count = "count";
    /// What should be there.
    47 Expected = "expected";
    /// The smallest quantity that is kept.
    48 Step = "step";
    /// A unit.
    49 Unit = "unit";
    /// A currency.
    50 Currency = "currency";
    /// A character that does not belong.
    51 Character = "character";
    /// The word of an act.
    52 Act = "act";
    /// A part of what was sent: see [`crate::rejection::Part::code`].
    53 Part = "part";
    /// The number of a line or balance that is named.
    54 Number = "number";
    /// Of a group of commands: the code of the refusal for which none of them stands.
    55 Refused = "refused";
    /// Later events that would not hold, `;` between them: each by its number, its day, its act and its document.
    56 Later = "later";
    /// Dispatches on their way at the end of a period, with commas between them.
    57 InTransit = "in_transit";
    /// Sites with stock that was not counted in a period, with commas between them.
    58 Uncounted = "uncounted";
}

/// A fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// A code, a quantity with its unit, a word of ours.
    Text(String),
    /// A count, or the number of an event.
    Number(u64),
    /// A day: days since 1970-01-01 (RFC 8943, tag 100).
    Day(Day),
}

impl FactValue {
    /// Is it this text?
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        matches!(self, Self::Text(told) if told == text)
    }
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => text.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Day(day) => show_day(*day).fmt(f),
        }
    }
}

impl From<String> for FactValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for FactValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<u64> for FactValue {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for FactValue {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u8> for FactValue {
    fn from(number: u8) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for FactValue {
    fn from(number: usize) -> Self {
        Self::Number(number as u64)
    }
}

impl From<Seq> for FactValue {
    fn from(seq: Seq) -> Self {
        Self::Number(seq.0)
    }
}

impl From<Day> for FactValue {
    fn from(day: Day) -> Self {
        Self::Day(day)
    }
}

/// Days since 1970-01-01 (RFC 8943).
const DAYS: Tag = Tag::new(100);

impl<C> minicbor::Encode<C> for FactValue {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Text(text) => e.str(text)?,
            Self::Number(number) => e.u64(*number)?,
            Self::Day(day) => e.tag(DAYS)?.i32(day.0)?,
        };
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for FactValue {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let datatype = d.datatype()?;
        if datatype == Type::String {
            return d.str().map(|text| Self::Text(text.to_owned()));
        }
        if datatype != Type::Tag {
            return d.u64().map(Self::Number);
        }
        if d.tag()? != DAYS {
            return Err(minicbor::decode::Error::message("a fact is text, a number or a day"));
        }
        d.i32().map(|day| Self::Day(Day(day)))
    }
}

/// The facts of a refusal: a map from the numbers of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Facts(#[n(0)] BTreeMap<FactName, FactValue>);

impl Facts {
    /// The fact of this name.
    #[must_use]
    pub fn get(&self, name: FactName) -> Option<&FactValue> {
        self.0.get(&name)
    }

    /// Every fact, in the order of the names' numbers.
    pub fn iter(&self) -> impl Iterator<Item = (FactName, &FactValue)> {
        self.0.iter().map(|(name, value)| (*name, value))
    }

    /// Adds a fact.
    #[must_use]
    pub fn with(mut self, name: FactName, value: impl Into<FactValue>) -> Self {
        self.0.insert(name, value.into());
        self
    }
}

impl<const N: usize> From<[(FactName, FactValue); N]> for Facts {
    fn from(facts: [(FactName, FactValue); N]) -> Self {
        Self(facts.into())
    }
}
