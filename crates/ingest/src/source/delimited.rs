//! Fields with something between them. Strict where leniency would lose lines: a mark that opens a field and does not
//! close it is told at the line where it stands, and the next line is read as if nothing had happened.

use super::table::{Kind, Row, Rows};
use super::{FEW_LINES_MAX, SourceError};

/// How a table of fields is written.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    pub(super) delimiter: char,
    pub(super) quote: Option<char>,
}

/// Rows of a text; blank lines are none. `limit` is how many are wanted.
pub(super) fn rows(text: &str, dialect: Dialect, limit: usize) -> Rows {
    let mut rest = Rest { text, line: 1 };
    let mut rows = Vec::new();
    let usual = usual_delimiters(text, dialect.delimiter);
    while rows.len() < limit {
        rest.skip_blank_lines(dialect.delimiter);
        if rest.text.is_empty() {
            break;
        }
        let begun = Rest { ..rest };
        match row(&mut rest, dialect, usual) {
            Ok(row) => rows.push(Ok(row)),
            Err(error) => {
                rest = begun;
                rest.skip_line();
                rows.push(Err(error));
            }
        }
    }
    rows
}

/// What is not read yet, and the line it begins in.
struct Rest<'t> {
    text: &'t str,
    line: u64,
}

impl Rest<'_> {
    fn skip_line(&mut self) {
        let end = self.text.find(['\n', '\r']).unwrap_or(self.text.len());
        self.text = &self.text[end..];
        self.end_line();
    }

    /// Over one end of a line.
    fn end_line(&mut self) {
        let after = self.text.strip_prefix("\r\n").or_else(|| self.text.strip_prefix(['\n', '\r']));
        if let Some(after) = after {
            self.text = after;
            self.line += 1;
        }
    }

    fn skip_blank_lines(&mut self, delimiter: char) {
        loop {
            let blank = self.text.trim_start_matches(|letter: char| is_blank(letter, delimiter));
            if !blank.starts_with(['\n', '\r']) {
                if blank.is_empty() {
                    self.text = blank;
                }
                return;
            }
            self.text = blank;
            self.end_line();
        }
    }
}

fn is_blank(letter: char, delimiter: char) -> bool {
    letter.is_whitespace() && letter != '\n' && letter != '\r' && letter != delimiter
}

fn row(rest: &mut Rest<'_>, dialect: Dialect, usual: usize) -> Result<Row, SourceError> {
    let Dialect { delimiter, quote } = dialect;
    let mut row = Row::new(rest.line);
    loop {
        let after_blank = rest.text.trim_start_matches(|letter: char| is_blank(letter, delimiter));
        let opened = quote.and_then(|quote| after_blank.strip_prefix(quote).map(|inner| (quote, inner)));
        match opened {
            Some((quote, inner)) => {
                let field = quoted(rest, inner, quote, dialect, usual).ok_or(SourceError::Quote { line: rest.line })?;
                row.push(field.trim(), Kind::Text);
            }
            None => {
                let end = rest.text.find([delimiter, '\n', '\r']);
                let (field, after) = rest.text.split_at(end.unwrap_or(rest.text.len()));
                row.push(field.trim(), Kind::Text);
                rest.text = after;
            }
        }
        match rest.text.strip_prefix(delimiter) {
            Some(after) => rest.text = after,
            None => {
                rest.end_line();
                return Ok(row);
            }
        }
    }
}

/// A field between two marks; none where it does not end as one.
fn quoted<'t>(rest: &mut Rest<'t>, inner: &'t str, quote: char, dialect: Dialect, usual: usize) -> Option<String> {
    let mut field = String::new();
    let mut text = inner;
    loop {
        let end = text.find(quote)?;
        field.push_str(&text[..end]);
        text = &text[end + quote.len_utf8()..];
        match text.strip_prefix(quote) {
            Some(after) => {
                field.push(quote);
                text = after;
            }
            None => break,
        }
    }
    let lines = inner[..inner.len() - text.len()].matches('\n').count();
    // A line that has as many fields as a row of the table is a row of the table, and no part of a remark.
    let swallows = |line: &str| usual >= 2 && line.matches(dialect.delimiter).count() >= usual;
    if lines > FEW_LINES_MAX || (lines > 0 && field.lines().skip(1).any(swallows)) {
        return None;
    }
    let after = text.trim_start_matches(|letter: char| is_blank(letter, dialect.delimiter));
    if !(after.is_empty() || after.starts_with([dialect.delimiter, '\n', '\r'])) {
        return None;
    }
    rest.text = after;
    rest.line += lines as u64;
    Some(field)
}

/// How many delimiters most lines have.
fn usual_delimiters(text: &str, delimiter: char) -> usize {
    let mut counts = std::collections::BTreeMap::new();
    for line in text.lines().take(200).filter(|line| !line.trim().is_empty()) {
        *counts.entry(line.matches(delimiter).count()).or_insert(0_usize) += 1;
    }
    counts.into_iter().max_by_key(|(_, lines)| *lines).map_or(0, |(delimiters, _)| delimiters)
}

/// Rows of fields of fixed width, in letters; what stands after the last one belongs to it.
pub(super) fn fixed(text: &str, widths: &[usize]) -> Rows {
    let mut rows = Vec::new();
    let mut rest = Rest { text, line: 1 };
    while !rest.text.is_empty() {
        let end = rest.text.find(['\n', '\r']).unwrap_or(rest.text.len());
        let line = &rest.text[..end];
        if !line.trim().is_empty() {
            let mut row = Row::new(rest.line);
            let mut letters = line.chars();
            for (place, width) in widths.iter().enumerate() {
                let is_last = place + 1 == widths.len();
                let field: String = letters.by_ref().take(if is_last { usize::MAX } else { *width }).collect();
                row.push(field.trim(), Kind::Text);
            }
            rows.push(Ok(row));
        }
        rest.skip_line();
    }
    rows
}
