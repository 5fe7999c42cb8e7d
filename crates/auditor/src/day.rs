//! Days of the Gregorian calendar, counted from 1970, as entries have them (H. Hinnant, "chrono-compatible low-level date
//! algorithms").

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
