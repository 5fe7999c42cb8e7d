//! A member delivers to a call: in parts, over several lots and forms, substitutes at the rate of the rules.

use measure::Quantity;

use super::Ask;
use super::call::{going_on, left_of_part, of_call};
use super::commit_to_call::CallLine;
use super::reserve_common::count;
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Agreement, Code, Of, Says};
use crate::number::{AuthorityNo, CallNo, LicenceNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Rejection;
use crate::tally::TallyKind;

/// Asks to deliver.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Deliver {
    /// To which call.
    #[n(0)]
    pub call: CallNo,
    /// Who delivers.
    #[n(1)]
    pub member: PartyNo,
    /// What.
    #[n(2)]
    pub lines: Vec<CallLine>,
    /// Who gets it, where it stays in the books; it goes out to the market where nobody is named.
    #[n(3)]
    pub receiver: Option<PartyNo>,
    /// What allows it.
    #[n(4)]
    pub authority: Option<AuthorityNo>,
    /// The licence it goes under, where a restriction wants one.
    #[n(5)]
    pub licence: Option<LicenceNo>,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
}

impl Deliver {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { call: number, member, lines, receiver, authority, licence, reference: _ } = self;
        let books = who.books;
        let call = books.call(*number);
        who.may_write(*member, None);
        let mut shape = who.shape()?;
        shape.lines(lines.len());
        if *receiver == Some(*member) {
            shape.refuse(Rejection::SourceIsTarget);
        }
        let counted = count(&mut shape, call, lines, Quantity::ZERO);
        let mut state = shape.state()?;
        state.note(going_on(&state, *number));
        state.fulfils = Some(call.reserve);
        let destination = receiver.and_then(|party| state.facts().party(party).country.clone());
        state.goes(Terms { destination, end_use: None, licence: *licence });
        for line in lines {
            let source = state.account(line.site, *member, line.lot);
            if let Some(under) = line.under {
                state.draw_under(under, source, line.quantity);
            }
            let target = match receiver {
                Some(receiver) => state.account(line.site, *receiver, line.lot),
                None => {
                    state.cite(*authority, Direction::Disposal, books.lot(line.lot).facts.material, line.quantity);
                    state.account(PlaceNo::OUTSIDE, *member, line.lot)
                }
            };
            state.entry(source, target, line.quantity);
        }
        let mut amounts = state.amounts()?;
        let counted = counted.expect("stopped where a line counts for nothing");
        let left = left_of_part(books, *number, call, *member);
        if counted.units() > left {
            amounts.refuse(Rejection::ExceedsCall { call: *number, member: *member, left });
        }
        amounts.tally(of_call(TallyKind::Delivered, *number, call, *member), counted.units());
        amounts.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Deliver {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{call}", "{member}", "to {receiver}"]),
    whose(act, _): vec![act.member],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(act): Some(Says {
            code: Some(Code::Call(act.call)),
            reference: act.reference.as_deref(),
            owner: Some(act.member),
            to: act.receiver,
            reserve: Some(Agreement::OfCall(act.call)),
            lines: act.lines.iter().map(|line| (Of::Lot(line.lot), line.quantity)).collect(),
            ..Says::default()
        }),
    example: r#"{"call": "CALL-1", "member": "JOGMEC", "lines": [{"lot": "LOT-1", "site": "Ibaraki", "quantity": "1 t",
        "under": "CALL-1/JOGMEC/1"}], "receiver": "KOMIR", "authority": null, "licence": "LICENCE-1",
        "reference": "X-17"}"#,
});
