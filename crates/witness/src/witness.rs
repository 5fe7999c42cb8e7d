//! The rule of a witness: one log, one history.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use chain::{
    Checkpoint, EMPTY_ROOT, Note, ProofError, SignatureKind, SignerKey, Submission, VerifierKey, verify_consistency,
};

use crate::answer::{Answer, Refused};
use crate::kept::{Kept, KeptError};

/// Why a witness cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError {
    /// See the cause.
    #[error("open the folder of the witness")]
    Kept(#[from] KeptError),
    /// The key signs something else.
    #[error("the key `{name}` is not that of a witness")]
    NotAWitnessKey {
        /// Its name.
        name: String,
    },
}

/// A witness: its key, the logs it knows, and what it said.
pub struct Witness {
    key: SignerKey,
    logs: HashMap<String, Vec<VerifierKey>>,
    kept: Kept,
    /// One submission at a time: what is compared must still hold when it is replaced.
    turn: Mutex<()>,
}

impl Witness {
    /// A witness in a folder, with its key and the keys of the logs it knows; a log that changed its key has several.
    ///
    /// # Errors
    /// When the key is not one for cosignatures, or the folder cannot be had.
    pub fn open(folder: &Path, key: SignerKey, logs: Vec<VerifierKey>) -> Result<Self, WitnessError> {
        if key.verifier().kind() != SignatureKind::CosignatureV1 {
            return Err(WitnessError::NotAWitnessKey { name: key.verifier().name().to_owned() });
        }
        let kept = Kept::at(folder)?;
        let mut by_origin: HashMap<String, Vec<VerifierKey>> = HashMap::new();
        for log in logs {
            by_origin.entry(log.name().to_owned()).or_default().push(log);
        }
        // Damage shows now, not at the first submission. The other logs are served all the same.
        for (origin, error) in by_origin.keys().filter_map(|origin| Some((origin, kept.read(origin).err()?))) {
            tracing::error!(log = origin, error = told(&error), "nothing is cosigned for this log");
        }
        Ok(Self { key, logs: by_origin, kept, turn: Mutex::new(()) })
    }

    /// What verifiers need.
    #[must_use]
    pub const fn verifier(&self) -> &VerifierKey {
        self.key.verifier()
    }

    /// The newest checkpoint cosigned for a log.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn newest(&self, origin: &str) -> Result<Option<Note>, KeptError> {
        Ok(self.kept.read(origin)?.map(|(_, note)| note))
    }

    /// The origins of the logs it knows, sorted.
    #[must_use]
    pub fn origins(&self) -> Vec<&str> {
        let mut origins: Vec<&str> = self.logs.keys().map(String::as_str).collect();
        origins.sort_unstable();
        origins
    }

    /// Cosigns a submitted checkpoint at `now_s` seconds since 1970, or says why not. What it cosigned is on disk when this
    /// returns.
    pub fn add(&self, body: &[u8], now_s: u64) -> Answer {
        let mut submission = match Submission::parse(body) {
            Ok(submission) => submission,
            Err(error) => return refused(Refused::Malformed(error.to_string())),
        };
        let stated = match Checkpoint::parse_of_any_log(submission.checkpoint.text()) {
            Ok(stated) => stated,
            Err(error) => return refused(Refused::Malformed(error.to_string())),
        };
        let Some(keys) = self.logs.get(&stated.origin) else {
            return refused(Refused::UnknownLog { origin: stated.origin });
        };
        // From here on there is nothing in it that a stranger wrote.
        submission.checkpoint = match submission.checkpoint.vouched(keys) {
            Ok(vouched) => vouched,
            Err(_) => return refused(Refused::NotSigned { origin: stated.origin }),
        };
        if submission.old_size > stated.size {
            return refused(Refused::Malformed("the old size is larger than the checkpoint's".to_owned()));
        }
        // A panic while the turn was held has changed nothing that is not whole: files are replaced by renaming.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.decide(&submission, &stated, now_s)
            .unwrap_or_else(|error| refused(Refused::CouldNotKeep { problem: told(&error) }))
    }

    fn decide(&self, submission: &Submission, stated: &Checkpoint, now_s: u64) -> Result<Answer, KeptError> {
        let kept = self.kept.read(&stated.origin)?;
        let (old_size, old_root) = kept.as_ref().map_or((0, EMPTY_ROOT), |(old, _)| (old.size, old.root));
        // Two signed trees of one size are a contradiction whatever the submission says about old sizes.
        match &kept {
            Some((old, seen)) if old.size == stated.size && old.root != stated.root => {
                let problem = format!("split view: two signed trees of {} entries have different roots", old.size);
                let kept = self.kept.evidence(&stated.origin, seen, &submission.checkpoint, &problem)?;
                let evidence = match kept {
                    Some(folder) => format!("both checkpoints are kept as `{}`", folder.display()),
                    None => "not kept: there is evidence enough against this log".to_owned(),
                };
                tracing::error!(log = stated.origin, %problem, %evidence, "a log contradicts itself");
                if submission.old_size != old_size {
                    return Ok(Answer::OtherSize(old_size));
                }
                return Ok(refused(Refused::Contradiction { problem, evidence }));
            }
            _ if submission.old_size != old_size => return Ok(Answer::OtherSize(old_size)),
            _ => {}
        }
        if let Err(error) = verify_consistency(old_size, &old_root, stated.size, &stated.root, &submission.proof) {
            // Anybody can send a checkpoint of the log with hashes of their own: no accusation follows. Of a log that does
            // show another history, its checkpoint is at hand for whoever compares.
            let kept = match (&kept, &error) {
                (None, _) | (_, ProofError::WrongLength { .. }) => None,
                (Some(_), _) => Some(self.kept.unlinked(&stated.origin, &submission.checkpoint)?.display().to_string()),
            };
            let problem = error.to_string();
            tracing::warn!(log = stated.origin, seen = old_size, size = stated.size, %problem, "not shown to continue");
            return Ok(refused(Refused::Unproven { seen: old_size, problem, kept }));
        }
        let mut note = submission.checkpoint.clone();
        note.cosign(&self.key, now_s).expect("the key is a witness's, and the clock is not past the year 292 billion");
        self.kept.write(&stated.origin, &note)?;
        let own = note.signatures().last().expect("just added").clone();
        Ok(Answer::Cosigned(own))
    }
}

fn refused(refused: Refused) -> Answer {
    Answer::Refused(refused)
}

fn told(error: &KeptError) -> String {
    let cause = std::error::Error::source(error).map_or_else(String::new, |cause| format!(": {cause}"));
    format!("{error}{cause}")
}

#[cfg(test)]
mod tests;
