//! Digests of balances, and the proof of one: `granary audit digest | prove-balance`.

use std::path::Path;

use answers::ask::{Digest, ProveBalance};
use answers::{Given, KnownAt};
use chain::{BalanceProof, Checkpoint, LogFiles, Note};
use serde_json::{Value, json};
use shell::{Exit, Failure};

use super::{Log, query, receipt_in, write};
use crate::cli::{Dir, Times};
use crate::output::{Align, Column, Format, Grid, show};

pub(super) fn digest(
    dir: &Dir,
    owner: Option<String>,
    close: Option<u64>,
    times: &Times,
    format: Format,
) -> Result<Exit, Failure> {
    let (as_of, known_at) = query::times(times);
    let given = query::ask(dir, &Digest { owner, as_of, known_at, close })?;
    let (answer, seen_by) = (&given.answer, given.seen_by.clone());
    show(format, &given, || Grid {
        seen_by,
        columns: vec![Column("digest", Align::Left), Column("", Align::Left)],
        rows: [
            ("owner", answer.owner.clone().unwrap_or_else(|| "all".into())),
            ("as of", answer.as_of.clone()),
            ("known at event", answer.known_at.to_string()),
            ("balances", answer.balances.to_string()),
            ("root", answer.root.clone()),
            ("the close agrees", answer.agrees.map_or("-", |agrees| if agrees { "yes" } else { "NO" }).into()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(if answer.agrees == Some(false) { Exit::Refused } else { Exit::Done })
}

pub(super) fn prove(dir: &Dir, question: &ProveBalance, out: Option<&Path>) -> Result<Exit, Failure> {
    let Given { answer, seen_by } = query::ask(dir, question)?;
    let mut proof = BalanceProof::parse(answer.proof.as_bytes())?;
    if let Some(close) = answer.close {
        let log = Log::at(dir, None)?;
        // Both for one tree, which may grow between the two.
        let through = answer.approval.unwrap_or(close).max(close);
        let receipt = |seq| receipt(&log, dir, seq, through);
        for _ in 0..TREES_MAX {
            let (one, other) = (receipt(close)?, answer.approval.map(receipt).transpose()?);
            let is_of_one_tree = other.as_ref().is_none_or(|other| tree_of(other) == tree_of(&one));
            (proof.close, proof.approval) = (Some(one), other);
            if is_of_one_tree {
                break;
            }
        }
    }
    write(out, &proof.to_string())?;
    if let Some(out) = out {
        let ProveBalance { owner, place, lot, .. } = question;
        println!("{owner} at {place}, lot {lot}, end of {}: {} on hand", answer.as_of, answer.on_hand);
        if let Some(party) = seen_by {
            println!("{}", crate::language::now().say("table-seen-by", &[("party", &party)]));
        }
        println!("proof in {}: {} balances, digest {}", out.display(), answer.balances, answer.root);
    }
    Ok(Exit::Done)
}

/// Times that a tree may grow between two receipts.
const TREES_MAX: u32 = 10;

/// The text of the checkpoint that a receipt rests on.
fn tree_of(receipt: &[u8]) -> Option<String> {
    chain::Receipt::parse(receipt).ok().map(|receipt| receipt.checkpoint.text().to_owned())
}

fn receipt(log: &Log, dir: &Dir, seq: u64, through: u64) -> Result<Vec<u8>, Failure> {
    Ok(match log {
        Log::Server(client) => client.get_text(&format!("/v1/receipts/{seq}"))?.into_bytes(),
        Log::Folder(files) => receipt_in(files, Some(&dir.dir), seq, through)?.into_bytes(),
    })
}

/// The head of the log and the digest of a party's balances at the end of a day, as they are seen now.
pub(in crate::commands) fn seen(dir: &Dir, owner: &str, through: &str) -> Result<(Value, Value), Failure> {
    let bytes = Log::at(dir, None)?.checkpoint()?;
    let head = Checkpoint::parse(Note::parse(&bytes)?.text())?;
    let none: Option<KnownAt> = None;
    let question =
        Digest { owner: Some(owner.to_owned()), as_of: Some(through.to_owned()), known_at: none, close: None };
    let digest = query::ask(dir, &question)?.answer;
    let root = chain::encode_base64(head.root);
    Ok((json!({"size": head.size, "root": root}), json!({"balances": digest.balances, "root": digest.root})))
}
