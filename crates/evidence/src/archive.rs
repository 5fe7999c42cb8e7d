//! Moves old entry bundles out of the way, as C2SP tlog-tiles prunes: the hashes stay, so that every proof can still be made.
//!
//! Nothing is removed before its copy was read back and the place that says where it is was synced.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use auditor::{ARCHIVE_HEAD, Archive, Facts, Finding, Folder, Known};
use chain::{Checkpoint, LogFiles, Note, Policy, Tile, TileKind, VerifierKey, hash_tiles, read_entry, read_tile};

use crate::error::{EvidenceError, unwritten};

const WIDTH: u64 = 256;

/// Events were not put away. Nothing was removed.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Something in the static files is damaged: it is mended first.
    #[error(transparent)]
    Damaged(Finding),
    /// All whole bundles are away already.
    #[error(
        "nothing to move: events up to {archived} are in the archive, and bundles go as a whole, {WIDTH} events each"
    )]
    Nothing {
        /// Events in the archive.
        archived: u64,
    },
    /// The archive of this ledger is another folder.
    #[error("the archive of this ledger is `{0}`")]
    OtherFolder(PathBuf),
    /// The folder lies inside of what is pruned.
    #[error("an archive lies outside of the tiles")]
    Inside,
    /// A copy is not what was copied.
    #[error("the copy of {0} differs; nothing was removed")]
    Differs(String),
    /// The folder cannot be used.
    #[error("use the folder `{path}`")]
    Folder {
        /// Which one.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// See the cause.
    #[error(transparent)]
    Made(#[from] EvidenceError),
}

/// What was put away.
#[derive(Debug)]
pub struct Archived {
    /// Events in the archive from now on.
    pub events: u64,
    /// Bundles that went there now.
    pub bundles: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The archive.
    pub folder: PathBuf,
}

/// Moves the bundles of the first events of a log into a folder. `wanted` says how many events, given the size of the log;
/// `copied` is told each bundle that was copied, and of how many.
///
/// # Errors
/// When something is damaged, there is nothing to move, or the folder is not fit.
pub fn archive(
    tiles: &Path,
    key: VerifierKey,
    to: &Path,
    wanted: impl FnOnce(&Folder, u64) -> Result<u64, ArchiveError>,
    mut copied: impl FnMut(u64, u64),
) -> Result<Archived, ArchiveError> {
    let files = Folder::at(tiles);
    // Everything is read once before anything is moved: what is damaged is mended first.
    auditor::check(tiles, &Known::policy(Policy::of_log(key))).map_err(ArchiveError::Damaged)?;
    let note = Note::parse(&files.checkpoint().map_err(EvidenceError::from)?).map_err(EvidenceError::from)?;
    let size = Checkpoint::parse(note.text()).map_err(EvidenceError::from)?.size;
    let before = files.archive().map_or(0, |archive| archive.minimum_index);
    let minimum_index = wanted(&files, size)? / WIDTH * WIDTH;
    if minimum_index <= before {
        return Err(ArchiveError::Nothing { archived: before });
    }
    let to = folder(&files, tiles, to)?;
    let bundles = before / WIDTH..minimum_index / WIDTH;
    let count = bundles.end - bundles.start;
    for (done, index) in (1..).zip(bundles.clone()) {
        let tile = bundle(index);
        put(&to, tile, &read(&files, tile)?)?;
        copied(done, count);
    }
    // With the hashes beside them, the archive proves its events by itself.
    for tile in hash_tiles(size) {
        put(&to, tile, &read(&files, tile)?)?;
    }
    let through = format!("events 1 to {minimum_index}\n");
    for (name, text) in [("checkpoint", note.to_string()), (ARCHIVE_HEAD, through)] {
        let path = to.join(name);
        fs::write(&path, text).map_err(unwritten(&path))?;
    }
    sync_all(&to).map_err(unwritten(&to))?;
    let copies = Folder::at(&to);
    for tile in bundles.clone().map(bundle) {
        if read(&copies, tile)? != read(&files, tile)? {
            return Err(ArchiveError::Differs(tile.path()));
        }
    }
    let said = Archive { minimum_index, folder: to.clone() }.archived().to_string();
    let place = tiles.join(chain::ARCHIVE);
    files::replace(&place, said.as_bytes()).map_err(unwritten(&place))?;
    // Only now, when whoever looks for them is sent there.
    let mut bytes = 0;
    for tile in bundles.map(bundle) {
        let path = tiles.join(tile.path());
        bytes += fs::metadata(&path).map_or(0, |file| file.len());
        fs::remove_file(&path).map_err(unwritten(&path))?;
    }
    Ok(Archived { events: minimum_index, bundles: count, bytes, folder: to })
}

/// The folder, once it is fit to be the archive of these files.
fn folder(files: &Folder, tiles: &Path, to: &Path) -> Result<PathBuf, ArchiveError> {
    if let Some(archive) = files.archive()
        && fs::canonicalize(&archive.folder).ok() != fs::canonicalize(to).ok()
    {
        return Err(ArchiveError::OtherFolder(archive.folder));
    }
    let unfit = |source| ArchiveError::Folder { path: to.to_owned(), source };
    fs::create_dir_all(to).map_err(unfit)?;
    let found = fs::canonicalize(to).map_err(unfit)?;
    if found.starts_with(fs::canonicalize(tiles).map_err(unfit)?) {
        return Err(ArchiveError::Inside);
    }
    Ok(found)
}

/// Count of events recorded before a moment, in microseconds since 1970; recorded times only grow.
///
/// # Errors
/// When an event on the way cannot be read.
pub fn recorded_before(files: &impl LogFiles, size: u64, moment_us: u64) -> Result<u64, EvidenceError> {
    let (mut low, mut high) = (0, size);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = read_entry(files, middle, size)?;
        let facts = Facts::read(&entry).ok_or(EvidenceError::Unreadable { seq: middle + 1 })?;
        if facts.recorded_us < moment_us { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}

fn bundle(index: u64) -> Tile {
    Tile::new(TileKind::Entries, index, 256).expect("a full bundle")
}

fn read(files: &Folder, tile: Tile) -> Result<Vec<u8>, EvidenceError> {
    Ok(read_tile(files, tile)?)
}

fn put(to: &Path, tile: Tile, bytes: &[u8]) -> Result<(), EvidenceError> {
    let path = to.join(tile.path());
    fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(unwritten(&path))?;
    fs::write(&path, bytes).map_err(unwritten(&path))
}

/// One sync for the whole file system of the archive.
fn sync_all(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}
