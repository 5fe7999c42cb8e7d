//! Which day a text speaks of: days, and weeks, months, quarters and years, which speak of their last day. Instants become
//! the day of whoever keeps the books.

mod names;
mod plain;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::source::{Kind, without_notes};
use crate::wrong::Wrong;

/// How long a figure speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    /// A day.
    Day,
    /// A week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
    /// A half of a calendar year.
    Half,
    /// A calendar year.
    Year,
}

impl Period {
    /// The last day of the period that a day lies in.
    pub(crate) fn last_day(self, day: Date) -> Date {
        let month_end = |month: i8| jiff::civil::date(day.year(), month, 1).last_of_month();
        match self {
            Self::Day => day,
            Self::Week => {
                let after = i64::from(7 - day.weekday().to_monday_one_offset());
                day.checked_add(jiff::Span::new().days(after)).unwrap_or(day)
            }
            Self::Month => day.last_of_month(),
            Self::Quarter => month_end((day.month() + 2) / 3 * 3),
            Self::Half => month_end(if day.month() <= 6 { 6 } else { 12 }),
            Self::Year => month_end(12),
        }
    }
}

/// Settings of a mapping that say how its source writes days.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenSettings {
    /// How days are written, in the letters of `strftime`, with `%q` for a quarter; `serial` for the days that a spreadsheet
    /// counts. ISO 8601 and what cannot be misread where nothing is said.
    pub date_format: Option<String>,
    /// How long a figure speaks of, where it is another time than its date says.
    pub period: Option<Period>,
    /// The zone in which times without one are written.
    pub times: Option<String>,
    /// The zone whose days count.
    pub zone: Option<String>,
}

/// How a source writes days.
#[derive(Clone, Debug, Default)]
pub(crate) struct When {
    format: Option<Format>,
    period: Option<Period>,
    times: Option<TimeZone>,
    zone: Option<TimeZone>,
}

/// A day that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// The last day of the period.
    pub(crate) day: Date,
    /// How long it is.
    pub(crate) period: Period,
    /// What stood beside it in brackets: `revised`.
    pub(crate) note: Option<String>,
}

/// What a text says before it is anybody's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// A period, by one of its days.
    Days(Date, Period),
    /// A time of some clock that is not said.
    Clock(DateTime),
    /// An instant.
    Instant(Timestamp),
}

/// A `date_format`, made ready.
#[derive(Clone, Debug)]
struct Format {
    written: String,
    /// What is parsed: names of months as numbers, quarters as months, years of weeks.
    parsed: String,
    period: Period,
    has_month_name: bool,
    is_serial: bool,
    has_time: bool,
    has_offset: bool,
    /// `%Y`: four digits.
    has_long_year: bool,
}

/// Do four digits stand together somewhere?
fn has_four_digits(text: &str) -> bool {
    text.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() >= 4)
}

fn zone(setting: &str, name: Option<&String>) -> Result<Option<TimeZone>, String> {
    let Some(name) = name else { return Ok(None) };
    let unknown = |_| format!("has the `{setting}` `{name}`, which is the name of no zone (`UTC`, `Asia/Tokyo`)");
    TimeZone::get(name).map(Some).map_err(unknown)
}

impl WhenSettings {
    /// Takes them out of the settings of a mapping.
    ///
    /// # Errors
    /// When one of them is not of its shape.
    pub(crate) fn take(table: &mut toml::Table) -> Result<Self, String> {
        let mut own = toml::Table::new();
        for name in ["date_format", "period", "times", "zone"] {
            if let Some(value) = table.remove(name) {
                own.insert(name.to_owned(), value);
            }
        }
        Self::deserialize(own).map_err(|error| error.message().to_owned())
    }

    /// Makes them ready.
    ///
    /// # Errors
    /// Says which of them cannot be used.
    pub(crate) fn ready(&self) -> Result<When, String> {
        let format = self.date_format.as_deref().map(Format::new).transpose()?;
        let (times, zone) = (zone("times", self.times.as_ref())?, zone("zone", self.zone.as_ref())?);
        Ok(When { format, period: self.period, times, zone })
    }
}

impl When {
    /// How days are read of which nothing is known but perhaps how they are written: of an instant the day in UTC.
    pub(crate) fn tried(format: Option<&str>) -> Option<Self> {
        let (date_format, zone) = (format.map(str::to_owned), Some("UTC".into()));
        WhenSettings { date_format, zone, ..WhenSettings::default() }.ready().ok()
    }

    /// The day that a text says.
    ///
    /// # Errors
    /// Says why it is none, and what would help.
    pub(crate) fn read(&self, text: &str, kind: Kind) -> Result<Told, Wrong> {
        let shown: String = text.chars().take(40).collect();
        let bare = without_remarks(text);
        let note =
            text.trim().strip_prefix(bare.as_str()).map(|note| note.trim_matches(['[', ']', '(', ')', ' ']).to_owned());
        let folded = names::folded(&bare);
        let said = match (&self.format, kind) {
            (Some(format), Kind::Text | Kind::Number | Kind::Absent) => format
                .read(&folded)
                .ok_or_else(|| Wrong::OtherDateFormat { text: shown.clone(), format: format.written.clone() })?,
            (_, Kind::Moment) | (None, _) => plain::read(&folded).ok_or_else(|| no_date(&shown, &folded))?,
        };
        let (day, own) = match said {
            Said::Days(day, period) => (day, period),
            Said::Clock(clock) => match &self.times {
                None => (clock.date(), Period::Day),
                Some(times) => {
                    let zoned = clock.to_zoned(times.clone());
                    let zoned = zoned.map_err(|error| Wrong::NoSuchTime { said: error.to_string() })?;
                    (self.day_of(zoned.timestamp(), &shown)?, Period::Day)
                }
            },
            Said::Instant(instant) => (self.day_of(instant, &shown)?, Period::Day),
        };
        let period = self.period.unwrap_or(own);
        let day = period.last_day(day);
        if !(0..=9999).contains(&day.year()) {
            return Err(Wrong::YearTooLong { text: shown });
        }
        Ok(Told { day, period, note: note.filter(|note| !note.is_empty()) })
    }

    fn day_of(&self, instant: Timestamp, shown: &str) -> Result<Date, Wrong> {
        match &self.zone {
            Some(zone) => Ok(instant.to_zoned(zone.clone()).date()),
            None => Err(Wrong::DayOfNobody { text: shown.to_owned() }),
        }
    }
}

/// A day without what is noted behind it, in whichever brackets: `[revised]`, `(P)`.
fn without_remarks(text: &str) -> String {
    let bare = without_notes(text);
    match bare.strip_suffix(')').and_then(|open| open.rsplit_once('(')) {
        Some((before, _)) if !before.trim().is_empty() => without_remarks(before.trim_end()),
        _ => bare,
    }
}

/// What a text that is no date may be.
fn no_date(shown: &str, text: &str) -> Wrong {
    let text_shown = shown.to_owned();
    match text.split('.').next().unwrap_or_default().parse::<u32>() {
        Ok(20_000..=80_000) => Wrong::SpreadsheetDay { text: text_shown },
        _ => Wrong::NotADate { text: text_shown },
    }
}

impl Format {
    fn new(written: &str) -> Result<Self, String> {
        let no_date = || {
            format!(
                "has the `date_format` `{written}`, which does not give a year, and a month and a day or what stands for \
                 them (`%d.%m.%Y`, `%Y-%m`, `%Y`, `%Y-W%V`, `%Y-Q%q`)"
            )
        };
        if written == "serial" {
            return Ok(Self {
                written: written.to_owned(),
                parsed: String::new(),
                period: Period::Day,
                has_month_name: false,
                is_serial: true,
                has_time: false,
                has_offset: false,
                has_long_year: false,
            });
        }
        let has = |letters: &[&str]| letters.iter().any(|letter| written.contains(letter));
        let has_year = has(&["%Y", "%y", "%G", "%g", "%F", "%D", "%s", "%C"]);
        let has_month_name = has(&["%B", "%b", "%h"]);
        let period = match () {
            () if has(&["%d", "%e", "%j", "%F", "%D", "%s", "%-d"]) => Period::Day,
            () if has(&["%V", "%U", "%W"]) => Period::Week,
            () if has(&["%q"]) => Period::Quarter,
            () if has_month_name || has(&["%m", "%-m"]) => Period::Month,
            () => Period::Year,
        };
        let has_month = has_month_name || has(&["%m", "%-m", "%j", "%F", "%D", "%s", "%V", "%U", "%W"]);
        if !has_year || (period == Period::Day && !has_month) {
            return Err(no_date());
        }
        let mut parsed = written.replace("%B", "%m").replace("%b", "%m").replace("%h", "%m").replace("%q", "%m");
        if period == Period::Week && has(&["%V"]) {
            parsed = parsed.replace("%Y", "%G");
        }
        // What the clock says may be finer than the mapping thinks.
        let parsed = names::folded(&parsed.replace("%S.%f", "%S%.f"));
        let parsed =
            if parsed.contains("%S") && !parsed.contains("%S%.f") { parsed.replace("%S", "%S%.f") } else { parsed };
        let has_time = has(&["%H", "%I", "%T", "%R", "%s", "%k", "%l"]);
        let has_offset = has(&["%z", "%:z", "%Z", "%Q", "%:Q", "%s"]);
        let format = Self {
            written: written.to_owned(),
            parsed,
            period,
            has_month_name,
            is_serial: false,
            has_time,
            has_offset,
            has_long_year: has(&["%Y", "%F", "%G"]),
        };
        // The parser itself says whether it knows the letters.
        let sample = jiff::civil::date(2026, 4, 22).at(10, 20, 30, 0).to_zoned(TimeZone::UTC).map_err(|_| no_date())?;
        let shown = jiff::fmt::strtime::format(&format.parsed, &sample).map_err(|_| no_date())?;
        let read = format.parse(&shown).ok_or_else(no_date)?;
        let is_same = match read {
            Said::Days(day, period) => {
                period.last_day(day) == period.last_day(if format.has_quarter() { day } else { sample.date() })
            }
            Said::Clock(clock) => clock.date() == sample.date(),
            Said::Instant(instant) => instant == sample.timestamp(),
        };
        if is_same { Ok(format) } else { Err(no_date()) }
    }

    fn has_quarter(&self) -> bool {
        self.period == Period::Quarter
    }

    fn read(&self, text: &str) -> Option<Said> {
        if self.is_serial {
            return serial(text);
        }
        let numbered;
        let text = if self.has_month_name {
            numbered = names::with_months_as_numbers(text)?;
            &numbered
        } else {
            text
        };
        self.parse(text)
    }

    fn parse(&self, text: &str) -> Option<Said> {
        let mut broken = BrokenDownTime::parse(&self.parsed, text).ok()?;
        // A year of four letters has four digits: `26` is no year of the Romans.
        if self.has_long_year && !has_four_digits(text) {
            return None;
        }
        if self.has_time && self.has_offset && broken.offset().is_some() {
            return broken.to_timestamp().ok().map(Said::Instant);
        }
        match self.period {
            Period::Day => {}
            Period::Week => broken.set_weekday(Some(Weekday::Sunday)),
            Period::Quarter => {
                let quarter = broken.month().filter(|quarter| (1..=4).contains(quarter))?;
                broken.set_month(Some(quarter * 3)).ok()?;
                broken.set_day(Some(1)).ok()?;
            }
            Period::Half | Period::Month => broken.set_day(Some(1)).ok()?,
            Period::Year => {
                broken.set_month(Some(12)).ok()?;
                broken.set_day(Some(1)).ok()?;
            }
        }
        if self.has_time && self.period == Period::Day {
            return broken.to_datetime().ok().map(Said::Clock);
        }
        broken.to_date().ok().map(|day| Said::Days(day, self.period))
    }
}

/// Days as spreadsheets count them, from 30 December 1899.
fn serial(text: &str) -> Option<Said> {
    let days: i64 = text.split('.').next()?.parse().ok().filter(|days| (1..=2_958_465).contains(days))?;
    let day = jiff::civil::date(1899, 12, 30).checked_add(jiff::Span::new().days(days)).ok()?;
    Some(Said::Days(day, Period::Day))
}

#[cfg(test)]
mod tests;
