//! Two copies of a log compared by their hashes and signed roots: the first event in which they differ. Entries are not
//! read: who may not see them may compare them.

use chain::{Checkpoint, FromFilesError, Hash, LogFiles, Note, Policy, PolicyFailure, root_from};

use crate::error::EvidenceError;

/// What a comparison came to.
#[derive(Debug)]
pub struct Compared {
    /// The log that both are of.
    pub origin: String,
    /// Events here and there.
    pub sizes: [u64; 2],
    /// The first event in which they differ.
    pub first_difference: Option<u64>,
    /// The roots here and there of the events that both have.
    pub roots: [Hash; 2],
    /// What a copy says of itself and does not hold; of `here` or `there`.
    pub problems: Vec<(&'static str, Untrue)>,
}

/// What a copy says of itself that is as bad as another event.
#[derive(Debug)]
pub enum Untrue {
    /// Its hashes do not give the root of its checkpoint.
    Root,
    /// Nobody who is trusted signed its checkpoint.
    Unsigned(PolicyFailure),
}

impl Compared {
    /// Do both say the same, and is each what it says?
    #[must_use]
    pub fn agree(&self) -> bool {
        self.first_difference.is_none() && self.problems.is_empty()
    }

    /// Events that both have.
    #[must_use]
    pub fn common(&self) -> u64 {
        self.sizes[0].min(self.sizes[1])
    }
}

/// Compares two copies, and holds both checkpoints to a policy, where there is one.
///
/// # Errors
/// When one cannot be read, or they are of two logs.
pub fn compare(one: &impl LogFiles, two: &impl LogFiles, policy: Option<&Policy>) -> Result<Compared, EvidenceError> {
    let ((here, first_note), (there, second_note)) = (stated(one)?, stated(two)?);
    if here.origin != there.origin {
        return Err(EvidenceError::TwoLogs { here: here.origin, there: there.origin });
    }
    let common = here.size.min(there.size);
    let roots = |size| -> Result<_, FromFilesError> {
        Ok([root_from(one, size, here.size)?, root_from(two, size, there.size)?])
    };
    let found = roots(common)?;
    let mut first_difference = None;
    if found[0] != found[1] {
        // The first `low` events agree, the first `high` do not.
        let (mut low, mut high) = (0, common);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            let [left, right] = roots(middle)?;
            if left == right { low = middle } else { high = middle }
        }
        first_difference = Some(high);
    }
    let mut problems = Vec::new();
    for (name, stated, note, found) in [
        ("here", &here, &first_note, root_from(one, here.size, here.size)?),
        ("there", &there, &second_note, root_from(two, there.size, there.size)?),
    ] {
        if found != stated.root {
            problems.push((name, Untrue::Root));
        }
        if let Some(Err(error)) = policy.map(|policy| policy.check(note)) {
            problems.push((name, Untrue::Unsigned(error)));
        }
    }
    let sizes = [here.size, there.size];
    Ok(Compared { origin: here.origin, sizes, first_difference, roots: found, problems })
}

fn stated(log: &impl LogFiles) -> Result<(Checkpoint, Note), EvidenceError> {
    let note = Note::parse(&log.checkpoint()?)?;
    Ok((Checkpoint::parse(note.text())?, note))
}
