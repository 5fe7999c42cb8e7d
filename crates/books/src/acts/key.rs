//! The allocation key of a reserve is set, from a day on: explicit shares, consumption, net imports, or pledges.

use super::Ask;
use super::reapportion::{Reapportion, reapportion};
use super::reserve_common::{check_going_on, run_by};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{Day, ReserveNo, Seq};
use crate::rejection::Rejection;
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
}

impl SetKey {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
        let facts = run_by(draft, self.reserve)?;
        check_going_on(draft, self.reserve)?;
        let invalid = |field, problem: &str| Err(Rejection::Invalid { field, problem: problem.into() });
        match self.kind {
            KeyKind::Shares if self.weights.is_empty() => return invalid("weights", "must be stated for this kind"),
            KeyKind::Pledge if !self.weights.is_empty() => return invalid("weights", "follow from the pledges"),
            KeyKind::Consumption | KeyKind::NetImports if self.year.is_none() => {
                return invalid("year", "must be stated for this kind");
            }
            KeyKind::Shares | KeyKind::Pledge | KeyKind::Consumption | KeyKind::NetImports => {}
        }
        if self.weights.len() > crate::limits::LINE_COUNT_MAX {
            return invalid("weights", &format!("are more than {}", crate::limits::LINE_COUNT_MAX));
        }
        for (index, weight) in self.weights.iter().enumerate() {
            if self.weights[..index].iter().any(|other| other.member == weight.member) {
                return invalid("weights", "name a member twice");
            }
        }
        let mut after = facts.clone();
        self.change(&mut after, draft.next_seq(), ask.effective);
        reapportion(draft, self.reserve, &after, &self.reapportion, ask.effective)
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        self.change(books.reserve_mut(self.reserve), seq, event.effective);
    }

    fn change(&self, reserve: &mut Reserve, seq: Seq, effective: Day) {
        let Self { kind, first, year, weights, .. } = self;
        let first = first.unwrap_or(effective);
        reserve.keys.push(Key { seq, first, kind: *kind, year: *year, weights: weights.clone() });
    }
}

act_rules!(SetKey {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["set_key"]),
    line: Words(&["{reserve}", "by {kind}", "from {first}", "of {year}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "kind": "shares", "first": "2026-03-01", "weights": [{"member": "JOGMEC", "weight": 90},
        {"member": "KOMIR", "weight": 9}], "reapportion": [{"material": "NdPr", "price": "90.00 USD"}]}"#,
});
