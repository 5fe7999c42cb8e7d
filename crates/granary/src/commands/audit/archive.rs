//! Moves old entry bundles out of the way, as C2SP tlog-tiles prunes: the hashes stay, so that every proof can still be made.

use std::fs::{self, File};
use std::path::Path;

use auditor::{Archive, Folder, Known};
use chain::{Checkpoint, LogFiles, Note, Policy, Tile, TileKind, hash_tiles, read_tile};
use serde_json::json;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::commands::restore::recorded_before;
use crate::output::{Align, Column, Format, Grid, show};
use crate::progress;

const WIDTH: u64 = 256;

pub(super) fn run(until: &str, to: &Path, dir: &Dir, format: Format) -> Result<Exit, Failure> {
    let root = dir.local()?;
    let tiles = root.join("tiles");
    let key = ledger::verifier(root).map_err(|error| query::opening(root, error.into()))?;
    let files = Folder::at(&tiles);
    // Everything is read once before anything is moved: what is damaged is mended first.
    auditor::check(&tiles, &Known::policy(Policy::of_log(key)))
        .map_err(|finding| Failure { exit: Exit::Refused, ..Failure::new(finding) }.hint("see `granary doctor`"))?;
    let note = Note::parse(&files.checkpoint()?)?;
    let size = Checkpoint::parse(note.text())?.size;
    let wanted = wanted(until, &files, size)?;
    let before = files.archive().map_or(0, |archive| archive.minimum_index);
    let minimum_index = wanted / WIDTH * WIDTH;
    if minimum_index <= before {
        let problem = format!(
            "nothing to move: events up to {before} are in the archive, and bundles go as a whole, 256 events each"
        );
        return Err(Failure { exit: Exit::Refused, ..Failure::new(problem) });
    }
    if let Some(archive) = files.archive()
        && fs::canonicalize(&archive.folder).ok() != fs::canonicalize(to).ok()
    {
        return Err(Failure::wrong_use(format!("the archive of this ledger is `{}`", archive.folder.display())).hint(
            "name the same folder: an archive is one folder, which may be moved as a whole (tiles/archive says where)",
        ));
    }
    fs::create_dir_all(to).map_err(|error| Failure::new(format!("make the folder `{}`: {error}", to.display())))?;
    let to = fs::canonicalize(to)?;
    if to.starts_with(fs::canonicalize(&tiles)?) {
        return Err(Failure::wrong_use("an archive lies outside of the tiles"));
    }
    let bundles = before / WIDTH..minimum_index / WIDTH;
    let bar = progress::bar(bundles.end - bundles.start, "copying");
    for index in bundles.clone() {
        let tile = Tile::new(TileKind::Entries, index, 256).expect("a full bundle");
        put(&to, tile, &read_tile(&files, tile)?)?;
        bar.inc(1);
    }
    // With the hashes beside them, the archive proves its events by itself.
    for tile in hash_tiles(size) {
        put(&to, tile, &read_tile(&files, tile)?)?;
    }
    fs::write(to.join("checkpoint"), note.to_string())?;
    sync_all(&to)?;
    bar.finish_and_clear();
    let copied = Folder::at(&to);
    for index in bundles.clone() {
        let tile = Tile::new(TileKind::Entries, index, 256).expect("a full bundle");
        if read_tile(&copied, tile)? != read_tile(&files, tile)? {
            return Err(Failure::new(format!("the copy of {} differs; nothing was removed", tile.path())));
        }
    }
    let said = Archive { minimum_index, folder: to.clone() }.archived().to_string();
    replace(&tiles.join(chain::ARCHIVE), said.as_bytes())
        .map_err(|error| Failure::new(format!("write `{}`: {error}", tiles.join("archive").display())))?;
    // Only now, when whoever looks for them is sent there.
    let mut bytes = 0;
    for index in bundles.clone() {
        let path = tiles.join(Tile::new(TileKind::Entries, index, 256).expect("a full bundle").path());
        bytes += fs::metadata(&path).map_or(0, |file| file.len());
        fs::remove_file(&path).map_err(|error| Failure::new(format!("remove `{}`: {error}", path.display())))?;
    }
    let answer = json!({ "events": minimum_index, "bundles": bundles.end - bundles.start, "bytes": bytes,
        "archive": to.display().to_string() });
    show(format, &answer, || Grid {
        columns: vec![Column("archived", Align::Left), Column("", Align::Left)],
        rows: [
            ("events up to", minimum_index.to_string()),
            ("bundles moved now", (bundles.end - bundles.start).to_string()),
            ("bytes moved now", bytes.to_string()),
            ("to", to.display().to_string()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(Exit::Done)
}

/// Count of events up to an event, or recorded through a day.
fn wanted(until: &str, files: &Folder, size: u64) -> Result<u64, Failure> {
    if let Ok(seq) = until.parse::<u64>() {
        return Ok(seq.min(size));
    }
    let day = wire::date::parse_day(until).map_err(|_| {
        Failure::wrong_use(format!("`{until}` is no event and no day")).hint("write 4000, or 2025-12-31")
    })?;
    let end = u64::try_from(i64::from(day.0) + 1).unwrap_or(0) * 86_400_000_000;
    recorded_before(files, size, end)
}

fn put(to: &Path, tile: Tile, bytes: &[u8]) -> Result<(), Failure> {
    let path = to.join(tile.path());
    let failed = |error| Failure::new(format!("write `{}`: {error}", path.display()));
    fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(failed)?;
    fs::write(&path, bytes).map_err(failed)
}

/// Replaces a small file, for good once this returns.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    File::open(&beside)?.sync_all()?;
    fs::rename(&beside, path)?;
    File::open(path.parent().expect("a file in a folder"))?.sync_all()
}

/// One sync for the whole file system of the archive.
fn sync_all(folder: &Path) -> Result<(), Failure> {
    let file = File::open(folder)?;
    Ok(rustix::fs::syncfs(&file).map_err(std::io::Error::from)?)
}
