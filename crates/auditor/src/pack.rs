//! Evidence packs: a folder with events, their proofs, what was computed from them, and a list of it all that the log's key
//! signed.
//!
//! | file | what | how it is checked |
//! | --- | --- | --- |
//! | `MANIFEST` | the SHA-256 of every file, as a signed note | by a log's key of the policy |
//! | `LINES` | the first 8 bytes of the SHA-256 of every line of the text files | by `MANIFEST`; it names the line that was changed |
//! | `checkpoint` | the tree | by the policy |
//! | `tile/...` | hash tiles from the events' leaves to the root | each by the one above, the last by the checkpoint |
//! | `events.txt` | a line an event: number, exact bytes, facts | the bytes by their leaf hash, the facts by the bytes |
//! | `accounts.txt` | a line an account: number, what the events leave on it, names | the sum by the events |
//! | the rest | for people: events as JSON, results, a page | by `MANIFEST` |

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use chain::{Hash, Hasher, Note, Tile, TileKind, VerifierKey, leaf_hash, read_tile, root_from};
use chain::{decode_base64, sha256};

use crate::check::{Known, trust, with_checkpoint};
use crate::entry::Facts;
use crate::finding::{Checked, Finding};
use crate::folder::Folder;
use crate::statics::full_root;

/// The list of files.
pub const MANIFEST: &str = "MANIFEST";
/// The list of lines.
pub const LINES: &str = "LINES";
/// First line of the manifest.
pub const MANIFEST_HEAD: &str = "granary-pack/1";

/// Checks a pack.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_pack(root: &Path, known: &Known) -> Result<Checked, Finding> {
    let read = |name: &str| {
        std::fs::read(root.join(name))
            .map_err(|error| Finding::new("file_missing", name, format!("cannot be read: {error}")))
    };
    let note = Note::parse(&read(MANIFEST)?).map_err(|error| Finding::of("bad_manifest", MANIFEST, &error))?;
    let keys: Vec<VerifierKey> = known.policy.logs.iter().map(|log| log.key.clone()).collect();
    note.verify(&keys).map_err(|error| Finding::of("not_trusted", MANIFEST, &error))?;
    let about = check_files(root, note.text())?;

    let folder = Folder::at(root);
    let bytes = read("checkpoint")?;
    let checkpoint = Note::parse(&bytes).map_err(|error| Finding::of("bad_checkpoint", "checkpoint", &error))?;
    let trusted = trust(&checkpoint, "checkpoint", known)?;
    let mut tree = Tree::new(&folder, trusted.checkpoint.size, &trusted.checkpoint.root)?;
    let mut balances: HashMap<u64, i128> = HashMap::new();
    let mut facts_text = String::new();
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::InvalidData => Finding::new("bad_line", "events.txt", "is not text in UTF-8"),
        _ => Finding::new("unreadable", "events.txt", error.to_string()),
    };
    let mut events = BufReader::with_capacity(1 << 18, File::open(root.join("events.txt")).map_err(unreadable)?);
    let mut last = 0;
    let mut count = 0u64;
    let mut buffer = String::new();
    while events.read_line(&mut buffer).map_err(unreadable)? > 0 {
        count += 1;
        let place = || format!("events.txt line {count}");
        let line = buffer.strip_suffix('\n').unwrap_or(&buffer);
        let (seq, rest) =
            number(line).ok_or_else(|| Finding::new("bad_line", place(), "does not begin with a number"))?;
        if seq <= last {
            return Err(Finding::new("out_of_order", place(), format!("event {seq} stands behind event {last}")));
        }
        last = seq;
        let (entry, said) = rest.split_once('\t').unwrap_or((rest, ""));
        let entry = decode_base64(entry)
            .ok_or_else(|| Finding::new("bad_line", place(), format!("the bytes of event {seq} are not base64")))?;
        tree.check(seq, &entry, &place)?;
        let facts = Facts::read(&entry)
            .ok_or_else(|| Finding::new("bad_entry", place(), format!("event {seq} is no event of a ledger")))?;
        facts_text.clear();
        facts.write(&mut facts_text);
        if facts_text != said {
            let problem = format!("event {seq} says `{facts_text}`, and the line says `{said}`");
            return Err(Finding::new("facts_differ", place(), problem));
        }
        for leg in &facts.legs {
            *balances.entry(leg.source).or_default() -= i128::from(leg.units);
            *balances.entry(leg.target).or_default() += i128::from(leg.units);
        }
        buffer.clear();
    }
    check_accounts(&text(read("accounts.txt")?, "accounts.txt")?, balances)?;
    let checked = Checked::of("pack").with("about", about).with("events", count).with("last", last);
    Ok(with_checkpoint(checked, &trusted))
}

/// Every file is as it was listed, and none beside; gives what the pack is about.
fn check_files(root: &Path, manifest: &str) -> Result<String, Finding> {
    let mut lines = manifest.lines().enumerate();
    let bad =
        |index: usize, problem: &str| Finding::new("bad_manifest", format!("{MANIFEST} line {}", index + 1), problem);
    match lines.next() {
        Some((_, MANIFEST_HEAD)) => {}
        _ => return Err(bad(0, "is not the head of a pack")),
    }
    let (_, about) = lines.next().ok_or_else(|| bad(1, "says nothing of what the pack is about"))?;
    let about = about.strip_prefix("about ").ok_or_else(|| bad(1, "says nothing of what the pack is about"))?;
    let mut listed = BTreeMap::new();
    for (index, line) in lines {
        let (hash, name) = line.split_once(' ').ok_or_else(|| bad(index, "is not a hash and a name"))?;
        let is_plain =
            !name.starts_with('/') && name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !is_plain {
            return Err(bad(index, "names a file outside the pack"));
        }
        listed.insert(name.to_owned(), hash.to_owned());
    }
    let mut buffer = vec![0; 1 << 18];
    for (name, hash) in &listed {
        let unreadable = |error| Finding::new("file_missing", name, format!("cannot be read: {error}"));
        let path = root.join(name);
        if hex(&hash_file(&path, &mut buffer).map_err(unreadable)?) != *hash {
            let lines = std::fs::read_to_string(root.join(LINES)).unwrap_or_default();
            return Err(changed(name, &std::fs::read(&path).map_err(unreadable)?, &lines));
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

/// The SHA-256 of a file, however long.
fn hash_file(path: &Path, buffer: &mut [u8]) -> io::Result<Hash> {
    let (mut file, mut hasher) = (File::open(path)?, Hasher::default());
    loop {
        match file.read(buffer)? {
            0 => return Ok(hasher.finish()),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// The hash of a line in `LINES`: it only names the line, the manifest vouches for the file.
#[must_use]
pub fn line_hash(line: &[u8]) -> String {
    hex(&sha256(line)[..8])
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

/// What the events leave on each account is what the pack says.
fn check_accounts(accounts: &str, mut balances: HashMap<u64, i128>) -> Result<(), Finding> {
    for (index, line) in accounts.lines().enumerate() {
        let place = || format!("accounts.txt line {}", index + 1);
        let (account, rest) =
            number(line).ok_or_else(|| Finding::new("bad_line", place(), "does not begin with a number"))?;
        let said = rest.split('\t').next().unwrap_or_default();
        let found = balances.remove(&account).ok_or_else(|| {
            Finding::new("balance_differs", place(), format!("no event of the pack touches account {account}"))
        })?;
        if said != found.to_string() {
            return Err(Finding::new(
                "balance_differs",
                place(),
                format!("the events leave {found} on account {account}, and the line says {said}"),
            ));
        }
    }
    match balances.keys().min() {
        None => Ok(()),
        Some(account) => Err(Finding::new(
            "account_missing",
            "accounts.txt",
            format!("account {account} is touched by the events and not listed"),
        )),
    }
}

/// The tree of a checkpoint, as far as the pack's tiles reach: each tile is checked once, by the one above.
struct Tree<'f> {
    folder: &'f Folder,
    size: u64,
    checked: HashMap<Tile, Vec<Hash>>,
    /// The tile of the event before.
    last: Option<(Tile, Vec<Hash>)>,
}

impl<'f> Tree<'f> {
    fn new(folder: &'f Folder, size: u64, root: &Hash) -> Result<Self, Finding> {
        let found = root_from(folder, size, size).map_err(|error| Finding::of("file_damaged", "tile", &error))?;
        if found != *root {
            return Err(Finding::new(
                "root_differs",
                "checkpoint",
                "the tiles on the right edge do not give the signed root",
            ));
        }
        Ok(Self { folder, size, checked: HashMap::new(), last: None })
    }

    fn check(&mut self, seq: u64, entry: &[u8], place: &dyn Fn() -> String) -> Result<(), Finding> {
        let (index, size) = (seq - 1, self.size);
        let tile = Tile::of_tree(TileKind::Hashes(0), index / 256, size).filter(|_| index < size).ok_or_else(|| {
            Finding::new("not_in_tree", place(), format!("event {seq} is not in a tree of {size} entries"))
        })?;
        // Events stand in order: most have the tile of the one before.
        if self.last.as_ref().is_none_or(|(last, _)| *last != tile) {
            self.last = Some((tile, self.tile(tile)?.to_vec()));
        }
        let hashes = self.last.as_ref().map_or(&[][..], |(_, hashes)| hashes);
        match hashes.get((index % 256) as usize) == Some(&leaf_hash(entry)) {
            true => Ok(()),
            false => {
                Err(Finding::new("entry_differs", place(), format!("event {seq} is not the one that was recorded")))
            }
        }
    }

    /// The hashes of a tile, once it is known that the root stands over them.
    fn tile(&mut self, wanted: Tile) -> Result<&[Hash], Finding> {
        if self.checked.contains_key(&wanted) {
            return Ok(&self.checked[&wanted]);
        }
        // Upwards to a tile that is known, or lies on the right edge, over which the root was computed.
        let mut path = vec![wanted];
        while let Some(tile) = path.last().copied() {
            if self.checked.contains_key(&tile) || !tile.is_full() {
                break;
            }
            path.push(self.above(tile)?);
        }
        for tile in path.into_iter().rev() {
            if self.checked.contains_key(&tile) {
                continue;
            }
            let content =
                read_tile(self.folder, tile).map_err(|error| Finding::of("file_damaged", tile.path(), &error))?;
            let hashes = content.as_chunks::<32>().0.to_vec();
            if let Some(root) = full_root(&hashes) {
                let above = self.above(tile)?;
                if self.checked[&above][(tile.index() % 256) as usize] != root {
                    return Err(Finding::new(
                        "tile_differs",
                        tile.path(),
                        "the tile is not the one that the tree was made of",
                    ));
                }
            }
            self.checked.insert(tile, hashes);
        }
        Ok(&self.checked[&wanted])
    }

    fn above(&self, tile: Tile) -> Result<Tile, Finding> {
        let TileKind::Hashes(level) = tile.kind() else { unreachable!("only hash tiles are asked for") };
        Tile::of_tree(TileKind::Hashes(level + 1), tile.index() / 256, self.size)
            .ok_or_else(|| Finding::new("not_in_tree", tile.path(), "there is no tile above it"))
    }
}

fn text(bytes: Vec<u8>, name: &str) -> Result<String, Finding> {
    String::from_utf8(bytes).map_err(|_| Finding::new("bad_line", name, "is not text in UTF-8"))
}

/// The number that begins a line, from 1, and what stands behind the tab; accounts begin with 0.
fn number(line: &str) -> Option<(u64, &str)> {
    let (number, rest) = line.split_once('\t')?;
    Some((number.parse().ok()?, rest))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_no_entry_and_never_panics() {
        for bytes in
            [&[][..], &[0x89], &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], &[0x89, 0x5f], &[0xff; 40]]
        {
            assert_eq!(Facts::read(bytes), None, "{bytes:?}");
        }
        let mut seed = 1u64;
        for length in 0..2_000usize {
            let bytes: Vec<u8> = (0..length % 97)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    (seed >> 56) as u8
                })
                .collect();
            let _ = Facts::read(&[&[0x89, 0x50][..], &[0; 16], &bytes].concat());
        }
    }
}
