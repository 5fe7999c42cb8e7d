//! Which key of a log was in force for a tree, as far as its announcements say.

use chain::{Checkpoint, Fact, Note, Policy, ROTATION_HEAD, Receipt, Rotation, VerifierKey};

use crate::check::Known;
use crate::entry::Facts;
use crate::finding::Finding;

/// A checkpoint is signed by the key that was in force at its size.
pub(crate) fn in_force(
    rotations: &[(u64, Rotation)],
    tree: &Checkpoint,
    note: &Note,
    place: &str,
) -> Result<(), Finding> {
    let of_log = rotations.iter().filter(|(_, rotation)| rotation.old().name() == tree.origin);
    let (before, after): (Vec<_>, Vec<_>) = of_log.partition(|(seq, _)| *seq <= tree.size);
    let key = match (before.last(), after.first()) {
        (Some((_, rotation)), _) => rotation.new_key(),
        (None, Some((_, rotation))) => rotation.old(),
        (None, None) => return Ok(()),
    };
    Checkpoint::of_note(note, key).map(drop).map_err(|_| {
        let problem =
            format!("the checkpoint of {} entries is not signed by `{key}`, the key in force then", tree.size);
        Finding::new("key_not_in_force", place, problem)
    })
}

/// The keys that speak for the log of a tree: none of another log, and none that was retired when it had this tree.
pub(crate) fn speaking(known: &Known, tree: &Checkpoint) -> Vec<VerifierKey> {
    let is_retired =
        |key: &VerifierKey| known.rotations.iter().any(|(seq, rotation)| *seq <= tree.size && rotation.old() == key);
    let keys = known.policy.logs.iter().map(|log| &log.key);
    keys.filter(|key| key.name() == tree.origin && !is_retired(key)).cloned().collect()
}

/// Trusts the key to which a log has rotated: by the announcement, or by the receipt or fact of the event that made it, which
/// also gives the number of that event.
///
/// # Errors
/// When it is neither, or does not hold.
pub fn follow(policy: &mut Policy, place: &str, bytes: &[u8]) -> Result<Option<(u64, Rotation)>, Finding> {
    let bad = |error: &dyn std::error::Error| Finding::of("bad_rotation", place, error);
    if bytes.starts_with(ROTATION_HEAD.as_bytes()) {
        policy.follow([&Rotation::parse(bytes).map_err(|error| bad(&error))?]);
        return Ok(None);
    }
    let (receipt, entry) = match Fact::parse(bytes) {
        Ok(fact) => (fact.receipt, fact.entry),
        Err(_) => {
            let receipt = Receipt::parse(bytes).map_err(|error| bad(&error))?;
            let entry = receipt.extra.clone().unwrap_or_default();
            (receipt, entry)
        }
    };
    let none = || {
        Finding::new("bad_rotation", place, "neither an announcement of a key nor the receipt of an event that is one")
    };
    let announcement = Facts::read(&entry).and_then(|facts| facts.announcement).ok_or_else(none)?;
    let rotation = Rotation::parse(announcement.as_bytes()).map_err(|error| bad(&error))?;
    let mut followed = policy.clone();
    followed.follow([&rotation]);
    let trusted = receipt.verify_by(&entry, &followed).map_err(|error| bad(&error))?;
    let found = (receipt.index + 1, rotation);
    in_force(std::slice::from_ref(&found), &trusted.checkpoint, &receipt.checkpoint, place)?;
    *policy = followed;
    Ok(Some(found))
}
