//! Stock leaves a site for another and is in transit until it arrives.

use super::deposit::stated_fits_lot;
use super::{Ask, Line};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Code, Of, Says};
use crate::number::{Day, LicenceNo, PartyNo, PlaceNo, Seq};
use crate::place::{Place, Transit};
use crate::rejection::{Kind, Rejection};

/// Asks for a dispatch.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Dispatch {
    /// Names it for its arrivals; unique among dispatches.
    #[n(0)]
    pub dispatch: String,
    /// Site it leaves.
    #[n(1)]
    pub source: PlaceNo,
    /// Site it goes to.
    #[n(2)]
    pub target: PlaceNo,
    /// Whose it is and stays.
    #[n(3)]
    pub owner: PartyNo,
    /// What is sent, by the shipper's figures.
    #[n(4)]
    pub lines: Vec<Line>,
    /// Who carries it.
    #[n(5)]
    pub carrier: Option<String>,
    /// Day it should arrive.
    #[n(6)]
    pub due: Option<Day>,
    /// The sender's own reference.
    #[n(7)]
    pub reference: Option<String>,
    /// What it is for, where a restriction goes by use.
    #[n(8)]
    pub end_use: Option<String>,
    /// The licence it goes under, where a restriction wants one.
    #[n(9)]
    pub licence: Option<LicenceNo>,
}

impl Dispatch {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { dispatch, source, target, owner, lines, carrier: _, due: _, reference: _, end_use, licence } = self;
        who.may_write(*owner, Some(*source));
        let mut shape = who.shape()?;
        shape.text("dispatch", dispatch);
        if source == target {
            shape.refuse(Rejection::SourceIsTarget);
        }
        shape.lines(lines.len());
        for line in lines {
            shape.not_zero(line.quantity);
            stated_fits_lot(&mut shape, line.stated, line.quantity, line.lot);
        }
        let mut state = shape.state()?;
        state.is_new(Kind::Dispatch, dispatch);
        let transit = state.new_place(*target);
        state.goes(Terms { destination: None, end_use: end_use.clone(), licence: *licence });
        for line in lines {
            state.check_room(*target, *owner, line.lot, lines);
            let source = state.account(*source, *owner, line.lot);
            let target = state.account(transit, *owner, line.lot);
            state.entry(source, target, line.quantity);
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        books.push_place(Place::Transit(Transit {
            code: self.dispatch.clone(),
            seq,
            source: self.source,
            target: self.target,
            effective: event.effective,
            due: self.due,
            carrier: self.carrier.clone(),
            by: Some(event.party),
        }));
    }
}

act_rules!(Dispatch {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{dispatch}", "due {due}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref().or(Some(&act.dispatch)),
    says(act): Some(Says {
            code: Some(Code::Own(&act.dispatch)),
            reference: act.reference.as_deref(),
            owner: Some(act.owner),
            source: Some(act.source),
            target: Some(act.target),
            lines: act.lines.iter().map(|line| (Of::Lot(line.lot), line.quantity)).collect(),
            ..Says::default()
        }),
    example: r#"{"dispatch": "VOYAGE-1", "source": "Ibaraki", "target": "Gunsan", "owner": "JOGMEC",
        "lines": [{"lot": "LOT-2", "quantity": "10 t"}], "carrier": "NYK", "due": "2026-03-14",
        "reference": "X-5"}"#,
});
