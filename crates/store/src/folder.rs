//! The folder of a ledger: which file is where, who holds it, and the small files beside the log.
//!
//! - `granary.json`, the marker: when and as what the ledger was created. Written once, last of all at creation, so where
//!   it stands a log must be.
//! - `recorded`, the high-water mark: size and root of the last commit, overwritten after each sync of the log and not
//!   synced itself. It can lag behind the log after a power cut and can never lead it, so a log that is shorter has lost
//!   something. sled drops a damaged tail in silence; this is what tells.
//! - `published`, a copy of the newest checkpoint among the tiles, with a checksum: it tells when the checkpoint itself is
//!   damaged, missing or an older one, and it can stand in for it.
//! - `lock`: who holds the folder. The lock is the operating system's, the text says who it is ([`Holder`]).

use crate::holder::Holder;
use chain::Hash;
use files::replace;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The paths of a ledger's folder.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at a path. Nothing is touched.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The log (sled).
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.root.join("log")
    }

    /// Is there anything of a log? It may be damaged.
    pub(crate) fn has_log(&self) -> bool {
        let data_bytes = fs::metadata(self.log().join("db")).map_or(0, |data| data.len());
        data_bytes > 0 && self.log().join("conf").exists()
    }

    /// The second copy: hash tiles, entry bundles, checkpoint.
    #[must_use]
    pub fn tiles(&self) -> PathBuf {
        self.root.join("tiles")
    }

    /// The checkpoint among the tiles.
    #[must_use]
    pub fn checkpoint(&self) -> PathBuf {
        self.tiles().join("checkpoint")
    }

    /// The marker.
    #[must_use]
    pub fn marker(&self) -> PathBuf {
        self.root.join("granary.json")
    }

    /// The high-water mark.
    #[must_use]
    pub fn mark(&self) -> PathBuf {
        self.root.join("recorded")
    }

    /// The copy of the checkpoint.
    #[must_use]
    pub fn published(&self) -> PathBuf {
        self.root.join("published")
    }

    /// Where old entry bundles went, if any did.
    #[must_use]
    pub fn archive(&self) -> Option<(chain::Archived, PathBuf)> {
        let archived = chain::Archived::parse(&fs::read(self.tiles().join(chain::ARCHIVE)).ok()?)?;
        let place = self.tiles().join(&archived.folder);
        Some((archived, place))
    }

    /// Who holds the folder at this moment; `None` when nobody does, or that cannot be known.
    #[must_use]
    pub fn holder(&self) -> Option<Holder> {
        let mut file = File::open(self.lock()).ok()?;
        // Shared, and only to see: nobody who looks is in the way of another, and who wants to hold it tries again.
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => Some(Hold::read(&mut file)),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }
}

/// What a ledger was created as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Format version of the log.
    pub format: u8,
    /// Who the ledger is: the origin of its checkpoints.
    pub origin: String,
    /// When it was created, as the caller's clock has it, for people.
    pub created: String,
}

impl Marker {
    /// Reads the marker of a folder; `None` when the folder has none.
    pub fn read(folder: &Folder) -> io::Result<Option<Self>> {
        match fs::read(folder.marker()) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) fn write(&self, folder: &Folder) -> io::Result<()> {
        let mut json = serde_json::to_vec_pretty(self).map_err(io::Error::from)?;
        json.push(b'\n');
        replace(&folder.marker(), &json)
    }
}

/// Writes the copy of the checkpoint: CRC32C of the note (4 bytes), the note.
pub(crate) fn write_published(folder: &Folder, note: &[u8]) -> io::Result<()> {
    replace(&folder.published(), &[&crc32c::crc32c(note).to_be_bytes(), note].concat())
}

/// Reads the copy of the checkpoint. `Ok(None)` when there is none, `Err` when it is damaged.
pub(crate) fn read_published(folder: &Folder) -> io::Result<Option<Vec<u8>>> {
    let bytes = match fs::read(folder.published()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other?,
    };
    match bytes.split_first_chunk::<4>() {
        Some((crc, note)) if crc32c::crc32c(note).to_be_bytes() == *crc => Ok(Some(note.to_vec())),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "the checksum does not match")),
    }
}

/// The exclusive hold on a folder, until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    _file: File,
}

/// Why a folder could not be held.
#[derive(Debug)]
pub(crate) enum HoldError {
    /// Somebody else holds it and says who.
    Held(Holder),
    Io(io::Error),
}

impl Hold {
    /// Takes the folder, or says who has it.
    pub(crate) fn take(folder: &Folder, holder: &Holder) -> Result<Self, HoldError> {
        let path = folder.lock();
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(HoldError::Io)?;
        // A process that this one is starting shares the lock from its fork to its exec: give that time to pass.
        let patience = Instant::now() + Duration::from_millis(300);
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::Error(error)) => return Err(HoldError::Io(error)),
                Err(TryLockError::WouldBlock) if Instant::now() < patience => thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::WouldBlock) => return Err(HoldError::Held(Self::read(&mut file))),
            }
        }
        let line = holder.to_line();
        file.set_len(0).and_then(|()| file.write_all_at(line.as_bytes(), 0)).map_err(HoldError::Io)?;
        Ok(Self { _file: file })
    }

    fn read(file: &mut File) -> Holder {
        let mut text = String::new();
        let _ = file.read_to_string(&mut text);
        Holder::read(&text)
    }
}

const MARK_MAGIC: [u8; 4] = *b"GR1\n";
const MARK_BYTES: usize = 4 + 8 + 32 + 4;

/// The high-water mark: magic `GR1\n`, size u64, root, CRC32C of all before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

/// The open file of the high-water mark.
#[derive(Debug)]
pub(crate) struct MarkFile {
    file: File,
}

impl MarkFile {
    /// Opens the file; creates it where it is missing.
    pub(crate) fn open(folder: &Folder) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.mark())?;
        Ok(Self { file })
    }

    /// Overwrites the mark. In one sector, so that a power cut leaves the old or the new one.
    pub(crate) fn write(&self, mark: Mark) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(MARK_BYTES);
        bytes.extend_from_slice(&MARK_MAGIC);
        bytes.extend_from_slice(&mark.size.to_be_bytes());
        bytes.extend_from_slice(&mark.root);
        let crc = crc32c::crc32c(&bytes);
        bytes.extend_from_slice(&crc.to_be_bytes());
        self.file.write_all_at(&bytes, 0)
    }

    pub(crate) fn sync(&self) -> io::Result<()> {
        self.file.sync_all()
    }
}

impl Mark {
    /// Reads the mark of a folder; `None` when it is missing or damaged.
    pub(crate) fn read(folder: &Folder) -> Option<Self> {
        let bytes = fs::read(folder.mark()).ok()?;
        let bytes: [u8; MARK_BYTES] = bytes.try_into().ok()?;
        let (covered, crc) = bytes.split_at(MARK_BYTES - 4);
        if covered[..4] != MARK_MAGIC || crc32c::crc32c(covered).to_be_bytes() != crc {
            return None;
        }
        Some(Self { size: u64::from_be_bytes(covered[4..12].try_into().ok()?), root: covered[12..44].try_into().ok()? })
    }
}
