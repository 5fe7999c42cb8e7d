//! The static files, behind the log: outside the acknowledged path.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use store::{Recorded, TileWriter};

use crate::opened::LedgerError;

/// The static files follow the log at least this often while anything happens.
const PUBLISH_EVERY: Duration = Duration::from_secs(2);

pub(super) fn run(mut tiles: TileWriter, recorded: &Receiver<(Recorded, Vec<u8>)>) -> Result<(), LedgerError> {
    let mut unpublished: Option<Vec<u8>> = None;
    let mut published_at = Instant::now();
    loop {
        match recorded.recv_timeout(PUBLISH_EVERY) {
            Ok((recorded, note)) => {
                for sealed in &recorded.sealed {
                    tiles.take(sealed)?;
                }
                unpublished = Some(note);
                if published_at.elapsed() < PUBLISH_EVERY {
                    continue;
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return unpublished.map_or(Ok(()), |note| tiles.publish(&note).map_err(LedgerError::Tiles));
            }
        }
        if let Some(note) = unpublished.take() {
            tiles.publish(&note)?;
        }
        published_at = Instant::now();
    }
}
