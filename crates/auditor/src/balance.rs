//! Checks the proof of a single balance: up to a digest, from there to the event that closes a period with it, and from
//! there to the log.

use chain::{BalanceProof, Note, Receipt, Trusted, encode_base64};

use crate::check::{Known, settle};
use crate::day::days_of;
use crate::entry::{Close, approves};
use crate::finding::{Checked, Finding};
use crate::linked::of_one_history;

pub(crate) fn check_balance(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    let bad = |error: &dyn std::error::Error| Finding::of("bad_balance_proof", place, error);
    let proof = BalanceProof::parse(bytes).map_err(|error| bad(&error))?;
    proof.verify().map_err(|error| bad(&error))?;
    let balance = &proof.balance;
    let what = Checked::of("balance")
        .with("owner", &balance.owner)
        .with("place", &balance.place)
        .with("lot", &balance.lot)
        .with("as of", &balance.as_of)
        .with("on hand", balance.on_hand)
        .with("encumbered", balance.encumbered)
        .with("blocked", balance.blocked)
        .with("unit", &balance.unit);
    if known.digest.is_some_and(|digest| digest != proof.root) {
        let problem = format!("the proof leads to {}, and not to the digest that you gave", encode_base64(proof.root));
        return Err(Finding::new("other_digest", place, problem));
    }
    let Some(receipt) = &proof.close else {
        return match known.digest {
            Some(digest) => Ok(what.with("digest", encode_base64(digest))),
            None => {
                let problem = "no close names its digest: fold the log (`granary audit digest`) and give --digest";
                Err(Finding::new("digest_missing", place, problem))
            }
        };
    };
    let (event, entry, trusted, note) = read_receipt(&format!("{place}, close"), receipt, known)?;
    let close = Close::read(&entry).filter(|close| (close.root, close.balances) == (proof.root, proof.balances));
    let close = close.ok_or_else(|| {
        Finding::new("other_digest", place, format!("event {event} does not close a period with this digest"))
    })?;
    if days_of(&balance.as_of) != Some(close.through) {
        let problem = format!("the balance is as of {}, and event {event} closes another day", balance.as_of);
        return Err(Finding::new("other_day", place, problem));
    }
    let what = what.with("closed by event", event);
    let what = match (&proof.approval, close.is_held) {
        (None, false) => what,
        (None, true) => {
            let problem = format!("event {event} waits for a checker, and no approval is shown");
            return Err(Finding::new("not_approved", place, problem));
        }
        (Some(receipt), _) => {
            let place = format!("{place}, approval");
            let (approval, entry, by, note) = read_receipt(&place, receipt, known)?;
            // Events are numbered anew in every log, and in every history of one.
            of_one_history(&trusted.checkpoint, &by.checkpoint, &place, known)?;
            settle(Checked::of("approval"), &by, &note, None, &place, known)?;
            if approves(&entry) != Some(event) {
                let problem = format!("event {approval} does not approve event {event}");
                return Err(Finding::new("not_approved", place, problem));
            }
            what.with("approved by event", approval)
        }
    };
    settle(what, &trusted, &note, None, place, known)
}

/// Number of the event, its entry, and the checkpoint that it is under.
fn read_receipt(place: &str, bytes: &[u8], known: &Known) -> Result<(u64, Vec<u8>, Trusted, Note), Finding> {
    let bad = |error: &dyn std::error::Error| Finding::of("bad_receipt", place, error);
    let receipt = Receipt::parse(bytes).map_err(|error| bad(&error))?;
    let entry = receipt.extra.clone();
    let entry = entry.ok_or_else(|| Finding::new("entry_missing", place, "the receipt does not carry its entry"))?;
    let trusted = receipt.verify_by(&entry, &known.policy).map_err(|error| bad(&error))?;
    Ok((receipt.index + 1, entry, trusted, receipt.checkpoint))
}
