//! Reading the log as events. The log below a head never changes: whoever reads it needs no lock.

use books::{Event, Moment, Seq};
use store::ReadLog;

use crate::opened::LedgerError;

/// The event at a place of the log; `None` past its end.
///
/// # Errors
/// When it cannot be read.
pub fn event(log: &dyn ReadLog, seq: Seq) -> Result<Option<Event>, LedgerError> {
    let Some(leaf_index) = seq.leaf() else { return Ok(None) };
    let Some(bytes) = log.entry(leaf_index)? else { return Ok(None) };
    decode(seq, &bytes).map(Some)
}

/// Calls `each` with every event from one on, until it says no.
///
/// # Errors
/// When one cannot be read.
pub fn events(log: &dyn ReadLog, from: Seq, each: &mut dyn FnMut(Seq, Event) -> bool) -> Result<(), LedgerError> {
    let mut failed = None;
    log.scan(from.leaf().unwrap_or(0), &mut |block| {
        (block.first..).zip(block.entries()).all(|(index, bytes)| {
            let seq = Seq::from_leaf(index);
            match decode(seq, bytes) {
                Ok(event) => each(seq, event),
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        })
    })?;
    failed.map_or(Ok(()), Err)
}

/// The last event up to a head that was recorded at or before a moment; `Seq(0)` before the first.
///
/// # Errors
/// When an event cannot be read.
pub fn known_at(log: &dyn ReadLog, moment: Moment, head: Seq) -> Result<Seq, LedgerError> {
    let (mut low, mut high) = (0, head.0);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        let event = event(log, Seq(middle))?.ok_or(LedgerError::Stopped)?;
        if event.recorded_at <= moment { low = middle } else { high = middle - 1 }
    }
    Ok(Seq(low))
}

fn decode(seq: Seq, bytes: &[u8]) -> Result<Event, LedgerError> {
    wire::event::decode(bytes).map_err(|error| LedgerError::Event { seq, problem: error.to_string() })
}
