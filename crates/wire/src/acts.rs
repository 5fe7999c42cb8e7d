//! The acts as JSON: each a flat object of codes and text, read strictly, resolved into numbers and rendered back.

mod access;
mod call;
mod claims;
mod codec;
mod compare;
mod control;
mod fact;
mod lot;
mod moves;
mod names;
mod procurement;
mod register;
mod remake;
mod report;
mod reserve;
mod restriction;
mod right;
mod stock;
pub mod words;

use books::{Books, Rejection};
use serde_json::{Map, Value};

pub use access::{DecideAccess, RequestAccess};
pub use call::{Activate, CallLine, CallMembers, CommitToCall, Deliver, EndCall, SettlePart};
pub use claims::{Authorize, Encumber, Release, SetLimit};
pub use codec::show_money;
pub use compare::{
    AgreeBreak, AssignBreak, CloseBreak, ExplainBreak, FoundBreak, MatchLines, RecordRun, ReopenBreak, UnmatchLines,
};
pub use control::{Approve, ClosePeriod, Correct, Decline, EventRef, LogHead, Open, StateDigest};
pub use fact::{RecordFact, RotateLogKey, TrustLog};
pub use lot::{Assay, LotFacts, Origin, RecordAssay};
pub use moves::{Arrive, ArrivedLine, Dispatch, Lend, ReturnLoan, Transfer, TransferTitle};
pub use names::Line;
pub use procurement::{Award, DeclareDemand, ReceiveOrder, SetPriceFloor};
pub use register::{AmendMaterial, AmendParty, AmendSite, RegisterMaterial, RegisterParty, RegisterSite};
pub use remake::{Merge, Output, Part, Split, Transform};
pub use report::{
    AddReportLines, Figure, Publish, ReceiveReport, Replaces, ReportLine, SetDuty, SetMeasuring, SetMethod,
    SetTolerance, StatedBalance,
};
pub use reserve::{
    Accept, AmendReserve, Commit, Contribute, EstablishReserve, MemberQuantity, NewDebt, Reapportion, RecordBase,
    Replenish, SetKey, SetMember, SettleCash, ShareDifference, Substitute, Terms, Tier, TransferEntitlement, Weight,
    WindUp, Withdraw,
};
pub use restriction::{License, LiftRestriction, Restrict, SetShareLimit};
pub use right::{AcquireRight, ExerciseRight, TransferRight};
pub use stock::{CountedLine, Deposit, Draw, RecordGain, RecordLoss, Stocktake};

use crate::command::{Malformed, read_act, unknown_act};
use crate::resolve::Resolver;

/// Declares JSON objects that are read strictly: unknown fields are refused, absent optional ones are `None`.
macro_rules! object {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }
    )*};
}
pub(crate) use object;

/// An act by codes, to and from the act by numbers.
trait Form: Sized {
    type Numbered;

    fn resolve(&self, resolver: &Resolver<'_>) -> Result<Self::Numbered, Rejection>;
    fn render(act: &Self::Numbered, books: &Books) -> Self;
}

macro_rules! acts {
    ($($name:ident $word:literal, $doc:literal;)*) => {
        /// What is asked, by codes.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Act {
            $(#[doc = $doc] $name($name),)*
        }

        impl Act {
            /// The words of all acts.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word of the act.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$name(_) => $word,)* }
            }

            pub(crate) fn from_map(word: &str, map: Map<String, Value>) -> Result<Self, Malformed> {
                match word {
                    $($word => read_act(map).map(Self::$name),)*
                    _ => Err(unknown_act(word)),
                }
            }

            /// Reads the fields of an act straight into it; none where the word is no act's. An error says little: whoever
            /// has to explain it reads them once more with [`Act::from_map`].
            pub(crate) fn read<'de, D: serde::Deserializer<'de>>(word: &str, fields: D) -> Option<Result<Self, D::Error>> {
                match word {
                    $($word => Some(<$name as serde::Deserialize>::deserialize(fields).map(Self::$name)),)*
                    _ => None,
                }
            }

            pub(crate) fn to_map(&self) -> Map<String, Value> {
                let value = match self { $(Self::$name(act) => serde_json::to_value(act),)* };
                match value.map(without_nulls) {
                    Ok(Value::Object(map)) => map,
                    _ => unreachable!("an act is an object of text, numbers and lists"),
                }
            }

            /// Where the act names another event.
            pub fn event_ref_mut(&mut self) -> Option<&mut EventRef> {
                match self {
                    Self::Approve(act) => Some(&mut act.held),
                    Self::Decline(act) => Some(&mut act.held),
                    Self::Correct(act) => Some(&mut act.reverses),
                    _ => None,
                }
            }

            /// The act by the ledger's numbers.
            ///
            /// # Errors
            /// The first code that names nothing, or value that cannot stand.
            pub fn resolve(&self, resolver: &Resolver<'_>) -> Result<books::Act, Rejection> {
                match self { $(Self::$name(act) => act.resolve(resolver).map(|act| books::Act::$name(act.into())),)* }
            }
        }

        /// A recorded act by codes, as it could have been asked.
        #[must_use]
        pub fn render(act: &books::Act, books: &Books) -> Act {
            match act { $(books::Act::$name(act) => Act::$name($name::render(act, books)),)* }
        }

        /// The JSON Schema of each act's own fields, by word.
        #[must_use]
        pub fn schemas() -> Vec<(&'static str, &'static str, schemars::Schema)> {
            vec![$(($word, $doc, schemars::schema_for!($name))),*]
        }
    };
}

/// Absent fields are left out, not written as null.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

acts! {
    Open "open", "Opens a ledger: its first event.";
    RegisterParty "register_party", "Registers a party.";
    AmendParty "amend_party", "Amends a party.";
    RegisterMaterial "register_material", "Registers a material.";
    AmendMaterial "amend_material", "Amends a material.";
    RegisterSite "register_site", "Registers a site.";
    AmendSite "amend_site", "Amends a site.";
    Deposit "deposit", "Stock comes in.";
    Draw "draw", "Stock goes out.";
    Transfer "transfer", "Stock goes from site to site within a day.";
    Dispatch "dispatch", "Stock leaves for another site.";
    Arrive "arrive", "Dispatched stock arrives, whole or in part.";
    Transform "transform", "Lots become other lots.";
    Split "split", "One lot becomes several.";
    Merge "merge", "Several lots become one.";
    RecordAssay "assay", "A lot is measured anew.";
    TransferTitle "transfer_title", "Stock changes its owner and stays where it is.";
    Lend "lend", "Stock is lent out.";
    ReturnLoan "return_loan", "Lent stock comes back.";
    RecordLoss "loss", "Stock is lost.";
    RecordGain "gain", "Stock is found.";
    Stocktake "stocktake", "Stock is counted.";
    Encumber "encumber", "Stock is set aside.";
    Release "release", "What was set aside is free again.";
    SetLimit "set_limit", "An account gets a floor or a ceiling.";
    Authorize "authorize", "A plan ceiling or an authorisation is set.";
    Approve "approve", "A checker lets a held command through.";
    Decline "decline", "A checker turns a held command down.";
    Correct "correct", "An event is reversed.";
    ClosePeriod "close_period", "A period is closed.";
    EstablishReserve "establish_reserve", "Members agree on a reserve.";
    AmendReserve "amend_reserve", "The rules of a reserve get a new version.";
    WindUp "wind_up", "A reserve is wound up.";
    SetMember "set_member", "A member joins, is suspended or leaves.";
    SetKey "set_key", "The allocation key of a reserve is set.";
    RecordBase "record_base", "A year's consumption or net imports is recorded.";
    Commit "commit", "Material to come, or money, is promised to a reserve.";
    Accept "accept", "A ticket or a delegation is agreed to.";
    Contribute "contribute", "Stock goes into a pool.";
    TransferEntitlement "transfer_entitlement", "An entitlement goes to another member.";
    Withdraw "withdraw", "A member draws from a pool.";
    Replenish "replenish", "What was drawn is put back.";
    SettleCash "settle_cash", "Money goes between a member and a reserve.";
    ShareDifference "share_difference", "A pool's difference is shared.";
    Activate "activate", "The mechanism of a reserve is opened.";
    CallMembers "call", "A reserve calls on its members.";
    CommitToCall "commit_to_call", "A member commits to a call.";
    Deliver "deliver", "A member delivers to a call.";
    SettlePart "settle_part", "A part of a call is made available, relieved, waived or in default.";
    EndCall "end_call", "A call is cancelled or terminated.";
    DeclareDemand "declare_demand", "A buyer declares demand for a joint order.";
    Award "award", "A joint order goes to a supplier.";
    ReceiveOrder "receive_order", "A part of a joint order comes in and is paid.";
    SetPriceFloor "set_price_floor", "A price floor is set.";
    AcquireRight "acquire_right", "A right to material not yet made is acquired.";
    TransferRight "transfer_right", "A right is passed on.";
    ExerciseRight "exercise_right", "A right is exercised.";
    Restrict "restrict", "A restriction on movements is recorded.";
    LiftRestriction "lift_restriction", "A restriction is lifted.";
    License "license", "A licence under a restriction is recorded.";
    SetShareLimit "set_share_limit", "A limit on concentration, or a target, is set.";
    RequestAccess "request_access", "Access to a reserve is asked for.";
    DecideAccess "decide_access", "A request for access is decided.";
    ReceiveReport "receive_report", "A party's report is received.";
    AddReportLines "add_report_lines", "More lines of a report are received.";
    RecordRun "record_run", "A comparison is recorded, with the breaks it found.";
    ExplainBreak "explain_break", "A break gets its reason.";
    AssignBreak "assign_break", "A break gets its owner.";
    AgreeBreak "agree_break", "A party agrees to a difference.";
    CloseBreak "close_break", "A break is resolved or written off.";
    ReopenBreak "reopen_break", "A closed break is come back to.";
    MatchLines "match_lines", "Lines of two records are matched by hand.";
    UnmatchLines "unmatch_lines", "A match by hand is taken back.";
    SetMethod "set_method", "The errors of a method of measurement are set.";
    SetMeasuring "set_measuring", "The methods that measure a balance area are set.";
    SetTolerance "set_tolerance", "How far two figures may be apart is set.";
    SetDuty "set_duty", "Who reports when is set.";
    Publish "publish", "Figures of a period are published, or restated.";
    TrustLog "trust_log", "The log of another ledger is trusted, or no more.";
    RecordFact "record_fact", "A proven fact of another ledger is recorded.";
    RotateLogKey "rotate_log_key", "The log's key announces the next one.";
}

/// A line of a report by codes.
#[must_use]
pub fn show_report_line(books: &Books, line: &books::report::ReportLine) -> ReportLine {
    ReportLine::render(line, books)
}

/// A whole report by codes, as one act, however many events it came in.
#[must_use]
pub fn show_report(books: &Books, report: &books::acts::receive_report::ReceiveReport) -> ReceiveReport {
    ReceiveReport::render(report, books)
}
