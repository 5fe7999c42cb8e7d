//! Headings, and which rows below them count.

use std::collections::HashMap;
use std::sync::Arc;

use super::table::{Kind, Row};
use super::{HEAD_ROWS_MAX, LeftOut, Record, Records, Sheet, SourceError};
use crate::layout::{Layout, Words};

/// The column that holds the title of the section in which a row stands.
pub(crate) const SECTION: &str = "@section";

/// Headings, and where each stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Headings {
    names: Vec<String>,
    /// By heading, and by heading without its notes; a place that another column shares stands here with all of them.
    places: HashMap<String, Vec<usize>>,
}

impl Headings {
    fn new(names: Vec<String>) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
            places.entry(name.clone()).or_default().push(place);
        }
        // A note in a heading (`[note 2]`, `(r)`) is no part of its name, where that is clear.
        for (place, name) in names.iter().enumerate() {
            let bare = without_notes(name);
            if bare != *name && !bare.is_empty() && !names.contains(&bare) {
                places.entry(bare).or_default().push(place);
            }
        }
        Self { names, places }
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column stands, by heading or as `#2`.
    pub(crate) fn place(&self, column: &str) -> Option<usize> {
        match self.places.get(column).map(Vec::as_slice) {
            Some([place, ..]) => Some(*place),
            _ => by_place(column).filter(|place| *place < self.names.len()),
        }
    }

    /// What stops a column from being read; none where it is there once.
    fn problem(&self, column: &str) -> Option<SourceError> {
        let column = column.to_owned();
        match self.places.get(&column).map(Vec::as_slice) {
            _ if column == SECTION => None,
            Some([_]) => None,
            Some(places @ [_, ..]) => {
                Some(SourceError::ColumnTwice { column, places: places.iter().map(|place| place + 1).collect() })
            }
            Some([]) | None if self.place(&column).is_some() => None,
            Some([]) | None => {
                let found = self.names.iter().filter(|name| !name.is_empty()).cloned().collect();
                Some(SourceError::ColumnMissing { column, found })
            }
        }
    }
}

fn by_place(column: &str) -> Option<usize> {
    column.strip_prefix('#')?.parse::<usize>().ok()?.checked_sub(1)
}

/// One line, with single blanks, whatever kinds of blank its source uses.
pub(crate) fn one_line(text: &str) -> String {
    text.trim_start_matches('\u{feff}').split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without what stands in brackets at its end: `[note 2]`, `[provisional]`.
pub(crate) fn without_notes(text: &str) -> String {
    let mut bare = text.trim();
    while let Some((before, _)) = bare.strip_suffix(']').and_then(|open| open.rsplit_once('[')) {
        bare = before.trim_end();
    }
    bare.to_owned()
}

/// A sheet read by its layout.
pub(super) enum Ruled {
    /// With all columns.
    Table(Records),
    /// Not this sheet: a column is missing.
    Missing(SourceError),
}

/// The table of a sheet: the headings found, and rows kept or left out by rule.
pub(super) fn ruled(sheet: Sheet, layout: &Layout, needed: &[&str]) -> Result<Ruled, SourceError> {
    let Sheet { named, rows, name: _, is_ragged } = sheet;
    let needed: Vec<&str> = needed.iter().copied().chain(layout.columns()).collect();
    let (headings, first) = match named {
        Some(names) => {
            let headings = Headings::new(names);
            // An object may leave a field out; a field that no object has is a wrong name in the mapping.
            let problem = needed.iter().find_map(|column| headings.problem(column)).filter(|_| !rows.is_empty());
            match problem {
                None => (headings, 0),
                Some(error @ SourceError::ColumnMissing { .. }) => return Ok(Ruled::Missing(error)),
                Some(error) => return Err(error),
            }
        }
        None => match find(&rows, layout, &needed)? {
            Ok(found) => found,
            Err(missing) => return Ok(Ruled::Missing(missing)),
        },
    };
    let section = rows[..first].iter().flatten().rev().nth(layout.header_rows.unwrap_or(1)).and_then(title);
    let mut table = Below {
        layout,
        is_ragged,
        words: words(&layout.keep, &headings).chain(words(&layout.unless, &headings)).collect(),
        kept: layout.keep.len(),
        fill: layout.fill_down.iter().filter_map(|column| headings.place(column)).collect(),
        above: HashMap::new(),
        section,
        headings: Arc::new(headings),
        records: Records::default(),
    };
    let mut rows = rows.into_iter().skip(first).peekable();
    while let Some(row) = rows.next() {
        if let Ok(row) = &row
            && table.ends_before(row)
        {
            let line = row.line;
            let rest =
                std::iter::once(line).chain(rows.map(|row| row.map_or_else(|error| error.line(), |row| row.line)));
            let why = "stop_at";
            table.records.left_out.extend(rest.map(|line| LeftOut { line, why }));
            break;
        }
        let next = rows.peek().and_then(|next| next.as_ref().ok());
        table.take(row, next);
    }
    let mut records = table.records;
    records.headings = table.headings;
    Ok(Ruled::Table(records))
}

fn words<'l>(
    rules: &'l std::collections::BTreeMap<String, Words>,
    headings: &Headings,
) -> impl Iterator<Item = (Option<usize>, &'l [String])> {
    rules.iter().map(|(column, words)| (headings.place(column), words.list())).collect::<Vec<_>>().into_iter()
}

/// The headings among the first rows, and the place of the first row below them; else the best reason why there are none.
fn find(
    rows: &super::Rows,
    layout: &Layout,
    needed: &[&str],
) -> Result<Result<(Headings, usize), SourceError>, SourceError> {
    let height = layout.header_rows.unwrap_or(1);
    if height == 0 {
        let skip = layout.skip.unwrap_or(0);
        let width = rows.iter().flatten().map(Row::count).max().unwrap_or(0);
        let headings = Headings::new((1..=width).map(|place| format!("#{place}")).collect());
        let problem = needed.iter().find_map(|column| headings.problem(column));
        let first = rows.iter().position(|row| row.as_ref().is_ok_and(|row| row.line > skip as u64));
        return Ok(problem.map_or(Ok((headings, first.unwrap_or(rows.len()))), Err));
    }
    let tried: Vec<usize> = match layout.skip {
        // As many lines of the file, blank ones among them.
        Some(skip) => rows
            .iter()
            .position(|row| row.as_ref().map_or_else(SourceError::line, |row| row.line) > skip as u64)
            .into_iter()
            .collect(),
        None => (0..rows.len().min(HEAD_ROWS_MAX)).collect(),
    };
    let mut best: Option<(usize, SourceError)> = None;
    for first in tried {
        let Some(headings) = joined(rows, first, height) else { continue };
        let problems: Vec<SourceError> = needed.iter().filter_map(|column| headings.problem(column)).collect();
        if problems.iter().all(|problem| matches!(problem, SourceError::ColumnTwice { .. })) {
            return match problems.into_iter().next() {
                Some(twice) => Err(twice),
                None => Ok(Ok((headings, first + height))),
            };
        }
        let there = needed.len() - problems.len();
        let is_better = best.as_ref().is_none_or(|(before, _)| there > *before);
        let missing = problems.into_iter().find(|problem| matches!(problem, SourceError::ColumnMissing { .. }));
        if let Some(missing) = missing.filter(|_| is_better) {
            best = Some((there, missing));
        }
    }
    let none = || SourceError::ColumnMissing {
        column: needed.first().map_or_else(String::new, |it| (*it).to_owned()),
        found: Vec::new(),
    };
    Ok(Err(best.map_or_else(none, |(_, error)| error)))
}

/// Headings of several rows joined: what stands over several columns belongs to each of them.
fn joined(rows: &super::Rows, first: usize, height: usize) -> Option<Headings> {
    let heads: Vec<&Row> =
        rows.get(first..first + height)?.iter().map(Result::as_ref).collect::<Result<_, _>>().ok()?;
    let width = heads.iter().map(|row| row.count()).max()?;
    let mut names = vec![String::new(); width];
    for (depth, row) in heads.iter().enumerate() {
        let mut over = String::new();
        for (place, name) in names.iter_mut().enumerate() {
            let own = one_line(row.get(place).unwrap_or_default());
            if !own.is_empty() {
                over.clone_from(&own);
            }
            let part = if depth + 1 < height { &over } else { &own };
            if !part.is_empty() {
                if !name.is_empty() {
                    name.push(' ');
                }
                name.push_str(part);
            }
        }
    }
    Some(Headings::new(names))
}

/// The text of a row that has no other.
fn title(row: &Row) -> Option<Arc<str>> {
    let mut texts = row.cells().filter(|text| !text.is_empty());
    let only = texts.next()?;
    texts.next().is_none().then(|| Arc::from(one_line(only)))
}

/// The rows below the headings, one by one.
struct Below<'l> {
    layout: &'l Layout,
    /// May rows end before the last column?
    is_ragged: bool,
    /// Places and words of `where`, then of `unless`.
    words: Vec<(Option<usize>, &'l [String])>,
    kept: usize,
    fill: Vec<usize>,
    above: HashMap<usize, String>,
    section: Option<Arc<str>>,
    headings: Arc<Headings>,
    records: Records,
}

impl Below<'_> {
    fn ends_before(&self, row: &Row) -> bool {
        let first = row.cells().find(|text| !text.is_empty());
        first.is_some_and(|first| self.layout.stop_at.iter().any(|mark| first.starts_with(mark.as_str())))
    }

    fn take(&mut self, row: Result<Row, SourceError>, next: Option<&Row>) {
        let row = match row {
            Ok(row) => row,
            Err(error) => return self.records.lines.push(Err(error)),
        };
        if !self.is_ragged && row.is_blank() {
            return;
        }
        if self.is_heading(&row) {
            return self.leave(row.line, "headings");
        }
        if let Some(title) = title(&row)
            && next.is_some_and(|next| self.is_heading(next))
        {
            self.section = Some(title);
            return self.leave(row.line, "section_title");
        }
        let row = self.filled(row);
        if !self.is_kept(&row) {
            return self.leave(row.line, "where_or_unless");
        }
        let (line, wanted) = (row.line, self.headings.names().len());
        let surplus = (wanted..row.count()).any(|place| row.get(place).is_some_and(|text| !text.is_empty()));
        // A note below a table has one field, whatever the table has.
        let is_short = !self.is_ragged && row.count() < wanted && title(&row).is_none();
        if surplus || is_short {
            return self.records.lines.push(Err(SourceError::Width { line, found: row.count(), wanted }));
        }
        let (headings, section) = (Arc::clone(&self.headings), self.section.clone());
        self.records.lines.push(Ok(Record { line, section, headings, row }));
    }

    fn leave(&mut self, line: u64, why: &'static str) {
        self.records.left_out.push(LeftOut { line, why });
    }

    fn is_heading(&self, row: &Row) -> bool {
        let mut seen = 0;
        for (name, text) in self.headings.names().iter().zip(row.cells()) {
            if !text.is_empty() && one_line(text) != *name {
                return false;
            }
            seen += usize::from(!text.is_empty());
        }
        seen >= 2
    }

    fn filled(&mut self, row: Row) -> Row {
        if self.fill.is_empty() {
            return row;
        }
        let mut filled = Row::new(row.line);
        for place in 0..row.count().max(self.fill.iter().max().map_or(0, |last| last + 1)) {
            let text = row.get(place).unwrap_or_default();
            let is_filled = self.fill.contains(&place);
            if is_filled && text.is_empty() {
                filled.push(self.above.get(&place).map_or("", String::as_str), Kind::Text);
                continue;
            }
            if is_filled {
                self.above.insert(place, text.to_owned());
            }
            filled.push(text, row.kind(place));
        }
        filled
    }

    fn is_kept(&self, row: &Row) -> bool {
        let says = |(place, words): &(Option<usize>, &[String])| {
            let text = place.and_then(|place| row.get(place)).unwrap_or_default();
            words.iter().any(|word| word == text)
        };
        self.words[..self.kept].iter().all(says) && !self.words[self.kept..].iter().any(says)
    }
}

/// A table found without knowing its columns.
pub(crate) struct Headed {
    pub(crate) sheet: Option<String>,
    /// Texts above the headings.
    pub(crate) titles: Vec<String>,
    /// How it was found, where that is not what every mapping does by itself.
    pub(crate) skip: Option<usize>,
    pub(crate) header_rows: Option<usize>,
    /// A message of a standard: elements or segments.
    pub(crate) is_message: bool,
    /// The encoding that was guessed.
    pub(crate) encoding: Option<&'static str>,
    /// Other sheets with as many columns of figures.
    pub(crate) others: Vec<String>,
    pub(crate) records: Records,
}

/// Where the headings of a sheet most likely stand.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Likely {
    /// The first row of them; of a table without, the first row.
    pub(super) place: usize,
    /// How many rows they are.
    pub(super) height: usize,
    /// Figures below them.
    pub(super) count: usize,
}

/// The rows that are most likely the headings, with how many figures stand below them.
pub(super) fn likely(sheet: &Sheet, is_figure: &dyn Fn(&str) -> bool, is_unit: &dyn Fn(&str) -> bool) -> Likely {
    if let Some(names) = &sheet.named {
        return Likely { place: 0, height: 1, count: names.len() * sheet.rows.len() };
    }
    let is_cell_figure = |row: &Row, place: usize| {
        let text = row.get(place).unwrap_or_default();
        !text.is_empty() && (row.kind(place) == Kind::Number || is_figure(text))
    };
    let filled = |row: &Row| -> Vec<usize> {
        (0..row.count()).filter(|at| row.get(*at).is_some_and(|text| !text.is_empty())).collect()
    };
    let count_below = |place: usize, columns: &[usize]| -> usize {
        let below = sheet.rows.get(place + 1..).unwrap_or_default().iter().flatten();
        below.map(|row| columns.iter().filter(|at| is_cell_figure(row, **at)).count()).sum()
    };
    let when = crate::when::When::tried(None).unwrap_or_default();
    let is_day = |row: &Row, at: usize| {
        let told = when.read(row.get(at).unwrap_or_default(), row.kind(at));
        told.is_ok_and(|told| told.period == crate::when::Period::Day)
    };
    let mut best: Option<(usize, usize, usize)> = None;
    for (place, row) in sheet.rows.iter().enumerate().take(HEAD_ROWS_MAX) {
        let Ok(row) = row else { continue };
        let own = filled(row);
        let figures = own.iter().filter(|at| is_cell_figure(row, **at)).count();
        // Years and months are headings, too: but not of more than half of what stands below.
        let is_data =
            own.len() < 2 || (figures * 2 > own.len() && !row.get(own[0]).is_some_and(|text| text.contains('\\')));
        let is_line = own.len() >= 2 && figures > 0 && own.iter().filter(|at| is_day(row, **at)).count() == 1;
        if is_line && best.is_none() {
            // A line before any headings: there are none.
            let count = count_below(place, &own) + figures;
            return Likely { place, height: 0, count };
        }
        // A row of units or of how often, below the headings.
        let units = own.iter().skip(1).filter(|at| row.get(**at).is_some_and(is_unit)).count();
        if is_data || is_line || units * 2 >= own.len().max(2) {
            continue;
        }
        let count = count_below(place, &own);
        let is_better = best.is_none_or(|(_, before, cells)| count > before || (count == before && own.len() >= cells));
        if count > 0 && is_better {
            best = Some((place, count, own.len()));
        }
    }
    let Some((place, count, _)) = best else { return Likely::default() };
    let Some(Ok(row)) = sheet.rows.get(place) else { return Likely::default() };
    // Two headings alike, or figures below none: the row above says which is which.
    let own = filled(row);
    let names: std::collections::HashSet<String> =
        own.iter().map(|at| one_line(row.get(*at).unwrap_or_default())).collect();
    let above = place.checked_sub(1).and_then(|above| sheet.rows[above].as_ref().ok()).map(filled);
    let bare = above.iter().flatten().any(|at| !own.contains(at) && count_below(place, &[*at]) > 0);
    // Or the row below fills what this one leaves empty.
    let next = sheet.rows.get(place + 1).and_then(|next| next.as_ref().ok());
    let next_fills = next.is_some_and(|next| {
        let below = filled(next);
        let is_words = below.iter().all(|at| !is_cell_figure(next, *at) && !is_day(next, *at));
        below.len() >= 2 && is_words && below.iter().any(|at| !own.contains(at) && count_below(place + 1, &[*at]) > 0)
    });
    if next_fills {
        return Likely { place, height: 2, count };
    }
    let is_two = above.as_ref().is_some_and(|above| above.len() >= 2) && (names.len() < own.len() || bare);
    if is_two { Likely { place: place - 1, height: 2, count } } else { Likely { place, height: 1, count } }
}

/// The table below its headings.
pub(super) fn below(sheet: Sheet, found: Likely, layout: &Layout) -> Result<Headed, SourceError> {
    let Likely { place, height, .. } = found;
    let titles = sheet.rows[..place.min(sheet.rows.len())].iter().flatten();
    let titles =
        titles.flat_map(|row| row.cells().map(one_line).collect::<Vec<_>>()).filter(|text| !text.is_empty()).collect();
    let name = sheet.name.clone();
    let line = sheet.rows.get(place).and_then(|row| row.as_ref().ok()).map_or(1, |row| row.line);
    let is_named = sheet.named.is_some();
    let skip = usize::try_from(line - 1).ok().filter(|_| !is_named);
    let header_rows = (!is_named).then_some(height);
    match ruled(sheet, &Layout { skip, header_rows, ..layout.clone() }, &[])? {
        Ruled::Table(records) => Ok(Headed {
            sheet: name,
            titles,
            skip: skip.filter(|skip| height == 0 && *skip > 0),
            header_rows: header_rows.filter(|height| *height != 1),
            is_message: false,
            encoding: None,
            others: Vec::new(),
            records,
        }),
        Ruled::Missing(error) => Err(error),
    }
}
