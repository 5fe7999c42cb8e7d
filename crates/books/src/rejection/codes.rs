//! The code of each refusal, whether asking again can help, and which facts it gives: one line each.

use super::{FactName, Kind, Rejection};
use crate::tally::{TallyKey, TallyKind};

/// Can asking again help?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// No: what is asked is done, over, or not for this party.
    Never,
    /// Yes: the same wish under a new id may be granted later.
    Later,
    /// Yes, once the wish is changed.
    Changed,
}

/// The steps in which every act is decided. A refusal of an earlier one is given before any of a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The command is new, and its sender's role may ask for such an act at all.
    Sender,
    /// It is read: its codes name something, its quantities are in units and basis of the material.
    Read,
    /// Its sender may do this.
    Who,
    /// Each field can stand by itself.
    Shape,
    /// What it names is there, fits, and is in force.
    State,
    /// There is enough of it.
    Quantity,
}

/// What is known of every refusal with a code.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable, for programs.
    pub code: &'static str,
    /// When it is found.
    pub step: Step,
    /// Can asking again help?
    pub retry: Retry,
    /// The facts it may give.
    pub facts: &'static [FactName],
}

/// The sender's token is that of another party. Never recorded: it would stand under the name of one that did not ask.
pub const NOT_YOUR_PARTY: Code =
    Code { code: "not_your_party", step: Step::Who, retry: Retry::Never, facts: &[FactName::Party, FactName::Owner] };
/// The key is none of the party's. Never recorded, for the same reason.
pub const UNKNOWN_KEY: Code =
    Code { code: "unknown_key", step: Step::Who, retry: Retry::Later, facts: &[FactName::Key, FactName::Party] };
/// The party has registered as much as one may for now. Never recorded: it would fill what it is to keep from being filled.
pub const QUOTA_USED_UP: Code =
    Code { code: "quota_used_up", step: Step::Who, retry: Retry::Later, facts: &[FactName::Party] };
/// Another command of its group was refused, so that none of them stands.
pub const GROUP_REFUSED: Code = Code {
    code: "group_refused",
    step: Step::State,
    retry: Retry::Changed,
    facts: &[FactName::Number, FactName::Refused, FactName::Event],
};
/// Some of a group came before, and not as this group. Never recorded: what came before stays what it is.
pub const GROUP_DIFFERS: Code = Code {
    code: "group_differs",
    step: Step::Sender,
    retry: Retry::Changed,
    facts: &[FactName::Number, FactName::Event],
};
/// It needs a second person, for whom no group waits.
pub const GROUP_WAITS: Code =
    Code { code: "group_waits", step: Step::State, retry: Retry::Changed, facts: &[FactName::Number] };
/// Nothing shows that the party consents to the group. Never recorded, as with a token of another party.
pub const NO_CONSENT: Code =
    Code { code: "no_consent", step: Step::Who, retry: Retry::Changed, facts: &[FactName::Number, FactName::Party] };
/// A consent to the group is none of its parties', or over something else. Never recorded: what is kept with events is proof.
pub const BAD_CONSENT: Code =
    Code { code: "bad_consent", step: Step::Who, retry: Retry::Changed, facts: &[FactName::Number, FactName::Key] };
/// What is said to senders, and not by the rules of any act.
pub const OF_SENDERS: &[Code] =
    &[NOT_YOUR_PARTY, UNKNOWN_KEY, QUOTA_USED_UP, GROUP_REFUSED, GROUP_DIFFERS, GROUP_WAITS, NO_CONSENT, BAD_CONSENT];

/// What is known of a code.
#[must_use]
pub fn code(code: &str) -> Option<&'static Code> {
    CODES.iter().chain(OF_SENDERS).find(|known| known.code == code)
}

macro_rules! codes {
    ($($step:ident { $($refusal:pat => $code:literal $retry:ident [$($fact:ident)*];)* })*) => {
        /// Every code, in order of precedence.
        pub const CODES: &[Code] =
            &[$($(Code { code: $code, step: Step::$step, retry: Retry::$retry, facts: &[$(FactName::$fact),*] }),*),*];

        impl Rejection {
            /// What is known of it by its code alone.
            #[must_use]
            pub const fn about(&self) -> &'static Code {
                match self {
                    $($($refusal => {
                        &Code { code: $code, step: Step::$step, retry: Retry::$retry, facts: &[$(FactName::$fact),*] }
                    })*)*
                }
            }
        }
    };
}

use Rejection as R;

codes! {
    Sender {
        R::IdReused { .. } => "id_reused" Changed [Field Event];
        R::RoleNotPermitted { .. } => "role_not_permitted" Never [Party];
    }
    Read {
        R::Unknown { kind: Kind::Party, .. } => "unknown_party" Later [Code];
        R::Unknown { kind: Kind::Material, .. } => "unknown_material" Later [Code];
        R::Unknown { kind: Kind::Site, .. } => "unknown_site" Later [Code];
        R::Unknown { kind: Kind::Lot, .. } => "unknown_lot" Later [Code];
        R::Unknown { kind: Kind::Dispatch, .. } => "unknown_dispatch" Later [Code];
        R::Unknown { kind: Kind::Loan, .. } => "unknown_loan" Later [Code];
        R::Unknown { kind: Kind::Encumbrance, .. } => "unknown_encumbrance" Later [Code];
        R::Unknown { kind: Kind::Authority, .. } => "unknown_authority" Later [Code];
        R::Unknown { kind: Kind::Reserve, .. } => "unknown_reserve" Later [Code];
        R::Unknown { kind: Kind::Commitment, .. } => "unknown_commitment" Later [Code];
        R::Unknown { kind: Kind::Debt, .. } => "unknown_debt" Later [Code];
        R::Unknown { kind: Kind::Activation, .. } => "unknown_activation" Later [Code];
        R::Unknown { kind: Kind::Call, .. } => "unknown_call" Later [Code];
        R::Unknown { kind: Kind::Order, .. } => "unknown_order" Later [Code];
        R::Unknown { kind: Kind::Floor, .. } => "unknown_floor" Later [Code];
        R::Unknown { kind: Kind::Right, .. } => "unknown_right" Later [Code];
        R::Unknown { kind: Kind::Restriction, .. } => "unknown_restriction" Later [Code];
        R::Unknown { kind: Kind::Licence, .. } => "unknown_licence" Later [Code];
        R::Unknown { kind: Kind::ShareLimit, .. } => "unknown_share_limit" Later [Code];
        R::Unknown { kind: Kind::Request, .. } => "unknown_request" Later [Code];
        R::Unknown { kind: Kind::Report, .. } => "unknown_report" Later [Code];
        R::Unknown { kind: Kind::Break, .. } => "unknown_break" Later [Code];
        R::Unknown { kind: Kind::Match, .. } => "unknown_match" Later [Code];
        R::Unknown { kind: Kind::Publication, .. } => "unknown_publication" Later [Code];
        R::Unknown { kind: Kind::TrustedLog, .. } => "unknown_trusted_log" Later [Code];
        R::Unknown { kind: Kind::Fact, .. } => "unknown_fact" Later [Code];
        R::Unknown { kind: Kind::Person, .. } => "unknown_person" Later [Code];
        R::Unknown { kind: Kind::Mandate, .. } => "unknown_mandate" Later [Code];
        R::Ambiguous { .. } => "ambiguous_code" Changed [Kind Code];
        R::UnitDiffers { .. } => "unit_differs" Changed [Field Fault Problem];
        R::NotWhole { .. } => "not_whole" Changed [Field Fault Problem Decimals];
        R::BasisDiffers { .. } => "basis_differs" Changed [Material Basis Given];
        R::LotDiffers { .. } => "lot_differs" Changed [Lot];
        R::LotUndescribed { .. } => "lot_undescribed" Changed [Lot];
        R::Unreadable { .. } => "unreadable_value" Changed [Field Line Fault Problem];
    }
    Who {
        R::NotPermitted { .. } => "not_permitted" Never [Party Owner];
        R::SecretariatOnly { .. } => "secretariat_only" Never [Party];
        R::OwnReports { .. } => "own_reports" Never [Party];
    }
    Shape {
        R::Invalid { .. } => "invalid_value" Changed [Field Line Fault Problem];
        R::QuantityMustNotBeZero => "quantity_zero" Changed [];
        R::SourceIsTarget => "source_is_target" Changed [];
        R::AssayExceedsWhole => "assay_exceeds_whole" Changed [];
        R::EffectiveInFuture { .. } => "effective_in_future" Later [Last];
    }
    State {
        R::AlreadyRegistered { .. } => "already_registered" Changed [Kind Code];
        R::PeriodGoesBack { .. } => "period_goes_back" Changed [Through];
        R::HeadDiffers { .. } => "head_differs" Changed [Size];
        R::BalancesDiffer { .. } => "balances_differ" Changed [Owner Through];
        R::StillWaits { .. } => "still_waits" Later [Event Day];
        R::NotAcknowledged { .. } => "not_acknowledged" Changed [InTransit Uncounted];
        R::ArrivesBeforeDispatch { .. } => "arrives_before_dispatch" Changed [Place Day];
        R::EncumbranceElsewhere { .. } => "encumbrance_elsewhere" Changed [Encumbrance Lot Owner Place];
        R::Blocked { .. } => "blocked" Changed [Encumbrance];
        R::EncumbranceNotBegun { .. } => "encumbrance_not_begun" Later [Encumbrance First];
        R::EncumbranceLapsed { .. } => "encumbrance_lapsed" Changed [Encumbrance Last];
        R::NothingLeft { .. } => "nothing_left" Never [Encumbrance Day Event];
        R::NeedsConsent { .. } => "needs_consent" Changed [Encumbrance Party];
        R::AuthorityMissing { .. } => "authority_missing" Changed [Material];
        R::AuthorityDoesNotFit { .. } => "authority_does_not_fit" Changed [Authority Party Direction Material];
        R::AuthorityNotInForce { .. } => "authority_not_in_force" Changed [Authority First Last];
        R::ReserveClosed { .. } => "reserve_closed" Never [Reserve];
        R::NotAMember { .. } => "not_a_member" Later [Party Reserve Day];
        R::NoticeTooShort { .. } => "notice_too_short" Changed [Reserve First];
        R::NoKeyInForce { .. } => "no_key_in_force" Later [Reserve Day];
        R::DoesNotFit { .. } => "does_not_fit" Changed [Kind Code Fault Problem];
        R::Ended { .. } => "ended" Never [Kind Code Day];
        R::NotInForce { .. } => "not_in_force" Later [Kind Code Day];
        R::NoSubstitute { .. } => "no_substitute" Changed [Material InsteadOf];
        R::PriceNotCompared { .. } => "price_not_compared" Later [Floor Price Currency];
        R::BelowPriceFloor { .. } => "below_price_floor" Changed [Floor Price];
        R::Restricted { .. } => "restricted" Later [Lot Restriction Licensable];
        R::OriginDiffers { .. } => "origin_differs" Changed [Lot Field Given];
        R::NotHeld { .. } => "not_held" Never [Event];
        R::NothingToReverse { .. } => "nothing_to_reverse" Changed [Event];
        R::AlreadyReversed { .. } => "already_reversed" Never [Event By];
        R::NotReversible { .. } => "not_reversible" Never [Event];
        R::CheckerIsMaker { .. } => "checker_is_maker" Changed [Person];
        R::SamePerson { .. } => "same_person" Changed [Person];
        R::BreakRule { .. } => "break_rule" Changed [Break Rule Quantity];
        R::BadProof { .. } => "bad_proof" Changed [Fault Problem];
        R::NotWitnessed { .. } => "not_witnessed" Changed [Quorum Cosigned];
        R::NotLinked { .. } => "not_linked" Changed [Log Seen Size];
        R::SplitView { .. } => "split_view" Never [Log Size Event];
        R::PeriodClosed { .. } => "period_closed" Changed [Party Through Day];
    }
    Quantity {
        R::ExceedsDispatch { .. } => "exceeds_dispatch" Later [Place Quantity Lot];
        R::ExceedsLoan { .. } => "exceeds_loan" Changed [Place Quantity Lot];
        R::DoesNotBalance { .. } => "does_not_balance" Changed [Inputs Outputs];
        R::AssayMissing { .. } => "assay_missing" Changed [Lot];
        R::YieldExceedsFeed { .. } => "yield_exceeds_feed" Changed [Analyte];
        R::RotationLowersStock => "rotation_lowers_stock" Changed [];
        R::ExceedsEncumbrance { .. } => "exceeds_encumbrance" Changed [Encumbrance Quantity Day Event Later];
        R::ExceedsAuthority { .. } => "exceeds_authority" Later [Authority Quantity];
        R::ExceedsCall { .. } => "exceeds_call" Later [Party Quantity Call];
        R::ExceedsEntitlement { .. } => "exceeds_entitlement" Later [Party Quantity Reserve Day];
        R::ExceedsTally { .. } => "exceeds_open" Later [Tally Party Quantity Day];
        R::TallyOverflow { .. } => "tally_overflow" Changed [Tally Party];
        R::ExceedsBalance { .. } => "exceeds_balance" Later [Lot Owner Place Quantity Day Event Later];
        R::BookDiffers { .. } => "book_differs" Changed [Lot Owner Place Quantity Day];
        R::ExceedsAvailable { .. } => "exceeds_available" Later [Lot Owner Place Quantity Day Event Later];
        R::BelowFloor { .. } => "below_floor" Later [Lot Owner Place Quantity Day Event Later];
        R::AboveCeiling { .. } => "above_ceiling" Later [Lot Owner Place Quantity Day Event Later];
        R::NotEnough { .. } => "not_enough" Later [Lot Owner Place];
        R::RightsDoNotAllow => "rights_do_not_allow" Later [];
        R::Overflow { .. } => "overflow" Changed [Lot Owner Place];
        R::MakerMissing { .. } => "maker_missing" Changed [Material];
    }
}

impl Rejection {
    /// The refusal as who asks may be told it: how an account stands that it does not see, it does not learn by being refused.
    pub(crate) fn seen_by(mut self, eyes: &crate::eyes::Eyes<'_>) -> Self {
        if let Self::ExceedsBalance { account, .. }
        | Self::BookDiffers { account, .. }
        | Self::ExceedsAvailable { account, .. }
        | Self::BelowFloor { account, .. }
        | Self::AboveCeiling { account, .. } = self
            && !eyes.sees_stock_at(account)
        {
            return Self::NotEnough { account };
        }
        if let Self::ExceedsEncumbrance { encumbrance, later, .. } = &mut self {
            let books = eyes.books();
            let claim = books.encumbrance(*encumbrance);
            let account = books.account(claim.account).key;
            if !eyes.sees_encumbrance(claim) {
                return Self::NotEnough { account };
            }
            // For whom something is set aside does not see every draw of it.
            if !eyes.sees_stock_at(account) {
                later.clear();
            }
        }
        match self.level() {
            Some(key) if !eyes.sees_level(&key) => Self::RightsDoNotAllow,
            Some(_) | None => self,
        }
    }

    /// The tally of which it tells how it stands.
    fn level(&self) -> Option<TallyKey> {
        let of = |kind, of, party, material| Some(TallyKey { kind, of, party, material });
        if let Self::ExceedsTally { tally, .. } = self {
            return Some(*tally);
        }
        if let Self::ExceedsEntitlement { reserve, member, material, .. } = self {
            return of(TallyKind::Entitlement, reserve.0, *member, Some(*material));
        }
        if let Self::ExceedsCall { call, member, .. } = self {
            return of(TallyKind::Asked, call.0, *member, None);
        }
        None
    }

    /// Stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.about().code
    }

    /// Its place in the order of precedence: where several refusals hold, the first is given.
    #[must_use]
    pub fn rank(&self) -> usize {
        let code = self.code();
        CODES.iter().position(|known| known.code == code).expect("every refusal has a code of the list")
    }
}
