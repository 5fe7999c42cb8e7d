//! Why a ledger could not be created, opened or written. Each says its own part, and keeps its cause.

use std::io;
use std::path::PathBuf;

use crate::engine::EngineError;
use crate::head::HeadFault;
use crate::holder::Holder;
use crate::read::ReadError;
use crate::tiles::TilesError;

/// Why a ledger could not be created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// There is one already, or what may be the rest of one.
    #[error("`{}` holds a ledger, or what is left of one", .0.display())]
    Occupied(PathBuf),
    /// Somebody holds the folder.
    #[error("the folder is held by {by}")]
    Held {
        /// Who.
        by: Holder,
    },
    /// The file system refused.
    #[error("lay out the folder of the ledger")]
    Io(#[from] io::Error),
    /// sled could not.
    #[error("write the first head")]
    Engine(#[from] EngineError),
    /// It was laid out, and then could not be opened.
    #[error("open the new ledger")]
    Open(#[from] OpenError),
}

/// Why a ledger could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder holds no ledger. None is ever made by opening.
    #[error("`{}` holds no ledger", .0.display())]
    NotALedger(PathBuf),
    /// Somebody holds the folder.
    #[error("the ledger is held by {by}")]
    Held {
        /// Who.
        by: Holder,
    },
    /// Created by a later release.
    #[error("format version {0} is not known to this release")]
    Version(u8),
    /// The marker says that there is a log, and there is none.
    #[error("the ledger was created, and its log is missing")]
    LogMissing,
    /// sled does not open its files.
    #[error("the log is damaged")]
    Damaged(#[source] EngineError),
    /// The head is missing or damaged.
    #[error("the log has no sound head")]
    Head(#[from] HeadFault),
    /// The log ends before something outside it says it does: what was recorded has been lost.
    #[error("the log ends at {found} entries, and {witness} says that {expected} were recorded")]
    Shortened {
        /// Entries in the log.
        found: u64,
        /// Entries recorded.
        expected: u64,
        /// Who says so.
        witness: &'static str,
    },
    /// The log has other entries than something outside it says.
    #[error("the log differs from {witness} at {size} entries")]
    Diverged {
        /// Where both have a root.
        size: u64,
        /// Who says so.
        witness: &'static str,
    },
    /// The log of another ledger.
    #[error("the folder was created as `{marker}`, and its log is that of `{log}`")]
    OtherLedger {
        /// What the marker says.
        marker: String,
        /// What the head says.
        log: String,
    },
    /// The head and what lies in the tree contradict each other.
    #[error("the log and its head contradict each other: {0}")]
    Inconsistent(&'static str),
    /// Something that opening reads is damaged.
    #[error("read what was recorded")]
    Read(#[from] ReadError),
    /// The static files are not whole.
    #[error("read the static files")]
    Tiles(#[from] TilesError),
    /// The file system refused.
    #[error("open the files of the ledger")]
    Io(#[from] io::Error),
}

/// Does an error say that there is no room on the disk? Nothing is damaged then.
#[must_use]
pub fn is_disk_full(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let io = match (error.downcast_ref::<io::Error>(), error.downcast_ref::<sled::Error>()) {
            (Some(io), _) => Some(io.kind()),
            (None, Some(sled::Error::Io(io))) => Some(io.kind()),
            (None, _) => None,
        };
        if io == Some(io::ErrorKind::StorageFull) || error.to_string().contains("No space left on device") {
            return true;
        }
        next = error.source();
    }
    false
}

/// A commit failed, or one before it did. What was asked may or may not be on disk: stop, open again, look.
#[derive(Debug, thiserror::Error)]
pub enum StoreFailed {
    /// This commit failed.
    #[error("commit to the log")]
    Commit(#[from] EngineError),
    /// The pages that a new version follows could not be read.
    #[error("read the pages before this commit")]
    Pages(#[from] ReadError),
    /// An earlier commit failed.
    #[error("the store stopped at an earlier failure")]
    Stopped,
}
