//! What may not move to whom, from when, and the licences that let some of it through.

use measure::Quantity;

use crate::material::Material;
use crate::number::{Day, MaterialNo, PartyNo, RestrictionNo, Seq};
use crate::provenance::{Mixture, Possible, Provenance, Step};
use crate::versions::{Recorded, amends};

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
    /// How much of a mixed lot falls under it.
    #[n(11)]
    pub of_mixed: OfMixed,
    /// The event that recorded it.
    #[n(12)]
    pub seq: Seq,
    /// Who set it.
    #[n(13)]
    pub by: PartyNo,
    /// Country that it may not leave; any where none is said.
    #[n(14)]
    pub host: Option<String>,
}

// To lift it is to say its last day, which speaks for itself: such a change holds for all days, once it is known.
amends!(Restriction { last } keeps {
    code, origin, processed, hs, material, end_use, destination, first, licensable, basis, of_mixed, seq, by, host
});

/// How much of a lot falls under a restriction, where a part of it does or may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum OfMixed {
    /// All of it: nobody can tell the parts of a heap from each other.
    #[default]
    #[n(0)]
    Wholly,
    /// The part alone, by mass: a licence is drawn down by it.
    #[n(1)]
    InProportion,
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
    /// The event that recorded it.
    #[n(7)]
    pub seq: Seq,
}

impl Recorded for Restriction {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl Recorded for Licence {
    fn seq(&self) -> Seq {
        self.seq
    }
}

impl Restriction {
    /// Is it in force on a day?
    #[must_use]
    pub fn is_in_force(&self, day: Day) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Does it concern this material, wherever it comes from and goes?
    #[must_use]
    pub fn concerns(&self, number: MaterialNo, material: &Material) -> bool {
        self.material.is_none_or(|own| own == number)
            && self.hs.as_deref().is_none_or(|wanted| material.hs.as_deref().is_some_and(|hs| hs.starts_with(wanted)))
    }

    /// Does a portion of a lot come from where it must not? What nobody stated may.
    #[must_use]
    pub fn is_from(&self, provenance: &Provenance<'_>) -> Possible {
        let origin = self.origin.as_deref().map(|country| provenance.is_of(Step::Mined, country));
        let processed = self.processed.as_deref().map(|country| provenance.is_processed_in(country));
        origin.into_iter().chain(processed).min().unwrap_or(Possible::Yes)
    }

    /// How much of some of a lot falls under it, at worst; nothing where none of the lot can.
    #[must_use]
    pub fn falls_under(&self, mixture: &Mixture<'_>, quantity: Quantity) -> Quantity {
        let is_from = |provenance: &Provenance<'_>| self.is_from(provenance);
        if mixture.worst(is_from) == Possible::No {
            return Quantity::ZERO;
        }
        match self.of_mixed {
            OfMixed::Wholly => quantity,
            // Less than one unit is one: a part that is there never counts for nothing.
            OfMixed::InProportion => {
                let (_, most) = mixture.bounds(quantity.units(), is_from);
                Quantity::new(most.max(1)).expect("a part of a quantity")
            }
        }
    }

    /// Does it hold for what leaves a country? Where that is not known, for what leaves any.
    #[must_use]
    pub fn holds_in(&self, country: Option<&str>) -> bool {
        self.host.as_deref().is_none_or(|host| country == Some(host))
    }

    /// Does it stop what goes to a country for a use? What is said of the use in neither place stops nothing by use.
    #[must_use]
    pub fn stops(&self, destination: &str, end_use: Option<&str>) -> bool {
        self.destination.as_deref().is_none_or(|country| country == destination)
            && self.end_use.as_deref().is_none_or(|wanted| end_use == Some(wanted))
    }
}
