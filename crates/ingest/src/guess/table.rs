//! The table that a file most likely holds: which sheet, which row has the headings, what stands in each column.

use crate::figure::FigureSettings;
use crate::layout::Layout;
use crate::source::{Kind, Record, SourceError, headed};
use crate::when::{When, WhenSettings};

use super::words;

/// A table with its columns.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) sheet: Option<String>,
    /// Texts above the headings.
    pub(super) titles: Vec<String>,
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
        let headed = headed(bytes, layout, &|text| is_figure_like(text))?;
        let rows: Vec<Record> = headed.records.lines.into_iter().flatten().collect();
        let names = headed.records.headings.names().to_vec();
        let columns = names.into_iter().filter(|name| !name.is_empty()).map(|name| Column::of(name, &rows)).collect();
        Ok(Self { sheet: headed.sheet, titles: headed.titles, rows, columns })
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
    let text = text.trim().trim_start_matches(['(', '-', '+', '\u{2212}']).trim_end_matches([')', '-', '+']);
    let bare = text.trim_end_matches(|letter: char| letter.is_alphabetic() || letter == ']' || letter == '*');
    let bare = bare.trim_end_matches(['[', ' ']);
    let flag = text.len() - bare.len();
    let marks = bare.chars().filter(|letter| !letter.is_ascii_digit());
    let are_marks = marks.clone().all(|letter| ".,' \u{a0}\u{202f}\u{2009}\u{2019}e+-E".contains(letter));
    bare.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
        && bare.ends_with(|letter: char| letter.is_ascii_digit())
        && are_marks
        && flag <= 16
        && marks.filter(|letter| *letter == '-').count() <= usize::from(bare.contains(['e', 'E']))
}

/// How days are written, of several ways in which all texts are days.
pub(super) fn day_formats(texts: &[(&str, Kind)]) -> Vec<Option<&'static str>> {
    const FORMATS: [Option<&str>; 12] = [
        None,
        Some("%d.%m.%Y"),
        Some("%d.%m.%y"),
        Some("%d/%m/%Y"),
        Some("%m/%d/%Y"),
        Some("%d-%m-%Y"),
        Some("%m-%d-%Y"),
        Some("%d/%m/%y"),
        Some("%m/%d/%y"),
        Some("%b-%y"),
        Some("%m/%Y"),
        Some("%m.%Y"),
    ];
    let is_read = |when: &When| {
        let read = texts.iter().filter(|(text, kind)| when.read(text, *kind).is_ok()).count();
        // Notes and sums stand in columns of days, too.
        read > 0 && read * 10 >= texts.len() * 6
    };
    let ready = |format: Option<&'static str>| {
        let settings = WhenSettings {
            date_format: format.map(str::to_owned),
            zone: Some("UTC".into()),
            ..WhenSettings::default()
        };
        settings.ready().ok()
    };
    FORMATS.into_iter().filter(|format| ready(*format).is_some_and(|when| is_read(&when))).collect()
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
