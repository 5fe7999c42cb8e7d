//! What lies in the folders, and what each file is.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ingest::Declared;

/// The folders, and where mappings of our own are.
pub(super) struct Folders {
    pub(super) root: PathBuf,
    pub(super) mappings: Option<PathBuf>,
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
    /// Files that wait, by name.
    pub(super) fn waiting(&self) -> io::Result<Vec<Waiting>> {
        let root = self.root.join("in");
        let mut files = Vec::new();
        for entry in fs::read_dir(&root)? {
            let path = entry?.path();
            let Some(name) = path.file_name().map(PathBuf::from) else { continue };
            if path.is_dir() {
                let mapping = name.to_string_lossy().into_owned();
                for entry in fs::read_dir(&path)? {
                    let path = entry?.path();
                    let below = path.file_name().map(|own| name.join(own)).unwrap_or_default();
                    if (is_table(&path) || extension(&path) == "txt") && path.is_file() {
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
                _ if beside.is_file() => What::Source(Mapped::Beside(beside)),
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

    /// What a file is by its mapping; none for commands.
    pub(super) fn declared(&self, mapped: &Mapped) -> Result<Option<Declared>, String> {
        let text = match mapped {
            Mapped::Frame => return Ok(None),
            Mapped::Labelled => return Ok(Some(Declared::Labelled)),
            Mapped::Missing => {
                let missing = "a table needs a mapping: beside it as `NAME.csv.toml`, written first, or by the folder that it lies in";
                return Err(missing.to_owned());
            }
            Mapped::Beside(path) => {
                fs::read_to_string(path).map_err(|error| format!("read the mapping `{}`: {error}", path.display()))?
            }
            Mapped::Named(name) => self.mapping(name)?,
        };
        Declared::parse(&text).map(Some).map_err(|error| shell::chain(&error))
    }

    /// Makes the folder of a name below another one.
    pub(super) fn place(&self, folder: &str, name: &Path) -> io::Result<PathBuf> {
        let path = self.root.join(folder).join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        Ok(path)
    }

    pub(super) fn synced(&self, name: &str) -> io::Result<()> {
        File::open(self.root.join(name))?.sync_all()
    }
}
