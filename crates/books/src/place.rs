//! Where material is: a site, or one of the virtual places that give every movement its other leg.

use crate::number::{PartyNo, PlaceNo, Seq};
use crate::versions::amends;

/// How well a site can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Area {
    /// Sealed items: book and count must agree exactly.
    #[n(0)]
    Item,
    /// Heaps and tanks: a difference is expected and judged.
    #[n(1)]
    Bulk,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Place {
    /// Everything that is not in the books: where deposits come from and draws go to.
    #[n(0)]
    Outside,
    /// Consumed or produced by a transformation, a split or a merge.
    #[n(1)]
    Processing,
    /// Lost.
    #[n(2)]
    Loss,
    /// Difference between book and count.
    #[n(3)]
    CountDifference,
    /// Rounding, never hidden elsewhere.
    #[n(4)]
    Rounding,
    /// Shipper's figure less receiver's figure.
    #[n(5)]
    ShipperReceiver,
    /// A site.
    #[n(6)]
    Site(#[n(0)] Site),
    /// On the way: one for each dispatch.
    #[n(7)]
    Transit(#[n(0)] Transit),
    /// With a borrower: one for each loan.
    #[n(8)]
    Loan(#[n(0)] Loan),
}

/// A site as registered and last amended.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Site {
    /// Unique among sites.
    #[n(0)]
    pub code: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// Who keeps what lies there.
    #[n(2)]
    pub custodian: PartyNo,
    /// ISO 3166-1 alpha-2.
    #[n(3)]
    pub country: String,
    /// How well it can be measured.
    #[n(4)]
    pub area: Area,
    /// Class of stock for reports: government, agency, obligated industry, commercial.
    #[n(5)]
    pub class: Option<String>,
    /// To whom its custodian offers it: that party becomes custodian by its own amendment.
    #[n(6)]
    pub offered_to: Option<PartyNo>,
}

amends!(Site { name, custodian, country, area, class, offered_to } keeps { code });

/// A dispatch on its way. What is outstanding is the balance of the place, not a number of its own.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Transit {
    /// Unique among dispatches.
    #[n(0)]
    pub code: String,
    /// The event that opened it.
    #[n(1)]
    pub seq: Seq,
    /// Site it left.
    #[n(2)]
    pub source: PlaceNo,
    /// Site it goes to.
    #[n(3)]
    pub target: PlaceNo,
    /// Day it left.
    #[n(4)]
    pub effective: crate::number::Day,
    /// Day it should arrive.
    #[n(5)]
    pub due: Option<crate::number::Day>,
    /// Who carries it.
    #[n(6)]
    pub carrier: Option<String>,
    /// Who gave the code. None where that is the owner, as far as was kept.
    #[n(7)]
    pub by: Option<PartyNo>,
}

/// A loan out. What is outstanding is the balance of the place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Loan {
    /// Unique among loans.
    #[n(0)]
    pub code: String,
    /// Who has the material.
    #[n(1)]
    pub borrower: PartyNo,
    /// Day it should be back.
    #[n(2)]
    pub due: Option<crate::number::Day>,
    /// The event that opened it.
    #[n(3)]
    pub seq: Seq,
    /// Site it left: while it is away it counts as being in that country.
    #[n(4)]
    pub site: PlaceNo,
}

impl Place {
    /// The site, where it is one.
    #[must_use]
    pub fn site(&self) -> Option<&Site> {
        if let Self::Site(site) = self { Some(site) } else { None }
    }

    /// The dispatch, where it is one.
    #[must_use]
    pub fn transit(&self) -> Option<&Transit> {
        if let Self::Transit(transit) = self { Some(transit) } else { None }
    }

    /// The places every ledger begins with, in the order of their numbers.
    pub(crate) fn virtual_places() -> [Self; 6] {
        [Self::Outside, Self::Processing, Self::Loss, Self::CountDifference, Self::Rounding, Self::ShipperReceiver]
    }

    /// Does material really lie here, so that it can never be less than nothing?
    #[must_use]
    pub const fn is_real(&self) -> bool {
        matches!(self, Self::Site(_) | Self::Transit(_) | Self::Loan(_))
    }

    /// Does what goes in come out again within the same event, as another lot?
    #[must_use]
    pub(crate) const fn is_passed_through(&self) -> bool {
        match self {
            Self::Outside | Self::Processing => true,
            Self::Loss | Self::CountDifference | Self::Rounding | Self::ShipperReceiver => false,
            Self::Site(_) | Self::Transit(_) | Self::Loan(_) => false,
        }
    }

    /// The code of a site, dispatch or loan, or the fixed name of a virtual place.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Outside => "outside",
            Self::Processing => "processing",
            Self::Loss => "loss",
            Self::CountDifference => "count difference",
            Self::Rounding => "rounding",
            Self::ShipperReceiver => "shipper/receiver",
            Self::Site(site) => &site.code,
            Self::Transit(transit) => &transit.code,
            Self::Loan(loan) => &loan.code,
        }
    }
}
