//! Why a command is refused: one list, in order of precedence, each with a stable code.
//!
//! A refusal is an answer, not an error: it is recorded as its code and its facts, and the same command gets the same
//! refusal for ever. Which words tell it is nothing that the rules know: see the crate `words`.

mod codes;
mod facts;
mod fault;
mod kind;
pub(crate) mod proof;
mod tell;

use measure::Quantity;
use reconcile::breaks::BreakRefusal;

use crate::account::AccountKey;
use crate::acts::close::Open;
use crate::number::{
    AuthorityNo, BreakNo, CallNo, Day, EncumbranceNo, FloorNo, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo,
    RestrictionNo, Seq, TrustNo,
};
use crate::tally::TallyKey;

pub use chain::FactPart;
pub use codes::{
    BAD_CONSENT, CODES, Code, GROUP_DIFFERS, GROUP_REFUSED, GROUP_WAITS, NO_CONSENT, NOT_YOUR_PARTY, OF_SENDERS,
    QUOTA_USED_UP, Retry, Step, UNKNOWN_KEY, code,
};
pub use facts::{FactName, FactValue, Facts};
pub use fault::{FAULTS, Fault, FaultCode, Part};
pub use kind::Kind;

/// A later event that would not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// The event.
    pub seq: Seq,
    /// The day on which it would not hold.
    pub day: Day,
    /// The word of its act.
    pub act: &'static str,
    /// The document that it names.
    pub reference: Option<String>,
}

impl std::fmt::Display for Later {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.seq, crate::day::show_day(self.day), self.act)?;
        self.reference.as_ref().map_or(Ok(()), |reference| write!(f, " {reference}"))
    }
}

/// A refusal. Declared in order of precedence, step by step ([`Step`]): where several hold, the first is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The id belongs to another command, which differs in this field.
    IdReused {
        /// Field that differs.
        field: String,
        /// The event of the first command.
        seq: Seq,
    },
    /// The party's role may not ask for such an act at all.
    RoleNotPermitted {
        /// Who asked.
        party: PartyNo,
    },
    /// No such thing is registered.
    Unknown {
        /// What kind of thing.
        kind: Kind,
        /// The code that names nothing.
        code: String,
    },
    /// The code names several things that the party sees.
    Ambiguous {
        /// What kind of thing.
        kind: Kind,
        /// The code.
        code: String,
    },
    /// The quantity is in a unit of another dimension.
    UnitDiffers {
        /// The field.
        field: &'static str,
        /// What is wrong.
        fault: Fault,
    },
    /// The quantity would divide the material's accounting unit.
    NotWhole {
        /// The field.
        field: &'static str,
        /// What is wrong.
        fault: Fault,
        /// Decimals of the accounting unit in which it would be whole, where nine are enough.
        decimals: Option<u8>,
    },
    /// The quantity is in another basis than the material is accounted in.
    BasisDiffers {
        /// The material.
        material: MaterialNo,
        /// The basis given.
        given: String,
    },
    /// A lot of another material or description has this code.
    LotDiffers {
        /// The lot.
        code: String,
    },
    /// A new lot needs a material.
    LotUndescribed {
        /// The lot.
        code: String,
    },
    /// A field has a value that is none of its kind.
    Unreadable {
        /// The field.
        field: &'static str,
        /// The line of what was sent in which it stands, where there are several.
        line: Option<u32>,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The party may not write this stock.
    NotPermitted {
        /// Who asked.
        party: PartyNo,
        /// Whose stock it is.
        owner: PartyNo,
    },
    /// Only a secretariat gives this role or loosens this control.
    SecretariatOnly {
        /// Who asked.
        party: PartyNo,
    },
    /// Nobody compares its own reports, or ends a difference of them alone.
    OwnReports {
        /// The party.
        party: PartyNo,
    },
    /// A field has a value that cannot stand.
    Invalid {
        /// The field.
        field: &'static str,
        /// The line of what was sent in which it stands, where there are several.
        line: Option<u32>,
        /// What is wrong with it.
        fault: Fault,
    },
    /// Nothing to do.
    QuantityMustNotBeZero,
    /// Both legs are the same account.
    SourceIsTarget,
    /// An assay adds up to more than the whole.
    AssayExceedsWhole,
    /// The effective date has not come yet.
    EffectiveInFuture {
        /// The last day that can be recorded now.
        latest: Day,
    },
    /// The code is taken.
    AlreadyRegistered {
        /// What kind of thing.
        kind: Kind,
        /// The code.
        code: String,
    },
    /// A period can only be closed forwards.
    PeriodGoesBack {
        /// Already closed through this day.
        through: Day,
    },
    /// The log that a close names is not this one.
    HeadDiffers {
        /// Events that it names.
        size: u64,
    },
    /// The balances that a close names are not those of the books.
    BalancesDiffer {
        /// Whose balances.
        owner: PartyNo,
        /// At the end of this day.
        through: Day,
    },
    /// A command of the period waits for its checker.
    StillWaits {
        /// The event that holds it.
        seq: Seq,
        /// Its day.
        day: Day,
    },
    /// Something is open at the end of the period, and whoever closes it does not say that they know.
    NotAcknowledged {
        /// What.
        open: Open,
    },
    /// An arrival before its dispatch.
    ArrivesBeforeDispatch {
        /// The dispatch.
        dispatch: PlaceNo,
        /// Day it left.
        left: Day,
    },
    /// The encumbrance lies on another account.
    EncumbranceElsewhere {
        /// The encumbrance.
        encumbrance: EncumbranceNo,
    },
    /// A hold is not there to be drawn.
    Blocked {
        /// The hold.
        encumbrance: EncumbranceNo,
    },
    /// Before the window.
    EncumbranceNotBegun {
        /// The encumbrance.
        encumbrance: EncumbranceNo,
        /// First day of its window.
        first: Day,
    },
    /// After the window.
    EncumbranceLapsed {
        /// The encumbrance.
        encumbrance: EncumbranceNo,
        /// Last day of its window.
        last: Day,
    },
    /// Nothing is left to release.
    NothingLeft {
        /// Of which encumbrance.
        encumbrance: EncumbranceNo,
        /// On which day.
        day: Day,
        /// The last event that took from it, where it is known.
        by: Option<Seq>,
    },
    /// It is another's right too: that party or a secretariat has to agree.
    NeedsConsent {
        /// By which encumbrance.
        encumbrance: EncumbranceNo,
        /// Whose right it is.
        party: PartyNo,
    },
    /// The material's movements must cite an authority.
    AuthorityMissing {
        /// The material.
        material: MaterialNo,
    },
    /// Another party, material or direction.
    AuthorityDoesNotFit {
        /// The authority.
        authority: AuthorityNo,
    },
    /// Outside its dates.
    AuthorityNotInForce {
        /// The authority.
        authority: AuthorityNo,
    },
    /// The reserve is being wound up.
    ReserveClosed {
        /// The reserve.
        reserve: ReserveNo,
    },
    /// The party takes no part in the reserve on that day.
    NotAMember {
        /// The reserve.
        reserve: ReserveNo,
        /// The party.
        party: PartyNo,
        /// The day.
        day: Day,
    },
    /// The notice is shorter than agreed.
    NoticeTooShort {
        /// The reserve.
        reserve: ReserveNo,
        /// First day that keeps the notice.
        earliest: Day,
    },
    /// No key divides anything on that day.
    NoKeyInForce {
        /// The reserve.
        reserve: ReserveNo,
        /// The day.
        day: Day,
    },
    /// A thing named belongs elsewhere.
    DoesNotFit {
        /// What kind of thing.
        kind: Kind,
        /// Its number.
        row: u32,
        /// What does not fit.
        fault: Fault,
    },
    /// A thing named has ended.
    Ended {
        /// What kind of thing.
        kind: Kind,
        /// Its number.
        row: u32,
        /// Since which day.
        day: Day,
    },
    /// A thing named is not in force on that day.
    NotInForce {
        /// What kind of thing.
        kind: Kind,
        /// Its number.
        row: u32,
        /// The day.
        day: Day,
    },
    /// The rules name no rate at which this material stands for that one.
    NoSubstitute {
        /// What is delivered.
        material: MaterialNo,
        /// What it would stand for.
        instead_of: MaterialNo,
    },
    /// A price is in a currency without a rate, and a floor refuses what lies below it.
    PriceNotCompared {
        /// The floor that refuses what lies below it.
        floor: FloorNo,
        /// The currency of the price, without a rate.
        currency: String,
    },
    /// The price lies below a floor that refuses it.
    BelowPriceFloor {
        /// The floor.
        floor: FloorNo,
    },
    /// The lot may not go there.
    Restricted {
        /// The restriction.
        restriction: RestrictionNo,
        /// The lot.
        lot: LotNo,
    },
    /// A product does not come from where it is said to: its inputs do not, or nobody knows.
    OriginDiffers {
        /// The input.
        lot: String,
        /// The field of the output.
        field: &'static str,
        /// What it says.
        given: String,
    },
    /// No command waits there.
    NotHeld {
        /// The event named.
        seq: Seq,
    },
    /// There is no such event.
    NothingToReverse {
        /// The event named.
        seq: Seq,
    },
    /// Reversed before.
    AlreadyReversed {
        /// The event named.
        seq: Seq,
        /// The correction that did it.
        by: Seq,
    },
    /// The event moved nothing that could be put back.
    NotReversible {
        /// The event named.
        seq: Seq,
    },
    /// The checker must be another person than the maker.
    CheckerIsMaker {
        /// The person.
        maker: String,
    },
    /// One person dispatches and receives.
    SamePerson {
        /// The person.
        person: String,
    },
    /// A rule about breaks says no.
    BreakRule {
        /// The break.
        number: BreakNo,
        /// The rule.
        rule: BreakRefusal,
    },
    /// The proof of a fact does not hold.
    BadProof {
        /// What does not.
        fault: Fault,
    },
    /// Too few witnesses cosigned the tree of a fact.
    NotWitnessed {
        /// The quorum of the policy.
        quorum: String,
        /// Who did.
        cosigned: String,
    },
    /// Nothing shows that the log of a fact continues what was seen of it.
    NotLinked {
        /// The log.
        log: TrustNo,
        /// Entries it had when it was seen last.
        seen: u64,
        /// Entries it has in the fact.
        size: u64,
    },
    /// The log of a fact has signed two histories.
    SplitView {
        /// The log.
        log: TrustNo,
        /// Entries of the tree that there are two of.
        size: u64,
    },
    /// The period is closed.
    PeriodClosed {
        /// Whose period.
        party: PartyNo,
        /// Closed through this day.
        through: Day,
        /// The day asked for.
        day: Day,
    },
    /// More than is on its way.
    ExceedsDispatch {
        /// The dispatch.
        dispatch: PlaceNo,
        /// The lot.
        lot: LotNo,
        /// What of it is still on its way.
        outstanding: Quantity,
    },
    /// More than was lent.
    ExceedsLoan {
        /// The loan.
        loan: PlaceNo,
        /// The lot.
        lot: LotNo,
        /// What of it is still out.
        outstanding: Quantity,
    },
    /// Inputs, outputs and loss do not add up.
    DoesNotBalance {
        /// The material.
        material: MaterialNo,
        /// What goes in.
        inputs: Quantity,
        /// What comes out, loss included, in accounting units.
        outputs: i128,
    },
    /// Nothing says how much can come out: this lot has no assay.
    AssayMissing {
        /// The lot.
        lot: String,
    },
    /// More of an element would come out than went in.
    YieldExceedsFeed {
        /// The element.
        analyte: String,
    },
    /// An old lot can be rotated only against at least as much.
    RotationLowersStock,
    /// More than is left of the encumbrance.
    ExceedsEncumbrance {
        /// The encumbrance.
        encumbrance: EncumbranceNo,
        /// What was left.
        remaining: i64,
        /// On this day.
        day: Day,
        /// What was drawn under it later, and would not hold.
        later: Vec<Later>,
    },
    /// More than is left of it.
    ExceedsAuthority {
        /// The authority.
        authority: AuthorityNo,
        /// What is left.
        left: Quantity,
    },
    /// More than was asked of the member, or than it committed.
    ExceedsCall {
        /// The call.
        call: CallNo,
        /// The member.
        member: PartyNo,
        /// What is left of its part.
        left: i64,
    },
    /// More is drawn or lent than the member is entitled to, on some day.
    ExceedsEntitlement {
        /// The reserve.
        reserve: ReserveNo,
        /// The member.
        member: PartyNo,
        /// The material.
        material: MaterialNo,
        /// What was free at the end of that day.
        free: i64,
        /// The day.
        day: Day,
    },
    /// A tally would be less than nothing on some day.
    ExceedsTally {
        /// The tally.
        tally: TallyKey,
        /// What it stood at, at the end of that day.
        left: i64,
        /// The day.
        day: Day,
    },
    /// A tally would be larger than the ledger can count.
    TallyOverflow {
        /// The tally.
        tally: TallyKey,
    },
    /// The account would be less than nothing on some day.
    ExceedsBalance {
        /// The account.
        account: AccountKey,
        /// What it held at the end of that day.
        held: i64,
        /// The day.
        day: Day,
        /// Events of that day and later ones that would not hold either; of the act's own day, what came after it.
        later: Vec<Later>,
    },
    /// It was counted against a figure that the books held at no time of the day.
    BookDiffers {
        /// The account.
        account: AccountKey,
        /// What the books say where the count would stand.
        held: i64,
        /// The day.
        day: Day,
    },
    /// What is free would be less than nothing on some day: the rest is set aside.
    ExceedsAvailable {
        /// The account.
        account: AccountKey,
        /// What was free at the end of that day.
        available: i64,
        /// The day.
        day: Day,
        /// Events of that day and later ones that would not hold either; of the act's own day, what came after it.
        later: Vec<Later>,
    },
    /// Below the limit.
    BelowFloor {
        /// The account.
        account: AccountKey,
        /// The limit.
        floor: Quantity,
        /// The day.
        day: Day,
        /// Events of that day and later ones that would not hold either; of the act's own day, what came after it.
        later: Vec<Later>,
    },
    /// Above the limit.
    AboveCeiling {
        /// The account.
        account: AccountKey,
        /// The limit.
        ceiling: Quantity,
        /// The day.
        day: Day,
        /// Events of that day and later ones that would not hold either; of the act's own day, what came after it.
        later: Vec<Later>,
    },
    /// The account does not allow it, and how it stands is nothing that who asks may see.
    NotEnough {
        /// The account.
        account: AccountKey,
    },
    /// A right of somebody's does not allow it, and how it stands is nothing that who asks may see: neither whose it is.
    RightsDoNotAllow,
    /// Larger than the ledger can count.
    Overflow {
        /// The account.
        account: AccountKey,
    },
    /// Above the threshold, a movement needs to name its maker.
    MakerMissing {
        /// The material with the threshold.
        material: MaterialNo,
    },
}

impl Rejection {
    /// A field has a value that cannot stand.
    #[must_use]
    pub const fn invalid(field: &'static str, fault: Fault) -> Self {
        Self::Invalid { field, line: None, fault }
    }

    /// A field has a value that is none of its kind.
    #[must_use]
    pub const fn unreadable(field: &'static str, fault: Fault) -> Self {
        Self::Unreadable { field, line: None, fault }
    }

    /// Says in which line of what was sent the field stands; of other refusals nothing.
    #[must_use]
    pub fn at_line(mut self, number: u32) -> Self {
        if let Self::Invalid { line, .. } | Self::Unreadable { line, .. } = &mut self {
            *line = Some(number);
        }
        self
    }
}
