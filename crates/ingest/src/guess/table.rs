//! The table that a file most likely holds: which sheet, which row has the headings, what stands in each column.

use crate::figure::FigureSettings;
use crate::layout::Layout;
use crate::source::{self, Kind, Record, SourceError, headed};

use super::words;

/// A table with its columns.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) sheet: Option<String>,
    /// Texts above the headings.
    pub(super) titles: Vec<String>,
    /// Where that is not what every mapping does by itself.
    pub(super) skip: Option<usize>,
    pub(super) header_rows: Option<usize>,
    pub(super) is_message: bool,
    pub(super) encoding: Option<&'static str>,
    pub(super) others: Vec<String>,
    /// Columns in which an empty cell means the one above.
    pub(super) fill_down: Vec<String>,
    pub(super) rows: Vec<Record>,
    pub(super) columns: Vec<Column>,
}

/// A column, by what stands in it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// Figures among its texts, however they are written.
    pub(super) figures: usize,
    /// Texts that are neither figures nor words for none.
    pub(super) words: usize,
}

impl Table {
    /// # Errors
    /// When nothing in the file is a table.
    pub(super) fn find(bytes: &[u8], layout: &Layout) -> Result<Self, SourceError> {
        let mut headed = headed(bytes, layout, &|text| is_figure_like(text), &is_unit_or_rhythm)?;
        let names = headed.records.headings.names().to_vec();
        let rows: Vec<Record> = std::mem::take(&mut headed.records.lines).into_iter().flatten().collect();
        let columns = names.into_iter().filter(|name| !name.is_empty()).map(|name| Column::of(name, &rows)).collect();
        let source::Headed { sheet, titles, skip, header_rows, is_message, encoding, others, records: _ } = headed;
        Ok(Self {
            sheet,
            titles,
            skip,
            header_rows,
            is_message,
            encoding,
            others,
            fill_down: Vec::new(),
            rows,
            columns,
        })
    }
}

impl Column {
    fn of(name: String, rows: &[Record]) -> Self {
        let mut column = Self { figures: 0, words: 0, name };
        for row in rows {
            let text = row.text(&column.name).unwrap_or_default();
            let kind = row.kind(&column.name);
            if text.is_empty() || words::MISSING.contains(&text) {
                continue;
            }
            if kind == Kind::Number || is_figure_like(text) {
                column.figures += 1;
            } else {
                column.words += 1;
            }
        }
        column
    }
}

/// Digits with marks that figures have, perhaps with a flag behind them.
pub(super) fn is_figure_like(text: &str) -> bool {
    let text = footnote(text).map_or(text, |(figure, _)| figure);
    let text = text.trim().trim_start_matches(['(', '-', '+', '\u{2212}']).trim_end_matches([')', '-', '+']);
    let is_behind = |letter: char| letter.is_alphabetic() || " []*.\u{a0}".contains(letter);
    let bare = text.trim_end_matches(is_behind);
    let behind = &text[bare.len()..];
    let letters = behind.chars().take_while(|letter| letter.is_alphabetic()).count();
    // A long word at the digits is no flag of theirs: `1st`, `2021A` may be.
    if letters > 3 && super::units::unit(behind.trim()).is_none() {
        return false;
    }
    let flag = behind.len();
    let marks = bare.chars().filter(|letter| !letter.is_ascii_digit());
    let are_marks = marks.clone().all(|letter| ".,' \u{a0}\u{202f}\u{2009}\u{2019}e+-E".contains(letter));
    bare.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
        && bare.ends_with(|letter: char| letter.is_ascii_digit())
        && are_marks
        && flag <= 16
        && marks.filter(|letter| *letter == '-').count() <= usize::from(bare.contains(['e', 'E']))
}

/// A unit, or how often: what stands in a row between headings and figures.
fn is_unit_or_rhythm(text: &str) -> bool {
    const RHYTHMS: [&str; 9] =
        ["daily", "weekly", "monthly", "month", "quarter", "quarterly", "annual", "year", "yearly"];
    super::units::unit(text).is_some() || RHYTHMS.contains(&words::folded(text).as_str())
}

/// A figure and the mark of its footnote: `1200¹`, `1180 1)`, `1175(2)`.
pub(super) fn footnote(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let bare = text.trim_end_matches(|letter: char| "¹²³⁰⁴⁵⁶⁷⁸⁹".contains(letter));
    if bare.len() < text.len() {
        return Some((bare.trim_end(), &text[bare.len()..]));
    }
    if let Some((figure, _)) = text.strip_suffix(']').and_then(|open| open.rsplit_once('['))
        && figure.trim_end().ends_with(|letter: char| letter.is_ascii_digit())
    {
        return Some((figure.trim_end(), &text[figure.len()..]));
    }
    let open = text.strip_suffix(')')?;
    let digits = open.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let count = open.len() - digits.len();
    let (figure, is_mark) = match digits.strip_suffix('(') {
        Some(before) => (before, before.ends_with(|letter: char| letter.is_ascii_digit() || letter == ' ')),
        None => (digits, digits.ends_with(' ')),
    };
    let has_figure = figure.contains(|letter: char| letter.is_ascii_digit());
    ((1..=2).contains(&count) && is_mark && has_figure).then(|| (figure.trim_end(), text[figure.len()..].trim_start()))
}

/// Settings of figures with these marks.
pub(super) fn marks(decimal: char, thousands: Option<&str>) -> FigureSettings {
    FigureSettings {
        decimal: Some(decimal),
        thousands: thousands.map(str::to_owned),
        missing: words::MISSING.iter().map(|word| (*word).to_owned()).collect(),
        ..FigureSettings::default()
    }
}
