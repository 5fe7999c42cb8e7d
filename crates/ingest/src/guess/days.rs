//! Where the days of a table stand, and how they are written.

use std::collections::BTreeSet;

use super::{Found, words};
use crate::mapping::{GIVEN, HEADING};
use crate::source::Kind;
use crate::when::{When, WhenSettings};
use crate::wrong::Wrong;

/// Where the days of a table stand.
#[derive(Clone, Debug)]
pub(super) struct Days {
    /// The column, or `@heading`.
    pub(super) column: String,
    pub(super) format: Option<String>,
    /// Where it has years alone: the setting (`month`, `quarter`, `week`) and the column beside it.
    pub(super) beside: Option<(&'static str, String)>,
}

/// Ways to write days, beside those that cannot be misread; `serial` as spreadsheets count them.
const FORMATS: [&str; 24] = [
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %b %y",
    "%b-%y",
    "%b %y",
    "%b.%y",
    "%m/%Y",
    "%m.%Y",
    "%m/%y",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%A, %d %B %Y",
    "serial",
];

/// Years in which somebody may have counted stock.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Is a text a day by this format?
fn reads(when: &When, text: &str, kind: Kind) -> bool {
    when.read(text, kind).is_ok_and(|told| YEARS.contains(&told.day.year()))
}

impl Days {
    pub(super) fn when(&self) -> When {
        When::tried(self.format.as_deref()).unwrap_or_default()
    }
}

/// The column of days, or the headings that are days; none where a question has to be answered first.
pub(super) fn days(found: &mut Found<'_>) -> Option<Days> {
    let days = told(found)?;
    // An instant is another day at another place.
    let bare = WhenSettings { date_format: days.format.clone(), ..WhenSettings::default() }.ready().unwrap_or_default();
    let is_instant = |(text, kind): &(&str, Kind)| matches!(bare.read(text, *kind), Err(Wrong::DayOfNobody { .. }));
    if found.column_texts(&days.column).iter().any(is_instant) {
        found.ask(
            "zone",
            "these are instants: whose day counts? a zone such as `Europe/Berlin`, or `UTC`".into(),
            &[],
        )?;
    }
    Some(days)
}

fn told(found: &mut Found<'_>) -> Option<Days> {
    let across: Vec<String> = found.table.columns.iter().map(|column| column.name.clone()).collect();
    if let Some(days) = in_headings(&across) {
        return Some(days);
    }
    let is_other = |name: &String| {
        let is_figures = found.table.columns.iter().any(|column| column.name == *name && column.figures > column.words);
        words::role(name).is_some() || is_figures
    };
    let mut candidates: Vec<(String, Vec<Option<&'static str>>)> = Vec::new();
    for name in across.iter().filter(|name| words::is_day(name)) {
        let formats = formats(&found.column_texts(name), true);
        if !formats.is_empty() {
            candidates.push((name.clone(), formats));
        }
    }
    if candidates.is_empty() {
        for name in across.iter().filter(|name| !words::is_day(name) && !is_other(name)) {
            let formats = formats(&found.column_texts(name), false);
            if !formats.is_empty() {
                candidates.push((name.clone(), formats));
            }
        }
    }
    let Some(first) = candidates.first().cloned() else { return unread(found, &across) };
    let (column, formats) = if candidates.len() == 1 { first } else { chosen(found, &candidates)? };
    let format = match &formats[..] {
        [None, ..] => None,
        [only] => *only,
        several => {
            let choices: Vec<&str> = several.iter().flatten().copied().collect();
            if let Some(format) = steady(found, &column, &choices) {
                found.proven.push(format!("days are written as `{format}`: so they follow each other in equal steps"));
                return Some(Days { column, format: Some(format.to_owned()), beside: None });
            }
            let question = format!("how are days written ({})?", shown(found, &column));
            Some(found.ask("date_format", question, &choices)?)
                .map(|answer| choices.iter().find(|choice| **choice == answer).copied().unwrap_or(choices[0]))
        }
    };
    let mut days = Days { column, format: format.map(str::to_owned), beside: None };
    days.beside = beside(found, &days, &across);
    Some(days)
}

/// The column of months, quarters or weeks beside one of years; none where there is none.
fn beside(found: &mut Found<'_>, days: &Days, across: &[String]) -> Option<(&'static str, String)> {
    const NAMES: [(&str, &[&str]); 3] = [
        ("month", &["month", "monat", "mois", "mes", "월", "月"]),
        ("quarter", &["quarter", "quartal", "trimestre", "qtr"]),
        ("week", &["week", "woche", "kw", "semaine"]),
    ];
    let when = days.when();
    let texts = found.column_texts(&days.column);
    let are_years = !texts.is_empty()
        && texts
            .iter()
            .all(|(text, kind)| when.read(text, *kind).map_or(true, |told| told.period == crate::when::Period::Year));
    if !are_years {
        return None;
    }
    let named = |(setting, names): &(&'static str, &[&str])| {
        let name = across.iter().find(|name| names.contains(&words::folded(name).as_str()))?;
        Some((*setting, name.clone()))
    };
    let (setting, column) = NAMES.iter().find_map(named).filter(|(_, column)| *column != days.column)?;
    found.proven.push(format!("`{column}` is the {setting} of the year in `{}`", days.column));
    Some((setting, column))
}

/// Days that stand side by side as headings.
fn in_headings(across: &[String]) -> Option<Days> {
    let count = |format: Option<&'static str>| -> Option<(usize, Option<&'static str>)> {
        let when = When::tried(format)?;
        let count = across.iter().filter(|name| reads(&when, name, Kind::Text)).count();
        (count >= 2).then_some((count, format))
    };
    let plain = count(None);
    let written = || {
        let formats = FORMATS.into_iter().filter(|format| *format != "serial");
        formats.filter_map(|format| count(Some(format))).max_by_key(|(count, _)| *count)
    };
    let (_, format) = plain.or_else(written)?;
    Some(Days { column: HEADING.into(), format: format.map(str::to_owned), beside: None })
}

/// Several columns of days: finer days say more; of two that are alike somebody has to choose.
fn chosen(
    found: &mut Found<'_>,
    candidates: &[(String, Vec<Option<&'static str>>)],
) -> Option<(String, Vec<Option<&'static str>>)> {
    let finest = |(name, formats): &(String, Vec<Option<&'static str>>)| {
        let when = When::tried(formats.first().copied().flatten()).unwrap_or_default();
        let told = found.column_texts(name);
        told.iter().filter_map(|(text, kind)| when.read(text, *kind).ok()).map(|told| told.period as usize).min()
    };
    let fine: Vec<usize> = candidates.iter().map(|candidate| finest(candidate).unwrap_or(usize::MAX)).collect();
    let best = *fine.iter().min()?;
    let alike: Vec<&(String, _)> =
        candidates.iter().zip(&fine).filter(|(_, own)| **own == best).map(|(it, _)| it).collect();
    if let [only] = alike[..] {
        return Some(only.clone());
    }
    let names: Vec<&str> = alike.iter().map(|(name, _)| name.as_str()).collect();
    let answer = found.ask("date", "which column has the day that a figure speaks of?".into(), &names)?;
    candidates.iter().find(|(name, _)| *name == answer).cloned()
}

/// No column could be read as days: the format of the one that is called so is asked, else the day of the whole file.
fn unread(found: &mut Found<'_>, across: &[String]) -> Option<Days> {
    let called = across.iter().find(|name| words::is_day(name) && found.column_texts(name).len() >= 2);
    if let Some(column) = called.cloned() {
        let question = format!(
            "how are days written in `{column}` ({})? in the letters of strftime, such as `%d.%m.%Y`; or `none`: that is no \
             day",
            shown(found, &column)
        );
        let answer = found.ask("date_format", question, &[])?;
        if answer != "none" {
            return Some(Days { column, format: Some(answer), beside: None });
        }
    }
    found.ask("day", "which day do the figures speak of? no column of days was found".to_owned(), &[])?;
    Some(Days { column: GIVEN.into(), format: None, beside: None })
}

fn shown(found: &Found<'_>, column: &str) -> String {
    found.column_texts(column).iter().take(3).map(|(text, _)| format!("`{text}`")).collect::<Vec<_>>().join(", ")
}

/// How days are written, of several ways in which nearly all texts are days. Bare numbers are days only under a heading that says so.
fn formats(texts: &[(&str, Kind)], is_called: bool) -> Vec<Option<&'static str>> {
    let is_number =
        |(text, kind): &(&str, Kind)| *kind == Kind::Number || text.bytes().all(|byte| byte.is_ascii_digit());
    let is_bare = texts.iter().any(is_number);
    if is_bare && !is_called {
        return Vec::new();
    }
    let is_read = |format: Option<&str>| {
        let Some(when) = When::tried(format) else { return false };
        let read = texts.iter().filter(|(text, kind)| reads(&when, text, *kind)).count();
        // Notes and sums stand in columns of days, too.
        read > 0 && read * 10 >= texts.len() * if is_called && read > 1 { 3 } else { 6 }
    };
    let all = std::iter::once(None).chain(FORMATS.into_iter().map(Some));
    // A number is a serial day only where nothing else reads it.
    let found: Vec<Option<&'static str>> = all.filter(|format| *format != Some("serial") && is_read(*format)).collect();
    let is_serial =
        |(text, _): &(&str, Kind)| text.parse::<f64>().is_ok_and(|number| (20_000.0..80_000.0).contains(&number));
    if found.is_empty() && is_bare && texts.iter().all(is_serial) && is_read(Some("serial")) {
        vec![Some("serial")]
    } else {
        found
    }
}

/// The one of several ways to read days in which they follow each other in steps of at most a month, all alike.
fn steady<'f>(found: &Found<'_>, column: &str, formats: &[&'f str]) -> Option<&'f str> {
    let texts = found.column_texts(column);
    let is_steady = |format: &&&str| {
        let Some(when) = When::tried(Some(format)) else { return false };
        let mut days: Vec<jiff::civil::Date> =
            texts.iter().filter_map(|(text, kind)| when.read(text, *kind).ok()).map(|told| told.day).collect();
        days.dedup();
        let steps: BTreeSet<i32> =
            days.windows(2).filter_map(|pair| pair[0].until(pair[1]).ok()).map(|span| span.get_days()).collect();
        days.len() >= 4 && steps.len() == 1 && steps.iter().all(|step| [1, 7, -1, -7].contains(step))
    };
    match formats.iter().filter(is_steady).collect::<Vec<_>>()[..] {
        [only] => Some(*only),
        _ => None,
    }
}

/// Is a heading one of the days that stand side by side?
pub(super) fn is_heading(days: &Days, name: &str) -> bool {
    days.column == HEADING && days.when().read(name, Kind::Text).is_ok()
}
