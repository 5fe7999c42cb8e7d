//! What the store reads of a checkpoint: size and root. It does not check signatures; whoever signs does.

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
