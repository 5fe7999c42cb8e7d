//! A member delivers to a call: in parts, over several lots and forms, substitutes at the rate of the rules.

use super::call::{going_on, left_of_part, of_call};
use super::commit_to_call::CallLine;
use super::reserve_common::{counts_as, sum};
use super::{Ask, not_zero};
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::Draft;
use crate::draft::exports::Export;
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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { call: number, member, lines, receiver, authority, licence, reference: _ } = self;
        let call = going_on(draft, *number)?;
        draft.may_write(*member, None)?;
        super::lines_fit(lines.len())?;
        if *receiver == Some(*member) {
            return Err(Rejection::SourceIsTarget);
        }
        let destination = receiver.and_then(|party| draft.books.party(party).country.clone());
        let mut counted = Vec::with_capacity(lines.len());
        for line in lines {
            not_zero(line.quantity)?;
            let material = draft.books.lot(line.lot).facts.material;
            counted.push(counts_as(draft, call.reserve, material, call.material, line.quantity)?);
            let source = draft.account(line.site, *member, line.lot);
            if let Some(under) = line.under {
                draft.draw_under(under, source, line.quantity)?;
            }
            if let Some(destination) = &destination {
                draft.check_export(&Export {
                    lot: line.lot,
                    owner: *member,
                    source: &draft.books.site(line.site).country,
                    destination,
                    end_use: None,
                    licence: *licence,
                    quantity: line.quantity,
                })?;
            }
            let target = match receiver {
                Some(receiver) => draft.account(line.site, *receiver, line.lot),
                None => {
                    draft.cite(*authority, Direction::Disposal, material, line.quantity)?;
                    draft.account(PlaceNo::OUTSIDE, *member, line.lot)
                }
            };
            draft.entry(source, target, line.quantity);
        }
        let counted = sum(counted)?;
        let left = left_of_part(draft.books, *number, call, *member);
        if counted.units() > left {
            return Err(Rejection::ExceedsCall { call: *number, member: *member, left });
        }
        draft.tally(of_call(TallyKind::Delivered, *number, call, *member), counted.units());
        Ok(())
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Deliver {
    right: Write, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Both(&["{call}", "{member}", "to {receiver}"]),
    whose(act, _): vec![act.member],
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
