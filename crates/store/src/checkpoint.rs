//! What the store reads of a checkpoint: size and root. It does not check signatures; whoever signs does.

use crate::folder::{Folder, read_published};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chain::Hash;

/// Size and root that a signed checkpoint states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Count of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

/// The newest sound checkpoint of a folder: the one among the tiles, or its copy when that is missing, unreadable or older.
pub(crate) fn newest(folder: &Folder) -> Option<(Stated, Vec<u8>)> {
    let among_tiles = std::fs::read(folder.checkpoint()).ok();
    let copy = read_published(folder).ok().flatten();
    let read = |note: Vec<u8>| Some((Stated::read(&note)?, note));
    match (among_tiles.and_then(read), copy.and_then(read)) {
        // Of the same size, the copy is the one with a checksum.
        (Some(one), Some(copy)) => Some(if one.0.size > copy.0.size { one } else { copy }),
        (one, copy) => one.or(copy),
    }
}

impl Stated {
    /// Reads the second and third line of a checkpoint.
    #[must_use]
    pub fn read(note: &[u8]) -> Option<Self> {
        let mut lines = note.split(|byte| *byte == b'\n');
        lines.next().filter(|origin| !origin.is_empty())?;
        let size = std::str::from_utf8(lines.next()?).ok()?;
        let whole = size == "0" || (!size.starts_with('0') && size.bytes().all(|digit| digit.is_ascii_digit()));
        let root = STANDARD.decode(lines.next()?).ok()?;
        Some(Self { size: size.parse().ok().filter(|_| whole)?, root: root.try_into().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_root_are_read_and_nonsense_is_not() {
        let root = STANDARD.encode([7; 32]);
        let stated = Stated::read(format!("reserve.example/a\n70000\n{root}\n\n— reserve.example/a xyz\n").as_bytes());
        assert_eq!(stated, Some(Stated { size: 70_000, root: [7; 32] }));
        for nonsense in ["", "a\n", "a\n5\n", "a\n05\nAAAA\n", &format!("a\n+5\n{root}\n"), &format!("\n5\n{root}\n")] {
            assert_eq!(Stated::read(nonsense.as_bytes()), None, "{nonsense}");
        }
    }
}
