//! A folder whose files are taken in.
//!
//! | in `in/` | is |
//! | --- | --- |
//! | `*.jsonl`, `*.cbor` | frames of commands |
//! | `NAME/*.csv`, `NAME/*.xlsx`, ... | a table or list, read by the mapping `NAME`: one that comes with the program, or of the settings' folder |
//! | `x.csv`, `x.xlsx`, ... with `x.csv.toml` beside it | the same, by a mapping of its own; with a `[cover]` a member's report |
//! | `*.txt` | a member's report in labelled text |
//!
//! Who may write the folder is no credential: what lies there is posted in the name of the party that the settings name, and of
//! nobody where they name none. A file is read where it is a plain one of an expected owner (`folders`), and a file that is not
//! what it claims is never quoted.
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

use bus::{Frame, PutError, Queue, Sender};
use shell::{Failure, Settings};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use web::{Caller, Live};
use wire::verdict::{Outcome, Verdict};

use self::folders::{Folders, Mapped, Unread, Waiting, What};

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
        settings: &Settings,
        sides: Sides,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, Failure> {
        let folders = Folders::make(folder, settings)?;
        let shown = folders.root.join("in");
        let speaker = settings.optional("ingest.drop_party").map(|party| match party {
            web::access::OPERATOR => Caller::Operator,
            party => Caller::Party(party.to_owned(), bus::Hand::Claimed),
        });
        match &speaker {
            Some(_) => tracing::info!(folder = ?shown, party = settings.text("ingest.drop_party"), "taking in files"),
            None => {
                tracing::warn!(folder = ?shown, "files are refused: `ingest.drop_party` does not say for whom they speak")
            }
        }
        let watched = Watched { folders, speaker, sides, stop };
        // Disks wait: this has a thread of its own.
        let on = Handle::current();
        Ok(Self { task: tokio::task::spawn_blocking(move || on.block_on(watched.watch())) })
    }

    /// Returns when the file at hand is done.
    pub(crate) async fn ended(self) {
        let _ = self.task.await;
    }
}

/// The folder, for whom its files speak, and where they go.
struct Watched {
    folders: Folders,
    speaker: Option<Caller>,
    sides: Sides,
    stop: watch::Receiver<bool>,
}

/// Verdicts of a file, on their way to the disk.
struct Verdicts {
    file: io::BufWriter<File>,
    is_whole: bool,
    failed: Option<io::Error>,
}

impl Verdicts {
    fn push(&mut self, verdict: &Verdict) -> bool {
        self.is_whole &= matches!(verdict.outcome, Outcome::Accepted | Outcome::Duplicate | Outcome::Tried);
        let written = serde_json::to_writer(&mut self.file, verdict).map_err(io::Error::other);
        self.failed = written.and_then(|()| self.file.write_all(b"\n")).err();
        self.failed.is_none()
    }
}

/// How far a file was taken.
enum Taken {
    /// To its end.
    Whole,
    /// We are asked to stop.
    Stopped,
    /// Not at all.
    Refused { code: String, message: String, hint: String },
}

impl From<Unread> for io::Result<Taken> {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Failed(error) => Err(error),
            Unread::Refused { code, message } => {
                let hint = match code {
                    "bad_mapping" => {
                        "see crates/ingest/mappings/README.md; `granary import` of the same file says what is wrong with it"
                    }
                    "too_large" => "divide it into several files",
                    _ => "put the file itself there, under a user that `ingest.drop_owner` names",
                };
                Ok(Taken::Refused { code: code.to_owned(), message, hint: hint.to_owned() })
            }
        }
    }
}

impl Watched {
    async fn watch(mut self) {
        while !*self.stop.borrow() {
            let files = self.folders.waiting().unwrap_or_else(|error| {
                tracing::error!(%error, "look at the folder for files");
                Vec::new()
            });
            for file in files {
                if *self.stop.borrow() {
                    return;
                }
                match self.take(&file).await {
                    Ok(Some(is_whole)) => tracing::info!(file = ?file.name, is_whole, "taken in"),
                    Ok(None) => return,
                    Err(error) => tracing::error!(file = ?file.name, %error, "take a file in"),
                }
            }
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = self.stop.changed() => {}
            }
        }
    }

    /// Takes one file in; none where we are asked to stop on the way.
    async fn take(&self, waiting: &Waiting) -> io::Result<Option<bool>> {
        let folders = &self.folders;
        let file = io::BufWriter::new(folders.verdicts(&waiting.name)?);
        let mut verdicts = Verdicts { file, is_whole: true, failed: None };
        let taken = match (&self.speaker, &waiting.is) {
            (None, _) => Taken::Refused {
                code: "no_party".to_owned(),
                message: "the settings do not say for which party this folder speaks".to_owned(),
                hint: "set `ingest.drop_party` to its code; to `operator` where whoever may write the folder may post for everybody".to_owned(),
            },
            (Some(speaker), What::Lines) => self.take_lines(&waiting.path, speaker, &mut verdicts).await?,
            (Some(speaker), What::Source(mapped)) => {
                self.take_source((&waiting.path, mapped), speaker, &mut verdicts).await?
            }
        };
        match taken {
            Taken::Whole => {}
            Taken::Stopped => return Ok(None),
            Taken::Refused { code, message, hint } => {
                verdicts.push(&Verdict {
                    line: Some(0),
                    code: Some(code),
                    message: Some(message),
                    hint: Some(hint).filter(|hint| !hint.is_empty()),
                    ..Verdict::of(Outcome::Invalid, None)
                });
            }
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

    /// Frames of commands, one a line.
    async fn take_lines(&self, path: &Path, speaker: &Caller, verdicts: &mut Verdicts) -> io::Result<Taken> {
        let file = match self.folders.open(path) {
            Ok(file) => file,
            Err(unread) => return unread.into(),
        };
        let mut lines = BufReader::new(file);
        let mut first = 1;
        loop {
            let mut part = Vec::new();
            let mut count = 0;
            while part.len() < PART_BYTES {
                // A line that is no command is answered as one; one without end is too long for the bus and refused there.
                let length =
                    io::Read::take(&mut lines, (Frame::BYTES_MAX - PART_BYTES) as u64).read_until(b'\n', &mut part)?;
                if length == 0 {
                    break;
                }
                count += 1;
            }
            if count == 0 {
                return Ok(Taken::Whole);
            }
            let Some(answer) = self.post(part, speaker).await else { return Ok(Taken::Stopped) };
            for mut verdict in wire::frame::verdicts(&answer).map_err(io::Error::other)? {
                verdict.line = verdict.line.map(|line| line + first - 1);
                verdicts.push(&verdict);
            }
            first += count;
        }
    }

    /// A table, a list, a report, or commands in CBOR.
    async fn take_source(
        &self,
        (path, mapped): (&Path, &Mapped),
        speaker: &Caller,
        verdicts: &mut Verdicts,
    ) -> io::Result<Taken> {
        let declared = match self.folders.declared(mapped) {
            Ok(declared) => declared,
            Err(unread) => return unread.into(),
        };
        let bytes = match self.folders.source(path) {
            Ok(bytes) => bytes,
            Err(unread) => return unread.into(),
        };
        if matches!(mapped, Mapped::Labelled) && !ingest::Declared::is_labelled(&bytes) {
            return Ok(Taken::Refused {
                code: "bad_report".to_owned(),
                message: "the file is no report in labelled text".to_owned(),
                hint: "docs/reconciliation.md has one; its first line says which form it is in".to_owned(),
            });
        }
        let (queue, live) = &self.sides;
        let say = |verdict: Verdict| verdicts.push(&verdict) && !*self.stop.borrow();
        let taken = match (declared, live) {
            (None, _) => {
                let load = ingest::Load::untried(ingest::frame(&bytes));
                let carried = web::carry(&**queue, &sender(speaker), load, PATIENCE, say).await;
                carried.map_err(|error| io::Error::other(format!("{error:?}")))?;
                Ok(true)
            }
            (Some(declared), Some(live)) => {
                let file = path.to_string_lossy();
                let taken = web::take_in(live, &**queue, (speaker, declared), (&file, bytes), say).await;
                taken.map(|tally| tally.is_whole())
            }
            (Some(_), None) => {
                let problem = "a table or report is compared with the books, and this service keeps none";
                return Ok(Taken::Refused {
                    code: "no_copy".to_owned(),
                    message: problem.to_owned(),
                    hint: "start `granary ingest` with --copy, and drop the file again".to_owned(),
                });
            }
        };
        if *self.stop.borrow() {
            return Ok(Taken::Stopped);
        }
        let trouble = match taken {
            Ok(is_whole) => {
                verdicts.is_whole &= is_whole;
                return Ok(Taken::Whole);
            }
            Err(trouble) => trouble,
        };
        // The file with the verdicts is read by whoever comes: it is in English.
        let words::Told { message, hint } = trouble.problem.told(words::english());
        match trouble.problem.code.as_str() {
            // It stays where it is, and is taken in again.
            "unavailable" | "busy" => Err(io::Error::other(message)),
            code => Ok(Taken::Refused { code: code.to_owned(), message, hint }),
        }
    }

    /// Posts a part until it is answered: posting it twice changes nothing.
    async fn post(&self, part: Vec<u8>, speaker: &Caller) -> Option<bytes::Bytes> {
        let frame = Frame { bytes: part.into(), sender: sender(speaker), ..Frame::default() };
        loop {
            match self.sides.0.submit(frame.clone(), WAIT).await {
                Ok(answer) => return Some(answer),
                Err(PutError::Full) => tokio::time::sleep(EVERY).await,
                Err(PutError::Bus(error)) => {
                    tracing::warn!(%error, "post a part of a file");
                    tokio::time::sleep(EVERY).await;
                }
            }
            if *self.stop.borrow() {
                return None;
            }
        }
    }
}

fn sender(speaker: &Caller) -> Sender {
    match speaker {
        Caller::Operator => Sender::Operator,
        Caller::Party(code, hand) => Sender::Party(code.clone(), hand.clone()),
        Caller::Key(_) => unreachable!("settings name a party, and no key"),
    }
}
