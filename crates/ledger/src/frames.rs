//! Frames of commands: lines of JSON in, one verdict a line out, in the same order.

use bus::Frame;
use bytes::Bytes;
use wire::Command;
use wire::verdict::{Outcome, Verdict};

use crate::answer::{Answer, Request};
use crate::opened::LedgerError;

/// What became of a line before the ledger decided on it.
enum Line {
    /// It is a command, and has a place among the requests.
    Command(books::CommandId),
    /// It is none.
    Invalid(Box<Verdict>),
}

/// A frame, read.
pub struct Parsed {
    lines: Vec<(u64, Line)>,
    /// Its commands, in order.
    pub requests: Vec<Request>,
}

/// Reads a frame: one JSON command a line; blank lines are skipped.
#[must_use]
pub fn parse(frame: &Frame) -> Parsed {
    let mut lines = Vec::new();
    let mut requests = Vec::new();
    for (number, line) in (1..).zip(frame.bytes.split(|byte| *byte == b'\n')) {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let line = match Command::from_json(line) {
            Ok(command) => {
                let id = command.id;
                requests.push(Request::Named(Box::new(command)));
                Line::Command(id)
            }
            Err(malformed) => Line::Invalid(Box::new(Verdict {
                line: Some(number),
                column: None,
                id: malformed.id.clone(),
                outcome: Outcome::Invalid,
                seq: None,
                code: Some(malformed.code.to_owned()),
                message: Some(malformed.message()),
                hint: Some(malformed.hint.clone()),
            })),
        };
        lines.push((number, line));
    }
    Parsed { lines, requests }
}

impl Parsed {
    /// The verdicts, one JSON object a line.
    ///
    /// # Errors
    /// Never, unless there are fewer answers than commands.
    pub fn verdicts(self, answers: Vec<Answer>) -> Result<Bytes, LedgerError> {
        let mut answers = answers.into_iter();
        self.write(|number, id| answers.next().map(|answer| answer.verdict(Some(number), id)))
    }

    /// The same verdict on every command: nothing of the frame was decided.
    ///
    /// # Errors
    /// Never.
    pub fn all_refused(self, code: &str, message: &str, hint: &str) -> Result<Bytes, LedgerError> {
        self.write(|number, id| {
            Some(Verdict {
                line: Some(number),
                column: None,
                id: Some(uuid::Uuid::from_bytes(id.0).to_string()),
                outcome: Outcome::Invalid,
                seq: None,
                code: Some(code.to_owned()),
                message: Some(message.to_owned()),
                hint: Some(hint.to_owned()),
            })
        })
    }

    fn write(self, mut verdict: impl FnMut(u64, books::CommandId) -> Option<Verdict>) -> Result<Bytes, LedgerError> {
        let mut out = Vec::with_capacity(self.lines.len() * 96);
        for (number, line) in self.lines {
            let verdict = match line {
                Line::Invalid(verdict) => *verdict,
                Line::Command(id) => verdict(number, id).ok_or(LedgerError::Stopped)?,
            };
            serde_json::to_writer(&mut out, &verdict).map_err(|error| LedgerError::Failed(error.to_string()))?;
            out.push(b'\n');
        }
        Ok(out.into())
    }
}
