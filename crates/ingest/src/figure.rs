//! Numbers in the wild: footnotes, dashes, flags, missing values. Missing is not zero.

use crate::mapping::Mapping;

/// How a source writes its figures.
#[derive(Clone, Copy, Debug)]
pub struct Marks<'m> {
    /// Texts that say "no figure".
    pub missing: &'m [String],
    /// Texts that say zero.
    pub zero: &'m [String],
    /// Marks that may stand after a figure.
    pub flags: &'m [String],
    /// Separator of thousands.
    pub thousands: Option<&'m str>,
    /// The decimal mark.
    pub decimal: char,
}

impl Mapping {
    /// How its source writes figures.
    #[must_use]
    pub fn marks(&self) -> Marks<'_> {
        Marks {
            missing: &self.missing,
            zero: &self.zero,
            flags: &self.flags,
            thousands: self.thousands.as_deref(),
            decimal: self.decimal,
        }
    }
}

/// A figure as a source writes it, made exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// No figure was given.
    Missing,
    /// A decimal number without sign, and the flag that stood after it.
    Given {
        /// Digits and at most one point.
        number: String,
        /// `E`, `p`, ...
        flag: Option<String>,
    },
}

/// The text is no figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FigureError {
    /// A bound, such as `>95`.
    #[error("`{0}` is a bound, not a figure")]
    Bound(String),
    /// Less than zero.
    #[error("`{0}` is negative; a stock or flow is never less than nothing")]
    Negative(String),
    /// Thousands are not grouped by three.
    #[error(
        "`{text}` is not grouped as thousands are: three digits after each `{thousands}`, none after the `{decimal}`"
    )]
    Grouping {
        /// What was written.
        text: String,
        /// The separator of the mapping.
        thousands: String,
        /// The decimal mark of the mapping.
        decimal: char,
    },
    /// Anything else.
    #[error("`{0}` is not a figure")]
    NotAFigure(String),
}

impl Figure {
    /// Reads a figure as its source writes it.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn read(text: &str, marks: Marks<'_>) -> Result<Self, FigureError> {
        let text = text.trim();
        let shown = || text.chars().take(40).collect::<String>();
        if text.is_empty() || marks.missing.iter().any(|missing| missing == text) {
            return Ok(Self::Missing);
        }
        if marks.zero.iter().any(|zero| zero == text) {
            return Ok(Self::Given { number: "0".into(), flag: None });
        }
        let flag = marks.flags.iter().find(|flag| text.ends_with(flag.as_str())).cloned();
        let digits = flag.as_ref().map_or(text, |flag| &text[..text.len() - flag.len()]).trim();
        if digits.starts_with(['>', '<', '≥', '≤', '~']) {
            return Err(FigureError::Bound(shown()));
        }
        if digits.starts_with(['-', '−']) {
            return Err(FigureError::Negative(shown()));
        }
        let (whole, fraction) = match digits.split_once(marks.decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (digits, None),
        };
        let thousands = marks.thousands.filter(|thousands| digits.contains(thousands));
        let whole = match thousands {
            Some(thousands) => {
                ungrouped(whole, thousands).filter(|_| !fraction.is_some_and(|it| it.contains(thousands)))
            }
            None => Some(whole.to_owned()),
        };
        let Some(whole) = whole else {
            let thousands = marks.thousands.unwrap_or_default().to_owned();
            return Err(FigureError::Grouping { text: shown(), thousands, decimal: marks.decimal });
        };
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(&whole) || !fraction.is_none_or(is_digits) {
            return Err(FigureError::NotAFigure(shown()));
        }
        let number = fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}"));
        Ok(Self::Given { number, flag })
    }
}

/// The digits without the separators, where these stand between groups of three: `1,200` and never `1,2` or `0,120`.
fn ungrouped(whole: &str, thousands: &str) -> Option<String> {
    let mut groups = whole.split(thousands);
    let first = groups.next().unwrap_or_default();
    let mut later = groups.clone();
    let is_grouped = (1..=3).contains(&first.len())
        && (later.next().is_none() || !first.starts_with('0'))
        && groups.all(|group| group.len() == 3);
    is_grouped.then(|| whole.replace(thousands, ""))
}

#[cfg(test)]
mod tests;
