//! How a source is read: which column is what, in which unit, for which party and site.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// A declared mapping. Written in TOML; `mappings/README.md` is the manual.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Short name; part of the id of every command, so that it must never change.
    pub name: String,
    /// SHA-256 of its text, in hexadecimal.
    #[serde(skip)]
    pub sha256: String,
    /// What the source is, who publishes it, and under which terms. For people.
    pub source: String,
    /// `csv` or `json` (an array of objects).
    pub format: SourceFormat,
    /// What stands between two fields of a CSV file: `,` where nothing is said.
    pub delimiter: Option<char>,
    /// Party that posts and owns.
    pub party: String,
    /// Column of the effective date.
    pub date: String,
    /// How dates are written, in the letters of `strftime`; `YYYY-MM-DD` where nothing is said.
    pub date_format: Option<String>,
    /// Column of the date of publication, kept in the reference.
    pub published: Option<String>,
    /// Column of the document number or event id by which the source itself knows a movement.
    pub reference: Option<String>,
    /// What another flow of one column and day is.
    pub flows: Option<Flows>,
    /// What accounts hold that no count opens.
    pub begins: Option<Begins>,
    /// Texts that say "no figure". Missing is never zero.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Texts that say zero, such as a dash.
    #[serde(default)]
    pub zero: Vec<String>,
    /// Marks that may stand after a figure (`E` estimated, `p` provisional) and are kept in the reference.
    #[serde(default)]
    pub flags: Vec<String>,
    /// Separator of thousands: between groups of exactly three digits, never after the decimal mark.
    pub thousands: Option<String>,
    /// The decimal mark.
    #[serde(default = "point")]
    pub decimal: char,
    /// Commands that register party, material and sites, posted first; what is registered already stays.
    #[serde(default)]
    pub register: Vec<Map<String, Value>>,
    /// The columns with figures.
    pub column: Vec<Column>,
    /// Sums that should hold in every line.
    #[serde(default)]
    pub check: Vec<Check>,
}

const fn point() -> char {
    '.'
}

/// Format of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceFormat {
    /// Comma-separated values with a header line.
    Csv,
    /// An array of objects.
    Json,
}

/// What it means that a day has another flow than the books have of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flows {
    /// One figure a day: another one replaces it.
    Daily,
    /// Each line is a movement of its own.
    Lines,
}

/// What an account of flows holds before the first of them, where no count says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Begins {
    /// Nothing.
    Empty,
}

/// A column with figures.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its heading.
    pub column: String,
    /// What its figures are.
    pub kind: ColumnKind,
    /// Unit of its figures.
    pub unit: String,
    /// Site it speaks of.
    pub site: String,
    /// Lot it speaks of.
    pub lot: String,
    /// Material of the lot.
    pub material: String,
}

impl Column {
    /// Site and lot.
    pub(crate) fn account(&self) -> (&str, &str) {
        (&self.site, &self.lot)
    }

    pub(crate) fn account_key(&self) -> (String, String) {
        (self.site.clone(), self.lot.clone())
    }
}

/// What the figures of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Stock at the day's end, with no flows known: what it differs by from the books is deposited or drawn.
    Stock,
    /// What came in that day: a deposit.
    Inflow,
    /// What went out that day: a draw.
    Outflow,
    /// What was found at the day's end: a stocktake; the first one opens the account.
    Count,
}

/// A sum that should hold: `total` = the parts, give or take `tolerance`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Column of the total.
    pub total: String,
    /// Columns of the parts.
    pub parts: Vec<String>,
    /// Largest difference that is rounding, in the source's own figures.
    pub tolerance: u64,
}

/// The mapping cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// See the cause.
    #[error("read the mapping")]
    Toml(#[from] toml::de::Error),
    /// Something in it contradicts itself.
    #[error("the mapping `{name}`: {problem}")]
    Contradiction {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
}

/// Do both columns say what one account holds? Stock beside flows, too, would be posted twice.
fn contradicts(column: &Column, other: &Column) -> bool {
    let says_level = |kind| matches!(kind, ColumnKind::Stock | ColumnKind::Count);
    let is_stock = column.kind == ColumnKind::Stock || other.kind == ColumnKind::Stock;
    column.account() == other.account() && (is_stock || (says_level(column.kind) && says_level(other.kind)))
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// When it is not TOML of this shape, or contradicts itself.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut mapping: Self = toml::from_str(text)?;
        mapping.sha256 = crate::load::hex(&Sha256::digest(text));
        let contradiction = |problem: String| MappingError::Contradiction { name: mapping.name.clone(), problem };
        if mapping.column.is_empty() {
            return Err(contradiction("has no column with figures".into()));
        }
        for (index, column) in mapping.column.iter().enumerate() {
            if mapping.column[..index].iter().any(|other| other.column == column.column) {
                return Err(contradiction(format!("names the column `{}` twice", column.column)));
            }
            let before = &mapping.column[..index];
            if let Some(other) = before.iter().find(|other| contradicts(column, other)) {
                let (site, lot) = column.account();
                return Err(contradiction(format!(
                    "says of lot `{lot}` at `{site}` both in `{}` and in `{}` what lies there; give each column a lot of its \
                     own, or leave one out",
                    other.column, column.column
                )));
            }
        }
        if let Some(word) = mapping.register.iter().find(|command| !command.contains_key("act")) {
            return Err(contradiction(format!("registers something without `act`: {}", Value::Object(word.clone()))));
        }
        if let Some(problem) = mapping.marks_problem() {
            return Err(contradiction(problem));
        }
        Ok(mapping)
    }

    /// What each column is, in a line each.
    #[must_use]
    pub fn told(&self) -> Vec<String> {
        let mut told = vec![format!("column `{}`: the day", self.date)];
        for Column { column, kind, unit, site, lot, material } in &self.column {
            let kind = match kind {
                ColumnKind::Stock => "stock",
                ColumnKind::Inflow => "what came in",
                ColumnKind::Outflow => "what went out",
                ColumnKind::Count => "what was counted",
            };
            told.push(format!("column `{column}`: {kind}, in {unit}, of lot `{lot}` ({material}) at `{site}`"));
        }
        let notes =
            [(&self.reference, "what the source calls a movement"), (&self.published, "the day of publication")];
        told.extend(notes.iter().filter_map(|(column, what)| Some(format!("column `{}`: {what}", column.as_ref()?))));
        told
    }

    /// What stands between the fields of a line, where the source is lines of text.
    #[must_use]
    pub fn delimiter_of_text(&self) -> Option<char> {
        (self.format == SourceFormat::Csv).then(|| self.delimiter.unwrap_or(','))
    }

    /// The day that a text in the column of dates says.
    pub(crate) fn day(&self, text: &str) -> Result<Date, String> {
        let shown: String = text.chars().take(40).collect();
        let Some(format) = &self.date_format else {
            return wire::date::parse_day(text)
                .map(wire::date::date_of)
                .map_err(|_| format!("`{shown}` is not a date written as YYYY-MM-DD"));
        };
        let date = Date::strptime(format, text).ok().filter(|date| (0..=9999).contains(&date.year()));
        date.ok_or_else(|| format!("`{shown}` is not a date written as `{format}`"))
    }

    /// What is wrong with the marks in figures and dates, if anything is.
    fn marks_problem(&self) -> Option<String> {
        let Self { delimiter, decimal, thousands, date_format, format, .. } = self;
        if let Some(delimiter) = delimiter {
            if *format != SourceFormat::Csv {
                return Some("has a `delimiter`, which only a CSV file has".into());
            }
            if !delimiter.is_ascii() || delimiter.is_ascii_alphanumeric() || "\"\r\n".contains(*delimiter) {
                return Some(format!("has the `delimiter` `{}`, which cannot part fields", delimiter.escape_default()));
            }
        }
        if decimal.is_ascii_digit() || decimal.is_whitespace() || "+-".contains(*decimal) {
            return Some(format!("has the `decimal` mark `{decimal}`, which cannot be one"));
        }
        if let Some(thousands) = thousands {
            if thousands.contains(*decimal) {
                return Some(format!("has `{decimal}` both as `decimal` mark and in `thousands`"));
            }
            if thousands.is_empty() || thousands.contains(|letter: char| letter.is_ascii_digit()) {
                return Some("has `thousands` that cannot part digits".into());
            }
        }
        let sample = jiff::civil::date(2026, 11, 23);
        let is_whole = |format: &String| {
            jiff::fmt::strtime::format(format, sample).is_ok_and(|text| self.day(&text) == Ok(sample))
        };
        date_format.as_ref().filter(|format| !is_whole(format)).map(|format| {
            format!("has the `date_format` `{format}`, which does not give a year, a month and a day (`%d.%m.%Y`)")
        })
    }
}
