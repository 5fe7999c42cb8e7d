//! A member joins, is suspended or leaves, and everybody's share is worked out anew.

use super::Ask;
use super::reapportion::{Reapportion, post, reapportion};
use super::reserve_common::check_going_on;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Rejection};
use crate::reserve::{Key, MemberStatus, Membership, Reserve, Weight};

/// Asks to change a member's standing.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetMember {
    /// The reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// The member.
    #[n(1)]
    pub member: PartyNo,
    /// How it stands from then on.
    #[n(2)]
    pub status: MemberStatus,
    /// First day on which it holds; the effective date where absent.
    #[n(3)]
    pub first: Option<Day>,
    /// Its weight, where the key in force states weights. One that leaves weighs nothing.
    #[n(4)]
    pub weight: Option<u64>,
    /// Materials whose entitlements are shared anew.
    #[n(5)]
    pub reapportion: Vec<Reapportion>,
    /// Why.
    #[n(6)]
    pub reason: Option<String>,
}

impl SetMember {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let facts = who.runs(self.reserve);
        let mut shape = who.shape()?;
        let first = self.first.unwrap_or(ask.effective);
        if first < ask.effective {
            shape.invalid("first", Fault::BeforeEffective);
        }
        if facts.pool == self.member {
            shape.invalid("member", Fault::IsThePool);
        }
        let mut after = facts.clone();
        self.change(&mut after, shape.next_seq(), first);
        let changes = reapportion(&mut shape, self.reserve, &after, &self.reapportion, first);
        let mut state = shape.state()?;
        let now = facts.status_at(self.member, first, state.next_seq());
        let is_member = matches!(now, Some(MemberStatus::Joined | MemberStatus::Suspended));
        match self.status {
            MemberStatus::Joined => drop(state.note(check_going_on(&state, self.reserve))),
            MemberStatus::Suspended | MemberStatus::Left if !is_member => {
                state.refuse(Rejection::NotAMember { reserve: self.reserve, party: self.member, day: first });
            }
            MemberStatus::Suspended => {}
            MemberStatus::Left => {
                let days = i32::from(facts.rules_at(ask.effective, state.next_seq()).terms.notice_days);
                let earliest = Day(ask.effective.0.saturating_add(days));
                if first < earliest && facts.winding_up.is_none() {
                    state.refuse(Rejection::NoticeTooShort { reserve: self.reserve, earliest });
                }
            }
        }
        post(&mut state, &changes, first);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let first = self.first.unwrap_or(event.effective);
        self.change(books.reserve_mut(self.reserve), seq, first);
    }

    /// A new row of membership, and a new version of the key where weights are stated.
    fn change(&self, reserve: &mut Reserve, seq: Seq, first: Day) {
        let Self { member, status, .. } = *self;
        reserve.members.push(Membership { seq, first, member, status });
        let weight = if status == MemberStatus::Left { Some(0) } else { self.weight };
        let (Some(weight), Some(key)) = (weight, reserve.key_at(first, seq)) else { return };
        if key.weights.is_empty() {
            return;
        }
        // The row says the member's own weight; those of the others are of the day of the notice, and go by the key in force.
        let mut weights = key.weights.clone();
        weights.retain(|old| old.member != member);
        if weight > 0 {
            weights.push(Weight { member, weight });
        }
        reserve.keys.push(Key { seq, first, weights, ..key });
    }
}

act_rules!(SetMember {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["set_member"]),
    line: Words(&["{member}", "{status}", "{reserve}", "from {first}", "{reason}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "member": "KOMIR", "status": "joined", "first": "2026-03-12", "weight": 10,
        "reapportion": [{"material": "NdPr", "price": "90.00 USD"}], "reason": "signed"}"#,
});
