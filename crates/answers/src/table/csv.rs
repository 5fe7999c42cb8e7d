//! A table as comma-separated values: the one file that spreadsheets and programs get, at the shell and over HTTP alike.
//!
//! Numbers are plain, a flag is `true` or `false`, nothing is empty, and what a spreadsheet would run as a formula is
//! defused by an apostrophe before it. Every column is written, whether anything stands in it or not. With whose eyes the rows
//! were seen, what they leave out and that there are more is said in closing lines, whose first cell begins with `#`: a file
//! that is opened by itself cannot look complete.

use std::borrow::Cow;
use std::io::{self, Write};

use super::{Cell, LIST_SEPARATOR, Table};
use crate::figure::{UNKNOWN, WITHHELD};

/// Writes a table, row by row.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut file = File::begin(&table, out)?;
    file.rows(table, out)?;
    file.end(out)
}

/// A file on its way: what follows in further parts of the answer goes into the same file.
#[derive(Debug)]
pub struct File {
    width: usize,
    /// What the closing lines say.
    remarks: Vec<String>,
}

impl File {
    /// Writes the headings.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(table: &Table<'_>, out: &mut dyn Write) -> io::Result<Self> {
        let mut writer = ::csv::Writer::from_writer(out);
        writer.write_record(table.columns.iter().map(|column| column.name.as_bytes())).map_err(io_error)?;
        writer.flush()?;
        Ok(Self { width: table.columns.len(), remarks: Vec::new() })
    }

    /// Writes rows, one by one.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn rows(&mut self, table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
        for remark in table.remarks(words::english(), |field, value| format!("{field}={value}")) {
            if !self.remarks.contains(&remark) {
                self.remarks.push(remark);
            }
        }
        let mut writer = ::csv::Writer::from_writer(out);
        for row in table.rows {
            writer.write_record(row.iter().map(|cell| cell_text(cell).into_owned())).map_err(io_error)?;
        }
        writer.flush()
    }

    /// Writes the closing lines.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn end(self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = ::csv::Writer::from_writer(out);
        for remark in self.remarks {
            let empty = std::iter::repeat_n(String::new(), self.width.saturating_sub(1));
            writer.write_record(std::iter::once(format!("# {remark}")).chain(empty)).map_err(io_error)?;
        }
        writer.flush()
    }
}

/// The table as bytes.
#[must_use]
pub fn bytes(table: Table<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write(table, &mut out).expect("memory is written");
    out
}

fn io_error(error: ::csv::Error) -> io::Error {
    let kind = error.into_kind();
    if let ::csv::ErrorKind::Io(error) = kind { error } else { io::Error::other(format!("{kind:?}")) }
}

fn cell_text<'c>(cell: &'c Cell<'_>) -> Cow<'c, str> {
    let text = plain(cell);
    let is_words = matches!(cell, Cell::Text(_) | Cell::List(_));
    if is_words && is_run(&text) { Cow::Owned(format!("'{text}")) } else { text }
}

/// A cell for programs that run nothing.
#[must_use]
pub fn plain<'c>(cell: &'c Cell<'_>) -> Cow<'c, str> {
    match cell {
        Cell::Text(text) | Cell::Number(text) => Cow::Borrowed(text),
        Cell::Range(low, high) => Cow::Owned(format!("{low}..{high}")),
        Cell::Withheld => Cow::Borrowed(WITHHELD),
        Cell::Unknown => Cow::Borrowed(UNKNOWN),
        Cell::Nothing => Cow::Borrowed(""),
        Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Cell::List(parts) => Cow::Owned(parts.join(LIST_SEPARATOR)),
    }
}

/// Would a spreadsheet run it? Numbers and quantities stay as they are.
fn is_run(text: &str) -> bool {
    let mut rest = text.chars();
    match rest.next() {
        Some('=' | '@' | '\t' | '\r' | '\n') => true,
        // `-5 t net` is a quantity, `-1+cmd|...` and `+A1` are formulas.
        Some('+' | '-') => {
            rest.clone().next().is_some_and(|c| !c.is_ascii_digit() && c != '.' && c != ' ')
                || rest.any(|c| "|(!+*=".contains(c))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_would_run_is_defused_and_numbers_are_not() {
        for run in ["=1+1", "@SUM(1)", "\tx", "+A1", "-cmd", "-1+2+cmd|' /C calc'!A0", "+(1)"] {
            assert_eq!(cell_text(&Cell::text(run)), format!("'{run}"));
        }
        for plain in ["-5", "+5.25 t net", "-0.1", "- ", "A=B", "a@b", "-5 t"] {
            assert_eq!(cell_text(&Cell::text(plain)), plain);
        }
        assert_eq!(cell_text(&Cell::number("-5")), "-5");
    }
}
