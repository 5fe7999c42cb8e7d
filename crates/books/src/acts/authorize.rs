//! A plan ceiling or an authorisation is set; deposits and draws cite it and use it up.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::authority::{Authority, Direction};
use crate::books::Books;
use crate::days::Days;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, MaterialNo, PartyNo, Seq};
use crate::rejection::{Fault, Kind};

/// Sets an authority.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Authorize {
    /// Its code; unique among authorities.
    #[n(0)]
    pub authority: String,
    /// Who may cite it.
    #[n(1)]
    pub holder: PartyNo,
    /// For which material.
    #[n(2)]
    pub material: MaterialNo,
    /// Which way.
    #[n(3)]
    pub direction: Direction,
    /// At most this much in all.
    #[n(4)]
    pub ceiling: Quantity,
    /// First day of a movement that may cite it.
    #[n(5)]
    pub first: Day,
    /// Last day of a movement that may cite it.
    #[n(6)]
    pub last: Option<Day>,
    /// Law, plan or order it rests on.
    #[n(7)]
    pub basis: Option<String>,
}

impl Authorize {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_record(self.holder);
        let mut shape = who.shape()?;
        shape.text("authority", &self.authority);
        if self.last.is_some_and(|last| last < self.first) {
            shape.invalid("last", Fault::BeforeFirst);
        }
        shape.not_zero(self.ceiling);
        let mut state = shape.state()?;
        state.is_new(Kind::Authority, &self.authority);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let Self { authority, holder, material, direction, ceiling, first, last, basis } = self.clone();
        books.push_authority(Authority {
            code: authority,
            party: holder,
            material,
            direction,
            ceiling,
            first,
            last,
            basis,
            used: Quantity::ZERO,
            seq,
            days: Days::default(),
        });
    }
}

act_rules!(Authorize {
    right: Govern, asks: Overseer, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("it ends with its last day"),
    line: Words(&["{authority}", "{direction}", "{ceiling}", "{material}", "to {holder}", "from {first}", "through {last}"]),
    whose(act, _): vec![act.holder],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"authority": "BUY-2026", "holder": "ledger", "material": "NdPr", "direction": "acquisition",
        "ceiling": "4000 t", "first": "2026-01-01", "last": "2026-12-31", "basis": "50 U.S.C. 98d"}"#,
});
