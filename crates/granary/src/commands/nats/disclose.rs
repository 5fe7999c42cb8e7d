//! `granary disclose` and `granary disclosed`: documents between organisations, over NATS.

use std::fs;

use bus::Sharing;
use chain::BalanceProof;
use serde::Serialize;
use sha2::{Digest, Sha256};
use shell::{Exit, Failure};

use super::over_nats;
use crate::cli::disclose::{Disclose, Disclosed, Way};
use crate::commands::audit;
use crate::output::{Align, Column, Grid, show};

/// A document that came.
#[derive(Serialize)]
struct Line {
    place: u64,
    org: String,
    ledger: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    document: String,
    bytes: usize,
    /// `yes`, `NO`, or `-` where there is nothing to check.
    holds: &'static str,
    says: String,
}

pub(crate) fn disclose(args: &Disclose) -> Result<Exit, Failure> {
    let documents = args
        .files
        .iter()
        .map(|file| {
            let bytes = audit::read(file)?;
            let named = args.document.as_deref().or_else(|| kind_of(&bytes)).ok_or_else(|| {
                Failure::wrong_use(format!("what is `{}`?", file.display())).hint("say it with --as, as in --as report")
            })?;
            Ok((word(named)?, bytes))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let to = args.to.as_deref().map(word).transpose()?;
    with_sharing(&args.way, async |sharing| {
        for ((document, bytes), file) in documents.into_iter().zip(&args.files) {
            let id: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            let place = sharing.disclose(&document, to.as_deref(), &id, bytes.into()).await?;
            println!("{}: disclosed as {document}, place {place}", file.display());
        }
        Ok(Exit::Done)
    })
}

pub(crate) fn disclosed(args: &Disclosed) -> Result<Exit, Failure> {
    let known = audit::believed(&args.trust)?;
    if let Some(out) = &args.out {
        fs::create_dir_all(out).map_err(|error| Failure::new(format!("make `{}`: {error}", out.display())))?;
    }
    let mut lines = Vec::new();
    with_sharing(&args.way, async |sharing| {
        let each = |found: bus::Disclosed| {
            let place = format!("place {}", found.place);
            let checked = match (&known, kind_of(&found.bytes)) {
                (Some(known), Some(_)) => Some(auditor::check_bytes(&place, &found.bytes, known)),
                _ => None,
            };
            let (holds, says) = match &checked {
                None => ("-", String::new()),
                Some(Ok(checked)) => ("yes", checked.to_string()),
                Some(Err(finding)) => ("NO", finding.to_string()),
            };
            if let (Some(out), true) = (&args.out, holds != "NO") {
                let name = format!("{:06}-{}-{}.{}", found.place, found.org, found.ledger, found.document);
                let path = out.join(name);
                fs::write(&path, &found.bytes)
                    .map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?;
            }
            lines.push(Line {
                place: found.place,
                org: found.org,
                ledger: found.ledger,
                to: found.member,
                document: found.document,
                bytes: found.bytes.len(),
                holds,
                says,
            });
            Ok::<_, Failure>(true)
        };
        sharing.disclosed(&args.stream, args.from, each).await?
    })?;
    let is_good = lines.iter().all(|line| line.holds != "NO");
    show(args.shown.format, &lines, || Grid {
        seen_by: None,
        columns: vec![
            Column("place", Align::Right),
            Column("from", Align::Left),
            Column("ledger", Align::Left),
            Column("to", Align::Left),
            Column("document", Align::Left),
            Column("bytes", Align::Right),
            Column("holds", Align::Left),
            Column("", Align::Left),
        ],
        rows: lines
            .iter()
            .map(|line| {
                vec![
                    line.place.to_string(),
                    line.org.clone(),
                    line.ledger.clone(),
                    line.to.clone().unwrap_or_else(|| "all".into()),
                    line.document.clone(),
                    line.bytes.to_string(),
                    line.holds.into(),
                    line.says.clone(),
                ]
            })
            .collect(),
    })?;
    Ok(if is_good { Exit::Done } else { Exit::Refused })
}

/// What bytes are, where they say so themselves.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(chain::FACT_HEAD.as_bytes()) {
        Some("fact")
    } else if BalanceProof::is_one(bytes) {
        Some("balance")
    } else if bytes.starts_with(b"c2sp.org/tlog-proof") {
        Some("receipt")
    } else if chain::Note::parse(bytes).is_ok_and(|note| chain::Checkpoint::parse(note.text()).is_ok()) {
        Some("checkpoint")
    } else {
        None
    }
}

/// A word that can be part of a subject.
fn word(text: &str) -> Result<String, Failure> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty() || text.len() > 32 || !text.chars().all(is_plain) {
        let problem = format!("`{text}` is not a word of a-z, 0-9 and `-`, of at most 32 characters");
        return Err(Failure::wrong_use(problem));
    }
    Ok(text.to_owned())
}

fn with_sharing<T>(way: &Way, work: impl AsyncFnOnce(Sharing) -> Result<T, Failure>) -> Result<T, Failure> {
    over_nats(way, "share", Sharing::connect, work)
}
