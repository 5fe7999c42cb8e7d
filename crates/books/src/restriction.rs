//! What may not move to whom, from when, and the licences that let some of it through.

use measure::Quantity;

use crate::lot::{NewLot, Origin};
use crate::number::{Day, MaterialNo, PartyNo, RestrictionNo};

/// A restriction. Every field that is said must fit; what is left open fits everything.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Restriction {
    /// Unique among restrictions.
    #[n(0)]
    pub code: String,
    /// Mined there.
    #[n(1)]
    pub origin: Option<String>,
    /// Separated, refined or made there.
    #[n(2)]
    pub processed: Option<String>,
    /// HS heading: a prefix.
    #[n(3)]
    pub hs: Option<String>,
    /// Material.
    #[n(4)]
    pub material: Option<MaterialNo>,
    /// What it may not be used for.
    #[n(5)]
    pub end_use: Option<String>,
    /// Country it may not go to.
    #[n(6)]
    pub destination: Option<String>,
    /// First day.
    #[n(7)]
    pub first: Day,
    /// Last day; the restriction is lifted the day after.
    #[n(8)]
    pub last: Option<Day>,
    /// Can a licence let it through?
    #[n(9)]
    pub licensable: bool,
    /// Law or notice it rests on.
    #[n(10)]
    pub basis: Option<String>,
}

/// A licence under a restriction. What is left of it is a tally.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Licence {
    /// Unique among licences.
    #[n(0)]
    pub code: String,
    /// Under which restriction.
    #[n(1)]
    pub restriction: RestrictionNo,
    /// Whose movements.
    #[n(2)]
    pub holder: PartyNo,
    /// Of which material.
    #[n(3)]
    pub material: MaterialNo,
    /// How much in all.
    #[n(4)]
    pub quantity: Quantity,
    /// First day.
    #[n(5)]
    pub first: Day,
    /// Last day.
    #[n(6)]
    pub last: Option<Day>,
}

impl Restriction {
    /// Is it in force on a day?
    #[must_use]
    pub fn is_in_force(&self, day: Day) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Does it concern this lot, wherever it goes?
    #[must_use]
    pub fn concerns(&self, lot: &NewLot, hs: Option<&str>) -> bool {
        let Origin { mined, separated, refined, manufactured } = &lot.origin;
        let fits = |wanted: &Option<String>, found: &[&Option<String>]| wanted.is_none() || found.contains(&wanted);
        fits(&self.origin, &[mined])
            && fits(&self.processed, &[separated, refined, manufactured])
            && self.material.is_none_or(|material| material == lot.material)
            && self.hs.as_deref().is_none_or(|wanted| hs.is_some_and(|hs| hs.starts_with(wanted)))
    }

    /// Does it stop what goes to a country for a use? What is said of the use in neither place stops nothing by use.
    #[must_use]
    pub fn stops(&self, destination: &str, end_use: Option<&str>) -> bool {
        self.destination.as_deref().is_none_or(|country| country == destination)
            && self.end_use.as_deref().is_none_or(|wanted| end_use == Some(wanted))
    }
}
