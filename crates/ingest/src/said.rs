//! What a source says by its mapping, before anybody asks the books: figure by figure, of which account, on which day.

mod row;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use wire::Malformed;

use crate::decimal::Decimal;
use crate::figure::{Figure, Points, signed};
use crate::layout::Words;
use crate::mapping::{Column, ColumnKind, EVERY, HEADING, Mapping, Rule, SameDay};
use crate::source::{Kind, Record, SourceError, records};
use crate::sums::{Summand, difference};
use crate::when::{Period, Told, When};
use crate::wrong::Wrong;

use row::Row;

/// One thing that a source says.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// Line in the source.
    pub(crate) line: u64,
    /// The heading that it stands under.
    pub(crate) heading: Arc<str>,
    /// What it says.
    pub(crate) what: What,
}

/// See [`Said`].
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// A figure.
    Figure(Box<Stated>),
    /// Nothing to hold against the books, and why.
    Nothing(&'static str),
    /// A sum that does not hold, by how much, and whether that is rounding.
    Differs {
        /// Total less parts, in the source's own figures.
        difference: String,
        /// Within the tolerance of the mapping.
        is_rounding: bool,
    },
    /// It cannot be read.
    Unreadable(Box<Malformed>),
}

/// A figure of an account.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    /// Line in the source.
    pub(crate) line: u64,
    /// The account, and what the figure is.
    pub(crate) column: Arc<Column>,
    /// The day that it speaks of; of a period the last one.
    pub(crate) day: Date,
    /// The figure, in the unit of the column; never below zero.
    pub(crate) figure: Decimal,
    /// Flags, publication, period: for the reference of a movement.
    pub(crate) notes: Option<String>,
    /// What the source calls it.
    pub(crate) document: Option<String>,
    /// Of a despatch or receipt advice: what else it says.
    pub(crate) note: Option<Note>,
}

/// What a line of a despatch or receipt advice says beside its figure.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// The dispatch.
    pub(crate) dispatch: String,
    /// The site that it goes to; empty of an arrival.
    pub(crate) target: String,
    /// Of an arrival: what was sent of it, in the unit of the column.
    pub(crate) shipped: Option<Decimal>,
    /// Nothing more comes of the dispatch.
    pub(crate) is_last: bool,
}

/// Everything that a source says.
#[derive(Debug, Default)]
pub(crate) struct Saying {
    /// In the order of the days; what has no day keeps its place after the line before it.
    pub(crate) all: Vec<Said>,
    /// Whose figures it states.
    pub(crate) columns: Vec<Arc<Column>>,
    /// The first day that it speaks of.
    pub(crate) first_day: Option<Date>,
}

/// Reads a source.
///
/// # Errors
/// When nothing of it can be read.
pub(crate) fn said(mapping: &Mapping, bytes: &[u8]) -> Result<Saying, SourceError> {
    let records = records(bytes, &mapping.layout, &mapping.needed())?;
    let mut reader = Reader::new(mapping, records.headings.names());
    reader.are_points_open = mapping.figures.is_open() && reader.points(records.lines.iter().flatten()).are_open();
    if records.lines.is_empty() && records.left_out.is_empty() {
        reader.unreadable(1, "", Wrong::NoLines);
    }
    for left in records.left_out {
        reader.say(left.line, "", None, What::Nothing(left.why));
    }
    for line in records.lines {
        match line {
            Ok(record) => reader.record(&record),
            Err(error) => reader.unreadable(error.line(), "", error.wrong()),
        }
    }
    Ok(reader.end())
}

/// What a day that the mapping itself says stands under.
const DAY: &str = "date";

/// A rule with the headings that it speaks of.
struct Place {
    rule: usize,
    heading: Arc<str>,
}

struct Reader<'m> {
    mapping: &'m Mapping,
    when: When,
    places: Vec<Place>,
    are_points_open: bool,
    columns: HashMap<Column, Arc<Column>>,
    /// The same, as they come.
    in_order: Vec<Arc<Column>>,
    /// With the day that each stands on, where it has one.
    all: Vec<(Option<Date>, Said)>,
    /// Of stocks and counts, by account and day, what was said first, and where.
    said: HashMap<(bool, String, String, Date), usize>,
    /// Where rows are sums of others: by day, section and heading.
    sums: BTreeMap<(Date, Option<String>, Arc<str>), Sums>,
}

/// Rows of a day added up, and what the source says of their sum.
#[derive(Default)]
struct Sums {
    parts: Vec<Summand>,
    totals: Vec<Summand>,
}

impl<'m> Reader<'m> {
    fn new(mapping: &'m Mapping, headings: &[String]) -> Self {
        let when = mapping.when();
        let needed = mapping.needed();
        let mut places = Vec::new();
        for (rule, declared) in mapping.column.iter().enumerate() {
            if declared.column != EVERY {
                places.push(Place { rule, heading: declared.column.as_str().into() });
                continue;
            }
            // Where days stand side by side, what is no day is no column of figures.
            let is_day = |name: &String| mapping.date != HEADING || when.read(name, Kind::Text).is_ok();
            let is_free = |name: &&String| !name.is_empty() && !needed.contains(&name.as_str()) && is_day(name);
            let free = headings.iter().filter(is_free);
            places.extend(free.map(|name| Place { rule, heading: name.as_str().into() }));
        }
        Self {
            mapping,
            when,
            places,
            are_points_open: false,
            columns: HashMap::new(),
            in_order: Vec::new(),
            all: Vec::new(),
            said: HashMap::new(),
            sums: BTreeMap::new(),
        }
    }

    /// What the figures of the file say of their points.
    fn points<'r>(&self, records: impl Iterator<Item = &'r Record>) -> Points {
        let mut points = Points::default();
        for record in records {
            for place in &self.places {
                if record.kind(&place.heading) == Kind::Text {
                    points.see(record.text(&place.heading).unwrap_or_default());
                }
            }
        }
        points
    }

    fn say(&mut self, line: u64, heading: &str, day: Option<Date>, what: What) {
        self.all.push((day, Said { line, heading: heading.into(), what }));
    }

    fn unreadable(&mut self, line: u64, heading: &str, wrong: Wrong) {
        self.say(line, heading, None, What::Unreadable(Box::new(Malformed::whole(wrong))));
    }

    fn record(&mut self, record: &Record) {
        let own = match self.mapping.date.as_str() {
            HEADING => None,
            fixed if fixed.starts_with('=') => Some((DAY, self.when.read(fixed[1..].trim(), Kind::Text))),
            column => {
                let text = record.text(column).unwrap_or_default();
                let told = match self.mapping.beside() {
                    Some((beside, mark)) => {
                        let part = record.text(beside).unwrap_or_default();
                        let part = part.trim_start_matches(['Q', 'q', 'W', 'w']);
                        self.when.read(&format!("{text}{mark}{part}"), Kind::Text)
                    }
                    None => self.when.read(text, record.kind(column)),
                };
                Some((column, told))
            }
        };
        let is_noted = |place: &Place| record.text(&place.heading).is_none_or(str::is_empty);
        if let Some((column, Err(wrong))) = &own {
            if self.places.iter().all(is_noted) {
                return self.say(record.line, column, None, What::Nothing("row_without_figure"));
            }
            return self.unreadable(record.line, column, wrong.clone());
        }
        // A line whose sums do not hold says nothing else.
        if let Some((_, Ok(told))) = &own
            && !self.check_sums(record, told.day)
        {
            return;
        }
        let is_total = says(&self.mapping.totals, record);
        for index in 0..self.places.len() {
            let heading = Arc::clone(&self.places[index].heading);
            let told = match &own {
                Some((_, told)) => told.clone(),
                None => self.when.read(&heading, Kind::Text),
            };
            let rule = &self.mapping.column[self.places[index].rule];
            match told {
                Ok(told) => self.cell(record, rule, &heading, &told, is_total),
                Err(wrong) => self.unreadable(record.line, &heading, wrong),
            }
        }
    }

    fn cell(&mut self, record: &Record, rule: &Rule, heading: &Arc<str>, told: &Told, is_total: bool) {
        let (line, day) = (record.line, told.day);
        let text = record.text(heading).unwrap_or_default();
        let kind = record.kind(heading);
        let figure = match Figure::read(text, kind, &self.mapping.figures) {
            Ok(figure) => figure,
            Err(error) => return self.flawed(line, heading, day, error.into()),
        };
        let Figure::Given { number, is_negative, flag, unit } = figure else {
            return self.say(line, heading, Some(day), What::Nothing("no_figure"));
        };
        if self.are_points_open && kind == Kind::Text && Points::of(text).are_open() {
            return self.flawed(line, heading, day, Wrong::PointOpen { text: text.to_owned() });
        }
        let Some(figure) = Decimal::parse(&number) else {
            return self.flawed(line, heading, day, Wrong::TooManyDigits { text: text.to_owned() });
        };
        let signed = if is_negative { Decimal::default().minus(figure).unwrap_or(figure) } else { figure };
        if !self.mapping.totals.is_empty() {
            let key = (day, record.section().map(str::to_owned), Arc::clone(heading));
            let keys = self.mapping.keys().map(|key| record.text(key).unwrap_or_default().to_owned()).collect();
            let sums = self.sums.entry(key).or_default();
            let rows = if is_total { &mut sums.totals } else { &mut sums.parts };
            rows.push(Summand { line, keys, figure: signed });
        }
        if is_total {
            return self.say(line, heading, Some(day), What::Nothing("sum_of_rows"));
        }
        let stated = self.stated(record, rule, heading, told, (figure, is_negative), unit.as_deref(), flag);
        match stated {
            Err(wrong) => self.unreadable(line, heading, wrong),
            Ok(stated) if stated.is_empty() => self.say(line, heading, Some(day), What::Nothing("moves_nothing")),
            Ok(stated) => stated.into_iter().for_each(|stated| self.state(line, heading, stated)),
        }
    }

    fn flawed(&mut self, line: u64, heading: &str, day: Date, wrong: Wrong) {
        self.say(line, heading, Some(day), What::Unreadable(Box::new(Malformed::whole(wrong))));
    }

    /// The accounts that a figure speaks of: one, two where it went from one of our sites to another, or none.
    #[expect(clippy::too_many_arguments, reason = "the parts of one figure, each from another place")]
    fn stated(
        &mut self,
        record: &Record,
        rule: &Rule,
        heading: &Arc<str>,
        told: &Told,
        (figure, is_negative): (Decimal, bool),
        unit: Option<&str>,
        flag: Option<String>,
    ) -> Result<Vec<Stated>, Wrong> {
        let row = Row { mapping: self.mapping, record, rule, heading };
        let ways = row.ways(is_negative, figure)?;
        let scale = row.unit(unit)?;
        let (lot, material) = (row.lot()?, row.material()?);
        let factor = Decimal::parse(&scale.factor).unwrap_or_default();
        let figure = figure.times(factor).ok_or(Wrong::TooManyInUnit)?;
        let notes = self.notes(record, told, flag);
        let document = self.mapping.reference.as_ref().and_then(|column| record.text(column));
        let document = document.filter(|text| !text.is_empty()).map(str::to_owned);
        let mut stated = Vec::new();
        for (kind, site) in ways {
            let identity = row.identity(kind, &site, &lot, &material);
            let (unit, lot, material) = (scale.unit.clone(), lot.clone(), material.clone());
            let column = Column { column: identity, kind, unit, site, lot, material };
            let in_order = &mut self.in_order;
            let shared = self.columns.entry(column).or_insert_with_key(|column| {
                in_order.push(Arc::new(column.clone()));
                Arc::clone(&in_order[in_order.len() - 1])
            });
            let note = match kind {
                ColumnKind::Dispatch | ColumnKind::Arrival => Some(row.note(kind, factor, &self.mapping.figures)?),
                ColumnKind::Stock | ColumnKind::Count | ColumnKind::Inflow | ColumnKind::Outflow => None,
            };
            stated.push(Stated {
                note,
                line: record.line,
                column: Arc::clone(shared),
                day: told.day,
                figure,
                notes: notes.clone(),
                document: document.clone(),
            });
        }
        Ok(stated)
    }

    fn notes(&self, record: &Record, told: &Told, flag: Option<String>) -> Option<String> {
        let text = |column: &Option<String>| {
            let text = column.as_ref().and_then(|column| record.text(column));
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let over = match told.period {
            Period::Day => None,
            Period::Week => Some("over the week"),
            Period::Month => Some("over the month"),
            Period::Quarter => Some("over the quarter"),
            Period::Half => Some("over the half-year"),
            Period::Year => Some("over the year"),
        };
        let flags: Vec<String> = [flag, text(&self.mapping.flag), told.note.clone()].into_iter().flatten().collect();
        let published = text(&self.mapping.published).map(|published| format!("published {published}"));
        let flags = (!flags.is_empty()).then(|| format!("flag {}", flags.join(" ")));
        let parts: Vec<String> = [published, flags, over.map(str::to_owned)].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Two figures of one account and day contradict each other, unless the mapping says what that means.
    fn state(&mut self, line: u64, heading: &Arc<str>, stated: Stated) {
        let Stated { column, day, figure, .. } = &stated;
        let is_level = matches!(column.kind, ColumnKind::Stock | ColumnKind::Count);
        let day = *day;
        if !is_level {
            return self.say(line, heading, Some(day), What::Figure(Box::new(stated)));
        }
        let key = (column.kind == ColumnKind::Stock, column.site.clone(), column.lot.clone(), day);
        let place = self.all.len();
        let Some(first) = self.said.get(&key).copied() else {
            self.said.insert(key, place);
            return self.say(line, heading, Some(day), What::Figure(Box::new(stated)));
        };
        let (_, before) = &mut self.all[first];
        let (first_line, What::Figure(known)) = (before.line, &mut before.what) else { return };
        let is_same = known.column.unit == column.unit && known.figure.is_same(*figure);
        match self.mapping.same_day {
            Some(SameDay::Last) => {
                before.what = What::Nothing("said_below");
                self.said.insert(key, place);
                self.say(line, heading, Some(day), What::Figure(Box::new(stated)));
            }
            Some(SameDay::Sum) if known.column.unit == column.unit => match known.figure.plus(*figure) {
                Some(sum) => {
                    known.figure = sum;
                    self.say(line, heading, Some(day), What::Nothing("added"));
                }
                None => self.flawed(line, heading, day, Wrong::NoSum),
            },
            Some(SameDay::Sum) | None if is_same => {
                self.say(line, heading, Some(day), What::Nothing("said_before"));
            }
            Some(SameDay::Sum) | None => {
                let [quantity, other] = [known.figure.show(&known.column.unit), figure.show(&column.unit)];
                let (lot, site) = (column.lot.as_str().into(), column.site.as_str().into());
                let (quantity, other) = (quantity.into(), other.into());
                let wrong =
                    Wrong::SaidTwice { lot, site, quantity, day: day.to_string().into(), other, line: first_line };
                self.flawed(line, heading, day, wrong);
            }
        }
    }

    /// Do the sums of a line hold, but for rounding?
    fn check_sums(&mut self, record: &Record, day: Date) -> bool {
        let mut holds = true;
        for check in &self.mapping.check {
            // A figure that nobody can read is no reason to leave a check out.
            let read = |column: &String| {
                let text = record.text(column).unwrap_or_default();
                signed(text, record.kind(column), &self.mapping.figures).map_err(|wrong| (column.clone(), wrong))
            };
            let total = read(&check.total);
            let parts: Result<Vec<Option<Decimal>>, _> = check.parts.iter().map(read).collect();
            let (parts, total) = match (parts, total) {
                (Ok(parts), Ok(total)) => (parts, total),
                (Err((column, wrong)), _) | (Ok(_), Err((column, wrong))) => {
                    holds = false;
                    self.flawed(record.line, &column, day, wrong);
                    continue;
                }
            };
            let parts = parts.into_iter().try_fold(Decimal::default(), |sum, part| sum.plus(part?));
            let Some(difference) = total.zip(parts).and_then(|(total, parts)| total.minus(parts)) else {
                continue;
            };
            if difference.units != 0 {
                let is_rounding = difference.is_within(check.tolerance);
                holds &= is_rounding;
                let what = What::Differs { difference: difference.to_string(), is_rounding };
                self.say(record.line, &check.total, Some(day), what);
            }
        }
        holds
    }

    /// Holds rows of sums against the rows that they are sums of.
    fn check_totals(&mut self) {
        for ((day, _, heading), Sums { parts, totals }) in std::mem::take(&mut self.sums) {
            let mut before = 0;
            for total in totals {
                let off = difference(&total, &parts, before).filter(|(_, off)| off.units != 0);
                if let Some((_, off)) = off {
                    let what = What::Differs { difference: off.to_string(), is_rounding: false };
                    self.say(total.line, &heading, Some(day), what);
                }
                before = total.line;
            }
        }
    }

    fn end(mut self) -> Saying {
        self.check_totals();
        let first_day = self.all.iter().filter_map(|(day, _)| *day).min();
        let mut all = self.all;
        all.sort_by_key(|(_, said)| said.line);
        let mut place = Date::MIN;
        let mut placed: Vec<((Date, bool), Said)> = Vec::with_capacity(all.len());
        for (day, said) in all {
            place = day.unwrap_or(place);
            // Within a day counts come behind all else.
            let is_count = matches!(&said.what, What::Figure(stated) if stated.column.kind == ColumnKind::Count);
            placed.push(((place, is_count), said));
        }
        placed.sort_by_key(|(place, _)| *place);
        Saying { all: placed.into_iter().map(|(_, said)| said).collect(), columns: self.in_order, first_day }
    }
}

/// Does a row say one of the words of one of these columns?
fn says(rules: &BTreeMap<String, Words>, record: &Record) -> bool {
    let says = |(column, words): (&String, &Words)| {
        let text = record.text(column).unwrap_or_default();
        words.list().iter().any(|word| word == text)
    };
    rules.iter().any(says)
}

#[cfg(test)]
mod tests;
