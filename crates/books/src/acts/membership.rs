//! A member is invited, joins, is suspended or leaves, and everybody's share is worked out anew.
//!
//! Nobody is made a member: who runs the reserve invites, and the party says itself that it joins, on the terms of the
//! invitation. Events of before this was so made members by one word, and stand.

use super::reapportion::{Reapportion, post, reapportion};
use super::reserve_common::check_going_on;
use super::{Act, Ask};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::{Event, Outcome};
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
    /// Does the member say it itself: that it joins, declines what it was invited to, or leaves?
    fn is_own_word(&self, party: PartyNo, reserve: &Reserve) -> bool {
        party == self.member
            && reserve.secretariat != party
            && match self.status {
                MemberStatus::Joined => true,
                MemberStatus::Left => reserve.ever_invited().contains(&party),
                MemberStatus::Suspended | MemberStatus::Invited => false,
            }
    }

    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let facts = who.books.reserve(self.reserve);
        let is_own_word = self.is_own_word(who.party, facts);
        if !is_own_word {
            who.runs(self.reserve);
        }
        let mut shape = who.shape()?;
        let first = self.first.unwrap_or(ask.effective);
        if first < ask.effective {
            shape.invalid("first", Fault::BeforeEffective);
        }
        if facts.pool == self.member {
            shape.invalid("member", Fault::IsThePool);
        }
        let invitation = facts.invitation(self.member, shape.next_seq());
        let now = facts.status_at(self.member, first, shape.next_seq());
        let is_member = matches!(now, Some(MemberStatus::Joined | MemberStatus::Suspended));
        if self.status == MemberStatus::Invited && is_member {
            shape.invalid("status", Fault::MemberAlready);
        }
        if self.status == MemberStatus::Joined {
            let fault = match invitation.filter(|_| is_own_word) {
                Some(row) => (!self.is_as_invited(row, first, ask)).then_some(Fault::NotAsInvited),
                None if is_own_word => Some(Fault::NotInvited),
                None => (!is_member && self.member != shape.party).then_some(Fault::MemberConsents),
            };
            fault.into_iter().for_each(|fault| shape.invalid("status", fault));
        }
        if is_own_word && self.status == MemberStatus::Left && !self.reapportion.is_empty() {
            shape.invalid("reapportion", Fault::RunnerShares);
        }
        let mut after = facts.clone();
        self.change(&mut after, shape.next_seq(), first);
        // Who is invited gets no share yet; what it would get is worked out when it joins.
        let lines = if self.status == MemberStatus::Invited { &[][..] } else { &self.reapportion[..] };
        let changes = reapportion(&mut shape, self.reserve, &after, lines, first);
        let mut state = shape.state()?;
        match self.status {
            MemberStatus::Joined | MemberStatus::Invited => drop(state.note(check_going_on(&state, self.reserve))),
            MemberStatus::Left if invitation.is_some() => {}
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

    /// Does the member agree to what the invitation says, and to nothing else?
    fn is_as_invited(&self, invitation: &Membership, first: Day, ask: &Ask<'_>) -> bool {
        let event = ask.past.event(invitation.seq);
        let Some(Outcome::Done(Act::SetMember(said))) = event.map(|event| event.outcome) else { return false };
        (self.weight, &self.reapportion) == (said.weight, &said.reapportion) && first >= invitation.first
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let first = self.first.unwrap_or(event.effective);
        self.change(books.reserve_mut(self.reserve), seq, first);
    }

    /// A new row of membership, and a new version of the key where weights are stated.
    fn change(&self, reserve: &mut Reserve, seq: Seq, first: Day) {
        let Self { member, status, .. } = *self;
        reserve.members.push(Membership { seq, first, member, status });
        let weight = match status {
            MemberStatus::Left => Some(0),
            MemberStatus::Invited => None,
            MemberStatus::Joined | MemberStatus::Suspended => self.weight,
        };
        let (Some(weight), Some(key)) = (weight, reserve.key_at(first, seq, None)) else { return };
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
    right: Write, asks: Holder, seen: Named, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["set_member"]),
    line: Words(&["{member}", "{status}", "{reserve}", "from {first}", "{reason}"]),
    whose(act, books): {
        let reserve = books.reserve(act.reserve);
        let own = Some(act.member).filter(|member| act.is_own_word(*member, reserve));
        std::iter::once(reserve.secretariat).chain(own).collect()
    },
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "member": "KOMIR", "status": "invited", "first": "2026-03-12", "weight": 10,
        "reapportion": [{"material": "NdPr", "price": "90.00 USD"}], "reason": "signed"}"#,
});
