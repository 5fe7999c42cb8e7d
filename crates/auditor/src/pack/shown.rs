//! `shown.jsonl`: an event as people read it, held against the entry as far as that says the same.
//!
//! Read with a few lines of our own, which know the one way in which a ledger writes such a line: whatever stands there in
//! another order, twice, or with escapes in a name is refused, so that no other reader can see something else in it. Names of
//! parties, sites and lots are not in the entry: they are the word of who signed the pack.

use std::collections::HashMap;

use crate::acts::act_word;
use crate::day::{days_of, moment_of};
use crate::entry::{Facts, KnownBy, Leg, Refusal, Told};

/// Holds the lines of a pack against their entries.
#[derive(Default)]
pub(super) struct Shown {
    /// How each lot is shown: what one line says stands for so many accounting units, and so for every line.
    lots: HashMap<String, Scale>,
}

struct Scale {
    number: Number,
    units: u64,
    unit: String,
}

impl Shown {
    /// A line is that of an event.
    ///
    /// # Errors
    /// What it says otherwise.
    pub(super) fn check(&mut self, line: &str, seq: u64, facts: &Facts, entry: &[u8]) -> Result<(), String> {
        let event = Event::read(line).ok_or("is not written as a ledger writes an event")?;
        let differs =
            |name: &str, shown: &str| Err(format!("event {seq} says otherwise than `{name}` of the line: {shown}"));
        if event.seq != seq {
            return Err(format!("shows event {} where event {seq} stands", event.seq));
        }
        if event.outcome != facts.outcome {
            return differs("outcome", event.outcome);
        }
        if moment_of(event.recorded_at) != Some(facts.recorded_us) {
            return differs("recorded_at", event.recorded_at);
        }
        if event.entries.len() != facts.legs.len() {
            return Err(format!(
                "event {seq} has {} entries, and the line shows {}",
                facts.legs.len(),
                event.entries.len()
            ));
        }
        let is_told = match (&facts.known_by, event.known_by) {
            // Of one of whom nothing is known, at most a name was claimed.
            (None, None | Some("claimed")) => true,
            (Some(KnownBy::Token(name)), Some(shown)) => shown == format!("token {name}"),
            (Some(KnownBy::Key(key)), Some(shown)) => shown == format!("key {key}"),
            // The code of a person is not in the entry.
            (Some(KnownBy::Person(_)), Some(shown)) => shown.starts_with("person "),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if !is_told {
            return differs("known_by", event.known_by.unwrap_or("nothing"));
        }
        let Some(act) = facts.act else { return refused(&event, seq, entry) };
        let command = &event.command;
        if act_word(act) != Some(command.act) {
            return differs("act", command.act);
        }
        if !is_id(command.id, &facts.id) {
            return differs("id", command.id);
        }
        // A time of the day is only shown.
        let day = command.effective.split_once('T').map_or(command.effective, |(day, _)| day);
        if days_of(day) != Some(facts.effective) {
            return differs("effective", command.effective);
        }
        if event.code.is_some() || event.message.is_some() || !event.facts.is_empty() {
            return Err(format!("event {seq} was not refused, and the line shows a refusal"));
        }
        for (leg, moved) in facts.legs.iter().zip(&event.entries) {
            if days_of(moved.day) != Some(leg.day.unwrap_or(facts.effective)) {
                return differs("day", moved.day);
            }
            self.scale(leg, moved).map_err(|problem| format!("event {seq}: {problem}"))?;
        }
        Ok(())
    }

    /// The quantity shown stands for the accounting units of the entry as that of every other line of the lot does.
    fn scale(&mut self, leg: &Leg, moved: &Moved<'_>) -> Result<(), String> {
        let Moved { lot, quantity, .. } = *moved;
        let wrong = || format!("`{quantity}` is no quantity");
        let (number, unit) = quantity.split_once(' ').ok_or_else(wrong)?;
        let number = Number::read(number).ok_or_else(wrong)?;
        let Some(scale) = self.lots.get_mut(lot) else {
            if leg.units > 0 {
                self.lots.insert(lot.to_owned(), Scale { number, units: leg.units, unit: unit.to_owned() });
            }
            return if leg.units > 0 || number.value == 0.0 { Ok(()) } else { Err(wrong()) };
        };
        let times = leg.units as f64 / scale.units as f64;
        let expected = scale.number.value * times;
        let slack = number.rounding + scale.number.rounding * times + expected * 1e-9;
        if unit != scale.unit || (number.value - expected).abs() > slack {
            return Err(format!(
                "the entry moves {} units of lot `{lot}`, which the line shows as {quantity}; another line of the pack shows \
                 {} of its units as {} {}",
                leg.units, scale.units, scale.number.value, scale.unit
            ));
        }
        if leg.units > scale.units {
            (scale.number, scale.units) = (number, leg.units);
        }
        Ok(())
    }
}

/// A refusal holds its command as it was sent, byte for byte, and its facts. The sentence made of them is the word of who
/// signed the pack; in old entries it stands as it was said.
fn refused(event: &Event<'_>, seq: u64, entry: &[u8]) -> Result<(), String> {
    let refusal = Refusal::read(entry).ok_or("the entry is no refusal")?;
    let same = |shown: Option<&str>, told: &str| shown.is_some_and(|shown| is_text(shown, told));
    let checks = [
        ("command", event.command.whole == refusal.command),
        ("code", same(event.code, refusal.code)),
        ("message", !refusal.facts.is_empty() || refusal.message.is_empty() || same(event.message, refusal.message)),
        ("facts", event.facts.len() == refusal.facts.len() && event.facts.iter().zip(&refusal.facts).all(is_fact)),
    ];
    match checks.iter().find(|(_, holds)| !holds) {
        Some((name, _)) => Err(format!("event {seq} was refused with another `{name}` than the line shows")),
        None => Ok(()),
    }
}

fn is_fact(((name, shown), (told_name, told)): (&(&str, &str), &(&str, Told<'_>))) -> bool {
    let text = || shown.strip_prefix('"').and_then(|shown| shown.strip_suffix('"'));
    name == told_name
        && match told {
            Told::Number(number) => *shown == number.to_string(),
            Told::Text(told) => text().is_some_and(|shown| is_text(shown, told)),
            Told::Day(day) => text().and_then(days_of) == Some(*day),
        }
}

/// A number as it is shown, and how far it may be rounded.
#[derive(Clone, Copy)]
struct Number {
    value: f64,
    rounding: f64,
}

impl Number {
    fn read(text: &str) -> Option<Self> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_plain(whole) || !is_plain(decimals) {
            return None;
        }
        // What no decimal says exactly (milligrams in pounds) is shown with six of them.
        let rounding = if decimals.len() == 6 { 5e-7 } else { 0.0 };
        text.parse().ok().map(|value| Self { value, rounding })
    }
}

/// A line, by its parts; texts are as they stand there, with their escapes.
struct Event<'l> {
    seq: u64,
    recorded_at: &'l str,
    outcome: &'l str,
    code: Option<&'l str>,
    message: Option<&'l str>,
    /// Names and values as they stand there.
    facts: Vec<(&'l str, &'l str)>,
    command: Command<'l>,
    known_by: Option<&'l str>,
    entries: Vec<Moved<'l>>,
}

struct Moved<'l> {
    lot: &'l str,
    quantity: &'l str,
    day: &'l str,
}

impl<'l> Event<'l> {
    fn read(line: &'l str) -> Option<Self> {
        let mut scan = Scan { rest: line };
        scan.take("{\"seq\":")?;
        let seq = scan.literal()?.parse().ok()?;
        scan.take(",\"recorded_at\":")?;
        let recorded_at = scan.text()?;
        scan.take(",\"outcome\":")?;
        let outcome = scan.text()?;
        let code = scan.optional(",\"code\":")?;
        let message = scan.optional(",\"message\":")?;
        let mut facts = Vec::new();
        if scan.take(",\"facts\":{").is_some() {
            while scan.take("}").is_none() {
                if !facts.is_empty() {
                    scan.take(",")?;
                }
                let name = scan.text()?;
                scan.take(":")?;
                facts.push((name, scan.value()?));
            }
        }
        scan.take(",\"command\":")?;
        let command = Command::read(&mut scan)?;
        let known_by = scan.optional(",\"known_by\":")?;
        scan.take(",\"entries\":[")?;
        let mut entries = Vec::new();
        while scan.take("]").is_none() {
            if !entries.is_empty() {
                scan.take(",")?;
            }
            entries.push(scan.moved()?);
        }
        if scan.take(",\"claims\":").is_some() {
            scan.value()?;
        }
        (scan.rest == "}").then_some(Self {
            seq,
            recorded_at,
            outcome,
            code,
            message,
            facts,
            command,
            known_by,
            entries,
        })
    }
}

/// What an entry says of its command, too.
#[derive(Default)]
struct Command<'l> {
    whole: &'l str,
    id: &'l str,
    effective: &'l str,
    act: &'l str,
}

impl<'l> Command<'l> {
    fn read(scan: &mut Scan<'l>) -> Option<Self> {
        let mut found = Self::default();
        let begin = scan.rest;
        scan.take("{")?;
        loop {
            let name = scan.text()?;
            scan.take(":")?;
            let wanted = match name {
                "id" => Some(&mut found.id),
                "effective" => Some(&mut found.effective),
                "act" => Some(&mut found.act),
                name if name.contains('\\') => return None,
                _ => None,
            };
            match wanted {
                Some(wanted) if wanted.is_empty() => *wanted = scan.text()?,
                Some(_) => return None,
                None => drop(scan.value()?),
            }
            if scan.take("}").is_some() {
                found.whole = begin.get(..begin.len() - scan.rest.len())?;
                return Some(found);
            }
            scan.take(",")?;
        }
    }
}

/// The rest of a line of JSON without blanks.
struct Scan<'l> {
    rest: &'l str,
}

impl<'l> Scan<'l> {
    fn take(&mut self, expected: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(expected)?;
        Some(())
    }

    /// A text behind a name, where the name stands here; `None` when something else is behind it.
    fn optional(&mut self, name: &str) -> Option<Option<&'l str>> {
        match self.take(name) {
            Some(()) => self.text().map(Some),
            None => Some(None),
        }
    }

    fn cut(&mut self, at: usize) -> Option<&'l str> {
        let (cut, rest) = self.rest.split_at_checked(at)?;
        self.rest = rest;
        Some(cut)
    }

    /// A text, without its quotes.
    fn text(&mut self) -> Option<&'l str> {
        let length = text_bytes(self.rest.as_bytes())?;
        let text = self.cut(length)?;
        text.get(1..length - 1)
    }

    /// A number, or a word.
    fn literal(&mut self) -> Option<&'l str> {
        let end = self.rest.bytes().position(|byte| !byte.is_ascii_alphanumeric() && !b"+-.".contains(&byte))?;
        self.cut(end).filter(|literal| !literal.is_empty())
    }

    /// Any value, as it stands.
    fn value(&mut self) -> Option<&'l str> {
        let bytes = self.rest.as_bytes();
        if !matches!(bytes.first()?, b'"' | b'{' | b'[') {
            return self.literal();
        }
        let (mut at, mut depth) = (0, 0u32);
        loop {
            match bytes.get(at)? {
                b'"' => {
                    at += text_bytes(bytes.get(at..)?)?;
                    if depth == 0 {
                        return self.cut(at);
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return self.cut(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn moved(&mut self) -> Option<Moved<'l>> {
        self.take("{\"lot\":")?;
        let lot = self.text()?;
        for end in ["source", "target"] {
            self.take(",\"")?;
            self.take(end)?;
            self.take("\":{\"place\":")?;
            self.text()?;
            self.take(",\"owner\":")?;
            self.text()?;
            self.take("}")?;
        }
        self.take(",\"quantity\":")?;
        let quantity = self.text()?;
        self.take(",\"day\":")?;
        let day = self.text()?;
        self.take("}")?;
        Some(Moved { lot, quantity, day })
    }
}

/// Bytes of the text that begins here, its quotes included.
fn text_bytes(bytes: &[u8]) -> Option<usize> {
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Is a text of JSON, with its escapes, this text?
fn is_text(shown: &str, told: &str) -> bool {
    let mut told = told.chars();
    let mut shown = shown.chars();
    while let Some(character) = shown.next() {
        let plain = match character {
            '\\' => match shown.next() {
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some('t') => Some('\t'),
                Some('b') => Some('\u{8}'),
                Some('f') => Some('\u{c}'),
                Some('u') => {
                    let digits: String = shown.by_ref().take(4).collect();
                    u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
                }
                other => other,
            },
            other => Some(other),
        };
        if plain.is_none() || plain != told.next() {
            return false;
        }
    }
    told.next().is_none()
}

/// `0192f000-0000-7000-8000-00000000ab02` of these bytes?
fn is_id(text: &str, id: &[u8; 16]) -> bool {
    let mut digits = text.bytes();
    let are_digits = id.iter().enumerate().all(|(index, byte)| {
        let dash = !matches!(index, 4 | 6 | 8 | 10) || digits.next() == Some(b'-');
        dash && digits.next() == Some(HEX[usize::from(byte >> 4)]) && digits.next() == Some(HEX[usize::from(byte & 15)])
    });
    are_digits && digits.next().is_none()
}

const HEX: &[u8; 16] = b"0123456789abcdef";

#[cfg(test)]
mod tests;
