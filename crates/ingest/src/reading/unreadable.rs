//! Figures that cannot be set against what is recorded: what is wrong with each.

use wire::Malformed;

use super::Step;
use crate::decimal::Decimal;
use crate::flows::Replaced;
use crate::mapping::Column;
use crate::said::Stated;
use crate::wrong::Wrong;

fn wrong(wrong: Wrong) -> Step {
    Step::Unreadable(Box::new(Malformed::whole(wrong)))
}

pub(super) fn too_long(number: &str) -> Step {
    let shown: String = number.chars().take(40).collect();
    wrong(Wrong::TooManyDecimals { text: shown })
}

pub(super) fn not_opened(column: &Column) -> Step {
    wrong(Wrong::NotOpened { site: column.site.clone(), lot: column.lot.clone() })
}

pub(super) fn older(stated: &Stated, replaced: &Replaced) -> Step {
    let (now, unit) = (stated.figure.show(&stated.column.unit), &stated.column.unit);
    let Replaced { seq, quantity, .. } = replaced;
    wrong(Wrong::OlderFigure { quantity: now, other: format!("{quantity} {unit}"), event: *seq })
}

pub(super) fn undecided(stated: &Stated, replaced: &Replaced) -> Step {
    let (now, unit) = (stated.figure.show(&stated.column.unit), &stated.column.unit);
    let Replaced { seq, quantity, day, .. } = replaced;
    let other = format!("{quantity} {unit}");
    wrong(Wrong::RevisedOrAnother { quantity: now, day: day.to_string(), event: *seq, other })
}

pub(super) fn two_figures(stated: &Stated, other: Decimal) -> Step {
    let unit = &stated.column.unit;
    let (now, other, day) = (stated.figure.show(unit), other.show(unit), stated.day);
    wrong(Wrong::TwoFigures { quantity: now, day: day.to_string(), other })
}
