//! `granary restore`: a ledger as it stood at a point, from static files, proven to be the beginning of the whole.

use std::fs;
use std::path::{Path, PathBuf};

use auditor::{Folder, Known};
use chain::{
    Checkpoint, Hash, LogFiles, Note, Policy, Submission, Tile, TileKind, consistency_from, decode_entries,
    encode_entries, hash_tiles, read_tile, root_from,
};
use evidence::recorded_before;
use serde_json::json;
use shell::{Exit, Failure};

use super::audit::{read, trusted};
use crate::cli::Restore;
use crate::output::{Align, Column, Grid, show};

const WIDTH: u64 = 256;

pub(crate) fn run(args: &Restore) -> Result<Exit, Failure> {
    let tiles = if args.from.join("tiles").is_dir() { args.from.join("tiles") } else { args.from.clone() };
    let policy = match trusted(&args.trust)? {
        Some(policy) => policy,
        None => Policy::of_log(ledger::verifier(&args.from).map_err(|error| {
            Failure::wrong_use(format!("whose signature is to be trusted? {}", shell::chain(&error)))
                .hint("give --key with the log's key, or --policy with a trust policy")
        })?),
    };
    let known = Known::policy(policy);
    auditor::check(&tiles, &known).map_err(|finding| Failure { exit: Exit::Refused, ..Failure::new(finding) })?;
    let files = Folder::at(&tiles);
    let whole = Note::parse(&files.checkpoint()?)?;
    let all = Checkpoint::parse(whole.text())?;
    let (size, kept) = point(&args.until, &files, &all, &known)?;
    if size == 0 {
        return Err(Failure::wrong_use(format!("nothing is recorded up to `{}`", args.until)));
    }
    if args.in_earnest && size < all.size {
        let problem = format!("the ledger went on after event {size}, up to {}: nobody goes on before that", all.size);
        return Err(Failure { exit: Exit::Refused, ..Failure::new(problem) }
            .hint(format!("name the whole: --until {}", all.size)));
    }

    fs::create_dir(&args.to).map_err(|error| {
        Failure::new(format!("make the folder `{}`: {error}", args.to.display()))
            .hint("name a folder that is not there yet")
    })?;
    copy_folder(args)?;
    let root = root_from(&files, size, all.size)?;
    let note = match kept {
        Some(note) => note,
        None if size == all.size => whole.clone(),
        None => {
            let signer = ledger::read_signer(&args.from).map_err(|error| {
                Failure::new(format!("sign the checkpoint of {size} entries: {}", shell::chain(&error)))
                    .hint("the backup needs keys/log.key; or name a checkpoint that was kept: --until FILE")
            })?;
            Checkpoint { origin: all.origin.clone(), size, root }.sign(&signer)?
        }
    };
    write_tiles(&files, all.size, size, &args.to.join("tiles"))?;
    fs::write(args.to.join("tiles/checkpoint"), note.to_string())?;
    store::rebuild_from_tiles(&args.to, store::Loss::Refuse)?;

    // The same check that anybody else would make: the copy by itself, then that the whole continues it.
    auditor::check(&args.to.join("tiles"), &known)
        .map_err(|finding| Failure { exit: Exit::Refused, ..Failure::new(finding) })?;
    let proof = consistency_from(&files, size, all.size, all.size)?;
    let submission = Submission { old_size: size, proof, checkpoint: whole };
    let continues = Known { old: Some(note.to_string().into_bytes()), ..known };
    auditor::check_bytes("the whole log", submission.to_string().as_bytes(), &continues)
        .map_err(|finding| Failure { exit: Exit::Refused, ..Failure::new(finding) })?;
    let proof = args.to.join("restored.proof");
    fs::write(&proof, submission.to_string())?;
    let replayed = ledger::replay_until(&super::query::open_alone(&args.to)?, None, true, |_| {})?;
    if !args.in_earnest {
        let mark = json!({ "events": size, "of": all.size, "from": args.from.display().to_string() });
        fs::write(args.to.join(ledger::RESTORED), format!("{mark}\n"))?;
    }
    tell(args, (size, all.size), [root, replayed.balances_hash], &proof)?;
    match args.in_earnest {
        true => {
            eprintln!("\nnote: `{}` signs with the log's key from now on: let nothing else do so", args.to.display())
        }
        false => eprintln!("\nnote: `{}` is read, and takes no posts: it has no signing key", args.to.display()),
    }
    Ok(Exit::Done)
}

/// What stands in a ledger's folder beside its log: its name, its settings, its public key; the secret one where it goes on.
fn copy_folder(args: &Restore) -> Result<(), Failure> {
    let (from, to) = (&args.from, &args.to);
    copy_if_there(from, to, &["granary.json", "settings.toml"])?;
    let keys = from.join("keys");
    if keys.is_dir() {
        fs::create_dir(to.join("keys"))?;
        for file in fs::read_dir(&keys)? {
            let file = file?;
            let is_public = file.path().extension().is_some_and(|kind| kind == "pub");
            if is_public || args.in_earnest {
                fs::copy(file.path(), to.join("keys").join(file.file_name()))?;
            }
        }
    }
    Ok(())
}

/// Says what was restored.
fn tell(args: &Restore, (size, of): (u64, u64), hashes: [Hash; 2], proof: &Path) -> Result<(), Failure> {
    let [root, balances] = hashes.map(|hash| super::replay::base64_of(&hash));
    let answer = json!({
        "events": size, "of": of, "root": root, "balances": balances,
        "proof": proof.display().to_string(),
    });
    show(args.shown.format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("restored", Align::Left), Column("", Align::Left)],
        rows: [
            ("events", size.to_string()),
            ("of", of.to_string()),
            ("root", root.clone()),
            ("balances", balances.clone()),
            ("the whole continues it", proof.display().to_string()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })
}

/// How many events lie before a point: an event, a moment, a day, or a checkpoint that was kept.
fn point(until: &str, files: &Folder, all: &Checkpoint, known: &Known) -> Result<(u64, Option<Note>), Failure> {
    let beyond = |size: u64| {
        let problem = format!("event {size} is not there: the checkpoint covers {}", all.size);
        Failure { exit: Exit::Refused, ..Failure::new(problem) }
    };
    if let Ok(seq) = until.parse::<u64>() {
        return if seq <= all.size { Ok((seq, None)) } else { Err(beyond(seq)) };
    }
    if let Ok(day) = wire::date::parse_day(until) {
        let end = u64::try_from(i64::from(day.0) + 1).unwrap_or(0) * 86_400_000_000;
        return Ok((recorded_before(files, all.size, end)?, None));
    }
    if let Ok(moment) = wire::date::parse_moment(until) {
        return Ok((recorded_before(files, all.size, moment.0 + 1)?, None));
    }
    let path = PathBuf::from(until);
    if !path.is_file() {
        return Err(Failure::wrong_use(format!("`{until}` is no event, no time and no file"))
            .hint("write the number of an event, 2026-03-31, 2026-03-31T12:00:00Z, or the file of a checkpoint"));
    }
    let bytes = read(&path)?;
    let finding = |finding| Failure { exit: Exit::Refused, ..Failure::new(finding) };
    auditor::check_bytes(until, &bytes, known).map_err(finding)?;
    let note = Note::parse(&bytes)?;
    let kept = Checkpoint::parse(note.text())?;
    if kept.size > all.size {
        return Err(beyond(kept.size));
    }
    if root_from(files, kept.size, all.size)? != kept.root {
        let problem = format!("`{until}` is a checkpoint of another history: its root is not that of these files");
        return Err(Failure { exit: Exit::Refused, ..Failure::new(problem) }
            .hint("both are signed: keep them, and ask whoever runs the ledger"));
    }
    Ok((kept.size, Some(note)))
}

/// The tiles of the first `size` entries, cut out of those of a larger tree.
fn write_tiles(files: &Folder, whole: u64, size: u64, out: &Path) -> Result<(), Failure> {
    let put = |tile: Tile, bytes: &[u8]| -> Result<(), Failure> {
        let path = out.join(tile.path());
        fs::create_dir_all(path.parent().expect("a file in a folder"))?;
        Ok(fs::write(path, bytes)?)
    };
    let wide = |kind, index| {
        Tile::of_tree(kind, index, whole).ok_or_else(|| Failure::new("the tree is smaller than its beginning"))
    };
    for tile in hash_tiles(size) {
        let content = read_tile(files, wide(tile.kind(), tile.index())?)?;
        put(tile, &content[..usize::from(tile.width()) * 32])?;
    }
    for index in 0..size.div_ceil(WIDTH) {
        let bundle = read_tile(files, wide(TileKind::Entries, index)?)?;
        let tile = Tile::of_tree(TileKind::Entries, index, size).expect("within the tree");
        let entries = decode_entries(&bundle)?;
        put(tile, &encode_entries(entries.into_iter().take(usize::from(tile.width())))?)?;
    }
    Ok(())
}

fn copy_if_there(from: &Path, to: &Path, names: &[&str]) -> Result<(), Failure> {
    for name in names.iter().filter(|name| from.join(name).is_file()) {
        fs::copy(from.join(name), to.join(name))?;
    }
    Ok(())
}
