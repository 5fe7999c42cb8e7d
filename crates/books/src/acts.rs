//! Everything that can be asked of the ledger: one act, one file.
//!
//! The number of an act is part of the stored format and is never reused.

pub mod approve;
pub mod arrive;
pub mod assay;
pub mod authorize;
pub mod close;
pub mod correct;
pub mod deposit;
pub mod dispatch;
pub mod draw;
pub mod encumber;
pub mod gain;
pub mod limit;
pub mod loan;
pub mod loss;
pub mod open;
pub mod register;
pub mod relot;
pub mod stocktake;
pub mod title;
pub mod transfer;
pub mod transform;

use measure::Quantity;

use crate::account::AccountKey;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::{Event, Past};
use crate::number::{Day, LotNo, PartyNo, Seq};
use crate::rejection::Rejection;

/// Who asks, when, and what may be looked up.
pub(crate) struct Ask<'a> {
    pub(crate) party: PartyNo,
    pub(crate) maker: Option<&'a str>,
    pub(crate) effective: Day,
    pub(crate) past: &'a dyn Past,
}

/// A quantity of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Line {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// How much of it, in accounting units.
    #[n(1)]
    pub quantity: Quantity,
}

macro_rules! acts {
    ($($number:literal $name:ident($type:path) $word:literal, $doc:literal;)*) => {
        /// What is asked, and what then was done.
        #[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
        #[cbor(flat)]
        pub enum Act {
            $(#[doc = $doc] #[n($number)] $name(#[n(0)] $type),)*
        }

        impl Act {
            /// The act's word in commands and answers.
            #[must_use]
            pub const fn word(&self) -> &'static str {
                match self { $(Self::$name(_) => $word,)* }
            }

            /// The words of all acts, by number.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            pub(crate) fn decide(&self, draft: &mut Draft<'_>, ask: &Ask<'_>) -> Result<(), Rejection> {
                match self { $(Self::$name(act) => act.decide(draft, ask),)* }
            }

            pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
                match self { $(Self::$name(act) => act.apply(books, seq, event),)* }
            }
        }
    };
}

acts! {
    0 Open(open::Open) "open", "Opens a ledger: its first event.";
    1 RegisterParty(register::RegisterParty) "register_party", "Registers a party.";
    2 AmendParty(register::AmendParty) "amend_party", "Amends a party.";
    3 RegisterMaterial(register::RegisterMaterial) "register_material", "Registers a material.";
    4 AmendMaterial(register::AmendMaterial) "amend_material", "Amends a material.";
    5 RegisterSite(register::RegisterSite) "register_site", "Registers a site.";
    6 AmendSite(register::AmendSite) "amend_site", "Amends a site.";
    7 Deposit(deposit::Deposit) "deposit", "Stock comes in.";
    8 Draw(draw::Draw) "draw", "Stock goes out.";
    9 Transfer(transfer::Transfer) "transfer", "Stock goes from site to site within a day.";
    10 Dispatch(dispatch::Dispatch) "dispatch", "Stock leaves for another site.";
    11 Arrive(arrive::Arrive) "arrive", "Dispatched stock arrives, whole or in part.";
    12 Transform(transform::Transform) "transform", "Lots become other lots.";
    13 Split(relot::Split) "split", "One lot becomes several.";
    14 Merge(relot::Merge) "merge", "Several lots become one.";
    15 RecordAssay(assay::RecordAssay) "assay", "A lot is measured anew.";
    16 TransferTitle(title::TransferTitle) "transfer_title", "Stock changes its owner and stays where it is.";
    17 Lend(loan::Lend) "lend", "Stock is lent out.";
    18 ReturnLoan(loan::ReturnLoan) "return_loan", "Lent stock comes back.";
    19 RecordLoss(loss::RecordLoss) "loss", "Stock is lost.";
    20 RecordGain(gain::RecordGain) "gain", "Stock is found.";
    21 Stocktake(stocktake::Stocktake) "stocktake", "Stock is counted.";
    22 Encumber(encumber::Encumber) "encumber", "Stock is set aside.";
    23 Release(encumber::Release) "release", "What was set aside is free again.";
    24 SetLimit(limit::SetLimit) "set_limit", "An account gets a floor or a ceiling.";
    25 Authorize(authorize::Authorize) "authorize", "A plan ceiling or an authorisation is set.";
    26 Approve(approve::Approve) "approve", "A checker lets a held command through.";
    27 Decline(approve::Decline) "decline", "A checker turns a held command down.";
    28 Correct(correct::Correct) "correct", "An event is reversed.";
    29 ClosePeriod(close::ClosePeriod) "close_period", "A period is closed.";
}

pub(crate) fn not_zero(quantity: Quantity) -> Result<(), Rejection> {
    if quantity.is_zero() { Err(Rejection::QuantityMustNotBeZero) } else { Ok(()) }
}

/// The sum of some lines that an account is to give or take; refuses when it cannot be counted.
pub(crate) fn total<'a>(
    mut quantities: impl Iterator<Item = &'a Quantity>,
    account: AccountKey,
) -> Result<Quantity, Rejection> {
    quantities
        .try_fold(Quantity::ZERO, |sum, quantity| sum.checked_add(*quantity))
        .ok_or(Rejection::Overflow { account })
}

pub(crate) fn text_fits(field: &'static str, text: &str) -> Result<(), Rejection> {
    let problem = if text.is_empty() {
        "must not be empty"
    } else if text.len() > crate::limits::TEXT_BYTES_MAX {
        "is longer than 200 bytes"
    } else if text.chars().any(char::is_control) {
        "must not hold control characters"
    } else {
        return Ok(());
    };
    Err(Rejection::Invalid { field, problem: problem.into() })
}

pub(crate) fn country_fits(field: &'static str, country: Option<&String>) -> Result<(), Rejection> {
    match country {
        Some(code) if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) => Err(Rejection::Invalid {
            field,
            problem: format!("`{code}` is not a country code of two capital letters (ISO 3166-1)"),
        }),
        _ => Ok(()),
    }
}

pub(crate) fn lines_fit(line_count: usize) -> Result<(), Rejection> {
    match line_count {
        0 => Err(Rejection::Invalid { field: "lines", problem: "must name at least one lot".into() }),
        n if n > crate::limits::LINE_COUNT_MAX => Err(Rejection::Invalid {
            field: "lines",
            problem: format!("{n} are too many for one act; the most is 1000"),
        }),
        _ => Ok(()),
    }
}
