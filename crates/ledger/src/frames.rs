//! Frames of commands in, one verdict a command out, in the same order and the same form.

use bus::Frame;
use bytes::Bytes;
use wire::frame::Form;
use wire::verdict::{Outcome, Retry, Verdict};

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
    form: Form,
    lines: Vec<(u64, Line)>,
    /// Its commands, in order.
    pub requests: Vec<Request>,
}

/// Reads a frame.
#[must_use]
pub fn parse(frame: &Frame) -> Parsed {
    let mut lines = Vec::new();
    let mut requests = Vec::new();
    for item in wire::frame::items(&frame.bytes) {
        let line = match item.command() {
            Ok(command) => {
                let id = command.id;
                requests.push(Request::Named(Box::new(command)));
                Line::Command(id)
            }
            Err(malformed) => Line::Invalid(Box::new(Verdict { line: Some(item.line), ..Verdict::from(&malformed) })),
        };
        lines.push((item.line, line));
    }
    Parsed { form: Form::of(&frame.bytes), lines, requests }
}

impl Parsed {
    /// The verdicts.
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
        self.all(Outcome::Invalid, None, code, message, hint)
    }

    /// The same of a frame that came too late: the same commands may be posted again as they are.
    ///
    /// # Errors
    /// Never.
    pub fn all_late(self) -> Result<Bytes, LedgerError> {
        let hint = "post the same again: an id is never applied twice";
        self.all(Outcome::Refused, Some(Retry::Later), "late", "the deadline had passed before it was decided", hint)
    }

    fn all(
        self,
        outcome: Outcome,
        retry: Option<Retry>,
        code: &str,
        message: &str,
        hint: &str,
    ) -> Result<Bytes, LedgerError> {
        self.write(|number, id| {
            Some(Verdict {
                line: Some(number),
                code: Some(code.to_owned()),
                message: Some(message.to_owned()),
                hint: Some(hint.to_owned()),
                retry,
                ..Verdict::of(outcome, Some(id))
            })
        })
    }

    fn write(self, mut verdict: impl FnMut(u64, books::CommandId) -> Option<Verdict>) -> Result<Bytes, LedgerError> {
        let mut out = Vec::with_capacity(self.lines.len() * 96);
        self.form.begin(&mut out);
        let mut given: [(Outcome, u64); 5] = Outcome::ALL.map(|outcome| (outcome, 0));
        for (number, line) in self.lines {
            let verdict = match line {
                Line::Invalid(verdict) => *verdict,
                Line::Command(id) => verdict(number, id).ok_or(LedgerError::Stopped)?,
            };
            self.form.push_verdict(&mut out, &verdict);
            given.iter_mut().filter(|(outcome, _)| *outcome == verdict.outcome).for_each(|(_, count)| *count += 1);
        }
        for (outcome, count) in given.into_iter().filter(|(_, count)| *count > 0) {
            metrics::counter!("granary_verdicts_total", "outcome" => outcome.word()).increment(count);
        }
        Ok(out.into())
    }
}
