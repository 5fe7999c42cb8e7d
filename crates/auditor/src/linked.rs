//! Two signed trees of one history: the same tree, or led to a third that continues both.
//!
//! Signatures say nothing about that: a log that shows two histories signs both.

use chain::{Checkpoint, EMPTY_ROOT, Hash, Submission, verify_consistency};

use crate::check::{Known, read_old, same_size_same_root};
use crate::finding::Finding;

/// A proof of consistency: from a tree of so many entries to another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'p> {
    pub(crate) old_size: u64,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) proof: &'p [Hash],
}

impl<'p> Way<'p> {
    /// The proof in a file; whoever signed the checkpoint in it, the hashes lead there or nowhere.
    fn of(submission: &'p Submission) -> Option<Self> {
        let Checkpoint { size, root, .. } = Checkpoint::parse(submission.checkpoint.text()).ok()?;
        Some(Self { old_size: submission.old_size, size, root, proof: &submission.proof })
    }
}

/// The tree of some evidence is of one history with the checkpoint that was kept from earlier; gives the size of that.
/// `own` is a proof that the evidence brings along.
pub(crate) fn linked(
    tree: &Checkpoint,
    own: Option<Way<'_>>,
    place: &str,
    known: &Known,
) -> Result<Option<u64>, Finding> {
    let Some(old) = &known.old else { return Ok(None) };
    let (old, _) = read_old(old, known)?;
    if tree.origin == old.origin && tree.size < old.size && are_joined(tree, &old, own, known) {
        return Ok(Some(old.size));
    }
    same_size_same_root(&old, tree, place)?;
    if are_joined(tree, &old, own, known) {
        return Ok(Some(old.size));
    }
    let problem = format!(
        "nothing shows that its tree of {} entries continues the old checkpoint of {}: have `granary audit consistency` \
         prove it from the log (--out FILE), for the checkpoint of this evidence, and give that proof with --consistency",
        tree.size, old.size
    );
    Err(Finding::new("not_linked", place, problem))
}

/// Two trees of one log are of one history.
pub(crate) fn of_one_history(one: &Checkpoint, other: &Checkpoint, place: &str, known: &Known) -> Result<(), Finding> {
    if one.origin == other.origin && are_joined(one, other, None, known) {
        return Ok(());
    }
    let (before, after) = if one.size <= other.size { (one, other) } else { (other, one) };
    same_size_same_root(before, after, place)?;
    let problem = format!(
        "two trees, of {} and {} entries, and nothing shows that they are of one history: give the proof of consistency with \
         --consistency, or have the evidence made again",
        before.size, after.size
    );
    Err(Finding::new("not_linked", place, problem))
}

fn are_joined(one: &Checkpoint, other: &Checkpoint, own: Option<Way<'_>>, known: &Known) -> bool {
    let ways: Vec<Way<'_>> = known.consistency.iter().filter_map(Way::of).chain(own).collect();
    let continues = |from: &Checkpoint, (size, root): (u64, Hash)| {
        let is_empty = from.size == 0 && from.root == EMPTY_ROOT;
        let leads = |way: &Way<'_>| {
            (way.old_size, way.size, way.root) == (from.size, size, root)
                && verify_consistency(from.size, &from.root, size, &root, way.proof).is_ok()
        };
        is_empty || (from.size, from.root) == (size, root) || ways.iter().any(leads)
    };
    let mut ends = ways.iter().map(|way| (way.size, way.root)).chain([(one.size, one.root), (other.size, other.root)]);
    ends.any(|end| continues(one, end) && continues(other, end))
}
