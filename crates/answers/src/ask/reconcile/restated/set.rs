//! What is set of a closed day by what comes later: restrictions and licences, floors, limits, authorities, and the rules of
//! comparing. None of it changes what was held; each changes what is said of it, to everybody who held some.

use books::versions::Recorded;
use books::{
    Act, AuthorityNo, Books, Facts, FloorNo, LicenceNo, LotNo, MaterialNo, PartyNo, PlaceNo, RestrictionNo, Seq,
    ShareLimitNo,
};
use measure::Dimension;
use wire::date::show_day;
use wire::value::{show_fraction, show_number, show_price, show_quantity};

/// What an event sets.
pub(in crate::ask::reconcile) enum Set {
    Restriction(RestrictionNo),
    Licence(LicenceNo),
    Floor(FloorNo),
    ShareLimit(ShareLimitNo),
    Authority(AuthorityNo),
    Method(String),
    Measuring(PlaceNo, MaterialNo),
    Tolerance(MaterialNo),
    Factor(MaterialNo, Option<LotNo>, (Dimension, Dimension)),
    Rate((Dimension, Dimension)),
}

/// The row that an event set.
fn set_by<T: Recorded>(rows: &[T], seq: Seq) -> Option<u32> {
    rows.iter().position(|row| row.seq() == seq).and_then(|row| u32::try_from(row).ok())
}

impl Set {
    /// What an act sets; `None` where it sets nothing of the kind.
    pub(super) fn by(books: &Books, seq: Seq, act: &Act) -> Option<Self> {
        if let Act::Restrict(_) = act {
            return set_by(books.restrictions(), seq).map(|row| Self::Restriction(RestrictionNo(row)));
        }
        if let Act::LiftRestriction(act) = act {
            return Some(Self::Restriction(act.restriction));
        }
        if let Act::License(_) = act {
            return set_by(books.licences(), seq).map(|row| Self::Licence(LicenceNo(row)));
        }
        if let Act::SetPriceFloor(_) = act {
            return set_by(books.floors(), seq).map(|row| Self::Floor(FloorNo(row)));
        }
        if let Act::SetShareLimit(_) = act {
            return set_by(books.share_limits(), seq).map(|row| Self::ShareLimit(ShareLimitNo(row)));
        }
        if let Act::Authorize(_) = act {
            return set_by(books.authorities(), seq).map(|row| Self::Authority(AuthorityNo(row)));
        }
        if let Act::SetMethod(act) = act {
            return Some(Self::Method(act.method.clone()));
        }
        if let Act::SetMeasuring(act) = act {
            return Some(Self::Measuring(act.site, act.material));
        }
        if let Act::SetTolerance(act) = act {
            return Some(Self::Tolerance(act.material));
        }
        if let Act::RecordRate(act) = act {
            return Some(Self::Rate(act.rate.dimensions()));
        }
        if let Act::SetFactor(act) = act {
            return Some(Self::Factor(act.material, act.lot, act.factor.dimensions()));
        }
        None
    }

    /// The name of the fact.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Restriction(_) => "restriction",
            Self::Licence(_) => "licence",
            Self::Floor(_) => "price_floor",
            Self::ShareLimit(_) => "share_limit",
            Self::Authority(_) => "authority",
            Self::Method(_) => "method",
            Self::Measuring(..) => "measuring",
            Self::Tolerance(_) => "tolerance",
            Self::Factor(..) => "factor",
            Self::Rate(_) => "rate",
        }
    }

    /// Does it say anything of what an owner held of a material at a place on the day?
    pub(super) fn concerns(&self, at: &Facts<'_>, owner: PartyNo, place: PlaceNo, material: MaterialNo) -> bool {
        let books = at.books;
        match self {
            Self::Restriction(number) => books.restriction(*number).concerns(material, &at.material(material)),
            Self::Licence(number) => {
                let licence = books.licence(*number);
                (licence.holder, licence.material) == (owner, material)
            }
            Self::Floor(number) => books.floor(*number).material == material,
            Self::ShareLimit(number) => books.share_limit(*number).material.is_none_or(|own| own == material),
            Self::Authority(number) => {
                let authority = books.authority(*number);
                (authority.party, authority.material) == (owner, material)
            }
            Self::Method(name) => {
                at.measuring(place, material).is_some_and(|how| how.stock == *name || how.flow == *name)
            }
            Self::Measuring(site, of) => (*site, *of) == (place, material),
            Self::Tolerance(of) | Self::Factor(of, ..) => *of == material,
            // What came in is held against floors by it.
            Self::Rate(_) => books.floors().iter().any(|floor| floor.material == material),
        }
    }

    /// What of it held on a day of the period, as known then; none where nothing did.
    pub(super) fn said(&self, at: &Facts<'_>) -> Option<String> {
        let begins = |first: books::Day| first <= at.day;
        let through =
            |last: Option<books::Day>| last.map_or(String::new(), |day| format!(" through {}", show_day(day)));
        match self {
            Self::Restriction(number) => {
                let (_, found) = at.restrictions().find(|(own, _)| own == number)?;
                begins(found.first).then(|| format!("{}{}", found.code, through(found.last)))
            }
            Self::Licence(number) => {
                let (_, found) = at.licences().find(|(own, _)| own == number)?;
                let quantity = show_quantity(at.books.material(found.material), found.quantity);
                begins(found.first).then(|| format!("{} {quantity}{}", found.code, through(found.last)))
            }
            Self::Floor(number) => {
                let (_, found) = at.floors().find(|(own, _)| own == number)?;
                begins(found.first)
                    .then(|| format!("{} {}{}", found.code, show_price(&found.price), through(found.last)))
            }
            Self::ShareLimit(number) => {
                let (_, found) = at.share_limits().find(|(own, _)| own == number)?;
                begins(found.first).then(|| format!("{} at most {}", found.code, show_fraction(found.most_ppb)))
            }
            Self::Authority(number) => {
                let (_, found) = at.authorities().find(|(own, _)| own == number)?;
                let ceiling = show_quantity(at.books.material(found.material), found.ceiling);
                begins(found.first).then(|| format!("{} {ceiling}{}", found.code, through(found.last)))
            }
            Self::Method(name) => at.method(name).map(|found| {
                let [random, systematic] = [found.random_ppb, found.systematic_ppb].map(show_fraction);
                format!("{name}: random {random}, systematic {systematic}")
            }),
            Self::Measuring(site, material) => at.measuring(*site, *material).map(|found| {
                let each = if found.each_lot == Some(true) { " lot by lot" } else { "" };
                format!("stock by {}{each}, flow by {}", found.stock, found.flow)
            }),
            Self::Tolerance(material) => {
                let found = at.allowance(*material);
                let facts = at.books.material(*material);
                let show = |units: u64| show_number(facts, i128::from(units));
                let unit = facts.shown;
                let (absolute, rounding) = (show(found.absolute), show(found.rounding));
                Some(format!("{} ppm, {absolute} {unit}, rounding {rounding} {unit}, {} days", found.ppm, found.days))
            }
            Self::Rate(between) => at.rate(*between).map(|found| format!("{} by {}", found.rate, found.source)),
            Self::Factor(material, lot, between) => {
                at.factor_of(*material, *lot, *between).map(|found| format!("{} by {}", found.density, found.source))
            }
        }
    }
}
