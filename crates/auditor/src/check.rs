//! Checks a file or folder, whatever kind of evidence it is.

use std::path::{Path, PathBuf};

use chain::{
    BalanceProof, Checkpoint, FACT_HEAD, Hash, Note, Policy, Receipt, Rotation, Submission, Trusted, verify_consistency,
};

use crate::balance::check_balance;
use crate::day::show_moment;
use crate::fact::check_fact;
use crate::finding::{Checked, Finding};
use crate::folder::{Folder, read_bounded};
use crate::keys::{follow, in_force};
use crate::linked::{Way, linked};
use crate::pack::{MANIFEST, check_pack};
use crate::statics::{check_statics, show_root};

/// What the reader brings along.
#[derive(Clone, Debug)]
pub struct Known {
    /// Whom to trust.
    pub policy: Policy,
    /// The entry of a receipt that does not carry it.
    pub entry: Option<Vec<u8>>,
    /// A checkpoint that was kept from earlier.
    pub old: Option<Vec<u8>>,
    /// Proofs of consistency, between that checkpoint and the trees of the evidence.
    pub consistency: Vec<Submission>,
    /// A digest of balances that the reader folded from the log.
    pub digest: Option<Hash>,
    /// Keys of logs, each with the event from which on it signs.
    pub rotations: Vec<(u64, Rotation)>,
    /// Accept that entries in an archive which is not here are not read.
    pub is_without_archive: bool,
    /// Where the archive of a log is, if elsewhere than the log says.
    pub archive: Option<PathBuf>,
}

impl Known {
    /// A policy and nothing else.
    #[must_use]
    pub const fn policy(policy: Policy) -> Self {
        Self {
            policy,
            entry: None,
            old: None,
            consistency: Vec::new(),
            digest: None,
            rotations: Vec::new(),
            is_without_archive: false,
            archive: None,
        }
    }

    /// Trusts the key that a log announces in a file: see [`follow`].
    ///
    /// # Errors
    /// When it is no announcement, or does not hold.
    pub fn follow(&mut self, place: &str, bytes: &[u8]) -> Result<(), Finding> {
        self.rotations.extend(follow(&mut self.policy, place, bytes)?);
        Ok(())
    }
}

/// Checks a file or folder.
///
/// # Errors
/// The first thing that does not hold.
pub fn check(path: &Path, known: &Known) -> Result<Checked, Finding> {
    let place = path.display().to_string();
    if path.join(MANIFEST).exists() {
        return check_pack(path, known);
    }
    if path.is_dir() {
        return check_statics(&Folder::at(path).archived_in(known.archive.as_deref()), known);
    }
    // What a shell hands over under such a name is a pipe that its user asked for.
    let is_handed_over = path.starts_with("/dev") || path.starts_with("/proc");
    let read = || match is_handed_over {
        true => crate::plain::read_bounded(std::fs::File::open(path)?, crate::folder::FILE_BYTES_MAX),
        false => read_bounded(path),
    };
    let bytes = read().map_err(|error| Finding::new("unreadable", &place, format!("cannot be read: {error}")))?;
    check_bytes(&place, &bytes, known)
}

/// Checks a fact, a receipt, a proof of a balance or of consistency, or a checkpoint, whichever it is; `place` is what to
/// call it.
///
/// # Errors
/// The first thing that does not hold.
pub fn check_bytes(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    if bytes.starts_with(FACT_HEAD.as_bytes()) {
        check_fact(place, bytes, known)
    } else if BalanceProof::is_one(bytes) {
        check_balance(place, bytes, known)
    } else if bytes.starts_with(b"c2sp.org/tlog-proof") {
        check_receipt(place, bytes, known)
    } else if bytes.starts_with(b"old ") {
        check_submission(place, bytes, known)
    } else {
        check_checkpoint(place, bytes, known)
    }
}

fn check_receipt(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    let receipt = Receipt::parse(bytes).map_err(|error| Finding::of("bad_receipt", place, &error))?;
    // Our receipts carry the entry; nothing rests on that: the proof leads from exactly these bytes to the root.
    let entry = known.entry.as_ref().or(receipt.extra.as_ref()).ok_or_else(|| {
        Finding::new("entry_missing", place, "the receipt does not carry its entry; give it with --entry")
    })?;
    let trusted = receipt.verify_by(entry, &known.policy).map_err(|error| Finding::of("bad_receipt", place, &error))?;
    let checked = Checked::of("receipt").with("event", receipt.index + 1).with("entry bytes", entry.len());
    settle(checked, &trusted, &receipt.checkpoint, None, place, known)
}

fn check_submission(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    let submission = Submission::parse(bytes).map_err(|error| Finding::of("bad_proof", place, &error))?;
    let trusted = trust(&submission.checkpoint, place, known)?;
    let old = known.old.as_ref().ok_or_else(|| {
        Finding::new(
            "old_missing",
            place,
            "a proof of consistency is checked against the checkpoint kept from earlier; give it with --old",
        )
    })?;
    let (old, _) = read_old(old, known)?;
    if submission.old_size != old.size {
        let problem =
            format!("the proof begins at {} entries, and the old checkpoint has {}", submission.old_size, old.size);
        return Err(Finding::new("old_size_differs", place, problem));
    }
    let new = &trusted.checkpoint;
    verify_consistency(old.size, &old.root, new.size, &new.root, &submission.proof)
        .map_err(|error| Finding::of("not_consistent", place, &error))?;
    in_force(&known.rotations, new, &submission.checkpoint, place)?;
    Ok(with_checkpoint(Checked::of("consistency").with("from", old.size), &trusted))
}

fn check_checkpoint(place: &str, bytes: &[u8], known: &Known) -> Result<Checked, Finding> {
    let note = Note::parse(bytes).map_err(|error| Finding::of("not_evidence", place, &error))?;
    let trusted = trust(&note, place, known)?;
    settle(Checked::of("checkpoint"), &trusted, &note, None, place, known)
}

/// The tree that some evidence rests on is signed by the key in force, and of one history with the checkpoint that was kept
/// from earlier. `own` is a proof of consistency that the evidence brings along.
pub(crate) fn settle(
    checked: Checked,
    trusted: &Trusted,
    note: &Note,
    own: Option<Way<'_>>,
    place: &str,
    known: &Known,
) -> Result<Checked, Finding> {
    let tree = &trusted.checkpoint;
    in_force(&known.rotations, tree, note, place)?;
    let checked = with_checkpoint(checked, trusted);
    Ok(match linked(tree, own, place, known)? {
        None => checked,
        Some(size) if size <= tree.size => checked.with("continues", format!("the old one of {size} entries")),
        Some(size) => checked.with("continued by", format!("the old one of {size} entries")),
    })
}

pub(crate) fn trust(note: &Note, place: &str, known: &Known) -> Result<Trusted, Finding> {
    known.policy.check(note).map_err(|error| Finding::of("not_trusted", place, &error))
}

/// The checkpoint that was kept from earlier: signed by a known log, whoever cosigned it then.
pub(crate) fn read_old(bytes: &[u8], known: &Known) -> Result<(Checkpoint, Note), Finding> {
    let place = "the old checkpoint";
    let note = Note::parse(bytes).map_err(|error| Finding::of("bad_old_checkpoint", place, &error))?;
    let opened = known.policy.logs.iter().find_map(|log| Checkpoint::of_note(&note, &log.key).ok());
    match opened {
        Some(checkpoint) => Ok((checkpoint, note)),
        None => Err(Finding::new("bad_old_checkpoint", place, "no log of the policy signed it")),
    }
}

/// Two signed trees of one size and different roots, or a tree that has shrunk, need no proof: both are signed. (Evidence
/// from before the old checkpoint looks the same; a proof of consistency tells.)
pub(crate) fn same_size_same_root(old: &Checkpoint, new: &Checkpoint, place: &str) -> Result<(), Finding> {
    if old.origin != new.origin {
        let problem = format!("the checkpoint is of `{}`, and the old one of `{}`", new.origin, old.origin);
        return Err(Finding::new("other_log", place, problem));
    }
    if new.size < old.size {
        let problem = format!(
            "rolled back: the log signed {} entries before, and {} here; where this is only older, show it with the proof of \
             consistency between the two: --consistency",
            old.size, new.size
        );
        return Err(Finding::new("rolled_back", place, problem));
    }
    if new.size == old.size && new.root != old.root {
        let problem = format!("split view: two signed trees of {} entries have different roots", new.size);
        return Err(Finding::new("split_view", place, problem));
    }
    Ok(())
}

pub(crate) fn with_checkpoint(checked: Checked, trusted: &Trusted) -> Checked {
    let checkpoint = &trusted.checkpoint;
    let said = trusted.cosigned.iter().map(|(name, time_s)| format!("{name} at {}", show_moment(*time_s)));
    let by = if trusted.cosigned.is_empty() { "nobody".to_owned() } else { said.collect::<Vec<_>>().join(" and ") };
    checked
        .with("log", &checkpoint.origin)
        .with("size", checkpoint.size)
        .with("root", show_root(&checkpoint.root))
        .with("cosigned by", by)
}
