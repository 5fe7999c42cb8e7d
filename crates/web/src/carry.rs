//! What a source says, carried to the ledger in frames: one verdict for each thing said, in order.

use std::time::{Duration, Instant};

use bus::{BusError, Frame, PutError, Queue, Sender};
use ingest::{Item, Step};
use serde::{Deserialize, Serialize};
use wire::frame::Form;
use wire::slots::{Label, Slots};
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};

/// Bytes that go to the ledger together.
const FRAME_BYTES: usize = 256 << 10;
/// How long a verdict may take before the same frame is posted again: that changes nothing.
const WAIT: Duration = Duration::from_secs(30);
/// How long to wait where the queue is full.
const PAUSE: Duration = Duration::from_millis(100);

/// The column of what registers a party or material that a source is about.
const REGISTER: &str = "register";

/// How a load went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Commands recorded.
    pub accepted: u64,
    /// Recorded before.
    pub duplicate: u64,
    /// Refused by the ledger.
    pub refused: u64,
    /// Could not be read.
    pub invalid: u64,
    /// Figures without a movement.
    pub nothing: u64,
    /// Figures that differ from what was known of their day.
    pub revised: u64,
    /// Lines whose parts do not add up, by rounding.
    pub rounding: u64,
    /// Lines whose parts do not add up, by more.
    pub differs: u64,
}

impl Tally {
    /// Was everything taken that was there to be taken?
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.refused == 0 && self.invalid == 0
    }

    /// What a source says, counted as far as nobody decides on it; the command, or what is none, that is left.
    pub fn take(&mut self, item: Item) -> Option<(Label, Result<Box<Command>, Malformed>)> {
        let Item { line, column, step } = item;
        let label = Label { line, column: Some(column) };
        match step {
            Step::Post { command, is_revision } => {
                self.revised += u64::from(is_revision);
                return Some((label, Ok(command)));
            }
            Step::Unreadable(malformed) => return Some((label, Err(*malformed))),
            Step::Nothing(_) => self.nothing += 1,
            Step::Differs { is_rounding: true, .. } => self.rounding += 1,
            Step::Differs { .. } => self.differs += 1,
        }
        None
    }

    /// Counts a verdict. False where there is nothing to tell: two sources may register the same party, and what is there
    /// stays.
    pub fn count(&mut self, verdict: &Verdict) -> bool {
        let is_there = verdict.outcome == Outcome::Refused && verdict.code.as_deref() == Some("already_registered");
        let is_registration = verdict.column.as_deref() == Some(REGISTER);
        match verdict.outcome {
            Outcome::Refused if is_there && is_registration => self.duplicate += 1,
            Outcome::Accepted => self.accepted += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Invalid => self.invalid += 1,
        }
        !(is_there && is_registration)
    }
}

/// Carries what a source says, and gives every verdict to `say`, with its line and column, as it comes. Stops where `say`
/// says no, between two frames.
///
/// # Errors
/// When the ledger does not answer for so long, `patience`, that something is wrong. What was recorded stays, and the same
/// source again goes on from there.
pub async fn carry(
    queue: &dyn Queue,
    sender: &Sender,
    items: Vec<Item>,
    patience: Duration,
    mut say: impl FnMut(Verdict) -> bool,
) -> Result<Tally, PutError> {
    let mut tally = Tally::default();
    let mut frame = Vec::new();
    let mut slots = Slots::default();
    for item in items {
        match tally.take(item) {
            Some((label, Ok(command))) => {
                if frame.is_empty() {
                    Form::Lines.begin(&mut frame);
                }
                Form::Lines.push_command(&mut frame, &command);
                slots.ask(label);
            }
            Some((label, Err(malformed))) => slots.note(label, &malformed),
            None => {}
        }
        if frame.len() >= FRAME_BYTES {
            let answer = post(queue, sender, &mut frame, patience).await?;
            if !land(answer, std::mem::take(&mut slots), &mut tally, &mut say)? {
                return Ok(tally);
            }
        }
    }
    let answer = post(queue, sender, &mut frame, patience).await?;
    land(answer, slots, &mut tally, &mut say)?;
    Ok(tally)
}

/// Gives verdicts on, between those that were known before. Says whether to go on.
fn land(
    answer: Vec<Verdict>,
    slots: Slots,
    tally: &mut Tally,
    say: &mut impl FnMut(Verdict) -> bool,
) -> Result<bool, PutError> {
    let landed = slots.land(answer).map_err(|error| unanswered(error.to_string()))?;
    let mut goes_on = true;
    for verdict in landed {
        if tally.count(&verdict) {
            goes_on &= say(verdict);
        }
    }
    Ok(goes_on)
}

/// Posts a frame until it is answered: posting it twice changes nothing.
async fn post(
    queue: &dyn Queue,
    sender: &Sender,
    frame: &mut Vec<u8>,
    patience: Duration,
) -> Result<Vec<Verdict>, PutError> {
    let bytes = std::mem::take(frame);
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let until = Instant::now() + patience;
    let frame = Frame { bytes: bytes.into(), sender: sender.clone(), ..Frame::default() };
    loop {
        let error = match queue.submit(frame.clone(), WAIT.min(patience)).await {
            Ok(answer) => {
                return wire::frame::verdicts(&answer).map_err(unanswered);
            }
            Err(error) => error,
        };
        if Instant::now() >= until {
            return Err(error);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn unanswered(problem: String) -> PutError {
    PutError::Bus(BusError::Unavailable { doing: "give verdicts", problem })
}
