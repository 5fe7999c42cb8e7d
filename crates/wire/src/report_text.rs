//! Reports as labelled text: one thing a line, versioned, with a checksum at the end.
//!
//! ```text
//! granary-report: 1
//! sender: KOMIR
//! number: 3
//! kind: transactions
//! first: 2026-03-01
//! last: 2026-03-31
//! line: line=1; material=NdPr-oxide; way=in; quantity=5 t net; effective=2026-03-02; reference=PO-7
//! lines: 1
//! sha256: 5d41...
//! ```
//!
//! The checksum is over every byte before its own line. In a value `;`, `%` and control characters are written as `%3B`
//! and the like. The hash of a line, which a correction carries, is the SHA-256 of the text after `line: `.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::acts::{ReceiveReport, Replaces, ReportLine, StatedBalance};
use crate::piece::show_hash;

/// Version that is written, and the only one that is read.
pub const VERSION: &str = "1";

/// The text is no report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Line of the file, from 1.
    pub line: u64,
    /// The label, or the field in a `line` or `balance`.
    pub label: String,
    /// What is wrong.
    pub wrong: Labelled,
}

words::sayings! {
    /// What is wrong with a line of labelled text.
    pub enum Labelled in "labelled";

    NoLabel "no_label" = "bad_report";
    BeforeHead "before_head" = "bad_report";
    AfterEnd "after_end" = "bad_report";
    Percent "percent" = "bad_report";
    Twice "twice" = "bad_report";
    OtherVersion "other_version" = "bad_report" { text: String };
    NotANumber "not_a_number" = "bad_report" { text: String };
    NoKind "no_kind" = "bad_report" { text: String };
    OtherCount "other_count" = "bad_report" { text: String, count: usize };
    OtherText "other_text" = "bad_report";
    OtherLabel "other_label" = "bad_report";
    LabelMissing "label_missing" = "bad_report";
    FieldMissing "field_missing" = "bad_report";
    FieldUnknown "field_unknown" = "bad_report";
    LineNoNumber "line_no_number" = "bad_report" { text: String };
    NoWay "no_way" = "bad_report" { text: String };
    NoReplaced "no_replaced" = "bad_report" { text: String };
    NoPair "no_pair" = "bad_report";
    PairPercent "pair_percent" = "bad_report";
    PairTwice "pair_twice" = "bad_report";
}

/// Writes a report with all its lines.
#[must_use]
pub fn write(report: &ReceiveReport, sender: &str) -> String {
    let mut text = format!("granary-report: {VERSION}\n");
    let mut label = |name: &str, value: &str| writeln!(text, "{name}: {}", escape(value)).expect("into memory");
    label("sender", sender);
    label("number", &report.number.to_string());
    label("kind", &report.kind.word());
    label("first", &report.first);
    label("last", &report.last);
    if let Some(due) = &report.due {
        label("due", due);
    }
    if let Some(person) = &report.signed_by {
        label("signed-by", person);
    }
    for balance in report.balances.iter().flatten() {
        writeln!(text, "balance: {}", balance_text(balance)).expect("into memory");
    }
    for line in report.lines.iter().flatten() {
        writeln!(text, "line: {}", line_text(line)).expect("into memory");
    }
    writeln!(text, "lines: {}", report.lines.as_ref().map_or(0, Vec::len)).expect("into memory");
    let sum = hash(text.as_bytes());
    text + &format!("sha256: {}\n", show_hash(&sum))
}

/// SHA-256 of bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// The hash of a line, which a correction of it carries.
#[must_use]
pub fn line_hash(line: &ReportLine) -> [u8; 32] {
    hash(line_text(line).as_bytes())
}

fn balance_text(balance: &StatedBalance) -> String {
    let StatedBalance { material, site, lot, opening, closing } = balance;
    let fields = [
        ("material", Some(material.clone())),
        ("site", site.clone()),
        ("lot", lot.clone()),
        ("opening", opening.clone()),
        ("closing", Some(closing.clone())),
    ];
    join(fields)
}

fn line_text(line: &ReportLine) -> String {
    let ReportLine {
        line: number,
        material,
        way,
        quantity,
        effective,
        reference,
        counterparty,
        site,
        lot,
        provisional,
        replaces,
        withdraws,
    } = line;
    let yes = |flag: &Option<bool>| flag.filter(|flag| *flag).map(|_| "yes".to_owned());
    let replaced = replaces.as_ref().map(|it| format!("{}:{}:{}", it.report, it.line, it.hash));
    join([
        ("line", Some(number.to_string())),
        ("material", Some(material.clone())),
        ("way", Some(way.word())),
        ("quantity", Some(quantity.clone())),
        ("effective", Some(effective.clone())),
        ("reference", reference.clone()),
        ("counterparty", counterparty.clone()),
        ("site", site.clone()),
        ("lot", lot.clone()),
        ("provisional", yes(provisional)),
        ("replaces", replaced),
        ("withdraws", yes(withdraws)),
    ])
}

fn join<const N: usize>(fields: [(&str, Option<String>); N]) -> String {
    let said = fields.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={}", escape(&value))));
    said.collect::<Vec<_>>().join("; ")
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ';' | '%' => write!(out, "%{:02X}", u32::from(letter)).expect("into memory"),
            letter if letter.is_control() && letter.is_ascii() => {
                write!(out, "%{:02X}", u32::from(letter)).expect("into memory");
            }
            letter => out.push(letter),
        }
    }
    out
}

fn unescape(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(u8::is_ascii)?;
        out.push(char::from(code));
        out.push_str(&part[2..]);
    }
    Some(out)
}

/// Reads a report: the sender and the report, with all its lines.
///
/// # Errors
/// Every line that is wrong, with its label and what to do; what is missing only where no line is wrong.
pub fn parse(text: &str) -> Result<(String, ReceiveReport), Vec<TextError>> {
    let mut reading = Reading::default();
    let mut errors = Vec::new();
    let mut offset = 0;
    let mut line = 0;
    for full in text.split_inclusive('\n') {
        line += 1;
        let content = full.trim_end_matches(['\n', '\r']);
        errors.extend(reading.take(line, content, &text.as_bytes()[..offset]).err());
        if !reading.version && !errors.is_empty() {
            // A file of something else has no other flaw than that.
            return Err(errors);
        }
        offset += full.len();
    }
    match errors.is_empty() {
        true => reading.finish(line, text).map_err(|error| vec![error]),
        false => Err(errors),
    }
}

#[derive(Default)]
struct Reading {
    version: bool,
    sender: Option<String>,
    number: Option<u32>,
    kind: Option<crate::acts::words::ReportKind>,
    first: Option<String>,
    last: Option<String>,
    due: Option<String>,
    signed_by: Option<String>,
    balances: Vec<StatedBalance>,
    lines: Vec<ReportLine>,
    /// Of lines that cannot be read, too.
    line_labels: usize,
    line_count: Option<u32>,
    is_checked: bool,
}

impl Reading {
    fn take(&mut self, line: u64, content: &str, before: &[u8]) -> Result<(), TextError> {
        if content.trim().is_empty() {
            return Ok(());
        }
        let error = |label: &str, wrong: Labelled| {
            let label = label.chars().take(40).collect();
            Err(TextError { line, label, wrong })
        };
        let Some((label, value)) = content.split_once(':') else {
            return error(content, Labelled::NoLabel);
        };
        let value = value.trim_start();
        if !self.version && label != "granary-report" {
            return error(label, Labelled::BeforeHead);
        }
        if self.is_checked {
            return error(label, Labelled::AfterEnd);
        }
        let Some(value) = unescape(value)
            .filter(|_| !["line", "balance"].contains(&label))
            .or_else(|| ["line", "balance"].contains(&label).then(|| value.to_owned()))
        else {
            return error(label, Labelled::Percent);
        };
        let once = |slot: &mut Option<String>| match slot.replace(value.clone()) {
            None => Ok(()),
            Some(_) => error(label, Labelled::Twice),
        };
        match label {
            "granary-report" if self.version => error(label, Labelled::Twice),
            "granary-report" if value != VERSION => error(label, Labelled::OtherVersion { text: value }),
            "granary-report" => {
                self.version = true;
                Ok(())
            }
            "sender" => once(&mut self.sender),
            "first" => once(&mut self.first),
            "last" => once(&mut self.last),
            "due" => once(&mut self.due),
            "signed-by" => once(&mut self.signed_by),
            "number" => match value.parse() {
                Ok(number) => {
                    self.number = Some(number);
                    Ok(())
                }
                Err(_) => error(label, Labelled::NotANumber { text: value }),
            },
            "kind" => match serde_json::from_value(serde_json::Value::String(value.clone())) {
                Ok(kind) => {
                    self.kind = Some(kind);
                    Ok(())
                }
                Err(_) => error(label, Labelled::NoKind { text: value }),
            },
            "balance" => self.balance(line, &value),
            "line" => {
                self.line_labels += 1;
                self.line(line, &value)
            }
            "lines" => match value.parse::<u32>() {
                Ok(count) if count as usize == self.line_labels => {
                    self.line_count = Some(count);
                    Ok(())
                }
                _ => error(label, Labelled::OtherCount { text: value, count: self.line_labels }),
            },
            "sha256" if value == show_hash(&hash(before)) => {
                self.is_checked = true;
                Ok(())
            }
            "sha256" => error(label, Labelled::OtherText),
            _ => error(label, Labelled::OtherLabel),
        }
    }

    fn balance(&mut self, line: u64, value: &str) -> Result<(), TextError> {
        let mut fields = Fields::read(line, value)?;
        self.balances.push(StatedBalance {
            material: fields.need("material")?,
            site: fields.take("site"),
            lot: fields.take("lot"),
            opening: fields.take("opening"),
            closing: fields.need("closing")?,
        });
        fields.end()
    }

    fn line(&mut self, line: u64, value: &str) -> Result<(), TextError> {
        let mut fields = Fields::read(line, value)?;
        let number = fields.need("line")?;
        let number =
            number.parse().map_err(|_| fields.wrong("line", Labelled::LineNoNumber { text: number.clone() }))?;
        let way = fields.need("way")?;
        let way = serde_json::from_value(serde_json::Value::String(way.clone()))
            .map_err(|_| fields.wrong("way", Labelled::NoWay { text: way.clone() }))?;
        let replaces = fields.take("replaces").map(|text| {
            let mut parts = text.splitn(3, ':');
            let mut number = || parts.next().and_then(|part| part.parse().ok());
            let (report, line) = (number(), number());
            match (report, line, parts.next()) {
                (Some(report), Some(line), Some(hash)) => Ok(Replaces { report, line, hash: hash.to_owned() }),
                _ => Err(fields.wrong("replaces", Labelled::NoReplaced { text: text.clone() })),
            }
        });
        self.lines.push(ReportLine {
            line: number,
            material: fields.need("material")?,
            way,
            quantity: fields.need("quantity")?,
            effective: fields.need("effective")?,
            reference: fields.take("reference"),
            counterparty: fields.take("counterparty"),
            site: fields.take("site"),
            lot: fields.take("lot"),
            provisional: fields.take("provisional").map(|_| true),
            replaces: replaces.transpose()?,
            withdraws: fields.take("withdraws").map(|_| true),
        });
        fields.end()
    }

    fn finish(self, line: u64, text: &str) -> Result<(String, ReceiveReport), TextError> {
        let missing = |label: &str| TextError { line, label: label.to_owned(), wrong: Labelled::LabelMissing };
        if !self.version {
            return Err(missing("granary-report"));
        }
        let sender = self.sender.ok_or_else(|| missing("sender"))?;
        let report = ReceiveReport {
            sender: Some(sender.clone()),
            number: self.number.ok_or_else(|| missing("number"))?,
            kind: self.kind.ok_or_else(|| missing("kind"))?,
            first: self.first.ok_or_else(|| missing("first"))?,
            last: self.last.ok_or_else(|| missing("last"))?,
            source: show_hash(&hash(text.as_bytes())),
            line_count: self.line_count.ok_or_else(|| missing("lines"))?,
            balances: (!self.balances.is_empty()).then_some(self.balances),
            lines: (!self.lines.is_empty()).then_some(self.lines),
            due: self.due,
            signed_by: self.signed_by,
        };
        if self.is_checked { Ok((sender, report)) } else { Err(missing("sha256")) }
    }
}

/// `name=value; name=value`.
struct Fields {
    line: u64,
    fields: Vec<(String, String)>,
}

impl Fields {
    fn read(line: u64, text: &str) -> Result<Self, TextError> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for part in text.split("; ") {
            let wrong = |wrong: Labelled| TextError { line, label: part.chars().take(40).collect(), wrong };
            let (name, value) = part.split_once('=').ok_or_else(|| wrong(Labelled::NoPair))?;
            let value = unescape(value.trim()).ok_or_else(|| wrong(Labelled::PairPercent))?;
            if fields.iter().any(|(known, _)| known == name.trim()) {
                return Err(wrong(Labelled::PairTwice));
            }
            fields.push((name.trim().to_owned(), value));
        }
        Ok(Self { line, fields })
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let place = self.fields.iter().position(|(known, _)| known == name)?;
        Some(self.fields.remove(place).1)
    }

    fn need(&mut self, name: &str) -> Result<String, TextError> {
        self.take(name).ok_or_else(|| self.wrong(name, Labelled::FieldMissing))
    }

    fn wrong(&self, name: &str, wrong: Labelled) -> TextError {
        TextError { line: self.line, label: name.to_owned(), wrong }
    }

    fn end(self) -> Result<(), TextError> {
        match self.fields.first() {
            None => Ok(()),
            Some((name, _)) => Err(self.wrong(name, Labelled::FieldUnknown)),
        }
    }
}

#[cfg(test)]
mod tests;
