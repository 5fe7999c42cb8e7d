//! Files that somebody else placed: opened without waiting for anybody, and read only where they are plain files.
//!
//! A name says nothing about what lies there. A link may lead to a secret, a pipe never ends, a device does something when it
//! is opened, and a file of one name may be one of another owner. So a file is opened first, and looked at then.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path};

use rustix::fs::{Mode, OFlags, openat};

/// Why a file is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPlain {
    /// A link, a folder, a pipe, a socket or a device.
    Kind,
    /// It has a second name, which may lie where its owner wants nobody to read.
    Linked,
    /// It is of somebody else.
    Owner {
        /// Number of that user.
        user: u32,
    },
}

impl std::fmt::Display for NotPlain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kind => write!(f, "it is no plain file, but a link, a folder, a pipe or a device"),
            Self::Linked => write!(f, "it has a second name elsewhere (a hard link)"),
            Self::Owner { user } => write!(f, "it belongs to user {user}, from whom nothing is taken here"),
        }
    }
}

impl std::error::Error for NotPlain {}

/// What keeps a file from being read, where it is not the disk.
#[must_use]
pub fn why_not(error: &io::Error) -> Option<NotPlain> {
    error.get_ref().and_then(|cause| cause.downcast_ref()).copied()
}

const LOOK: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY).union(OFlags::CLOEXEC);

/// Opens a file that lies where the path leads, by links as well.
///
/// # Errors
/// When it is not there or no plain file (see [`why_not`]).
pub fn open(path: &Path) -> io::Result<File> {
    plain(File::from(openat(rustix::fs::CWD, path, LOOK, Mode::empty())?))
}

/// Opens a file below a folder whose owner may be a stranger: no link is followed on the way, it has one name, and it belongs
/// to one of these users.
///
/// # Errors
/// When it is not there or not such a file (see [`why_not`]).
pub fn open_below(root: &Path, below: &Path, owners: &[u32]) -> io::Result<File> {
    let folder = LOOK | OFlags::DIRECTORY;
    let mut at = openat(rustix::fs::CWD, root, folder, Mode::empty())?;
    let mut parts = below.components().peekable();
    while let Some(part) = parts.next() {
        let Component::Normal(name) = part else { return Err(io::Error::other(NotPlain::Kind)) };
        let flags = if parts.peek().is_some() { folder } else { LOOK } | OFlags::NOFOLLOW;
        at = openat(&at, name, flags, Mode::empty()).map_err(|error| match io::Error::from(error) {
            // A link, or something on the way that is no folder, or a pipe or socket that nobody serves.
            _ if [rustix::io::Errno::LOOP, rustix::io::Errno::NOTDIR, rustix::io::Errno::NXIO].contains(&error) => {
                io::Error::other(NotPlain::Kind)
            }
            error => error,
        })?;
    }
    let file = plain(File::from(at))?;
    let about = file.metadata()?;
    if !owners.contains(&about.uid()) {
        return Err(io::Error::other(NotPlain::Owner { user: about.uid() }));
    }
    if about.nlink() != 1 {
        return Err(io::Error::other(NotPlain::Linked));
    }
    Ok(file)
}

/// Everything in a file, where that is not more than so many bytes; it may grow while it is read.
///
/// # Errors
/// When it is longer, or cannot be read.
pub fn read_bounded(file: File, bytes_max: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bytes_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {bytes_max} bytes")));
    }
    Ok(bytes)
}

fn plain(file: File) -> io::Result<File> {
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other(NotPlain::Kind)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use rustix::fs::{FileType, mknodat};

    use super::*;

    /// A folder of the drop kind gave the log's key away by a link, and a pipe in it held the whole server.
    #[test]
    fn only_plain_files_with_one_name_of_an_expected_owner_are_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, secret) = (folder.path().join("in"), folder.path().join("secret"));
        fs::create_dir_all(root.join("sub")).expect("made");
        fs::write(&secret, "secret").expect("written");
        let us = fs::metadata(&secret).expect("there").uid();
        fs::write(root.join("plain"), "plain").expect("written");
        fs::write(root.join("sub/plain"), "plain").expect("written");
        symlink(&secret, root.join("link")).expect("made");
        symlink(folder.path(), root.join("away")).expect("made");
        fs::hard_link(&secret, root.join("hard")).expect("made");
        let pipe = root.join("pipe");
        mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("made");

        let opened = |name: &str, owners: &[u32]| open_below(&root, Path::new(name), owners);
        for name in ["plain", "sub/plain"] {
            let bytes = read_bounded(opened(name, &[us]).expect("a plain file"), 5).expect("short");
            assert_eq!(bytes, b"plain");
        }
        for name in ["link", "away/secret", "pipe", "sub", "../secret"] {
            let error = opened(name, &[us]).expect_err(name);
            assert_eq!(why_not(&error), Some(NotPlain::Kind), "{name}: {error}");
        }
        assert_eq!(why_not(&opened("hard", &[us]).expect_err("hard")), Some(NotPlain::Linked));
        assert_eq!(why_not(&opened("plain", &[us + 1]).expect_err("owner")), Some(NotPlain::Owner { user: us }));
        assert_eq!(opened("none", &[us]).expect_err("none").kind(), io::ErrorKind::NotFound);
        assert_eq!(why_not(&open(&pipe).expect_err("a pipe")), Some(NotPlain::Kind));
        assert!(open(&root.join("link")).is_ok(), "by links, where the folder is ours");
        let long = opened("plain", &[us]).expect("plain");
        assert_eq!(read_bounded(long, 4).expect_err("long").kind(), io::ErrorKind::FileTooLarge);
    }
}
