//! Where the static files of a log are: in a folder, or at a server.

use chain::{FileError, LogFiles, Tile};
use shell::Failure;

use crate::cli::Dir;
use crate::cli::audit::Source;
use crate::client::Client;

/// The static files of a log.
pub(crate) enum Log {
    /// In a folder; also while a server holds the ledger: nobody writes to a file that is there.
    Folder(auditor::Folder),
    /// At a server.
    Server(Client),
}

impl Log {
    /// What was named.
    pub(crate) fn of(source: &Source) -> Result<Self, Failure> {
        Self::at(&source.dir, source.tiles.as_deref())
    }

    /// The same by its parts.
    pub(crate) fn at(dir: &Dir, tiles: Option<&std::path::Path>) -> Result<Self, Failure> {
        match (tiles, &dir.server) {
            (Some(_), Some(_)) => Err(Failure::wrong_use("either --tiles or --server, not both")),
            (Some(tiles), None) => Ok(Self::Folder(auditor::Folder::at(tiles))),
            (None, Some(url)) => Ok(Self::Server(Client::new(url))),
            (None, None) => Ok(Self::Folder(auditor::Folder::at(dir.dir.join("tiles")))),
        }
    }
}

impl LogFiles for Log {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Folder(folder) => folder.checkpoint(),
            Self::Server(client) => client.file("checkpoint"),
        }
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        match self {
            Self::Folder(folder) => folder.file(tile),
            Self::Server(client) => client.file(&tile.path()),
        }
    }
}
