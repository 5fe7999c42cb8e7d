//! `granary doctor`: names what is damaged, and mends it from what is whole.

use std::path::Path;

use serde_json::json;
use shell::{Exit, Failure};
use store::{Finding, Loss, Remedy, rebuild_from_tiles, rebuild_tiles, scrub};

use super::query::opening_alone as opening;
use crate::cli::{Doctor, Mend};
use crate::output::{Align, Column, Grid, show};
use crate::progress;

pub(crate) fn run(args: &Doctor) -> Result<Exit, Failure> {
    match args.mend {
        Some(mend) => mend_it(args, mend),
        None => examine(args),
    }
}

fn examine(args: &Doctor) -> Result<Exit, Failure> {
    let dir = args.dir.path();
    let counter = progress::counter("reading everything");
    let findings = scrub(dir).map_err(|error| opening(dir, error.into()))?;
    counter.finish_and_clear();
    let mut rows: Vec<[String; 4]> = findings.iter().map(row).collect();
    rows.extend(key_rows(dir));
    // The derived state: only worth a look when the log itself is sound.
    if rows.is_empty() {
        match super::query::open_alone(dir) {
            Ok(opened) => {
                rows.extend(key_in_force(dir, opened.books()));
                let replayed = ledger::replay(&opened, true, |_| {})?;
                for account in &replayed.differing_accounts {
                    rows.push(damage(
                        "balances",
                        format!("account {account} differs from the log"),
                        "granary doctor --mend balances",
                    ));
                }
            }
            Err(failure) => {
                let text = shell::chain(failure.error.as_ref());
                rows.push(damage("balances", text, "granary doctor --mend balances"));
            }
        }
    }
    let answer: Vec<_> = rows
        .iter()
        .map(|[place, what, entries, remedy]| json!({ "place": place, "what": what, "entries": entries, "remedy": remedy }))
        .collect();
    if rows.is_empty() && args.shown.format.is_table() {
        println!("nothing is damaged: every block, page, tile and balance was read and agrees");
        return Ok(Exit::Done);
    }
    show(args.shown.format, &answer, || Grid {
        seen_by: None,
        columns: ["place", "what", "entries", "remedy"].map(|name| Column(name, Align::Left)).to_vec(),
        rows: rows.iter().map(|row| row.to_vec()).collect(),
    })?;
    Ok(if rows.is_empty() { Exit::Done } else { Exit::Refused })
}

/// Are the keys there, do they belong together, and do they verify the checkpoint?
fn key_rows(dir: &Path) -> Vec<[String; 4]> {
    let restore = "restore the file from a backup";
    let mut rows = Vec::new();
    let secret = ledger::read_signer(dir);
    // A restored ledger has no signing key, and is whole without it.
    if let Err(error) = &secret
        && !matches!(error, ledger::KeyFileError::Restored { .. })
    {
        rows.push(damage("keys/log.key", shell::chain(error), restore));
    }
    match ledger::verifier(dir) {
        Err(error) => rows.push(damage("keys/log.pub", shell::chain(&error), restore)),
        Ok(public) => {
            if secret.is_ok_and(|secret| *secret.verifier() != public) {
                rows.push(damage("keys/log.pub", "is not the key that signs".into(), restore));
            }
            let checkpoint = std::fs::read(dir.join("tiles").join("checkpoint"));
            if let Ok(note) = checkpoint
                && let Err(error) = chain::checkpoint::Checkpoint::open(&note, &public)
            {
                rows.push(damage("tiles/checkpoint", shell::chain(&error), "granary doctor --mend tiles"));
            }
        }
    }
    rows
}

/// Does the key that the log announced last sign it?
fn key_in_force(dir: &Path, books: &books::Books) -> Option<[String; 4]> {
    let last = books.log_keys().last()?;
    let signers = ledger::read_signers(dir).ok()?;
    let is_there = signers.iter().any(|signer| signer.verifier().to_string() == last.key);
    let what = format!("the log is signed by `{}` since event {}", last.key, last.seq);
    (!is_there).then(|| damage("keys/log.key", what, "restore the file from a backup made since"))
}

fn row(finding: &Finding) -> [String; 4] {
    let entries = finding.entries.as_ref().map(|entries| format!("{}..{}", entries.start, entries.end));
    let remedy = match finding.remedy {
        Remedy::RebuildLog => "granary doctor --mend log",
        Remedy::RebuildTiles => "granary doctor --mend tiles",
        Remedy::RebuildState => "granary doctor --mend log, then --mend balances",
        Remedy::Commit | Remedy::Publish => "open the ledger and post something: the file is written anew",
        Remedy::Restore => "restore the file from a backup",
    };
    [finding.place.display().to_string(), finding.what.clone(), entries.unwrap_or_default(), remedy.to_owned()]
}

fn damage(place: &str, what: String, remedy: &str) -> [String; 4] {
    [place.to_owned(), what, String::new(), remedy.to_owned()]
}

fn mend_it(args: &Doctor, mend: Mend) -> Result<Exit, Failure> {
    let dir = args.dir.path();
    let is_sound = mend != Mend::Balances && scrub(dir).is_ok_and(|findings| findings.is_empty());
    if is_sound {
        println!("nothing to mend: log and tiles are sound");
        return Ok(Exit::Done);
    }
    let counter = progress::counter("mending");
    match mend {
        Mend::Log => {
            let loss = if args.accept_loss { Loss::Accept } else { Loss::Refuse };
            let rebuilt = rebuild_from_tiles(dir, loss).map_err(|error| {
                Failure::new(error)
                    .hint("with --accept-loss the log is rebuilt as far as the tiles go, and what is lost is named")
            })?;
            counter.finish_and_clear();
            println!("rebuilt the log from the tiles: {} entries, the root agrees with the checkpoint", rebuilt.size);
            if let Some(kept) = &rebuilt.kept {
                println!("the damaged log is kept as `{}`", kept.display());
            }
        }
        Mend::Tiles => {
            let rebuilt = rebuild_tiles(dir)?;
            counter.finish_and_clear();
            println!("rebuilt the tiles from the log: {} entries", rebuilt.size);
        }
        Mend::Balances => {
            let events =
                ledger::rebuild_balances(dir, &ledger::Options::default()).map_err(|error| opening(dir, error))?;
            counter.finish_and_clear();
            println!("folded {events} events into new balances");
        }
    }
    println!("run `granary doctor --dir {}` again to see that all is well", dir.display());
    Ok(Exit::Done)
}
