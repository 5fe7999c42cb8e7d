//! A folder of static files: what a ledger writes to `tiles/`, or a copy of it.

use std::io;
use std::path::{Path, PathBuf};

use chain::{ARCHIVE, Archived, FileError, LogFiles, Tile};

/// Bytes of the longest file of a log that is read: 256 entries of 65,535 bytes, each with its length.
pub(crate) const FILE_BYTES_MAX: u64 = 256 * (65_535 + 2);

/// The file of an archive that says which events it has: `events 1 to N`.
pub const ARCHIVE_HEAD: &str = "archived";

/// See the module.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    /// Where old entries are, whatever the log says.
    archive: Option<PathBuf>,
}

impl Folder {
    /// The folder at a path. Nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), archive: None }
    }

    /// With old entries in a folder, where its reader says so: the log names the one of the machine that it was made on.
    #[must_use]
    pub fn archived_in(mut self, folder: Option<&Path>) -> Self {
        self.archive = folder.map(Path::to_owned);
        self
    }

    /// Where it is.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where old entries went, if any did.
    #[must_use]
    pub fn archive(&self) -> Option<Archive> {
        let Archived { minimum_index, folder } = Archived::parse(&read_bounded(&self.root.join(ARCHIVE)).ok()?)?;
        let folder = self.archive.clone().unwrap_or_else(|| self.root.join(folder));
        Some(Archive { minimum_index, folder })
    }

    /// Where this is an archive: events up to here lie in it, and later ones with the log.
    #[must_use]
    pub fn holds_through(&self) -> Option<u64> {
        let text = String::from_utf8(read_bounded(&self.root.join(ARCHIVE_HEAD)).ok()?).ok()?;
        text.strip_prefix("events 1 to ")?.strip_suffix('\n')?.parse().ok()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        read_bounded(&self.root.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FileError::Missing { path: path.to_owned() },
            _ => FileError::Unreadable { path: path.to_owned(), problem: error.to_string() },
        })
    }
}

/// An archive of old entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    /// Bundles that end at or below it are there.
    pub minimum_index: u64,
    /// Where it is.
    pub folder: PathBuf,
}

impl Archive {
    /// As it is said in the file.
    #[must_use]
    pub fn archived(&self) -> Archived {
        Archived { minimum_index: self.minimum_index, folder: self.folder.display().to_string() }
    }
}

impl LogFiles for Folder {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        self.read("checkpoint")
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        let found = self.read(&tile.path());
        let Err(FileError::Missing { .. }) = found else { return found };
        match self.archive().filter(|archive| archive.archived().holds(tile)) {
            Some(archive) => Self::at(archive.folder).read(&tile.path()),
            None => found,
        }
    }
}

/// Reads a file that is not longer than any of ours. It may be a stranger's: a pipe in its place is none.
pub(crate) fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    crate::plain::read_bounded(crate::plain::open(path)?, FILE_BYTES_MAX)
}
