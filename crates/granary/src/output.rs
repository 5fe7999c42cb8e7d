//! Answers on stdout: a table for people, JSON or CSV for programs. What is not there is said on stderr.

use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

use crate::language;
use answers::table::text::{self, Screen};
use answers::table::{Cell, Column as TableColumn, Extent, Kind, Table, csv};
use answers::{AnyAnswer, Given, Question};
use clap::ValueEnum;
use export::TableFile;
use serde::Serialize;
use serde_json::{Map, Value};
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
pub(crate) fn answered<Q: Question>(format: Format, given: &Given<Q>) -> Result<(), Failure> {
    show(format, given, || given.table())
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

/// An answer on its way out. What programs read is written part by part, so that no answer need be whole in memory.
pub(crate) struct Written {
    format: Format,
    out: BufWriter<StdoutLock<'static>>,
    file: Option<File>,
    notes: Vec<String>,
}

/// What the parts of an answer go into.
enum File {
    Csv(csv::File),
    Parquet(TableFile),
    /// The list that the parts make up, how many lines of it are written, and what the answer says beside it.
    Json(String, usize, Map<String, Value>),
}

impl Written {
    /// Begins; says at once where the format is no text and a terminal would get it.
    pub(crate) fn begin(format: Format) -> Result<Self, Failure> {
        if format == Format::Parquet {
            no_terminal()?;
        }
        let out = BufWriter::new(io::stdout().lock());
        Ok(Self { format, out, file: None, notes: Vec::new() })
    }

    /// Writes an answer, or a part of it where others follow into the same file. People who asked for one list alone read
    /// nothing of what the answer says beside it.
    pub(crate) fn part(&mut self, answer: &dyn AnyAnswer, is_alone: bool, is_last: bool) -> Result<(), Failure> {
        match self.format {
            Format::Json if is_last && self.file.is_none() => {
                answer.write_pretty(&mut self.out)?;
                return Ok(writeln!(self.out)?);
            }
            Format::Json => return self.json_part(answer, is_last),
            Format::Table | Format::Wide | Format::Vertical | Format::Csv | Format::Parquet => {}
        }
        let mut table = answer.table();
        if is_alone && self.format.is_table() {
            table.beside.clear();
        }
        if !is_last {
            table.extent = Extent::Whole;
        }
        self.table(table)
    }

    fn json(&mut self, value: &impl Serialize) -> Result<(), Failure> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        Ok(writeln!(self.out)?)
    }

    /// A part of an answer as JSON: the lines of its list as they come, what it says beside them at the end.
    fn json_part(&mut self, answer: &dyn AnyAnswer, is_last: bool) -> Result<(), Failure> {
        let mut part: Map<String, Value> = serde_json::from_slice(&answer.to_json()?)?;
        let (list, mut count, mut beside) = match self.file.take() {
            Some(File::Json(list, count, beside)) => (list, count, beside),
            Some(File::Csv(_) | File::Parquet(_)) | None => {
                let list = part.iter().find(|(_, value)| value.is_array()).map(|(name, _)| name.clone());
                let list = list.unwrap_or_default();
                write!(self.out, "{{\n  \"{list}\": [")?;
                (list, 0, Map::new())
            }
        };
        let lines = part.shift_remove(&list);
        for line in lines.as_ref().and_then(Value::as_array).into_iter().flatten() {
            let comma = if count > 0 { "," } else { "" };
            write!(self.out, "{comma}\n    {}", indented(line, "\n    ")?)?;
            count += 1;
        }
        // What followed this part is here by now.
        part.shift_remove("next");
        beside.extend(part);
        if !is_last {
            self.file = Some(File::Json(list, count, beside));
            return Ok(());
        }
        write!(self.out, "\n  ]")?;
        for (name, value) in &beside {
            write!(self.out, ",\n  \"{name}\": {}", indented(value, "\n  ")?)?;
        }
        Ok(writeln!(self.out, "\n}}")?)
    }

    fn table(&mut self, table: Table<'_>) -> Result<(), Failure> {
        match self.format {
            Format::Parquet => {
                self.note(table.remarks(language::now(), go_on));
                let mut file = match self.file.take() {
                    Some(File::Parquet(file)) => file,
                    Some(File::Csv(_) | File::Json(..)) | None => TableFile::begin(&table)?,
                };
                file.rows(table, &mut self.out)?;
                self.file = Some(File::Parquet(file));
            }
            Format::Csv => {
                self.note(table.remarks(language::now(), go_on));
                let mut file = match self.file.take() {
                    Some(File::Csv(file)) => file,
                    Some(File::Parquet(_) | File::Json(..)) | None => csv::File::begin(&table, &mut self.out)?,
                };
                file.rows(table, &mut self.out)?;
                self.file = Some(File::Csv(file));
            }
            Format::Table | Format::Wide | Format::Vertical | Format::Json => {
                let screen = self.format.screen();
                let notes = text::write(table, language::now(), screen, go_on, &mut self.out)?;
                self.note(notes);
            }
        }
        Ok(())
    }

    fn note(&mut self, notes: Vec<String>) {
        for note in notes {
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
    }

    /// Ends it. What is not in it is said on stderr; of a text for people that goes into a file or a pipe, which may be read alone,
    /// in the text, and on stderr where that is a screen.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match self.file {
            Some(File::Csv(file)) => file.end(&mut self.out)?,
            Some(File::Parquet(file)) => file.end(&mut self.out)?,
            Some(File::Json(..)) | None => {}
        }
        let is_in_it = self.format.is_table() && !io::stdout().is_terminal();
        if is_in_it && !self.notes.is_empty() {
            writeln!(self.out, "\n{}", self.notes.join("\n"))?;
        }
        self.out.flush()?;
        drop(self.out);
        if !is_in_it || io::stderr().is_terminal() {
            self.notes.iter().for_each(|note| eprintln!("{note}"));
        }
        Ok(())
    }
}

/// A value as it stands within another one.
fn indented(value: &Value, line: &str) -> Result<String, Failure> {
    Ok(serde_json::to_string_pretty(value)?.replace('\n', line))
}

/// Refuses to write onto a terminal what is no text.
pub(crate) fn no_terminal() -> Result<(), Failure> {
    match io::stdout().is_terminal() {
        true => Err(Failure::wrong_use("a Parquet file is no text: a terminal cannot show it")
            .hint("hand it on with `>` or `|`")),
        false => Ok(()),
    }
}

/// How rows that follow are asked for here.
fn go_on(field: &str, value: &str) -> String {
    format!("--{}={}, or raise --limit", field.replace('_', "-"), words::pasted(value))
}

/// A table as text, as wide as it is.
pub(crate) fn text_of<'t>(table: impl Into<Table<'t>>) -> String {
    let mut out = Vec::new();
    text::write(table.into(), language::now(), Screen::default(), go_on, &mut out).expect("memory is written");
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
    /// With whose eyes what it tells was seen; none where that is everything, or no answer to a question.
    pub(crate) seen_by: Option<String>,
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
        Table { seen_by: grid.seen_by, ..Table::new(columns, rows) }
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
