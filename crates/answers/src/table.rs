//! An answer as a table: columns with heading, kind and unit; rows of cells; and whether it is all of the answer.
//!
//! Every question has exactly one table ([`Question::table`](crate::Question::table)), and every rendering is made from
//! it: [`csv`], [`text`] and [`html`]. So the same answer has the same columns at the shell, over HTTP and in the console.
//! What a yes, a list, a withheld number or an empty cell looks like is decided in a writer and nowhere else.
//!
//! A table is lazy: its rows are made one by one as a writer asks for them, so that an answer of many rows costs no more
//! than the answer itself.

pub mod csv;
mod event;
mod field;
pub mod html;
mod lists;
pub mod text;

use std::borrow::Cow;

pub use field::{Field, Record};
pub use lists::{ClosedList, LISTS};
use words::{Say, Saying, Words};

/// What the cells of a column are. It decides where they stand, whether they may be broken over lines and how they read;
/// never whether they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words for people: may be broken over lines.
    Text,
    /// A code: never broken.
    Code,
    /// A word of the closed list of this name ([`LISTS`]): people read its word in their language.
    Word(&'static str),
    /// A number: stands right, and is grouped for people.
    Number,
    /// Yes or no.
    Flag,
    /// A day, YYYY-MM-DD.
    Day,
    /// A moment, RFC 3339.
    Moment,
    /// The number of an event.
    Event,
    /// Several texts.
    List,
    /// Records of their own, which have no cell: another table, or another question, shows them.
    Records,
}

/// Where the unit of a column's numbers stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitAt {
    /// They have none: counts, years.
    Nowhere,
    /// In the column `unit` (and `basis`, where there is one) of the same row, or beside the rows.
    InRow,
    /// It is the same for all of them.
    Fixed(&'static str),
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The field of the answer that it shows; the heading for programs.
    pub name: Cow<'static, str>,
    /// What its cells are.
    pub kind: Kind,
    /// Where the unit of its numbers stands.
    pub unit: UnitAt,
    /// Is it left out for people, unless they ask for everything? Programs always get it.
    pub is_detail: bool,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn new(name: impl Into<Cow<'static, str>>, kind: Kind) -> Self {
        Self { name: name.into(), kind, unit: UnitAt::Nowhere, is_detail: false }
    }

    /// The same, with the unit of its numbers.
    #[must_use]
    pub fn unit(self, unit: UnitAt) -> Self {
        Self { unit, ..self }
    }

    /// The same, left out for people unless they ask for everything.
    #[must_use]
    pub fn detail(self) -> Self {
        Self { is_detail: true, ..self }
    }

    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Event)
    }
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Words, a code, a day.
    Text(Cow<'a, str>),
    /// A number as decimal text.
    Number(Cow<'a, str>),
    /// A number between two others.
    Range(Cow<'a, str>, Cow<'a, str>),
    /// There is a number, and the asker may not be told it. It is never shown as zero, nor as nothing.
    Withheld,
    /// There is a number, and nobody recorded it.
    Unknown,
    /// Nothing is to be said here.
    Nothing,
    /// Yes or no.
    Flag(bool),
    /// Several texts.
    List(Vec<Cow<'a, str>>),
}

impl<'a> Cell<'a> {
    /// Words; nothing where there are none.
    #[must_use]
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Nothing } else { Self::Text(text) }
    }

    /// A number as decimal text; nothing where it is empty.
    #[must_use]
    pub fn number(text: impl Into<Cow<'a, str>>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Nothing } else { Self::Number(text) }
    }
}

/// Is a table all of the answer?
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    #[default]
    Whole,
    /// A page: there are more rows.
    Page {
        /// How many more, where that is known.
        more: Option<u64>,
        /// The field of the request, and its value, that asks for the rows that follow.
        next: (&'static str, String),
    },
}

/// An answer as rows under columns.
pub struct Table<'a> {
    /// The columns, in their order.
    pub columns: Vec<Column>,
    /// The rows, made as they are asked for; each has a cell for each column.
    pub rows: Box<dyn Iterator<Item = Vec<Cell<'a>>> + 'a>,
    /// What the answer says beside its rows: the day, the unit, sums.
    pub beside: Vec<(Column, Cell<'a>)>,
    /// What the rows leave out: each is told in the language of its reader.
    pub left_out: Vec<Saying>,
    /// Is it all of the answer?
    pub extent: Extent,
    /// The party with whose eyes it was seen; none where everything was seen.
    pub seen_by: Option<String>,
    /// How people read it.
    pub shape: Shape,
    /// The other lists of the answer: the rows are the one that a file holds.
    pub lists: Vec<List<'a>>,
}

/// How people read a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    /// Row by row.
    #[default]
    Rows,
    /// One thing, line by line.
    Record,
    /// One text, as it stands in the last column of its row.
    Text,
}

/// Another list of an answer.
pub struct List<'a> {
    /// The field of the answer that it is.
    pub name: &'static str,
    /// Do people read it before the rows?
    pub is_first: bool,
    /// Its rows.
    pub table: Table<'a>,
}

impl<'a> Table<'a> {
    /// Rows under columns.
    #[must_use]
    pub fn new(columns: Vec<Column>, rows: impl IntoIterator<Item = Vec<Cell<'a>>, IntoIter: 'a>) -> Self {
        let (beside, left_out, lists) = (Vec::new(), Vec::new(), Vec::new());
        let (extent, seen_by, shape) = (Extent::Whole, None, Shape::Rows);
        Self { columns, rows: Box::new(rows.into_iter()), beside, left_out, extent, seen_by, shape, lists }
    }

    /// The lines of an answer, and beside them what else it says.
    #[must_use]
    pub fn of<A: Record, L: Record>(answer: &'a A, lines: &'a [L]) -> Self {
        let beside = cells(&A::columns(), answer.cells()).map(|(column, cell)| (column.clone(), cell)).collect();
        Self { beside, ..Self::lines(lines) }
    }

    /// Lines alone.
    #[must_use]
    pub fn lines<L: Record + 'a>(lines: impl IntoIterator<Item = &'a L, IntoIter: 'a>) -> Self {
        let columns: Vec<Column> = L::columns();
        let shown = columns.iter().filter(|column| column.kind != Kind::Records).cloned().collect();
        let lines = lines.into_iter();
        Self::new(shown, lines.map(move |line| cells(&columns, line.cells()).map(|(_, cell)| cell).collect()))
    }

    /// An answer that is one row.
    #[must_use]
    pub fn row<A: Record>(answer: &'a A) -> Self {
        Self { shape: Shape::Record, ..Self::lines([answer]) }
    }

    /// The same, with another list that people read before the rows.
    #[must_use]
    pub fn preceded_by(mut self, name: &'static str, table: Self) -> Self {
        self.lists.push(List { name, is_first: true, table });
        self
    }

    /// The same, with another list that people read after the rows.
    #[must_use]
    pub fn followed_by(mut self, name: &'static str, table: Self) -> Self {
        self.lists.push(List { name, is_first: false, table });
        self
    }

    /// The same, without the columns that are not named.
    #[must_use]
    pub fn only(self, names: &[&str]) -> Self {
        let places: Vec<Option<usize>> =
            names.iter().map(|name| self.columns.iter().position(|column| column.name == *name)).collect();
        let places: Vec<usize> = places.into_iter().flatten().collect();
        let columns = places.iter().map(|place| self.columns[*place].clone()).collect();
        let rows = self.rows.map(move |row| places.iter().map(|place| row[*place].clone()).collect());
        Self { columns, rows: Box::new(rows), ..self }
    }

    /// The same, as a page where there are more rows.
    #[must_use]
    pub fn page(self, more: Option<u64>, next: Option<(&'static str, String)>) -> Self {
        let extent = next.map_or(Extent::Whole, |next| Extent::Page { more, next });
        Self { extent, ..self }
    }

    /// What has to be known of the rows and stands in none of them: with whose eyes they were seen, what they leave out, that
    /// there are more. Every writer says all of it; `ask` says how the rest is asked for.
    #[must_use]
    pub fn remarks(&self, words: &Words, ask: impl FnOnce(&str, &str) -> String) -> Vec<String> {
        let seen_by = self.seen_by.as_ref().map(|party| words.say("table-seen-by", &[("party", party)]));
        let left_out = self.left_out.iter().map(|left| words.tell(left).message);
        seen_by.into_iter().chain(left_out).chain(self.extent.sentence(words, ask)).collect()
    }

    /// What the rows leave out, a line each, as files say it that programs read.
    #[must_use]
    pub fn left_out_told(&self) -> String {
        let told = self.left_out.iter().map(|left| words::english().tell(left).message);
        told.collect::<Vec<_>>().join("\n")
    }

    /// The same, with what it leaves out.
    #[must_use]
    pub fn left_out(mut self, left: impl IntoIterator<Item = impl Say>) -> Self {
        self.left_out.extend(left.into_iter().map(Say::saying));
        self
    }
}

/// The cells of a record that has these columns, save its records.
fn cells<'c, 'a>(
    columns: &'c [Column],
    cells: Vec<Cell<'a>>,
) -> impl Iterator<Item = (&'c Column, Cell<'a>)> + use<'c, 'a> {
    let shown = columns.iter().zip(cells).filter(|(column, _)| column.kind != Kind::Records);
    shown.map(|(column, mut cell)| {
        debug_assert!(is_listed(column, &cell), "`{}` is no list with {cell:?}", column.name);
        if let Cell::Text(text) = &mut cell
            && column.kind == Kind::Number
            && is_number(text)
        {
            cell = Cell::Number(std::mem::take(text));
        }
        (column, cell)
    })
}

/// Does a word stand in the list that its column names?
fn is_listed(column: &Column, cell: &Cell<'_>) -> bool {
    match (column.kind, cell) {
        (Kind::Word(list), Cell::Text(text)) => lists::words_of(list).iter().any(|word| word == text),
        _ => true,
    }
}

/// Is a text a decimal number and nothing else?
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.chars().all(|c| c.is_ascii_digit() || c == '.')
}

impl Extent {
    /// In a sentence, where it is not all; `ask` says how the rest is asked for.
    #[must_use]
    pub fn sentence(&self, words: &Words, ask: impl FnOnce(&str, &str) -> String) -> Option<String> {
        match self {
            Self::Whole => None,
            Self::Page { more, next: (field, value) } => {
                let more = more.map_or("none".to_owned(), |more| more.to_string());
                Some(words.say("table-more", &[("more", &more), ("ask", &ask(field, value))]))
            }
        }
    }
}

/// `1234567.5` as people read it: `1,234,567.5`. Programs get plain numbers.
#[must_use]
pub fn grouped(number: &str) -> String {
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

/// A cell for people; numbers are grouped, save those of events.
pub(crate) fn for_people<'c>(words: &Words, column: &Column, cell: &'c Cell<'_>) -> Cow<'c, str> {
    let say = |entry: &str| Cow::Owned(words.say(entry, &[]));
    let number = |text: &'c str| match column.kind == Kind::Event {
        true => Cow::Borrowed(text),
        false => Cow::Owned(grouped(text)),
    };
    match cell {
        Cell::Text(text) if column.kind == Kind::Number => Cow::Owned(grouped(text)),
        Cell::Text(text) if column.kind == Kind::Moment => {
            // Seconds are enough for people, and a space reads better than a `T`.
            Cow::Owned(text.get(..19).unwrap_or(text).replace('T', " "))
        }
        Cell::Text(text) => {
            let word = if let Kind::Word(list) = column.kind { Some(words.word(list, text)) } else { None };
            word.map_or(Cow::Borrowed(text), Cow::Owned)
        }
        Cell::Number(text) => number(text),
        Cell::Range(low, high) => {
            Cow::Owned(words.say("table-range", &[("low", &number(low)), ("high", &number(high))]))
        }
        Cell::Withheld => say("table-withheld"),
        Cell::Unknown => say("table-unknown"),
        Cell::Nothing => Cow::Borrowed(""),
        Cell::Flag(flag) => say(if *flag { "table-yes" } else { "table-no" }),
        Cell::List(parts) => Cow::Owned(parts.join(LIST_SEPARATOR)),
    }
}

/// What stands between the parts of a list, at every door.
const LIST_SEPARATOR: &str = "; ";

#[cfg(test)]
mod tests;
