//! Why a door let nothing through: one list, each with a stable code and what its sentence asks for. The sentence and the hint
//! are the entry `door-<name>` of the catalogues.

use books::{Fault, Seq};

words::sayings! {
    /// Why a door let nothing through.
    pub enum Why in "door";

    // Who asks.
    NotSignedIn "not_signed_in" = "not_signed_in";
    NotSignedInHere "not_signed_in_here" = "not_signed_in";
    NobodysQuestion "nobodys_question" = "not_signed_in";
    UnknownToken "unknown_token" = "unknown_token";
    TokenExpired "token_expired" = "token_expired";
    NotByPassword "not_by_password" = "not_by_password";
    BadKey "bad_key" = "bad_key";
    UnknownKey "unknown_key" = "unknown_key" { key: String };
    Unsigned "unsigned" = "bad_signature";
    ExpiryWrong "expiry_wrong" = "bad_signature" { problem: Fault };
    ExpiryFar "expiry_far" = "bad_signature";
    SignatureWrong "signature_wrong" = "bad_signature" { log: String };
    SignatureExpired "signature_expired" = "signature_expired" { time: String };
    NotBySignature "not_by_signature" = "not_by_signature";
    UnknownHost "unknown_host" = "unknown_host" { host: String };
    CrossSite "cross_site" = "cross_site";
    OtherSession "other_session" = "cross_site";

    // Whether they may.
    NotYourParty "not_your_party" = "not_your_party" { party: String, other: String };
    MayNotPost "may_not_post" = "not_permitted" { act: String };
    MayNotAsk "may_not_ask" = "not_permitted" { question: String };
    OperatorRebuilds "operator_rebuilds" = "not_permitted";
    NotEverything "not_everything" = "not_permitted";

    // What was sent.
    NotFound "not_found" = "not_found" { path: String };
    NoSuchMethod "no_such_method" = "no_such_method" { path: String };
    NothingOfIngest "nothing_of_ingest" = "not_found" { text: String };
    FileMissing "file_missing" = "not_found" { said: String };
    TileMissing "tile_missing" = "not_found" { said: String };
    NotATile "not_a_tile" = "not_a_tile" { said: String };
    NoExport "no_export" = "unknown_export" { text: String, names: String };
    BadContentType "bad_content_type" = "bad_content_type" { path: String, text: String, names: String };
    FormsOnly "forms_only" = "bad_content_type";
    TooLarge "too_large" = "too_large" { most: usize };
    TooSlow "too_slow" = "too_slow" { seconds: u64 };
    NotOneLine "not_one_line" = "not_one_line";
    BesideBody "beside_body" = "unknown_field" { text: String };
    BodyOfGet "body_of_get" = "unexpected_body";
    Empty "empty" = "empty";
    NoFieldHere "no_field_here" = "unknown_field" { path: String, text: String, names: String };
    NoWait "no_wait" = "bad_field" { text: String };
    NoProjected "no_projected" = "bad_field";
    NoYes "no_yes" = "bad_field" { text: String };
    SignedTrial "signed_trial" = "bad_field";
    CborTrial "cbor_trial" = "bad_field";
    NoEventNumber "no_event_number" = "bad_field" { text: String };
    NoMilliseconds "no_milliseconds" = "bad_field" { text: String };
    NoSeconds "no_seconds" = "bad_field" { text: String };
    NoReadiness "no_readiness" = "bad_field" { text: String };
    WithinOfReading "within_of_reading" = "bad_field";
    NoEntriesSeen "no_entries_seen" = "bad_field";
    NoFormat "no_format" = "bad_field" { text: String };
    FormatUnfit "format_unfit" = "bad_field" { said: String };
    TooLongForAFile "too_long_for_a_file" = "too_long_for_a_file" { question: &'static str };
    OneSource "one_source" = "bad_field";
    NotBase64 "not_base64" = "bad_field";
    MappingNeeded "mapping_needed" = "bad_field";
    NotYourEvent "not_your_event" = "unknown_event" { event: String };
    NotTold "not_told" = "not_told" { event: Seq };
    Reversed "reversed" = "reversed" { event: Seq, other: Seq };
    SeenMore "seen_more" = "seen_more" { count: u64, seen: u64 };

    // What this service has not.
    NoAnswers "no_answers" = "no_answers";
    NoCommands "no_commands" = "no_commands";
    NoImport "no_import" = "no_import";
    NoKeyHere "no_key_here" = "no_key_here";
    NoLogHere "no_log_here" = "no_log_here";
    NoWitnesses "no_witnesses" = "no_witnesses";

    // What could not be done now.
    QueueFull "queue_full" = "busy";
    BytesOnTheWay "bytes_on_the_way" = "busy";
    RebuildUnderWay "rebuild_under_way" = "busy";
    NoneInTime "none_in_time" = "too_many_questions" { kind: &'static str };
    TooManyWait "too_many_wait" = "too_many_questions" { kind: &'static str };
    NotKnownYet "not_known_yet" = "behind" { event: u64, head: u64 };
    RecordedNotKnown "recorded_not_known" = "behind" { event: u64 };
    NotCoveredYet "not_covered_yet" = "not_covered_yet" { count: u64 };
    Late "late" = "late" { milliseconds: u64, id: String };
    LedgerSilent "ledger_silent" = "unavailable" { said: String, id: String };
    ImportSilent "import_silent" = "unavailable" { said: String };
    ProjectionsSilent "projections_silent" = "unavailable" { said: String };
    Stopped "stopped" = "unavailable";
    Failed "failed" = "internal";
    FailedAs "failed_as" = "internal" { said: String };
    NotRebuilt "not_rebuilt" = "internal" { said: String };
    VerdictUnreadable "verdict_unreadable" = "internal" { said: String };
    AnswerUnreadable "answer_unreadable" = "internal";
    FactNotMade "fact_not_made" = "fact_not_made" { said: String };
    LogDamaged "log_damaged" = "log_damaged" { said: String };
}
