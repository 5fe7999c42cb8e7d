//! What the comparison of two records can say, and why a difference may be there.

use std::fmt;

/// What became of a line. There is no tenth answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Both sides tell the same.
    Matched,
    /// The figures differ by no more than rounding explains.
    Rounding,
    /// The figures, or the days of equal figures, differ by no more than is allowed.
    WithinTolerance,
    /// The figures agree, the days do not, by more than is allowed: timing.
    DateDiffers,
    /// The figures cannot be compared: gross against contained, 100 kg against 100 t, or 3 t against 3,000 t.
    BasisOrUnitDiffers,
    /// One movement, two figures. Also where the same figure stands against another lot, site or party: there the
    /// quantity differs by all of it, and the reason says which.
    QuantityDiffers,
    /// The same line a second time on one side.
    Duplicate,
    /// Told by us alone.
    OursOnly,
    /// Told by them alone.
    TheirsOnly,
}

impl Class {
    /// All of them, the best first.
    pub const ALL: [Self; 9] = [
        Self::Matched,
        Self::Rounding,
        Self::WithinTolerance,
        Self::DateDiffers,
        Self::BasisOrUnitDiffers,
        Self::QuantityDiffers,
        Self::Duplicate,
        Self::OursOnly,
        Self::TheirsOnly,
    ];

    /// Does somebody have to explain it?
    #[must_use]
    pub const fn is_break(self) -> bool {
        !matches!(self, Self::Matched | Self::Rounding | Self::WithinTolerance)
    }

    /// What the other side would call it.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::OursOnly => Self::TheirsOnly,
            Self::TheirsOnly => Self::OursOnly,
            both => both,
        }
    }

    /// The code in files and answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Rounding => "rounding",
            Self::WithinTolerance => "within_tolerance",
            Self::DateDiffers => "date_differs",
            Self::BasisOrUnitDiffers => "basis_or_unit_differs",
            Self::QuantityDiffers => "quantity_differs",
            Self::Duplicate => "duplicate",
            Self::OursOnly => "ours_only",
            Self::TheirsOnly => "theirs_only",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Why two records differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// Booked on different days.
    Timing,
    /// Told in another unit or on another basis.
    UnitOrBasis,
    /// Rounded on one side.
    Rounding,
    /// A provisional assay stands against a final one.
    AssayProvisional,
    /// Told with its water on one side and without on the other.
    Moisture,
    /// Told twice.
    Duplicate,
    /// Not told by the other side.
    Missing,
    /// Booked to another lot.
    WrongLot,
    /// Booked to another party.
    WrongParty,
    /// Nobody knows yet.
    Unknown,
    /// Another figure was written: 11.2 for 12.
    FigureWrong,
    /// What came in was booked as going out, or the other way round.
    SignReversed,
    /// Booked in another period: one side closed its books before it.
    CutOff,
    /// Booked at another site.
    SiteWrong,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::Timing,
        Self::UnitOrBasis,
        Self::Rounding,
        Self::AssayProvisional,
        Self::Moisture,
        Self::Duplicate,
        Self::Missing,
        Self::WrongLot,
        Self::WrongParty,
        Self::Unknown,
        Self::FigureWrong,
        Self::SignReversed,
        Self::CutOff,
        Self::SiteWrong,
    ];

    /// The code in files and answers.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Timing => "timing",
            Self::UnitOrBasis => "unit_or_basis",
            Self::Rounding => "rounding",
            Self::AssayProvisional => "assay_provisional",
            Self::Moisture => "moisture",
            Self::Duplicate => "duplicate",
            Self::Missing => "missing",
            Self::WrongLot => "wrong_lot",
            Self::WrongParty => "wrong_party",
            Self::Unknown => "unknown",
            Self::FigureWrong => "figure_wrong",
            Self::SignReversed => "sign_reversed",
            Self::CutOff => "cut_off",
            Self::SiteWrong => "site_wrong",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
