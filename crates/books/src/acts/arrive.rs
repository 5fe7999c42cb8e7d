//! Dispatched stock arrives, whole or in part, where it was sent or elsewhere.
//!
//! It is booked at the shipper's figure; what the receiver found more or less goes to a place of its own, so that the
//! shipper/receiver difference (SRD) is never mixed into the stock (IAEA material balance, lines (d) and (e)).

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Code, Of, Says};
use crate::number::{LotNo, PlaceNo, Seq};
use crate::place::Place;
use crate::rejection::Rejection;

/// Asks for an arrival.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Arrive {
    /// The dispatch.
    #[n(0)]
    pub dispatch: PlaceNo,
    /// Where it came to lie.
    #[n(1)]
    pub site: PlaceNo,
    /// What arrived.
    #[n(2)]
    pub lines: Vec<ArrivedLine>,
    /// Is this the last part? Then what is still outstanding of its lots is booked as the difference.
    #[n(3)]
    pub last: bool,
    /// The sender's own reference.
    #[n(4)]
    pub reference: Option<String>,
}

/// What arrived of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ArrivedLine {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// The receiver's figure.
    #[n(1)]
    pub received: Quantity,
    /// The shipper's figure for the same part; the receiver's where absent (or, in the last part, all that is left).
    #[n(2)]
    pub shipped: Option<Quantity>,
}

/// Who dispatched does not receive (DOE/IG-0786: shipper and receiver were one, and nobody looked at the differences).
fn check_persons(dispatched: Seq, ask: &Ask<'_>) -> Result<(), Rejection> {
    let Some(receiver) = ask.maker else { return Ok(()) };
    let told = |person: &str| person.trim().to_lowercase();
    match ask.past.event(dispatched).and_then(|event| event.maker) {
        Some(shipper) if told(&shipper) == told(receiver) => Err(Rejection::SamePerson { person: receiver.to_owned() }),
        _ => Ok(()),
    }
}

impl Arrive {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { dispatch, site, lines, last, reference: _ } = self;
        let books = who.books;
        let Place::Transit(transit) = books.place(*dispatch) else { unreachable!("resolved: names a dispatch") };
        let owner = books.owner_away(*dispatch);
        who.may_write(owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(lines.len());
        for line in lines.iter().filter(|line| !(*last && line.received.is_zero())) {
            shape.not_zero(line.received);
        }
        let mut state = shape.state()?;
        // East of the date line it can be a day earlier by the calendar; more is a mistake.
        if ask.effective.next() < transit.effective {
            state.refuse(Rejection::ArrivesBeforeDispatch { dispatch: *dispatch, left: transit.effective });
        }
        state.note(check_persons(transit.seq, ask));
        let day = ask.effective.max(transit.effective);
        for line in lines {
            let outstanding = books.outstanding(*dispatch, line.lot);
            let left = outstanding.unwrap_or_default();
            let shipped = line.shipped.unwrap_or(if *last { left } else { line.received });
            let account = state.account(*dispatch, owner, line.lot);
            if outstanding.is_none_or(|left| shipped > left) {
                let outstanding = left;
                state.refuse(Rejection::ExceedsDispatch { dispatch: *dispatch, lot: line.lot, outstanding });
            }
            let target = state.account(*site, owner, line.lot);
            if !shipped.is_zero() {
                state.entry_on(account, target, shipped, day);
            }
            let difference = state.account_if(shipped != line.received, PlaceNo::SHIPPER_RECEIVER, owner, line.lot);
            if let Some(difference) = difference {
                match shipped.checked_sub(line.received) {
                    Some(short) => state.entry_on(target, difference, short, day),
                    None => {
                        let over = line.received.checked_sub(shipped).expect("one of two is the larger");
                        state.entry_on(difference, target, over, day);
                    }
                }
            }
        }
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Arrive {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{dispatch}"]),
    whose(act, books): vec![books.owner_away(act.dispatch)],
    reference(act, books): act.reference.as_deref().or(Some(books.place_code(act.dispatch))),
    says(act): Some(Says {
            code: Some(Code::Place(act.dispatch)),
            reference: act.reference.as_deref(),
            target: Some(act.site),
            lines: act.lines.iter().map(|line| (Of::Lot(line.lot), line.received)).collect(),
            ..Says::default()
        }),
    example: r#"{"dispatch": "VOYAGE-1", "site": "Gunsan", "lines": [{"lot": "LOT-2", "received": "9.9 t",
        "shipped": "10 t"}], "last": true, "reference": "X-6"}"#,
});
