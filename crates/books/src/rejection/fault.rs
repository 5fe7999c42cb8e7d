//! What is wrong with a value, a thing or a proof that is named: one list, each with a stable code and its facts.
//!
//! A refusal that says "this field cannot stand" gives one of these beside the field. Its sentence is the entry
//! `fault-<code>` of the catalogues; nothing here is a sentence.

use super::{FactName, FactValue, Facts};
use crate::number::{Day, Seq};

/// What is known of every fault with a code.
#[derive(Debug, PartialEq, Eq)]
pub struct FaultCode {
    /// Stable, for programs.
    pub code: &'static str,
    /// The variant of [`Fault`], for the test that each can be reached.
    pub name: &'static str,
    /// The facts it gives.
    pub facts: &'static [FactName],
}

/// A part of what was sent that is signed, or proves something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What a fact says, in words.
    Statement,
    /// The checkpoint of a receipt.
    Checkpoint,
    /// The receipt of a fact.
    Receipt,
    /// The proof that a log continues what was seen of it.
    Since,
    /// The announcement of a key.
    Announcement,
    /// A trust policy.
    Policy,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Statement, Self::Checkpoint, Self::Receipt, Self::Since, Self::Announcement, Self::Policy];

    /// Stable code, for programs and catalogues.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Checkpoint => "checkpoint",
            Self::Receipt => "receipt",
            Self::Since => "since",
            Self::Announcement => "announcement",
            Self::Policy => "policy",
        }
    }
}

impl From<Part> for FactValue {
    fn from(part: Part) -> Self {
        part.code().into()
    }
}

macro_rules! faults {
    ($($name:ident = $code:literal $({ $($field:ident: $type:ty => $fact:ident),* $(,)? })?;)*) => {
        /// What is wrong. The code is what is recorded, and is never given to another fault.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Fault {
            $(
                #[doc = concat!("See `fault-", $code, "` in the catalogues.")]
                $name $({ $(
                    #[doc = concat!("The fact `", stringify!($fact), "`.")]
                    $field: $type,
                )* })?,
            )*
        }

        /// Every fault.
        pub const FAULTS: &[FaultCode] = &[
            $(FaultCode { code: $code, name: stringify!($name), facts: &[$($(FactName::$fact),*)?] },)*
        ];

        impl Fault {
            /// Stable code, for programs.
            #[must_use]
            pub const fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)*
                }
            }

            /// The facts of the sentence, the code among them.
            #[must_use]
            pub fn facts(&self) -> Facts {
                let facts = Facts::default().with(FactName::Fault, self.code());
                match self {
                    $(Self::$name $({ $($field),* })? => facts$($(.with(FactName::$fact, FactValue::from($field.clone())))*)?,)*
                }
            }
        }
    };
}

faults! {
    // Texts, days, and windows of days.
    Empty = "empty";
    TooLong = "too_long" { most: usize => Most };
    ControlCharacters = "control_characters";
    NotACountry = "not_a_country" { text: String => Text };
    NotAZone = "not_a_zone" { text: String => Text };
    NotADay = "not_a_day" { text: String => Text };
    NotATimeOfDay = "not_a_time_of_day" { text: String => Text };
    NotATime = "not_a_time" { text: String => Text };
    Before1970 = "before_1970" { text: String => Text };
    BeforeFirst = "before_first";
    NotAfterFirst = "not_after_first";
    BeforeEffective = "before_effective";
    WindowBeginsEarly = "window_begins_early";
    WindowEndsEarly = "window_ends_early";
    RightBeginsLater = "right_begins_later";
    PeriodNotEnded = "period_not_ended";
    YearOutOfRange = "year_out_of_range" { first: u64 => First, last: u64 => Last };

    // Numbers, quantities and money as they are written.
    NumberEmpty = "number_empty" { text: String => Text };
    NumberNegative = "number_negative" { text: String => Text };
    NumberPlus = "number_plus" { text: String => Text };
    NumberExponent = "number_exponent" { text: String => Text };
    NumberSeparator = "number_separator" { text: String => Text, character: String => Character };
    NotANumber = "not_a_number" { text: String => Text, character: String => Character };
    NumberBarePoint = "number_bare_point" { text: String => Text };
    NumberTooFine = "number_too_fine" { text: String => Text, most: u8 => Most };
    NumberTooLarge = "number_too_large" { text: String => Text };
    UnitMissing = "unit_missing" { text: String => Text, expected: String => Expected };
    // What was probably meant is written otherwise.
    WrittenOtherwise = "written_otherwise" { text: String => Text, expected: String => Expected };
    NotAUnit = "not_a_unit" { text: String => Text, unit: String => Unit };
    TwoUnits = "two_units" { text: String => Text, unit: String => Unit };
    NotABasis = "not_a_basis" { text: String => Text, basis: String => Basis };
    NotAFormula = "not_a_formula" { text: String => Text };
    WordsAfter = "words_after" { text: String => Text };
    OtherDimension = "other_dimension" { text: String => Text, material: String => Material, unit: String => Unit };
    OtherBasis = "other_basis" { text: String => Text, basis: String => Basis, given: String => Given };
    StepDivided = "step_divided" { text: String => Text, step: String => Step };
    TooManySteps = "too_many_steps" { text: String => Text, step: String => Step };
    NoFactor = "no_factor" { text: String => Text };
    MarksNotCounted = "marks_not_counted";
    MarkNotThere = "mark_not_there" { text: String => Text };
    NoItems = "no_items";
    ItemsTooFew = "items_too_few" { text: String => Text, day: Day => Day };
    NotADensity = "not_a_density" { text: String => Text };
    NotMoney = "not_money" { text: String => Text, currency: String => Currency };
    NotACurrency = "not_a_currency" { text: String => Text };
    NotAPrice = "not_a_price" { text: String => Text };
    NotARate = "not_a_rate" { text: String => Text };
    PricePerOther = "price_per_other" { unit: String => Unit };
    NotAsAwarded = "not_as_awarded" { given: String => Given, expected: String => Expected };
    PaidMore = "paid_more";
    PaidAlready = "paid_already";
    ShareWithoutUnit = "share_without_unit" { text: String => Text };
    ShareAboveWhole = "share_above_whole" { text: String => Text };
    NotAGrade = "not_a_grade" { text: String => Text };
    NotAHash = "not_a_hash" { text: String => Text };
    NotAHashInBase64 = "not_a_hash_in_base64" { text: String => Text };
    DocumentNotAHash = "document_not_a_hash";
    NoPiece = "no_piece" { text: String => Text };
    NoCommand = "no_command" { text: String => Text };

    // Numbers that cannot stand.
    TooMany = "too_many" { most: usize => Most };
    LinesTooMany = "lines_too_many" { count: usize => Count, most: usize => Most };
    ActTooLarge = "act_too_large";
    GoesOnInAnother = "goes_on_in_another" { most: usize => Most };
    FiveNumbers = "five_numbers";
    EventNotRecorded = "event_not_recorded";
    EventsOutOfOrder = "events_out_of_order";
    TooManyDecimals = "too_many_decimals" { most: u8 => Most };
    MoreThanWhole = "more_than_whole";
    RateOutOfRange = "rate_out_of_range";
    MonthsOdd = "months_odd";
    LessThanNothing = "less_than_nothing";
    CostsTooMuch = "costs_too_much";
    CountsForTooMuch = "counts_for_too_much";
    AddsUpToTooMuch = "adds_up_to_too_much";
    MoreThanFirst = "more_than_first";
    MoreThanAsked = "more_than_asked";
    LentMoreThanDrawn = "lent_more_than_drawn";
    NobodyToDivideAmong = "nobody_to_divide_among";
    WeightsAllZero = "weights_all_zero";

    // What has to be said, or may not be said.
    NoLot = "no_lot";
    AtLeastOne = "at_least_one";
    NeededForKind = "needed_for_kind";
    FollowsFromPledges = "follows_from_pledges";
    TotalOrParts = "total_or_parts";
    GoesWithDebt = "goes_with_debt";
    GoesWithReplenishment = "goes_with_replenishment";
    MoreThanInPool = "more_than_in_pool";
    NotWhoAsked = "not_who_asked";
    DestinationNeeded = "destination_needed";
    MoreThanPaidIn = "more_than_paid_in";
    GoesWithMaterial = "goes_with_material";
    GoesWithPenalty = "goes_with_penalty";
    GoesWithContribution = "goes_with_contribution";
    LendsOnlyForDebt = "lends_only_for_debt";
    SaysWhenPathEnds = "says_when_path_ends";
    RestatementNeedsReason = "restatement_needs_reason";
    CheckerNeeded = "checker_needed";
    PublisherNeeded = "publisher_needed";
    SignerNeeded = "signer_needed";
    ArrivalNeeded = "arrival_needed";
    CorrectionNeeded = "correction_needed";
    CountsForEachClass = "counts_for_each_class";
    BreakOfNothing = "break_of_nothing";
    MoistureNeeded = "moisture_needed";
    NeedsNoExplanation = "needs_no_explanation";

    // Named twice, or taken.
    MemberTwice = "member_twice";
    LineTwice = "line_twice";
    LotTwice = "lot_twice";
    MovedElsewhere = "moved_elsewhere";
    PieceTwice = "piece_twice";
    AnalyteTwice = "analyte_twice" { analyte: String => Analyte };
    TierTwice = "tier_twice" { text: String => Text };
    AlreadyOpen = "already_open";
    AcceptedBefore = "accepted_before";
    PoolTaken = "pool_taken";

    // Things that are not what they should be.
    OtherMaterial = "other_material";
    OtherMaterialThanLines = "other_material_than_lines";
    OtherLot = "other_lot" { code: String => Code };
    OtherForm = "other_form";
    OtherUnit = "other_unit";
    OtherDimensionThanUnit = "other_dimension_than_unit";
    NotOfItsUnit = "not_of_its_unit" { unit: String => Unit };
    OtherCurrency = "other_currency" { given: String => Given, currency: String => Currency };
    OtherReserve = "other_reserve";
    OtherCommitment = "other_commitment";
    OtherDebt = "other_debt";
    OtherLicence = "other_licence";
    RightToOtherMaterial = "right_to_other_material";
    PromisedElsewhere = "promised_elsewhere";
    MaterialIsFixed = "material_is_fixed";
    NoLicences = "no_licences";
    NoTier = "no_tier";
    NoDemand = "no_demand" { party: String => Party };
    NoMethod = "no_method" { text: String => Text };
    NoBeneficiary = "no_beneficiary";
    NotForBeneficiary = "not_for_beneficiary";
    NotAwarded = "not_awarded";
    LessToCome = "less_to_come";
    IsThePool = "is_the_pool";
    LendsToItself = "lends_to_itself";
    SameParty = "same_party";
    RestatedTooEarly = "restated_too_early";
    DescribedAlready = "described_already";
    MadeFromOthers = "made_from_others";
    MadeByReversed = "made_by_reversed";
    NotByCorrection = "not_by_correction" { act: &'static str => Act };
    CameBack = "came_back";
    NeedsNoAuthority = "needs_no_authority";
    NotInItsPlace = "not_in_its_place" { act: &'static str => Act };
    // The correction of a count is not corrected.
    CountTakenBack = "count_taken_back";

    // Records that are compared.
    NoSuchLine = "no_such_line" { code: String => Code, number: u32 => Number };
    NoSuchBalance = "no_such_balance" { code: String => Code, number: u32 => Number };
    OneSided = "one_sided";
    MovesNothing = "moves_nothing";
    NotTheirLine = "not_their_line";
    OwnLine = "own_line";
    OthersMovement = "others_movement";
    PieceOfBreak = "piece_of_break";
    NotOfAccount = "not_of_account";
    NotClosed = "not_closed";
    ReportsFromOne = "reports_from_one";
    BalancesNeeded = "balances_needed";
    LineOutOfPlace = "line_out_of_place" { expected: u32 => Expected };
    LinePastReport = "line_past_report" { most: u32 => Most };
    LineNegative = "line_negative";
    WithdrawsNothing = "withdraws_nothing";
    OtherFile = "other_file" { code: String => Code };
    BegunAnew = "begun_anew" { code: String => Code };
    ReportComplete = "report_complete";

    // Logs of other ledgers, and keys of this one.
    ItselfLog = "itself_log";
    NamesNoLog = "names_no_log";
    HasKeyOfOtherLog = "has_key_of_other_log" { log: String => Log };
    OfOtherLog = "of_other_log" { log: String => Log };
    TooManyLines = "too_many_lines" { most: usize => Most };
    KeyNotInForce = "key_not_in_force" { key: String => Key, expected: String => Expected, event: Seq => Event };
    KeyWasInForce = "key_was_in_force" { key: String => Key };

    // Facts of other ledgers: the parts, and what they say.
    FactTooLong = "fact_too_long" { most: usize => Most };
    FactPartMissing = "fact_part_missing" { part: &'static str => Part };
    FactOfOtherEvent = "fact_of_other_event";
    EntryDiffers = "entry_differs" { text: &'static str => Text };
    StatementHead = "statement_head";
    StatementLine = "statement_line";
    StatementNumber = "statement_number";
    StatementId = "statement_id";
    StatementDay = "statement_day";
    StatementQuantity = "statement_quantity";
    StatementDecimals = "statement_decimals";
    StatementUnit = "statement_unit";
    StatementNotAsRead = "statement_not_as_read";

    // Signed texts, keys and proofs.
    NoteTooLong = "note_too_long" { part: Part => Part };
    NoteNotText = "note_not_text" { part: Part => Part };
    NoteUnterminated = "note_unterminated" { part: Part => Part };
    SignaturesMissing = "signatures_missing" { part: Part => Part };
    SignatureMalformed = "signature_malformed" { part: Part => Part, number: usize => Number };
    SignaturesTooMany = "signatures_too_many" { part: Part => Part };
    SignatureFalse = "signature_false" { part: Part => Part, key: String => Key };
    NotSigned = "not_signed" { part: Part => Part };
    CosignatureTime = "cosignature_time" { part: Part => Part };
    KeyOfOtherKind = "key_of_other_kind" { part: Part => Part, key: String => Key };
    KeysAlike = "keys_alike" { key: String => Key };
    KeyMalformed = "key_malformed" { part: Part => Part };
    KeyName = "key_name" { part: Part => Part };
    KeyType = "key_type" { part: Part => Part };
    KeyBytes = "key_bytes" { part: Part => Part };
    KeyId = "key_id" { part: Part => Part };
    NotALogKey = "not_a_log_key" { key: String => Key };
    CheckpointLines = "checkpoint_lines";
    CheckpointSize = "checkpoint_size";
    CheckpointRoot = "checkpoint_root";
    CheckpointOfOther = "checkpoint_of_other" { log: String => Log, expected: String => Expected };
    ReceiptHead = "receipt_head";
    ReceiptExtra = "receipt_extra";
    ReceiptIndex = "receipt_index";
    ReceiptHash = "receipt_hash" { number: usize => Number };
    ReceiptHashes = "receipt_hashes";
    ReceiptCheckpoint = "receipt_checkpoint";
    ProofOutside = "proof_outside" { part: Part => Part };
    ProofSizes = "proof_sizes" { part: Part => Part };
    ProofLength = "proof_length" { part: Part => Part, count: usize => Count, expected: usize => Expected };
    ProofOldRoot = "proof_old_root" { part: Part => Part };
    ProofRoot = "proof_root" { part: Part => Part };
    AnnouncementLines = "announcement_lines";
    AnnouncementOfTwoLogs = "announcement_of_two_logs";
    AnnouncementUnsigned = "announcement_unsigned" { key: String => Key };
    PolicyUnreadable = "policy_unreadable";
    PolicyUnknownLog = "policy_unknown_log" { log: String => Log };
    PolicyWord = "policy_word" { text: String => Text };
    PolicyShape = "policy_shape" { expected: &'static str => Expected };
    PolicyKeyKind = "policy_key_kind";
    PolicyKeyTwice = "policy_key_twice";
    PolicyNameTaken = "policy_name_taken" { text: String => Text };
    PolicyNameUnknown = "policy_name_unknown" { text: String => Text };
    PolicyMemberTwice = "policy_member_twice" { text: String => Text };
    PolicyThreshold = "policy_threshold" { text: String => Text, most: usize => Most };
    PolicySecondQuorum = "policy_second_quorum";
    PolicyQuorumMissing = "policy_quorum_missing";

    // Keys and codes of those who take part.
    KeyUnusable = "key_unusable";
    KeyOfAnother = "key_of_another";
    KeyNotAtHand = "key_not_at_hand";
    MakerIsAnother = "maker_is_another" { text: String => Text };
    PersonNeeded = "person_needed";
    PersonEnded = "person_ended";
    NoMandateFor = "no_mandate_for" { text: String => Text };
    NotAMultiple = "not_a_multiple";
    BeforeLeadTime = "before_lead_time";
    MandateEnded = "mandate_ended";
    MaterialNeeded = "material_needed";
    ReserveOrBuyers = "reserve_or_buyers";
    NotABuyer = "not_a_buyer";
    NothingToAccept = "nothing_to_accept";
    AboveItsPart = "above_its_part";
    PartAboveDemand = "part_above_demand";
    CustodianConsents = "custodian_consents";
    MemberConsents = "member_consents";
    MemberAlready = "member_already";
    NotInvited = "not_invited";
    NotAsInvited = "not_as_invited";
    StewardAmends = "steward_amends" { party: String => Party };
    KeysAreOwn = "keys_are_own";
    FigureOfKey = "figure_of_key" { reserve: String => Reserve };
    RunnerShares = "runner_shares";
    NotWithinBounds = "not_within_bounds" { text: String => Text };
    Misleading = "misleading";
    Reserved = "reserved";
}
