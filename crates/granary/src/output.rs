//! Answers on stdout: a table for people, JSON or CSV for programs. What is not there is said on stderr.

use std::io::{self, BufWriter, IsTerminal as _, Write};

use answers::table::text::{self, Screen};
use answers::table::{Cell, Column as TableColumn, Extent, Kind, Table, csv};
use answers::{AnyAnswer, Question};
use clap::ValueEnum;
use serde::Serialize;
use shell::Failure;

/// How an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A table for people, as wide as the terminal.
    #[default]
    Table,
    /// A table with every column, however wide.
    Wide,
    /// A table with each row upright, a line for each column.
    Vertical,
    /// JSON for programs.
    Json,
    /// Comma-separated values for spreadsheets.
    Csv,
}

impl Format {
    /// Is it for people?
    pub(crate) fn is_table(self) -> bool {
        match self {
            Self::Table | Self::Wide | Self::Vertical => true,
            Self::Json | Self::Csv => false,
        }
    }

    fn screen(self) -> Screen {
        Screen { width: width(), is_wide: self == Self::Wide, is_vertical: self == Self::Vertical }
    }
}

/// How wide the terminal is; COLUMNS says it, too. What goes into a file or another program is as wide as it is.
fn width() -> Option<usize> {
    let said = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).filter(|width| *width > 0);
    let of_terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    said.or_else(|| io::stdout().is_terminal().then(of_terminal).flatten())
}

/// Writes the answer to a question in the format asked for.
pub(crate) fn answered<Q: Question>(format: Format, answer: &Q::Answer) -> Result<(), Failure> {
    show(format, answer, || Q::table(answer))
}

/// Writes the answer to any question; with the name of its list, that list alone.
pub(crate) fn any(format: Format, answer: &dyn AnyAnswer, list: Option<&str>) -> Result<(), Failure> {
    let table = || match list {
        None => answer.table(),
        Some(_) => Table { beside: Vec::new(), ..answer.table() },
    };
    match (format, list) {
        (Format::Json, None) => {
            let mut out = BufWriter::new(io::stdout().lock());
            answer.write_pretty(&mut out)?;
            writeln!(out)?;
            Ok(out.flush()?)
        }
        (Format::Json, Some(list)) => {
            let whole: serde_json::Value = serde_json::from_slice(&answer.to_json()?)?;
            show(format, &whole[list], table)
        }
        (Format::Table | Format::Wide | Format::Vertical | Format::Csv, _) => show(format, &(), table),
    }
}

/// Writes something in the format asked for; `value` is what JSON shows.
pub(crate) fn show<'t, T: Serialize, G: Into<Table<'t>>>(
    format: Format,
    value: &T,
    table: impl FnOnce() -> G,
) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut notes = Vec::new();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, value)?;
            writeln!(out)?;
        }
        Format::Csv => {
            let mut table = table().into();
            notes.append(&mut table.left_out);
            notes.extend(more(&table.extent));
            csv::write(table, &mut out)?;
        }
        Format::Table | Format::Wide | Format::Vertical => {
            let table = table().into();
            let more = more(&table.extent);
            notes = text::write(table, format.screen(), &mut out)?;
            notes.extend(more);
        }
    }
    out.flush()?;
    drop(out);
    for note in notes {
        eprintln!("{note}");
    }
    Ok(())
}

/// Says that rows follow, and how they are asked for.
fn more(extent: &Extent) -> Option<String> {
    extent.sentence(|field, value| format!("--{} {value}, or raise --limit", field.replace('_', "-")))
}

/// A table as text, as wide as it is.
pub(crate) fn text_of<'t>(table: impl Into<Table<'t>>) -> String {
    let mut out = Vec::new();
    text::write(table.into(), Screen::default(), &mut out).expect("memory is written");
    String::from_utf8(out).expect("a table is text").trim_end().to_owned()
}

/// A column of a tool's own table: its heading, and where its cells stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column<'n>(pub(crate) &'n str, pub(crate) Align);

/// Where a cell's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// Rows of a tool's own under columns: what is no answer to a question.
pub(crate) struct Grid<'n> {
    pub(crate) columns: Vec<Column<'n>>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl From<Grid<'_>> for Table<'static> {
    fn from(grid: Grid<'_>) -> Self {
        let is_right: Vec<bool> = grid.columns.iter().map(|column| column.1 == Align::Right).collect();
        let kind = |is_right: bool| if is_right { Kind::Number } else { Kind::Text };
        let columns =
            grid.columns.iter().map(|column| TableColumn::new(column.0.to_owned(), kind(column.1 == Align::Right)));
        let columns = columns.collect();
        let cell = |(text, is_right): (String, &bool)| if *is_right { Cell::number(text) } else { Cell::text(text) };
        let rows = grid.rows.into_iter().map(move |row| row.into_iter().zip(&is_right).map(cell).collect());
        Table::new(columns, rows)
    }
}

/// Did the reader of our output go away (`granary … | head`)? That is no failure.
pub(crate) fn is_closed_pipe(failure: &Failure) -> bool {
    let is_closed = |kind: Option<io::ErrorKind>| kind == Some(io::ErrorKind::BrokenPipe);
    causes::each(failure.error.as_ref()).any(|error| {
        is_closed(error.downcast_ref::<io::Error>().map(io::Error::kind))
            || is_closed(error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind))
    })
}
