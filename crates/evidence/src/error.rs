//! What can go wrong while evidence is made.

use std::io;
use std::path::{Path, PathBuf};

use chain::{CheckpointError, FileError, FromFilesError, NoteError};

/// Evidence could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceError {
    /// A file cannot be written.
    #[error("write `{path}`")]
    Write {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder cannot be made.
    #[error("make the folder `{path}`")]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file of the log is not at hand.
    #[error("read the static files")]
    File(#[from] FileError),
    /// A file of the log is not what it should be.
    #[error("prove from the static files")]
    Files(#[from] FromFilesError),
    /// The checkpoint is no signed note.
    #[error("read the checkpoint")]
    Note(#[from] NoteError),
    /// The checkpoint does not name a tree.
    #[error("read the checkpoint")]
    Checkpoint(#[from] CheckpointError),
    /// An event's bytes are none.
    #[error("event {seq} cannot be read")]
    Unreadable {
        /// Which one.
        seq: u64,
    },
    /// An event cannot be written as JSON.
    #[error("write an event as JSON")]
    Json(#[from] serde_json::Error),
    /// The two logs to compare are of different origins.
    #[error("two logs: `{here}` and `{there}`")]
    TwoLogs {
        /// The one.
        here: String,
        /// The other.
        there: String,
    },
}

pub(crate) fn unwritten(path: &Path) -> impl FnOnce(io::Error) -> EvidenceError + '_ {
    move |source| EvidenceError::Write { path: path.to_owned(), source }
}
