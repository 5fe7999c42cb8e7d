//! Figures of a year that keys and days of cover go by: consumption and net imports, as published and later revised.

use crate::number::{Day, MaterialNo, PartyNo, Seq};

/// What a figure is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum BaseKind {
    /// Used in the year.
    #[n(0)]
    Consumption,
    /// Imports less exports of the year; negative for a net exporter.
    #[n(1)]
    NetImports,
}

/// One figure, as the ledger learned it. A later row of the same year is a revision.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Base {
    /// The event that recorded it.
    #[n(0)]
    pub seq: Seq,
    /// Whose.
    #[n(1)]
    pub party: PartyNo,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// What it is of.
    #[n(3)]
    pub kind: BaseKind,
    /// The calendar year.
    #[n(4)]
    pub year: u16,
    /// The figure, in accounting units of the material.
    #[n(5)]
    pub units: i64,
    /// Who published it.
    #[n(6)]
    pub source: Option<String>,
    /// The day from which it is the figure of its year.
    #[n(7)]
    pub effective: Day,
}
