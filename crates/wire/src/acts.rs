//! The acts as JSON: each a flat object of codes and text, read strictly, resolved into numbers and rendered back.

mod access;
mod call;
mod claims;
mod codec;
mod compare;
mod control;
mod fact;
mod form;
mod load;
mod lot;
mod mandate;
mod moves;
mod person;
mod procurement;
mod register;
mod remake;
mod replacement;
mod report;
mod reserve;
mod restriction;
mod right;
mod stock;
pub mod words;

use books::{Books, Rejection};
use serde_json::{Map, Value};

pub use access::{DecideAccess, RequestAccess, ServeRequest};
pub use call::{Activate, CallLine, CallMembers, CommitToCall, Deliver, EndCall, SettlePart};
pub use claims::{Authorize, Encumber, Release, SetLimit};
pub use codec::show_money;
pub use compare::{
    AgreeBreak, AssignBreak, CloseBreak, ExplainBreak, FoundBreak, MatchLines, RecordRun, ReopenBreak, UnmatchLines,
};
pub use control::{Approve, ClosePeriod, Correct, Decline, EventRef, LogHead, Open, StateDigest};
pub use fact::{RecordFact, RotateLogKey, TrustLog};
pub use load::{LoadedRun, RecordLoad};
pub use lot::{AmendLot, Assay, CountItems, LotFacts, Origin, RecordAssay, SetFactor};
pub use mandate::{EndMandate, GiveMandate};
pub use moves::{Arrive, ArrivedLine, Dispatch, Lend, Line, ReturnLoan, Transfer, TransferTitle};
pub use person::{AmendPerson, RegisterPerson};
pub use procurement::{AcceptAward, Award, DeclareDemand, OpenOrder, ReceiveOrder, RecordRate, SetPriceFloor};
pub use register::{AmendMaterial, AmendParty, AmendSite, RegisterMaterial, RegisterParty, RegisterSite};
pub use remake::{Merge, Output, Part, Split, Transform};
pub use replacement::Replacement;
pub use report::{
    AddReportLines, Figure, Publish, ReceiveReport, Replaces, ReportLine, SetDuty, SetMeasuring, SetMethod,
    SetTolerance, StatedBalance,
};
pub use reserve::{
    Accept, AmendReserve, BookCash, Commit, Contribute, EstablishReserve, MemberQuantity, NewDebt, Reapportion,
    RecordBase, Replenish, SetKey, SetMember, SettleCash, ShareDifference, Substitute, Terms, Tier,
    TransferEntitlement, Weight, WindUp, Withdraw,
};
pub use restriction::{License, LiftRestriction, RecordFigure, Restrict, SetShareLimit};
pub use right::{AcquireRight, ExerciseRight, TransferRight};
pub use stock::{CountedLine, Deposit, Draw, RecordGain, RecordLoss, Stocktake};

use self::form::Form;
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

macro_rules! acts {
    ($($number:literal $name:ident($($numbered:tt)*) $word:literal, $doc:literal;)*) => {
        /// What is asked, by codes.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Act {
            $(#[doc = $doc] $name($name),)*
        }

        impl Act {
            /// The words of all acts.
            pub const WORDS: &'static [&'static str] = books::Act::WORDS;

            /// The word of the act.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$name(_) => $word,)* }
            }

            /// What an act is for, by its word.
            #[must_use]
            pub fn about(word: &str) -> Option<&'static str> {
                match word {
                    $($word => Some($doc),)*
                    _ => None,
                }
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
                    Self::Stocktake(act) => act.before_event.as_mut(),
                    Self::Deposit(act) => act.returns.as_mut(),
                    Self::BookCash(act) => act.event.as_mut(),
                    _ => None,
                }
            }

            /// The act by the ledger's numbers.
            ///
            /// # Errors
            /// The first code that names nothing, or value that cannot stand.
            pub fn resolve(&self, resolver: &Resolver<'_>) -> Result<books::Act, Rejection> {
                match self { $(Self::$name(act) => Ok(books::Act::$name(Form::resolve(act, resolver)?)),)* }
            }
        }

        /// A recorded act by codes, as it could have been asked.
        #[must_use]
        pub fn render(act: &books::Act, books: &Books) -> Act {
            match act { $(books::Act::$name(act) => Act::$name(Form::render(act, books)),)* }
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
        plain @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => plain,
    }
}

books::for_each_act!(acts);

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
