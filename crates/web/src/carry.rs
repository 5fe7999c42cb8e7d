//! What a source says, carried to the ledger in frames: one verdict for each thing said, in order.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bus::{BusError, Frame, PutError, Queue, Sender};
use ingest::{Item, Step};
use serde::{Deserialize, Serialize};
use wire::frame::Form;
use wire::verdict::{Outcome, Verdict};
use wire::{Command, Malformed};

/// Bytes that go to the ledger together.
const FRAME_BYTES: usize = 256 << 10;
/// How long a verdict may take before the same frame is posted again: that changes nothing.
const WAIT: Duration = Duration::from_secs(30);
/// How long to wait where the queue is full.
const PAUSE: Duration = Duration::from_millis(100);

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

    fn count(&mut self, verdict: &Verdict) {
        match verdict.outcome {
            Outcome::Accepted => self.accepted += 1,
            Outcome::Duplicate => self.duplicate += 1,
            Outcome::Refused => self.refused += 1,
            Outcome::Invalid => self.invalid += 1,
        }
    }
}

/// Where a command stood, while its verdict is on its way; or a verdict that is known already.
enum Slot {
    Known(Box<Verdict>),
    Asked { line: u64, column: String },
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
    let mut slots: VecDeque<Slot> = VecDeque::new();
    for item in items {
        let Item { line, column, step } = item;
        match step {
            Step::Post { command, is_revision } => {
                tally.revised += u64::from(is_revision);
                push(&mut frame, &command);
                slots.push_back(Slot::Asked { line, column });
            }
            Step::Unreadable(malformed) => slots.push_back(Slot::Known(Box::new(invalid(line, column, &malformed)))),
            Step::Nothing(_) => tally.nothing += 1,
            Step::Differs { is_rounding: true, .. } => tally.rounding += 1,
            Step::Differs { .. } => tally.differs += 1,
        }
        if frame.len() >= FRAME_BYTES {
            let answer = post(queue, sender, &mut frame, patience).await?;
            if !land(answer, &mut slots, &mut tally, &mut say)? {
                return Ok(tally);
            }
        }
    }
    let answer = post(queue, sender, &mut frame, patience).await?;
    land(answer, &mut slots, &mut tally, &mut say)?;
    Ok(tally)
}

fn push(frame: &mut Vec<u8>, command: &Command) {
    if frame.is_empty() {
        Form::Lines.begin(frame);
    }
    Form::Lines.push_command(frame, command);
}

/// Gives verdicts on, between those that were known before. Says whether to go on.
fn land(
    answer: Vec<Verdict>,
    slots: &mut VecDeque<Slot>,
    tally: &mut Tally,
    say: &mut impl FnMut(Verdict) -> bool,
) -> Result<bool, PutError> {
    let mut verdicts = answer.into_iter();
    let mut goes_on = true;
    for slot in slots.drain(..) {
        let is_registration = matches!(&slot, Slot::Asked { column, .. } if column == "register");
        let verdict = match slot {
            Slot::Known(verdict) => *verdict,
            Slot::Asked { line, column } => {
                let Some(verdict) = verdicts.next() else {
                    return Err(unanswered("it did not answer every command".into()));
                };
                Verdict { line: Some(line), column: (!column.is_empty()).then_some(column), ..verdict }
            }
        };
        // Two sources may register the same party: what is there stays.
        if is_registration && verdict.code.as_deref() == Some("already_registered") {
            tally.duplicate += 1;
            continue;
        }
        tally.count(&verdict);
        goes_on &= say(verdict);
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

fn invalid(line: u64, column: String, malformed: &Malformed) -> Verdict {
    Verdict {
        line: Some(line),
        column: (!column.is_empty()).then_some(column),
        id: malformed.id.clone(),
        outcome: Outcome::Invalid,
        seq: None,
        code: Some(malformed.code.to_owned()),
        message: Some(malformed.message()),
        hint: Some(malformed.hint.clone()),
    }
}
