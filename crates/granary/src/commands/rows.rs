//! A table of rows that become commands, and what is wrong with a cell of it: told by line and column, all of it at once.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use ingest::{Layout, Records, SourceError};
use shell::{Exit, Failure};

/// Flaws that are told at once.
const FLAWS_SHOWN: usize = 20;

/// Rows below headings.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The headings, in their order.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Its line in the file, from 1.
    pub(super) line: u64,
    /// What stands in it, by column; empty cells are left out.
    pub(super) cells: Vec<(String, String)>,
}

/// What is wrong with a cell, a row, or what came of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The line, where it is one of a file.
    pub(super) line: Option<u64>,
    /// The columns to blame.
    pub(super) columns: Vec<String>,
    pub(super) problem: String,
    pub(super) hint: String,
}

impl Rows {
    /// Reads a table: a file, or standard input as `-`.
    ///
    /// # Errors
    /// When it is no table, or a row of it is damaged.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let read = match path == Path::new("-") {
            true => io::stdin().lock().read_to_end(&mut bytes).map(drop),
            false => fs::read(path).map(|read| bytes = read),
        };
        read.map_err(|error| {
            Failure::new(format!("read `{}`: {error}", path.display())).hint("name a file, or `-` for standard input")
        })?;
        Self::of(&bytes).map_err(|flaws| told(&path.display().to_string(), &flaws))
    }

    /// The rows of a text.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Vec<Flaw>> {
        let layout = Layout { skip: Some(0), header_rows: Some(1), ..Layout::default() };
        let records = ingest::records(bytes, &layout, &[]).map_err(|error| vec![damaged(&error)])?;
        let columns = columns(&records)?;
        let (mut rows, mut flaws) = (Vec::new(), Vec::new());
        for record in records.lines {
            match record {
                Err(error) => flaws.push(damaged(&error)),
                Ok(record) => {
                    let cell = |column: &String| {
                        let text = record.text(column).filter(|text| !text.is_empty())?;
                        Some((column.clone(), text.to_owned()))
                    };
                    let cells: Vec<_> = columns.iter().filter_map(cell).collect();
                    if !cells.is_empty() {
                        rows.push(Row { line: record.line, cells });
                    }
                }
            }
        }
        if rows.is_empty() && flaws.is_empty() {
            let (problem, hint) = ("there is no row below the headings", "write a row for each");
            flaws.push(Flaw { line: None, columns: Vec::new(), problem: problem.into(), hint: hint.into() });
        }
        if flaws.is_empty() { Ok(Self { columns, rows }) } else { Err(flaws) }
    }
}

impl Row {
    /// What stands in a column.
    pub(super) fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(known, _)| known == column).map(|(_, text)| text.as_str())
    }
}

/// The headings, each once.
fn columns(records: &Records) -> Result<Vec<String>, Vec<Flaw>> {
    let names = records.columns();
    let columns: Vec<String> = names.iter().filter(|name| !name.is_empty()).cloned().collect();
    let twice = columns.iter().enumerate().filter(|(place, name)| columns[..*place].contains(name));
    let flaws: Vec<Flaw> = twice
        .map(|(_, name)| Flaw {
            line: Some(1),
            columns: vec![name.clone()],
            problem: "two columns have this heading".into(),
            hint: "take one of them out".into(),
        })
        .collect();
    if flaws.is_empty() { Ok(columns) } else { Err(flaws) }
}

fn damaged(error: &SourceError) -> Flaw {
    let line = Some(error.line()).filter(|line| *line > 0);
    let hint = "save it as CSV: headings in the first line, and as many cells in each row".to_owned();
    Flaw { line, columns: Vec::new(), problem: error.to_string(), hint }
}

impl Flaw {
    /// Where it is, and what.
    pub(super) fn text(&self) -> String {
        let line = self.line.map(|line| format!("line {line}"));
        let columns = match &self.columns[..] {
            [] => None,
            [column] => Some(format!("column `{column}`")),
            several => Some(format!("columns `{}`", several.join("`, `"))),
        };
        let place: Vec<String> = line.into_iter().chain(columns).collect();
        match place.is_empty() {
            true => self.problem.clone(),
            false => format!("{}: {}", place.join(", "), self.problem),
        }
    }
}

/// Tells all flaws of a file, and that nothing came of it.
pub(super) fn told(name: &str, flaws: &[Flaw]) -> Failure {
    for flaw in flaws.iter().take(FLAWS_SHOWN) {
        eprintln!("{}", flaw.text());
        if !flaw.hint.is_empty() {
            eprintln!("  hint: {}", flaw.hint);
        }
    }
    let more = flaws.len().saturating_sub(FLAWS_SHOWN);
    if more > 0 {
        eprintln!("and {more} more");
    }
    let count = match flaws.len() {
        1 => "1 flaw".to_owned(),
        count => format!("{count} flaws"),
    };
    let failure = Failure { exit: Exit::Refused, ..Failure::new(format!("`{name}` has {count}; nothing is recorded")) };
    failure.hint("correct it, and run the same again")
}

#[cfg(test)]
mod tests {
    use super::Rows;

    fn flaws(text: &str) -> Vec<String> {
        Rows::of(text.as_bytes()).expect_err("it is damaged").iter().map(super::Flaw::text).collect()
    }

    #[test]
    fn cells_are_found_by_their_heading_and_empty_ones_are_none() {
        let rows = Rows::of("code;name;stock\nJP;\"Japan; main\";12\n\nKR;;\n".as_bytes()).expect("a table");
        assert_eq!(rows.columns, ["code", "name", "stock"]);
        assert_eq!((rows.rows[0].line, rows.rows[0].get("name")), (2, Some("Japan; main")));
        assert_eq!((rows.rows[1].line, rows.rows[1].get("name"), rows.rows[1].get("code")), (4, None, Some("KR")));
    }

    #[test]
    fn what_is_wrong_with_a_table_names_its_line() {
        assert_eq!(flaws("code,name\n"), ["there is no row below the headings"]);
        assert!(flaws("code,name\nJP,Japan,3\n")[0].starts_with("line 2: "));
        assert!(flaws("code,code\nJP,Japan\n")[0].starts_with("line 1, column `code`: two columns"));
        assert!(flaws("code,name\nJP,\"Japan\n")[0].starts_with("line 2: "));
        assert!(!flaws("").is_empty());
    }
}
