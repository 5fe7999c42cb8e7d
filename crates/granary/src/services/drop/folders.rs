//! What lies in the folders, and what each file is.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use auditor::plain;
use ingest::Declared;
use shell::{Failure, Settings};

/// Longest source: it is read whole. Frames of lines are read in parts and may be longer.
const SOURCE_BYTES_MAX: u64 = 256 << 20;
/// Longest mapping.
const MAPPING_BYTES_MAX: u64 = 1 << 20;

/// The folders, where mappings of our own are, and whose files are taken.
pub(super) struct Folders {
    pub(super) root: PathBuf,
    pub(super) mappings: Option<PathBuf>,
    /// Numbers of users.
    owners: Vec<u32>,
}

/// Why a file, or the mapping beside it, is not read. Says nothing of what is in it.
pub(super) enum Unread {
    /// It is not what a file here has to be.
    Refused { code: &'static str, message: String },
    /// Not now.
    Failed(io::Error),
}

/// A file that waits.
pub(super) struct Waiting {
    pub(super) path: PathBuf,
    /// Its place below the folders: its name, or its mapping's name and its own.
    pub(super) name: PathBuf,
    pub(super) is: What,
}

/// What a file is.
pub(super) enum What {
    /// Frames of commands, one a line: posted in parts, however long.
    Lines,
    /// Anything else, with where its mapping stands.
    Source(Mapped),
}

pub(super) enum Mapped {
    /// Commands in CBOR.
    Frame,
    /// A report in labelled text.
    Labelled,
    /// In a file beside it.
    Beside(PathBuf),
    /// Under this name.
    Named(String),
    /// Nowhere: nobody knows what the table says.
    Missing,
}

/// In small letters: some systems write them large.
fn extension(path: &Path) -> String {
    path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// Files that a mapping reads, whatever they are.
const TABLES: [&str; 14] =
    ["csv", "tsv", "tab", "json", "ndjson", "xlsx", "xlsm", "xlsb", "xls", "ods", "xml", "edi", "zip", "gz"];

fn is_table(path: &Path) -> bool {
    TABLES.contains(&extension(path).as_str())
}

impl Folders {
    /// Makes the folders.
    pub(super) fn make(root: &Path, settings: &Settings) -> Result<Self, Failure> {
        for name in ["in", "done", "refused", "verdicts"] {
            let path = root.join(name);
            fs::create_dir_all(&path)
                .map_err(|error| Failure::new(format!("make the folder `{}`: {error}", path.display())))?;
        }
        let owners = match settings.optional("ingest.drop_owner") {
            Some(users) => users.split(',').map(|user| number_of(user.trim())).collect::<Result<_, _>>()?,
            None => vec![fs::metadata(root.join("in"))?.uid()],
        };
        let mappings = settings.optional("ingest.mappings").map(PathBuf::from);
        Ok(Self { root: root.to_owned(), mappings, owners })
    }

    /// Files that wait, by name.
    pub(super) fn waiting(&self) -> io::Result<Vec<Waiting>> {
        let root = self.root.join("in");
        let mut files = Vec::new();
        for entry in fs::read_dir(&root)? {
            let entry = entry?;
            let path = entry.path();
            let Some(name) = path.file_name().map(PathBuf::from) else { continue };
            if entry.file_type()?.is_dir() {
                let mapping = name.to_string_lossy().into_owned();
                for entry in fs::read_dir(&path)? {
                    let path = entry?.path();
                    let below = path.file_name().map(|own| name.join(own)).unwrap_or_default();
                    if is_table(&path) || extension(&path) == "txt" {
                        let is = What::Source(Mapped::Named(mapping.clone()));
                        files.push(Waiting { path, name: below, is });
                    }
                }
                continue;
            }
            let beside = root.join(format!("{}.toml", name.display()));
            let is = match extension(&path).as_str() {
                "jsonl" => What::Lines,
                "cbor" => What::Source(Mapped::Frame),
                // What it is, is seen when it is opened.
                _ if beside.symlink_metadata().is_ok() => What::Source(Mapped::Beside(beside)),
                "txt" => What::Source(Mapped::Labelled),
                _ if is_table(&path) => What::Source(Mapped::Missing),
                _ => continue,
            };
            files.push(Waiting { path, name, is });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(files)
    }

    /// The text of a mapping: one of ours, or of the settings' folder.
    fn mapping(&self, name: &str) -> Result<String, String> {
        if let Some(text) = ingest::shipped(name) {
            return Ok(text.to_owned());
        }
        let Some(folder) = &self.mappings else {
            return Err(format!("no mapping `{name}` comes with the program, and `ingest.mappings` names no folder"));
        };
        let path = folder.join(format!("{name}.toml"));
        fs::read_to_string(&path).map_err(|error| format!("read the mapping `{}`: {error}", path.display()))
    }

    /// Opens a file in `in/`: a plain one of an expected owner, and no link on the way.
    pub(super) fn open(&self, path: &Path) -> Result<File, Unread> {
        let root = self.root.join("in");
        let below = path.strip_prefix(&root).unwrap_or(path);
        plain::open_below(&root, below, &self.owners).map_err(|error| match plain::why_not(&error) {
            Some(why) => Unread::Refused { code: "not_a_plain_file", message: format!("the file is not read: {why}") },
            None => Unread::Failed(error),
        })
    }

    /// All of a source.
    pub(super) fn source(&self, path: &Path) -> Result<Vec<u8>, Unread> {
        self.whole(path, SOURCE_BYTES_MAX)
    }

    fn whole(&self, path: &Path, bytes_max: u64) -> Result<Vec<u8>, Unread> {
        plain::read_bounded(self.open(path)?, bytes_max).map_err(|error| match error.kind() {
            io::ErrorKind::FileTooLarge => {
                Unread::Refused { code: "too_large", message: format!("the file is {error}") }
            }
            _ => Unread::Failed(error),
        })
    }

    /// What a file is by its mapping; none for commands. What a mapping beside it says is not quoted: it may be anything.
    pub(super) fn declared(&self, mapped: &Mapped) -> Result<Option<Declared>, Unread> {
        let bad = |message: String| Unread::Refused { code: "bad_mapping", message };
        let text = match mapped {
            Mapped::Frame => return Ok(None),
            Mapped::Labelled => return Ok(Some(Declared::Labelled)),
            Mapped::Missing => {
                let missing = "a table needs a mapping: beside it as `NAME.csv.toml`, written first, or by the folder that it lies in";
                return Err(bad(missing.to_owned()));
            }
            Mapped::Beside(path) => {
                let text = String::from_utf8(self.whole(path, MAPPING_BYTES_MAX)?);
                let text = text.map_err(|_| bad("the mapping beside the file is not text in UTF-8".to_owned()))?;
                let unread = |error: ingest::DeclaredError| {
                    bad(format!("the mapping beside the file: {}", words::english().tell(&error.unquoted()).message))
                };
                return Declared::parse(&text).map(Some).map_err(unread);
            }
            Mapped::Named(name) => self.mapping(name).map_err(bad)?,
        };
        Declared::parse(&text).map(Some).map_err(|error| bad(shell::chain(&error)))
    }

    /// Makes the folder of a name below another one.
    pub(super) fn place(&self, folder: &str, name: &Path) -> io::Result<PathBuf> {
        let path = self.root.join(folder).join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(path)
    }

    /// Begins a file of verdicts; never behind a link.
    pub(super) fn verdicts(&self, name: &Path) -> io::Result<File> {
        let path = self.place("verdicts", name)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o640).open(path)?;
        // Whoever dropped the file reads its verdicts, by the group that the folder has.
        file.set_permissions(fs::Permissions::from_mode(0o640))?;
        Ok(file)
    }

    pub(super) fn synced(&self, name: &str) -> io::Result<()> {
        File::open(self.root.join(name))?.sync_all()
    }
}

/// The number of a user of this machine, by number or name.
fn number_of(user: &str) -> Result<u32, Failure> {
    if let Ok(number) = user.parse() {
        return Ok(number);
    }
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let found = users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(user)).then(|| fields.nth(1))?.and_then(|number| number.parse().ok())
    });
    found.ok_or_else(|| {
        Failure::wrong_use(format!("`ingest.drop_owner`: this machine has no user `{user}`"))
            .hint("name users, or their numbers, divided by commas")
    })
}
