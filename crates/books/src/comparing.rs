//! What comparisons go by: errors of methods of measurement, tolerances, and who reports when; and what was published.

use crate::number::{Day, MaterialNo, PartyNo, PlaceNo, Seq};
use crate::report::ReportKind;
use measure::{Dimension, Unit};

/// A rule that is in force from its day on, until another one of its kind and subject takes its place.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Rule {
    /// The event that set it.
    #[n(0)]
    pub seq: Seq,
    /// Its first day.
    #[n(1)]
    pub from: Day,
    /// What it says.
    #[n(2)]
    pub says: Says,
    /// Who set it.
    #[n(3)]
    pub by: PartyNo,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Says {
    /// How well a method measures.
    #[n(0)]
    Method(#[n(0)] Method),
    /// How far two figures may be apart.
    #[n(1)]
    Tolerance(#[n(0)] Allowance),
    /// Who reports when.
    #[n(2)]
    Duty(#[n(0)] Duty),
    /// How flows and counts of a balance area are measured.
    #[n(3)]
    Measuring(#[n(0)] Measuring),
    /// What one currency is worth in another.
    #[n(4)]
    Rate(#[n(0)] crate::price::Rate),
    /// A figure of the world.
    #[n(5)]
    Figure(#[n(0)] crate::world::WorldFigure),
}

/// What a rule is about: of one subject one rule is in force.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject<'s> {
    Method(&'s str),
    Tolerance(Option<MaterialNo>),
    Duty(PartyNo, ReportKind),
    Measuring(PlaceNo, MaterialNo),
    Rate(Dimension, Dimension),
    Figure(crate::world::Key<'s>),
}

impl Says {
    pub(crate) fn subject(&self) -> Subject<'_> {
        match self {
            Self::Method(method) => Subject::Method(&method.method),
            Self::Tolerance(allowance) => Subject::Tolerance(allowance.material),
            Self::Duty(duty) => Subject::Duty(duty.party, duty.kind),
            Self::Measuring(how) => Subject::Measuring(how.site, how.material),
            Self::Rate(rate) => {
                let (of, per) = rate.rate.dimensions();
                Subject::Rate(of.min(per), of.max(per))
            }
            Self::Figure(figure) => Subject::Figure(figure.key()),
        }
    }
}

/// Relative errors of a method, each as one standard deviation, in parts per billion.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Method {
    /// Its name.
    #[n(0)]
    pub method: String,
    /// Drawn anew with each measurement.
    #[n(1)]
    pub random_ppb: u32,
    /// The same in each.
    #[n(2)]
    pub systematic_ppb: u32,
}

/// Which methods measure a material at a site.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Measuring {
    /// The balance area.
    #[n(0)]
    pub site: PlaceNo,
    /// The material.
    #[n(1)]
    pub material: MaterialNo,
    /// What is counted, by this method.
    #[n(2)]
    pub stock: String,
    /// What comes in and goes out, by this method.
    #[n(3)]
    pub flow: String,
    /// Size of one measured load in accounting units, where movements are made up of several.
    #[n(4)]
    pub load: Option<u64>,
    /// Was each counted lot measured by itself? One survey of all that lies there, where not.
    #[n(5)]
    pub each_lot: Option<bool>,
    /// Size of one measured item in accounting units, where what is counted is made up of several.
    #[n(6)]
    pub item: Option<u64>,
}

/// How far two figures may be apart, in accounting units.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Allowance {
    /// Of which material; of all that have none of their own where none is said.
    #[n(0)]
    pub material: Option<MaterialNo>,
    /// Parts per million of the larger figure.
    #[n(1)]
    pub ppm: u32,
    /// In accounting units.
    #[n(2)]
    pub absolute: u64,
    /// A difference up to this is rounding, in accounting units.
    #[n(3)]
    pub rounding: u64,
    /// How many days apart two records may be to be of one movement.
    #[n(4)]
    pub days: u32,
    /// How many days apart equal figures may be without anybody explaining it: none where nobody has said it.
    #[n(5)]
    pub days_stated: Option<u32>,
}

impl Allowance {
    /// See [`Self::days_stated`].
    #[must_use]
    pub fn days_allowed(&self) -> u32 {
        self.days_stated.unwrap_or(0)
    }
}

/// Who reports when.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Duty {
    /// Who.
    #[n(0)]
    pub party: PartyNo,
    /// What.
    #[n(1)]
    pub kind: ReportKind,
    /// How many months a report covers, from the first of a month.
    #[n(2)]
    pub months: u8,
    /// How many days after its last day it is due.
    #[n(3)]
    pub days: u16,
}

/// A published figure, with its sign.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Figure {
    /// Which line of the publication.
    #[n(0)]
    pub line: String,
    /// Whole number of 10^-`decimals` units.
    #[n(1)]
    pub digits: i64,
    /// Decimals.
    #[n(2)]
    pub decimals: u8,
}

/// Figures that were published for a period: for ever printable as they were.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Publication {
    /// `P4`.
    #[n(0)]
    pub code: String,
    /// The event.
    #[n(1)]
    pub seq: Seq,
    /// Who publishes.
    #[n(2)]
    pub party: PartyNo,
    /// Name of the series.
    #[n(3)]
    pub series: String,
    /// Last day of the period.
    #[n(4)]
    pub through: Day,
    /// The day of publication.
    #[n(5)]
    pub published: Day,
    /// Unit of all its figures.
    #[n(6)]
    pub unit: Unit,
    /// The figures.
    #[n(7)]
    pub figures: Vec<Figure>,
    /// Why, where it restates.
    #[n(8)]
    pub note: Option<String>,
    /// Who let it through.
    #[n(9)]
    pub checker: Option<String>,
    /// The last event when it was made: the figures are those known there.
    #[n(10)]
    pub known_at: Seq,
}
