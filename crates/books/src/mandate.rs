//! Mandates: what an owner lets another party do with its stock, and no more.
//!
//! Nobody acts on another's stock by its role. An owner says who may, in which acts, of which material, at which site, how much
//! and when; it may end that at any time, and nothing new stands under it from then on, whatever its day.

use crate::act_rules::{Asks, Periods, Right};
use crate::acts::Act;
use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, Seq};

/// What comes to no quantity, and may be left to another all the same, by naming it.
const ADMINISTERED: [&str; 7] =
    ["close_period", "set_limit", "assay", "count_items", "set_factor", "record_load", "publish"];

/// What the bounds of a mandate cannot bind, of the acts that one can be for: whether a material, a site, a quantity says anything
/// of what such an act does. Of each other act they say something of all that it moves, sets aside or promises.
const UNBOUND: [(&str, [bool; 3]); 8] = [
    ("close_period", [false, false, false]),
    ("publish", [false, false, false]),
    ("record_load", [false, false, false]),
    ("set_limit", [true, true, false]),
    ("count_items", [true, true, false]),
    ("assay", [true, false, false]),
    ("set_factor", [true, false, false]),
    ("amend_lot", [true, false, false]),
];

/// What a reserve does, and what a party does with its own commands: these take no mandate of a member.
const OF_WHO_RUNS: [&str; 17] = [
    "approve",
    "decline",
    "establish_reserve",
    "amend_reserve",
    "wind_up",
    "set_member",
    "set_key",
    "settle_cash",
    "share_difference",
    "activate",
    "call",
    "end_call",
    "award",
    "receive_order",
    "decide_access",
    "amend_party",
    "amend_site",
];

/// A mandate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Mandate {
    /// Unique among those of its owner.
    #[n(0)]
    pub code: String,
    /// Who gave it.
    #[n(1)]
    pub owner: PartyNo,
    /// Who may act.
    #[n(2)]
    pub to: PartyNo,
    /// The words of the acts; every one that a mandate can be for where there are none.
    #[n(3)]
    pub acts: Vec<String>,
    /// Of which material; any where absent.
    #[n(4)]
    pub material: Option<MaterialNo>,
    /// At which site; any where absent.
    #[n(5)]
    pub site: Option<PlaceNo>,
    /// Is it for so much and no more? What is left is a tally.
    #[n(6)]
    pub is_limited: bool,
    /// First day of what is done under it.
    #[n(7)]
    pub first: Day,
    /// Last day; open-ended where absent.
    #[n(8)]
    pub last: Option<Day>,
    /// The event that ended it.
    #[n(9)]
    pub ended: Option<Seq>,
}

impl Mandate {
    /// Does it let its holder ask for an act on a day?
    #[must_use]
    pub fn is_for(&self, act: &str, day: Day) -> bool {
        let is_named = self.acts.is_empty() || self.names(act);
        is_named && self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Does it name an act, rather than leave open which?
    #[must_use]
    pub fn names(&self, act: &str) -> bool {
        self.acts.iter().any(|own| own == act)
    }

    /// Can its bounds bind an act?
    #[must_use]
    pub fn binds(&self, act: &str) -> bool {
        bounds_bind(act, [self.material.is_some(), self.site.is_some(), self.is_limited])
    }

    /// Is stock of a material at a place in it? Where stock is on its way it is at no site.
    #[must_use]
    pub fn is_of(&self, material: MaterialNo, site: Option<PlaceNo>) -> bool {
        self.material.is_none_or(|own| own == material)
            && self.site.is_none_or(|own| site.is_none_or(|site| own == site))
    }
}

/// Can each bound that is stated (a material, a site, a quantity) bind an act?
pub(crate) fn bounds_bind(act: &str, stated: [bool; 3]) -> bool {
    let of_act = UNBOUND.iter().find(|(word, _)| *word == act).map_or([true; 3], |(_, of_act)| *of_act);
    stated.iter().zip(of_act).all(|(stated, binds)| !stated || binds)
}

/// Can a mandate be for an act? For what an owner, or who keeps its stock, does with stock and rights; not for who it is, who
/// acts for it and what it agreed to, which it says itself.
#[must_use]
pub fn can_be_for(act: &str) -> bool {
    Act::find(act).is_some_and(|entry| {
        let facts = entry.facts;
        let is_of_stock = facts.periods == Periods::Owners || ADMINISTERED.contains(&entry.word);
        is_of_stock
            && !OF_WHO_RUNS.contains(&entry.word)
            && facts.right != Right::Found
            && matches!(facts.asks, Asks::Holder | Asks::Keeper)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_mandate_is_for_is_an_act() {
        assert!(ADMINISTERED.iter().chain(&OF_WHO_RUNS).all(|word| Act::find(word).is_some()));
        assert!(UNBOUND.iter().all(|(word, _)| can_be_for(word)));
        assert!(ADMINISTERED.iter().all(|word| !bounds_bind(word, [true; 3])), "it comes to no quantity");
        assert!(bounds_bind("draw", [true; 3]) && bounds_bind("close_period", [false; 3]));
        assert!(
            ["draw", "dispatch", "release", "contribute", "amend_lot", "correct", "close_period"]
                .iter()
                .all(|act| can_be_for(act))
        );
        assert!(
            ["mandate", "register_person", "trust_log", "set_key", "receive_report"].iter().all(|act| !can_be_for(act))
        );
    }
}
