//! The list of a pack's files: each is there, as it was listed, and none beside.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use chain::{Hash, Hasher};

use super::{FILES, LINES, LONG_HEAD, MANIFEST, MANIFEST_HEAD, hex, line_hash};
use crate::finding::Finding;

/// What every pack has.
const NEEDED: [&str; 4] = ["accounts.txt", "checkpoint", "events.txt", "shown.jsonl"];

/// Every file is as it was listed, and none beside; gives what the pack is about.
pub(super) fn check_files(root: &Path, manifest: &str) -> Result<String, Finding> {
    let mut lines = manifest.lines().enumerate();
    let head = lines.next().map(|(_, head)| head);
    let Some((_, Some(about))) = lines.next().map(|(index, line)| (index, line.strip_prefix("about "))) else {
        return Err(bad(MANIFEST, 1, "says nothing of what the pack is about"));
    };
    let mut listed = BTreeMap::new();
    let long;
    match head {
        Some(MANIFEST_HEAD) => list(MANIFEST, lines, &mut listed)?,
        // The list is longer than a note may be: it is a file of its own, whose hash is signed.
        Some(LONG_HEAD) => {
            list(MANIFEST, lines, &mut listed)?;
            if listed.len() != 1 || !listed.contains_key(FILES) {
                return Err(bad(MANIFEST, 2, "names another file than the list of files"));
            }
            let unreadable = |error| Finding::new("file_missing", FILES, format!("cannot be read: {error}"));
            let hash = hash_file(&root.join(FILES), &mut vec![0; 1 << 18]).map_err(unreadable)?;
            if hex(&hash) != listed[FILES] {
                return Err(Finding::new("file_changed", FILES, "is not the file that was listed"));
            }
            long = std::fs::read_to_string(root.join(FILES)).map_err(unreadable)?;
            list(FILES, long.lines().enumerate(), &mut listed)?;
        }
        _ => return Err(bad(MANIFEST, 0, "is not the head of a pack")),
    }
    if let Some(missing) = NEEDED.iter().find(|name| !listed.contains_key(**name)) {
        let problem = format!("`{missing}` is not listed, and nothing can be checked without it");
        return Err(Finding::new("bad_manifest", MANIFEST, problem));
    }
    let mut buffer = vec![0; 1 << 18];
    for (name, hash) in &listed {
        let unreadable = |error| Finding::new("file_missing", name, format!("cannot be read: {error}"));
        let path = root.join(name);
        if hex(&hash_file(&path, &mut buffer).map_err(unreadable)?) != *hash {
            let lines = super::read(&root.join(LINES)).unwrap_or_default();
            let bytes = super::read(&path).map_err(unreadable)?;
            return Err(changed(name, &bytes, &String::from_utf8_lossy(&lines)));
        }
    }
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable =
            |error: std::io::Error| Finding::new("unreadable", folder.display().to_string(), error.to_string());
        for file in std::fs::read_dir(&folder).map_err(unreadable)? {
            let path = file.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            if name != MANIFEST && !listed.contains_key(&name) {
                return Err(Finding::new("file_added", name, "is not listed in the manifest"));
            }
        }
    }
    Ok(about.to_owned())
}

fn bad(file: &str, index: usize, problem: &str) -> Finding {
    Finding::new("bad_manifest", format!("{file} line {}", index + 1), problem)
}

/// Reads lines of hash and name.
fn list<'l>(
    file: &str,
    lines: impl Iterator<Item = (usize, &'l str)>,
    listed: &mut BTreeMap<String, String>,
) -> Result<(), Finding> {
    for (index, line) in lines {
        let (hash, name) = line.split_once(' ').ok_or_else(|| bad(file, index, "is not a hash and a name"))?;
        let is_plain =
            !name.starts_with('/') && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !is_plain {
            return Err(bad(file, index, "names a file outside the pack"));
        }
        if listed.insert(name.to_owned(), hash.to_owned()).is_some() {
            return Err(bad(file, index, "lists a file a second time"));
        }
    }
    Ok(())
}

/// The SHA-256 of a file, however long.
fn hash_file(path: &Path, buffer: &mut [u8]) -> io::Result<Hash> {
    let (mut file, mut hasher) = (crate::plain::open(path)?, Hasher::default());
    loop {
        match file.read(buffer)? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Names the first line of a changed file that is not as it was.
fn changed(name: &str, bytes: &[u8], hashes: &str) -> Finding {
    let prefix = format!("{name} ");
    let known: Vec<&str> = hashes.lines().filter_map(|line| line.strip_prefix(&prefix)).collect();
    if name == LINES || known.is_empty() {
        return Finding::new("file_changed", name, "is not the file that was listed");
    }
    let mut found = bytes.split_inclusive(|byte| *byte == b'\n');
    for (index, hash) in known.iter().enumerate() {
        let place = format!("{name} line {}", index + 1);
        match found.next() {
            None => {
                return Finding::new(
                    "line_missing",
                    place,
                    format!("the file ends before it; {} lines were listed", known.len()),
                );
            }
            Some(line) if line_hash(line) != **hash => {
                return Finding::new("line_changed", place, "is not the line that was listed");
            }
            Some(_) => {}
        }
    }
    Finding::new("line_added", format!("{name} line {}", known.len() + 1), format!("{} lines were listed", known.len()))
}
