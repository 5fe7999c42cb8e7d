//! A folder whose files are taken in: frames of commands, one a line, as `*.jsonl`.
//!
//! A file is taken once it lies in `in/` under its final name: whoever writes it writes it beside and renames it. Its verdicts
//! are written to `verdicts/<name>` and synced before the file goes to `done/` (everything accepted or known already) or to
//! `refused/` (something was not). A crash at any place repeats a file from its first line, which changes nothing: commands
//! carry ids.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bus::{Frame, PutError, Queue};
use shell::Failure;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use wire::verdict::Outcome;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_millis(300);
/// Bytes of a file that go to the ledger together.
const PART_BYTES: usize = 256 << 10;
/// How long a verdict may take before the same part is posted again.
const WAIT: Duration = Duration::from_secs(30);

/// See the module.
pub(crate) struct Drop {
    task: JoinHandle<()>,
}

impl Drop {
    /// Makes the folders and begins to look.
    pub(crate) fn begin(folder: &Path, queue: Arc<dyn Queue>, stop: watch::Receiver<bool>) -> Result<Self, Failure> {
        let folders = Folders(folder.to_owned());
        for name in ["in", "done", "refused", "verdicts"] {
            fs::create_dir_all(folders.0.join(name)).map_err(|error| {
                Failure::new(format!("make the folder `{}`: {error}", folders.0.join(name).display()))
            })?;
        }
        tracing::info!(folder = %folders.0.join("in").display(), "taking in files");
        Ok(Self { task: tokio::spawn(watch_folder(folders, queue, stop)) })
    }

    /// Returns when the file at hand is done.
    pub(crate) async fn ended(self) {
        let _ = self.task.await;
    }
}

struct Folders(PathBuf);

async fn watch_folder(folders: Folders, queue: Arc<dyn Queue>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let files = match folders.waiting() {
            Ok(files) => files,
            Err(error) => {
                tracing::error!(%error, "look at the folder for files");
                Vec::new()
            }
        };
        for file in files {
            if *stop.borrow() {
                return;
            }
            match take(&folders, &file, &*queue, &stop).await {
                Ok(Some(is_whole)) => tracing::info!(file = %file.display(), is_whole, "taken in"),
                Ok(None) => return,
                Err(error) => tracing::error!(file = %file.display(), %error, "take a file in"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

impl Folders {
    /// Files that wait, by name.
    fn waiting(&self) -> io::Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(self.0.join("in"))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") && path.is_file() {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn synced(&self, name: &str) -> io::Result<()> {
        File::open(self.0.join(name))?.sync_all()
    }
}

/// Takes one file in; none where we are asked to stop on the way.
async fn take(
    folders: &Folders,
    file: &Path,
    queue: &dyn Queue,
    stop: &watch::Receiver<bool>,
) -> io::Result<Option<bool>> {
    let name = file.file_name().unwrap_or_default();
    let mut lines = BufReader::new(File::open(file)?);
    let written = folders.0.join("verdicts").join(name);
    let mut verdicts = io::BufWriter::new(File::create(&written)?);
    let mut is_whole = true;
    let mut first = 1;
    loop {
        let mut part = Vec::new();
        let mut count = 0;
        while part.len() < PART_BYTES {
            // A line that is no command is answered as one; one without end is too long for the bus and refused there.
            let length =
                io::Read::take(&mut lines, (bus::Frame::BYTES_MAX - PART_BYTES) as u64).read_until(b'\n', &mut part)?;
            if length == 0 {
                break;
            }
            count += 1;
        }
        if count == 0 {
            break;
        }
        let Some(answer) = post(queue, part, stop).await else { return Ok(None) };
        for mut verdict in wire::frame::verdicts(&answer).map_err(io::Error::other)? {
            verdict.line = verdict.line.map(|line| line + first - 1);
            is_whole &= matches!(verdict.outcome, Outcome::Accepted | Outcome::Duplicate);
            serde_json::to_writer(&mut verdicts, &verdict)?;
            verdicts.write_all(b"\n")?;
        }
        first += count;
    }
    verdicts.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    folders.synced("verdicts")?;
    let target = folders.0.join(if is_whole { "done" } else { "refused" });
    fs::rename(file, target.join(name))?;
    folders.synced("done")?;
    folders.synced("refused")?;
    Ok(Some(is_whole))
}

/// Posts a part until it is answered: posting it twice changes nothing.
async fn post(queue: &dyn Queue, part: Vec<u8>, stop: &watch::Receiver<bool>) -> Option<bytes::Bytes> {
    let frame = Frame { bytes: part.into(), ..Frame::default() };
    loop {
        match queue.submit(frame.clone(), WAIT).await {
            Ok(answer) => return Some(answer),
            Err(PutError::Full) => tokio::time::sleep(EVERY).await,
            Err(PutError::Bus(error)) => {
                tracing::warn!(%error, "post a part of a file");
                tokio::time::sleep(EVERY).await;
            }
        }
        if *stop.borrow() {
            return None;
        }
    }
}
