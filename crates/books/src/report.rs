//! What parties report: numbered statements and transaction reports, told in their own units.
//!
//! A line is kept as it was told, whether the books agree or not; what it means follows when reports are compared. The
//! lines themselves stay in the log: a report remembers the events that hold them, so that the books stay small.

use measure::{Basis, Unit};

use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, ReportNo, Seq};

/// SHA-256, of a file or of a line.
pub type Hash = [u8; 32];

/// SHA-256 of a file, where it may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct FileHash(#[cbor(n(0), with = "minicbor::bytes")] pub Hash);

/// What a report tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum ReportKind {
    /// What was held: opening and closing of each account, and what moved between where that is told.
    #[n(0)]
    Statement,
    /// What moved.
    #[n(1)]
    Transactions,
}

/// Which way a movement went, seen from the party that reports. The type of a movement fixes its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Way {
    /// It came in.
    #[n(0)]
    In,
    /// It went out.
    #[n(1)]
    Out,
}

/// A quantity as it was told, in its sender's own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Told {
    /// Whole number of 10^-`decimals` units.
    #[n(0)]
    pub digits: i64,
    /// Decimals as told.
    #[n(1)]
    pub decimals: u8,
    /// The unit.
    #[n(2)]
    pub unit: Unit,
    /// What it includes.
    #[n(3)]
    pub basis: Basis,
}

/// The line that a correction replaces. It may not have arrived yet.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Replaces {
    /// Number of the same sender's report.
    #[n(0)]
    pub report: u32,
    /// Its line.
    #[n(1)]
    pub line: u32,
    /// What the sender takes its content to be.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub hash: Hash,
}

/// A movement as a party tells it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReportLine {
    /// Its place in the report, from 1.
    #[n(0)]
    pub number: u32,
    /// The material.
    #[n(1)]
    pub material: MaterialNo,
    /// Which way it went.
    #[n(2)]
    pub way: Way,
    /// How much.
    #[n(3)]
    pub quantity: Told,
    /// The day it took effect.
    #[n(4)]
    pub effective: Day,
    /// What both parties call the movement.
    #[n(5)]
    pub reference: Option<String>,
    /// Who stands on the other end.
    #[n(6)]
    pub counterparty: Option<PartyNo>,
    /// Where it lies.
    #[n(7)]
    pub site: Option<PlaceNo>,
    /// The sender's name of the lot.
    #[n(8)]
    pub lot: Option<String>,
    /// The content rests on a provisional assay.
    #[n(9)]
    pub provisional: bool,
    /// What it corrects.
    #[n(10)]
    pub replaces: Option<Replaces>,
    /// It takes the corrected line away and puts nothing in its place.
    #[n(11)]
    pub withdraws: bool,
}

/// What a party says it held of one account.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct StatedBalance {
    /// The material.
    #[n(0)]
    pub material: MaterialNo,
    /// Where; at all sites together where it is not told.
    #[n(1)]
    pub site: Option<PlaceNo>,
    /// Of which lot; of all where it is not told.
    #[n(2)]
    pub lot: Option<String>,
    /// Held before the first day; none where only what lay there at the end is told.
    #[n(3)]
    pub opening: Option<Told>,
    /// Held at the end of the last day.
    #[n(4)]
    pub closing: Told,
}

/// A report as it was received.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Report {
    /// `PARTY/7`.
    #[n(0)]
    pub code: String,
    /// Who tells it.
    #[n(1)]
    pub party: PartyNo,
    /// The sender's number, from 1.
    #[n(2)]
    pub number: u32,
    /// What it tells.
    #[n(3)]
    pub kind: ReportKind,
    /// First day it covers.
    #[n(4)]
    pub first: Day,
    /// Last day it covers.
    #[n(5)]
    pub last: Day,
    /// Hash of the file it was read from.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub source: Hash,
    /// The day it was due, where that was said.
    #[n(7)]
    pub due: Option<Day>,
    /// The UTC day on which it was received.
    #[n(8)]
    pub received: Day,
    /// How many lines it has.
    #[n(9)]
    pub line_count: u32,
    /// How many of them have come.
    #[n(10)]
    pub lines_here: u32,
    /// How many balances it states.
    #[n(11)]
    pub balance_count: u32,
    /// The person who signed it.
    #[n(12)]
    pub signed_by: Option<String>,
    /// The events that hold it, the first of them with its balances.
    #[n(13)]
    pub events: Vec<Seq>,
    /// The event that began another report under its number, before it was whole.
    #[n(14)]
    pub superseded: Option<Seq>,
    /// How many of its lines lie outside its days and correct nothing.
    #[cbor(n(15), default)]
    pub lines_outside: u32,
    /// Who posted it: its sender, or somebody in its name.
    #[n(16)]
    pub told_by: Option<PartyNo>,
}

impl Report {
    /// Have all its lines come?
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.lines_here == self.line_count
    }

    /// Are there lines of it still to come?
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        !self.is_complete() && self.superseded.is_none()
    }

    /// How many of some lines lie outside its days: corrections may, for they speak of earlier days.
    pub(crate) fn count_outside(first: Day, last: Day, lines: &[ReportLine]) -> u32 {
        let is_outside = |line: &&ReportLine| line.replaces.is_none() && !(first..=last).contains(&line.effective);
        u32::try_from(lines.iter().filter(is_outside).count()).expect("an event has few lines")
    }
}

/// What a difference is about: a piece of either record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Piece {
    /// A leg of an entry of an event: twice the place of the entry in the event, from 0, and one more for the side that
    /// gains.
    #[n(0)]
    Event(#[n(0)] Seq, #[n(1)] u32),
    /// A line of a report.
    #[n(1)]
    Line(#[n(0)] ReportNo, #[n(1)] u32),
    /// A closing balance of a statement, by its place in it, from 1.
    #[n(2)]
    Balance(#[n(0)] ReportNo, #[n(1)] u32),
    /// What the books hold of a material at a site at the end of a day.
    #[n(3)]
    Held(#[n(0)] Day, #[n(1)] PlaceNo, #[n(2)] MaterialNo),
}
