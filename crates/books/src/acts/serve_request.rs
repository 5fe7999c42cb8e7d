//! What was granted of a reserve is handed over: stock of the pool goes to whoever asked, in parts, until the grant is used up
//! or lapses. Nothing leaves without its country being said: it is held against restrictions as any dispatch is.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::grants::granted;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{LicenceNo, LotNo, PartyNo, PlaceNo, RequestNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};

/// Asks to hand over what was granted.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ServeRequest {
    /// Which request.
    #[n(0)]
    pub request: RequestNo,
    /// Which lot of the pool.
    #[n(1)]
    pub lot: LotNo,
    /// Where it lies.
    #[n(2)]
    pub site: PlaceNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// Who owns it then, where that is a party of the ledger; it leaves the books where absent.
    #[n(4)]
    pub owner: Option<PartyNo>,
    /// The sender's own reference.
    #[n(5)]
    pub reference: Option<String>,
    /// Country it goes to; that of its new owner where absent.
    #[n(6)]
    pub destination: Option<String>,
    /// The licence it goes under, where a restriction wants one.
    #[n(7)]
    pub licence: Option<LicenceNo>,
}

impl ServeRequest {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { request: number, lot, site, quantity, owner, reference: _, destination, licence } = self;
        let books = who.books;
        let request = books.request(*number);
        let reserve = who.runs(request.reserve);
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        if *owner == Some(reserve.pool) {
            shape.invalid("owner", Fault::IsThePool);
        }
        let asked_for = books.party_no(&request.requester).unwrap_or(request.party);
        if owner.is_some_and(|owner| owner != asked_for && owner != request.party) {
            shape.invalid("owner", Fault::NotWhoAsked);
        }
        shape.country("destination", destination.as_ref());
        if owner.is_none() && destination.is_none() {
            shape.invalid("destination", Fault::DestinationNeeded);
        }
        let mut state = shape.state()?;
        let material = books.lot(*lot).facts.material;
        if material != request.material {
            let fault = Fault::OtherMaterial;
            state.refuse(Rejection::DoesNotFit { kind: Kind::Request, row: number.0, fault });
            return Err(state.stop());
        }
        let last = request.decision.as_ref().and_then(|decision| decision.last);
        if last.is_some_and(|last| state.day > last) {
            let day = state.day;
            state.refuse(Rejection::NotInForce { kind: Kind::Request, row: number.0, day });
        }
        let own = |owner: &PartyNo| state.facts().party(*owner).country.clone();
        let destination = destination.clone().or_else(|| owner.as_ref().and_then(own));
        state.goes(Terms { destination, end_use: request.end_use.clone(), licence: *licence });
        let source = state.account(*site, reserve.pool, *lot);
        let target = match owner {
            Some(owner) => state.account(*site, *owner, *lot),
            None => state.account(PlaceNo::OUTSIDE, reserve.pool, *lot),
        };
        state.entry(source, target, *quantity);
        state.tally(granted(books, *number), -quantity.units());
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(ServeRequest {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{request}", "to {owner}"]),
    whose(act, books): vec![books.reserve(books.request(act.request).reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(_): None,
    example: r#"{"request": "REQUEST-1", "lot": "LOT-3", "site": "Ibaraki", "quantity": "0.5 t", "reference": "X-18",
        "destination": "JP", "licence": "LICENCE-1"}"#,
});
