//! The allocation key of a reserve is set, from a day on: explicit shares, consumption, net imports, or pledges.

use super::Ask;
use super::reapportion::{Reapportion, post, reapportion};
use super::reserve_common::check_going_on;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, ReserveNo, Seq};
use crate::rejection::Fault;
use crate::reserve::{Key, KeyKind, Reserve, Weight};

/// Asks to set the key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetKey {
    /// The reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// How weights are found.
    #[n(1)]
    pub kind: KeyKind,
    /// First day on which it is in force, past days included; the effective date where absent.
    #[n(2)]
    pub first: Option<Day>,
    /// Year of the recorded figures it goes by.
    #[n(3)]
    pub year: Option<u16>,
    /// Weights, where they are stated. Only their proportions count: they need not add to 100.
    #[n(4)]
    pub weights: Vec<Weight>,
    /// Materials whose entitlements are shared anew.
    #[n(5)]
    pub reapportion: Vec<Reapportion>,
    /// For one material; for all that have none of their own where absent.
    #[n(6)]
    pub material: Option<MaterialNo>,
}

impl SetKey {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let facts = who.runs(self.reserve);
        let mut shape = who.shape()?;
        match self.kind {
            KeyKind::Shares if self.weights.is_empty() => shape.invalid("weights", Fault::NeededForKind),
            KeyKind::Pledge if !self.weights.is_empty() => shape.invalid("weights", Fault::FollowsFromPledges),
            KeyKind::Consumption | KeyKind::NetImports if self.year.is_none() => {
                shape.invalid("year", Fault::NeededForKind);
            }
            KeyKind::OfAll if self.material.is_none() || self.year.is_some() || !self.weights.is_empty() => {
                shape.invalid("kind", Fault::GoesWithMaterial);
            }
            KeyKind::OfAll | KeyKind::Shares | KeyKind::Pledge | KeyKind::Consumption | KeyKind::NetImports => {}
        }
        if self.weights.len() > crate::limits::LINE_COUNT_MAX {
            shape.invalid("weights", Fault::TooMany { most: crate::limits::LINE_COUNT_MAX });
        }
        let is_twice =
            |(index, weight): (usize, &Weight)| self.weights[..index].iter().any(|other| other.member == weight.member);
        if self.weights.iter().enumerate().any(is_twice) {
            shape.invalid("weights", Fault::MemberTwice);
        }
        if let Some(material) = self.material
            && self.reapportion.iter().any(|line| line.material != material)
        {
            shape.invalid("reapportion", Fault::OtherMaterial);
        }
        let mut after = facts.clone();
        self.change(&mut after, shape.next_seq(), ask.effective);
        let changes = reapportion(&mut shape, self.reserve, &after, &self.reapportion, ask.effective);
        let mut state = shape.state()?;
        state.note(check_going_on(&state, self.reserve));
        post(&mut state, &changes, ask.effective);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        self.change(books.reserve_mut(self.reserve), seq, event.effective);
    }

    fn change(&self, reserve: &mut Reserve, seq: Seq, effective: Day) {
        let Self { kind, first, year, weights, material, .. } = self;
        let first = first.unwrap_or(effective);
        reserve.keys.push(Key { seq, first, kind: *kind, year: *year, weights: weights.clone(), material: *material });
    }
}

act_rules!(SetKey {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: By(&["set_key"]),
    line: Words(&["{reserve}", "for {material}", "by {kind}", "from {first}", "of {year}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "kind": "shares", "first": "2026-03-01", "weights": [{"member": "JOGMEC", "weight": 90},
        {"member": "KOMIR", "weight": 9}], "reapportion": [{"material": "NdPr", "price": "90.00 USD"}], "material": "NdPr"}"#,
});
