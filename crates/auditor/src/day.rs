//! Days of the Gregorian calendar, counted from 1970, as entries have them (H. Hinnant, "chrono-compatible low-level date
//! algorithms").

use std::time::{SystemTime, UNIX_EPOCH};

/// Days since 1970 of a day as `2026-03-31`; `None` for what no calendar has.
pub(crate) fn days_of(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let (year, month, day) = (digits(&bytes[..4])?, digits(&bytes[5..7])?, digits(&bytes[8..])?);
    let days = days(year, month, day);
    // A month of 31 days for each would make two days of one.
    ((1..=12).contains(&month) && day > 0 && days < days_of_next_month(year, month)).then_some(days)
}

/// Microseconds since 1970 of a moment as `2026-03-31T07:55:26.910237Z`.
pub(crate) fn moment_of(text: &str) -> Option<u64> {
    let (day, time) = text.split_once('T')?;
    let bytes = time.as_bytes();
    if bytes.len() != 16 || (bytes[2], bytes[5], bytes[8], bytes[15]) != (b':', b':', b'.', b'Z') {
        return None;
    }
    let (hours, minutes, seconds) = (digits(&bytes[..2])?, digits(&bytes[3..5])?, digits(&bytes[6..8])?);
    let within = hours < 24 && minutes < 60 && seconds < 60;
    let seconds = days_of(day)? * 86_400 + hours * 3_600 + minutes * 60 + seconds;
    u64::try_from(seconds * 1_000_000 + digits(&bytes[9..15])?).ok().filter(|_| within)
}

/// The last second of a day, since 1970; `None` for what no calendar has.
#[must_use]
pub fn end_of_day(text: &str) -> Option<u64> {
    u64::try_from(days_of(text)?).ok().map(|days| days * 86_400 + 86_399)
}

/// Seconds since 1970 until which a cosignature may say that it was made: now, and five minutes for clocks that differ.
#[must_use]
pub fn soon() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() + 300
}

/// A moment as `2026-03-31T07:55:26Z`, of seconds since 1970.
#[must_use]
pub fn show_moment(time_s: u64) -> String {
    // Days and months of a year that begins in March; the same author's algorithm, the other way round.
    let days = i64::try_from(time_s / 86_400).unwrap_or(i64::MAX / 2) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hours, minutes, seconds) = (time_s / 3_600 % 24, time_s / 60 % 60, time_s % 60);
    format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z")
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn days_of_next_month(year: i64, month: i64) -> i64 {
    if month == 12 { days(year + 1, 1, 1) } else { days(year, month + 1, 1) }
}

fn days(year: i64, month: i64, day: i64) -> i64 {
    // The year begins in March, so that the leap day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let since_march = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + since_march - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        let known = [
            ("1970-01-01", 0),
            ("2000-02-29", 11_016),
            ("2000-03-01", 11_017),
            ("2026-03-31", 20_543),
            ("1969-12-31", -1),
        ];
        for (text, days) in known {
            assert_eq!(days_of(text), Some(days), "{text}");
        }
        for wrong in ["2026-13-01", "2026-02-29", "2026-02-31", "2026-04-31", "2026-01-00", "2026-1-01", "today", ""] {
            assert_eq!(days_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_moment_is_shown_as_it_is_read() {
        for (time_s, shown) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (5_102_444_800, "2131-09-10T01:46:40Z"),
        ] {
            assert_eq!(show_moment(time_s), shown);
        }
        for day in (0..40_000_u64).step_by(97) {
            let shown = show_moment(day * 86_400 + 61);
            assert_eq!(days_of(&shown[..10]), i64::try_from(day).ok(), "{shown}");
        }
    }

    #[test]
    fn moments_are_counted_in_microseconds() {
        assert_eq!(moment_of("1970-01-02T00:00:01.000002Z"), Some(86_401_000_002));
        assert_eq!(moment_of("2026-11-22T07:55:26.910237Z"), Some(1_795_334_126_910_237));
        for wrong in
            ["2026-11-22", "2026-11-22T24:00:00.000000Z", "2026-11-22T07:55:26Z", "2026-11-22T07:55:26.91023+Z"]
        {
            assert_eq!(moment_of(wrong), None, "{wrong}");
        }
    }
}
