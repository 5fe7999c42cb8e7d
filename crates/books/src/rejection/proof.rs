//! What is wrong with signed texts and proofs, as faults with codes.

use chain::{
    CheckpointError, FACT_BYTES_MAX, FactError, KeyError, NoteError, PolicyError, PolicyFailure, PolicyProblem,
    ProofError, ReceiptError, RotationError,
};

use super::{Fault, Part};

/// What keeps bytes from being a fact, or a fact from convincing.
pub(crate) fn of_fact(error: &FactError) -> Fault {
    match error {
        FactError::TooLong { fact_bytes: _ } => Fault::FactTooLong { most: FACT_BYTES_MAX },
        FactError::PartMissing { part } => Fault::FactPartMissing { part: part.code() },
        FactError::Statement(error) => of_note(Part::Statement, error),
        FactError::Receipt(error) => of_receipt(error),
        FactError::Since(error) => of_proof(Part::Since, *error),
        FactError::NotLinked { .. } => Fault::ProofSizes { part: Part::Since },
        FactError::SplitView { .. } => Fault::ProofOldRoot { part: Part::Since },
    }
}

/// What keeps a text from being a policy, and in which line.
pub(crate) fn of_policy(error: &PolicyError) -> (u32, Fault) {
    let text = String::clone;
    let fault = match &error.problem {
        PolicyProblem::TooLong => Fault::NoteTooLong { part: Part::Policy },
        PolicyProblem::NotText => Fault::NoteNotText { part: Part::Policy },
        PolicyProblem::UnknownWord { word } => Fault::PolicyWord { text: text(word) },
        PolicyProblem::WrongCount { expected } => Fault::PolicyShape { expected },
        PolicyProblem::Key(error) => of_key(Part::Policy, *error),
        PolicyProblem::WrongKind => Fault::PolicyKeyKind,
        PolicyProblem::DuplicateKey => Fault::PolicyKeyTwice,
        PolicyProblem::DuplicateName { name } => Fault::PolicyNameTaken { text: text(name) },
        PolicyProblem::UnknownName { name } => Fault::PolicyNameUnknown { text: text(name) },
        PolicyProblem::MemberTwice { name } => Fault::PolicyMemberTwice { text: text(name) },
        PolicyProblem::BadThreshold { word, member_count } => {
            Fault::PolicyThreshold { text: text(word), most: *member_count }
        }
        PolicyProblem::SecondQuorum => Fault::PolicySecondQuorum,
        PolicyProblem::QuorumMissing => Fault::PolicyQuorumMissing,
    };
    (u32::try_from(error.line).unwrap_or(u32::MAX), fault)
}

/// What keeps bytes from being the announcement of a key.
pub(crate) fn of_rotation(error: &RotationError) -> Fault {
    match error {
        RotationError::Note(error) => of_note(Part::Announcement, error),
        RotationError::NotFourLines => Fault::AnnouncementLines,
        RotationError::Key(error) => of_key(Part::Announcement, *error),
        RotationError::OtherLog => Fault::AnnouncementOfTwoLogs,
        RotationError::SignatureMissing { key } => Fault::AnnouncementUnsigned { key: key.clone() },
    }
}

fn of_receipt(error: &ReceiptError) -> Fault {
    match error {
        ReceiptError::TooLong { receipt_bytes: _ } => Fault::NoteTooLong { part: Part::Receipt },
        ReceiptError::NotText => Fault::NoteNotText { part: Part::Receipt },
        ReceiptError::BadHeader => Fault::ReceiptHead,
        ReceiptError::BadExtra => Fault::ReceiptExtra,
        ReceiptError::BadIndex => Fault::ReceiptIndex,
        ReceiptError::BadHash { line } => Fault::ReceiptHash { number: *line },
        ReceiptError::TooManyHashes => Fault::ReceiptHashes,
        ReceiptError::CheckpointMissing => Fault::ReceiptCheckpoint,
        ReceiptError::Note(error) | ReceiptError::Policy(PolicyFailure::Note(error)) => {
            of_note(Part::Checkpoint, error)
        }
        ReceiptError::Checkpoint(error) | ReceiptError::Policy(PolicyFailure::Checkpoint(error)) => {
            of_checkpoint(error)
        }
        ReceiptError::Policy(PolicyFailure::UnknownLog { origin }) => Fault::PolicyUnknownLog { log: origin.clone() },
        ReceiptError::Policy(PolicyFailure::QuorumMissed { .. }) => Fault::NotSigned { part: Part::Checkpoint },
        ReceiptError::Proof(error) => of_proof(Part::Receipt, *error),
    }
}

fn of_checkpoint(error: &CheckpointError) -> Fault {
    match error {
        CheckpointError::Note(error) => of_note(Part::Checkpoint, error),
        CheckpointError::NotThreeLines => Fault::CheckpointLines,
        CheckpointError::BadOrigin(error) => of_key(Part::Checkpoint, *error),
        CheckpointError::BadSize => Fault::CheckpointSize,
        CheckpointError::BadRoot => Fault::CheckpointRoot,
        CheckpointError::OtherOrigin { expected, found } => {
            Fault::CheckpointOfOther { log: found.clone(), expected: expected.clone() }
        }
        CheckpointError::NotALogKey { name } => Fault::NotALogKey { key: name.clone() },
    }
}

fn of_note(part: Part, error: &NoteError) -> Fault {
    let key = |name: &str, id: u32| format!("{name}+{id:08x}");
    match error {
        NoteError::TooLong { note_bytes: _ } => Fault::NoteTooLong { part },
        NoteError::NotText => Fault::NoteNotText { part },
        NoteError::TextUnterminated => Fault::NoteUnterminated { part },
        NoteError::SignaturesMissing => Fault::SignaturesMissing { part },
        NoteError::MalformedSignature { line } => Fault::SignatureMalformed { part, number: *line },
        NoteError::TooManySignatures => Fault::SignaturesTooMany { part },
        NoteError::WrongKind { name, key_id } => Fault::KeyOfOtherKind { part, key: key(name, *key_id) },
        NoteError::TimeOutOfRange { time_s: _ } => Fault::CosignatureTime { part },
        NoteError::AmbiguousKey { name, key_id } => Fault::KeysAlike { key: key(name, *key_id) },
        NoteError::InvalidSignature { name, key_id } => Fault::SignatureFalse { part, key: key(name, *key_id) },
        NoteError::NotSigned => Fault::NotSigned { part },
    }
}

const fn of_key(part: Part, error: KeyError) -> Fault {
    match error {
        KeyError::Malformed => Fault::KeyMalformed { part },
        KeyError::BadName => Fault::KeyName { part },
        KeyError::UnsupportedType { byte: _ } => Fault::KeyType { part },
        KeyError::BadKey => Fault::KeyBytes { part },
        KeyError::WrongId { .. } => Fault::KeyId { part },
    }
}

const fn of_proof(part: Part, error: ProofError) -> Fault {
    match error {
        ProofError::IndexOutsideTree { .. } => Fault::ProofOutside { part },
        ProofError::SizesReversed { .. } => Fault::ProofSizes { part },
        ProofError::WrongLength { expected, found } => Fault::ProofLength { part, count: found, expected },
        ProofError::OldRootDiffers => Fault::ProofOldRoot { part },
        ProofError::RootDiffers => Fault::ProofRoot { part },
    }
}
