//! `granary replay`

use serde_json::json;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Replay;
use crate::output::{Align, Column, Grid, show};
use crate::progress;

pub(crate) fn run(args: &Replay) -> Result<Exit, Failure> {
    let asked = query::open(args.dir.local()?)?;
    let bar = progress::bar(asked.0.store().head().size(), "replaying");
    let replayed = ledger::replay(&asked.0, args.verify, |done| bar.set_position(done))?;
    bar.finish_and_clear();
    let checkpoint_matches = if args.verify { Some(checkpoint_matches(args, &asked)?) } else { None };
    let balances_match = replayed.differing_accounts.is_empty();
    let agrees = balances_match && replayed.root_matches != Some(false) && checkpoint_matches != Some(false);
    let events_per_s = replayed.events as f64 / replayed.seconds.max(1e-9);
    let root = replayed.root.map(|root| base64_of(&root));
    let answer = json!({
        "events": replayed.events,
        "root": root,
        "balances_match": balances_match,
        "root_matches": replayed.root_matches,
        "checkpoint_matches": checkpoint_matches,
        "differing_accounts": replayed.differing_accounts,
        "seconds": replayed.seconds,
        "events_per_s": events_per_s,
    });
    show(args.shown.format, &answer, || Grid {
        columns: vec![Column("replay", Align::Left), Column("", Align::Left)],
        rows: [
            ("events", replayed.events.to_string()),
            ("root", root.clone().unwrap_or_else(|| "not recomputed (add --verify)".into())),
            ("balances agree", yes(Some(balances_match))),
            ("root agrees", yes(replayed.root_matches)),
            ("checkpoint agrees", yes(checkpoint_matches)),
            ("seconds", format!("{:.3}", replayed.seconds)),
            ("events a second", format!("{events_per_s:.0}")),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(if agrees { Exit::Done } else { Exit::Refused })
}

/// Does the signed checkpoint in the log verify, and say what the log holds?
fn checkpoint_matches(args: &Replay, asked: &query::Asked) -> Result<bool, Failure> {
    let key = ledger::verifier(args.dir.local()?)?;
    let head = asked.0.store().head();
    let opened = chain::checkpoint::Checkpoint::open(&head.note, &key);
    Ok(opened.is_ok_and(|(checkpoint, _)| checkpoint.size == head.size() && checkpoint.root == head.root()))
}

fn yes(answer: Option<bool>) -> String {
    answer.map_or("-", |answer| if answer { "yes" } else { "NO" }).into()
}

/// A hash as checkpoints write it.
pub(crate) fn base64_of(hash: &[u8; 32]) -> String {
    let checkpoint = chain::checkpoint::Checkpoint { origin: "x".into(), size: 1, root: *hash };
    checkpoint.to_string().lines().nth(2).unwrap_or_default().to_owned()
}
