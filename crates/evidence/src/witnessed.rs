//! The newest checkpoint for which enough witnesses vouch: a file in the ledger's folder.

use std::fs;
use std::path::{Path, PathBuf};

use auditor::Folder;
use chain::{FileError, LogFiles, Note, Tile};

/// The file with the newest checkpoint that satisfies the policy.
pub const WITNESSED: &str = "witnessed";

/// The newest witnessed checkpoint of a ledger's folder.
#[must_use]
pub fn read_witnessed(dir: &Path) -> Option<Note> {
    Note::parse(&fs::read(dir.join(WITNESSED)).ok()?).ok()
}

/// The static files of a ledger, with the checkpoint that witnesses vouch for, where there is one.
#[derive(Debug)]
pub struct WitnessedFiles(pub PathBuf);

impl LogFiles for WitnessedFiles {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        match read_witnessed(&self.0) {
            Some(note) => Ok(note.to_string().into_bytes()),
            None => Folder::at(self.0.join("tiles")).checkpoint(),
        }
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        Folder::at(self.0.join("tiles")).file(tile)
    }
}
