//! How a file is laid out: what every mapping says alike, of movements and of members' reports.

use std::collections::BTreeMap;

use serde::Deserialize;

/// How a source is laid out. One table of settings: `mappings/README.md` is the manual.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// What the file is; seen from the file itself where nothing is said.
    #[serde(default)]
    pub format: Option<SourceFormat>,
    /// How its text is encoded (`shift_jis`, `windows-1252`); guessed where nothing is said.
    pub encoding: Option<String>,
    /// What stands between two fields: looked for where nothing is said.
    pub delimiter: Option<char>,
    /// What stands around a field: `"`, another mark, or `none`.
    pub quote: Option<String>,
    /// Columns of fixed width: how many letters each has.
    #[serde(default)]
    pub widths: Vec<usize>,
    /// Of an archive with several files: which.
    pub member: Option<String>,
    /// Of a workbook: which sheet. The first that has the columns where nothing is said.
    pub sheet: Option<String>,
    /// Of a tree of objects or elements: the list, or the element, that makes the rows.
    pub rows: Option<String>,
    /// Lines before the headings; they are looked for where nothing is said.
    pub skip: Option<usize>,
    /// Rows of headings, one over the other: 1 where nothing is said, 0 where columns go by place alone (`#1`).
    pub header_rows: Option<usize>,
    /// The table ends before a row whose first text begins so.
    #[serde(default)]
    pub stop_at: Vec<String>,
    /// Rows that count: by heading, the words that may stand there. All others are left out, and counted.
    #[serde(default, rename = "where")]
    pub keep: BTreeMap<String, Words>,
    /// Rows that do not count: by heading, the words that leave a row out.
    #[serde(default)]
    pub unless: BTreeMap<String, Words>,
    /// Columns in which an empty cell means the one above it, as merged cells do.
    #[serde(default)]
    pub fill_down: Vec<String>,
}

/// One word, or several.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

impl Words {
    pub(crate) fn list(&self) -> &[String] {
        match self {
            Self::One(word) => std::slice::from_ref(word),
            Self::Several(words) => words,
        }
    }
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceFormat {
    /// Fields with something between them, or of fixed width.
    Csv,
    /// A list of objects, alone or inside of another object.
    Json,
    /// One object a line.
    Jsonl,
    /// A workbook: XLSX, XLSB, XLS, ODS.
    Workbook,
    /// Elements.
    Xml,
    /// Segments of UN/EDIFACT.
    Edifact,
}

/// Settings of a layout, which stand among the others of a mapping.
const SETTINGS: [&str; 14] = [
    "format",
    "encoding",
    "delimiter",
    "quote",
    "widths",
    "member",
    "sheet",
    "rows",
    "skip",
    "header_rows",
    "stop_at",
    "where",
    "unless",
    "fill_down",
];

impl Layout {
    /// Takes the settings of a layout out of those of a mapping.
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
        if let Some(toml::Value::String(format)) = own.get_mut("format") {
            match format.as_str() {
                "tsv" | "txt" => "csv".clone_into(format),
                "xlsx" | "xls" | "xlsb" | "ods" => "workbook".clone_into(format),
                _ => {}
            }
        }
        let layout = Self::deserialize(own).map_err(|error| error.message().to_owned())?;
        layout.problem().map_or(Ok(layout.clone()), Err)
    }

    fn problem(&self) -> Option<String> {
        let Self { delimiter, quote, encoding, .. } = self;
        if let Some(delimiter) = delimiter {
            if self.format.is_some_and(|format| format != SourceFormat::Csv) {
                return Some("has a `delimiter`, which only a CSV file has".into());
            }
            if delimiter.is_alphanumeric() || "\"\r\n".contains(*delimiter) {
                return Some(format!("has the `delimiter` `{}`, which cannot part fields", delimiter.escape_default()));
            }
        }
        if quote.as_ref().is_some_and(|quote| quote != "none" && quote.chars().count() != 1) {
            return Some("has a `quote` that is neither one mark nor `none`".into());
        }
        if let Some(encoding) = encoding
            && encoding_rs::Encoding::for_label(encoding.as_bytes()).is_none()
        {
            return Some(format!(
                "has the `encoding` `{encoding}`, which nobody knows (`utf-8`, `utf-16le`, `windows-1252`, `shift_jis`, \
                 `euc-kr`, `gb18030`, `big5`, ...)"
            ));
        }
        None
    }

    /// Is the source a list of objects, whose fields may be left out?
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.format, Some(SourceFormat::Json | SourceFormat::Jsonl))
    }

    /// The mark around fields, if any.
    pub(crate) fn quote_mark(&self) -> Option<char> {
        match self.quote.as_deref() {
            None => Some('"'),
            Some("none") => None,
            Some(mark) => mark.chars().next(),
        }
    }

    /// Columns that rows are chosen by.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &str> {
        let by_words = self.keep.keys().chain(self.unless.keys());
        by_words.chain(&self.fill_down).map(String::as_str)
    }
}
