//! A day as a date of the calendar.

use crate::number::Day;

/// `2026-03-10`.
pub(crate) fn show_day(day: Day) -> String {
    let (year, month, date) = civil(day);
    format!("{year:04}-{month:02}-{date:02}")
}

/// Days since 1970-01-01 as a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil(day: Day) -> (i64, i64, i64) {
    let shifted = i64::from(day.0) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, date)
}
