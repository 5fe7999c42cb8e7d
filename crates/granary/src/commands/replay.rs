//! `granary replay`

use std::path::Path;
use std::time::Instant;

use ledger::{LedgerError, Opened, Options};
use serde_json::json;
use shell::{Exit, Failure};
use store::OpenError;

use super::query;
use crate::cli::Replay;
use crate::output::{Align, Column, Grid, show};
use crate::progress;

pub(crate) fn run(args: &Replay) -> Result<Exit, Failure> {
    if let Some(tiles) = &args.from {
        let known = super::audit::believed(&args.trust)?.ok_or_else(|| {
            Failure::wrong_use("whose signature is to be trusted?")
                .hint("give --key with the log's key, or --policy with a trust policy")
        })?;
        return from_files(args, tiles, &known);
    }
    let root = args.dir.path();
    let opened = match Opened::open(root, &Options::default()) {
        Ok(opened) => opened,
        // Whoever holds the folder has its log; the static files beside it are for everybody, and say the same.
        Err(LedgerError::Open(OpenError::Held { by })) => {
            eprintln!("{by} holds this ledger: its static files are replayed instead");
            let key = ledger::verifier(root).map_err(|error| query::opening(root, error.into()))?;
            let known = auditor::Known::policy(chain::Policy::of_log(key));
            return from_files(args, &root.join("tiles"), &known);
        }
        Err(error) => return Err(query::opening(root, error)),
    };
    let size = opened.store().head().size();
    within(args.until, size)?;
    let bar = progress::bar(args.until.unwrap_or(u64::MAX).min(size), "replaying");
    let replayed = ledger::replay_until(&opened, args.until, args.verify, |done| bar.set_position(done))?;
    bar.finish_and_clear();
    let is_whole = replayed.events == size;
    let checkpoint_matches = if args.verify && is_whole { Some(checkpoint_matches(args, &opened)?) } else { None };
    tell(args, &replayed, checkpoint_matches)
}

/// An event to stop at is one of the log.
fn within(until: Option<u64>, size: u64) -> Result<(), Failure> {
    match until.filter(|until| *until > size) {
        None => Ok(()),
        Some(until) => Err(Failure {
            exit: Exit::Refused,
            ..Failure::new(format!("event {until} is not there: the log has {size}"))
        }),
    }
}

/// Folds static files. Nothing is folded that the signed checkpoint does not stand over.
fn from_files(args: &Replay, tiles: &Path, known: &auditor::Known) -> Result<Exit, Failure> {
    auditor::check(tiles, known).map_err(|finding| Failure { exit: Exit::Refused, ..Failure::new(finding) })?;
    let files = auditor::Folder::at(tiles);
    let note = chain::Note::parse(&chain::LogFiles::checkpoint(&files)?)?;
    let checkpoint = chain::Checkpoint::parse(note.text())?;
    within(args.until, checkpoint.size)?;
    let end = args.until.unwrap_or(u64::MAX).min(checkpoint.size);
    let started = Instant::now();
    let bar = progress::bar(end, "replaying");
    let mut fold = ledger::Fold::new(true);
    each_entry(&files, checkpoint.size, end, |entry| {
        fold.push(entry)?;
        if fold.events().is_multiple_of(4096) {
            bar.set_position(fold.events());
        }
        Ok(())
    })?;
    bar.finish_and_clear();
    let mut closes = ledger::CloseCheck::default();
    if fold.names_balances() {
        each_entry(&files, checkpoint.size, end, |entry| Ok(closes.push(entry)?))?;
    }
    let stated = chain::root_from(&files, end, checkpoint.size)?;
    let is_whole = end == checkpoint.size;
    let replayed = ledger::Replayed {
        events: fold.events(),
        root: fold.root(),
        root_matches: fold.root().map(|root| root == stated),
        balances_hash: fold.balances_hash(),
        differing_accounts: Vec::new(),
        closes: closes.found,
        seconds: started.elapsed().as_secs_f64(),
    };
    let checkpoint_matches = is_whole.then(|| replayed.root == Some(checkpoint.root));
    tell(args, &replayed, checkpoint_matches)
}

/// Calls `each` with the first `end` entries of a log of `size`.
fn each_entry(
    files: &auditor::Folder,
    size: u64,
    end: u64,
    mut each: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut left = end;
    for index in 0..end.div_ceil(256) {
        let tile = chain::Tile::of_tree(chain::TileKind::Entries, index, size)
            .ok_or_else(|| Failure::new("the checkpoint does not reach so far"))?;
        let bundle = chain::read_tile(files, tile)?;
        for entry in chain::decode_entries(&bundle)?.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
            each(entry)?;
            left -= 1;
        }
    }
    Ok(())
}

fn tell(args: &Replay, replayed: &ledger::Replayed, checkpoint_matches: Option<bool>) -> Result<Exit, Failure> {
    let balances_match = replayed.differing_accounts.is_empty();
    let differing_closes: Vec<u64> =
        replayed.closes.iter().filter(|close| !close.holds).map(|close| close.seq.0).collect();
    let closes_match = (!replayed.closes.is_empty()).then_some(differing_closes.is_empty());
    let agrees = balances_match
        && closes_match != Some(false)
        && replayed.root_matches != Some(false)
        && checkpoint_matches != Some(false);
    let events_per_s = replayed.events as f64 / replayed.seconds.max(1e-9);
    let root = replayed.root.map(|root| base64_of(&root));
    let balances = base64_of(&replayed.balances_hash);
    // Static files have no books beside them to compare with.
    let compared = args.from.is_none().then_some(balances_match);
    let answer = json!({
        "events": replayed.events,
        "root": root,
        "balances": balances,
        "balances_match": compared,
        "root_matches": replayed.root_matches,
        "checkpoint_matches": checkpoint_matches,
        "differing_accounts": replayed.differing_accounts,
        "signed_closes": replayed.closes.len(),
        "differing_closes": differing_closes,
        "seconds": replayed.seconds,
        "events_per_s": events_per_s,
    });
    show(args.shown.format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("replay", Align::Left), Column("", Align::Left)],
        rows: [
            ("events", replayed.events.to_string()),
            ("root", root.clone().unwrap_or_else(|| "not recomputed (add --verify)".into())),
            ("balances", balances.clone()),
            ("balances agree", yes(compared)),
            ("root agrees", yes(replayed.root_matches)),
            ("checkpoint agrees", yes(checkpoint_matches)),
            (
                "signed closes agree",
                match differing_closes.as_slice() {
                    [] => yes(closes_match),
                    [first, ..] => format!("NO: event {first}"),
                },
            ),
            ("seconds", format!("{:.3}", replayed.seconds)),
            ("events a second", format!("{events_per_s:.0}")),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(if agrees { Exit::Done } else { Exit::Refused })
}

/// Does the signed checkpoint in the log verify, and say what the log holds?
fn checkpoint_matches(args: &Replay, opened: &Opened) -> Result<bool, Failure> {
    let key = ledger::verifier(args.dir.path())?;
    let head = opened.store().head();
    let stated = chain::checkpoint::Checkpoint::open(&head.note, &key);
    Ok(stated.is_ok_and(|(checkpoint, _)| checkpoint.size == head.size() && checkpoint.root == head.root()))
}

fn yes(answer: Option<bool>) -> String {
    answer.map_or("-", |answer| if answer { "yes" } else { "NO" }).into()
}

/// A hash as checkpoints write it.
pub(crate) fn base64_of(hash: &[u8; 32]) -> String {
    let checkpoint = chain::checkpoint::Checkpoint { origin: "x".into(), size: 1, root: *hash };
    checkpoint.to_string().lines().nth(2).unwrap_or_default().to_owned()
}
