//! A frame: a batch of commands in one message, and the verdicts that answer it, in one of two forms that say the same.
//!
//! - **Lines**: one JSON command a line, one JSON verdict a line.
//! - **CBOR**: the mark of self-described CBOR (tag 55799: `d9 d9 f7`), then a sequence of arrays, one a command or a
//!   verdict (`schemas/frame.cddl`). Little more than half the bytes.
//!
//! A frame begins with what tells its form, because its sender signs these bytes and nothing beside them.

mod cbor;
mod together;

use crate::command::{Command, Malformed};
use crate::strict::without_mark;
use crate::verdict::Verdict;

pub use together::{Consent, Group, Said};

/// How a frame is written, and its verdicts with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// One JSON object a line.
    #[default]
    Lines,
    /// Arrays of CBOR.
    Cbor,
}

/// A command of a frame, not read yet.
#[derive(Clone, Copy, Debug)]
pub struct Item<'f> {
    /// The line it stands on, or its place in the sequence, counted from 1.
    pub line: u64,
    bytes: &'f [u8],
    form: Form,
}

/// What a command wants, as far as rights go; read even where the rest of it cannot be. Whatever reads as a command has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Wanted {
    /// Its id, where it is a UUID.
    #[serde(default, deserialize_with = "id_of")]
    pub id: Option<String>,
    /// The act's word.
    pub act: String,
    /// Code of the party that asks.
    pub party: String,
    /// Is it one of a group, to which its party may consent otherwise than by sending it? The ledger alone knows whose key is whose.
    #[serde(skip)]
    pub is_grouped: bool,
}

fn id_of<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = <serde_json::Value as serde::Deserialize>::deserialize(deserializer)?;
    Ok(value.as_str().and_then(|id| uuid::Uuid::parse_str(id).ok()).map(|id| id.to_string()))
}

impl Form {
    /// The form of a frame, or of its verdicts.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if bytes.starts_with(&cbor::MARK) { Self::Cbor } else { Self::Lines }
    }

    /// Its media type over HTTP.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Lines => "application/x-ndjson",
            Self::Cbor => "application/cbor-seq",
        }
    }

    /// What a frame of commands, or a list of verdicts, begins with.
    pub fn begin(self, out: &mut Vec<u8>) {
        if self == Self::Cbor {
            out.extend_from_slice(&cbor::MARK);
        }
    }

    /// Adds a command to a frame.
    pub fn push_command(self, out: &mut Vec<u8>, command: &Command) {
        match self {
            Self::Lines => {
                out.extend_from_slice(command.to_text().as_bytes());
                out.push(b'\n');
            }
            Self::Cbor => cbor::write_command(out, command),
        }
    }

    /// Adds a verdict. A place in a sequence needs no number: verdicts of CBOR stand in the order of the commands.
    pub fn push_verdict(self, out: &mut Vec<u8>, verdict: &Verdict) {
        match self {
            Self::Lines => {
                serde_json::to_writer(&mut *out, verdict).expect("memory takes a verdict");
                out.push(b'\n');
            }
            Self::Cbor => cbor::write_verdict(out, verdict),
        }
    }
}

/// The commands of a frame. Blank lines are none; what follows the first item of CBOR that has no end is one last item.
pub fn items(bytes: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let form = Form::of(bytes);
    let (lines, sequence) = match form {
        Form::Lines => (without_mark(bytes), &[][..]),
        Form::Cbor => (&[][..], &bytes[cbor::MARK.len()..]),
    };
    let lines = lines.split(|byte| *byte == b'\n').zip(1..);
    let lines = lines.filter(|(line, _)| !line.iter().all(u8::is_ascii_whitespace));
    lines.chain(cbor::items(sequence).zip(1..)).map(move |(bytes, line)| Item { line, bytes, form })
}

impl Item<'_> {
    /// The command.
    ///
    /// # Errors
    /// Says which field is wrong and what to do.
    pub fn command(&self) -> Result<Command, Malformed> {
        self.form.command(self.bytes)
    }

    /// All that it says: a command, a group of them, or what is only tried.
    ///
    /// # Errors
    /// Says which field is wrong and what to do.
    pub fn said(&self) -> Result<Said, Malformed> {
        self.form.said(self.bytes)
    }

    /// What it wants, as far as that can be read; of a group and of a trial, what each of its commands does.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        self.form.all_wanted(self.bytes)
    }
}

/// Reads a line by itself.
///
/// # Errors
/// Says which field is wrong and what to do.
pub fn read_line(line: &[u8]) -> Result<Said, Malformed> {
    Form::Lines.said(line)
}

/// Is a line a group or a trial, and no command?
#[must_use]
pub fn is_together(line: &[u8]) -> bool {
    together::Pieces::of_line(line).is_some()
}

/// How many verdicts a line gets.
#[must_use]
pub fn verdict_count(line: &[u8]) -> usize {
    if is_together(line) { read_line(line).map_or(1, |said| said.count()) } else { 1 }
}

/// Lines as one line: a trial of each, or with `group` one of them all.
#[must_use]
pub fn together<'l>(word: &str, lines: impl Iterator<Item = &'l [u8]>) -> Vec<u8> {
    let mut out = format!(r#"{{"{word}":["#).into_bytes();
    for (place, line) in lines.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        out.extend_from_slice(line.trim_ascii());
    }
    out.extend_from_slice(b"]}");
    out
}

/// The verdicts on a frame, in the form in which they came.
///
/// # Errors
/// When they cannot be read.
pub fn verdicts(bytes: &[u8]) -> Result<Vec<Verdict>, String> {
    match Form::of(bytes) {
        Form::Lines => {
            let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            lines.map(|line| serde_json::from_slice(line).map_err(|error| error.to_string())).collect()
        }
        Form::Cbor => {
            let items = cbor::items(&bytes[cbor::MARK.len()..]).zip(1..);
            items.map(|(item, line)| cbor::read_verdict(item, line).map_err(|error| error.to_string())).collect()
        }
    }
}

/// The highest event that verdicts name. There may be thousands: no more of them is read than that.
#[must_use]
pub fn last_seq(verdicts: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Numbered {
        #[serde(default)]
        seq: Option<u64>,
    }
    match Form::of(verdicts) {
        Form::Lines => {
            let lines = verdicts.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            lines.filter_map(|line| serde_json::from_slice::<Numbered>(line).ok()?.seq).max()
        }
        Form::Cbor => cbor::items(&verdicts[cbor::MARK.len()..]).filter_map(cbor::seq_of).max(),
    }
}

#[cfg(test)]
mod tests;
