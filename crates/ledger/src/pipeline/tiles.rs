//! The static files, behind the log: outside the acknowledged path.

use std::sync::mpsc::{Receiver, RecvTimeoutError};

use crate::opened::LedgerError;
use crate::recorder::{Tiles, ToPublish};

pub(super) fn run(mut tiles: Tiles, recorded: &Receiver<ToPublish>) -> Result<(), LedgerError> {
    loop {
        match recorded.recv_timeout(tiles.due_in()) {
            Ok(recorded) => tiles.take(recorded)?,
            Err(RecvTimeoutError::Timeout) => tiles.publish_if_due()?,
            Err(RecvTimeoutError::Disconnected) => return tiles.publish(),
        }
    }
}
