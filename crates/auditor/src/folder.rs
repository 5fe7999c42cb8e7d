//! A folder of static files: what a ledger writes to `tiles/`, or a copy of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chain::{FileError, LogFiles, Tile};

/// Bytes of the longest file of a log that is read: 256 entries of 65,535 bytes, each with its length.
const FILE_BYTES_MAX: u64 = 256 * (65_535 + 2);

/// See the module.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path. Nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        read_bounded(&self.root.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FileError::Missing { path: path.to_owned() },
            _ => FileError::Unreadable { path: path.to_owned(), problem: error.to_string() },
        })
    }
}

impl LogFiles for Folder {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        self.read("checkpoint")
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        self.read(&tile.path())
    }
}

/// Reads a file that is not longer than any of ours.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.len() > FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "longer than any such file is"));
    }
    fs::read(path)
}
