//! Numbers in the wild: footnotes, dashes, flags, signs, units, missing values. Missing is not zero.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::decimal::Decimal;
use crate::source::Kind;
use crate::wrong::Wrong;

/// Settings of a mapping that say how its source writes figures.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FigureSettings {
    /// Texts that say "no figure". Missing is never zero.
    pub missing: Vec<String>,
    /// Texts that say zero, such as a dash.
    pub zero: Vec<String>,
    /// Marks that may stand before or behind a figure (`E` estimated, `p` provisional) and are kept in the reference.
    pub flags: Vec<String>,
    /// Separator of thousands: between groups of exactly three digits, never after the decimal mark. A blank is any blank.
    pub thousands: Option<String>,
    /// The decimal mark: a point where nothing is said, and then no figure may be readable in two ways.
    pub decimal: Option<char>,
    /// What a sign before a movement says.
    pub sign: Option<Sign>,
    /// The source's words for units.
    #[serde(skip)]
    pub units: BTreeMap<String, Scale>,
}

/// What a sign says where a movement has one. There is no default: each answer moves other tonnes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Above zero came in, below went out.
    Way,
    /// Below zero turns the movement round: what came in was taken back.
    Reverses,
    /// Nothing: the column or the type of movement says which way it went.
    Ignore,
}

/// What a source's word for a unit means: `t`, or `1000 t`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// How many of the unit.
    pub factor: String,
    /// The unit.
    pub unit: String,
}

impl Scale {
    /// Reads `t` or `1000 t`.
    ///
    /// # Errors
    /// Where it is neither.
    pub(crate) fn parse(text: &str) -> Result<Self, Wrong> {
        let text = text.trim();
        let (factor, unit) = match text.split_once(' ') {
            Some((factor, unit)) if factor.starts_with(|letter: char| letter.is_ascii_digit()) => (factor, unit.trim()),
            _ => ("1", text),
        };
        let is_number = factor.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && factor.bytes().filter(|byte| *byte == b'.').count() <= 1
            && factor.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        if !is_number || !unit.contains(|letter: char| !letter.is_ascii_digit() && letter != '.') {
            return Err(Wrong::NotAUnit { text: text.chars().take(40).collect() });
        }
        Ok(Self { factor: factor.to_owned(), unit: unit.to_owned() })
    }
}

/// A figure as a source writes it, made exact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// No figure was given.
    Missing,
    /// A decimal number.
    Given {
        /// Digits and at most one point.
        number: String,
        /// Below zero?
        is_negative: bool,
        /// `E`, `p`, ...
        flag: Option<String>,
        /// The unit that stood behind it, in the source's word.
        unit: Option<String>,
    },
}

/// The number of a cell, with its sign; none where there is no figure.
///
/// # Errors
/// Where it is none that can be read, or has more digits than are kept.
pub(crate) fn signed(text: &str, kind: Kind, settings: &FigureSettings) -> Result<Option<Decimal>, Wrong> {
    match Figure::read(text, kind, settings)? {
        Figure::Missing => Ok(None),
        Figure::Given { number, is_negative, .. } => {
            let figure = Decimal::parse(&number).ok_or_else(|| Wrong::TooManyDigits { text: text.to_owned() })?;
            Ok(if is_negative { Decimal::default().minus(figure) } else { Some(figure) })
        }
    }
}

/// The text is no figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FigureError {
    /// A bound, such as `>95`.
    Bound(String),
    /// Thousands are not grouped by three.
    Grouping {
        /// What was written.
        text: String,
        /// The separator of the mapping.
        thousands: String,
        /// The decimal mark of the mapping.
        decimal: char,
    },
    /// A blank between digits where the mapping has none.
    Blank {
        /// What was written.
        text: String,
        /// Which blank.
        blank: u32,
    },
    /// Anything else.
    NotAFigure(String),
}

impl From<FigureError> for Wrong {
    fn from(error: FigureError) -> Self {
        match error {
            FigureError::Bound(text) => Self::Bound { text },
            FigureError::Grouping { text, thousands, decimal } => {
                Self::Grouping { text, thousands, decimal: decimal.to_string() }
            }
            FigureError::Blank { text, blank } => Self::Blank { text, blank: format!("{blank:04X}") },
            FigureError::NotAFigure(text) => Self::NotAFigure { text },
        }
    }
}

/// Settings among others of a mapping.
const SETTINGS: [&str; 6] = ["missing", "zero", "flags", "thousands", "decimal", "sign"];

impl FigureSettings {
    /// Takes them out of the settings of a mapping.
    ///
    /// # Errors
    /// When one of them is not of its shape, or they contradict each other.
    pub(crate) fn take(table: &mut toml::Table) -> Result<Self, String> {
        let mut own = toml::Table::new();
        for name in SETTINGS {
            if let Some(value) = table.remove(name) {
                own.insert(name.to_owned(), value);
            }
        }
        let settings = Self::deserialize(own).map_err(|error| error.message().to_owned())?;
        settings.problem().map_or(Ok(settings.clone()), Err)
    }

    fn problem(&self) -> Option<String> {
        let decimal = self.decimal_mark();
        if decimal.is_ascii_digit() || decimal.is_whitespace() || "+-".contains(decimal) {
            return Some(format!("has the `decimal` mark `{decimal}`, which cannot be one"));
        }
        let thousands = self.thousands.as_ref()?;
        if thousands.contains(decimal) {
            return Some(format!("has `{decimal}` both as `decimal` mark and in `thousands`"));
        }
        if thousands.is_empty() || thousands.contains(|letter: char| letter.is_ascii_digit()) {
            return Some("has `thousands` that cannot part digits".into());
        }
        None
    }

    /// The decimal mark.
    #[must_use]
    pub const fn decimal_mark(&self) -> char {
        match self.decimal {
            Some(mark) => mark,
            None => '.',
        }
    }

    /// Could the point of a figure be a separator of thousands as well? Only the rest of the file can say.
    pub(crate) const fn is_open(&self) -> bool {
        self.decimal.is_none() && self.thousands.is_none()
    }
}

impl Figure {
    /// Reads a figure as its source writes it.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn read(text: &str, kind: Kind, settings: &FigureSettings) -> Result<Self, FigureError> {
        let text = text.trim();
        let shown = || text.chars().take(40).collect::<String>();
        if text.is_empty() || settings.missing.iter().any(|missing| missing == text) {
            return Ok(Self::Missing);
        }
        if settings.zero.iter().any(|zero| zero == text) {
            return Ok(Self::Given { number: "0".into(), is_negative: false, flag: None, unit: None });
        }
        let (mut rest, flags) = without_flags(text, &settings.flags);
        // A flag alone says why there is no figure.
        if rest.is_empty() && !flags.is_empty() {
            return Ok(Self::Missing);
        }
        let unit = settings.units.keys().filter(|unit| ends_with_unit(rest, unit)).max_by_key(|unit| unit.len());
        if let Some(unit) = unit {
            rest = rest[..rest.len() - unit.len()].trim_end();
        }
        if rest.starts_with(['>', '<', '≥', '≤', '~']) {
            return Err(FigureError::Bound(shown()));
        }
        let (digits, is_negative) = unsigned(rest);
        let number = match kind {
            Kind::Number => exact(digits, '.', None),
            Kind::Text | Kind::Moment | Kind::Absent => {
                exact(digits, settings.decimal_mark(), settings.thousands.as_deref())
            }
        };
        let number = number.map_err(|wrong| match wrong {
            Ill::Grouping => FigureError::Grouping {
                text: shown(),
                thousands: settings.thousands.clone().unwrap_or_default(),
                decimal: settings.decimal_mark(),
            },
            Ill::Blank(blank) => FigureError::Blank { text: shown(), blank: blank as u32 },
            Ill::Other => FigureError::NotAFigure(shown()),
        })?;
        let is_negative = is_negative && number.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        let flag = (!flags.is_empty()).then(|| flags.join(" "));
        Ok(Self::Given { number, is_negative, flag, unit: unit.cloned() })
    }
}

/// The text without the flags at its ends: the longest first, and as many as there are.
fn without_flags<'t>(text: &'t str, flags: &[String]) -> (&'t str, Vec<String>) {
    let mut rest = text;
    let mut found = Vec::new();
    loop {
        let ends = |flag: &&String| {
            let (head, tail) =
                (rest.get(..flag.len()), rest.len().checked_sub(flag.len()).and_then(|at| rest.get(at..)));
            let is = |end: Option<&str>| end.is_some_and(|end| end == flag.as_str() || same_letters(end, flag, flags));
            // Before the digits a flag stands apart: `e5` is no figure.
            let stands_apart = || rest.get(flag.len()..).is_some_and(|behind| behind.trim_start() != behind);
            (is(head) && stands_apart()) || is(tail)
        };
        let Some(flag) = flags.iter().filter(|flag| !flag.is_empty()).filter(ends).max_by_key(|flag| flag.len()) else {
            return (rest, found);
        };
        let tail = rest.len() - flag.len();
        let is_tail = rest.get(tail..).is_some_and(|end| end == flag || same_letters(end, flag, flags));
        rest = if is_tail { rest[..tail].trim_end() } else { rest[flag.len()..].trim_start() };
        found.push(flag.clone());
    }
}

/// Large and small letters are one, where no two flags differ by nothing else.
fn same_letters(text: &str, flag: &str, flags: &[String]) -> bool {
    text.eq_ignore_ascii_case(flag) && flags.iter().filter(|other| other.eq_ignore_ascii_case(flag)).count() == 1
}

/// Does a unit stand behind the digits?
fn ends_with_unit(text: &str, unit: &str) -> bool {
    let before = text.strip_suffix(unit).map(str::trim_end);
    before.is_some_and(|before| {
        before.ends_with(|letter: char| letter.is_ascii_digit() || letter == ')' || letter == '-')
    })
}

/// The digits without their sign: before them, behind them, or brackets around them.
fn unsigned(text: &str) -> (&str, bool) {
    const MINUS: [char; 4] = ['-', '\u{2212}', '\u{2013}', '\u{fe63}'];
    if let Some(inner) = text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        return (inner.trim(), true);
    }
    if let Some(inner) = text.strip_prefix(MINUS).or_else(|| text.strip_suffix(MINUS)) {
        return (inner.trim(), true);
    }
    let bare = text.strip_prefix('+').or_else(|| text.strip_suffix('+')).unwrap_or(text);
    (bare.trim(), false)
}

/// How digits are ill.
enum Ill {
    Grouping,
    Blank(char),
    Other,
}

/// Digits and at most one point, whatever the marks and the exponent.
fn exact(digits: &str, decimal: char, thousands: Option<&str>) -> Result<String, Ill> {
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = match thousands {
        Some(thousands) if mantissa.contains(|letter| parts(thousands, letter)) => {
            let is_clean = !fraction.is_some_and(|it| it.contains(|letter| parts(thousands, letter)));
            ungrouped(whole, thousands).filter(|_| is_clean).ok_or(Ill::Grouping)?
        }
        _ => whole.to_owned(),
    };
    if let Some(blank) = whole.chars().find(|letter| letter.is_whitespace()).filter(|_| thousands.is_none())
        && whole.split(blank).all(is_digits)
    {
        return Err(Ill::Blank(blank));
    }
    let is_fraction = |fraction: &str| fraction.bytes().all(|byte| byte.is_ascii_digit());
    // A spreadsheet writes `.5`, and `5.` too.
    let has_digits = is_digits(&whole) || (whole.is_empty() && fraction.is_some_and(is_digits));
    if !has_digits || !fraction.is_none_or(is_fraction) {
        return Err(Ill::Other);
    }
    let whole = if whole.is_empty() { "0".to_owned() } else { whole };
    let number = match fraction {
        Some(fraction) if !fraction.is_empty() => format!("{whole}.{fraction}"),
        _ => whole,
    };
    match exponent {
        None => Ok(number),
        Some(exponent) => plain(&number, exponent).ok_or(Ill::Other),
    }
}

/// Does a letter part thousands? A blank stands for all of its kind, and an apostrophe for the other.
fn parts(thousands: &str, letter: char) -> bool {
    match thousands {
        blank if blank.trim().is_empty() => letter.is_whitespace(),
        "'" | "\u{2019}" => letter == '\'' || letter == '\u{2019}',
        other => other.contains(letter),
    }
}

/// The digits without the separators, where these stand between groups of three: `1,200` and never `1,2` or `0,120`; or as in
/// India, by two before the last three: `12,34,567`.
fn ungrouped(whole: &str, thousands: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(|letter| parts(thousands, letter)).collect();
    let (first, later) = groups.split_first()?;
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_grouped = (1..=3).contains(&first.len())
        && (later.is_empty() || !first.starts_with('0'))
        && groups.iter().all(|group| is_digits(group))
        && (later.iter().all(|group| group.len() == 3) || is_indian(&groups));
    is_grouped.then(|| groups.concat())
}

fn is_indian(groups: &[&str]) -> bool {
    let [first, middle @ .., last] = groups else { return false };
    !middle.is_empty() && first.len() <= 2 && middle.iter().all(|group| group.len() == 2) && last.len() == 3
}

/// Longest figure that is written out from its exponent.
const PLAIN_DIGITS_MAX: usize = 60;

/// `1.5` and `-7` as `0.00000015`: the same number, exactly; none where its exponent is one that nobody means.
fn plain(mantissa: &str, exponent: &str) -> Option<String> {
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.unsigned_abs() <= 40)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    if digits.len() > PLAIN_DIGITS_MAX {
        return None;
    }
    let length = i32::try_from(digits.len()).ok()?;
    let written = match point {
        point if point <= 0 => format!("0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        point if point >= length => format!("{digits}{}", "0".repeat((point - length).unsigned_abs() as usize)),
        point => format!("{}.{}", &digits[..point as usize], &digits[point as usize..]),
    };
    // Zeros before the whole say nothing.
    let trimmed = written.trim_start_matches('0');
    Some(if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() })
}

/// What the figures of a file say of their point: a decimal mark, or a separator of thousands?
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Points {
    /// Figures in which it can be both.
    both: usize,
    /// Figures in which it can only be a decimal mark.
    decimal: usize,
}

impl Points {
    pub(crate) fn of(text: &str) -> Self {
        let mut points = Self::default();
        points.see(text);
        points
    }

    pub(crate) fn see(&mut self, text: &str) {
        let digits = text.trim_matches(|letter: char| !letter.is_ascii_digit() && letter != '.');
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) => (whole, fraction),
            // Four digits and no point between them: nobody groups here.
            None => {
                let is_long = digits.len() > 3 && digits.bytes().all(|byte| byte.is_ascii_digit());
                self.decimal += usize::from(is_long);
                return;
            }
        };
        let is_both = fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
        if is_both {
            self.both += 1;
        } else {
            self.decimal += 1;
        }
    }

    /// May every figure with a point be one of thousands?
    pub(crate) const fn are_open(self) -> bool {
        self.both > 0 && self.decimal == 0
    }
}

#[cfg(test)]
mod tests;
