//! Frames of commands in, one verdict a command out, in the same order and the same form; groups and trials are laid out in it.

use bus::Frame;
use bytes::Bytes;
use wire::Malformed;
use wire::frame::{Form, Group, Said};
use wire::verdict::{Outcome, Retry, Verdict};

use crate::answer::{Answer, Asked};
use crate::decider::another;
use crate::opened::LedgerError;

/// What gets one verdict.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Its place in a group or a trial, from 1.
    pub place: Option<u32>,
    /// What became of it before the ledger decided on it.
    pub is: Line,
}

/// What became of a command before the ledger decided on it.
#[derive(Clone, Debug)]
pub enum Line {
    /// It has a place among what is asked.
    Command(books::CommandId),
    /// It is none, or nothing is decided of the group that it is in.
    Invalid(Box<Verdict>),
}

/// A frame, read.
pub struct Parsed {
    form: Form,
    lines: Vec<(u64, Leaf)>,
    /// What it asks, in order.
    pub asked: Vec<Asked>,
}

/// Reads a frame.
#[must_use]
pub fn parse(frame: &Frame) -> Parsed {
    let mut lines = Vec::new();
    let mut asked = Vec::new();
    for item in wire::frame::items(&frame.bytes) {
        let (leaves, wanted) = laid_out(item.said());
        lines.extend(leaves.into_iter().map(|leaf| (item.line, leaf)));
        asked.extend(wanted);
    }
    Parsed { form: Form::of(&frame.bytes), lines, asked }
}

/// What an item asks, and what gets a verdict for it, in order.
#[must_use]
pub fn laid_out(said: Result<Said, Malformed>) -> (Vec<Leaf>, Option<Asked>) {
    let mut leaves = Vec::new();
    let is_together = matches!(said, Ok(Said::Group(_) | Said::Trial(_)));
    match said {
        Err(malformed) => leaves.push(Line::Invalid(Box::new((&malformed).into()))),
        Ok(said) => match lay_out(said, &mut leaves) {
            None => return (placed(leaves, is_together), None),
            asked => return (placed(leaves, is_together), asked),
        },
    }
    (placed(leaves, is_together), None)
}

fn placed(leaves: Vec<Line>, is_together: bool) -> Vec<Leaf> {
    let place = |place: u32| is_together.then_some(place);
    (1..).zip(leaves).map(|(number, is)| Leaf { place: place(number), is }).collect()
}

fn lay_out(said: Said, leaves: &mut Vec<Line>) -> Option<Asked> {
    match &said {
        Said::Command(command) => leaves.push(Line::Command(command.id)),
        Said::Group(group) => leaves.extend(of_group(group)),
        Said::Trial(_) => {}
    }
    match said {
        Said::Trial(tried) => {
            let mut asked = Vec::new();
            for one in tried {
                match one {
                    Ok(said) => asked.extend(lay_out(said, leaves)),
                    Err(malformed) => leaves.push(Line::Invalid(Box::new((&malformed).into()))),
                }
            }
            Some(Asked::Trial(asked))
        }
        other @ (Said::Command(_) | Said::Group(_)) => Asked::of(other),
    }
}

/// Where one of a group is no command, nothing of the group is decided.
fn of_group(group: &Group) -> Vec<Line> {
    let unread =
        group.commands.iter().enumerate().find_map(|(at, read)| read.as_ref().err().map(|error| (at, error.code())));
    let line = |read: &Result<wire::Command, Malformed>| match (read, unread) {
        (Ok(command), None) => Line::Command(command.id),
        (Ok(command), Some((at, code))) => {
            let refused = another(at, code, None, String::new());
            Line::Invalid(Box::new(Verdict::refused(command.id, None, &refused)))
        }
        (Err(malformed), _) => Line::Invalid(Box::new(malformed.into())),
    };
    group.commands.iter().map(line).collect()
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
        let mut given: [(Outcome, u64); 6] = Outcome::ALL.map(|outcome| (outcome, 0));
        for (number, Leaf { place, is }) in self.lines {
            let verdict = match is {
                Line::Invalid(verdict) => Verdict { line: Some(number), ..*verdict },
                Line::Command(id) => verdict(number, id).ok_or(LedgerError::Stopped)?,
            };
            let verdict = Verdict { place, ..verdict };
            self.form.push_verdict(&mut out, &verdict);
            given.iter_mut().filter(|(outcome, _)| *outcome == verdict.outcome).for_each(|(_, count)| *count += 1);
        }
        for (outcome, count) in given.into_iter().filter(|(_, count)| *count > 0) {
            metrics::counter!("granary_verdicts_total", "outcome" => outcome.word()).increment(count);
        }
        Ok(out.into())
    }
}
