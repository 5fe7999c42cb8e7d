//! The folder of a pack while it is written: every file is listed, every line of the text files hashed, the list signed.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use auditor::pack::{LINES, MANIFEST, MANIFEST_HEAD, hex, line_hash};
use chain::{Hasher, Note, SignerKey, sha256};

use crate::error::{EvidenceError, unwritten};

/// A pack that is being made.
pub(super) struct Pack<'o> {
    pub(super) out: &'o Path,
    pub(super) events: Listed,
    pub(super) shown: Listed,
    /// The hashes of lines, so that a changed one is named.
    pub(super) lines: Listed,
    /// Hash and name of each finished file.
    files: Vec<(String, String)>,
}

impl<'o> Pack<'o> {
    pub(super) fn begin(out: &'o Path) -> Result<Self, EvidenceError> {
        fs::create_dir(out).map_err(|source| EvidenceError::Folder { path: out.to_owned(), source })?;
        let begin = |name| Listed::begin(out, name);
        let (events, shown, lines) = (begin("events.txt")?, begin("shown.jsonl")?, begin(LINES)?);
        Ok(Self { out, events, shown, lines, files: Vec::new() })
    }

    pub(super) fn write(&mut self, name: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let path = self.out.join(name);
        fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(unwritten(&path))?;
        fs::write(&path, bytes).map_err(unwritten(&path))?;
        self.files.push((name.to_owned(), hex(&sha256(bytes))));
        Ok(())
    }

    pub(super) fn list(&mut self, file: Listed) -> Result<(), EvidenceError> {
        self.files.push(file.finish()?);
        Ok(())
    }

    /// Lists every file, and signs the list.
    pub(super) fn finish(self, about: &str, signers: &[SignerKey]) -> Result<(), EvidenceError> {
        let mut files = self.files;
        for file in [self.events, self.shown, self.lines] {
            files.push(file.finish()?);
        }
        files.sort();
        let mut manifest = format!("{MANIFEST_HEAD}\nabout {about}\n");
        for (name, hash) in &files {
            manifest += &format!("{hash} {name}\n");
        }
        // No checkpoint reads like this: its second line would be a number.
        let mut note = Note::new(manifest)?;
        signers.iter().try_for_each(|signer| note.sign(signer))?;
        let path = self.out.join(MANIFEST);
        fs::write(&path, note.to_string()).map_err(unwritten(&path))?;
        Ok(())
    }
}

/// A file of a pack that is written line by line.
pub(super) struct Listed {
    name: &'static str,
    file: BufWriter<File>,
    whole: Hasher,
}

impl Listed {
    pub(super) fn begin(out: &Path, name: &'static str) -> Result<Self, EvidenceError> {
        let path = out.join(name);
        let file = File::create(&path).map_err(unwritten(&path))?;
        Ok(Self { name, file: BufWriter::with_capacity(1 << 18, file), whole: Hasher::default() })
    }

    /// Writes a line, and its hash into the list of lines.
    pub(super) fn line(&mut self, line: &str, lines: &mut Self) -> Result<(), EvidenceError> {
        self.write(line)?;
        lines.write(&format!("{} {}\n", self.name, line_hash(line.as_bytes())))
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), EvidenceError> {
        self.whole.update(text.as_bytes());
        self.file.write_all(text.as_bytes()).map_err(unwritten(Path::new(self.name)))
    }

    /// Name and hash of the whole.
    pub(super) fn finish(mut self) -> Result<(String, String), EvidenceError> {
        self.file.flush().map_err(unwritten(Path::new(self.name)))?;
        Ok((self.name.to_owned(), hex(&self.whole.finish())))
    }
}
