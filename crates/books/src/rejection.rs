//! Why a command is refused: one list, in order of precedence, each with a stable code.
//!
//! A refusal is an answer, not an error: it is recorded, and the same command gets the same refusal for ever.

use measure::Quantity;
use reconcile::breaks::BreakRefusal;

use crate::account::AccountKey;
use crate::books::Books;
use crate::number::{
    AuthorityNo, BreakNo, CallNo, Day, EncumbranceNo, FloorNo, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo,
    RestrictionNo, Seq, TrustNo,
};
use crate::tally::TallyKey;

/// What kind of thing a code names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A party.
    Party,
    /// A material.
    Material,
    /// A site.
    Site,
    /// A lot.
    Lot,
    /// A dispatch.
    Dispatch,
    /// A loan.
    Loan,
    /// An encumbrance.
    Encumbrance,
    /// An authority.
    Authority,
    /// A reserve.
    Reserve,
    /// A commitment.
    Commitment,
    /// A debt.
    Debt,
    /// An activation.
    Activation,
    /// A call.
    Call,
    /// A joint order.
    Order,
    /// A price floor.
    Floor,
    /// A right.
    Right,
    /// A restriction.
    Restriction,
    /// A licence.
    Licence,
    /// A limit on concentration.
    ShareLimit,
    /// A request for access.
    Request,
    /// A report of a party.
    Report,
    /// A break.
    Break,
    /// A match made by hand.
    Match,
    /// A publication.
    Publication,
    /// A trusted log of another ledger.
    TrustedLog,
    /// A fact of another ledger.
    Fact,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Party => "party",
            Self::Material => "material",
            Self::Site => "site",
            Self::Lot => "lot",
            Self::Dispatch => "dispatch",
            Self::Loan => "loan",
            Self::Encumbrance => "encumbrance",
            Self::Authority => "authority",
            Self::Reserve => "reserve",
            Self::Commitment => "commitment",
            Self::Debt => "debt",
            Self::Activation => "activation",
            Self::Call => "call",
            Self::Order => "joint order",
            Self::Floor => "price floor",
            Self::Right => "right",
            Self::Restriction => "restriction",
            Self::Licence => "licence",
            Self::ShareLimit => "share limit",
            Self::Request => "request",
            Self::Report => "report",
            Self::Break => "break",
            Self::Match => "match",
            Self::Publication => "publication",
            Self::TrustedLog => "trusted log",
            Self::Fact => "fact",
        }
    }
}

/// A refusal. Declared in order of precedence: where several hold, the first is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The id belongs to another command, which differs in this field.
    IdReused {
        /// Field that differs.
        field: String,
        /// The event of the first command.
        seq: Seq,
    },
    /// No such thing is registered.
    Unknown {
        /// What kind of thing.
        kind: Kind,
        /// The code that names nothing.
        code: String,
    },
    /// The party may not write this stock.
    NotPermitted {
        /// Who asked.
        party: PartyNo,
        /// Whose stock it is.
        owner: PartyNo,
    },
    /// The party's role may not do this at all.
    RoleNotPermitted {
        /// Who asked.
        party: PartyNo,
    },
    /// The code is taken.
    AlreadyRegistered {
        /// What kind of thing.
        kind: Kind,
        /// The code.
        code: String,
    },
    /// A field has a value that cannot stand.
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// The quantity is in a unit of another dimension.
    UnitDiffers {
        /// The field.
        field: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The quantity would divide the material's accounting unit.
    NotWhole {
        /// The field.
        field: &'static str,
        /// What is wrong.
        problem: String,
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
    /// Nothing to do.
    QuantityMustNotBeZero,
    /// The effective date has not come yet.
    EffectiveInFuture {
        /// The last day that can be recorded now.
        latest: Day,
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
    /// Both legs are the same account.
    SourceIsTarget,
    /// An arrival before its dispatch.
    ArrivesBeforeDispatch {
        /// The dispatch.
        dispatch: PlaceNo,
        /// Day it left.
        left: Day,
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
    /// More of an element would come out than went in.
    YieldExceedsFeed {
        /// The element.
        analyte: String,
    },
    /// An assay adds up to more than the whole.
    AssayExceedsWhole,
    /// An old lot can be rotated only against at least as much.
    RotationLowersStock,
    /// The encumbrance lies on another account.
    EncumbranceElsewhere {
        /// The encumbrance.
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
    /// A hold is not there to be drawn.
    Blocked {
        /// The hold.
        encumbrance: EncumbranceNo,
    },
    /// More than is left of the encumbrance.
    ExceedsEncumbrance {
        /// The encumbrance.
        encumbrance: EncumbranceNo,
        /// What was left.
        remaining: i64,
        /// On this day.
        day: Day,
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
    /// More than is left of it.
    ExceedsAuthority {
        /// The authority.
        authority: AuthorityNo,
        /// What is left.
        left: Quantity,
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
        problem: &'static str,
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
    },
    /// What is free would be less than nothing on some day: the rest is set aside.
    ExceedsAvailable {
        /// The account.
        account: AccountKey,
        /// What was free at the end of that day.
        available: i64,
        /// The day.
        day: Day,
    },
    /// Below the limit.
    BelowFloor {
        /// The account.
        account: AccountKey,
        /// The limit.
        floor: Quantity,
        /// The day.
        day: Day,
    },
    /// Above the limit.
    AboveCeiling {
        /// The account.
        account: AccountKey,
        /// The limit.
        ceiling: Quantity,
        /// The day.
        day: Day,
    },
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
    /// No command waits there.
    NotHeld {
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
    /// Nobody compares its own reports, or ends a difference of them alone.
    OwnReports {
        /// The party.
        party: PartyNo,
    },
    /// A rule about breaks says no.
    BreakRule {
        /// The break.
        number: BreakNo,
        /// The rule.
        rule: BreakRefusal,
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
    /// The proof of a fact does not hold.
    BadProof {
        /// What does not.
        problem: String,
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
}

impl Rejection {
    /// Stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IdReused { .. } => "id_reused",
            Self::Unknown { kind, .. } => match kind {
                Kind::Party => "unknown_party",
                Kind::Material => "unknown_material",
                Kind::Site => "unknown_site",
                Kind::Lot => "unknown_lot",
                Kind::Dispatch => "unknown_dispatch",
                Kind::Loan => "unknown_loan",
                Kind::Encumbrance => "unknown_encumbrance",
                Kind::Authority => "unknown_authority",
                Kind::Reserve => "unknown_reserve",
                Kind::Commitment => "unknown_commitment",
                Kind::Debt => "unknown_debt",
                Kind::Activation => "unknown_activation",
                Kind::Call => "unknown_call",
                Kind::Order => "unknown_order",
                Kind::Floor => "unknown_floor",
                Kind::Right => "unknown_right",
                Kind::Restriction => "unknown_restriction",
                Kind::Licence => "unknown_licence",
                Kind::ShareLimit => "unknown_share_limit",
                Kind::Request => "unknown_request",
                Kind::Report => "unknown_report",
                Kind::Break => "unknown_break",
                Kind::Match => "unknown_match",
                Kind::Publication => "unknown_publication",
                Kind::TrustedLog => "unknown_trusted_log",
                Kind::Fact => "unknown_fact",
            },
            Self::NotPermitted { .. } => "not_permitted",
            Self::RoleNotPermitted { .. } => "role_not_permitted",
            Self::AlreadyRegistered { .. } => "already_registered",
            Self::Invalid { .. } => "invalid_value",
            Self::UnitDiffers { .. } => "unit_differs",
            Self::NotWhole { .. } => "not_whole",
            Self::BasisDiffers { .. } => "basis_differs",
            Self::QuantityMustNotBeZero => "quantity_zero",
            Self::EffectiveInFuture { .. } => "effective_in_future",
            Self::PeriodClosed { .. } => "period_closed",
            Self::PeriodGoesBack { .. } => "period_goes_back",
            Self::HeadDiffers { .. } => "head_differs",
            Self::BalancesDiffer { .. } => "balances_differ",
            Self::LotDiffers { .. } => "lot_differs",
            Self::LotUndescribed { .. } => "lot_undescribed",
            Self::SourceIsTarget => "source_is_target",
            Self::ArrivesBeforeDispatch { .. } => "arrives_before_dispatch",
            Self::ExceedsDispatch { .. } => "exceeds_dispatch",
            Self::ExceedsLoan { .. } => "exceeds_loan",
            Self::DoesNotBalance { .. } => "does_not_balance",
            Self::YieldExceedsFeed { .. } => "yield_exceeds_feed",
            Self::AssayExceedsWhole => "assay_exceeds_whole",
            Self::RotationLowersStock => "rotation_lowers_stock",
            Self::EncumbranceElsewhere { .. } => "encumbrance_elsewhere",
            Self::EncumbranceNotBegun { .. } => "encumbrance_not_begun",
            Self::EncumbranceLapsed { .. } => "encumbrance_lapsed",
            Self::Blocked { .. } => "blocked",
            Self::ExceedsEncumbrance { .. } => "exceeds_encumbrance",
            Self::AuthorityMissing { .. } => "authority_missing",
            Self::AuthorityDoesNotFit { .. } => "authority_does_not_fit",
            Self::AuthorityNotInForce { .. } => "authority_not_in_force",
            Self::ExceedsAuthority { .. } => "exceeds_authority",
            Self::ReserveClosed { .. } => "reserve_closed",
            Self::NotAMember { .. } => "not_a_member",
            Self::NoticeTooShort { .. } => "notice_too_short",
            Self::NoKeyInForce { .. } => "no_key_in_force",
            Self::DoesNotFit { .. } => "does_not_fit",
            Self::Ended { .. } => "ended",
            Self::NotInForce { .. } => "not_in_force",
            Self::NoSubstitute { .. } => "no_substitute",
            Self::BelowPriceFloor { .. } => "below_price_floor",
            Self::Restricted { .. } => "restricted",
            Self::ExceedsCall { .. } => "exceeds_call",
            Self::ExceedsEntitlement { .. } => "exceeds_entitlement",
            Self::ExceedsTally { .. } => "exceeds_open",
            Self::TallyOverflow { .. } => "tally_overflow",
            Self::ExceedsBalance { .. } => "exceeds_balance",
            Self::ExceedsAvailable { .. } => "exceeds_available",
            Self::BelowFloor { .. } => "below_floor",
            Self::AboveCeiling { .. } => "above_ceiling",
            Self::Overflow { .. } => "overflow",
            Self::MakerMissing { .. } => "maker_missing",
            Self::NotHeld { .. } => "not_held",
            Self::CheckerIsMaker { .. } => "checker_is_maker",
            Self::SamePerson { .. } => "same_person",
            Self::OwnReports { .. } => "own_reports",
            Self::BreakRule { .. } => "break_rule",
            Self::NothingToReverse { .. } => "nothing_to_reverse",
            Self::AlreadyReversed { .. } => "already_reversed",
            Self::NotReversible { .. } => "not_reversible",
            Self::BadProof { .. } => "bad_proof",
            Self::NotWitnessed { .. } => "not_witnessed",
            Self::NotLinked { .. } => "not_linked",
            Self::SplitView { .. } => "split_view",
        }
    }

    /// Could the same wish, under a new id, be granted later without being changed?
    #[must_use]
    pub const fn retry_can_help(&self) -> bool {
        matches!(
            self,
            Self::Unknown { .. }
                | Self::EffectiveInFuture { .. }
                | Self::ExceedsDispatch { .. }
                | Self::ExceedsAuthority { .. }
                | Self::EncumbranceNotBegun { .. }
                | Self::NotAMember { .. }
                | Self::NoKeyInForce { .. }
                | Self::NotInForce { .. }
                | Self::Restricted { .. }
                | Self::ExceedsCall { .. }
                | Self::ExceedsEntitlement { .. }
                | Self::ExceedsTally { .. }
                | Self::ExceedsBalance { .. }
                | Self::ExceedsAvailable { .. }
                | Self::BelowFloor { .. }
                | Self::AboveCeiling { .. }
        )
    }

    /// One sentence for people, and what to do next.
    #[must_use]
    pub fn explain(&self, books: &Books) -> (String, String) {
        explain::explain(self, books)
    }
}

mod explain;

pub(crate) use explain::day as show_day;
