//! The acts as JSON: each a flat object of codes and text, read strictly, resolved into numbers and rendered back.

mod claims;
mod control;
mod lot;
mod moves;
mod names;
mod register;
mod remake;
mod stock;
pub mod words;

use books::{Books, Rejection};
use serde_json::{Map, Value};

pub use claims::{Authorize, Encumber, Release, SetLimit};
pub use control::{Approve, ClosePeriod, Correct, Decline, EventRef, Open};
pub use lot::{Assay, LotFacts, Origin, RecordAssay};
pub use moves::{Arrive, ArrivedLine, Dispatch, Lend, ReturnLoan, Transfer, TransferTitle};
pub use names::Line;
pub use register::{AmendMaterial, AmendParty, AmendSite, RegisterMaterial, RegisterParty, RegisterSite};
pub use remake::{Merge, Output, Part, Split, Transform};
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
                match self { $(Self::$name(act) => act.resolve(resolver).map(books::Act::$name),)* }
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
}
