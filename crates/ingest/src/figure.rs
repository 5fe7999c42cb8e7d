//! Numbers in the wild: footnotes, dashes, flags, missing values. Missing is not zero.

use crate::mapping::Mapping;

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
    /// Anything else.
    #[error("`{0}` is not a figure")]
    NotAFigure(String),
}

impl Figure {
    /// Reads a figure as a mapping says it is written.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn read(text: &str, mapping: &Mapping) -> Result<Self, FigureError> {
        let text = text.trim();
        let shown = || text.chars().take(40).collect::<String>();
        if text.is_empty() || mapping.missing.iter().any(|missing| missing == text) {
            return Ok(Self::Missing);
        }
        if mapping.zero.iter().any(|zero| zero == text) {
            return Ok(Self::Given { number: "0".into(), flag: None });
        }
        let flag = mapping.flags.iter().find(|flag| text.ends_with(flag.as_str())).cloned();
        let digits = flag.as_ref().map_or(text, |flag| &text[..text.len() - flag.len()]).trim();
        let digits = match &mapping.thousands {
            Some(separator) if !separator.is_empty() => digits.replace(separator.as_str(), ""),
            _ => digits.to_owned(),
        };
        if digits.starts_with(['>', '<', '≥', '≤', '~']) {
            return Err(FigureError::Bound(shown()));
        }
        if digits.starts_with(['-', '−']) {
            return Err(FigureError::Negative(shown()));
        }
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && !digits.ends_with('.');
        if is_number { Ok(Self::Given { number: digits, flag }) } else { Err(FigureError::NotAFigure(shown())) }
    }
}

#[cfg(test)]
mod tests;
