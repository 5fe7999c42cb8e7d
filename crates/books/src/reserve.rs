//! A reserve that several members share: an agreement with members, rules and keys, each versioned by date.
//!
//! Nothing here is ever overwritten: a new version of the rules, a key or a membership is a new row that knows the event
//! it came with, so that an allocation can be run again years later under what was in force, and known, then.

use crate::base::BaseKind;
use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::versions::in_force;

mod allocation;
pub use allocation::{Part, allocate, allocate_in};

/// How the members' weights are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum KeyKind {
    /// Weights stated one by one.
    #[n(0)]
    Shares,
    /// By the recorded consumption of a year.
    #[n(1)]
    Consumption,
    /// By the recorded net imports of a year; a net exporter weighs nothing.
    #[n(2)]
    NetImports,
    /// By what each member has pledged on the day.
    #[n(3)]
    Pledge,
    /// As for all materials: a material's own key ends.
    #[n(4)]
    OfAll,
}

/// A member's weight in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Weight {
    /// The member.
    #[n(0)]
    pub member: PartyNo,
    /// Any whole number; only the proportions count.
    #[n(1)]
    pub weight: u64,
}

/// A rule that divides a call, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Key {
    /// The event that set it.
    #[n(0)]
    pub seq: Seq,
    /// First day on which it is in force.
    #[n(1)]
    pub first: Day,
    /// How weights are found.
    #[n(2)]
    pub kind: KeyKind,
    /// Year of the figures, where it goes by consumption or net imports.
    #[n(3)]
    pub year: Option<u16>,
    /// Weights, where they are stated.
    #[n(4)]
    pub weights: Vec<Weight>,
    /// For one material; for all that have none of their own where none is said.
    #[n(5)]
    pub material: Option<MaterialNo>,
}

/// How a member stands to the reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum MemberStatus {
    /// Takes part.
    #[n(0)]
    Joined,
    /// Keeps what it has; takes part in no call and draws nothing.
    #[n(1)]
    Suspended,
    /// Has left; what it is still owed stays its own.
    #[n(2)]
    Left,
    /// Was asked to join, and has not said yet whether it does: it owes nothing, and nobody oversees it.
    #[n(3)]
    Invited,
}

/// A change of a member's standing, from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Membership {
    /// The event that recorded it.
    #[n(0)]
    pub seq: Seq,
    /// First day on which it holds.
    #[n(1)]
    pub first: Day,
    /// The member.
    #[n(2)]
    pub member: PartyNo,
    /// How it stands from then on.
    #[n(3)]
    pub status: MemberStatus,
}

/// How material is released: APTERR's three tiers and the like.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Tier {
    /// Its name, by which activations cite it.
    #[n(0)]
    pub name: String,
    /// What is done there: forward contract, spot, donation.
    #[n(1)]
    pub kind: TierKind,
    /// What opens it, in words.
    #[n(2)]
    pub trigger: Option<String>,
    /// May any member open it, without the secretariat?
    #[n(3)]
    pub automatic: bool,
}

/// What a tier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum TierKind {
    /// By a contract made beforehand.
    #[n(0)]
    Forward,
    /// By sale, loan or grant on the spot.
    #[n(1)]
    Spot,
    /// Given.
    #[n(2)]
    Donation,
}

/// A material that may stand for another, and at what rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Substitute {
    /// What is delivered.
    #[n(0)]
    pub material: MaterialNo,
    /// What it stands for.
    #[n(1)]
    pub instead_of: MaterialNo,
    /// One accounting unit of it counts as this many parts per million of one accounting unit.
    #[n(2)]
    pub factor_ppm: u64,
}

/// What the members agreed, from a day on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Rules {
    /// The event that set them.
    #[n(0)]
    pub seq: Seq,
    /// First day on which they are in force.
    #[n(1)]
    pub first: Day,
    /// What they say.
    #[n(2)]
    pub terms: Terms,
}

/// The words of an agreement.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Terms {
    /// Version, as the members call it.
    #[n(0)]
    pub version: String,
    /// What may be missing of a part that still counts as fulfilled, in parts per million.
    #[n(1)]
    pub tolerance_ppm: u32,
    /// Days between the notice of a member that leaves, and its leaving.
    #[n(2)]
    pub notice_days: u16,
    /// Tiers of release.
    #[n(3)]
    pub tiers: Vec<Tier>,
    /// Materials that may stand for others.
    #[n(4)]
    pub substitutes: Vec<Substitute>,
    /// Does every member see what each was asked and did? Its own part alone where nothing is said.
    #[n(5)]
    pub open_board: Option<bool>,
}

/// A reserve.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Reserve {
    /// Unique among reserves.
    #[n(0)]
    pub code: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// The party that owns what lies in the pool, for all members together.
    #[n(2)]
    pub pool: PartyNo,
    /// Who runs it.
    #[n(3)]
    pub secretariat: PartyNo,
    /// Currency of its cash, ISO 4217.
    #[n(4)]
    pub currency: String,
    /// All versions of the rules, in the order of recording.
    #[n(5)]
    pub rules: Vec<Rules>,
    /// All changes of membership, in the order of recording.
    #[n(6)]
    pub members: Vec<Membership>,
    /// All keys, in the order of recording.
    #[n(7)]
    pub keys: Vec<Key>,
    /// Being wound up since this day: nothing new is promised, called or drawn to be put back.
    #[n(8)]
    pub winding_up: Option<Day>,
}

impl Reserve {
    /// The key of a material in force on a day, as known at an event: its own where one was set, else that of all: the one
    /// that was set last, with the weights of those who joined or left since. What was set after a notice, and holds before it
    /// takes effect, stays.
    #[must_use]
    pub fn key_at(&self, day: Day, known: Seq, material: Option<MaterialNo>) -> Option<Key> {
        let own = self.keys.iter().filter(|key| material.is_some() && key.material == material);
        // Whoever joins later has no part in it until it is set anew.
        let own = in_force(own, day, known, |key| (key.first, key.seq));
        if let Some(key) = own.filter(|key| key.kind != KeyKind::OfAll) {
            return Some(key.clone());
        }
        let member_of = |key: &Key| self.members.iter().find(|row| row.seq == key.seq).map(|row| row.member);
        let own = self.keys.iter().filter(|key| key.material.is_none() && member_of(key).is_none());
        let mut key = in_force(own, day, known, |key| (key.first, key.seq))?.clone();
        if key.weights.is_empty() {
            return Some(key);
        }
        let set = (key.first, key.seq);
        let mut changes: Vec<(&Key, PartyNo)> = self
            .keys
            .iter()
            .filter(|change| change.first <= day && change.seq <= known && (change.first, change.seq) > set)
            .filter_map(|change| Some((change, member_of(change)?)))
            .collect();
        changes.sort_by_key(|(change, _)| (change.first, change.seq));
        for (change, member) in changes {
            key.weights.retain(|weight| weight.member != member);
            key.weights.extend(change.weights.iter().filter(|weight| weight.member == member));
            (key.first, key.seq) = (change.first, change.seq);
        }
        Some(key)
    }

    /// The rules in force on a day, as known at an event; the first where the day is before all.
    #[must_use]
    pub fn rules_at(&self, day: Day, known: Seq) -> &Rules {
        let found = in_force(&self.rules, day, known, |rules| (rules.first, rules.seq));
        found.or(self.rules.first()).expect("a reserve begins with rules")
    }

    /// How a party stands on a day, as known at an event; `None` where it never joined by then.
    #[must_use]
    pub fn status_at(&self, member: PartyNo, day: Day, known: Seq) -> Option<MemberStatus> {
        let own: Vec<Membership> = self.members.iter().filter(|row| row.member == member).copied().collect();
        in_force(&own, day, known, |row| (row.first, row.seq)).map(|row| row.status)
    }

    /// All parties that ever joined, each once, in the order of joining. Who was only invited is none.
    #[must_use]
    pub fn ever_members(&self) -> Vec<PartyNo> {
        self.parties(|row| row.status == MemberStatus::Joined)
    }

    /// All parties that ever joined or were asked to, each once.
    #[must_use]
    pub fn ever_invited(&self) -> Vec<PartyNo> {
        self.parties(|_| true)
    }

    fn parties(&self, is_meant: impl Fn(&Membership) -> bool) -> Vec<PartyNo> {
        let mut found = Vec::new();
        for row in self.members.iter().filter(|row| is_meant(row)) {
            if !found.contains(&row.member) {
                found.push(row.member);
            }
        }
        found
    }

    /// The invitation that a party has not answered yet, as known at an event.
    #[must_use]
    pub fn invitation(&self, party: PartyNo, known: Seq) -> Option<&Membership> {
        let last = self.members.iter().rfind(|row| row.member == party && row.seq <= known);
        last.filter(|row| row.status == MemberStatus::Invited)
    }
}

impl KeyKind {
    /// The figures it goes by.
    #[must_use]
    pub const fn base(self) -> Option<BaseKind> {
        match self {
            Self::Consumption => Some(BaseKind::Consumption),
            Self::NetImports => Some(BaseKind::NetImports),
            Self::Shares | Self::Pledge | Self::OfAll => None,
        }
    }
}
