//! Carries commands to the ledger, or to the server that holds it, in frames, and their verdicts back in the order in which they were given.

use std::collections::VecDeque;

use books::CommandId;
use ledger::{Asked, Ledger, Line, Request, Ticket};
use shell::Failure;
use wire::slots::{Label, Slots};
use wire::verdict::Verdict;
use wire::{Command, Malformed};

use crate::client::Client;

/// Commands that go to the ledger together.
const FRAME_COMMANDS: usize = 2_048;
/// Frames on their way at the same time.
const FRAMES_IN_FLIGHT: usize = 4;

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
    Ticket(Ticket, Vec<CommandId>),
    Here(Vec<Verdict>),
}

/// See the module.
pub(crate) struct Courier<'l> {
    desk: Desk<'l>,
    slots: Slots,
    /// For a ledger: what is asked, read, and the ids of its commands.
    asked: Vec<Asked>,
    ids: Vec<CommandId>,
    /// For a server: commands, a line each.
    lines: Vec<String>,
    flights: VecDeque<(Slots, Pending)>,
}

type Land<'a> = &'a mut dyn FnMut(Verdict) -> Result<(), Failure>;

impl<'l> Courier<'l> {
    pub(crate) fn new(desk: Desk<'l>) -> Self {
        let (asked, ids, lines) = (Vec::new(), Vec::new(), Vec::new());
        Self { desk, slots: Slots::default(), asked, ids, lines, flights: VecDeque::new() }
    }

    /// Gives a command to carry; verdicts that have come back meanwhile are given to `land`.
    pub(crate) fn post(&mut self, label: Label, command: Command, land: Land<'_>) -> Result<(), Failure> {
        match self.desk {
            Desk::Ledger(_) => {
                self.ids.push(command.id);
                self.asked.push(Asked::One(Request::Named(Box::new(command))));
            }
            Desk::Server(_) => self.lines.push(command.to_text()),
        }
        self.slots.ask(label);
        self.send_if_full(land)
    }

    /// Gives a command, a group or a trial as its sender wrote it. Whoever decides reads it: a server gets the same text.
    pub(crate) fn post_text(&mut self, label: Label, line: &[u8], land: Land<'_>) -> Result<(), Failure> {
        let count = wire::frame::verdict_count(line);
        let place = |place: u32| wire::frame::is_together(line).then_some(place);
        let labels = (1..).take(count).map(|number| Label { place: place(number), ..label.clone() }).collect();
        self.post_line(labels, line, land)
    }

    /// Gives a line that gets a verdict for each label.
    pub(crate) fn post_line(&mut self, labels: Vec<Label>, line: &[u8], land: Land<'_>) -> Result<(), Failure> {
        match (self.desk, std::str::from_utf8(line)) {
            (Desk::Server(_), Ok(text)) => {
                self.lines.push(text.to_owned());
                labels.into_iter().for_each(|label| self.slots.ask(label));
            }
            _ => self.post_said(labels, wire::frame::read_line(line)),
        }
        self.send_if_full(land)
    }

    /// Gives what was read, which gets a verdict for each label.
    pub(crate) fn post_said(&mut self, labels: Vec<Label>, said: Result<wire::frame::Said, Malformed>) {
        let (leaves, asked) = ledger::laid_out(said);
        for (label, leaf) in labels.into_iter().zip(leaves) {
            match leaf.is {
                Line::Command(id) => {
                    self.ids.push(id);
                    self.slots.ask(label);
                }
                Line::Invalid(verdict) => self.slots.tell(label.of(*verdict)),
            }
        }
        self.asked.extend(asked);
    }

    /// Gives what is no command: its verdict comes back in its turn.
    pub(crate) fn note(&mut self, label: Label, malformed: &Malformed) {
        self.slots.note(label, malformed);
    }

    /// Gives a verdict that is known already: it comes back in its turn.
    pub(crate) fn tell(&mut self, verdict: Verdict) {
        self.slots.tell(verdict);
    }

    /// Waits for every verdict.
    pub(crate) fn settle(&mut self, land: Land<'_>) -> Result<(), Failure> {
        self.send()?;
        while !self.flights.is_empty() {
            self.land_one(land)?;
        }
        Ok(())
    }

    fn send_if_full(&mut self, land: Land<'_>) -> Result<(), Failure> {
        if self.slots.len() >= FRAME_COMMANDS {
            self.send()?;
            while self.flights.len() > FRAMES_IN_FLIGHT {
                self.land_one(land)?;
            }
        }
        Ok(())
    }

    fn send(&mut self) -> Result<(), Failure> {
        if self.slots.is_empty() {
            return Ok(());
        }
        let (asked, ids) = (std::mem::take(&mut self.asked), std::mem::take(&mut self.ids));
        let lines = std::mem::take(&mut self.lines);
        let pending = match &self.desk {
            Desk::Ledger(ledger) if !asked.is_empty() => Pending::Ticket(ledger.submit_all(asked)?, ids),
            Desk::Server(client) if !lines.is_empty() => Pending::Here(client.post(&lines)?),
            Desk::Ledger(_) | Desk::Server(_) => Pending::Here(Vec::new()),
        };
        self.flights.push_back((std::mem::take(&mut self.slots), pending));
        Ok(())
    }

    fn land_one(&mut self, land: Land<'_>) -> Result<(), Failure> {
        let Some((slots, pending)) = self.flights.pop_front() else { return Ok(()) };
        let verdicts = match pending {
            Pending::Ticket(ticket, ids) => {
                ticket.wait()?.iter().zip(ids).map(|(answer, id)| answer.verdict(None, id)).collect()
            }
            Pending::Here(verdicts) => verdicts,
        };
        slots.land(verdicts)?.try_for_each(|verdict| land(crate::language::told(verdict)))
    }
}
