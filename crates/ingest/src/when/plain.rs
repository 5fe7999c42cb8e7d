//! Dates that cannot be misread, whatever the mapping says: the year first, or a month by its name.

use jiff::civil::{Date, DateTime, ISOWeekDate, Time, Weekday};

use super::names::month;
use super::{Period, Said};

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Digits(&'t str),
    Word(&'t str),
    Mark(char),
}

/// Reads a date that needs no format.
pub(super) fn read(text: &str) -> Option<Said> {
    let text = text.trim();
    instant_or_clock(text).or_else(|| {
        let parts = parts(text);
        period(&parts).map(|(day, period)| Said::Days(day, period))
    })
}

/// A day with a time: `2026-03-02T15:10:00Z`, `2026-03-02 15:10`.
fn instant_or_clock(text: &str) -> Option<Said> {
    let (day, time) = text.split_at_checked(10)?;
    let day: Date = day.replace('/', "-").parse().ok()?;
    let time = time.strip_prefix(['T', ' '])?.trim();
    let zoned = time.find(['Z', 'z', '+', '-']).or_else(|| time.find(" UTC"));
    let Some(place) = zoned else {
        let time: Time = time.parse().ok()?;
        return Some(Said::Clock(DateTime::from_parts(day, time)));
    };
    let (time, offset) = time.split_at(place);
    let time: Time = time.trim().parse().ok()?;
    let offset = match offset.trim() {
        "Z" | "z" | "UTC" => "Z".to_owned(),
        offset => offset.to_owned(),
    };
    format!("{day}T{time}{offset}").parse().ok().map(Said::Instant)
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let while_it = |is: fn(char) -> bool| rest.find(|letter| !is(letter)).unwrap_or(rest.len());
        let end = match letter {
            letter if letter.is_ascii_digit() => while_it(|letter| letter.is_ascii_digit()),
            '年' | '月' | '日' | '년' | '월' | '일' => letter.len_utf8(),
            letter if letter.is_alphabetic() => {
                while_it(|letter| letter.is_alphabetic() && !"年月日년월일".contains(letter))
            }
            letter => letter.len_utf8(),
        };
        let part = &rest[..end];
        match letter {
            letter if letter.is_whitespace() => {}
            letter if letter.is_ascii_digit() => parts.push(Part::Digits(part)),
            letter if letter.is_alphabetic() => parts.push(Part::Word(part)),
            letter => parts.push(Part::Mark(letter)),
        }
        rest = &rest[end..];
    }
    parts
}

fn year(digits: &str) -> Option<i16> {
    (digits.len() == 4).then(|| digits.parse().ok()).flatten().filter(|year| (1500..=2500).contains(year))
}

fn number(digits: &str, last: i8) -> Option<i8> {
    (digits.len() <= 2).then(|| digits.parse().ok()).flatten().filter(|number| (1..=last).contains(number))
}

fn day(year: i16, month: i8, day: i8) -> Option<Date> {
    Date::new(year, month, day).ok()
}

fn period(parts: &[Part<'_>]) -> Option<(Date, Period)> {
    use Part::{Digits, Mark, Word};
    let of_month = |year_text, month| Some((day(year(year_text)?, month, 1)?, Period::Month));
    match *parts {
        [Digits(only)] => match only.len() {
            4 => Some((day(year(only)?, 1, 1)?, Period::Year)),
            6 => of_month(&only[..4], number(&only[4..], 12)?),
            8 => Some((day(year(&only[..4])?, number(&only[4..6], 12)?, number(&only[6..], 31)?)?, Period::Day)),
            _ => None,
        },
        [Digits(y), Mark('-' | '/' | '.'), Digits(m)] => of_month(y, number(m, 12)?),
        [Digits(y), Mark(one @ ('-' | '/' | '.')), Digits(m), Mark(other), Digits(d)] if one == other => {
            Some((day(year(y)?, number(m, 12)?, number(d, 31)?)?, Period::Day))
        }
        [Digits(n), Word("st" | "nd" | "rd" | "th"), Word("quarter"), Digits(y)] => {
            Some((day(year(y)?, number(n, 4)? * 3, 1)?, Period::Quarter))
        }
        // The months of a quarter: `Oct-Dec 2025`.
        [Word(first), Mark('-' | '\u{2013}' | '/'), Word(last), Digits(y)] => {
            let (first, last) = (month(first)?, month(last)?);
            (last % 3 == 0 && first + 2 == last).then_some((day(year(y)?, last, 1)?, Period::Quarter))
        }
        // Reiwa and Heisei by their letters, and the years of the Republic in Taiwan, which have three digits.
        [Word(era @ ("R" | "r" | "H" | "h")), Digits(y), Mark('.'), Digits(m)] => {
            let first: i16 = if era.eq_ignore_ascii_case("r") { 2018 } else { 1988 };
            let nth: i16 = y.parse().ok().filter(|nth| (1..=64).contains(nth))?;
            Some((day(first + nth, number(m, 12)?, 1)?, Period::Month))
        }
        [Digits(y), Word("年"), Digits(m), Word("月")] if y.len() == 3 => {
            let nth: i16 = y.parse().ok().filter(|nth| (100..=199).contains(nth))?;
            Some((day(1911 + nth, number(m, 12)?, 1)?, Period::Month))
        }
        [Digits(y), Word("年" | "년")] => Some((day(year(y)?, 1, 1)?, Period::Year)),
        [Digits(y), Word("年" | "년"), Digits(m), Word("月" | "월")] => of_month(y, number(m, 12)?),
        [Digits(y), Word("年" | "년"), Digits(m), Word("月" | "월"), Digits(d), Word("日" | "일")] => {
            Some((day(year(y)?, number(m, 12)?, number(d, 31)?)?, Period::Day))
        }
        [Digits(y), Word(letter), Digits(n)] | [Digits(y), Mark('-' | ' ' | '/'), Word(letter), Digits(n)] => {
            lettered(y, letter, n).or_else(|| named(y, letter, n))
        }
        [Word(letter), Digits(n), Mark('-' | '/'), Digits(y)] | [Word(letter), Digits(n), Digits(y)] => {
            lettered(y, letter, n).or_else(|| named(n, letter, y))
        }
        [Word(name), Digits(y)] | [Word(name), Mark('-' | '.' | ',' | '/'), Digits(y)] => of_month(y, month(name)?),
        [Digits(y), Word(name)] | [Digits(y), Mark('-' | '.' | ',' | '/'), Word(name)] => of_month(y, month(name)?),
        [Word(name), Digits(d), Mark(','), Digits(y)] | [Word(name), Mark('.'), Digits(d), Mark(','), Digits(y)] => {
            named(d, name, y)
        }
        [Digits(d), Mark('.' | '-' | '/'), Word(name), Mark('.' | '-' | '/'), Digits(y)]
        | [Digits(d), Mark('.'), Word(name), Digits(y)]
        | [Digits(d), Word(name), Mark('.'), Digits(y)] => named(d, name, y),
        _ => None,
    }
}

/// A day by the name of its month.
fn named(of_month: &str, name: &str, year_text: &str) -> Option<(Date, Period)> {
    Some((day(year(year_text)?, month(name)?, number(of_month, 31)?)?, Period::Day))
}

/// Quarters, weeks, halves and months by a letter: `2026Q1`, `2026-W05`, `2026S1`, `2026M06`.
fn lettered(year_text: &str, letter: &str, nth: &str) -> Option<(Date, Period)> {
    let year = year(year_text)?;
    match letter {
        "Q" | "q" => Some((day(year, number(nth, 4)? * 3, 1)?, Period::Quarter)),
        "M" => Some((day(year, number(nth, 12)?, 1)?, Period::Month)),
        "H" | "S" => Some((day(year, number(nth, 2)? * 6, 1)?, Period::Half)),
        "W" | "KW" => {
            let week = ISOWeekDate::new(year, number(nth, 53)?, Weekday::Sunday).ok()?;
            Some((week.date(), Period::Week))
        }
        _ => None,
    }
}
