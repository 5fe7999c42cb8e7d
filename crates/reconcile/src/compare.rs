//! Two lines, or two heaps of lines, that are taken to tell of one movement: how do they differ?

use measure::{Basis, Scale};

use crate::class::{Class, Reason};
use crate::line::Line;
use crate::tolerance::{Tolerance, Tolerances};
use crate::yardstick::{Measure, Yardstick};

/// A class, and the reason that the lines themselves show.
pub(crate) type Verdict = (Class, Option<Reason>);

/// What is needed to compare: exact units, and how far figures may be apart.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) yardstick: &'a Yardstick,
    pub(crate) tolerances: &'a Tolerances,
}

impl Judge<'_> {
    /// The quantity of a line in the yardstick of its dimension.
    pub(crate) fn amount(self, line: &Line) -> i128 {
        self.yardstick.amount(line.quantity, line.scale)
    }

    /// How far the figures of two comparable lines are apart, in the yardstick.
    pub(crate) fn distance(self, ours: &Line, theirs: &Line) -> u128 {
        self.amount(ours).abs_diff(self.amount(theirs))
    }

    /// What the unit of a line measures: lines of one measure and basis compare.
    pub(crate) fn measure(self, line: &Line) -> Measure {
        self.yardstick.measure(line.scale)
    }

    /// May the figures of two lines be added?
    pub(crate) fn add_up(self, a: &Line, b: &Line) -> bool {
        a.basis == b.basis && (a.scale == b.scale || self.measure(a) == self.measure(b))
    }

    /// Judges two lines of one material. Symmetric.
    pub(crate) fn pair(self, ours: &Line, theirs: &Line) -> Verdict {
        if !self.add_up(ours, theirs) {
            return (Class::BasisOrUnitDiffers, Some(basis_reason(ours.basis, theirs.basis)));
        }
        if let Some(reason) = place_reason(ours, theirs) {
            return (Class::QuantityDiffers, Some(reason));
        }
        let sums = [ours, theirs].map(|line| self.amount(line));
        let mistaken_unit = (ours.scale != theirs.scale && same_figure(ours, theirs)) || is_thousandfold(sums);
        let verdict = self.figures(sums, [ours, theirs].into_iter(), 1);
        match verdict.0 {
            Class::QuantityDiffers if mistaken_unit => (Class::BasisOrUnitDiffers, Some(Reason::UnitOrBasis)),
            Class::QuantityDiffers if sums[0] == -sums[1] => (Class::QuantityDiffers, Some(Reason::SignReversed)),
            Class::QuantityDiffers if ours.is_provisional != theirs.is_provisional => {
                (Class::QuantityDiffers, Some(Reason::AssayProvisional))
            }
            _ => verdict,
        }
    }

    /// Judges two sums of comparable lines. Symmetric.
    pub(crate) fn figures<'a>(
        self,
        [ours, theirs]: [i128; 2],
        lines: impl Iterator<Item = &'a Line> + Clone,
        roundings: u32,
    ) -> Verdict {
        let apart = ours.abs_diff(theirs);
        let (class, reason) = if apart == 0 {
            (Class::Matched, None)
        } else {
            let allowed = self.allowed(ours.unsigned_abs().max(theirs.unsigned_abs()), lines.clone(), roundings);
            if apart <= allowed.rounding {
                (Class::Rounding, Some(Reason::Rounding))
            } else if apart <= allowed.tolerance {
                (Class::WithinTolerance, None)
            } else {
                (Class::QuantityDiffers, Some(Reason::Unknown))
            }
        };
        match self.days_apart(lines) {
            (0, _) => (class, reason),
            _ if class == Class::QuantityDiffers => (class, reason),
            (apart, allowed) if apart <= allowed => (Class::WithinTolerance, Some(Reason::Timing)),
            _ => (Class::DateDiffers, Some(Reason::Timing)),
        }
    }

    /// How many days lie between the first and the last of some lines, and how many may.
    fn days_apart<'a>(self, mut lines: impl Iterator<Item = &'a Line> + Clone) -> (u32, u32) {
        let ends = lines.clone().map(|line| (line.effective, line.effective));
        let (first, last) = ends.reduce(|(first, last), (day, _)| (first.min(day), last.max(day))).unwrap_or_default();
        let allowed = |line: &Line| self.tolerances.of(line.material).days_allowed;
        (last.distance(first), if first == last { 0 } else { lines.next().map_or(0, allowed) })
    }

    /// What is allowed between two figures of which the larger is `larger`, told in the units of `lines`.
    pub(crate) fn allowed<'a>(self, larger: u128, lines: impl Iterator<Item = &'a Line>, roundings: u32) -> Allowed {
        let mut coarsest = 0;
        let mut tolerance = Tolerance::EXACT;
        for line in lines {
            coarsest = coarsest.max(self.yardstick.multiple(line.scale).unsigned_abs());
            tolerance = self.tolerances.of(line.material);
        }
        // Divided before it is multiplied, so that no product leaves 128 bits.
        let ppm = u128::from(tolerance.ppm);
        let relative = (larger / 1_000_000) * ppm + (larger % 1_000_000) * ppm / 1_000_000;
        Allowed {
            rounding: u128::from(tolerance.rounding) * u128::from(roundings) * coarsest,
            tolerance: relative.max(u128::from(tolerance.absolute) * coarsest),
        }
    }
}

/// What is allowed between two figures, in the yardstick.
#[derive(Clone, Copy)]
pub(crate) struct Allowed {
    pub(crate) rounding: u128,
    pub(crate) tolerance: u128,
}

impl Allowed {
    pub(crate) fn larger(self) -> u128 {
        self.rounding.max(self.tolerance)
    }
}

fn basis_reason(ours: Basis, theirs: Basis) -> Reason {
    match (ours, theirs) {
        (Basis::Wet, Basis::Dry) | (Basis::Dry, Basis::Wet) => Reason::Moisture,
        _ => Reason::UnitOrBasis,
    }
}

/// Why the figures of two lines do not belong to one account; `None` when they do. A lot that is not told is any lot.
fn place_reason(ours: &Line, theirs: &Line) -> Option<Reason> {
    if (ours.party, ours.counterparty) != (theirs.party, theirs.counterparty) {
        return Some(Reason::WrongParty);
    }
    if !lots_agree(ours, theirs) {
        return Some(Reason::WrongLot);
    }
    (ours.site != theirs.site).then_some(Reason::SiteWrong)
}

/// Can both mean one lot?
pub(crate) fn lots_agree(ours: &Line, theirs: &Line) -> bool {
    ours.lot.is_none() || theirs.lot.is_none() || ours.lot == theirs.lot
}

/// Is one of two amounts exactly a thousand, a million or a thousand million times the other: kilograms written as tonnes?
fn is_thousandfold(amounts: [i128; 2]) -> bool {
    let [smaller, larger] = if amounts[0].abs() < amounts[1].abs() { amounts } else { [amounts[1], amounts[0]] };
    [1_000, 1_000_000, 1_000_000_000].iter().any(|times| smaller != 0 && smaller.checked_mul(*times) == Some(larger))
}

/// Is the number written the same, whatever its unit?
fn same_figure(ours: &Line, theirs: &Line) -> bool {
    figure(ours.quantity, ours.scale) == figure(theirs.quantity, theirs.scale)
}

/// The number as it is written, without its unit: digits and decimals, with no zeros that say nothing.
pub(crate) fn figure(quantity: i64, scale: Scale) -> (i64, u8) {
    let (mut digits, mut decimals) = (quantity, scale.decimals);
    while decimals > 0 && digits % 10 == 0 {
        (digits, decimals) = (digits / 10, decimals - 1);
    }
    (digits, decimals)
}
