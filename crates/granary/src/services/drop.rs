//! A folder whose files are taken in.
//!
//! | in `in/` | is |
//! | --- | --- |
//! | `*.jsonl`, `*.cbor` | frames of commands |
//! | `NAME/*.csv`, `NAME/*.xlsx`, ... | a table or list, read by the mapping `NAME`: one that comes with the program, or of the settings' folder |
//! | `x.csv`, `x.xlsx`, ... with `x.csv.toml` beside it | the same, by a mapping of its own; with a `[cover]` a member's report |
//! | `*.txt` | a member's report in labelled text |
//!
//! A file is taken once it lies there under its final name: whoever writes it writes it beside and renames it, the mapping first.
//! Its verdicts are written to `verdicts/` under its name and synced before the file goes to `done/` (everything accepted or known
//! already) or to `refused/` (something was not). A crash at any place repeats a file from its first line, which changes
//! nothing: commands carry ids, and a table is compared with the books.

mod folders;

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bus::{Frame, PutError, Queue};
use shell::Failure;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web::Live;
use wire::verdict::{Outcome, Verdict};

use self::folders::{Folders, Mapped, Waiting, What};

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_millis(300);
/// Bytes of a file that go to the ledger together.
const PART_BYTES: usize = 256 << 10;
/// How long the ledger may take for a frame of a source that is read here.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long a verdict may take before the same part is posted again.
const WAIT: Duration = Duration::from_secs(30);

/// See the module.
pub(crate) struct Drop {
    task: JoinHandle<()>,
}

/// What is posted to, and what is known, where something is: a table is compared with the books.
type Sides = (Arc<dyn Queue>, Option<Arc<dyn Live>>);

impl Drop {
    /// Makes the folders and begins to look.
    pub(crate) fn begin(
        folder: &Path,
        mappings: Option<&Path>,
        sides: Sides,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        let folders = Folders { root: folder.to_owned(), mappings: mappings.map(Path::to_owned) };
        for name in ["in", "done", "refused", "verdicts"] {
            let path = folders.root.join(name);
            fs::create_dir_all(&path)
                .map_err(|error| Failure::new(format!("make the folder `{}`: {error}", path.display())))?;
        }
        tracing::info!(folder = %folders.root.join("in").display(), "taking in files");
        Ok(Self { task: tokio::spawn(watch_folder(folders, sides, stop)) })
    }

    /// Returns when the file at hand is done.
    pub(crate) async fn ended(self) {
        let _ = self.task.await;
    }
}

async fn watch_folder(folders: Folders, sides: Sides, mut stop: watch::Receiver<bool>) {
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
            let shown = file.path.display().to_string();
            match take(&folders, &file, &sides, &stop).await {
                Ok(Some(is_whole)) => tracing::info!(file = shown, is_whole, "taken in"),
                Ok(None) => return,
                Err(error) => tracing::error!(file = shown, %error, "take a file in"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Verdicts of a file, on their way to the disk.
struct Verdicts {
    file: io::BufWriter<File>,
    is_whole: bool,
    failed: Option<io::Error>,
}

impl Verdicts {
    fn push(&mut self, verdict: &Verdict) -> bool {
        self.is_whole &= matches!(verdict.outcome, Outcome::Accepted | Outcome::Duplicate | Outcome::Skipped);
        let written = serde_json::to_writer(&mut self.file, verdict).map_err(io::Error::other);
        self.failed = written.and_then(|()| self.file.write_all(b"\n")).err();
        self.failed.is_none()
    }
}

/// Takes one file in; none where we are asked to stop on the way.
async fn take(
    folders: &Folders,
    waiting: &Waiting,
    (queue, live): &Sides,
    stop: &watch::Receiver<bool>,
) -> io::Result<Option<bool>> {
    let written = folders.place("verdicts", &waiting.name)?;
    let file = io::BufWriter::new(File::create(&written)?);
    let mut verdicts = Verdicts { file, is_whole: true, failed: None };
    let is_done = match &waiting.is {
        What::Lines => take_lines(&waiting.path, &**queue, stop, &mut verdicts).await?,
        What::Source(mapped) => {
            take_source(folders, (&waiting.path, mapped), (queue, live.as_ref()), stop, &mut verdicts).await?
        }
    };
    if !is_done {
        return Ok(None);
    }
    let Verdicts { file, is_whole, failed } = verdicts;
    if let Some(error) = failed {
        return Err(error);
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    folders.synced("verdicts")?;
    let target = if is_whole { "done" } else { "refused" };
    fs::rename(&waiting.path, folders.place(target, &waiting.name)?)?;
    if let What::Source(Mapped::Beside(mapping)) = &waiting.is {
        let name = mapping.file_name().map(PathBuf::from).unwrap_or_default();
        fs::rename(mapping, folders.place(target, &name)?)?;
    }
    folders.synced("done")?;
    folders.synced("refused")?;
    Ok(Some(is_whole))
}

/// Frames of commands, one a line. False where we are asked to stop on the way.
async fn take_lines(
    path: &Path,
    queue: &dyn Queue,
    stop: &watch::Receiver<bool>,
    verdicts: &mut Verdicts,
) -> io::Result<bool> {
    let mut lines = BufReader::new(File::open(path)?);
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
            return Ok(true);
        }
        let Some(answer) = post(queue, part, stop).await else { return Ok(false) };
        for mut verdict in wire::frame::verdicts(&answer).map_err(io::Error::other)? {
            verdict.line = verdict.line.map(|line| line + first - 1);
            verdicts.push(&verdict);
        }
        first += count;
    }
}

/// A table, a list, a report, or commands in CBOR. False where we are asked to stop on the way.
async fn take_source(
    folders: &Folders,
    (path, mapped): (&Path, &Mapped),
    (queue, live): (&Arc<dyn Queue>, Option<&Arc<dyn Live>>),
    stop: &watch::Receiver<bool>,
    verdicts: &mut Verdicts,
) -> io::Result<bool> {
    let bytes = fs::read(path)?;
    let say = |verdict: Verdict| verdicts.push(&verdict) && !*stop.borrow();
    let taken = match folders.declared(mapped) {
        Err(problem) => Err(("bad_mapping".to_owned(), problem, "see crates/ingest/mappings/README.md".to_owned())),
        Ok(None) => {
            let load = ingest::Load::untried(ingest::frame(&bytes));
            let carried = web::carry(&**queue, &bus::Sender::Operator, load, PATIENCE, say).await;
            carried.map(|_| true).map_err(|error| {
                let text = format!("{error:?}");
                ("unavailable".to_owned(), text, "it is taken in again by itself".to_owned())
            })
        }
        Ok(Some(declared)) => match live {
            Some(live) => {
                let taken = web::take_in(live, &**queue, declared, (&path.to_string_lossy(), bytes), say).await;
                taken.map(|tally| tally.is_whole()).map_err(|trouble| {
                    let answers::Problem { code, message, hint, .. } = *trouble.problem;
                    (code, message, hint.unwrap_or_default())
                })
            }
            None => {
                let problem = "a table or report is compared with the books, and this service keeps none";
                let hint = "start `granary ingest` with --copy, and drop the file again";
                Err(("no_copy".to_owned(), problem.to_owned(), hint.to_owned()))
            }
        },
    };
    if *stop.borrow() {
        return Ok(false);
    }
    match taken {
        Ok(is_whole) => {
            verdicts.is_whole &= is_whole;
            Ok(true)
        }
        // It stays where it is, and is taken in again.
        Err((code, message, _)) if code == "unavailable" || code == "busy" => Err(io::Error::other(message)),
        Err((code, message, hint)) => {
            verdicts.push(&Verdict {
                line: Some(0),
                code: Some(code),
                message: Some(message),
                hint: Some(hint).filter(|hint| !hint.is_empty()),
                ..Verdict::of(Outcome::Invalid, None)
            });
            Ok(true)
        }
    }
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
