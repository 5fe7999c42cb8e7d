//! Everything that can be asked of the ledger: one act, one file.
//!
//! The number of an act is part of the stored format and is never reused.
//!
//! What a new act takes, say `destroy`:
//! 1. Here: `acts/destroy.rs` with its struct, `decide`, `apply` and `act_rules!` (who may, who sees it, what undoes it, how it
//!    is told, an example); a `mod` and a line of [`for_each_act!`](crate::for_each_act) with the next free number.
//! 2. `wire`: its form by codes. Without it `wire` does not compile.
//! 3. `auditor/src/acts.rs`: its word by number. The auditor shares no code with us, so that a test compares.
//! 4. `testkit/src/script/shape.rs`: how a scenario writes it, where its fields by name will not do.
//! 5. `schemas/event.cddl`, by hand; the other schemas are made.
//! 6. `tests/every_act.rs`: a place in the story in which its example can stand.
//! 7. `web/tests/http/rights.rs`: its right, written out a second time.
//!
//! Whatever of this is missing does not compile, or fails the tests of `tests/act_table.rs` and of the files named.

pub mod accept;
pub mod access;
pub mod activate;
pub mod agreement;
pub mod amend_lot;
pub mod approve;
pub mod arrive;
pub mod assay;
pub mod authorize;
pub mod award;
pub mod base;
pub mod book_cash;
pub mod breaks;
pub mod call;
pub mod close;
pub mod commit;
pub mod commit_to_call;
pub mod comparing;
pub mod contribute;
pub mod correct;
pub mod count_items;
pub mod deliver;
pub mod demand;
pub mod deposit;
pub mod dispatch;
pub mod draw;
pub mod encumber;
pub mod end_call;
pub mod entitlement;
pub mod gain;
pub mod key;
pub mod limit;
pub mod loan;
pub mod loss;
pub mod mandate;
pub mod match_lines;
pub mod membership;
pub mod open;
pub mod open_order;
pub mod person;
mod pieces;
pub mod price_floor;
pub mod publish;
pub mod rate;
pub mod reapportion;
pub mod receive_order;
pub mod receive_report;
pub mod record_fact;
pub mod record_figure;
pub mod record_load;
pub mod record_run;
pub mod register;
pub mod relot;
pub mod replenish;
mod reserve_common;
pub mod restrict;
pub mod right;
pub mod rotate_log_key;
pub mod serve_request;
pub mod set_factor;
pub mod settle_cash;
pub mod settle_part;
pub mod share_difference;
pub mod share_limit;
pub mod stocktake;
pub mod title;
pub mod transfer;
pub mod transform;
pub mod trust_log;
pub mod withdraw;

use measure::Quantity;

use crate::account::AccountKey;
use crate::act_rules::{ActEntry, ActFacts, ActRules, Used};
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::{Event, Past};
use crate::fact::Says;
use crate::factor::Stated;
use crate::number::{Day, LotNo, PartyNo, Seq};
use crate::person::Credential;
use crate::rejection::{Fault, Rejection};

/// Who asks, when, and what may be looked up.
pub(crate) struct Ask<'a> {
    pub(crate) party: PartyNo,
    pub(crate) maker: Option<&'a str>,
    /// By what that is known; none where it is claimed.
    pub(crate) by: Option<&'a Credential>,
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
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(2)]
    pub stated: Option<Stated>,
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

            /// The act's number in the stored format.
            #[must_use]
            pub const fn number(&self) -> u32 {
                match self { $(Self::$name(_) => $number,)* }
            }

            /// All acts, by number.
            pub const TABLE: &'static [ActEntry] = &[$(ActEntry {
                number: $number,
                word: $word,
                about: $doc,
                facts: <$type as ActRules>::FACTS,
            }),*];

            /// What is true of the act whatever it says.
            #[must_use]
            pub const fn facts(&self) -> &'static ActFacts {
                match self { $(Self::$name(_) => const { &<$type as ActRules>::FACTS },)* }
            }

            /// See [`ActRules::whose`].
            #[must_use]
            pub fn whose(&self, books: &Books) -> Vec<PartyNo> {
                match self { $(Self::$name(act) => act.whose(books),)* }
            }

            /// See [`ActRules::uses`].
            #[must_use]
            pub fn uses(&self, books: &Books) -> Vec<Used> {
                match self { $(Self::$name(act) => act.uses(books),)* }
            }

            /// See [`ActRules::reference`].
            #[must_use]
            pub fn reference<'a>(&'a self, books: &'a Books) -> Option<&'a str> {
                match self { $(Self::$name(act) => act.reference(books),)* }
            }

            /// See [`ActRules::says`].
            #[must_use]
            pub fn says(&self) -> Option<Says<'_>> {
                match self { $(Self::$name(act) => act.says(),)* }
            }

            /// Goes through the steps of a decision, one after the other.
            pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
                who.role_fits(self.facts().asks);
                who.is_of(self.word());
                match self { $(Self::$name(act) => act.decide(who, ask),)* }
            }

            pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
                match self { $(Self::$name(act) => act.apply(books, seq, event),)* }
            }
        }
    };
}

/// The list of acts, for whoever has something to say of each: `for_each_act!(name)` calls the macro `name` with it, as
/// `number Name(type) "word", "doc";` by number. The type is a path below [`books::acts`](crate::acts).
#[macro_export]
macro_rules! for_each_act {
    ($use:ident) => {
        $use! {
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
            30 EstablishReserve(Box<agreement::EstablishReserve>) "establish_reserve", "Members agree on a reserve.";
            31 AmendReserve(Box<agreement::AmendReserve>) "amend_reserve", "The rules of a reserve get a new version.";
            32 WindUp(agreement::WindUp) "wind_up", "A reserve is wound up.";
            33 SetMember(Box<membership::SetMember>) "set_member", "A member joins, is suspended or leaves.";
            34 SetKey(Box<key::SetKey>) "set_key", "The allocation key of a reserve is set.";
            35 RecordBase(base::RecordBase) "record_base", "A year's consumption or net imports is recorded.";
            36 Commit(commit::Commit) "commit", "Material to come, or money, is promised to a reserve.";
            37 Accept(accept::Accept) "accept", "A ticket or a delegation is agreed to.";
            38 Contribute(contribute::Contribute) "contribute", "Stock goes into a pool.";
            39 TransferEntitlement(entitlement::TransferEntitlement) "transfer_entitlement", "An entitlement goes to another member.";
            40 Withdraw(withdraw::Withdraw) "withdraw", "A member draws from a pool.";
            41 Replenish(replenish::Replenish) "replenish", "What was drawn is put back.";
            42 SettleCash(settle_cash::SettleCash) "settle_cash", "Money goes between a member and a reserve.";
            43 ShareDifference(share_difference::ShareDifference) "share_difference", "A pool's difference is shared.";
            44 Activate(activate::Activate) "activate", "The mechanism of a reserve is opened.";
            45 CallMembers(Box<call::CallMembers>) "call", "A reserve calls on its members.";
            46 CommitToCall(commit_to_call::CommitToCall) "commit_to_call", "A member commits to a call.";
            47 Deliver(deliver::Deliver) "deliver", "A member delivers to a call.";
            48 SettlePart(settle_part::SettlePart) "settle_part", "A part of a call is made available, relieved, waived or in default.";
            49 EndCall(end_call::EndCall) "end_call", "A call is cancelled or terminated.";
            50 DeclareDemand(demand::DeclareDemand) "declare_demand", "A buyer declares demand for a joint order.";
            51 Award(Box<award::Award>) "award", "A joint order goes to a supplier.";
            52 ReceiveOrder(receive_order::ReceiveOrder) "receive_order", "A part of a joint order comes in and is paid.";
            53 SetPriceFloor(Box<price_floor::SetPriceFloor>) "set_price_floor", "A price floor is set.";
            54 AcquireRight(Box<right::AcquireRight>) "acquire_right", "A right to material not yet made is acquired.";
            55 TransferRight(right::TransferRight) "transfer_right", "A right is passed on.";
            56 ExerciseRight(Box<right::ExerciseRight>) "exercise_right", "A right is exercised.";
            57 Restrict(Box<restrict::Restrict>) "restrict", "A restriction on movements is recorded.";
            58 LiftRestriction(restrict::LiftRestriction) "lift_restriction", "A restriction is lifted.";
            59 License(restrict::License) "license", "A licence under a restriction is recorded.";
            60 SetShareLimit(share_limit::SetShareLimit) "set_share_limit", "A limit on concentration, or a target, is set.";
            61 RequestAccess(access::RequestAccess) "request_access", "Access to a reserve is asked for.";
            62 DecideAccess(access::DecideAccess) "decide_access", "A request for access is decided.";
            63 ReceiveReport(Box<receive_report::ReceiveReport>) "receive_report", "A party's report is received.";
            64 AddReportLines(receive_report::AddReportLines) "add_report_lines", "More lines of a report are received.";
            65 RecordRun(Box<record_run::RecordRun>) "record_run", "A comparison is recorded, with the breaks it found.";
            66 ExplainBreak(breaks::ExplainBreak) "explain_break", "A break gets its reason.";
            67 AssignBreak(breaks::AssignBreak) "assign_break", "A break gets its owner.";
            68 AgreeBreak(breaks::AgreeBreak) "agree_break", "A party agrees to a difference.";
            69 CloseBreak(Box<breaks::CloseBreak>) "close_break", "A break is resolved or written off.";
            70 ReopenBreak(breaks::ReopenBreak) "reopen_break", "A closed break is come back to.";
            71 MatchLines(match_lines::MatchLines) "match_lines", "Lines of two records are matched by hand.";
            72 UnmatchLines(match_lines::UnmatchLines) "unmatch_lines", "A match by hand is taken back.";
            73 SetMethod(comparing::SetMethod) "set_method", "The errors of a method of measurement are set.";
            74 SetMeasuring(comparing::SetMeasuring) "set_measuring", "The methods that measure a balance area are set.";
            75 SetTolerance(comparing::SetTolerance) "set_tolerance", "How far two figures may be apart is set.";
            76 SetDuty(comparing::SetDuty) "set_duty", "Who reports when is set.";
            77 Publish(Box<publish::Publish>) "publish", "Figures of a period are published, or restated.";
            80 TrustLog(trust_log::TrustLog) "trust_log", "The log of another ledger is trusted, or no more.";
            81 RecordFact(record_fact::RecordFact) "record_fact", "A proven fact of another ledger is recorded.";
            82 RotateLogKey(rotate_log_key::RotateLogKey) "rotate_log_key", "The log's key announces the next one.";
            83 RecordLoad(Box<record_load::RecordLoad>) "record_load", "A load of a file is recorded, with what came from which line.";
            84 AmendLot(Box<amend_lot::AmendLot>) "amend_lot", "What was said of a lot is mended.";
            85 SetFactor(set_factor::SetFactor) "set_factor", "A density, a calorific value or the like is set.";
            86 CountItems(Box<count_items::CountItems>) "count_items", "Items of a lot are counted beside its weight: drums, seals, serial numbers.";
            90 RegisterPerson(Box<person::RegisterPerson>) "register_person", "A person is registered that acts for a party.";
            91 AmendPerson(Box<person::AmendPerson>) "amend_person", "A person gets another key, or acts for its party no more.";
            92 GiveMandate(Box<mandate::GiveMandate>) "mandate", "An owner lets another party act on its stock.";
            93 EndMandate(mandate::EndMandate) "end_mandate", "A mandate ends.";
            94 OpenOrder(Box<open_order::OpenOrder>) "open_order", "A joint order is opened for a reserve, or for named buyers.";
            95 AcceptAward(open_order::AcceptAward) "accept_award", "A buyer accepts its part of an award.";
            96 RecordRate(rate::RecordRate) "record_rate", "A rate between two currencies is recorded.";
            97 BookCash(Box<book_cash::BookCash>) "book_cash", "A reserve spends or earns money.";
            98 ServeRequest(serve_request::ServeRequest) "serve_request", "What was granted of a reserve is handed over.";
            99 RecordFigure(Box<record_figure::RecordFigure>) "record_figure", "A figure of the world is recorded: imports, production, refining.";
        }
    };
}

for_each_act!(acts);

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
    match crate::limits::text_fault(text) {
        Some(fault) => Err(Rejection::invalid(field, fault)),
        None => Ok(()),
    }
}

pub(crate) fn country_fits(field: &'static str, country: Option<&String>) -> Result<(), Rejection> {
    match country {
        Some(code) if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_uppercase()) => {
            Err(Rejection::invalid(field, Fault::NotACountry { text: code.clone() }))
        }
        _ => Ok(()),
    }
}

pub(crate) fn lines_fit(line_count: usize) -> Result<(), Rejection> {
    match line_count {
        0 => Err(Rejection::invalid("lines", Fault::NoLot)),
        count if count > crate::limits::LINE_COUNT_MAX => {
            Err(Rejection::invalid("lines", Fault::LinesTooMany { count, most: crate::limits::LINE_COUNT_MAX }))
        }
        _ => Ok(()),
    }
}
