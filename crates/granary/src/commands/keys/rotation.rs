//! `granary key rotate` and `retire`: another key signs the log, and the log says so.

use std::fs;
use std::path::Path;

use chain::Rotation;
use ledger::Opened;
use serde_json::json;
use shell::{Exit, Failure};

use crate::cli::{KeyRetire, KeyRotate};
use crate::commands::audit::post_act;
use crate::commands::query;

/// Announces the next key.
pub(super) fn rotate(args: &KeyRotate) -> Result<Exit, Failure> {
    let root = args.dir.path();
    let announced = unheld(root)?.books().log_keys().last().map(|row| row.key.clone());
    let opening = |error: ledger::KeyFileError| query::opening(root, error.into());
    // On disk before it is announced: a log must never name a key that nobody has.
    let (old, next) = ledger::create_next(root).map_err(opening)?;
    let rotation = Rotation::announce(&old, &next)?;
    let text = rotation.to_string();
    let lines: Vec<&str> = text.lines().collect();
    let act = json!({ "act": "rotate_log_key", "announcement": lines });
    let posted = post_act(act, &args.by, &args.dir.ledger(), args.shown.format);
    // Refused, it is no key of this log: what it signs nobody could trust. Where nobody knows what became of it, it stays.
    let is_refused = matches!(&posted, Ok(Exit::Refused) | Err(Failure { exit: Exit::Refused, .. }));
    if is_refused && announced != Some(next.verifier().to_string()) {
        ledger::abandon_next(root).map_err(opening)?;
    }
    let exit = posted?;
    if exit == Exit::Done {
        let path = root.join("keys/log.rotation");
        fs::write(&path, text)?;
        eprintln!(
            "\nboth keys sign now. Give {} (or the new key, keys/log.next.pub) to whoever checks this log, add the new key \
             to policies and witnesses, and then end the handover: granary key retire",
            path.display()
        );
    }
    Ok(exit)
}

/// Ends the handover.
pub(super) fn retire(args: &KeyRetire) -> Result<Exit, Failure> {
    let root = args.dir.path();
    let opened = unheld(root)?;
    let signers = ledger::read_signers(root).map_err(|error| query::opening(root, error.into()))?;
    let refused = |problem: &str| Failure { exit: Exit::Refused, ..Failure::new(problem.to_owned()) };
    let Some(next) = signers.get(1) else {
        return Err(refused("there is no handover: one key signs").hint("`granary key rotate` begins one"));
    };
    let announced = opened.books().log_keys().last().filter(|row| row.key == next.verifier().to_string());
    let Some(row) = announced else {
        return Err(refused("the next key is not announced in the log").hint("`granary key rotate` announces it"));
    };
    let seq = row.seq.0;
    drop(opened);
    ledger::retire(root, seq).map_err(|error| query::opening(root, error.into()))?;
    let rotation = root.join("keys/log.rotation");
    if rotation.exists() {
        fs::rename(&rotation, root.join(format!("keys/log.rotation.{seq}")))?;
    }
    println!("{}", next.verifier());
    Ok(Exit::Done)
}

/// The keys are read when a ledger is opened, so that nobody may hold it meanwhile.
fn unheld(root: &Path) -> Result<Opened, Failure> {
    if let Some(client) = query::server_at(root) {
        let problem = format!("the server {} holds this ledger, and reads its keys only when it starts", client.url());
        return Err(Failure::new(problem).hint("stop it, rotate, and start it again"));
    }
    query::open_alone(root)
}
