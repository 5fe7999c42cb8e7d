//! Lines of a source, whatever its format: texts by column. One reader for movements and for members' reports, whatever
//! door they come through.

mod delimited;
mod edifact;
mod headings;
mod keys;
mod list;
mod table;
mod unpack;
mod workbook;
mod xml;

use std::sync::Arc;

use crate::layout::{Layout, SourceFormat};
use crate::wrong::Wrong;
pub(crate) use headings::{Headed, SECTION, without_notes};
use headings::{Headings, Ruled, ruled};
pub use table::Kind;
use table::{Row, Rows};

/// Rows that are looked through for headings.
const HEAD_ROWS_MAX: usize = 60;
/// Lines that one field may run over.
const FEW_LINES_MAX: usize = 30;
/// Cells of a table, empty ones between others included.
const CELLS_MAX: usize = 20_000_000;
/// What may stand between two fields, in the order in which it is tried.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// One line (or object) of a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Line in the file, from 1; of a sheet the row, and of a list the place in it.
    pub line: u64,
    /// The title of the section that it stands in.
    section: Option<Arc<str>>,
    headings: Arc<Headings>,
    row: Row,
}

impl Record {
    /// The text in a column.
    #[must_use]
    pub fn text(&self, column: &str) -> Option<&str> {
        if column == SECTION {
            return self.section.as_deref();
        }
        let place = self.headings.place(column)?;
        (self.row.kind(place) != Kind::Absent).then(|| self.row.get(place)).flatten()
    }

    /// What the cell in a column is.
    #[must_use]
    pub fn kind(&self, column: &str) -> Kind {
        self.headings.place(column).map_or(Kind::Text, |place| self.row.kind(place))
    }

    /// The title of the section that it stands in.
    pub(crate) fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }
}

/// A row that a rule of the mapping leaves out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its line.
    pub line: u64,
    /// By which rule.
    pub why: &'static str,
}

/// What a source holds.
#[derive(Debug, Default)]
pub struct Records {
    /// Line by line, each or what is wrong with it. A damaged line does not hide the lines after it.
    pub lines: Vec<Result<Record, SourceError>>,
    /// Lines that a rule leaves out.
    pub left_out: Vec<LeftOut>,
    /// Headings, in their order.
    pub(crate) headings: Arc<Headings>,
}

impl Records {
    /// The headings, in their order.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        self.headings.names()
    }
}

/// The source cannot be read as what the mapping says it is.
#[derive(Debug)]
pub enum SourceError {
    /// See the cause.
    Unpack(std::io::Error),
    /// More than is read.
    TooLarge {
        /// Of what there is too much.
        what: &'static str,
    },
    /// Something that no table is in.
    Other(Wrong),
    /// An archive with several files.
    WhichMember {
        /// Their names.
        found: Vec<String>,
    },
    /// Objects with several lists in them.
    WhichRows {
        /// Their paths.
        found: Vec<String>,
    },
    /// A workbook without the sheet that is named.
    NoSheet {
        /// What was named.
        sheet: String,
        /// What there is.
        found: Vec<String>,
    },
    /// See the cause.
    Workbook(Box<dyn std::error::Error + Send + Sync>),
    /// Bytes that are no text.
    Encoding {
        /// Where it ends to be text.
        line: u64,
        /// As what it was read.
        encoding: String,
    },
    /// A field that begins with a mark and does not end with it.
    Quote {
        /// The line in which its row begins.
        line: u64,
    },
    /// More fields or fewer than headings.
    Width {
        /// The line.
        line: u64,
        /// Fields.
        found: usize,
        /// Columns.
        wanted: usize,
    },
    /// See the cause.
    Json(serde_json::Error),
    /// See the cause.
    Xml(Box<quick_xml::Error>),
    /// Segments that are none.
    Edifact(Wrong),
    /// Something else than an array of objects.
    NotObjects(Wrong),
    /// An entry of the array is something else than an object.
    NotAnObject {
        /// The entry, from 1.
        line: u64,
    },
    /// A column of the mapping is not there.
    ColumnMissing {
        /// The column.
        column: String,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// Two columns with one heading.
    ColumnTwice {
        /// The heading.
        column: String,
        /// Where it stands, from 1.
        places: Vec<usize>,
    },
}

impl From<serde_json::Error> for SourceError {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}

impl std::fmt::Display for SourceError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.wrong().fmt(f)
    }
}

impl std::error::Error for SourceError {}

impl SourceError {
    /// What is wrong.
    #[must_use]
    pub fn wrong(&self) -> Wrong {
        match self {
            Self::Unpack(error) => Wrong::NotUnpacked { said: causes::told(error) },
            Self::TooLarge { what } => Wrong::TooLarge { what },
            Self::Other(wrong) | Self::Edifact(wrong) | Self::NotObjects(wrong) => wrong.clone(),
            Self::WhichMember { found } => Wrong::SeveralFiles { names: quoted(found) },
            Self::WhichRows { found } => Wrong::ListSeveral { names: quoted(found) },
            Self::NoSheet { sheet, found } => Wrong::NoSheet { sheet: sheet.clone(), names: quoted(found) },
            Self::Workbook(error) => Wrong::WorkbookDamaged { said: causes::told(error.as_ref()) },
            Self::Encoding { line, encoding } => Wrong::OtherEncoding { line: *line, encoding: encoding.clone() },
            Self::Quote { .. } => Wrong::QuoteOpen,
            Self::Width { found, wanted, .. } => Wrong::OtherWidth { found: *found, wanted: *wanted },
            Self::Json(error) => Wrong::NotJson { said: error.to_string() },
            Self::Xml(error) => Wrong::NotXml { said: causes::told(error.as_ref()) },
            Self::NotAnObject { line } => Wrong::NotAnObject { line: *line },
            Self::ColumnMissing { column, found } => Wrong::NoColumn { column: column.clone(), names: quoted(found) },
            Self::ColumnTwice { column, places } => {
                Wrong::ColumnTwice { column: column.clone(), count: places.len(), names: numbered(places) }
            }
        }
    }

    /// What is wrong, by the words of the mapping alone.
    pub(crate) fn unquoted(&self) -> Wrong {
        match self {
            Self::Unpack(_) => Wrong::NotUnpackedUnsaid,
            Self::Workbook(_) => Wrong::WorkbookDamagedUnsaid,
            Self::Xml(_) => Wrong::NotXmlUnsaid,
            Self::WhichMember { found } => Wrong::SeveralFilesUnsaid { count: found.len() },
            Self::NoSheet { sheet, .. } => Wrong::NoSheetUnsaid { sheet: sheet.clone() },
            Self::Json(error) => Wrong::NotJsonUnsaid { line: error.line() },
            Self::NotObjects(_) | Self::WhichRows { .. } => Wrong::ListUnsaid,
            Self::ColumnMissing { column, .. } => Wrong::NoColumnUnsaid { column: column.clone() },
            Self::ColumnTwice { column, places } => {
                Wrong::ColumnTwiceUnsaid { column: column.clone(), count: places.len() }
            }
            Self::TooLarge { .. }
            | Self::Other(_)
            | Self::Encoding { .. }
            | Self::Quote { .. }
            | Self::Width { .. }
            | Self::Edifact(_)
            | Self::NotAnObject { .. } => self.wrong(),
        }
    }

    /// The line that is wrong; 0 where that cannot be said.
    #[must_use]
    pub const fn line(&self) -> u64 {
        match self {
            Self::Encoding { line, .. }
            | Self::Quote { line }
            | Self::Width { line, .. }
            | Self::NotAnObject { line } => *line,
            _ => 0,
        }
    }
}

/// Names shown in an error: a table of a thousand columns is not told whole.
const NAMES_SHOWN: usize = 40;

fn quoted(columns: &[String]) -> String {
    match columns {
        [] => "none".to_owned(),
        columns => {
            let shown = columns.iter().take(NAMES_SHOWN).map(|column| format!("`{column}`"));
            let more = columns.len().checked_sub(NAMES_SHOWN).filter(|more| *more > 0);
            shown.chain(more.map(|more| format!("{more} more"))).collect::<Vec<_>>().join(", ")
        }
    }
}

fn numbered(places: &[usize]) -> String {
    places.iter().map(|place| format!("`#{place}`")).collect::<Vec<_>>().join(" or ")
}

/// The records of a source.
///
/// # Errors
/// When nothing of the source can be read, or a needed column is missing or there twice.
pub fn records(bytes: &[u8], layout: &Layout, needed: &[&str]) -> Result<Records, SourceError> {
    let mut best: Option<SourceError> = None;
    // The first of several ways to read it in which all columns are there; else the first that is a table at all.
    for sheet in sheets(bytes, layout)? {
        let sheet = sheet?;
        if sheet.rows.is_empty() && best.is_some() {
            continue;
        }
        match ruled(keys::split(sheet), layout, needed)? {
            Ruled::Table(records) => return Ok(records),
            Ruled::Missing(error) => best = Some(better(best, error)),
        }
    }
    Err(best.unwrap_or(SourceError::Other(Wrong::EmptyFile)))
}

/// The likeliest table of a source of which nothing is known: the one with most figures below its headings.
///
/// # Errors
/// When there is none.
pub(crate) fn headed(
    bytes: &[u8],
    layout: &Layout,
    is_figure: &dyn Fn(&str) -> bool,
    is_unit: &dyn Fn(&str) -> bool,
) -> Result<Headed, SourceError> {
    let is_message =
        matches!(unpack::content(bytes, layout)?, unpack::Content::Text(_, SourceFormat::Xml | SourceFormat::Edifact));
    let mut best: Option<(headings::Likely, Sheet)> = None;
    let mut others = Vec::new();
    for sheet in sheets(bytes, layout)? {
        let sheet = keys::split(sheet?);
        let found = headings::likely(&sheet, is_figure, is_unit);
        if let Some(name) = sheet.name.clone().filter(|_| found.count > 0) {
            others.push((name, found.count));
        }
        if found.count > best.as_ref().map_or(0, |(before, _)| before.count) {
            best = Some((found, sheet));
        }
    }
    let none = SourceError::Other(Wrong::NoTable);
    let (found, sheet) = best.ok_or(none)?;
    let mut headed = headings::below(sheet, found, layout)?;
    let is_alike = |(name, count): &(String, usize)| headed.sheet.as_ref() != Some(name) && count * 2 >= found.count;
    headed.others = others.into_iter().filter(is_alike).map(|(name, _)| name).collect();
    (headed.is_message, headed.encoding) = (is_message, unpack::guessed(bytes, layout));
    Ok(headed)
}

/// What stands between the fields of a source that is lines of text; none where it is something else.
pub(crate) fn delimiter(bytes: &[u8], layout: &Layout, needed: &[&str]) -> Option<char> {
    let unpack::Content::Text(text, SourceFormat::Csv) = unpack::content(bytes, layout).ok()? else { return None };
    let tried = dialects(&text, layout);
    let fits = |(dialect, skipped): &(delimited::Dialect, usize)| {
        let rows = delimited::rows(&text[*skipped..], *dialect, HEAD_ROWS_MAX);
        let sheet = keys::split(Sheet { name: None, named: None, is_ragged: false, rows });
        matches!(ruled(sheet, layout, needed), Ok(Ruled::Table(_)))
    };
    tried.iter().find(|tried| fits(tried)).or(tried.first()).map(|(dialect, _)| dialect.delimiter)
}

/// Which of two failures says more: the one that saw more columns.
fn better(one: Option<SourceError>, other: SourceError) -> SourceError {
    let seen = |error: &SourceError| match error {
        SourceError::ColumnMissing { found, .. } => found.len(),
        _ => usize::MAX,
    };
    match one {
        Some(one) if seen(&one) >= seen(&other) => one,
        _ => other,
    }
}

/// Rows on their way to be a table: with the headings, where the format itself names its columns.
pub(crate) struct Sheet {
    pub(crate) name: Option<String>,
    pub(crate) named: Option<Vec<String>>,
    /// May a row end before the last column does?
    pub(crate) is_ragged: bool,
    pub(crate) rows: Rows,
}

type Sheets<'s> = Box<dyn Iterator<Item = Result<Sheet, SourceError>> + 's>;

/// Every way in which a file may be read as rows, the likeliest first.
pub(crate) fn sheets<'s>(bytes: &'s [u8], layout: &'s Layout) -> Result<Sheets<'s>, SourceError> {
    let bare = |rows| Sheet { name: None, named: None, is_ragged: false, rows };
    let one = |sheet| -> Sheets<'s> { Box::new(std::iter::once(Ok(sheet))) };
    Ok(match unpack::content(bytes, layout)? {
        unpack::Content::Workbook(bytes) => {
            let names = workbook::names(&bytes)?;
            let chosen: Vec<String> = match &layout.sheet {
                None => names,
                Some(sheet) if names.contains(sheet) => vec![sheet.clone()],
                Some(sheet) => return Err(SourceError::NoSheet { sheet: sheet.clone(), found: names }),
            };
            Box::new(chosen.into_iter().map(move |name| {
                let rows = workbook::rows(&bytes, &name)?;
                Ok(Sheet { name: Some(name), named: None, is_ragged: true, rows })
            }))
        }
        unpack::Content::Text(text, SourceFormat::Json | SourceFormat::Jsonl) => one(list::sheet(&text, layout)?),
        unpack::Content::Text(text, SourceFormat::Xml) => one(xml::sheet(&text, layout)?),
        unpack::Content::Text(text, SourceFormat::Edifact) => one(edifact::sheet(&text)?),
        unpack::Content::Text(text, _) if !layout.widths.is_empty() => {
            one(bare(delimited::fixed(&text, &layout.widths)))
        }
        unpack::Content::Text(text, _) => {
            Box::new(dialects(&text, layout).into_iter().map(move |(dialect, skipped)| {
                let mut rows = delimited::rows(&text[skipped..], dialect, usize::MAX);
                if skipped > 0 {
                    rows.iter_mut().flatten().for_each(|row| row.line += 1);
                }
                Ok(bare(rows))
            }))
        }
    })
}

/// The delimiters that a text may be written with, the likeliest first, and how much of it only says so (`sep=;`).
fn dialects(text: &str, layout: &Layout) -> Vec<(delimited::Dialect, usize)> {
    let quote = layout.quote_mark();
    let with = |delimiter| delimited::Dialect { delimiter, quote };
    let first = text.lines().next().unwrap_or_default();
    let said = first.trim().strip_prefix("sep=").and_then(|said| said.chars().next());
    let skipped = if said.is_some() { text.find('\n').map_or(text.len(), |end| end + 1) } else { 0 };
    if let Some(delimiter) = layout.delimiter.or(said) {
        return vec![(with(delimiter), skipped)];
    }
    // How many rows have as many fields as most rows have, times how many these are.
    let score = |delimiter: &char| {
        let rows = delimited::rows(text, with(*delimiter), HEAD_ROWS_MAX);
        let mut widths = std::collections::BTreeMap::new();
        for row in rows.iter().flatten().filter(|row| row.count() > 1) {
            *widths.entry(row.count()).or_insert(0_usize) += row.count();
        }
        widths.into_values().max().unwrap_or(0)
    };
    let mut by_score: Vec<(usize, char)> = DELIMITERS.iter().map(|delimiter| (score(delimiter), *delimiter)).collect();
    by_score.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    by_score.retain(|(score, delimiter)| *score > 0 || *delimiter == ',');
    by_score.into_iter().map(|(_, delimiter)| (with(delimiter), skipped)).collect()
}

#[cfg(test)]
mod tests;
