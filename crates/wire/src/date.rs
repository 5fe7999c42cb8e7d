//! Days and moments as text.

use books::{Day, Fault, Moment, TimeOfDay};
use jiff::Timestamp;
use jiff::civil::Date;

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

/// A day from `YYYY-MM-DD`.
///
/// # Errors
/// What is wrong.
pub fn parse_day(text: &str) -> Result<Day, Fault> {
    let is_shaped = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let date: Option<Date> = if is_shaped { text.parse().ok() } else { None };
    date.map(day_of).ok_or_else(|| Fault::NotADay { text: text.to_owned() })
}

/// A day, and where it is stated its time: `YYYY-MM-DD`, or `YYYY-MM-DDTHH:MM`.
///
/// # Errors
/// What is wrong.
pub fn parse_day_and_time(text: &str) -> Result<(Day, Option<TimeOfDay>), Fault> {
    let Some((day, time)) = text.split_once('T') else { return parse_day(text).map(|day| (day, None)) };
    let number =
        |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()));
    let time = time.split_once(':').and_then(|(hour, minute)| {
        let (hour, minute) = (number(hour)?, number(minute).filter(|minute| *minute < 60)?);
        TimeOfDay::new(hour * 60 + minute)
    });
    let day = parse_day(day)?;
    let time = time.ok_or_else(|| Fault::NotATimeOfDay { text: text.to_owned() })?;
    Ok((day, Some(time)))
}

/// A day, with its time where it is known.
#[must_use]
pub fn show_day_and_time(day: Day, time: Option<TimeOfDay>) -> String {
    time.map_or_else(|| show_day(day), |time| format!("{}T{time}", show_day(day)))
}

/// The day of a civil date.
#[must_use]
pub fn day_of(date: Date) -> Day {
    Day(EPOCH.until(date).expect("two dates are less than 2^31 days apart").get_days())
}

/// The civil date of a day.
#[must_use]
pub fn date_of(day: Day) -> Date {
    EPOCH.saturating_add(jiff::Span::new().try_days(day.0).unwrap_or_default())
}

/// A day as `YYYY-MM-DD`.
#[must_use]
pub fn show_day(day: Day) -> String {
    date_of(day).to_string()
}

/// The calendar day at a moment in a zone; in UTC where the zone is absent or unknown.
#[must_use]
pub fn day_in_zone(moment: Moment, zone: Option<&str>) -> Day {
    let zone = zone.and_then(|zone| jiff::tz::TimeZone::get(zone).ok()).unwrap_or(jiff::tz::TimeZone::UTC);
    i64::try_from(moment.0)
        .ok()
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .map_or(moment.utc_day(), |at| day_of(at.to_zoned(zone).date()))
}

/// A moment as an RFC 3339 time in UTC, to the microsecond.
#[must_use]
pub fn show_moment(moment: Moment) -> String {
    i64::try_from(moment.0)
        .ok()
        .and_then(|micros| Timestamp::from_microsecond(micros).ok())
        .map_or_else(|| moment.0.to_string(), |at| format!("{at:.6}"))
}

/// A moment from an RFC 3339 time; without a zone it is in UTC, and a day alone is its end.
///
/// # Errors
/// What is wrong.
pub fn parse_moment(text: &str) -> Result<Moment, Fault> {
    let in_utc = |at: jiff::civil::DateTime| at.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp()).ok();
    let at: Option<Timestamp> = match parse_day(text) {
        Ok(day) => in_utc(date_of(day).at(23, 59, 59, 999_999_000)),
        Err(_) => text.parse().ok().or_else(|| in_utc(text.parse().ok()?)),
    };
    let at = at.ok_or_else(|| Fault::NotATime { text: text.to_owned() })?;
    u64::try_from(at.as_microsecond()).map(Moment).map_err(|_| Fault::Before1970 { text: text.to_owned() })
}
