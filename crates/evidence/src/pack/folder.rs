//! The folder of a pack while it is written: every file is listed, every line of the text files hashed, the list signed.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use auditor::pack::{FILES, LINES, LONG_HEAD, MANIFEST, MANIFEST_HEAD, hex, line_hash};
use chain::{Hasher, NOTE_BYTES_MAX, Note, SignerKey, sha256};

use crate::error::{EvidenceError, unwritten};

/// Bytes of the longest list of files that stands in the note itself.
const LIST_BYTES_MAX: usize = NOTE_BYTES_MAX / 2;

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
        let list: String = files.iter().map(|(name, hash)| format!("{hash} {name}\n")).collect();
        let manifest = if list.len() <= LIST_BYTES_MAX {
            format!("{MANIFEST_HEAD}\nabout {about}\n{list}")
        } else {
            let path = self.out.join(FILES);
            fs::write(&path, &list).map_err(unwritten(&path))?;
            format!("{LONG_HEAD}\nabout {about}\n{} {FILES}\n", hex(&sha256(list.as_bytes())))
        };
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

#[cfg(test)]
mod tests {
    use chain::{SignatureKind, SignerKey};

    use super::*;

    #[test]
    fn a_list_that_is_too_long_for_a_note_is_a_file_of_its_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("pack");
        let key = SignerKey::from_seed("reserve.example/a", SignatureKind::Ed25519, &[1; 32]).expect("a name");
        let mut pack = Pack::begin(&out).expect("begun");
        let many = (0..20_000).map(|index| (format!("tile/0/{index:06}"), "0".repeat(64)));
        pack.files.extend(many);
        pack.finish("everything", std::slice::from_ref(&key)).expect("written");
        let note = Note::parse(&fs::read(out.join(MANIFEST)).expect("there")).expect("it can be read");
        assert!(note.text().starts_with(LONG_HEAD) && note.text().lines().count() == 3, "{}", note.text());
        let list = fs::read_to_string(out.join(FILES)).expect("there");
        assert_eq!(list.lines().count(), 20_003);
        assert!(note.text().ends_with(&format!("{} {FILES}\n", hex(&sha256(list.as_bytes())))));
    }
}
