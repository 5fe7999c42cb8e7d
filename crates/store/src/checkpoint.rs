//! What the store reads of a checkpoint: size and root. It does not check signatures; whoever signs does.

use crate::folder::{Folder, read_published};
use chain::{Checkpoint, Hash};

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
    /// Reads the signed text of a checkpoint; its signatures are not looked at.
    #[must_use]
    pub fn read(note: &[u8]) -> Option<Self> {
        let note = std::str::from_utf8(note).ok()?;
        let text = note.find("\n\n").map_or(note, |end| &note[..=end]);
        let Checkpoint { size, root, .. } = Checkpoint::parse(text).ok()?;
        Some(Self { size, root })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

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
