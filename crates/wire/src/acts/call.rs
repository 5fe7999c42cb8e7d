//! Calls: opened, divided, committed to, delivered, settled and ended.

use books::acts as numbered;

use super::reserve::MemberQuantity;
use super::words::{CallEnd, PartOutcome};

super::object! {
    /// The mechanism of a reserve is opened.
    Activate {
        /// Unique among activations.
        activation: String,
        /// Of which reserve.
        reserve: String,
        /// Under which tier of its rules.
        tier: Option<String>,
        /// What happened.
        reason: String,
    }

    /// A reserve calls on its members.
    CallMembers {
        /// Unique among calls.
        call: String,
        /// Of which reserve.
        reserve: String,
        /// Under which activation.
        activation: Option<String>,
        /// Of which material.
        material: String,
        /// How much in all, divided by the key in force.
        total: Option<String>,
        /// Parts of members, stated one by one, in place of a total.
        parts: Option<Vec<MemberQuantity>>,
        /// Day by which it should be delivered.
        due: Option<String>,
        /// Day by which what was delivered should be put back.
        replenish_by: Option<String>,
        /// Parts of the total are whole multiples of this quantity.
        rounding: Option<String>,
        /// Days that members have at least; by then it should be delivered where no day is said.
        lead_days: Option<u16>,
    }

    /// A quantity of a lot at a site.
    CallLine {
        /// Which lot.
        lot: String,
        /// Where it lies.
        site: String,
        /// How much, with its unit.
        quantity: String,
        /// The encumbrance it comes from.
        under: Option<String>,
    }

    /// A member commits to a call.
    CommitToCall {
        /// Which call.
        call: String,
        /// Who commits; the party where absent.
        member: Option<String>,
        /// Lots that are bound to the call.
        lines: Option<Vec<CallLine>>,
        /// A quantity without lots, with its unit.
        quantity: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
        /// The lots back what was announced before: they are bound, and the commitment does not rise.
        announced: Option<bool>,
    }

    /// A member delivers to a call.
    Deliver {
        /// To which call.
        call: String,
        /// Who delivers; the party where absent.
        member: Option<String>,
        /// What.
        lines: Vec<CallLine>,
        /// Who gets it, where it stays in the books; it goes out to the market where nobody is named.
        receiver: Option<String>,
        /// What allows it.
        authority: Option<String>,
        /// The licence it goes under, where a restriction wants one.
        licence: Option<String>,
        /// The sender's own reference.
        reference: Option<String>,
    }

    /// A part of a call is made available, relieved, waived or in default.
    SettlePart {
        /// Of which call.
        call: String,
        /// Whose part; the party's where absent.
        member: Option<String>,
        /// What becomes of it.
        outcome: PartOutcome,
        /// Of how much, with its unit.
        quantity: String,
        /// Why.
        reason: String,
    }

    /// A call is cancelled or terminated.
    EndCall {
        /// Which call.
        call: String,
        /// How.
        how: CallEnd,
        /// Why.
        reason: Option<String>,
    }
}

super::form::form! {
    Activate = numbered::activate::Activate {
        activation: Same,
        reserve: Reserve,
        tier: Same,
        reason: Same,
    }
    CallMembers = numbered::call::CallMembers {
        call: Same,
        reserve: Reserve,
        activation: Activation,
        material: Material,
        total: Of(material),
        parts: MemberPart(material),
        due: Day,
        replenish_by: Day,
        rounding: Of(material),
        lead_days: Same,
    }
    CallLine = numbered::commit_to_call::CallLine {
        lot: Lot,
        site: Site,
        quantity: Of(lot),
        under: Encumbrance,
    }
    CommitToCall = numbered::commit_to_call::CommitToCall {
        call: Call,
        member: Owner,
        lines: Item,
        quantity: Of(call),
        reference: Same,
        announced: Same,
    }
    Deliver = numbered::deliver::Deliver {
        call: Call,
        member: Owner,
        lines: Item,
        receiver: Party,
        authority: Authority,
        licence: Licence,
        reference: Same,
    }
    SettlePart = numbered::settle_part::SettlePart {
        call: Call,
        member: Owner,
        outcome: Word,
        quantity: Of(call),
        reason: Same,
    }
    EndCall = numbered::end_call::EndCall {
        call: Call,
        how: Word,
        reason: Same,
    }
}
