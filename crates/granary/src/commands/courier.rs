//! Carries commands to the ledger in frames, and their verdicts back in the order in which they were given.

use std::collections::VecDeque;

use books::CommandId;
use ledger::{Ledger, Request, Ticket};
use shell::Failure;
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};

/// Commands that go to the ledger together.
const FRAME_COMMANDS: usize = 2_048;
/// Frames on their way at the same time.
const FRAMES_IN_FLIGHT: usize = 4;

/// Where a command stood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Label {
    pub(crate) line: u64,
    pub(crate) column: Option<String>,
}

/// One verdict: known already, or on its way with a frame.
enum Slot {
    Known(Box<Verdict>),
    Asked { label: Label, id: CommandId },
}

struct Flight {
    slots: Vec<Slot>,
    ticket: Option<Ticket>,
}

/// See the module.
pub(crate) struct Courier<'l> {
    ledger: &'l Ledger,
    slots: Vec<Slot>,
    requests: Vec<Request>,
    flights: VecDeque<Flight>,
}

type Land<'a> = &'a mut dyn FnMut(Verdict) -> Result<(), Failure>;

impl<'l> Courier<'l> {
    pub(crate) fn new(ledger: &'l Ledger) -> Self {
        Self { ledger, slots: Vec::new(), requests: Vec::new(), flights: VecDeque::new() }
    }

    /// Gives a command to carry; verdicts that have come back meanwhile are given to `land`.
    pub(crate) fn post(&mut self, label: Label, command: Command, land: Land<'_>) -> Result<(), Failure> {
        self.slots.push(Slot::Asked { label, id: command.id });
        self.requests.push(Request::Named(Box::new(command)));
        if self.slots.len() >= FRAME_COMMANDS {
            self.send()?;
            while self.flights.len() > FRAMES_IN_FLIGHT {
                self.land_one(land)?;
            }
        }
        Ok(())
    }

    /// Gives a verdict that is known already, to come back in its turn.
    pub(crate) fn note(&mut self, verdict: Verdict) {
        self.slots.push(Slot::Known(Box::new(verdict)));
    }

    /// Waits for every verdict.
    pub(crate) fn settle(&mut self, land: Land<'_>) -> Result<(), Failure> {
        self.send()?;
        while !self.flights.is_empty() {
            self.land_one(land)?;
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Failure> {
        if self.slots.is_empty() {
            return Ok(());
        }
        let requests = std::mem::take(&mut self.requests);
        let ticket = if requests.is_empty() { None } else { Some(self.ledger.submit(requests)?) };
        self.flights.push_back(Flight { slots: std::mem::take(&mut self.slots), ticket });
        Ok(())
    }

    fn land_one(&mut self, land: Land<'_>) -> Result<(), Failure> {
        let Some(flight) = self.flights.pop_front() else { return Ok(()) };
        let mut answers = flight.ticket.map_or(Ok(Vec::new()), Ticket::wait)?.into_iter();
        for slot in flight.slots {
            land(match slot {
                Slot::Known(verdict) => *verdict,
                Slot::Asked { label, id } => {
                    let answer = answers.next().expect("one answer for each command of a frame");
                    Verdict { column: label.column, ..answer.verdict(Some(label.line), id) }
                }
            })?;
        }
        Ok(())
    }
}

/// The verdict on what is no command.
pub(crate) fn invalid(label: Label, malformed: &Malformed) -> Verdict {
    Verdict {
        line: Some(label.line),
        column: label.column,
        id: malformed.id.clone(),
        outcome: Outcome::Invalid,
        seq: None,
        code: Some(malformed.code.to_owned()),
        message: Some(malformed.message()),
        hint: Some(malformed.hint.clone()),
    }
}
