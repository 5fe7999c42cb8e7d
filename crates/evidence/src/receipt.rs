//! The receipt of an event: for the tree that witnesses vouch for, where it covers the event.

use std::path::Path;

use chain::{Checkpoint, FromFilesError, LogFiles, Note, Receipt, receipt_from};

use crate::witnessed::{WitnessedFiles, read_witnessed};

/// A receipt, and what its reader should know.
#[derive(Debug)]
pub struct Made {
    /// The receipt.
    pub receipt: Receipt,
    /// How many events witnesses cosigned, where they did not cosign this one: the receipt is signed by the log alone.
    pub witnessed_only: Option<u64>,
}

/// The receipt of an event from the static files of a ledger: for the checkpoint that witnesses cosigned, where it covers all
/// events up to `through`. `ledger` is the ledger's folder, where there is more than its static files.
///
/// # Errors
/// When no checkpoint covers the event, or the files are damaged.
pub fn receipt(
    files: &(impl LogFiles + ?Sized),
    ledger: Option<&Path>,
    index: u64,
    through: u64,
) -> Result<Made, FromFilesError> {
    let size_of = |note: Note| Checkpoint::parse(note.text()).map_or(0, |checkpoint| checkpoint.size);
    match ledger.and_then(|dir| read_witnessed(dir).map(|note| (dir, size_of(note)))) {
        Some((dir, size)) if through <= size => {
            Ok(Made { receipt: receipt_from(&WitnessedFiles(dir.to_owned()), index)?, witnessed_only: None })
        }
        other => Ok(Made { receipt: receipt_from(files, index)?, witnessed_only: other.map(|(_, size)| size) }),
    }
}
