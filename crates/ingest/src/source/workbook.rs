//! Workbooks: XLSX, XLSB, XLS, ODS. Read cell by cell, so that two cells at the ends of an empty sheet are two cells.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Ods, Reader, Xls, Xlsb, Xlsx};

use super::table::{Kind, Row, Rows};
use super::{CELLS_MAX, SourceError};
use crate::wrong::Wrong;

#[derive(Clone, Copy)]
enum Is {
    Xlsx,
    Xlsb,
    Xls,
    Ods,
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> SourceError {
    SourceError::Workbook(Box::new(error))
}

/// What a workbook is, and the names of its sheets.
fn opened(bytes: &[u8]) -> Result<(Is, Vec<String>), SourceError> {
    let at = || Cursor::new(bytes);
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Ok((Is::Xls, Xls::new(at()).map_err(failed)?.sheet_names()));
    }
    if let Ok(book) = Xlsx::new(at()) {
        return Ok((Is::Xlsx, book.sheet_names()));
    }
    if let Ok(book) = Ods::new(at()) {
        return Ok((Is::Ods, book.sheet_names()));
    }
    Ok((Is::Xlsb, Xlsb::new(at()).map_err(failed)?.sheet_names()))
}

/// The sheets of a workbook, by name.
pub(super) fn names(bytes: &[u8]) -> Result<Vec<String>, SourceError> {
    opened(bytes).map(|(_, names)| names)
}

/// The rows of a sheet.
pub(super) fn rows(bytes: &[u8], name: &str) -> Result<Rows, SourceError> {
    let at = || Cursor::new(bytes);
    let mut sheet = Sheet::default();
    match opened(bytes)?.0 {
        Is::Xlsx => {
            let mut book = Xlsx::new(at()).map_err(failed)?;
            let mut cells = book.worksheet_cells_reader(name).map_err(failed)?;
            while let Some(cell) = cells.next_cell().map_err(failed)? {
                let (text, kind) = of_ref(cell.get_value());
                sheet.push(cell.get_position(), &text, kind)?;
            }
        }
        Is::Xlsb => {
            let mut book = Xlsb::new(at()).map_err(failed)?;
            let mut cells = book.worksheet_cells_reader(name).map_err(failed)?;
            while let Some(cell) = cells.next_cell().map_err(failed)? {
                let (text, kind) = of_ref(cell.get_value());
                sheet.push(cell.get_position(), &text, kind)?;
            }
        }
        Is::Xls => sheet.range(&Xls::new(at()).map_err(failed)?.worksheet_range(name).map_err(failed)?)?,
        Is::Ods => sheet.range(&Ods::new(at()).map_err(failed)?.worksheet_range(name).map_err(failed)?)?,
    }
    Ok(sheet.rows)
}

/// Rows of a sheet on their way.
#[derive(Default)]
struct Sheet {
    rows: Rows,
    cells: usize,
}

impl Sheet {
    fn push(&mut self, (row, column): (u32, u32), text: &str, kind: Kind) -> Result<(), SourceError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let line = u64::from(row) + 1;
        let is_new = !matches!(self.rows.last(), Some(Ok(last)) if last.line == line);
        if is_new {
            self.rows.push(Ok(Row::new(line)));
        }
        let Some(Ok(last)) = self.rows.last_mut() else { return Ok(()) };
        let column = column as usize;
        // A cell may stand only once, and each after the one before it.
        if column < last.count() {
            return Err(SourceError::Other(Wrong::CellsOutOfOrder));
        }
        self.cells += column + 1 - last.count();
        if self.cells > CELLS_MAX {
            return Err(SourceError::TooLarge { what: "sheet" });
        }
        last.pad(column, Kind::Text);
        last.push(text, kind);
        Ok(())
    }

    fn range(&mut self, range: &calamine::Range<Data>) -> Result<(), SourceError> {
        let (first_row, first_column) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let (text, kind) = of_data(value);
            let place = |first: u32, place: usize| first + u32::try_from(place).unwrap_or(u32::MAX - first);
            self.push((place(first_row, row), place(first_column, column)), &text, kind)?;
        }
        Ok(())
    }
}

fn of_ref(value: &DataRef<'_>) -> (String, Kind) {
    match value {
        DataRef::Int(number) => (number.to_string(), Kind::Number),
        DataRef::Float(number) => (number_text(*number), Kind::Number),
        DataRef::String(text) => (text.clone(), Kind::Text),
        DataRef::SharedString(text) => ((*text).to_owned(), Kind::Text),
        DataRef::Bool(is) => (bool_text(*is), Kind::Text),
        DataRef::DateTime(moment) => moment_text(*moment),
        DataRef::DateTimeIso(text) => (text.clone(), Kind::Moment),
        DataRef::DurationIso(text) => (text.clone(), Kind::Text),
        DataRef::Error(error) => (error.to_string(), Kind::Text),
        DataRef::Empty => (String::new(), Kind::Text),
    }
}

fn of_data(value: &Data) -> (String, Kind) {
    match value {
        Data::Int(number) => (number.to_string(), Kind::Number),
        Data::Float(number) => (number_text(*number), Kind::Number),
        Data::String(text) => (text.clone(), Kind::Text),
        Data::Bool(is) => (bool_text(*is), Kind::Text),
        Data::DateTime(moment) => moment_text(*moment),
        Data::DateTimeIso(text) => (text.clone(), Kind::Moment),
        Data::DurationIso(text) => (text.clone(), Kind::Text),
        Data::Error(error) => (error.to_string(), Kind::Text),
        Data::Empty => (String::new(), Kind::Text),
    }
}

fn bool_text(is: bool) -> String {
    if is { "True" } else { "False" }.to_owned()
}

fn moment_text(moment: ExcelDateTime) -> (String, Kind) {
    if moment.is_duration() {
        return (number_text(moment.as_f64()), Kind::Number);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let day = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        return (day, Kind::Moment);
    }
    (format!("{day}T{hour:02}:{minute:02}:{second:02}"), Kind::Moment)
}

/// A number as the workbook shows it: fifteen digits are what a spreadsheet keeps, and the rest is left over from
/// counting in binary.
pub(super) fn number_text(number: f64) -> String {
    let shortest = number.to_string();
    let digits = shortest.bytes().filter(u8::is_ascii_digit).count();
    let leading = shortest.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if digits.min(leading) <= 15 || !number.is_finite() {
        return shortest;
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    rounded.to_string()
}

#[cfg(test)]
mod tests {
    use super::number_text;

    #[test]
    fn a_number_has_the_digits_that_a_spreadsheet_shows() {
        let check = |number: f64, text: &str| assert_eq!(number_text(number), text);
        check(0.1 + 0.2, "0.3");
        check(40.93, "40.93");
        check(40.930_000_000_000_01, "40.93");
        check(141_200.0, "141200");
        check(-5_012.3, "-5012.3");
        check(2_025.0, "2025");
        check(1e-7, "0.0000001");
    }
}
