//! The door to sled. No other file names it.
//!
//! What this file adds to sled 0.34, each because its absence lost data in tests: a real sync after `flush` (sled only
//! starts writeback), removal of a half-written snapshot before opening, panics caught, and a reopening now and then,
//! because only opening writes the snapshot that keeps the next opening short.

use crate::guard::guarded;
use crate::limits::VALUE_BYTES_MAX;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// A key or value as sled holds it: cheap to clone.
pub(crate) type Bytes = sled::IVec;

/// Why sled could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// sled answered with an error.
    #[error("ask the database of the folder")]
    Sled(#[source] sled::Error),
    /// sled panicked, as it does on damaged files.
    #[error("sled panicked: {0}")]
    Panicked(String),
    /// The file system refused.
    #[error("{doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// The file system's answer.
        #[source]
        source: io::Error,
    },
    /// An earlier failure closed the engine.
    #[error("the engine is closed after an earlier failure")]
    Closed,
}

impl EngineError {
    fn io(doing: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

/// One open sled tree.
pub(crate) struct Engine {
    dir: PathBuf,
    cache_bytes: u64,
    db: RwLock<Option<sled::Db>>,
    /// A second handle on the data file, kept open: an error of writeback is reported once to each handle.
    data: File,
}

impl Engine {
    /// Opens the tree in `dir`, making it if it is not there: whether it should be there is the caller's question.
    pub(crate) fn open(dir: &Path, cache_bytes: u64) -> Result<Self, EngineError> {
        fs::create_dir_all(dir).map_err(EngineError::io("create the folder of the log"))?;
        let db = open_guarded(dir, cache_bytes)?;
        let data = File::open(dir.join("db")).map_err(EngineError::io("open the data file"))?;
        Ok(Self { dir: dir.to_owned(), cache_bytes, db: RwLock::new(Some(db)), data })
    }

    /// Writes all pairs, or none; when it returns they survive a power cut. After an error nothing is known: close.
    pub(crate) fn apply(&self, pairs: Vec<(Bytes, Bytes)>) -> Result<(), EngineError> {
        let mut batch = sled::Batch::default();
        for (key, value) in pairs {
            assert!(value.len() <= VALUE_BYTES_MAX, "longer values become files that sled never syncs");
            batch.insert(key, value);
        }
        {
            let db = self.db()?;
            let db = db.as_ref().ok_or(EngineError::Closed)?;
            guarded(|| db.apply_batch(batch).and_then(|()| db.flush()))
                .map_err(EngineError::Panicked)?
                .map_err(EngineError::Sled)?;
        }
        // flush() starts writeback and waits for nothing that survives a power cut; this does.
        self.data.sync_data().map_err(EngineError::io("sync the data file"))
    }

    /// One value.
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, EngineError> {
        let db = self.db()?;
        let db = db.as_ref().ok_or(EngineError::Closed)?;
        guarded(|| db.get(key)).map_err(EngineError::Panicked)?.map_err(EngineError::Sled)
    }

    /// Up to `count` pairs with `from <= key < to`, in order. Short means that no more follow.
    pub(crate) fn scan(&self, from: &[u8], to: &[u8], count: usize) -> Result<Vec<(Bytes, Bytes)>, EngineError> {
        if from >= to {
            return Ok(vec![]);
        }
        let db = self.db()?;
        let db = db.as_ref().ok_or(EngineError::Closed)?;
        guarded(|| db.range(from..to).take(count).collect::<Result<Vec<_>, _>>())
            .map_err(EngineError::Panicked)?
            .map_err(EngineError::Sled)
    }

    /// Closes and opens again, which writes the snapshot that keeps the next opening short. Readers wait.
    pub(crate) fn reopen(&self) -> Result<(), EngineError> {
        tracing::debug!(dir = %self.dir.display(), "reopen the log");
        let mut db = self.db.write().map_err(|_| EngineError::Closed)?;
        let closing = db.take().ok_or(EngineError::Closed)?;
        guarded(move || drop(closing)).map_err(EngineError::Panicked)?;
        *db = Some(open_guarded(&self.dir, self.cache_bytes)?);
        Ok(())
    }

    fn db(&self) -> Result<RwLockReadGuard<'_, Option<sled::Db>>, EngineError> {
        self.db.read().map_err(|_| EngineError::Closed)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Ok(Some(db)) = self.db.get_mut().map(Option::take) {
            // A damaged tree can panic while it closes; all that was promised is synced already.
            let _ = guarded(move || drop(db));
        }
    }
}

fn open_guarded(dir: &Path, cache_bytes: u64) -> Result<sled::Db, EngineError> {
    remove_half_written_snapshots(dir)?;
    let config = || {
        sled::Config::new()
            .path(dir)
            .cache_capacity(cache_bytes)
            .flush_every_ms(None)
            .mode(sled::Mode::HighThroughput)
            .open()
    };
    // A closing tree releases its file a moment after the last handle is gone.
    let patience = Instant::now() + Duration::from_secs(10);
    let db = loop {
        match guarded(config).map_err(EngineError::Panicked)? {
            Ok(db) => break db,
            Err(sled::Error::Io(error))
                if error.to_string().contains("could not acquire lock") && Instant::now() < patience =>
            {
                std::thread::sleep(Duration::from_millis(2));
            }
            Err(error) => return Err(EngineError::Sled(error)),
        }
    };
    // The names of the data file and of the new snapshot.
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(EngineError::io("sync the folder of the log"))?;
    Ok(db)
}

/// An abrupt stop while sled writes its snapshot leaves `snap.*.generating`, and sled then refuses to open. The file
/// before it is complete, or sled reads the whole log: nothing is lost by removing it.
fn remove_half_written_snapshots(dir: &Path) -> Result<(), EngineError> {
    for file in fs::read_dir(dir).map_err(EngineError::io("list the folder of the log"))? {
        let file = file.map_err(EngineError::io("list the folder of the log"))?;
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            tracing::warn!(%name, "remove a snapshot that sled had not finished");
            fs::remove_file(file.path()).map_err(EngineError::io("remove a half-written snapshot"))?;
        }
    }
    Ok(())
}
