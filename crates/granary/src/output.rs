//! Answers on stdout: a table for people, JSON or CSV for programs. What is not there is said on stderr.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use answers::table::text::{self, Screen};
use answers::table::{Cell, Column as TableColumn, Extent, Kind, Table, csv};
use answers::{AnyAnswer, Question};
use clap::ValueEnum;
use export::TableFile;
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
    /// A Parquet file for analysts' programs: docs/tables.md says what its columns hold.
    Parquet,
}

impl Format {
    /// Is it for people?
    pub(crate) fn is_table(self) -> bool {
        match self {
            Self::Table | Self::Wide | Self::Vertical => true,
            Self::Json | Self::Csv | Self::Parquet => false,
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

/// Writes something in the format asked for; `value` is what JSON shows.
pub(crate) fn show<'t, T: Serialize, G: Into<Table<'t>>>(
    format: Format,
    value: &T,
    table: impl FnOnce() -> G,
) -> Result<(), Failure> {
    let mut written = Written::begin(format)?;
    match format {
        Format::Json => written.json(value)?,
        Format::Table | Format::Wide | Format::Vertical | Format::Csv | Format::Parquet => {
            written.table(table().into())?;
        }
    }
    written.end()
}

/// An answer on its way out. CSV and Parquet are written part by part, so that no answer need be whole in memory.
pub(crate) struct Written {
    format: Format,
    out: BufWriter<StdoutLock<'static>>,
    is_begun: bool,
    file: Option<TableFile>,
    notes: Vec<String>,
}

impl Written {
    /// Begins; says at once where the format is no text and a terminal would get it.
    pub(crate) fn begin(format: Format) -> Result<Self, Failure> {
        if format == Format::Parquet {
            no_terminal()?;
        }
        let out = BufWriter::new(io::stdout().lock());
        Ok(Self { format, out, is_begun: false, file: None, notes: Vec::new() })
    }

    /// Writes an answer, or a part of it; with the name of its list, that list alone.
    pub(crate) fn part(&mut self, answer: &dyn AnyAnswer, list: Option<&str>) -> Result<(), Failure> {
        match (self.format, list) {
            (Format::Json, None) => {
                answer.write_pretty(&mut self.out)?;
                Ok(writeln!(self.out)?)
            }
            (Format::Json, Some(list)) => {
                let whole: serde_json::Value = serde_json::from_slice(&answer.to_json()?)?;
                self.json(&whole[list])
            }
            // What stands beside the rows is in the metadata of the file, whatever the rows are called.
            (_, None) | (Format::Parquet, _) => self.table(answer.table()),
            (_, Some(_)) => self.table(Table { beside: Vec::new(), ..answer.table() }),
        }
    }

    fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        Ok(writeln!(self.out)?)
    }

    fn table(&mut self, mut table: Table<'_>) -> Result<(), Failure> {
        self.notes.extend(more(&table.extent));
        match self.format {
            Format::Parquet => {
                let begun = self.file.take().map_or_else(|| TableFile::begin(&table), Ok);
                self.notes.append(&mut table.left_out);
                self.file.insert(begun?).rows(table, &mut self.out)?;
            }
            Format::Csv => {
                self.notes.append(&mut table.left_out);
                let write = if self.is_begun { csv::write_more } else { csv::write };
                write(table, &mut self.out)?;
            }
            Format::Table | Format::Wide | Format::Vertical | Format::Json => {
                self.notes.extend(text::write(table, words::english(), self.format.screen(), &mut self.out)?);
            }
        }
        self.is_begun = true;
        Ok(())
    }

    /// Ends it; what is not in it is said on stderr.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        if let Some(file) = self.file {
            file.end(&mut self.out)?;
        }
        self.out.flush()?;
        drop(self.out);
        for note in self.notes {
            eprintln!("{note}");
        }
        Ok(())
    }
}

/// Refuses to write onto a terminal what is no text.
pub(crate) fn no_terminal() -> Result<(), Failure> {
    match io::stdout().is_terminal() {
        true => Err(Failure::wrong_use("a Parquet file is no text: a terminal cannot show it")
            .hint("hand it on with `>` or `|`")),
        false => Ok(()),
    }
}

/// Says that rows follow, and how they are asked for.
fn more(extent: &Extent) -> Option<String> {
    extent.sentence(words::english(), |field, value| format!("--{} {value}, or raise --limit", field.replace('_', "-")))
}

/// A table as text, as wide as it is.
pub(crate) fn text_of<'t>(table: impl Into<Table<'t>>) -> String {
    let mut out = Vec::new();
    text::write(table.into(), words::english(), Screen::default(), &mut out).expect("memory is written");
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
