//! What a source says, carried to the ledger in frames: one verdict for each thing said, in order.

use std::time::{Duration, Instant};

use bus::{BusError, Frame, PutError, Queue, Sender};
use ingest::{Due, Load, Reckoning, Tally};
use wire::frame::Form;
use wire::slots::Slots;
use wire::verdict::Verdict;

/// Bytes that go to the ledger together.
const FRAME_BYTES: usize = 256 << 10;
/// How long a verdict may take before the same frame is posted again: that changes nothing.
const WAIT: Duration = Duration::from_secs(30);
/// How long to wait where the queue is full.
const PAUSE: Duration = Duration::from_millis(100);

/// Carries what a source says, and gives every verdict to `say`, with its line and column, as it comes. Stops where `say`
/// says no, between two frames.
///
/// # Errors
/// When the ledger does not answer for so long, `patience`, that something is wrong. What was recorded stays, and the same
/// source again goes on from there.
pub async fn carry(
    queue: &dyn Queue,
    sender: &Sender,
    load: Load,
    patience: Duration,
    mut say: impl FnMut(Verdict) -> bool,
) -> Result<Tally, PutError> {
    let (mut reckoning, items) = load.begin();
    let mut frame = Vec::new();
    let mut slots = Slots::default();
    for item in items {
        match reckoning.take(item) {
            Due::Post(label, command) => {
                if frame.is_empty() {
                    Form::Lines.begin(&mut frame);
                }
                Form::Lines.push_command(&mut frame, &command);
                slots.ask(label);
            }
            Due::Told(verdict) => slots.tell(*verdict),
            Due::Nothing => {}
        }
        if frame.len() >= FRAME_BYTES {
            let answer = post(queue, sender, &mut frame, patience).await?;
            if !land(answer, std::mem::take(&mut slots), &mut reckoning, &mut say)? {
                return Ok(reckoning.end().0);
            }
        }
    }
    let answer = post(queue, sender, &mut frame, patience).await?;
    let goes_on = land(answer, slots, &mut reckoning, &mut say)?;
    while let Some(command) = reckoning.record() {
        Form::Lines.begin(&mut frame);
        Form::Lines.push_command(&mut frame, &command);
        for verdict in post(queue, sender, &mut frame, patience).await? {
            reckoning.recorded(&verdict);
        }
    }
    let (tally, rest) = reckoning.end();
    if goes_on {
        rest.into_iter().all(say);
    }
    Ok(tally)
}

/// Gives verdicts on, between those that were known before. Says whether to go on.
fn land(
    answer: Vec<Verdict>,
    slots: Slots,
    reckoning: &mut Reckoning,
    say: &mut impl FnMut(Verdict) -> bool,
) -> Result<bool, PutError> {
    let landed = slots.land(answer).map_err(|error| unanswered(error.to_string()))?;
    let mut goes_on = true;
    for verdict in landed {
        if reckoning.count(&verdict) {
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
