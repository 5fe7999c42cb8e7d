//! What a witness keeps on disk: for each log the newest checkpoint it cosigned, evidence of contradictions, and signed
//! checkpoints that nobody showed to continue it, which prove nothing by themselves.
//!
//! One process holds the folder: two of them would each compare with what the other had not written yet.
//!
//! A checkpoint is a file named by the SHA-256 of the log's origin. It is replaced by renaming a synced file over it, and
//! the folder is synced before anything is said: a power cut leaves the old or the new one, and never an older one than
//! was cosigned.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use chain::{Checkpoint, Note, Signature};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Contradictions that are kept for one log: each is proof enough, and a log that goes on must not fill the disk.
const EVIDENCE_MAX: usize = 100;

/// Checkpoints that are kept of one log although nothing shows that they continue it; the oldest makes room.
const UNLINKED_MAX: usize = 100;

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
    /// Another witness works in this folder.
    #[error("`{}` is held by {holder}: stop it first, or give this witness a folder and a key of its own", path.display())]
    Held {
        /// The folder.
        path: PathBuf,
        /// Who has it, as it says.
        holder: String,
    },
    /// What is there is not what was written. Without it the witness cannot tell what it said of this log, and says no more.
    #[error("`{}` is damaged; restore it from a backup, or give the witness a new name and key", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// The folder of a witness, held until this is dropped.
#[derive(Debug)]
pub struct Kept {
    root: PathBuf,
    _lock: File,
}

impl Kept {
    /// The folder at a path; made where it is missing.
    ///
    /// # Errors
    /// When it cannot be made, or another process holds it.
    pub fn at(root: &Path) -> Result<Self, KeptError> {
        for folder in [root.join("logs"), root.join("evidence"), root.join("unlinked")] {
            fs::create_dir_all(&folder).map_err(io_error("make", &folder))?;
        }
        Ok(Self { root: root.to_owned(), _lock: hold(root)? })
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
            let note = Note::parse(&bytes).ok().or_else(|| own_word(&bytes))?;
            let checkpoint = Checkpoint::parse_of_any_log(note.text()).ok()?;
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

    /// Keeps two checkpoints that contradict each other, with a word about how; gives the folder, or `None` where there are so
    /// many of the log already that these are not kept. The same two are kept once.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub fn evidence(
        &self,
        origin: &str,
        seen: &Note,
        submitted: &Note,
        how: &str,
    ) -> Result<Option<PathBuf>, KeptError> {
        let of_log = self.root.join("evidence").join(name(origin));
        let both = Sha256::new().chain_update(seen.text()).chain_update(submitted.text()).finalize();
        let folder = of_log.join(&HEXLOWER.encode(&both)[..16]);
        if folder.exists() {
            return Ok(Some(folder));
        }
        if fs::read_dir(&of_log).map_or(0, Iterator::count) >= EVIDENCE_MAX {
            return Ok(None);
        }
        // As a whole or not at all: a half of it would stand there as evidence for ever.
        let beside = of_log.join("new");
        fs::create_dir_all(&beside).map_err(io_error("make", &beside))?;
        replace(&beside.join("cosigned.checkpoint"), seen.to_string().as_bytes())?;
        replace(&beside.join("submitted.checkpoint"), submitted.to_string().as_bytes())?;
        replace(&beside.join("about.txt"), format!("{origin}\n{how}\n").as_bytes())?;
        fs::rename(&beside, &folder).map_err(io_error("replace", &folder))?;
        Ok(Some(folder))
    }

    /// Keeps a signed checkpoint that nothing shows to continue what was cosigned; gives the file. The same is kept once.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub fn unlinked(&self, origin: &str, submitted: &Note) -> Result<PathBuf, KeptError> {
        let of_log = self.root.join("unlinked").join(name(origin));
        fs::create_dir_all(&of_log).map_err(io_error("make", &of_log))?;
        let path = of_log.join(format!("{}.checkpoint", &HEXLOWER.encode(&Sha256::digest(submitted.text()))[..16]));
        if path.exists() {
            return Ok(path);
        }
        let files = fs::read_dir(&of_log).map_err(io_error("read", &of_log))?.flatten();
        let mut kept: Vec<(SystemTime, PathBuf)> = files
            .map(|file| (file.metadata().and_then(|it| it.modified()).unwrap_or(SystemTime::UNIX_EPOCH), file.path()))
            .collect();
        kept.sort_unstable();
        for (_, oldest) in kept.iter().take((kept.len() + 1).saturating_sub(UNLINKED_MAX)) {
            fs::remove_file(oldest).map_err(io_error("remove", oldest))?;
        }
        replace(&path, submitted.to_string().as_bytes())?;
        Ok(path)
    }

    fn path(&self, origin: &str) -> PathBuf {
        self.root.join("logs").join(format!("{}.checkpoint", name(origin)))
    }
}

/// A note of an earlier release, which kept what strangers had signed until there was too much of it to be read: its text, and
/// the last signature, which is the witness's own.
fn own_word(bytes: &[u8]) -> Option<Note> {
    let (text, lines) = std::str::from_utf8(bytes).ok()?.rsplit_once("\n\n")?;
    let mut note = Note::new(format!("{text}\n")).ok()?;
    note.add(Signature::parse(lines.lines().last()?)?).ok()?;
    Some(note)
}

/// Takes the lock of a folder, or says who has it.
fn hold(root: &Path) -> Result<File, KeptError> {
    let path = root.join("lock");
    let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = opened.map_err(io_error("open", &path))?;
    // A process that is just being started shares the lock from its fork to its exec: give that time to pass.
    let patience = Instant::now() + Duration::from_millis(300);
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(io_error("lock", &path)(source)),
            Err(TryLockError::WouldBlock) if Instant::now() < patience => std::thread::sleep(Duration::from_millis(5)),
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let holder = if holder.is_empty() { "another process" } else { holder }.to_owned();
                return Err(KeptError::Held { path: root.to_owned(), holder });
            }
        }
    }
    let text = format!("process {}\n", std::process::id());
    file.set_len(0).and_then(|()| file.write_all(text.as_bytes())).map_err(io_error("write", &path))?;
    Ok(file)
}

/// An origin may hold slashes and dots: its hash is a file name.
fn name(origin: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(origin))[..32].to_owned()
}

fn replace(path: &Path, bytes: &[u8]) -> Result<(), KeptError> {
    files::replace(path, bytes).map_err(io_error("replace", path))
}

fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> KeptError {
    move |source| KeptError::Io { doing, path: path.to_owned(), source }
}
