//! A table as HTML: columns in which nothing stands are left out, and what is not all of the answer says so.

use std::borrow::Cow;
use std::fmt::Write as _;

use words::Words;

use super::{Cell, Column, Kind, List, Table, for_people};

/// A row, as whoever makes links may look at it.
#[derive(Clone, Copy)]
pub struct Row<'r> {
    columns: &'r [Column],
    cells: &'r [Cell<'r>],
}

impl Row<'_> {
    /// What stands in a column of this name; nothing where there is no such column, or no text in it.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let place = self.columns.iter().position(|column| column.name == name);
        match place.map(|place| &self.cells[place]) {
            Some(Cell::Text(text) | Cell::Number(text)) => text,
            _ => "",
        }
    }
}

/// Where a cell leads to, by the name of its column; nowhere for most.
pub type Links<'l> = &'l dyn Fn(&str, Row<'_>) -> Option<String>;

/// Nothing leads anywhere.
#[must_use]
pub fn no_links(_: &str, _: Row<'_>) -> Option<String> {
    None
}

/// The table as an element. Every text in it is escaped. The caption stands above it, and is its name for those who hear it.
#[must_use]
pub fn write(table: Table<'_>, words: &Words, caption: &str, links: Links<'_>) -> String {
    let remarks = table.remarks(words, |field, value| format!("{field} {value}"));
    let Table { columns, rows, lists, .. } = table;
    let (first, then): (Vec<_>, Vec<_>) = lists.into_iter().partition(|list| list.is_first);
    let other = |list: List<'_>| write(list.table, words, &words.heading(list.name), links);
    let mut out: String = first.into_iter().map(other).collect();
    let rows: Vec<Vec<Cell<'_>>> = rows.collect();
    if rows.is_empty() {
        let _ = write!(out, "<p>{}</p>", escaped(&words.say("table-nothing", &[])));
    } else {
        let is_used =
            |index: &usize| !columns[*index].is_detail && rows.iter().any(|row| !matches!(row[*index], Cell::Nothing));
        let used: Vec<usize> = (0..columns.len()).filter(is_used).collect();
        let caption = escaped(caption);
        let _ = write!(
            out,
            "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\"><table><caption>{caption}</caption><thead><tr>"
        );
        for index in &used {
            let column = &columns[*index];
            let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(column), escaped(&words.heading(&column.name)));
        }
        out += "</tr></thead><tbody>";
        for row in &rows {
            out += "<tr>";
            for index in &used {
                let column = &columns[*index];
                let _ = write!(out, "<td{}>", class(column));
                let link = links(&column.name, Row { columns: &columns, cells: row });
                content(&mut out, (words, column), &row[*index], link.as_deref());
                out += "</td>";
            }
            out += "</tr>";
        }
        out += "</tbody></table></div>";
    }
    for remark in remarks {
        let _ = write!(out, "<p class=\"note\">{}</p>", escaped(&remark));
    }
    out.extend(then.into_iter().map(other));
    out
}

fn class(column: &Column) -> &'static str {
    if column.is_number() { " class=\"number\"" } else { "" }
}

fn content(out: &mut String, (words, column): (&Words, &Column), cell: &Cell<'_>, link: Option<&str>) {
    let text = for_people(words, column, cell);
    let shown = escaped(&text).replace('\n', "<br>");
    match (cell, column.kind, link) {
        (Cell::Nothing, _, _) => {}
        (Cell::Withheld | Cell::Unknown, _, _) => {
            let _ = write!(out, "<span class=\"note\">{shown}</span>");
        }
        (_, _, Some(path)) => {
            let _ = write!(out, "<a href=\"{}\">{shown}</a>", escaped(path));
        }
        (_, Kind::Day | Kind::Moment | Kind::Code | Kind::Word(_), None) => {
            let _ = write!(out, "<span class=\"word\">{shown}</span>");
        }
        (_, _, None) => *out += &shown,
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;"))
}
