//! What a witness keeps on disk: for each log the newest checkpoint it cosigned, and evidence of contradictions.
//!
//! A checkpoint is a file named by the SHA-256 of the log's origin. It is replaced by renaming a synced file over it, and
//! the folder is synced before anything is said: a power cut leaves the old or the new one, and never an older one than
//! was cosigned.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chain::{Checkpoint, Note};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Contradictions that are kept for one log: each is proof enough, and a log that goes on must not fill the disk.
const EVIDENCE_MAX: usize = 100;

/// Why something could not be kept or read back.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The file system refused.
    #[error("{doing} `{}`", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// Its answer.
        #[source]
        source: io::Error,
    },
    /// What is there is not what was written. Without it the witness cannot tell what it said: it stops.
    #[error("`{}` is damaged; restore it from a backup, or give the witness a new name and key", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// The folder of a witness.
#[derive(Clone, Debug)]
pub struct Kept {
    root: PathBuf,
}

impl Kept {
    /// The folder at a path; made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn at(root: &Path) -> Result<Self, KeptError> {
        for folder in [root.join("logs"), root.join("evidence")] {
            fs::create_dir_all(&folder).map_err(io_error("make", &folder))?;
        }
        Ok(Self { root: root.to_owned() })
    }

    /// The newest checkpoint cosigned for a log.
    ///
    /// # Errors
    /// When it cannot be read, or is damaged.
    pub fn read(&self, origin: &str) -> Result<Option<(Checkpoint, Note)>, KeptError> {
        let path = self.path(origin);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(io_error("read", &path))?,
        };
        let read = || {
            let note = Note::parse(&bytes).ok()?;
            let checkpoint = Checkpoint::parse(note.text()).ok()?;
            (checkpoint.origin == origin).then_some((checkpoint, note))
        };
        read().map(Some).ok_or(KeptError::Damaged { path })
    }

    /// Keeps a checkpoint in place of the one before. On disk when it returns.
    ///
    /// # Errors
    /// When it may not be.
    pub fn write(&self, origin: &str, note: &Note) -> Result<(), KeptError> {
        replace(&self.path(origin), note.to_string().as_bytes())
    }

    /// Keeps two checkpoints that contradict each other, with a word about how; gives the folder. The same two are kept
    /// once.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub fn evidence(&self, origin: &str, seen: &Note, submitted: &[u8], how: &str) -> Result<PathBuf, KeptError> {
        let of_log = self.root.join("evidence").join(name(origin));
        let both = Sha256::new().chain_update(seen.text()).chain_update(submitted).finalize();
        let folder = of_log.join(&HEXLOWER.encode(&both)[..16]);
        let held = fs::read_dir(&of_log).map_or(0, Iterator::count);
        if folder.exists() || held >= EVIDENCE_MAX {
            return Ok(folder);
        }
        fs::create_dir_all(&folder).map_err(io_error("make", &folder))?;
        replace(&folder.join("cosigned.checkpoint"), seen.to_string().as_bytes())?;
        replace(&folder.join("submitted"), submitted)?;
        replace(&folder.join("about.txt"), format!("{origin}\n{how}\n").as_bytes())?;
        Ok(folder)
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.root.join("logs").join(format!("{}.checkpoint", name(origin)))
    }
}

/// An origin may hold slashes and dots: its hash is a file name.
fn name(origin: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(origin))[..32].to_owned()
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), KeptError> {
    let beside = path.with_extension("new");
    let folder = path.parent().expect("a file in a folder");
    let written = File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(io_error("write", &beside))?;
    fs::rename(&beside, path).map_err(io_error("replace", path))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error("sync", folder))
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeptError {
    move |source| KeptError::Io { doing, path: path.to_owned(), source }
}
