//! Dividing a call among members: largest remainder, ties by member code, exact sum.

use measure::{Quantity, ShareError, largest_remainder};

use super::{KeyKind, MemberStatus, Reserve, Weight};
use crate::books::Books;
use crate::number::{Day, MaterialNo, PartyNo, ReserveNo, Seq};

/// A member's part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Part {
    /// The member.
    #[n(0)]
    pub member: PartyNo,
    /// Its weight in the key.
    #[n(1)]
    pub weight: u64,
    /// Its part.
    #[n(2)]
    pub quantity: Quantity,
}

/// Divides a total by weights. Equal remainders are served in the order of the members' codes, whatever the order of
/// the weights.
///
/// # Errors
/// When there is nobody, or nobody weighs anything.
pub fn allocate(
    total: Quantity,
    weights: &[Weight],
    code: impl Fn(PartyNo) -> String,
) -> Result<Vec<Part>, ShareError> {
    let mut named: Vec<(String, Weight)> = weights.iter().map(|weight| (code(weight.member), *weight)).collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let numbers: Vec<u64> = named.iter().map(|(_, weight)| weight.weight).collect();
    let parts = largest_remainder(total, &numbers)?;
    let part = |((_, weight), quantity): (&(String, Weight), Quantity)| Part {
        member: weight.member,
        weight: weight.weight,
        quantity,
    };
    Ok(named.iter().zip(parts).map(part).collect())
}

/// The same in whole multiples of a unit, where one is stated: the total is such a multiple.
///
/// # Errors
/// As above.
pub fn allocate_in(
    total: Quantity,
    rounding: Option<Quantity>,
    weights: &[Weight],
    code: impl Fn(PartyNo) -> String,
) -> Result<Vec<Part>, ShareError> {
    let Some(unit) = rounding.map(Quantity::units).filter(|unit| *unit > 0 && total.units() % unit == 0) else {
        return allocate(total, weights, code);
    };
    let multiples = Quantity::new(total.units() / unit).unwrap_or_default();
    let mut parts = allocate(multiples, weights, code)?;
    for part in &mut parts {
        part.quantity = Quantity::new(part.quantity.units() * unit).unwrap_or_default();
    }
    Ok(parts)
}

impl Books {
    /// The weights of a reserve's active members on a day, as known at an event, for a material; `None` without a key.
    ///
    /// Pledges are those known now: what was known earlier stands with the call that used them.
    #[must_use]
    pub fn weights_at(&self, reserve: ReserveNo, material: MaterialNo, day: Day, known: Seq) -> Option<Vec<Weight>> {
        self.weights_of(self.reserves().get(reserve.0 as usize)?, material, day, known)
    }

    /// The same, of a reserve as it would be.
    pub(crate) fn weights_of(
        &self,
        facts: &Reserve,
        material: MaterialNo,
        day: Day,
        known: Seq,
    ) -> Option<Vec<Weight>> {
        let key = facts.key_at(day, known, Some(material))?;
        let is_active = |member| facts.status_at(member, day, known) == Some(MemberStatus::Joined);
        if key.kind == KeyKind::Pledge {
            return Some(self.pledged(facts, material, day, is_active));
        }
        if !key.weights.is_empty() {
            return Some(key.weights.iter().filter(|weight| is_active(weight.member)).copied().collect());
        }
        let (base, year) = (key.kind.base()?, key.year?);
        let members = facts.ever_members().into_iter().filter(|member| is_active(*member));
        let weight = |member| Weight {
            member,
            weight: self.base_at(member, material, base, year, known).map_or(0, |units| units.max(0).unsigned_abs()),
        };
        Some(members.map(weight).collect())
    }

    fn pledged(
        &self,
        reserve: &Reserve,
        material: MaterialNo,
        day: Day,
        is_active: impl Fn(PartyNo) -> bool,
    ) -> Vec<Weight> {
        let members = reserve.ever_members().into_iter().filter(|member| is_active(*member));
        let mut weights: Vec<Weight> = members.map(|member| Weight { member, weight: 0 }).collect();
        for claim in self.encumbrances() {
            let key = self.account(claim.account).key;
            let is_of = claim.promised == self.reserve_no(&reserve.code) && claim.kind.is_promise();
            if !is_of || self.lot(key.lot).facts.material != material {
                continue;
            }
            if let Some(weight) = weights.iter_mut().find(|weight| weight.member == key.owner) {
                let left = claim.remaining.at(day).unwrap_or_default().on_hand;
                weight.weight = weight.weight.saturating_add(left.max(0).unsigned_abs());
            }
        }
        weights
    }
}
