//! Carries commands to the ledger, or to the server that holds it, in frames, and their verdicts back in the order in which they were given.

use std::collections::VecDeque;

use books::CommandId;
use ledger::{Ledger, Request, Ticket};
use shell::Failure;
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};

use crate::client::Client;

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

/// Whoever decides.
#[derive(Clone, Copy)]
pub(crate) enum Desk<'l> {
    /// A ledger in this process.
    Ledger(&'l Ledger),
    /// A server.
    Server(&'l Client),
}

/// Verdicts that are on their way, or here.
enum Pending {
    Ticket(Ticket),
    Here(Vec<Verdict>),
}

struct Flight {
    slots: Vec<Slot>,
    pending: Pending,
}

/// See the module.
pub(crate) struct Courier<'l> {
    desk: Desk<'l>,
    slots: Vec<Slot>,
    commands: Vec<Command>,
    flights: VecDeque<Flight>,
}

type Land<'a> = &'a mut dyn FnMut(Verdict) -> Result<(), Failure>;

impl<'l> Courier<'l> {
    pub(crate) fn new(desk: Desk<'l>) -> Self {
        Self { desk, slots: Vec::new(), commands: Vec::new(), flights: VecDeque::new() }
    }

    /// Gives a command to carry; verdicts that have come back meanwhile are given to `land`.
    pub(crate) fn post(&mut self, label: Label, command: Command, land: Land<'_>) -> Result<(), Failure> {
        self.slots.push(Slot::Asked { label, id: command.id });
        self.commands.push(command);
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
        let commands = std::mem::take(&mut self.commands);
        let pending = match &self.desk {
            _ if commands.is_empty() => Pending::Here(Vec::new()),
            Desk::Ledger(ledger) => {
                let named = |command| Request::Named(Box::new(command));
                Pending::Ticket(ledger.submit(commands.into_iter().map(named).collect())?)
            }
            Desk::Server(client) => Pending::Here(client.post(&commands)?),
        };
        self.flights.push_back(Flight { slots: std::mem::take(&mut self.slots), pending });
        Ok(())
    }

    fn land_one(&mut self, land: Land<'_>) -> Result<(), Failure> {
        let Some(Flight { slots, pending }) = self.flights.pop_front() else { return Ok(()) };
        let asked = slots.iter().filter_map(|slot| if let Slot::Asked { id, .. } = slot { Some(*id) } else { None });
        let verdicts: Vec<Verdict> = match pending {
            Pending::Ticket(ticket) => {
                ticket.wait()?.into_iter().zip(asked).map(|(answer, id)| answer.verdict(None, id)).collect()
            }
            Pending::Here(verdicts) => verdicts,
        };
        let mut verdicts = verdicts.into_iter();
        for slot in slots {
            land(match slot {
                Slot::Known(verdict) => *verdict,
                Slot::Asked { label, .. } => {
                    let verdict = verdicts.next().expect("one answer for each command of a frame");
                    Verdict { line: Some(label.line), column: label.column, ..verdict }
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
