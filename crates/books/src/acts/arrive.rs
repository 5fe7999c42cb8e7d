//! Dispatched stock arrives, whole or in part, where it was sent or elsewhere.
//!
//! It is booked at the shipper's figure; what the receiver found more or less goes to a place of its own, so that the
//! shipper/receiver difference (SRD) is never mixed into the stock (IAEA material balance, lines (d) and (e)).

use measure::Quantity;

use super::Ask;
use super::deposit::stated_fits_lot;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Code, Of, Says};
use crate::factor::Stated;
use crate::number::{AccountNo, Day, LicenceNo, LotNo, PlaceNo, Seq};
use crate::person::is_same;
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
    /// Is this the last part? Then what is still outstanding of any lot of the dispatch is booked as the difference.
    #[n(3)]
    pub last: bool,
    /// The sender's own reference.
    #[n(4)]
    pub reference: Option<String>,
    /// The licence under which it is taken to another country, where a restriction wants one.
    #[n(5)]
    pub licence: Option<LicenceNo>,
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
    /// The receiver's figure as it was measured, where that is in a unit of another dimension.
    #[n(3)]
    pub stated: Option<Stated>,
}

/// Who dispatched does not receive (DOE/IG-0786: shipper and receiver were one, and nobody looked at the differences).
fn check_persons(dispatched: Seq, ask: &Ask<'_>) -> Result<(), Rejection> {
    let Some(receiver) = ask.maker else { return Ok(()) };
    match ask.past.event(dispatched).and_then(|event| event.maker) {
        Some(shipper) if is_same(&shipper, receiver) => Err(Rejection::SamePerson { person: receiver.to_owned() }),
        _ => Ok(()),
    }
}

/// What is still on its way of a lot, less what the act takes; none where it takes more than there is.
fn left_of(draft: &Draft<'_>, account: AccountNo) -> Option<Quantity> {
    let known = draft.books.accounts.get(account.0).map_or(0, |account| account.days.latest().on_hand);
    Quantity::new(known.checked_add(draft.moved(account, Day(i32::MAX)))?)
}

impl Arrive {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let Self { dispatch, site, lines, last, reference: _, licence } = self;
        let books = who.books;
        let Place::Transit(transit) = books.place(*dispatch) else { unreachable!("resolved: names a dispatch") };
        let owner = books.owner_away(*dispatch);
        who.may_write(owner, Some(*site));
        let mut shape = who.shape()?;
        shape.lines(lines.len());
        for line in lines.iter().filter(|line| !(*last && line.received.is_zero())) {
            shape.not_zero(line.received);
        }
        for line in lines {
            stated_fits_lot(&mut shape, line.stated, line.received, line.lot);
        }
        let mut state = shape.state()?;
        state.goes(Terms { destination: None, end_use: None, licence: *licence });
        // East of the date line it can be a day earlier by the calendar; more is a mistake.
        if ask.effective.next() < transit.effective {
            state.refuse(Rejection::ArrivesBeforeDispatch { dispatch: *dispatch, left: transit.effective });
        }
        state.note(check_persons(transit.seq, ask));
        let day = ask.effective.max(transit.effective);
        for (index, line) in lines.iter().enumerate() {
            let account = state.account(*dispatch, owner, line.lot);
            let outstanding = books.outstanding(*dispatch, line.lot).and_then(|_| left_of(&state, account));
            let left = outstanding.unwrap_or_default();
            // Of several lines of a lot, the last one takes what the others leave.
            let takes_rest = *last && lines[index + 1..].iter().all(|other| other.lot != line.lot);
            let shipped = line.shipped.unwrap_or(if takes_rest { left } else { line.received });
            // What comes once more after the last part is on nobody's way: who means it says that nothing of it was shipped.
            let is_over = left.is_zero() && line.shipped.is_none() && !line.received.is_zero();
            if is_over || outstanding.is_none_or(|left| shipped > left) {
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
        if *last {
            for account in books.accounts_away(*dispatch) {
                let lot = books.account(*account).key.lot;
                let Some(left) = left_of(&state, *account).filter(|left| !left.is_zero()) else { continue };
                let target = state.account(*site, owner, lot);
                let difference = state.account(PlaceNo::SHIPPER_RECEIVER, owner, lot);
                state.entry_on(*account, target, left, day);
                state.entry_on(target, difference, left, day);
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
    uses(_, _): Vec::new(),
    reference(act, books): act.reference.as_deref().or(Some(books.place_code(act.dispatch))),
    says(act): Some(Says {
            code: Some(Code::Place(act.dispatch)),
            reference: act.reference.as_deref(),
            target: Some(act.site),
            lines: act.lines.iter().map(|line| (Of::Lot(line.lot), line.received)).collect(),
            ..Says::default()
        }),
    example: r#"{"dispatch": "VOYAGE-1", "site": "Gunsan", "lines": [{"lot": "LOT-2", "received": "9.9 t",
        "shipped": "10 t"}], "last": true, "reference": "X-6", "licence": null}"#,
});
