//! A limit on concentration is set, or a target for dependence with the path to it.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::rejection::{Fault, Kind};
use crate::share_limit::{ShareIn, ShareLimit, ShareOf};
use crate::stewards::Binding;

/// Asks to set a limit.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetShareLimit {
    /// Unique among limits.
    #[n(0)]
    pub limit: String,
    /// Of which material; all together where none is said.
    #[n(1)]
    pub material: Option<MaterialNo>,
    /// What the share is taken over.
    #[n(2)]
    pub of: ShareOf,
    /// Which country, supplier or site; every single one where none is said.
    #[n(3)]
    pub whose: Option<String>,
    /// At most this share, in parts per billion.
    #[n(4)]
    pub most: u32,
    /// Share at the start of the path, in parts per billion.
    #[n(5)]
    pub start: Option<u32>,
    /// First day; the effective date where absent.
    #[n(6)]
    pub first: Option<Day>,
    /// Day on which a path reaches the limit, or the last day of a limit.
    #[n(7)]
    pub last: Option<Day>,
    /// Whose stock or imports; those of all together where absent.
    #[n(8)]
    pub owner: Option<PartyNo>,
    /// Of what the share is taken; of what is held where absent.
    #[n(9)]
    pub part_of: Option<ShareIn>,
}

impl SetShareLimit {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        // A party sets its own targets; what binds others is for who has charge of the material.
        if self.owner != Some(ask.party) {
            who.is_secretariat(ask.party);
            who.may_set(Binding::Material(self.material));
        }
        let mut shape = who.shape()?;
        if self.part_of == Some(ShareIn::Imports) && matches!(self.of, ShareOf::Supplier | ShareOf::Site) {
            shape.invalid("of", Fault::NeededForKind);
        }
        shape.text("limit", &self.limit);
        let first = self.first.unwrap_or(ask.effective);
        if self.start.is_some() && self.last.is_none() {
            shape.invalid("last", Fault::SaysWhenPathEnds);
        }
        if self.last.is_some_and(|last| last <= first) {
            shape.invalid("last", Fault::NotAfterFirst);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::ShareLimit, &self.limit);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { limit: code, material, of, whose, most, start, first, last, owner: party, part_of } = self.clone();
        let first = first.unwrap_or(event.effective);
        books.push_share_limit(ShareLimit {
            code,
            material,
            of,
            whose,
            most_ppb: most,
            start_ppb: start,
            first,
            last,
            seq,
            party,
            part_of,
        });
    }
}

act_rules!(SetShareLimit {
    right: Write, asks: Agency, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("it ends with its last day"),
    line: Words(&["{limit}", "{material}", "{of}", "{whose}", "at most {most}", "from {first}", "through {last}", "of {owner}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"limit": "LIMIT-1", "material": "NdPr", "of": "separated", "whose": "CN", "most": "60%", "start": "90%",
        "first": "2026-01-01", "last": "2030-01-01", "owner": "JOGMEC", "part_of": "imports"}"#,
});
