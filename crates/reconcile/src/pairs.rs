//! Both legs of a transfer between two parties: what the shipper says left, and what the receiver says arrived.
//!
//! The receipt is booked at the shipper's figure and the difference stands apart, never in the books of either. A leg
//! without its other leg is old from the day it left. Dispatch and arrival must not be in one hand (DOE/IG-0786 found
//! shipper and receiver to be the same company, and months of differences that nobody had looked at).

use measure::{Basis, Quantity, Scale};

use crate::age::AgeBucket;
use crate::yardstick::{Yardstick, same_dimension};
use ids::{Day, LotNameNo, MaterialNo, PartyNo, PersonNo, ReferenceNo};

/// One leg, told by one party.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// The document that both legs cite.
    pub document: ReferenceNo,
    /// The material.
    pub material: MaterialNo,
    /// The lot, where it is told.
    pub lot: Option<LotNameNo>,
    /// Who tells it: who shipped or received.
    pub party: PartyNo,
    /// The person who signed, where that is told.
    pub person: Option<PersonNo>,
    /// What one unit of `quantity` is.
    pub scale: Scale,
    /// What the weight includes.
    pub basis: Basis,
    /// In units of `scale`.
    pub quantity: Quantity,
    /// One standard deviation of the measurement, in units of `scale`; `None` where it is not known.
    pub sigma: Option<f64>,
    /// The day it left or arrived, each in its party's zone.
    pub effective: Day,
}

/// An arrival, whole or in part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Arrival {
    /// What arrived.
    pub leg: Leg,
    /// Nothing more will come on this document.
    pub is_last: bool,
}

/// Is shipper's less receiver's figure more than the measurements explain?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Significance {
    /// |S - R| is at most 2 sqrt(sS^2 + sR^2).
    NotSignificant,
    /// It is more.
    Significant,
    /// A sigma is not known and the figures differ.
    Unjudged,
}

/// Why a pair cannot stand as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PairFlaw {
    /// The same party ships and receives.
    SameParty,
    /// The same person signed both.
    SamePerson,
    /// It arrived more than a day before it left: one day can lie between time zones.
    ArrivedBeforeLeaving,
    /// The legs tell another lot.
    LotDiffers,
}

/// A document with all of its legs.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// What both legs cite.
    pub document: ReferenceNo,
    /// The material.
    pub material: MaterialNo,
    /// Where it stands.
    pub state: TransferState,
    /// What is wrong with it, each once.
    pub flaws: Vec<PairFlaw>,
}

/// Where a transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// All has arrived that will.
    Complete {
        /// What both parties book, in units of the shipper's scale.
        booked: Quantity,
        /// Shipper's less receiver's figure (SRD), in the shipper's units; `None` where it is no whole number of them.
        difference: Option<i64>,
        /// Is it more than the measurements explain?
        significance: Significance,
    },
    /// Something is still on the way.
    InTransit {
        /// Not arrived yet, in units of the shipper's scale; negative when more arrived than left. `None` as above.
        outstanding: Option<i64>,
        /// Since it left.
        age: AgeBucket,
    },
    /// It arrived and nobody says that it left.
    ArrivalOnly {
        /// Since the first arrival.
        age: AgeBucket,
    },
    /// The legs are told on bases or in units that do not compare.
    BasisOrUnitDiffers,
    /// Two dispatches on one document.
    DispatchedTwice,
}

/// Joins legs by document and material, and says where each transfer stands on `today`. In the order of documents.
#[must_use]
pub fn pair_legs(dispatches: &[Leg], arrivals: &[Arrival], today: Day) -> Vec<Transfer> {
    let key = |leg: &Leg| (leg.document, leg.material);
    let mut keys: Vec<_> = dispatches.iter().chain(arrivals.iter().map(|arrival| &arrival.leg)).map(key).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut dispatches: Vec<&Leg> = dispatches.iter().collect();
    let mut arrivals: Vec<&Arrival> = arrivals.iter().collect();
    dispatches.sort_by_key(|leg| key(leg));
    arrivals.sort_by_key(|arrival| key(&arrival.leg));
    let (mut dispatches, mut arrivals) = (&*dispatches, &*arrivals);
    let mut transfers = Vec::with_capacity(keys.len());
    for key_now in keys {
        let (left, arrived);
        (left, dispatches) = dispatches.split_at(dispatches.partition_point(|leg| key(leg) <= key_now));
        (arrived, arrivals) = arrivals.split_at(arrivals.partition_point(|arrival| key(&arrival.leg) <= key_now));
        let (document, material) = key_now;
        let state = state(left, arrived, today);
        transfers.push(Transfer { document, material, state, flaws: flaws(left, arrived) });
    }
    transfers
}

/// Shipper's less receiver's figure against 2 sqrt(sS^2 + sR^2) (domain.md 4.2), all in one unit.
#[must_use]
pub fn significance(difference: f64, shipper_sigma: Option<f64>, receiver_sigma: Option<f64>) -> Significance {
    match (shipper_sigma, receiver_sigma) {
        _ if difference == 0.0 => Significance::NotSignificant,
        (Some(shipper), Some(receiver)) if difference.abs() <= 2.0 * shipper.hypot(receiver) => {
            Significance::NotSignificant
        }
        (Some(_), Some(_)) => Significance::Significant,
        _ => Significance::Unjudged,
    }
}

fn state(left: &[&Leg], arrived: &[&Arrival], today: Day) -> TransferState {
    let shipped = match left {
        [] => {
            let first = arrived.iter().map(|arrival| arrival.leg.effective).min().expect("a transfer has a leg");
            return TransferState::ArrivalOnly { age: AgeBucket::of(first, today) };
        }
        [shipped] => *shipped,
        _ => return TransferState::DispatchedTwice,
    };
    let legs = || arrived.iter().map(|arrival| &arrival.leg);
    let comparable = legs().all(|leg| leg.basis == shipped.basis && same_dimension(leg.scale, shipped.scale));
    let scales = std::iter::once(shipped.scale).chain(legs().map(|leg| leg.scale));
    let Some(yardstick) = Yardstick::common(scales).filter(|_| comparable) else {
        return TransferState::BasisOrUnitDiffers;
    };
    let unit = yardstick.multiple(shipped.scale);
    let received: i128 = legs().map(|leg| yardstick.amount(leg.quantity.units(), leg.scale)).sum();
    let apart = yardstick.amount(shipped.quantity.units(), shipped.scale) - received;
    let difference = Some(apart / unit).filter(|_| apart % unit == 0).and_then(|units| i64::try_from(units).ok());
    if !arrived.iter().any(|arrival| arrival.is_last) {
        return TransferState::InTransit { outstanding: difference, age: AgeBucket::of(shipped.effective, today) };
    }
    // Parts are measured independently: their sigmas add in squares, each said in the shipper's unit first.
    let in_shippers_unit = |leg: &Leg| Some(leg.sigma? * yardstick.multiple(leg.scale) as f64 / unit as f64);
    let receiver_sigma = legs().try_fold(0.0f64, |sum, leg| Some(sum.hypot(in_shippers_unit(leg)?)));
    let significance = significance(apart as f64 / unit as f64, shipped.sigma, receiver_sigma);
    TransferState::Complete { booked: shipped.quantity, difference, significance }
}

fn flaws(left: &[&Leg], arrived: &[&Arrival]) -> Vec<PairFlaw> {
    let mut flaws = Vec::new();
    for shipped in left {
        for Arrival { leg, .. } in arrived {
            let found = [
                (PairFlaw::SameParty, leg.party == shipped.party),
                (PairFlaw::SamePerson, leg.person.is_some() && leg.person == shipped.person),
                (PairFlaw::ArrivedBeforeLeaving, leg.effective.0 < shipped.effective.0.saturating_sub(1)),
                (PairFlaw::LotDiffers, leg.lot.is_some() && shipped.lot.is_some() && leg.lot != shipped.lot),
            ];
            flaws.extend(found.into_iter().filter(|(_, is_there)| *is_there).map(|(flaw, _)| flaw));
        }
    }
    flaws.sort_unstable();
    flaws.dedup();
    flaws
}

#[cfg(test)]
mod tests;
