//! Figures that are whole, or say what they lack.
//!
//! What an asker may not see, and what nobody recorded, is never summed as zero and never set against a whole. So a sum is
//! a [`Total`], which remembers what it left out; what may be calculated with is a [`Told`], which gives its number only to
//! whoever decides what else it may be; and what is printed is a [`Figure`].

use std::borrow::Cow;
use std::collections::BTreeMap;

use books::PartyNo;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told<T> {
    /// All of it.
    Whole(T),
    /// What the asker sees of it: there may be more.
    AtLeast(T),
    /// A part of it is not for the asker's eyes.
    Withheld,
    /// Nobody recorded a part of it.
    Unknown,
}

impl<T> Told<T> {
    /// What follows from it; nothing follows from what is not told.
    pub fn map<U>(self, follows: impl FnOnce(T) -> U) -> Told<U> {
        match self {
            Self::Whole(value) => Told::Whole(follows(value)),
            Self::AtLeast(value) => Told::AtLeast(follows(value)),
            Self::Withheld => Told::Withheld,
            Self::Unknown => Told::Unknown,
        }
    }

    /// Both together. What is withheld hides that something else is unknown.
    pub fn and<U>(self, other: Told<U>) -> Told<(T, U)> {
        match (self, other) {
            (Self::Withheld, _) | (_, Told::Withheld) => Told::Withheld,
            (Self::Unknown, _) | (_, Told::Unknown) => Told::Unknown,
            (Self::Whole(value), Told::Whole(other)) => Told::Whole((value, other)),
            (Self::Whole(value) | Self::AtLeast(value), Told::Whole(other) | Told::AtLeast(other)) => {
                Told::AtLeast((value, other))
            }
        }
    }

    /// The value, where all of it is told.
    pub fn whole(self) -> Option<T> {
        match self {
            Self::Whole(value) => Some(value),
            Self::AtLeast(_) | Self::Withheld | Self::Unknown => None,
        }
    }

    /// The same, where all of it is told: a part says nothing about what is asked.
    #[must_use]
    pub fn only_whole(self) -> Self {
        match self {
            Self::AtLeast(_) => Self::Withheld,
            told @ (Self::Whole(_) | Self::Withheld | Self::Unknown) => told,
        }
    }
}

impl Told<i128> {
    /// As it is shown. Of what is seen in part, nothing is no figure: it would look as if there were nothing.
    pub(crate) fn figure(self, show: impl FnOnce(i128) -> String) -> Figure {
        match self {
            Self::AtLeast(0) => Figure::Withheld,
            told @ (Self::Whole(_) | Self::AtLeast(_) | Self::Withheld | Self::Unknown) => told.map(show).into(),
        }
    }
}

/// How much of what is asked for the asker sees, whatever there is of it. See [`Sight::breadth`](crate::Sight).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breadth {
    /// All of it.
    Whole,
    /// Its own, and sums over all parties.
    Totals,
    /// Its own, and what lies where it sees it.
    Part,
}

/// The least that the others in a sum come to, in per cent of each one's part, where the sum is told.
///
/// This is the p% rule of statistical disclosure control (Hundepool et al., *Statistical Disclosure Control*, 2012, section
/// 4.2): a sum is withheld where somebody could estimate one part of it to within p per cent. Whoever estimates here is the asker, so
/// that what it sees itself, and what it placed with another, hides nothing.
const P_PERCENT: i128 = 10;

/// How much of what another holds the asker did not put there itself: that much hides what the others hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hides {
    of: i128,
    own: i128,
}

impl Hides {
    /// All of it.
    pub(crate) const ALL: Self = Self { of: 1, own: 0 };

    /// Of so much on an account, all but what the asker moved there.
    pub(crate) fn but(on_hand: i64, placed: i64) -> Self {
        Self { of: i128::from(on_hand).abs().max(1), own: placed.into() }
    }

    fn part(self, units: i128) -> i128 {
        let hides = (self.of - self.own).clamp(0, self.of);
        let units = units.abs();
        units.checked_mul(hides).map_or(units / self.of * hides, |units| units / self.of)
    }
}

/// Sums over stock of several owners, with what of them the asker may be told only together with others'.
///
/// Each sum is told whole where everything in it is seen, or where no party's part of it could be estimated from it: the rest
/// comes to so much of each part ([`P_PERCENT`]). So each sum is looked at by itself: two may have stock, and one of them
/// alone a hold. A milligram beside a tonne hides nothing. Where two parts of a sum are told by this rule, so is the sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Total<const N: usize>([Sum; N]);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Sum {
    seen: i128,
    others: BTreeMap<PartyNo, Part>,
}

/// What one other party has in a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Part {
    units: i128,
    /// All of it, whatever its sign.
    size: i128,
    /// How much of that hides what others have.
    hides: i128,
}

impl Sum {
    fn told(&self) -> Told<i128> {
        let hidden: i128 = self.others.values().map(|part| part.hides).sum();
        let is_hidden = |part: &Part| (hidden - part.hides).saturating_mul(100) >= part.size.saturating_mul(P_PERCENT);
        match self.others.values().all(is_hidden) {
            true => Told::Whole(self.seen + self.others.values().map(|part| part.units).sum::<i128>()),
            false => Told::Withheld,
        }
    }
}

impl<const N: usize> Default for Total<N> {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Sum::default()))
    }
}

impl<const N: usize> Total<N> {
    /// Adds what is seen.
    pub(crate) fn add(&mut self, units: [i128; N]) {
        self.0.iter_mut().zip(units).for_each(|(sum, units)| sum.seen += units);
    }

    /// Adds what another party holds, which is told in sum alone.
    pub(crate) fn add_of_other(&mut self, owner: PartyNo, hides: Hides, units: [i128; N]) {
        for (sum, units) in self.0.iter_mut().zip(units).filter(|(_, units)| *units != 0) {
            let part = sum.others.entry(owner).or_default();
            part.units += units;
            part.size += units.abs();
            part.hides += hides.part(units);
        }
    }

    /// The sums of what is asked for, of which the asker sees so much.
    pub(crate) fn told_of(&self, breadth: Breadth) -> [Told<i128>; N] {
        match breadth {
            Breadth::Whole | Breadth::Totals => self.told(),
            Breadth::Part => std::array::from_fn(|index| Told::AtLeast(self.0[index].seen)),
        }
    }

    /// The sums, as far as each may be told.
    pub(crate) fn told(&self) -> [Told<i128>; N] {
        std::array::from_fn(|index| self.0[index].told())
    }
}

/// Several figures as one: told where each is.
pub(crate) fn all<const N: usize>(told: [Told<i128>; N]) -> Told<[i128; N]> {
    let mut all = Told::Whole([0; N]);
    for (index, told) in told.into_iter().enumerate() {
        all = all.and(told).map(|(mut units, unit)| {
            units[index] = unit;
            units
        });
    }
    all
}

/// A number as people and programs read it, or why there is none. As JSON it is text: the number, `LOW..HIGH`, `withheld`
/// or `unknown`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Figure {
    /// A number as decimal text.
    Number(String),
    /// Between two numbers, both possible.
    Range {
        /// The lowest.
        low: String,
        /// The highest.
        high: String,
    },
    /// A part of it is not for the asker's eyes.
    Withheld,
    /// Nobody recorded a part of it.
    #[default]
    Unknown,
}

/// How a withheld figure is written.
pub const WITHHELD: &str = "withheld";
/// How an unknown figure is written.
pub const UNKNOWN: &str = "unknown";

impl Figure {
    /// A number that is known to lie between two.
    #[must_use]
    pub fn between(low: String, high: String) -> Self {
        if low == high { Self::Number(low) } else { Self::Range { low, high } }
    }

    /// As it is written.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Number(number) => Cow::Borrowed(number),
            Self::Range { low, high } => Cow::Owned(format!("{low}..{high}")),
            Self::Withheld => Cow::Borrowed(WITHHELD),
            Self::Unknown => Cow::Borrowed(UNKNOWN),
        }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        match self {
            Self::Number(number) => Some(number),
            Self::Range { .. } | Self::Withheld | Self::Unknown => None,
        }
    }

    /// From how it is written.
    #[must_use]
    pub fn read(text: &str) -> Self {
        match text {
            WITHHELD => Self::Withheld,
            UNKNOWN => Self::Unknown,
            text => match text.split_once("..") {
                Some((low, high)) => Self::Range { low: low.to_owned(), high: high.to_owned() },
                None => Self::Number(text.to_owned()),
            },
        }
    }
}

impl From<Told<String>> for Figure {
    fn from(told: Told<String>) -> Self {
        match told {
            Told::Whole(number) | Told::AtLeast(number) => Self::Number(number),
            Told::Withheld => Self::Withheld,
            Told::Unknown => Self::Unknown,
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.text())
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text: Cow<'_, str> = Deserialize::deserialize(deserializer)?;
        Ok(Self::read(&text))
    }
}

impl JsonSchema for Figure {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed("Figure")
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_with_one_other_party_in_it_is_withheld() {
        let mut total = Total::default();
        total.add([5]);
        assert_eq!(total.told(), [Told::Whole(5)]);
        total.add_of_other(PartyNo(1), Hides::ALL, [20]);
        total.add_of_other(PartyNo(1), Hides::ALL, [1]);
        assert_eq!(total.told(), [Told::Withheld]);
        total.add_of_other(PartyNo(2), Hides::ALL, [3]);
        assert_eq!(total.told(), [Told::Whole(29)]);
    }

    #[test]
    fn a_sum_beside_others_counts_its_own_parties() {
        let mut total = Total::default();
        total.add_of_other(PartyNo(1), Hides::ALL, [20, 0]);
        total.add_of_other(PartyNo(2), Hides::ALL, [5, 3]);
        assert_eq!(total.told(), [Told::Whole(25), Told::Withheld]);
        assert_eq!(all(total.told()), Told::Withheld);
    }

    /// A secretariat was told to the milligram what one member held, once it had given another a milligram.
    #[test]
    fn a_trifle_beside_what_one_party_holds_hides_nothing() {
        let mut total = Total::default();
        total.add_of_other(PartyNo(1), Hides::ALL, [20_000_000_000]);
        total.add_of_other(PartyNo(2), Hides::ALL, [1]);
        total.add_of_other(PartyNo(3), Hides::ALL, [1_999_999_998]);
        assert_eq!(total.told(), [Told::Withheld]);
        total.add_of_other(PartyNo(3), Hides::ALL, [1]);
        assert_eq!(total.told(), [Told::Whole(22_000_000_000)]);
    }

    #[test]
    fn what_the_asker_placed_with_another_hides_nothing_from_it_and_is_no_less_hidden_itself() {
        let mut total = Total::default();
        total.add_of_other(PartyNo(1), Hides::ALL, [20]);
        total.add_of_other(PartyNo(2), Hides::but(20, 20), [20]);
        assert_eq!(total.told(), [Told::Withheld]);
        total.add_of_other(PartyNo(2), Hides::but(10, 8), [10]);
        assert_eq!(total.told(), [Told::Whole(50)], "two that it did not place are a tenth of twenty");
        let mut moved = Total::default();
        moved.add_of_other(PartyNo(1), Hides::but(20, 20), [20]);
        assert_eq!(moved.told(), [Told::Withheld], "what it moved under a mandate is another's all the same");
    }

    #[test]
    fn parts_of_two_signs_do_not_hide_each_other_by_adding_up_to_nothing() {
        let mut total = Total::default();
        total.add_of_other(PartyNo(1), Hides::ALL, [20]);
        total.add_of_other(PartyNo(1), Hides::ALL, [-20]);
        assert_eq!(total.told(), [Told::Withheld]);
    }

    /// A secretariat was told `0` of what a party holds that held 20 t.
    #[test]
    fn nothing_that_is_seen_in_part_is_withheld() {
        let mut total = Total::default();
        assert_eq!(total.told_of(Breadth::Whole), [Told::Whole(0)]);
        assert_eq!(total.told_of(Breadth::Part), [Told::AtLeast(0)]);
        let show = |units: i128| units.to_string();
        assert_eq!(total.told_of(Breadth::Part).map(|told| told.figure(show)), [Figure::Withheld]);
        total.add([5]);
        assert_eq!(total.told_of(Breadth::Part).map(|told| told.figure(show)), [Figure::Number("5".into())]);
        assert_eq!(total.told_of(Breadth::Part).map(Told::only_whole), [Told::Withheld]);
        assert_eq!(Told::AtLeast(5).and(Told::Whole(1)), Told::AtLeast((5, 1)));
        assert_eq!(Told::AtLeast(5).whole(), None);
    }

    #[test]
    fn nothing_follows_from_what_is_not_told() {
        assert_eq!(Told::Withheld.map(|units: i128| units + 1), Told::Withheld);
        assert_eq!(Told::<u8>::Unknown.and(Told::<u8>::Withheld), Told::Withheld);
        assert_eq!(Told::Whole(1).and(Told::<u8>::Unknown), Told::Unknown);
        assert_eq!(Told::Whole(1).and(Told::Whole(2)).whole(), Some((1, 2)));
    }

    #[test]
    fn a_figure_reads_back_as_it_is_written() {
        let range = Figure::Range { low: "62".into(), high: "71".into() };
        for figure in [Figure::Number("-1.5".into()), range, Figure::Withheld, Figure::Unknown] {
            let text = serde_json::to_string(&figure).expect("text");
            assert_eq!(serde_json::from_str::<Figure>(&text).expect("a figure"), figure, "{text}");
        }
    }
}
