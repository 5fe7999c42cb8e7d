//! Answers on stdout: a table for people, JSON or CSV for programs.

use std::io::{self, Write};

use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use serde::Serialize;
use shell::Failure;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people.
    #[default]
    Table,
    /// JSON for programs.
    Json,
    /// Comma-separated values for spreadsheets.
    Csv,
}

/// A column: its heading, and whether its cells are numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'n>(pub(crate) &'n str, pub(crate) Align);

/// Where a cell's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows under columns.
pub(crate) struct Grid<'n> {
    pub(crate) columns: Vec<Column<'n>>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Grid<'_> {
    /// The grid as text. Columns in which every cell is empty are left out.
    pub(crate) fn table(&self) -> String {
        let is_used = |index: usize| self.rows.is_empty() || self.rows.iter().any(|row| !row[index].is_empty());
        let used: Vec<usize> = (0..self.columns.len()).filter(|index| is_used(*index)).collect();
        let mut table = Table::new();
        // Headings underlined, nothing between rows: it stays readable when it is copied into a message.
        table.load_preset("     ──            ").set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(used.iter().map(|index| Cell::new(self.columns[*index].0)));
        for row in &self.rows {
            table.add_row(used.iter().map(|index| match self.columns[*index].1 {
                Align::Right => Cell::new(grouped(&row[*index])),
                Align::Left => Cell::new(&row[*index]),
            }));
        }
        for (place, index) in used.iter().enumerate() {
            if self.columns[*index].1 == Align::Right
                && let Some(column) = table.column_mut(place)
            {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.to_string()
    }

    pub(crate) fn csv(&self) -> Result<Vec<u8>, Failure> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns.iter().map(|column| column.0))?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.into_inner().map_err(|error| Failure::new(error.into_error()))
    }
}

/// Writes an answer in the format asked for; `value` is what JSON shows.
pub(crate) fn show<'n, T: Serialize>(
    format: Format,
    value: &T,
    grid: impl FnOnce() -> Grid<'n>,
) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, value)?;
            writeln!(out)?;
        }
        Format::Csv => out.write_all(&grid().csv()?)?,
        Format::Table => {
            let grid = grid();
            if grid.rows.is_empty() {
                writeln!(out, "nothing to show")?;
            } else {
                writeln!(out, "{}", grid.table())?;
            }
        }
    }
    out.flush()?;
    Ok(())
}

/// `1234567.5` as people read it: `1,234,567.5`. Only in tables: programs get plain numbers.
pub(crate) fn grouped(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix(['-', '+']) {
        Some(digits) => number.split_at(number.len() - digits.len()),
        None => ("", number),
    };
    let (whole, rest) = digits.split_at(digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len()));
    let mut out = String::with_capacity(number.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    format!("{sign}{out}{rest}")
}

/// Did the reader of our output go away (`granary … | head`)? That is no failure.
pub(crate) fn is_closed_pipe(failure: &Failure) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(failure.error.as_ref());
    while let Some(error) = cause {
        if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        if error
            .downcast_ref::<serde_json::Error>()
            .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
        {
            return true;
        }
        let of_csv = error.downcast_ref::<csv::Error>().map(csv::Error::kind);
        if matches!(of_csv, Some(csv::ErrorKind::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe) {
            return true;
        }
        cause = error.source();
    }
    false
}
