//! Why a question has no answer: one list, each with a stable code and what its sentence asks for. The sentence and the hint
//! are the entry `why-<name>` of the catalogues.

use books::{Day, Fault, Seq};

words::sayings! {
    /// Why a question has no answer.
    pub enum Why in "why";

    // The question itself.
    NoQuestion "no_question" = "unknown_question" { text: String, names: String };
    NotAnObject "not_an_object" = "bad_request";
    NoField "no_field" = "unknown_field" { question: &'static str, text: String, names: String };
    SaidTwice "said_twice" = "bad_field" { field: String };
    NotAWholeNumber "not_a_whole_number" = "bad_field" { field: String, text: String };
    NotATruth "not_a_truth" = "bad_field" { field: String, text: String };
    LimitNought "limit_nought" = "bad_field";
    NoPage "no_page" = "bad_field";
    NoWord "no_word" = "bad_field" { field: String, text: String, names: String };
    Value "value" = "bad_field" { problem: Fault };
    NotAUnit "not_a_unit" = "bad_field" { problem: Fault };
    NotAMoment "not_a_moment" = "bad_field" { problem: Fault };
    NotAUuid "not_a_uuid" = "bad_field" { text: String };
    NoCountry "no_country" = "bad_field" { field: String, text: String, meant: String };
    NoAct "no_act" = "bad_field" { text: String, names: String };
    NoBase "no_base" = "bad_field" { text: String };
    NoStage "no_stage" = "bad_field" { text: String };
    NoSource "no_source" = "bad_field" { text: String };
    NoLabel "no_label" = "bad_field" { text: String };
    NoMeasure "no_measure" = "bad_field" { text: String };
    MoreThanWhole "more_than_whole" = "bad_field";
    NoDay "no_day" = "bad_field" { text: String };
    BaseAndYear "base_and_year" = "bad_field";
    LastBeforeFirst "last_before_first" = "bad_field";
    AndBefore "and_before" = "bad_field";
    TwoOwners "two_owners" = "bad_field";
    SameParty "same_party" = "bad_field";
    KeyByMaterial "key_by_material" = "bad_field";
    OneMaterial "one_material" = "missing_field";
    OneEvent "one_event" = "missing_field";
    ReportOrParty "report_or_party" = "missing_field";

    // What it names.
    NotRegistered "not_registered" = "unknown_code" { kind: String, code: String };
    SeveralLots "several_lots" = "ambiguous_code" { code: String, names: String };
    NoCommand "no_command" = "unknown_command" { id: String };
    NoEvent "no_event" = "unknown_event" { event: u64, head: Seq };
    NoEventOf "no_event_of" = "unknown_event" { id: String, head: Seq };
    MomentToCome "moment_to_come" = "bad_field" { text: String, time: String };
    EventToCome "event_to_come" = "bad_field" { event: u64, head: Seq };
    SharedNothing "shared_nothing" = "bad_field" { event: Seq };
    NeverThere "never_there" = "bad_field" { party: String, lot: String, place: String };
    NothingReported "nothing_reported" = "nothing_reported" { party: String };
    Incomplete "incomplete" = "incomplete" { report: String, count: u64, most: u64 };
    NotClosed "not_closed" = "not_closed" { party: String, day: String };
    CloseSaysBoth "close_says_both" = "bad_field";
    ClosesOthers "closes_others" = "bad_field" { event: Seq, party: String };
    ClosesNothing "closes_nothing" = "bad_field" { event: u64 };

    // Whom it is told.
    NotYourBooks "not_your_books" = "not_your_books" { party: String };
    NotYourDigest "not_your_digest" = "not_your_books";
    NotComparedForYou "not_compared_for_you" = "not_your_books" { party: String };
    NotYourReport "not_your_report" = "not_your_report" { party: String };
    NotYourSite "not_your_site" = "not_your_site" { site: String };

    // What could not be answered.
    Behind "behind" = "behind";
    Damaged "damaged" = "unreadable" { said: String };
    NoPartOfReport "no_part_of_report" = "unreadable" { event: Seq, number: String };
    NoReport "no_report" = "unreadable" { report: String };
    NotComparable "not_comparable" = "not_comparable" { said: String };
    TooLarge "too_large" = "too_large";
    ReadsTooMuch "reads_too_much" = "too_dear" { most: u64 };
    KeepsTooMuch "keeps_too_much" = "too_dear" { most: u64 };
    HoldsNothing "holds_nothing" = "balance_is_nothing" { party: String, lot: String, place: String, day: Day };
    DigestDiffers "digest_differs" = "digest_differs" { event: Seq };
}
