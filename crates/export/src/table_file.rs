//! The table of an answer as a Parquet file: each column typed by its kind, and nothing that is withheld or unknown left as
//! a mere gap.
//!
//! A number, a day and a moment have a column of their type, and beside it `<name>_status`: empty where the value is there or
//! nothing is to be said, and else what CSV says instead: `withheld`, `unknown`, `3..5`. What the answer says beside its
//! rows, and what it leaves out, stands in the metadata of the file.

use std::borrow::Cow;
use std::io::{self, Write};

use answers::table::{Cell, Column as Shown, Extent, Kind, Table, csv};
use wire::date::{parse_day, parse_moment};

use crate::columns::{Column, DECIMALS, DIGITS, Holds, Value};
use crate::parquet_table::ParquetTable;

/// Media type of a Parquet file.
pub const PARQUET: &str = "application/vnd.apache.parquet";

/// What stands behind the name of a column that says why there is no value.
const STATUS: &str = "_status";

/// A file on its way: what follows in further parts of the answer goes into the same file.
pub struct TableFile {
    file: ParquetTable,
    kinds: Vec<Kind>,
}

impl TableFile {
    /// Writes a table, which is all of the answer.
    ///
    /// # Errors
    /// When `out` cannot be written, or the program was built without Parquet.
    pub fn write(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut file = Self::begin(&table)?;
        file.rows(table, out)?;
        file.end(out)
    }

    /// Begins a file for a table of these columns.
    ///
    /// # Errors
    /// When the program was built without Parquet.
    pub fn begin(table: &Table<'_>) -> io::Result<Self> {
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        let columns: Vec<Column<'_>> = table.columns.iter().flat_map(columns).collect();
        let file = ParquetTable::new("answer", &columns, &metadata(table)).map_err(io::Error::other)?;
        Ok(Self { file, kinds })
    }

    /// Writes rows, one by one.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn rows(&mut self, table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
        for row in table.rows {
            let values = self.kinds.iter().zip(&row).flat_map(|(kind, cell)| values(*kind, cell));
            out.write_all(&self.file.push(values).map_err(io::Error::other)?)?;
        }
        Ok(())
    }

    /// Writes the end of the file.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn end(self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(&self.file.end().map_err(io::Error::other)?)
    }
}

/// What the answer says beside its rows, what they leave out, and how the rest is asked for.
fn metadata(table: &Table<'_>) -> Vec<(String, String)> {
    let beside = table.beside.iter().filter(|(_, cell)| *cell != Cell::Nothing);
    let mut said: Vec<(String, String)> =
        beside.map(|(column, cell)| (column.name.to_string(), csv::plain(cell).into_owned())).collect();
    said.extend(table.seen_by.iter().map(|party| (answers::SEEN_BY.to_owned(), party.clone())));
    if !table.left_out.is_empty() {
        said.push(("left_out".to_owned(), table.left_out_told()));
    }
    if let Extent::Page { next: (field, value), .. } = &table.extent {
        said.push(("next".to_owned(), format!("{field}={value}")));
    }
    said
}

/// A column of a table, and the one that says why it has no value.
fn columns(shown: &Shown) -> impl Iterator<Item = Column<'_>> {
    let holds = holds(shown.kind);
    let status = (holds != Holds::Text).then(|| (format!("{}{STATUS}", shown.name).into(), Holds::Text));
    let both = std::iter::once((Cow::Borrowed(&*shown.name), holds)).chain(status);
    both.map(|(name, holds)| Column { name, holds, is_required: false })
}

fn holds(kind: Kind) -> Holds {
    match kind {
        Kind::Number => Holds::Decimal,
        Kind::Event => Holds::Long,
        Kind::Day => Holds::Day,
        Kind::Moment => Holds::Moment,
        Kind::Flag => Holds::Flag,
        Kind::Text | Kind::Code | Kind::Word(_) | Kind::List | Kind::Records => Holds::Text,
    }
}

/// The value of a cell, and why there is none.
fn values<'c>(kind: Kind, cell: &'c Cell<'_>) -> impl Iterator<Item = Value<'c>> + use<'c> {
    let text = || if *cell == Cell::Nothing { Value::Nothing } else { Value::Text(csv::plain(cell)) };
    let holds = holds(kind);
    let value = match (holds, cell) {
        (Holds::Text, _) => Some(text()),
        (_, Cell::Nothing) => Some(Value::Nothing),
        (Holds::Flag, Cell::Flag(flag)) => Some(Value::Flag(*flag)),
        (_, Cell::Text(text) | Cell::Number(text)) => typed(holds, text),
        _ => None,
    };
    let status = if value.is_some() { Value::Nothing } else { text() };
    let status = (holds != Holds::Text).then_some(status);
    std::iter::once(value.unwrap_or(Value::Nothing)).chain(status)
}

/// A text as the value that its column holds, where it is one.
fn typed(holds: Holds, text: &str) -> Option<Value<'static>> {
    match holds {
        Holds::Decimal => decimal(text).map(Value::Decimal),
        Holds::Long => text.parse().ok().map(Value::Long),
        Holds::Int => text.parse().ok().map(Value::Int),
        Holds::Day => parse_day(text).ok().map(|day| Value::Int(day.0)),
        Holds::Moment => parse_moment(text).ok().map(|moment| Value::Long(moment.0.cast_signed())),
        Holds::Flag | Holds::Text => None,
    }
}

/// A decimal number in units of its last place; nothing where it is none, or has more places or digits than a file keeps.
fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty() && whole.bytes().chain(places.bytes()).all(|byte| byte.is_ascii_digit());
    let zeros = DECIMALS.checked_sub(u32::try_from(places.len()).ok()?).filter(|_| is_number)?;
    let units: i128 = format!("{whole}{places}").parse().ok()?;
    let units = units.checked_mul(10_i128.pow(zeros))?;
    (units < 10_i128.pow(DIGITS)).then_some(sign * units)
}

#[cfg(all(test, feature = "parquet"))]
mod tests;
