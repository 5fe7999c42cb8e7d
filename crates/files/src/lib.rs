//! A small file written as a whole: whoever reads it finds the old content or the new one, and never a part.
//!
//! It is written beside, under the name with `.new` for its ending, and renamed over the old one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Replaces a file for good: once this returns the new content survives a power cut, and before that the old one does.
///
/// # Errors
/// When the file system refuses. The old content is there still, or the new one is.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_dir(path.parent().expect("a file in a folder"))
}

/// Replaces a file that can be had again: nothing is synced, so that a power cut may leave any of both, or neither.
///
/// # Errors
/// When the file system refuses.
pub fn replace_unsynced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = beside(path);
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}

/// Makes the names in a folder survive a power cut.
///
/// # Errors
/// When the file system refuses.
pub fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("new")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("list.txt");
        for (replace, said) in [(replace as fn(&Path, &[u8]) -> io::Result<()>, "one"), (replace_unsynced, "two")] {
            replace(&path, said.as_bytes()).expect("written");
            assert_eq!(fs::read_to_string(&path).expect("there"), said);
        }
        // What a crash left beside it is written over.
        fs::write(folder.path().join("list.new"), "a half of what was longer").expect("written");
        replace(&path, b"three").expect("written");
        assert_eq!(fs::read_to_string(&path).expect("there"), "three");
        let names: Vec<_> = fs::read_dir(&folder).expect("a folder").flatten().map(|file| file.file_name()).collect();
        assert_eq!(names, ["list.txt"]);
    }
}
