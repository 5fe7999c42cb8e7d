//! A table for a terminal: it fits the width there is, and names what it left out for that.
//!
//! Headings are underlined and nothing stands between rows, so that it stays readable when it is copied into a message.
//! Columns in which nothing stands are left out without a word. What in an answer would steer the terminal is not passed on.

use std::borrow::Cow;
use std::io::{self, Write};
use std::mem;

use unicode_width::UnicodeWidthStr;
use words::Words;

use super::{Cell, Column, Extent, Kind, List, Shape, Table, for_people};

/// Rows of a table for people: whoever wants more has a program read them.
pub const ROW_COUNT_MAX: usize = 10_000;
/// The first columns name a row.
const NAMES_COUNT: usize = 3;
/// What stands between two columns.
const GAP: &str = "   ";
/// Words are not broken into columns narrower than this.
const WORDS_WIDTH_MIN: usize = 16;
/// Codes are not broken, save those that are longer than this.
const CODE_WIDTH_MAX: usize = 24;

/// What a table is written onto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Screen {
    /// Cells in a line; as many as there have to be where absent.
    pub width: Option<usize>,
    /// Every column, however wide that makes it.
    pub is_wide: bool,
    /// Each row as lines of heading and cell.
    pub is_vertical: bool,
}

/// Writes what an answer says beside its rows, its rows and its other lists. Gives the sentences that say what is not there:
/// rows, columns, what the answer leaves out. `ask` says how rows that follow are asked for.
///
/// # Errors
/// When `out` cannot be written.
pub fn write(
    mut table: Table<'_>,
    words: &Words,
    screen: Screen,
    ask: impl FnOnce(&str, &str) -> String,
    out: &mut dyn Write,
) -> io::Result<Vec<String>> {
    let mut notes = table.remarks(words, ask);
    if table.shape == Shape::Text {
        if let Some(Cell::Text(text)) = table.rows.next().as_mut().and_then(Vec::pop) {
            out.write_all(text.as_bytes())?;
        }
        return Ok(notes);
    }
    let beside = table.beside.iter().filter(|(_, cell)| !matches!(cell, Cell::Nothing));
    for (column, cell) in beside {
        writeln!(out, "{}: {}", words.heading(&column.name), clean(&for_people(words, column, cell)))?;
    }
    let (first, then): (Vec<_>, Vec<_>) = mem::take(&mut table.lists).into_iter().partition(|list| list.is_first);
    let mut is_apart = false;
    for list in first {
        is_apart |= other(list, words, screen, &mut notes, out)?;
    }
    if is_apart {
        writeln!(out)?;
    }
    rows(table, words, screen, &mut notes, out)?;
    for list in then {
        other(list, words, screen, &mut notes, out)?;
    }
    Ok(notes)
}

/// Another list under its name, where anything is in it.
fn other(
    list: List<'_>,
    words: &Words,
    screen: Screen,
    notes: &mut Vec<String>,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let List { name, table: Table { columns, rows: lines, .. }, .. } = list;
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return Ok(false);
    }
    writeln!(out, "\n{}:", words.heading(name))?;
    rows(Table::new(columns, lines), words, screen, notes, out)?;
    Ok(true)
}

/// The rows alone; what is not shown of them goes into the notes.
fn rows(
    table: Table<'_>,
    words: &Words,
    screen: Screen,
    notes: &mut Vec<String>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Table { columns, mut rows, shape, extent, .. } = table;
    let texts = |row: Vec<Cell<'_>>| -> Vec<String> {
        columns.iter().zip(&row).map(|(column, cell)| clean(&for_people(words, column, cell)).into_owned()).collect()
    };
    let shown: Vec<Vec<String>> = rows.by_ref().take(ROW_COUNT_MAX).map(texts).collect();
    if shown.is_empty() {
        return writeln!(out, "{}", words.say("table-nothing", &[]));
    }
    let is_used = |index: &usize| {
        let is_shown = !columns[*index].is_detail || screen.is_wide || screen.is_vertical;
        is_shown && shown.iter().any(|row| !row[*index].is_empty())
    };
    let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
    let headings: Vec<String> = columns.iter().map(|column| words.heading(&column.name)).collect();
    if screen.is_vertical || shape == Shape::Record {
        vertical(&headings, &used, &shown, out)?;
    } else {
        let mut grid = Grid::new(&columns, &headings, used, &shown);
        let gone = grid.fit(screen.width.filter(|_| !screen.is_wide));
        grid.write(out)?;
        if !gone.is_empty() {
            let gone: Vec<&str> = gone.into_iter().map(|index| headings[index].as_str()).collect();
            notes.push(words.say("table-gone", &[("columns", &gone.join(", "))]));
        }
    }
    let entry = if extent == Extent::Whole { "table-rest" } else { "table-rest-of-page" };
    match rows.count() {
        0 => {}
        more => notes.push(words.say(entry, &[("more", &more.to_string())])),
    }
    Ok(())
}

/// Each row as lines, a blank line between rows.
fn vertical(headings: &[String], used: &[usize], rows: &[Vec<String>], out: &mut dyn Write) -> io::Result<()> {
    let width = used.iter().map(|index| headings[*index].width()).max().unwrap_or(0);
    for (place, row) in rows.iter().enumerate() {
        if place > 0 {
            writeln!(out)?;
        }
        for index in used.iter().filter(|index| !row[**index].is_empty()) {
            let mut lines = row[*index].lines();
            writeln!(out, " {:width$}   {}", headings[*index], lines.next().unwrap_or_default())?;
            for line in lines {
                writeln!(out, " {:width$}   {line}", "")?;
            }
        }
    }
    Ok(())
}

/// The columns that are shown, with their widths.
struct Grid<'t> {
    columns: &'t [Column],
    headings: &'t [String],
    rows: &'t [Vec<String>],
    used: Vec<Used>,
}

/// A column that is shown.
struct Used {
    index: usize,
    width: usize,
    /// How far it may be narrowed.
    least: usize,
}

impl<'t> Grid<'t> {
    fn new(columns: &'t [Column], headings: &'t [String], used: Vec<usize>, rows: &'t [Vec<String>]) -> Self {
        let used = used.into_iter().map(|index| {
            let heading = &headings[index];
            let cells = rows.iter().flat_map(|row| row[index].lines()).map(|line| line.width()).max().unwrap_or(0);
            let broken = match columns[index].kind {
                Kind::Text | Kind::List => cells.min(WORDS_WIDTH_MIN),
                Kind::Code | Kind::Word(_) => cells.min(CODE_WIDTH_MAX),
                Kind::Number | Kind::Flag | Kind::Day | Kind::Moment | Kind::Event | Kind::Records => cells,
            };
            let longest_word = heading.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0);
            Used { index, width: cells.max(heading.width()), least: broken.max(longest_word) }
        });
        Self { columns, headings, rows, used: used.collect() }
    }

    fn width(&self) -> usize {
        let cells: usize = self.used.iter().map(|used| used.width).sum();
        cells + GAP.len() * self.used.len().saturating_sub(1) + 2
    }

    /// Narrows what may be broken, and then leaves columns out, until it fits; gives what was left out, in order.
    fn fit(&mut self, width: Option<usize>) -> Vec<usize> {
        let Some(width) = width else { return Vec::new() };
        let mut gone = Vec::new();
        loop {
            let could_be: usize = self.used.iter().map(|used| used.width - used.least).sum();
            if self.width() <= width + could_be || self.used.len() == 1 {
                break;
            }
            let place = self.least_wanted();
            gone.push(self.used.remove(place).index);
        }
        while self.width() > width {
            let widest = self.used.iter_mut().filter(|used| used.width > used.least).max_by_key(|used| used.width);
            match widest {
                Some(used) => used.width -= 1,
                None => break,
            }
        }
        gone.sort_unstable();
        gone
    }

    /// The column that goes first: words behind what names a row, from the right; then numbers, but for one; then the rest.
    fn least_wanted(&self) -> usize {
        let column = |place: &usize| &self.columns[self.used[*place].index];
        let is_number = |place: &usize| column(place).kind == Kind::Number;
        let is_unit = |place: &usize| column(place).name == "unit" || column(place).name == "basis";
        let last = self.used.len() - 1;
        let words = (NAMES_COUNT..=last).rev().find(|place| !is_number(place) && !is_unit(place));
        let numbers: Vec<usize> = (1..=last).rev().filter(is_number).collect();
        let number = numbers.first().copied().filter(|_| numbers.len() > 1);
        let rest = || (1..=last).rev().find(|place| !is_number(place));
        words.or(number).or_else(rest).unwrap_or(last)
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.line(|used| Cow::Borrowed(&self.headings[used.index]), out)?;
        writeln!(out, "{}", "─".repeat(self.width()))?;
        for row in self.rows {
            self.line(|used| Cow::Borrowed(row[used.index].as_str()), out)?;
        }
        Ok(())
    }

    /// One row, over as many lines as its cells need.
    fn line<'c>(&self, cell: impl Fn(&Used) -> Cow<'c, str>, out: &mut dyn Write) -> io::Result<()> {
        let cells: Vec<Vec<String>> = self.used.iter().map(|used| broken(&cell(used), used.width)).collect();
        for number in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (used, lines) in self.used.iter().zip(&cells) {
                let text = lines.get(number).map_or("", String::as_str);
                let space = " ".repeat(used.width.saturating_sub(text.width()));
                line += if line.is_empty() { " " } else { GAP };
                match self.columns[used.index].is_number() {
                    true => line.extend([space.as_str(), text]),
                    false => line.extend([text, space.as_str()]),
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A text over lines of a width: broken between words, and within those that are longer.
fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if line.width() <= width {
            lines.push(line.to_owned());
            continue;
        }
        let mut now = String::new();
        for word in line.split(' ') {
            if !now.is_empty() && now.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut now));
            }
            if !now.is_empty() {
                now.push(' ');
            }
            for letter in word.chars() {
                if now.width() + letter.to_string().width() > width && !now.is_empty() {
                    lines.push(std::mem::take(&mut now));
                }
                now.push(letter);
            }
        }
        lines.push(now);
    }
    lines
}

/// A text without what would steer the terminal.
fn clean(text: &str) -> Cow<'_, str> {
    // Neither what moves the cursor, nor what turns the order of letters round or cannot be seen: two that look the same are not.
    let is_hidden = |c: char| matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    let steers = |c: char| (c.is_control() && c != '\n') || is_hidden(c);
    match text.contains(steers) {
        true => Cow::Owned(text.replace(steers, "\u{fffd}")),
        false => Cow::Borrowed(text),
    }
}
